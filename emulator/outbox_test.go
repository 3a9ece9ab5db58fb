package emulator_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// A standIn is a service of AWS that answers each operation by a function, and notes what
// it was asked.
type standIn struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(operation string, input value.Value) (status int, body string)
	asked  []string
	inputs []value.Value
}

func newStandIn(t *testing.T, answer func(operation string, input value.Value) (int, string)) *standIn {
	s := &standIn{answer: answer}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	_, operation, _ := strings.Cut(q.Header.Get("X-Amz-Target"), ".")
	body, _ := io.ReadAll(q.Body)
	input := value.MustParse(string(body))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked, s.inputs = append(s.asked, operation), append(s.inputs, input)
	status, answer := s.answer(operation, input)
	w.WriteHeader(status)
	io.WriteString(w, answer)
}

// logged is a logger, and what it has written.
func logged() (*slog.Logger, *bytes.Buffer) {
	var b bytes.Buffer
	return slog.New(slog.NewTextHandler(&b, nil)), &b
}

const failsAfterPass = `{"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "F"}, "F": {"Type": "Fail", "Error": "E", "Cause": "C"}}}`

// loggingTo is a loggingConfiguration.
func loggingTo(group, level string, data bool) value.Value {
	return value.MustParse(fmt.Sprintf(`{"level": %q, "includeExecutionData": %t, "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:%s:*"}}]}`, level, data, group))
}

// runLogged runs an execution of a state machine, and returns its ARN.
func runLogged(t *testing.T, em *emulator.Emulator, r emulator.Registration, input string) string {
	t.Helper()
	machine, err := em.Register(r)
	if err != nil {
		t.Fatal(err)
	}
	arn, err := em.Start(t.Context(), machine, input)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := em.AdvanceToEnd(ctx, arn); err != nil {
		t.Fatal(err)
	}
	return arn
}

// The level says which events are logged, and includeExecutionData what of them.
func TestLogLevels(t *testing.T) {
	const all = "ExecutionStarted PassStateEntered PassStateExited FailStateEntered ExecutionFailed"
	for _, c := range []struct {
		kind, level string
		data        bool
		want        string // the types
		last        string // details of the last one
		first       string // details of the first one
	}{
		{"STANDARD", "ALL", true, all, `{"error":"E","cause":"C"}`, `{"input":"{\"a\": 1}","inputDetails":{"truncated":false},"roleArn":"arn:aws:iam::123456789012:role/aslocal"}`},
		{"STANDARD", "ALL", false, all, `{"error":"E","cause":"C"}`, `{"roleArn":"arn:aws:iam::123456789012:role/aslocal"}`},
		{"EXPRESS", "ALL", true, all, `{"error":"E","cause":"C"}`, `{"input":"{\"a\": 1}","inputDetails":{"truncated":false},"roleArn":"arn:aws:iam::123456789012:role/aslocal"}`},
		{"STANDARD", "ERROR", true, "FailStateEntered ExecutionFailed", `{"error":"E","cause":"C"}`, `{"name":"F","input":"{\"a\":1}","inputDetails":{"truncated":false}}`},
		{"EXPRESS", "ERROR", false, "FailStateEntered ExecutionFailed", `{"error":"E","cause":"C"}`, `{"name":"F"}`},
		{"STANDARD", "FATAL", true, "ExecutionFailed", `{"error":"E","cause":"C"}`, `{"error":"E","cause":"C"}`},
		{"STANDARD", "OFF", true, "", "", ""},
	} {
		t.Run(fmt.Sprint(c.kind, c.level, c.data), func(t *testing.T) {
			var lines bytes.Buffer
			em, err := emulator.New(emulator.WithLogs(&lines), emulator.WithAutoAdvance(time.UnixMilli(1000)))
			if err != nil {
				t.Fatal(err)
			}
			r := emulator.Registration{Name: "m", Definition: failsAfterPass, Type: c.kind, Logging: loggingTo("g", c.level, c.data)}
			arn := ""
			if c.kind == "EXPRESS" {
				machine, err := em.Register(r)
				if err != nil {
					t.Fatal(err)
				}
				_, answer := post(em, "StartSyncExecution", `{"stateMachineArn":"`+machine+`","input":"{\"a\": 1}"}`)
				arn = value.MustParse(answer).Get("executionArn").Text()
			} else {
				arn = runLogged(t, em, r, `{"a": 1}`)
			}
			em.Close()
			var types []string
			var messages []value.Value
			for line := range strings.Lines(lines.String()) {
				messages = append(messages, value.MustParse(line))
				types = append(types, value.MustParse(line).Get("type").Text())
			}
			if got := strings.Join(types, " "); got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			if len(messages) == 0 {
				return
			}
			first, last := messages[0], messages[len(messages)-1]
			if first.Get("details").String() != c.first || last.Get("details").String() != c.last {
				t.Errorf("got %s and %s, want %s and %s", first.Get("details"), last.Get("details"), c.first, c.last)
			}
			want := `{"id":"5","type":"ExecutionFailed","details":{"error":"E","cause":"C"},"previous_event_id":"4","event_timestamp":"1000","execution_arn":"` + arn + `","redrive_count":"0"}`
			if last.String() != want {
				t.Errorf("got %s, want %s", last, want)
			}
		})
	}
}

// A payload is cut that is larger than CloudWatch Logs takes; events of a redrive count it.
func TestLogsOfLargeDataAndRedrives(t *testing.T) {
	var lines bytes.Buffer
	em, err := emulator.New(emulator.WithLogs(&lines), emulator.WithAutoAdvance(time.UnixMilli(1000)))
	if err != nil {
		t.Fatal(err)
	}
	input := `"` + strings.Repeat("é", 126<<10) + `"`
	arn := runLogged(t, em, emulator.Registration{Name: "m", Definition: failsAfterPass, Logging: loggingTo("g", "ALL", true)}, input)
	if status, answer := post(em, "RedriveExecution", `{"executionArn":"`+arn+`"}`); status != 200 {
		t.Fatal(answer)
	}
	if err := em.AdvanceToEnd(t.Context(), arn); err != nil {
		t.Fatal(err)
	}
	em.Close()
	var got []string
	for line := range strings.Lines(lines.String()) {
		m := value.MustParse(line)
		d := m.Get("details")
		text := m.Get("type").Text() + " " + m.Get("redrive_count").Text()
		if in := d.Get("input"); in.Exists() {
			text += fmt.Sprint(" ", len(in.Text()), d.Get("inputDetails"))
		}
		got = append(got, text)
	}
	want := []string{
		`ExecutionStarted 0 253951 {"truncated":true}`, `PassStateEntered 0 253951 {"truncated":true}`, `PassStateExited 0`, `FailStateEntered 0 253951 {"truncated":true}`, `ExecutionFailed 0`,
		`ExecutionRedriven 1`, `FailStateEntered 1 253951 {"truncated":true}`, `ExecutionFailed 1`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// Log events go to CloudWatch Logs: group and stream are made, and made again, and what is
// not taken is said.
func TestLogDelivery(t *testing.T) {
	const missing, there = `{"__type":"ResourceNotFoundException","message":"none"}`, `{}`
	for _, c := range []struct {
		name   string
		answer func(asked []string, operation string) (int, string)
		asked  string
		said   string // in the log
	}{
		{"all is there", func([]string, string) (int, string) { return 200, there }, "CreateLogStream PutLogEvents", ""},
		{"no group", func(asked []string, operation string) (int, string) {
			if operation == "CreateLogStream" && !slices.Contains(asked, "CreateLogGroup") {
				return 400, missing
			}
			return 200, there
		}, "CreateLogStream CreateLogGroup CreateLogStream PutLogEvents", ""},
		{"the stream was deleted", func(asked []string, operation string) (int, string) {
			if operation == "PutLogEvents" && len(asked) == 2 {
				return 400, missing
			}
			return 200, there
		}, "CreateLogStream PutLogEvents CreateLogStream PutLogEvents", ""},
		{"it fails for a moment", func(asked []string, operation string) (int, string) {
			if len(asked) == 1 {
				return 500, `{}`
			}
			return 200, there
		}, "CreateLogStream CreateLogStream PutLogEvents", ""},
		{"it refuses", func(_ []string, operation string) (int, string) {
			return 400, `{"__type":"AccessDeniedException","message":"not you"}`
		}, "CreateLogStream", `"log events were dropped" count=2 error="log group arn:aws:logs:eu-west-1:123456789012:log-group:g/h: AccessDeniedException: not you (status 400)"`},
		{"some are too old", func(_ []string, operation string) (int, string) {
			return 200, `{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}`
		}, "CreateLogStream PutLogEvents", `"log events were dropped" count=1 error="log group arn:aws:logs:eu-west-1:123456789012:log-group:g/h: CloudWatch Logs does not take their times"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s *standIn
			s = newStandIn(t, func(operation string, _ value.Value) (int, string) { return c.answer(s.asked, operation) })
			log, said := logged()
			em, err := emulator.New(emulator.WithServiceEndpoint("logs", s.URL), emulator.WithAutoAdvance(time.UnixMilli(1000)), emulator.WithLogger(log))
			if err != nil {
				t.Fatal(err)
			}
			runLogged(t, em, emulator.Registration{Name: "m", Definition: failsAfterPass, Logging: loggingTo("g/h", "ERROR", false)}, "{}")
			em.Close()
			if got := strings.Join(s.asked, " "); got != c.asked {
				t.Errorf("asked %s, want %s", got, c.asked)
			}
			if !strings.Contains(said.String(), c.said) || (c.said == "") != (said.Len() == 0) {
				t.Errorf("said %q, want %q", said, c.said)
			}
			put := s.inputs[len(s.inputs)-1]
			if put.Get("logGroupName").Text() != "g/h" || !strings.HasPrefix(put.Get("logStreamName").Text(), "states/m/") {
				t.Errorf("got %s", put)
			}
			if first := put.Get("logEvents").Index(0); first.Exists() && (first.Get("timestamp").String() != "1000" || !strings.Contains(first.Get("message").Text(), `"type":"FailStateEntered"`)) {
				t.Errorf("got %s", first)
			}
		})
	}
}

// A state machine that is to log to a log group that does not exist is refused, unless it
// comes from a template, which nobody has deployed, or it cannot be known.
func TestLogGroupsAreLookedUp(t *testing.T) {
	status := 200
	s := newStandIn(t, func(operation string, input value.Value) (int, string) {
		if prefix := input.Get("logGroupNamePrefix").Text(); prefix == "there" {
			return status, `{"logGroups":[{"logGroupName":"there"}]}`
		}
		return status, `{"logGroups":[{"logGroupName":"gone-but-longer"}]}`
	})
	log, said := logged()
	em, err := emulator.New(emulator.WithServiceEndpoint("logs", s.URL), emulator.WithLogger(log))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { em.Close() })
	create := func(name string, logging value.Value) string {
		_, answer := post(em, "CreateStateMachine", fmt.Sprintf(`{"name":%q,"definition":%q,"roleArn":%q,"loggingConfiguration":%s}`, name, pass, role, logging))
		return value.MustParse(answer).Get("message").Text()
	}
	const notFound = "Invalid Logging Configuration: Log Destination not found."
	if got := create("a", loggingTo("there", "ALL", true)); got != "" {
		t.Errorf("a group that exists: %s", got)
	}
	if got := create("b", loggingTo("gone", "ALL", true)); got != notFound {
		t.Errorf("a group that does not exist: got %q, want %q", got, notFound)
	}
	if got := create("c", loggingTo("gone", "OFF", true)); got != "" {
		t.Errorf("the level OFF: %s", got)
	}
	_, answer := post(em, "UpdateStateMachine", `{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:a","loggingConfiguration":`+loggingTo("gone", "ALL", true).String()+`}`)
	if got := value.MustParse(answer).Get("message").Text(); got != notFound {
		t.Errorf("update: got %q, want %q", got, notFound)
	}
	if _, err := em.Register(emulator.Registration{Name: "d", Definition: pass, Logging: loggingTo("gone", "ALL", true)}); err != nil {
		t.Errorf("of a template: %v", err)
	}
	if said.Len() > 0 {
		t.Errorf("said %s", said)
	}
	status = 403
	if got := create("e", loggingTo("gone", "ALL", true)); got != "" || !strings.Contains(said.String(), "could not be looked up") {
		t.Errorf("it cannot be known: got %q, said %s", got, said)
	}
}

// EventBridge gets an event for each status of a Standard execution.
func TestStatusChanges(t *testing.T) {
	const machine, execution = "arn:aws:states:us-east-1:123456789012:stateMachine:m", "arn:aws:states:us-east-1:123456789012:execution:m:x"
	large := `"` + strings.Repeat("x", 200<<10) + `"`
	quotes := `"` + strings.Repeat(`\"`, 80<<10) + `"`
	for _, c := range []struct {
		name, kind, definition, input string
		redrive                       bool
		want                          []string // of each event: what its detail has, but for names and dates
	}{
		{"succeeds", "", pass, `{"a": 1}`, false, []string{
			`RUNNING "{\"a\": 1}" null 0 null "NOT_REDRIVABLE" "Execution is RUNNING and cannot be redriven" {"included":true} null null null`,
			`SUCCEEDED "{\"a\": 1}" "{\"a\":1}" 0 null "NOT_REDRIVABLE" "Execution is SUCCEEDED and cannot be redriven" {"included":true} {"included":true} null null`,
		}},
		{"fails, and is redriven", "", failsAfterPass, `{}`, true, []string{
			`RUNNING "{}" null 0 null "NOT_REDRIVABLE" "Execution is RUNNING and cannot be redriven" {"included":true} null null null`,
			`FAILED "{}" null 0 null "REDRIVABLE" null {"included":true} null "E" "C"`,
			`RUNNING "{}" null 1 1000 "NOT_REDRIVABLE" "Execution is RUNNING and cannot be redriven" {"included":true} null null null`,
			`FAILED "{}" null 1 1000 "REDRIVABLE" null {"included":true} null "E" "C"`,
		}},
		{"input and output are too large together", "", pass, large, false, []string{
			`RUNNING 204802 null 0 null "NOT_REDRIVABLE" "Execution is RUNNING and cannot be redriven" {"included":true} null null null`,
			`SUCCEEDED null 204802 0 null "NOT_REDRIVABLE" "Execution is SUCCEEDED and cannot be redriven" {"included":false} {"included":true} null null`,
		}},
		{"each is too large when it is escaped", "", pass, quotes, false, []string{
			`RUNNING null null 0 null "NOT_REDRIVABLE" "Execution is RUNNING and cannot be redriven" {"included":false} null null null`,
			`SUCCEEDED null null 0 null "NOT_REDRIVABLE" "Execution is SUCCEEDED and cannot be redriven" {"included":false} {"included":false} null null`,
		}},
		{"is Express", "EXPRESS", pass, `{}`, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStandIn(t, func(string, value.Value) (int, string) {
				return 200, `{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}`
			})
			em, err := emulator.New(emulator.WithServiceEndpoint("events", s.URL), emulator.WithAutoAdvance(time.UnixMilli(1000)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := em.Register(emulator.Registration{Name: "m", Definition: c.definition, Type: cmp.Or(c.kind, "STANDARD")}); err != nil {
				t.Fatal(err)
			}
			in := value.OfMembers("stateMachineArn", value.OfString(machine), "name", value.OfString("x"), "input", value.OfString(c.input)).String()
			operation := "StartExecution"
			if c.kind == "EXPRESS" {
				operation = "StartSyncExecution"
			}
			if status, answer := post(em, operation, in); status != 200 {
				t.Fatal(answer)
			}
			if c.kind == "" {
				if err := em.AdvanceToEnd(t.Context(), execution); err != nil {
					t.Fatal(err)
				}
			}
			if c.redrive {
				post(em, "RedriveExecution", `{"executionArn":"`+execution+`"}`)
				if err := em.AdvanceToEnd(t.Context(), execution); err != nil {
					t.Fatal(err)
				}
			}
			em.Close()
			var got []string
			for _, input := range s.inputs {
				for _, e := range input.Get("Entries").Items() {
					got = append(got, statusChange(t, e, machine, execution))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// statusChange is what an entry of PutEvents says; long texts are their lengths.
func statusChange(t *testing.T, e value.Value, machine, execution string) string {
	t.Helper()
	d := value.MustParse(e.Get("Detail").Text())
	if e.Get("Source").Text() != "aws.states" || e.Get("DetailType").Text() != "Step Functions Execution Status Change" || e.Get("Resources").String() != `["`+execution+`"]` ||
		d.Get("executionArn").Text() != execution || d.Get("stateMachineArn").Text() != machine || d.Get("name").Text() != "x" || d.Get("startDate").String() != "1000" || d.Len() != 18 {
		t.Errorf("got %.900s", e)
	}
	if running := d.Get("status").Text() == "RUNNING"; running != d.Get("stopDate").IsNull() {
		t.Errorf("stopDate: got %.900s", d)
	}
	said := []string{d.Get("status").Text()}
	for _, member := range []string{"input", "output", "redriveCount", "redriveDate", "redriveStatus", "redriveStatusReason", "inputDetails", "outputDetails", "error", "cause"} {
		v := d.Get(member)
		if text := v.Text(); len(text) > 1000 {
			v = value.OfInt(int64(len(text)))
		}
		said = append(said, v.String())
	}
	return strings.Join(said, " ")
}

// What EventBridge refuses is said.
func TestRefusedStatusChanges(t *testing.T) {
	s := newStandIn(t, func(string, value.Value) (int, string) {
		return 200, `{"FailedEntryCount":1,"Entries":[{"ErrorCode":"NotAuthorizedForSourceException","ErrorMessage":"no"}]}`
	})
	log, said := logged()
	em, err := emulator.New(emulator.WithServiceEndpoint("eventbridge", s.URL), emulator.WithAutoAdvance(time.UnixMilli(1000)), emulator.WithLogger(log))
	if err != nil {
		t.Fatal(err)
	}
	runLogged(t, em, emulator.Registration{Name: "m", Definition: pass}, "{}")
	em.Close()
	if want := `"events of EventBridge were dropped" count=1 error="NotAuthorizedForSourceException: no"`; !strings.Contains(said.String(), want) {
		t.Errorf("said %s, want %s", said, want)
	}
}

// Who wants nothing delivered calls nobody, nor is a log group looked up.
func TestWithoutDelivery(t *testing.T) {
	s := newStandIn(t, func(string, value.Value) (int, string) { return 200, `{}` })
	var lines bytes.Buffer
	em, err := emulator.New(emulator.WithServiceEndpoint("events", s.URL), emulator.WithServiceEndpoint("logs", s.URL), emulator.WithLogs(&lines),
		emulator.WithoutDelivery(), emulator.WithAutoAdvance(time.UnixMilli(1000)))
	if err != nil {
		t.Fatal(err)
	}
	runLogged(t, em, emulator.Registration{Name: "m", Definition: pass, Logging: loggingTo("g", "ALL", true)}, "{}")
	em.Close()
	if len(s.asked) > 0 || lines.Len() > 0 {
		t.Errorf("asked %s, wrote %s", s.asked, lines.String())
	}
}

// The endpoint of all services, and AWS itself for events, do not count.
func TestWhereNothingIsDelivered(t *testing.T) {
	s := newStandIn(t, func(string, value.Value) (int, string) { return 200, `{}` })
	em, err := emulator.New(emulator.WithServicesEndpoint(s.URL), emulator.WithServiceEndpoint("events", "aws"), emulator.WithAutoAdvance(time.UnixMilli(1000)))
	if err != nil {
		t.Fatal(err)
	}
	runLogged(t, em, emulator.Registration{Name: "m", Definition: pass, Logging: loggingTo("g", "ALL", true)}, "{}")
	em.Close()
	if len(s.asked) > 0 {
		t.Errorf("asked %s", s.asked)
	}
}

// The variables of AWS's SDKs say where logs and events go, before options.
func TestDeliveryByTheEnvironment(t *testing.T) {
	s := newStandIn(t, func(string, value.Value) (int, string) { return 200, `{}` })
	for ignored, want := range map[string]int{"false": 2, "true": 0} {
		s.asked = nil
		variables := map[string]string{"AWS_ENDPOINT_URL_EVENTBRIDGE": s.URL, "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": s.URL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": ignored}
		em, err := emulator.New(emulator.WithAutoAdvance(time.UnixMilli(1000)), emulator.WithServiceEnvironment(func(name string) (string, bool) {
			text, ok := variables[name]
			return text, ok
		}))
		if err != nil {
			t.Fatal(err)
		}
		runLogged(t, em, emulator.Registration{Name: "m", Definition: pass, Logging: loggingTo("g", "ALL", true)}, "{}")
		em.Close()
		got := 0
		for _, operation := range []string{"PutLogEvents", "PutEvents"} {
			if slices.Contains(s.asked, operation) {
				got++
			}
		}
		if got != want {
			t.Errorf("ignored %s: asked %s", ignored, s.asked)
		}
	}
}

// An execution is logged as the revision says that it runs, also after a restart and after
// an update that turns logging off.
func TestLogsAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aslocal.db")
	open := func(lines io.Writer) *emulator.Emulator {
		store, err := journal.OpenSQLite(path, journal.Process)
		if err != nil {
			t.Fatal(err)
		}
		em, err := emulator.New(emulator.WithStore(store), emulator.WithLogs(lines), emulator.WithVirtualClock(time.UnixMilli(1000)))
		if err != nil {
			t.Fatal(err)
		}
		return em
	}
	r := emulator.Registration{Name: "m", Definition: `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}`, Logging: loggingTo("g", "ALL", false)}
	var before, after bytes.Buffer
	em := open(&before)
	runOne := func() {
		machine, err := em.Register(r)
		if err == nil {
			_, err = em.Start(t.Context(), machine, "{}")
		}
		if err == nil {
			err = em.Advance(t.Context(), time.Second)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	runOne()
	r.Logging = loggingTo("g", "OFF", false)
	runOne()
	em.Close()
	em = open(&after)
	if err := em.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	em.Close()
	types := func(b *bytes.Buffer) (types []string) {
		for line := range strings.Lines(b.String()) {
			types = append(types, value.MustParse(line).Get("type").Text())
		}
		return types
	}
	if got, want := fmt.Sprint(types(&before), types(&after)), "[ExecutionStarted WaitStateEntered] [WaitStateExited ExecutionSucceeded]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// noon is when the notices of these tests happen.
var noon = time.Date(2026, 1, 12, 12, 0, 0, 0, time.Local)

const (
	someMachine   = "arn:aws:states:us-east-1:123456789012:stateMachine:order"
	someExecution = "arn:aws:states:us-east-1:123456789012:execution:order:run-17"
)

// ascii is a form without colours and Unicode.
func ascii(verbose bool) noticeForm {
	return noticeForm{terminal: terminal{w: io.Discard}, endpoint: localServer, verbose: verbose}
}

func endedAt(at time.Time, status string) emulator.Notice {
	return emulator.Notice{Time: at, Ended: &emulator.Ended{Execution: someExecution, StateMachine: someMachine, Status: status, Took: 12 * time.Millisecond}}
}

func TestNoticeText(t *testing.T) {
	call := func(c emulator.Call) emulator.Notice { return emulator.Notice{Time: noon, Call: &c} }
	ended := func(x emulator.Ended) emulator.Notice { return emulator.Notice{Time: noon, Ended: &x} }
	line := func(l emulator.FunctionLogEntry) emulator.Notice { return emulator.Notice{Time: noon, Function: &l} }
	express := "arn:aws:states:us-east-1:123456789012:express:quote:q-1:5f0c"
	for _, test := range []struct {
		name   string
		notice emulator.Notice
		want   string // after the time; "" if there is no line
	}{
		{"a call that changes something", call(emulator.Call{Action: "StartExecution", Subject: someExecution}), "  StartExecution  order/run-17"},
		{"one that only asks", call(emulator.Call{Action: "GetActivityTask", Subject: "a"}), ""},
		{"one that asks in vain", call(emulator.Call{Action: "DescribeExecution", Subject: someExecution, Code: "ExecutionDoesNotExist", Message: "Execution Does Not Exist"}),
			"x DescribeExecution  order/run-17  ExecutionDoesNotExist: Execution Does Not Exist"},
		{"one of our own that asks in vain", call(emulator.Call{Action: "DescribeExecution", Code: "ExecutionDoesNotExist", Client: ownClient}), ""},
		{"one of another service", call(emulator.Call{Action: "DynamoDB_20120810.PutItem", Message: "not\nhere"}), `x DynamoDB_20120810.PutItem  not here`},
		{"a success", endedAt(noon, "SUCCEEDED"), "+ order/run-17  SUCCEEDED in 12ms"},
		{"a failure", ended(emulator.Ended{Execution: someExecution, Status: "FAILED", Took: 1200 * time.Millisecond, Error: "CardDeclined", Cause: "no funds"}),
			"x order/run-17  FAILED in 1.2s  CardDeclined: no funds  (aslocal trace order/run-17)"},
		{"a failure of a function", ended(emulator.Ended{Execution: someExecution, Status: "FAILED", Error: "ValueError", Cause: `{"errorMessage": "negative", "trace": []}`}),
			"x order/run-17  FAILED in 0ms  ValueError: negative  (aslocal trace order/run-17)"},
		{"a timeout has no error", ended(emulator.Ended{Execution: someExecution, Status: "TIMED_OUT"}), "x order/run-17  TIMED_OUT in 0ms  (aslocal trace order/run-17)"},
		{"a cause without an error", ended(emulator.Ended{Execution: someExecution, Status: "ABORTED", Cause: "enough"}), "x order/run-17  ABORTED in 0ms  enough  (aslocal trace order/run-17)"},
		{"of an Express execution nothing is kept", ended(emulator.Ended{Execution: express, Express: true, Status: "FAILED", Error: "E"}), "x quote/q-1  FAILED in 0ms  E"},
		{"a long cause is cut", ended(emulator.Ended{Execution: express, Express: true, Status: "FAILED", Cause: strings.Repeat("a", 1000)}),
			"x quote/q-1  FAILED in 0ms  " + strings.Repeat("a", shownCause) + "..."},
		{"a child of a Map Run", ended(emulator.Ended{Execution: someExecution, Status: "FAILED", Child: true}), ""},
		{"a line of a function", line(emulator.FunctionLogEntry{Function: "pay", Text: "paid \x1b[2J"}), "  pay: paid ?[2J"},
		{"a line of Lambda", line(emulator.FunctionLogEntry{Function: "pay", Platform: true, Text: "START"}), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			form := ascii(false)
			got := ""
			if !form.quiet(test.notice) {
				got = strings.TrimPrefix(form.text(test.notice), "12:00:00  ")
			}
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if all := ascii(true); all.quiet(test.notice) {
				t.Error("--verbose does not show it")
			}
		})
	}
	form := ascii(false)
	form.endpoint = "http://localhost:9000"
	if got := form.text(endedAt(noon, "FAILED")); !strings.HasSuffix(got, "(aslocal trace order/run-17 --endpoint http://localhost:9000)") {
		t.Errorf("another endpoint: %s", got)
	}
}

// Of thousands in a second a few are shown, and failures although successes came
// first.
func TestActivityOfAFlood(t *testing.T) {
	var out bytes.Buffer
	a := newActivity(ascii(false), &out, nil)
	for range 1252 {
		a.see(endedAt(noon, "SUCCEEDED"))
	}
	for range 10 {
		a.see(endedAt(noon, "FAILED"))
	}
	a.see(endedAt(noon.Add(-time.Millisecond), "TIMED_OUT")) // it belongs to the same flood
	a.see(endedAt(noon.Add(time.Second), "SUCCEEDED"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a.run(ctx)
	text := out.String()
	for want, n := range map[string]int{"SUCCEEDED": shownWellSecond + 1, "FAILED": shownSecond - shownWellSecond, "TIMED_OUT": 0} {
		if got := strings.Count(text, want); got != n {
			t.Errorf("%s is shown %d times, want %d", want, got, n)
		}
	}
	if want := "... and 2 more executions failed, 1,240 executions succeeded, 1 executions timed out\n"; !strings.HasSuffix(text, want) {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// When nobody reads what is written, nobody waits.
func TestActivityNobodyReads(t *testing.T) {
	a := newActivity(ascii(false), io.Discard, nil)
	for i := range 100 * activityQueue { // run is not called
		a.see(endedAt(noon.Add(time.Duration(i)*time.Second), "SUCCEEDED"))
	}
	if got, want := a.left["executions succeeded"], 99*activityQueue; got != want {
		t.Errorf("%d were left out, want %d", got, want)
	}
}

// Everything is an object a line for programs.
func TestActivityAsJSON(t *testing.T) {
	var out bytes.Buffer
	log := newJSONLog(&out)
	tell(log, "Use it", "export A=1", "export B=2")
	tell(log, "Missing")
	a := newActivity(ascii(false), log, log.Logger)
	a.see(endedAt(noon, "SUCCEEDED"))
	a.see(emulator.Notice{Time: noon, Call: &emulator.Call{Action: "StopExecution", Subject: someExecution, Code: "E", Message: "m", Status: 400}})
	a.see(emulator.Notice{Time: noon, Function: &emulator.FunctionLogEntry{Function: "pay", Text: "a\nb"}})
	a.left["calls answered"] = 7
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a.run(ctx)
	var got []string
	for line := range strings.Lines(out.String()) {
		v, err := value.Parse(line)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		got = append(got, v.Without("time").String())
	}
	want := []string{
		`{"level":"INFO","msg":"use it","text":"export A=1\nexport B=2"}`,
		`{"level":"INFO","msg":"execution","execution":"` + someExecution + `","stateMachine":"` + someMachine + `","status":"SUCCEEDED","milliseconds":12}`,
		`{"level":"WARN","msg":"call","action":"StopExecution","subject":"` + someExecution + `","status":400,"milliseconds":0,"error":"E","cause":"m"}`,
		`{"level":"INFO","msg":"function","function":"pay","text":"a\nb"}`,
		`{"level":"INFO","msg":"left out","calls answered":7}`,
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

// BenchmarkActivity is what the lines of serve cost a short Express execution, and the
// start of a Standard one.
func BenchmarkActivity(b *testing.B) {
	for _, action := range []string{"StartSyncExecution", "StartExecution"} {
		kind := map[string]string{"StartSyncExecution": "EXPRESS", "StartExecution": "STANDARD"}[action]
		for _, watched := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/watched=%t", action, watched), func(b *testing.B) {
				em := emulator.RunT(b)
				arn, err := em.Register(emulator.Registration{Name: "m", Type: kind, Definition: `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`})
				if err != nil {
					b.Fatal(err)
				}
				if watched {
					a := newActivity(ascii(false), io.Discard, nil)
					ctx, cancel := context.WithCancel(b.Context())
					defer cancel()
					go a.run(ctx)
					defer em.Watch(a.see)()
				}
				body := value.OfMembers("stateMachineArn", value.OfString(arn)).String()
				b.ReportAllocs()
				for b.Loop() {
					r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(body)) // it has a RemoteAddr
					r.Header.Set("X-Amz-Target", "AWSStepFunctions."+action)
					r.Header.Set("Content-Type", "application/x-amz-json-1.0")
					w := httptest.NewRecorder()
					em.ServeHTTP(w, r)
					if w.Code != http.StatusOK {
						b.Fatal(w.Body)
					}
				}
			})
		}
	}
}

package cli

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// remoteServer has the state machines order, orders (Express), nap and other, and the
// executions order/run-1, order/run-2, other/run-2 and nap/long.
func remoteServer(t *testing.T) *emulator.TestEmulator {
	t.Helper()
	em := emulator.RunT(t)
	define := func(name, kind, state string) {
		t.Helper()
		definition := fmt.Sprintf(`{"StartAt": "S", "States": {"S": %s}}`, state)
		if _, err := em.Register(emulator.Registration{Name: name, Type: kind, Definition: definition}); err != nil {
			t.Fatal(err)
		}
	}
	pass := `{"Type": "Pass", "End": true}`
	define("order", "STANDARD", `{"Type": "Choice", "Choices": [{"Variable": "$.bad", "IsPresent": true, "Next": "F"}], "Default": "P"}, "P": `+pass+`,
		"F": {"Type": "Fail", "Error": "Bad", "Cause": "very"}`)
	define("orders", "EXPRESS", pass)
	define("other", "STANDARD", pass)
	define("nap", "STANDARD", `{"Type": "Wait", "Seconds": 3600, "End": true}`)
	for _, name := range []string{"order/run-1", "order/run-2", "other/run-2", "nap/long"} {
		machine, name, _ := strings.Cut(name, "/")
		if code, _, errOut := against(em.URL(), "start", machine, "--name", name); code != ExitOK {
			t.Fatal(errOut)
		}
	}
	em.Settle()
	return em
}

func TestNamesOnAServer(t *testing.T) {
	em := remoteServer(t)
	arn := func(name string) string { return "arn:aws:states:us-east-1:123456789012:execution:" + name }
	r := remote{em.URL()}
	for _, test := range []struct {
		name, want string // ARN, or the error and the hint
	}{
		{arn("order:run-1"), arn("order:run-1")},
		{"run-1", arn("order:run-1")},
		{"order/run-2", arn("order:run-2")},
		{"other:run-2", arn("other:run-2")},
		{"oth/run", arn("other:run-2")},
		{"lo", arn("nap:long")},
		{"nap", arn("nap:long")},
		{"na", arn("nap:long")},
		{"nap/", arn("nap:long")},
		{"arn:aws:states:us-east-1:123456789012:stateMachine:nap", arn("nap:long")},
		{"arn:aws:states:us-east-1:123456789012:stateMachine:nix", `no state machine is called "arn:aws:states:us-east-1:123456789012:stateMachine:nix"; aslocal ls lists what there is`},
		{"run-2", `more than one execution begins with "run-2"; it may be order/run-2, other/run-2`},
		{"order/run", `more than one execution begins with "run"; it may be run-1, run-2`},
		{"o", `more than one state machine begins with "o"; it may be order, orders, other`},
		{"order/rum-1", `no execution is called "rum-1"; did you mean "run-1"?`},
		{"ordr/run-1", `no state machine is called "ordr"; did you mean "order"?`},
		{"xyz", `no execution or state machine is called "xyz"; aslocal ls lists the state machines, aslocal ls MACHINE its executions`},
		{"orders", `nothing is kept of the executions of orders: it is an Express state machine; aslocal logs -f shows them when they end`},
		{"", `more than one execution begins with ""; it may be long, run-1, run-2`},
	} {
		got, err := r.execution(t.Context(), test.name)
		if err != nil {
			got = err.Error()
			if e, ok := unwrapped(err); ok {
				got = e.message + "; " + e.hint
			}
		}
		if test.name == "" { // which of the executions comes first does not matter
			got, test.want = got[:len(`more than one execution begins with ""`)], test.want[:len(`more than one execution begins with ""`)]
		}
		if got != test.want {
			t.Errorf("%q\ngot  %s\nwant %s", test.name, got, test.want)
		}
	}
	if _, err := r.latest(t.Context(), remoteMachine{name: "none", arn: "arn:aws:states:us-east-1:123456789012:stateMachine:none"}); !isRefusal(err, "StateMachineDoesNotExist") {
		t.Errorf("of no state machine: %v", err)
	}
}

func unwrapped(err error) (*exitError, bool) {
	if n, ok := err.(notFound); ok {
		err = n.error
	}
	e, ok := err.(*exitError)
	return e, ok
}

func TestShortName(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:states:us-east-1:123456789012:execution:order:run-1":    "order/run-1",
		"arn:aws:states:us-east-1:123456789012:express:order:run-1:5f0c": "order/run-1",
		"arn:aws:states:us-east-1:123456789012:stateMachine:order:live":  "order:live",
		"arn:aws:states:us-east-1:123456789012:activity:approve":         "approve",
		"arn:aws:states:us-east-1:123456789012:mapRun:order/Each:5f0c":   "order/Each/5f0c",
		"order": "order", "arn:aws:states": "arn:aws:states", "": "",
	} {
		if got := shortName(arn); got != want {
			t.Errorf("%s: got %s, want %s", arn, got, want)
		}
	}
	const random = "arn:aws:states:us-east-1:123456789012:execution:order:f394e5d1-4f96-4514-83b9-e2f4d96e417a"
	if got := typedName(random); got != "order/f394e5d1" {
		t.Errorf("a random name: got %s", got)
	}
}

// What the commands answer, and with which exit code.
func TestCommandsAgainstAServer(t *testing.T) {
	em := remoteServer(t)
	for _, test := range []struct {
		args   string
		code   int
		out    string // part of stdout
		errOut string // part of stderr
	}{
		{"ls --json", ExitOK, `{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:`, ""},
		{"ls order", ExitOK, "run-2  SUCCEEDED  20", ""},
		{"ls order --limit 1 --json", ExitOK, `"name":"run-2"`, ""},
		{"ls orders", ExitUsage, "", "nothing is kept of the executions of orders"},
		{"ls --limit 0", ExitUsage, "", "--limit: expected a number from 1, got 0"},
		{"start order --input {", ExitUsage, "", "aslocal: hint: JSON, the name of a file (also @FILE), or - for stdin"},
		{"start order --input - --wait", ExitOK, `{"from":"stdin"}`, ""},
		{`start order --input {"bad":1} --wait`, ExitFailed, "", "FAILED: Bad: very"},
		{"start orders --wait", ExitOK, "{}", ""},
		{"start order --timeout -1s", ExitUsage, "", "--timeout: expected a duration above 0, got -1s"},
		{"start order --name run-1 --input [1]", ExitFailed, "", "Execution Already Exists"},
		{"start order:live", ExitFailed, "", "Does Not Exist"},
		{"start ordr", ExitUsage, "", `aslocal: hint: did you mean "order"?`},
		{"trace order/run-1", ExitOK, "SUCCEEDED in ", ""},
		{"trace nap", ExitOK, "RUNNING; -f follows it\n", ""},
		{"trace arn:aws:states:us-east-1:123456789012:express:orders:a:b", ExitUsage, "", "an Express state machine, of which nothing is kept"},
		{"trace arn:aws:states:us-east-1:123456789012:execution:order:gone", ExitFailed, "", "Execution Does Not Exist"},
		{"show order", ExitOK, "order  STANDARD\n", ""},
		{"show order --json", ExitOK, `{"stateMachineArn":"`, ""},
		{"show nap/", ExitOK, " nap/long  RUNNING\n", ""},
		{"show run-1 --json", ExitOK, `{"executionArn":"`, ""},
		{"stop run-1", ExitFailed, "", "order/run-1 does not run: it has SUCCEEDED"},
		{"stop long", ExitOK, "nap/long ABORTED\n", ""},
		{"redrive run-1", ExitFailed, "", "Execution is SUCCEEDED and cannot be redriven"},
		{"redrive long", ExitOK, "arn:aws:states:us-east-1:123456789012:execution:nap:long\n", ""},
		{"logs", ExitOK, " order/run-1  SUCCEEDED in 0ms\n", ""},
		{"logs order --json --limit 3", ExitOK, `"ended":{"execution":"arn:`, ""},
		{"logs --limit -1", ExitUsage, "", "--limit: expected a number from 0, got -1"},
	} {
		code, out, errOut := against(em.URL(), strings.Fields(test.args)...)
		if code != test.code || !strings.Contains(out, test.out) || !strings.Contains(errOut, test.errOut) || test.errOut == "" && errOut != "" {
			t.Errorf("%s: code %d, want %d\n%s%s", test.args, code, test.code, out, errOut)
		}
	}
}

// The end of an execution is waited for, however long it takes.
func TestStartWaits(t *testing.T) {
	em := remoteServer(t)
	code, _, errOut := against(em.URL(), "start", "nap", "--name", "short", "--wait", "--timeout", "1ns")
	if code != ExitTimeout || !strings.Contains(errOut, "nap/short is still running after 1ns") || !strings.Contains(errOut, "aslocal stop nap/short --endpoint "+em.URL()) {
		t.Errorf("--timeout: %d %s", code, errOut)
	}
	started := make(chan bool, 1)
	defer em.Watch(func(n emulator.Notice) {
		if n.Call != nil && n.Call.Action == "StartExecution" {
			started <- true
		}
	})()
	ended := make(chan string)
	go func() {
		code, out, errOut := against(em.URL(), "start", "nap", "--wait")
		ended <- fmt.Sprintf("%d %s%s", code, out, errOut)
	}()
	<-started
	em.Advance(time.Hour)
	if got := <-ended; got != "0 {}\n" {
		t.Errorf("got %s", got)
	}
}

// Servers that are not there, or not ours.
func TestOtherServers(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + listener.Addr().String()
	listener.Close()
	if code, _, errOut := against(nobody, "ls"); code != ExitFailed || !strings.Contains(errOut, "no server listens at "+nobody) || !strings.Contains(errOut, "hint: aslocal serve starts one") {
		t.Errorf("nobody: %d, %s", code, errOut)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") }))
	defer web.Close()
	if code, _, errOut := against(web.URL, "ls"); code != ExitFailed || !strings.Contains(errOut, "is that aslocal") {
		t.Errorf("a web server: %d, %s", code, errOut)
	}
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, value.OfMembers("execution", value.OfString("a"), "record", value.OfString("AA==")))
	}))
	defer broken.Close()
	if code, _, errOut := against(broken.URL, "trace", someExecution); code != ExitFailed || !strings.Contains(errOut, "another version") {
		t.Errorf("a broken stream: %d, %s", code, errOut)
	}
}

// A trace has the children of Map Runs below their state, and goes on after a redrive.
func TestTraceOfAServer(t *testing.T) {
	t.Setenv("LC_ALL", "C") // ASCII
	em := emulator.RunT(t)
	if _, err := em.Register(emulator.Registration{Name: "each", Definition: `{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemsPath": "$.items", "Next": "Last",
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}},
		"Last": {"Type": "Fail", "Error": "Bad", "Cause": "very"}}}`}); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := against(em.URL(), "start", "each", "--name", "x", "--input", `{"items": [1, 2]}`, "--wait"); code != ExitFailed {
		t.Fatal(errOut)
	}
	want := []string{"# Each 2 items", "| 0 o P ok 0ms", "| 1 o P ok 0ms", "# Each ok 0ms", "! Last x", "x FAILED in 0ms, 9 events"}
	failure := []string{"error Bad", "cause very"}
	redriven := []string{"! Last x", "x FAILED in 0ms, 12 events"}
	for _, follow := range []bool{false, true} {
		args := []string{"trace", "each/x"}
		expected := slices.Concat([]string{"each/x"}, want, failure)
		if follow {
			if code, _, errOut := against(em.URL(), "redrive", "x", "--wait"); code != ExitFailed || !strings.Contains(errOut, "Bad") {
				t.Fatal(errOut)
			}
			args, expected = append(args, "-f"), slices.Concat([]string{"each/x"}, want, redriven, failure)
		}
		code, out, errOut := against(em.URL(), args...)
		var got []string
		for line := range strings.Lines(out) {
			fields := strings.Fields(line)
			if _, err := strconv.ParseFloat(fields[0], 64); err == nil {
				fields = fields[1:] // the time
			}
			got = append(got, strings.Join(fields, " "))
		}
		if g, w := strings.Join(got, "\n"), strings.Join(expected, "\n"); code != ExitOK || g != w {
			t.Errorf("follow %t: code %d\n%s\nwant\n%s\n%s", follow, code, g, w, errOut)
		}
	}
	if code, out, _ := against(em.URL(), "logs", "each", "--limit", "1"); code != ExitOK || !strings.Contains(out, "x each/x  FAILED in 0ms  Bad: very  (aslocal trace each/x") {
		t.Errorf("logs: %d, %s", code, out)
	}
}

// Shells complete the names of a server.
func TestCompletion(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_SFN", remoteServer(t).URL())
	for args, want := range map[string]string{
		"start o":      "order orders other",
		"ls oth":       "other",
		"trace order/": "order/run-2 order/run-1",
		"stop na":      "nap/long",
		"show nap/":    "nap/long",
		"show na":      "nap",
		"stop x/":      "",
		"start order ": "", // a second argument
	} {
		var out bytes.Buffer
		code := Main(append([]string{"__complete"}, strings.Split(args, " ")...), strings.NewReader(""), &out, io.Discard)
		names, _, _ := strings.Cut(out.String(), ":4\n") // ShellCompDirectiveNoFileComp
		if got := strings.Join(strings.Fields(names), " "); code != ExitOK || got != want {
			t.Errorf("%s: code %d, got %q, want %q", args, code, out.String(), want)
		}
	}
}

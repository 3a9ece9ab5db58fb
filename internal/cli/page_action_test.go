package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file tests the commands that do what buttons of the pages do.

// shop calls a function, waits in two branches, and calls it again.
const shop = `{"StartAt": "Pay", "States": {
  "Pay": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "ResultPath": "$.paid", "Next": "Both"},
  "Both": {"Type": "Parallel", "ResultPath": null, "Next": "Ship", "Branches": [
    {"StartAt": "Cool", "States": {"Cool": {"Type": "Wait", "Seconds": 3600, "End": true}}},
    {"StartAt": "Calm", "States": {"Calm": {"Type": "Wait", "Seconds": 7200, "End": true}}}]},
  "Ship": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}}}`

// shopServer is a server with shop, whose function counts its calls.
func shopServer(t *testing.T) (em *emulator.TestEmulator, calls *int) {
	calls = new(int)
	em = emulator.RunT(t, emulator.WithTask("pay", func(_ context.Context, in value.Value) (value.Value, error) {
		*calls++
		return value.OfMembers("call", value.OfInt(int64(*calls)), "of", in.Get("of")), nil
	}))
	if _, err := em.Register(emulator.Registration{Name: "shop", Definition: shop}); err != nil {
		t.Fatal(err)
	}
	return em, calls
}

func TestPauseAndSkipWait(t *testing.T) {
	em, calls := shopServer(t)
	run := func(want string, args ...string) {
		t.Helper()
		em.Settle()
		code, out, errOut := against(em.URL(), args...)
		if got := strings.TrimSpace(out + errOut); got != want || (code == ExitOK) != (errOut == "") {
			t.Errorf("%s: %d %q, want %q", args, code, got, want)
		}
	}
	if code, _, errOut := against(em.URL(), "start", "shop", "--name", "one", "-i", `{"of": 5}`); code != ExitOK {
		t.Fatal(errOut)
	}
	run("shop/one paused", "pause", "one")
	em.Advance(3 * time.Hour)
	if *calls != 1 {
		t.Errorf("%d calls: a paused execution goes on", *calls)
	}
	run("aslocal: error: the execution is paused; resume it first", "skip-wait", "one")
	run("shop/one resumed", "resume", "shop")
	em.Settle()
	if *calls != 2 {
		t.Errorf("%d calls: the execution does not go on when it is resumed", *calls)
	}
	if code, _, errOut := against(em.URL(), "start", "shop", "--name", "two", "-i", `{"of": 6}`); code != ExitOK {
		t.Fatal(errOut)
	}
	run("aslocal: error: shop/two does not wait in a state named \"Ship\"", "skip-wait", "two", "Ship")
	run("Both[1]/Calm", "skip-wait", "two", "Calm")
	run("Both[0]/Cool", "skip-wait", "two")
	run("aslocal: error: shop/two is in no Wait, and in no pause before a retry", "skip-wait", "two")
	run("aslocal: error: the execution has ended", "pause", "two")
}

func TestRerunAndCompare(t *testing.T) {
	em, calls := shopServer(t)
	start := func(args ...string) {
		t.Helper()
		if code, _, errOut := against(em.URL(), args...); code != ExitOK {
			t.Fatalf("%s: %s", args, errOut)
		}
		em.Advance(3 * time.Hour)
	}
	start("start", "shop", "--name", "one", "-i", `{"of": 5}`)
	start("rerun", "one", "--name", "from-ship", "--from", "Ship")
	if *calls != 3 {
		t.Errorf("%d calls, want 2 of the first execution and 1 of the second", *calls)
	}
	start("rerun", "one", "--name", "other-input", "-i", `{"of": 6}`)
	if *calls != 5 {
		t.Errorf("%d calls, want 2 more", *calls)
	}
	// One that is no rerun, with another definition.
	if _, err := em.Register(emulator.Registration{Name: "shop", Definition: strings.Replace(shop, "7200", "7000", 1)}); err != nil {
		t.Fatal(err)
	}
	start("rerun", "one", "--name", "now")

	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"rerun", "one", "--from", "Shipp"}, ExitUsage, "aslocal: error: shop/one has not visited a state named \"Shipp\"\naslocal: hint: did you mean \"Ship\"?"},
		{[]string{"rerun", "one", "--from", "Cool"}, ExitFailed, "aslocal: error: from: expected a state that is in no branch or iteration; choose the Parallel or Map state around it"},
		{[]string{"rerun", "one", "--input", "{"}, ExitUsage, ""},
		{[]string{"compare", "one", "one"}, ExitOK, "left  shop/one  SUCCEEDED in 2h0m0s\nright shop/one  SUCCEEDED in 2h0m0s\n\nBoth have visited the same 5 states, with the same data."},
		{[]string{"compare", "one", "from-ship"}, ExitFailed, `left  shop/one  SUCCEEDED in 2h0m0s
right shop/from-ship  SUCCEEDED in 2h0m0s

≠ execution: output
    … 4 the same
≠ Ship: output

Ship
  output
    @@ -1,4 +1,4 @@
     {
    -  "call": 2,
    +  "call": 3,
       "of": 5
     }`},
		{[]string{"compare", "other-input", "now", "--all"}, ExitFailed, ""},
		{[]string{"compare", "one"}, ExitUsage, ""},
		{[]string{"compare", "one", "none"}, ExitUsage, ""},
	} {
		code, out, errOut := against(em.URL(), tt.args...)
		if got := strings.TrimSpace(out + errOut); code != tt.code || tt.want != "" && got != tt.want {
			t.Errorf("%s: %d\n%s\nwant %d\n%s", tt.args, code, got, tt.code, tt.want)
		}
	}
	_, out, _ := against(em.URL(), "compare", "other-input", "now", "--all")
	for _, want := range []string{"The definitions differ.", "-              \"Seconds\": 7200,", "≠ Both[1]/Calm: input, output, definition", "  input\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	code, out, _ := against(em.URL(), "compare", "one", "from-ship", "--json")
	v, err := value.Parse(out)
	if err != nil || code != ExitFailed || v.Get("rows").Len() != 6 || v.Get("rows").Index(5).Get("differs").String() != `["output"]` {
		t.Errorf("as JSON: %d %v %s", code, err, out)
	}
	var completed bytes.Buffer
	Main([]string{"__complete", "compare", "--endpoint", em.URL(), "shop/one", "shop/f"}, strings.NewReader(""), &completed, io.Discard)
	if !strings.HasPrefix(completed.String(), "shop/from-ship\n") {
		t.Errorf("the second execution is not completed: %q", completed.String())
	}
}

// Against a server that has no pages the commands say what they need.
func TestPageActionsNeedAslocal(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	const arn = "arn:aws:states:us-east-1:123456789012:execution:order:one"
	for _, args := range [][]string{{"rerun", arn}, {"pause", arn}, {"resume", arn}, {"skip-wait", arn}} {
		code, _, errOut := against(server.URL, args...)
		want := "aslocal: error: " + server.URL + " does not have the private API of aslocal that this command needs\naslocal: hint: start aslocal serve of this version, without --no-ui\n"
		if code != ExitFailed || errOut != want {
			t.Errorf("%s: %d %q, want %q", args, code, errOut, want)
		}
	}
}

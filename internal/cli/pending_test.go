package cli

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
)

// aslocal runs a command line against a server.
func against(url string, args ...string) (code int, out, errOut string) {
	var stdout, stderr bytes.Buffer
	code = Main(append(args, "--endpoint", url), strings.NewReader(`{"from": "stdin"}`), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestPendingAndAnswer(t *testing.T) {
	em := emulator.RunT(t, emulator.WithPendingTasks())
	machine, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "Do", "States": {"Do": {"Type": "Task",
		"Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "u", "MessageBody": "m\u001b[2J"}, "End": true}}}`})
	if err != nil {
		t.Fatal(err)
	}
	if code, out, errOut := against(em.URL(), "pending"); code != ExitOK || out != "" || errOut != "no task waits to be answered\n" {
		t.Errorf("no task: %d, %q, %q", code, out, errOut)
	}
	start := func() (execution, id string) {
		t.Helper()
		execution, err := em.Start(t.Context(), machine, "{}")
		if err != nil {
			t.Fatal(err)
		}
		em.Settle()
		return execution, em.PendingTasks()[0].ID
	}

	execution, id := start()
	code, out, _ := against(em.URL(), "pending")
	for _, want := range []string{id + "  Do  since 20", "  execution " + execution + "\n", "  resource  arn:aws:states:::sqs:sendMessage\n", `"MessageBody":"m\u001B[2J"`, "  missing   no endpoint is set for sqs"} {
		if code != ExitOK || !strings.Contains(out, want) || strings.Contains(out, "\x1b") {
			t.Errorf("pending: %d\n%s\nwithout %q", code, out, want)
		}
	}
	if code, out, _ := against(em.URL(), "pending", "--json"); code != ExitOK || !strings.HasPrefix(out, `{"id":"`+id+`","execution":"`) {
		t.Errorf("pending --json: %d, %s", code, out)
	}

	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"answer", id}, ExitUsage, "expected one of --output, --error and --retry"},
		{[]string{"answer", id, "--output", "1", "--error", "E"}, ExitUsage, "expected one of --output, --error and --retry"},
		{[]string{"answer", id, "--output", "1", "--retry"}, ExitUsage, "expected one of --output, --error and --retry"},
		{[]string{"answer", "nobody", "--retry"}, ExitFailed, "no task of this id waits to be answered"},
		{[]string{"answer", id, "--retry"}, ExitOK, ""}, // it waits again
		{[]string{"answer", id, "--output", "1", "--cause", "why"}, ExitUsage, "--cause belongs to --error"},
		{[]string{"answer", id, "--output", "{"}, ExitUsage, "--output: "},
		{[]string{"answer", id, "--error", ""}, ExitFailed, "error: expected the name of an error"},
		{[]string{"answer", "no/body", "--output", "1"}, ExitFailed, ""},
		{[]string{"answer", "nobody", "--output", "1"}, ExitFailed, "no task of this id waits to be answered"},
	} {
		em.Settle()
		if code, _, errOut := against(em.URL(), test.args...); code != test.code || !strings.Contains(errOut, test.want) {
			t.Errorf("%q: %d, %s, want %d with %q", test.args, code, errOut, test.code, test.want)
		}
	}

	if code, out, errOut := against(em.URL(), "answer", id, "--output", "-"); code != ExitOK || out+errOut != "" {
		t.Errorf("answer: %d, %s%s", code, out, errOut)
	}
	if got := em.Wait(execution).Output; got != `{"from":"stdin"}` {
		t.Errorf("its output is %s", got)
	}
	execution, id = start()
	if code, _, errOut := against(em.URL(), "answer", id, "--error", "Gone", "--cause", "for good"); code != ExitOK {
		t.Errorf("answer --error: %d, %s", code, errOut)
	}
	if got := em.Wait(execution); got.Error != "Gone" || got.Cause != "for good" {
		t.Errorf("it ended with %+v", got)
	}
}

func TestRemoteThatIsNotThere(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	listener.Close()
	if code, _, errOut := against(url, "pending"); code != ExitFailed || !strings.Contains(errOut, "no server listens at "+url) || !strings.Contains(errOut, "aslocal serve starts one") {
		t.Errorf("got %d, %s", code, errOut)
	}
	if code, _, errOut := against("localhost", "pending"); code != ExitUsage || !strings.Contains(errOut, "--endpoint: expected a URL") {
		t.Errorf("got %d, %s", code, errOut)
	}
}

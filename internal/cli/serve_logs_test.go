package cli

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Log events are appended to a file inside the folder, or, if --config names the
// settings, anywhere.
func TestLogFile(t *testing.T) {
	folder, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		logs  string
		named bool
		path  string // "": it is refused
	}{
		{"out.jsonl", false, filepath.Join(folder, "out.jsonl")},
		{filepath.Join(outside, "a"), true, filepath.Join(outside, "a")},
		{"b", true, filepath.Join(folder, "b")},
		{filepath.Join(outside, "c"), false, ""},
		{"../c", false, ""},
		{"link/c", false, ""},
		{"link", false, ""},
		{"no/such/folder", false, ""},
		{".", false, ""},
	} {
		f := file{name: "aslocal.yaml", named: c.named, logs: c.logs}
		for _, text := range []string{"1", "2"} {
			_, opened, err := f.openLogs(newServe(), folder)
			if (err == nil) != (c.path != "") {
				t.Fatalf("%s: got %v", c.logs, err)
			}
			if err != nil {
				if e, ok := errors.AsType[*exitError](err); !ok || e.code != ExitUsage || !strings.HasPrefix(e.message, "aslocal.yaml: logs: ") {
					t.Errorf("%s: got %v", c.logs, err)
				}
				continue
			}
			io.WriteString(opened.(io.Writer), text)
			opened.Close()
		}
		if got, _ := os.ReadFile(c.path); c.path != "" && string(got) != "12" {
			t.Errorf("%s: the file has %q, want 12", c.logs, got)
		}
	}
	if left, _ := os.ReadDir(outside); len(left) != 1 {
		t.Errorf("outside of the folder are %v", left)
	}
}

// Without the setting, and with the standard output, nothing is opened.
func TestLogsWithoutAFile(t *testing.T) {
	for _, logs := range []string{"", "-"} {
		var out bytes.Buffer
		c := newServe()
		c.SetOut(&out)
		folder := t.TempDir()
		f := file{logs: logs}
		_, opened, err := f.openLogs(c, folder)
		if err != nil || opened.Close() != nil {
			t.Errorf("%q: got %v", logs, err)
		}
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Errorf("%q: there are %v", logs, left)
		}
	}
}

// serve writes the log events of a template's state machine to the file of the settings.
func TestServeLogs(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"aslocal.yaml": "logs: out.jsonl\n",
		"template.yaml": `
Resources:
  M:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: shop
      Type: EXPRESS
      Definition: {StartAt: P, States: {P: {Type: Pass, End: true}}}
      Logging: {Level: ALL, Destinations: [{CloudWatchLogsLogGroup: {LogGroupArn: !GetAtt G.Arn}}]}
  G: {Type: "AWS::Logs::LogGroup", Properties: {LogGroupName: shop-logs}}
`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("serve", func(t *testing.T) { // ends the server
		url := serving(t, newServe(), "API", folder, "--port", "0", "--durability", "memory", "-q")
		r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:shop"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Target", "AWSStepFunctions.StartSyncExecution")
		r.Header.Set("Content-Type", "application/x-amz-json-1.0")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	})
	got, err := os.ReadFile(filepath.Join(folder, "out.jsonl"))
	if lines := strings.Count(string(got), "\n"); err != nil || lines != 4 || !strings.HasPrefix(string(got), `{"id":"1","type":"ExecutionStarted","details":{"roleArn":`) {
		t.Errorf("got %v\n%s", err, got)
	}
}

package cli

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// serving runs a command that serves until the test ends, and returns the first URL with
// the prefix that it prints.
func serving(t *testing.T, c *cobra.Command, prefix string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	c.SetOut(in)
	c.SetErr(in)
	c.SetArgs(args)
	over := make(chan error, 1)
	go func() {
		err := c.ExecuteContext(ctx)
		in.CloseWithError(err)
		over <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-over; err != nil {
			t.Errorf("the server ended with: %v", err)
		}
	})
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the server printed no URL: %v", err)
		}
		if found := regexp.MustCompile(`http://localhost:\d+`).FindAllString(line, -1); strings.HasPrefix(strings.TrimSpace(line), prefix) && found != nil {
			go io.Copy(io.Discard, lines)
			return found[len(found)-1]
		}
	}
}

// get returns the answer of a server to a browser.
func get(t *testing.T, url string) (status int, kind, text string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header.Get("Content-Type"), string(body)
}

func TestUI(t *testing.T) {
	em := remoteServer(t)
	url := serving(t, newUI(), "aslocal", "--endpoint", em.URL(), "--port", "0")
	if status, kind, _ := get(t, url); status != 200 || kind != "text/html; charset=utf-8" {
		t.Errorf("the page: %d %s", status, kind)
	}
	if _, _, text := get(t, url+"/_ui/api/overview"); !strings.Contains(text, `"remote":"`+em.URL()+`","readOnly":true`) || !strings.Contains(text, `"machines":4`) {
		t.Errorf("overview: %s", text)
	}
	if _, _, text := get(t, url+"/_ui/api/executions?q=run"); strings.Count(text, `"arn"`) != 3 {
		t.Errorf("executions: %s", text)
	}
	if status, _, text := get(t, url+"/_ui/api/execution?arn=arn:aws:states:us-east-1:123456789012:execution:order:none"); status != 400 || !strings.Contains(text, "ExecutionDoesNotExist") {
		t.Errorf("a refusal: %d %s", status, text)
	}
	if code, _, errOut := against("http://127.0.0.1:1", "ui", "--port", "0"); code != ExitFailed || !strings.Contains(errOut, "no server listens") {
		t.Errorf("without a server: %d %s", code, errOut)
	}
	if code, _, errOut := against(em.URL(), "ui", "--port", "70000"); code != ExitUsage || !strings.Contains(errOut, "--port: expected 0 to 65535") {
		t.Errorf("a wrong port: %d %s", code, errOut)
	}
}

func TestServeWithPages(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "broken.asl.json"), []byte(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	url := serving(t, newServe(), "API", folder, "--port", "0", "--durability", "memory", "-q")
	if status, kind, _ := get(t, url); status != 200 || kind != "text/html; charset=utf-8" {
		t.Errorf("the page: %d %s", status, kind)
	}
	if _, _, text := get(t, url+"/_ui/api/machines"); !strings.Contains(text, `broken.asl.json:1`) {
		t.Errorf("machines: %s", text)
	}
	url = serving(t, newServe(), "API", folder, "--port", "0", "--durability", "memory", "-q", "--no-ui")
	if status, kind, _ := get(t, url); status != 200 || kind != "text/plain; charset=utf-8" {
		t.Errorf("without pages: %d %s", status, kind)
	}
}

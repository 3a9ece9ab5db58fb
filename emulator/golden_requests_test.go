package emulator_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
)

// goldenRequests lets the test below run: `make golden-requests`.
var goldenRequests = flag.Bool("golden-requests", false, "send the requests that the AWS SDK for Go has for its own tests, which are fetched")

// goldenModule is the first version of the client whose module has a request for each
// action with all members.
const goldenModule = "github.com/aws/aws-sdk-go-v2/service/sfn@v1.45.4"

// Every action understands the request that the SDK's own tests have of it: it is
// answered, or refused by an exception of the service, and each member is read. That
// shows when its value is of another type, which must not be passed over.
func TestGoldenRequests(t *testing.T) {
	if !*goldenRequests {
		t.Skip("the requests of the SDK's tests are sent by `make golden-requests`")
	}
	files, err := filepath.Glob(filepath.Join(fetchModule(t, goldenModule), "request_snapshot", "*.request.snap"))
	if err != nil {
		t.Fatal(err)
	}
	em := emulator.RunT(t)
	var sent []string
	members := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		operation, _, _ := strings.Cut(filepath.Base(name), ".")
		_, rest, _ := strings.Cut(string(text), "\n\n") // after the line with method and path
		headers, body, ok := strings.Cut(rest, "\n\n")
		if want := "X-Amz-Target: AWSStepFunctions." + operation; !ok || !strings.Contains(headers, want) {
			t.Fatalf("%s has no header %s", name, want)
		}
		sent = append(sent, operation)
		if status, answer := post(em.Emulator, operation, body); status != 200 && status != 400 || protocolFault(answer) {
			t.Errorf("%s: %d %s", operation, status, answer)
		}
		var request any
		if err := json.Unmarshal([]byte(body), &request); err != nil {
			t.Fatalf("%s: %v", operation, err)
		}
		disturb(request, func(path string) {
			members++
			wrong, err := json.Marshal(request)
			if err != nil {
				t.Fatal(err)
			}
			if _, answer := post(em.Emulator, operation, string(wrong)); !strings.Contains(answer, "SerializationException") {
				t.Errorf("%s: %s of another type: %s", operation, path, answer)
			}
		})
	}
	if want := clientActions(); !slices.Equal(sent, want) {
		t.Errorf("the requests are for\n%q, the client has the actions\n%q", sent, want)
	}
	t.Logf("%d requests and each of their %d members are understood", len(sent), members)
}

// protocolFault reports whether an answer says that a request was not understood.
func protocolFault(answer string) bool {
	return strings.Contains(answer, "SerializationException") || strings.Contains(answer, "UnknownOperationException")
}

// disturb replaces one member of a JSON value after the other, at all depths, by a value of
// another type, calls try with its path, and puts it back.
func disturb(v any, try func(path string)) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if _, ok := member.(map[string]any); ok {
				v[name] = "text"
			} else {
				v[name] = map[string]any{}
			}
			try("/" + name)
			v[name] = member
			disturb(member, func(path string) { try("/" + name + path) })
		}
	case []any:
		for _, item := range v {
			disturb(item, func(path string) { try("/0" + path) })
		}
	}
}

// fetchModule returns the folder of a module in Go's cache, and skips the test if it cannot
// be fetched.
func fetchModule(t *testing.T, module string) string {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", module)
	command.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(command.Dir, "go.mod"), []byte("module golden\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command.Output()
	if err != nil {
		t.Skipf("%s cannot be fetched: %v: %s", module, err, out)
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal(out, &downloaded); err != nil {
		t.Fatal(err)
	}
	return downloaded.Dir
}

package cli_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/internal/cli"
)

// TestOrdersExample serves examples/orders-sam as its README says, with processes of
// Python, Node and Go, and starts its test cases.
func TestOrdersExample(t *testing.T) {
	for _, program := range []string{"python3", "node", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the functions of the example need %s: %v", program, err)
		}
	}
	example := filepath.Join(root, "examples", "orders-sam")
	server := exec.Command(os.Args[0], "serve", example, "--port", "0", "--data", t.TempDir(), "--durability", "memory", "--wait-time-scale", "0.001")
	server.Env = append(os.Environ(), asAslocal+"=1", "AWS_ENDPOINT_URL=", "AWS_ENDPOINT_URL_DYNAMODB=", "SFN_MOCK_CONFIG=")
	if withRaceDetector() { // the standard library is there as these tests were built with it, and need not be compiled once more for the function in Go
		server.Env = append(server.Env, "GOFLAGS=-race")
	}
	server.WaitDelay = time.Minute
	output, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(os.Interrupt) // ends its functions, too
		if err := server.Wait(); err != nil {
			t.Error(err)
		}
	})
	endpoint := ""
	lines := bufio.NewScanner(output)
	for endpoint == "" && lines.Scan() {
		_, endpoint, _ = strings.Cut(lines.Text(), "AWS_ENDPOINT_URL_SFN=")
	}
	if endpoint == "" {
		t.Fatal("aslocal serve does not say where it listens")
	}
	go io.Copy(io.Discard, output) // until the server ends

	const shipped = `{"order":"order-1","total":28800,"receipt":"receipt-of-order-1","courier":"Heavy & Sons","days":5}` + "\n"
	order, large := filepath.Join(example, "order.json"), filepath.Join(example, "large-order.json")
	for _, test := range []struct{ machine, input, output, failure string }{
		{"orders#Local", order, shipped, ""},
		{"orders#TableBusy", order, shipped, ""},
		{"orders#CardStolen", order, "", "FAILED: CardStolen: The card was reported stolen"},
		{"orders#Local", large, "", `FAILED: CardDeclined: {"errorType":"CardDeclined","errorMessage":"124500 cents are too much"`},
		{"orders#Local", `{"id": "order-3", "items": [{"sku": "unicorn", "quantity": 1}]}`, "", `FAILED: UnknownItem: {"errorMessage":"there is no unicorn"`},
		{"orders", order, "", "FAILED: DynamoDB.SdkClientException: no endpoint is set for dynamodb"},
	} {
		var stdout, stderr bytes.Buffer
		code := cli.Main([]string{"start", test.machine, "--input", test.input, "--wait", "--timeout", "5m", "--endpoint", endpoint}, nil, &stdout, &stderr)
		want := cli.ExitOK
		if test.failure != "" {
			want = cli.ExitFailed
		}
		if code != want || stdout.String() != test.output || !strings.Contains(stderr.String(), test.failure) {
			t.Errorf("%s with %s: exit code %d, want %d\n%s%s", test.machine, test.input, code, want, stdout.String(), stderr.String())
		}
	}
}

// withRaceDetector reports whether the tests were built with it.
func withRaceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

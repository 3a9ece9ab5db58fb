package emulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
)

// A URL with only this function gets one call at a time, unless more are
// allowed. Here a call is answered when both have come.
func TestFunctionConcurrency(t *testing.T) {
	came := make(chan struct{})
	function := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case came <- struct{}{}:
		case <-came:
		case <-time.After(time.Minute):
			http.Error(w, "the other call has not come", http.StatusInternalServerError)
			return
		}
		io.Copy(w, r.Body)
	}))
	defer function.Close()

	x := newTest(t, emulator.WithFunctionURL("pay", function.URL), emulator.WithFunctionConcurrency("pay", 2))
	machine := x.create("m", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}}}`)
	first, second := x.start(machine, "", `"a"`), x.start(machine, "", `"b"`)
	for arn, output := range map[string]string{first: `"a"`, second: `"b"`} {
		if got := x.em.Wait(arn); got.Status != "SUCCEEDED" || got.Output != output {
			t.Errorf("got %+v, want the output %s", got, output)
		}
	}
}

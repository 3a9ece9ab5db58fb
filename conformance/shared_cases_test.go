package conformance_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aslocal/aslocal/conformance"
	"github.com/aslocal/aslocal/value"
)

// TestSharedPathCases runs small definitions whose right results others have seen
// or measured. They lie beside this repository.
func TestSharedPathCases(t *testing.T) {
	names, err := filepath.Glob("../../shared/cases/jp*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Skip("../../shared/cases is not here")
	}
	files := make(fstest.MapFS)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		shared := value.MustParse(string(text))
		if shared.Get("confidence").Text() == "unclear" {
			t.Logf("%s is not clear: %s", filepath.Base(name), shared.Get("evidence").Text())
			continue
		}
		files["shared/"+filepath.Base(name)] = &fstest.MapFile{Data: []byte(sharedCase(shared).String())}
	}
	cases, err := conformance.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		t.Run(cases[i].ID, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if result := conformance.RunCase(ctx, inProcess(t), &cases[i], nil); result.Verdict != conformance.Pass {
				t.Error(result)
			}
		})
	}
}

// sharedCase makes a case in our format of one that has "expect", or "want"
// without a status and with a cause that may begin with an ellipsis.
func sharedCase(shared value.Value) value.Value {
	expect := shared.Get("expect")
	if want := shared.Get("want"); want.Exists() {
		status := "SUCCEEDED"
		if want.Get("error").Exists() {
			status = "FAILED"
		}
		expect = want.With("status", value.OfString(status))
		if cause, cut := strings.CutPrefix(want.Get("cause").Text(), "... "); cut {
			const prefix = "An error occurred while executing the state 'P' (entered at the event id #2). "
			expect = expect.With("cause", value.OfString(prefix+cause))
		}
	}
	return value.OfMembers(
		"comment", value.OfString("see evidence"),
		"source", value.OfString("measured: "+shared.Get("evidence").Text()),
		"definition", shared.Get("definition"),
		"input", shared.Get("input"),
		"expect", expect,
	)
}

package task

import (
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// TestRecordedShapes holds the results of lambda:invoke beside those that were
// recorded from AWS: the same members in the same order, and the same payload
// and versions.
func TestRecordedShapes(t *testing.T) {
	const corpus = "../../../shared/corpus/cases"
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the recordings of AWS are not here: ", err)
	}
	var recorded value.Value
	l := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Executed-Version", recorded.Get("ExecutedVersion").Text())
		if log := recorded.Get("LogResult"); log.Exists() {
			w.Header().Set("X-Amz-Log-Result", log.Text())
		}
		io.WriteString(w, recorded.Get("Payload").String())
	})
	compared := 0
	err := filepath.WalkDir(corpus, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		v, err := value.ParseBytes(text)
		if err != nil {
			return err
		}
		for _, recorded = range results(v.Get("expected"), nil) {
			got, err := run(l, byInvoke(t, `{"FunctionName":"f"}`))
			if err != nil {
				t.Fatal(err)
			}
			compared++
			if got, want := names(got), names(recorded); !slices.Equal(got, want) {
				t.Errorf("%s: got members %v, want %v", filepath.Base(path), got, want)
			}
			for _, name := range []string{"ExecutedVersion", "LogResult", "Payload", "StatusCode"} {
				if !value.Equal(got.Get(name), recorded.Get(name)) && recorded.Get(name).Exists() {
					t.Errorf("%s: got %s %v, want %v", filepath.Base(path), name, got.Get(name), recorded.Get(name))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d results compared", compared)
	if compared == 0 {
		t.Error("the recordings have no results of lambda:invoke")
	}
}

// results collects the results of lambda:invoke in the events below v.
func results(v value.Value, found []value.Value) []value.Value {
	for _, name := range []string{"taskSucceededEventDetails", "taskSubmittedEventDetails"} {
		output := v.Get(name).Get("output")
		if v.Get(name).Get("resourceType").Text() == "lambda" && output.Get("SdkHttpMetadata").Kind() == value.Object {
			found = append(found, output)
		}
	}
	for _, member := range v.Members() {
		found = results(member, found)
	}
	for _, item := range v.Items() {
		found = results(item, found)
	}
	return found
}

// names lists the members of a result and of its metadata.
func names(result value.Value) []string {
	var all []string
	metadata := result.Get("SdkHttpMetadata")
	for _, v := range []value.Value{result, metadata, metadata.Get("AllHttpHeaders"), metadata.Get("HttpHeaders"), result.Get("SdkResponseMetadata")} {
		for name := range v.Members() {
			all = append(all, name)
		}
	}
	return all
}

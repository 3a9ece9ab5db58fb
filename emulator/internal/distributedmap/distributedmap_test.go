package distributedmap

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// newRegistry returns a registry whose S3 is the folder.
func newRegistry(t *testing.T, folder string) *task.Registry {
	t.Helper()
	storage, err := s3.Open(s3.Config{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	r := New(storage)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	var tasks task.Registry
	tasks.Add("s3:*", r)
	return &tasks
}

func call(t *testing.T, action, arguments string) *task.Call {
	t.Helper()
	resource, err := asl.ParseMapResource("arn:aws:states:::s3:" + action)
	if err != nil {
		t.Fatal(err)
	}
	return &task.Call{Resource: resource, Input: value.MustParse(arguments)}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReading(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "b", "in", "1.json"), `[1, 2]`)
	write(t, filepath.Join(folder, "b", "in", "2.json"), `[3]`)
	tasks := newRegistry(t, folder)
	for _, c := range []struct {
		action, arguments, config, want string
		sources                         []task.Source
	}{
		{"getObject", `{"Bucket": "b", "Key": "in/1.json"}`, `{"InputType": "JSON"}`, `[1,2]`, []task.Source{{From: 0, Source: "s3://b/in/1.json"}}},
		{"listObjectsV2", `{"Bucket": "b", "Prefix": "in/"}`, `{"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}`, `[1,2,3]`,
			[]task.Source{{From: 0, Source: "s3://b/in/1.json"}, {From: 2, Source: "s3://b/in/2.json"}}},
	} {
		in := call(t, c.action, c.arguments)
		in.Reading = &task.Reading{Config: value.MustParse(c.config)}
		got, err := tasks.Run(context.Background(), in)
		if err != nil || got.Output.String() != c.want || !slices.Equal(got.Sources, c.sources) {
			t.Errorf("%s %s: got %v, %v, want %s from %v", c.action, c.arguments, got, err, c.want, c.sources)
		}
	}
}

func TestWriting(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	in := call(t, "putObject", `{"Bucket": "b", "Prefix": "out"}`)
	in.Writing = &task.Writing{
		MapRun: "arn:aws:states:us-east-1:123456789012:mapRun:m/M:id",
		Results: slices.Values([]task.Result{
			{Status: "SUCCEEDED", Values: []value.Value{value.OfInt(1)}}, {Status: "FAILED", Values: []value.Value{value.OfInt(2)}},
		}),
		Pending: []value.Value{value.MustParse(`{"a":1}`)},
	}
	tasks := newRegistry(t, folder)
	for range 2 { // again, as after a restart
		got, err := tasks.Run(context.Background(), in)
		if want := `{"Bucket":"b","Key":"out/id/manifest.json"}`; err != nil || got.Output.String() != want {
			t.Fatalf("got %v, %v, want %s", got.Output, err, want)
		}
	}
	for name, want := range map[string]string{
		"SUCCEEDED_0.json": `[1]`, "FAILED_0.json": `[2]`,
		"PENDING_0.json": `[{"Input":"{\"a\":1}","InputDetails":{"Included":true},"Status":"PENDING"}]`,
	} {
		text, err := os.ReadFile(filepath.Join(folder, "b", "out", "id", name))
		if err != nil || string(text) != want {
			t.Errorf("%s: got %s, %v, want %s", name, text, err, want)
		}
	}
}

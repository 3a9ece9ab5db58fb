// Package writer writes the results of a distributed Map to S3: a file
// for the child executions that have succeeded, one for those that have not, one
// for those that were never started, and a manifest that names them.
//
//	w := writer.New(buckets)
//	details, err := w.Write(ctx, writer.Request{
//		Resource:  "arn:aws:states:::s3:putObject",
//		Arguments: value.MustParse(`{"Bucket": "results", "Prefix": "november"}`),
//		MapRun:    "arn:aws:states:us-east-1:123456789012:mapRun:orders/Map:6dbfba93-bcff-410b-9b5c-abf41ae9eddb",
//		Results:   slices.Values(results),
//	})
//	// {"Bucket": "results", "Key": "november/6dbfba93-bcff-410b-9b5c-abf41ae9eddb/manifest.json"}
//
// Failures are States.ResultWriterFailed. Guide: "ResultWriter (Map)".
package writer

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// Buckets is where objects are put; a *s3.Storage.
type Buckets interface {
	Put(ctx context.Context, o s3.Object, content []byte) error
}

// A Writer writes results. It is safe for concurrent use.
type Writer struct {
	buckets Buckets
	file    int64 // bytes from which another file is begun
}

// maxFile is how large a file gets before the next one, with the next number, is
// begun. Guide: "Exporting to Amazon S3".
const maxFile = 5 << 30

// New returns a writer to the buckets.
func New(b Buckets) *Writer { return &Writer{buckets: b, file: maxFile} }

// A Request is a ResultWriter with its fields evaluated, and what to write.
type Request struct {
	Resource  string
	Config    value.Value // WriterConfig; its Transformation has made the Values of Results already
	Arguments value.Value // Arguments or Parameters
	MapRun    string      // ARN
	Results   iter.Seq[Result]
}

// A Result is what is written of a child execution.
type Result struct {
	Status string // SUCCEEDED, FAILED, TIMED_OUT, ABORTED, or PENDING: never started
	Values []value.Value
}

// groups are the files by what they hold, in the order of the manifest.
var groups = []string{"FAILED", "PENDING", "SUCCEEDED"}

// groupOf is the file that has a status.
func groupOf(status string) string {
	switch status {
	case "SUCCEEDED", "PENDING":
		return status
	}
	return "FAILED"
}

// Write writes the results and returns what the state shows as its
// ResultWriterDetails. Writing the same Map Run again replaces its files. The
// error is an *asl.Error, or that of ctx.
func (w *Writer) Write(ctx context.Context, in Request) (value.Value, error) {
	run, err := newRun(in)
	if err != nil {
		return value.Value{}, err
	}
	if !strings.HasSuffix(in.Resource, ":s3:putObject") {
		return value.Value{}, failed("ResultWriter cannot call the resource %s: expected s3:putObject", in.Resource)
	}
	err = w.write(ctx, run, in.Results)
	if ended := ctx.Err(); ended != nil {
		return value.Value{}, ended
	}
	if err != nil {
		return value.Value{}, failed("Failed to write the results into the specified output bucket s3://%s. | Message from S3: %v", run.bucket, err)
	}
	return value.OfMembers("Bucket", value.OfString(run.bucket), "Key", value.OfString(run.manifestKey())), nil
}

// write writes the files and then the manifest, so that what it names is there.
func (w *Writer) write(ctx context.Context, run *run, results iter.Seq[Result]) error {
	files := make(map[string]*file, len(groups))
	for _, group := range groups {
		files[group] = &file{run: run, group: group}
	}
	for result := range results {
		f := files[groupOf(result.Status)]
		for _, v := range result.Values {
			f.add(v)
			if int64(len(f.text)) >= w.file {
				if err := f.flush(ctx, w.buckets); err != nil {
					return err
				}
			}
		}
	}
	var manifest value.ObjectBuilder
	for _, group := range groups {
		if err := files[group].flush(ctx, w.buckets); err != nil {
			return err
		}
		manifest.Set(group, value.OfSlice(files[group].written))
	}
	text := value.OfMembers("DestinationBucket", value.OfString(run.bucket), "MapRunArn", value.OfString(run.arn), "ResultFiles", manifest.Value()).String()
	return w.buckets.Put(ctx, run.object(run.manifestKey()), []byte(text))
}

// A run is where the results of a Map Run go, and in which form.
type run struct {
	bucket, prefix, owner string
	arn                   string
	lines                 bool // JSON Lines
}

func newRun(in Request) (*run, error) {
	out := &run{arn: in.MapRun}
	outputType := "JSON"
	for _, field := range []struct {
		of   value.Value
		name string
		to   *string
	}{
		{in.Arguments, "Bucket", &out.bucket}, {in.Arguments, "Prefix", &out.prefix}, {in.Arguments, "ExpectedBucketOwner", &out.owner},
		{in.Config, "OutputType", &outputType},
	} {
		switch v := field.of.Get(field.name); {
		case v.Kind() == value.String:
			*field.to = v.Text()
		case v.Exists() && !v.IsNull():
			return nil, failed("%s: expected a string, got %s", field.name, v.Kind())
		}
	}
	switch {
	case out.bucket == "":
		return nil, failed("The field 'Bucket' is required but was missing")
	case outputType != "JSON" && outputType != "JSONL":
		return nil, failed("OutputType: expected JSON or JSONL, got %q", outputType)
	}
	out.lines = outputType == "JSONL"
	if out.prefix != "" && !strings.HasSuffix(out.prefix, "/") {
		out.prefix += "/"
	}
	out.prefix += in.MapRun[strings.LastIndexByte(in.MapRun, ':')+1:] + "/"
	return out, nil
}

func (r *run) manifestKey() string { return r.prefix + "manifest.json" }

func (r *run) object(key string) s3.Object {
	return s3.Object{Bucket: r.bucket, Key: key, Owner: r.owner}
}

// A file collects the values of a group.
type file struct {
	*run
	group   string
	text    []byte
	written []value.Value // what the manifest says of the files so far
}

func (f *file) add(v value.Value) {
	switch {
	case f.lines:
	case len(f.text) == 0:
		f.text = append(f.text, '[')
	default:
		f.text = append(f.text, ',')
	}
	if f.text = v.AppendJSON(f.text); f.lines {
		f.text = append(f.text, '\n')
	}
}

// flush writes the values that there are, if any, and begins the next file.
func (f *file) flush(ctx context.Context, b Buckets) error {
	if len(f.text) == 0 {
		return nil
	}
	ending := ".jsonl"
	if !f.lines {
		f.text, ending = append(f.text, ']'), ".json"
	}
	key := f.prefix + f.group + "_" + strconv.Itoa(len(f.written)) + ending
	if err := b.Put(ctx, f.object(key), f.text); err != nil {
		return err
	}
	f.written = append(f.written, value.OfMembers("Key", value.OfString(key), "Size", value.OfInt(int64(len(f.text)))))
	f.text = f.text[:0]
	return nil
}

// Pending is the record of a child execution that was never started. The
// service does not say how it looks (F-068).
func Pending(input value.Value) value.Value {
	return value.OfMembers("Input", value.OfString(input.String()), "InputDetails", value.OfMembers("Included", value.True), "Status", value.OfString("PENDING"))
}

func failed(format string, args ...any) error {
	return &asl.Error{Name: asl.ErrResultWriterFailed, Cause: fmt.Sprintf(format, args...)}
}

package writer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// buckets are objects by bucket/key. The bucket "gone" is not there.
type buckets map[string]string

func (b buckets) Put(_ context.Context, o s3.Object, content []byte) error {
	if o.Bucket == "gone" {
		return &s3.Error{Status: 404, Code: "NoSuchBucket", Message: "The specified bucket does not exist"}
	}
	b[o.Bucket+"/"+o.Key] = string(content)
	return nil
}

const (
	mapRun    = "arn:aws:states:us-east-1:123456789012:mapRun:m/Map:6dbfba93-bcff-410b-9b5c-abf41ae9eddb"
	putObject = "arn:aws:states:::s3:putObject"
)

func request(arguments, config string, results ...Result) Request {
	return Request{
		Resource: putObject, Arguments: value.MustParse(arguments), Config: value.MustParse(config), MapRun: mapRun, Results: slices.Values(results),
	}
}

func result(status string, values ...string) Result {
	r := Result{Status: status}
	for _, v := range values {
		r.Values = append(r.Values, value.MustParse(v))
	}
	return r
}

func TestWrite(t *testing.T) {
	const id = "6dbfba93-bcff-410b-9b5c-abf41ae9eddb"
	for _, c := range []struct {
		name, arguments, config string
		results                 []Result
		details                 string
		files                   map[string]string // without the bucket
	}{
		{"every kind of result", `{"Bucket": "b", "Prefix": "p/q"}`, `{}`,
			[]Result{result("SUCCEEDED", `1`), result("FAILED", `2`), result("SUCCEEDED", `{"x": [3]}`), result("TIMED_OUT", `4`), result("ABORTED", `5`), result("PENDING", `6`)},
			`{"Bucket":"b","Key":"p/q/` + id + `/manifest.json"}`,
			map[string]string{
				"p/q/" + id + "/SUCCEEDED_0.json": `[1,{"x":[3]}]`,
				"p/q/" + id + "/FAILED_0.json":    `[2,4,5]`,
				"p/q/" + id + "/PENDING_0.json":   `[6]`,
				"p/q/" + id + "/manifest.json": `{"DestinationBucket":"b","MapRunArn":"` + mapRun + `","ResultFiles":{"FAILED":[{"Key":"p/q/` + id + `/FAILED_0.json","Size":7}],` +
					`"PENDING":[{"Key":"p/q/` + id + `/PENDING_0.json","Size":3}],"SUCCEEDED":[{"Key":"p/q/` + id + `/SUCCEEDED_0.json","Size":13}]}}`,
			}},
		{"nothing", `{"Bucket": "b"}`, `{"OutputType": "JSON"}`, nil, `{"Bucket":"b","Key":"` + id + `/manifest.json"}`,
			map[string]string{id + "/manifest.json": `{"DestinationBucket":"b","MapRunArn":"` + mapRun + `","ResultFiles":{"FAILED":[],"PENDING":[],"SUCCEEDED":[]}}`}},
		{"JSON Lines", `{"Bucket": "b", "Prefix": "p/"}`, `{"OutputType": "JSONL", "Transformation": "FLATTEN"}`,
			[]Result{result("SUCCEEDED", `1`, `"a\nb"`), result("SUCCEEDED"), result("SUCCEEDED", `{ "x": null }`)}, `{"Bucket":"b","Key":"p/` + id + `/manifest.json"}`,
			map[string]string{
				"p/" + id + "/SUCCEEDED_0.jsonl": "1\n\"a\\nb\"\n{\"x\":null}\n",
				"p/" + id + "/manifest.json": `{"DestinationBucket":"b","MapRunArn":"` + mapRun + `","ResultFiles":{"FAILED":[],"PENDING":[],"SUCCEEDED":[{"Key":"p/` + id +
					`/SUCCEEDED_0.jsonl","Size":20}]}}`,
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			has := buckets{}
			got, err := New(has).Write(context.Background(), request(c.arguments, c.config, c.results...))
			if err != nil || got.String() != c.details {
				t.Errorf("got %s, %v, want %s", got, err, c.details)
			}
			want := buckets{}
			for key, text := range c.files {
				want["b/"+key] = text
			}
			if !maps.Equal(has, want) {
				t.Errorf("wrote\n%v\nwant\n%v", has, want)
			}
		})
	}
}

// A file that is full is followed by another one.
func TestFilesAreNumbered(t *testing.T) {
	has := buckets{}
	w := New(has)
	w.file = 4
	if _, err := w.Write(context.Background(), request(`{"Bucket": "b"}`, `{}`, result("SUCCEEDED", `1`, `2`, `3`), result("SUCCEEDED", `4444`, `5`))); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, name := range slices.Sorted(maps.Keys(has)) {
		files = append(files, name[strings.LastIndexByte(name, '/')+1:]+" "+has[name])
	}
	got, want := files[:3], []string{"SUCCEEDED_0.json [1,2]", "SUCCEEDED_1.json [3,4444]", "SUCCEEDED_2.json [5]"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !strings.Contains(files[3], `SUCCEEDED_2.json","Size":3}]}}`) {
		t.Errorf("got %s", files[3])
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Request
		want string
	}{
		{"no bucket", request(`{"Prefix": "p"}`, `{}`), `The field 'Bucket' is required but was missing`},
		{"a prefix that is no string", request(`{"Bucket": "b", "Prefix": 1}`, `{}`), `Prefix: expected a string, got number`},
		{"an OutputType that there is not", request(`{"Bucket": "b"}`, `{"OutputType": "CSV"}`), `OutputType: expected JSON or JSONL, got "CSV"`},
		{"no such bucket", request(`{"Bucket": "gone"}`, `{}`, result("SUCCEEDED", `1`)),
			`Failed to write the results into the specified output bucket s3://gone. | Message from S3: The specified bucket does not exist (Service: S3, Status Code: 404)`},
		{"another action", Request{Resource: "arn:aws:states:::s3:getObject", Arguments: value.MustParse(`{"Bucket": "b"}`), Results: slices.Values([]Result{})},
			`ResultWriter cannot call the resource arn:aws:states:::s3:getObject: expected s3:putObject`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(buckets{}).Write(context.Background(), c.in)
			var failed *asl.Error
			if !errors.As(err, &failed) || failed.Name != asl.ErrResultWriterFailed || failed.Cause != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := New(buckets{}).Write(ctx, request(`{"Bucket": "b"}`, `{}`)); err != context.Canceled {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestPending(t *testing.T) {
	if got, want := Pending(value.MustParse(`{"a": 1}`)).String(), `{"Input":"{\"a\":1}","InputDetails":{"Included":true},"Status":"PENDING"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

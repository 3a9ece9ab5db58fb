package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// rows is a machine that reads the rows of a CSV file and writes what comes of
// them, as compactly as can be.
const rows = `{"StartAt": "M", "States": {
	"M": {
		"Type": "Map",
		"Label": "rows",
		"ItemReader": {
			"Resource": "arn:aws:states:::s3:getObject",
			"ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "MaxItemsPath": "$.max"},
			"Parameters": {"Bucket.$": "$.bucket", "Key": "in/rows.csv"}
		},
		"ItemSelector": {"row.$": "$$.Map.Item.Value", "from.$": "$$.Map.Item.Source"},
		"ItemProcessor": {
			"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
			"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}
		},
		"ResultWriter": {
			"Resource": "arn:aws:states:::s3:putObject",
			"WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"},
			"Parameters": {"Bucket": "results", "Prefix.$": "$.prefix"}
		},
		"Catch": [
			{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "NotRead"},
			{"ErrorEquals": ["States.ResultWriterFailed"], "Next": "NotWritten"}
		],
		"End": true
	},
	"NotRead": {"Type": "Pass", "Parameters": {"not": "read", "why.$": "$.Cause"}, "End": true},
	"NotWritten": {"Type": "Pass", "Parameters": {"not": "written", "why.$": "$.Cause"}, "End": true}
}}`

const csvRows = "id,name\n1,Ada\n2,Grace\n3,Mary\n"

// bucketsOf makes folders buckets, with objects by bucket/key.
func bucketsOf(t *testing.T, objects map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range objects {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// An s3Endpoint has the objects that were put, by their path.
type s3Endpoint struct{ objects sync.Map }

func (e *s3Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		e.objects.Store(r.URL.Path, string(content))
		return
	}
	content, ok := e.objects.Load(r.URL.Path)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>")
		return
	}
	io.WriteString(w, content.(string))
}

// checkRows runs rows and checks what it returns and writes; read gives an
// object by bucket/key.
func checkRows(t *test, read func(name string) string) {
	t.Helper()
	end := t.em.Wait(t.start(t.create("rows", rows), "", `{"bucket": "orders", "prefix": "out", "max": 2}`))
	if end.Status != "SUCCEEDED" {
		t.Fatalf("ended %s: %s: %s", end.Status, end.Error, end.Cause)
	}
	output := value.MustParse(end.Output)
	details := output.Get("ResultWriterDetails")
	arn := output.Get("MapRunArn").Text()
	folder := "out/" + arn[strings.LastIndexByte(arn, ':')+1:] + "/"
	if details.Get("Bucket").Text() != "results" || details.Get("Key").Text() != folder+"manifest.json" {
		t.Errorf("the state shows %s", end.Output)
	}
	results := `{"from":"s3://orders/in/rows.csv","row":{"name":"Ada","id":"1"}}` + "\n" + `{"from":"s3://orders/in/rows.csv","row":{"name":"Grace","id":"2"}}` + "\n"
	manifest := fmt.Sprintf(`{"DestinationBucket":"results","MapRunArn":%q,"ResultFiles":{"FAILED":[],"PENDING":[],"SUCCEEDED":[{"Key":"%sSUCCEEDED_0.jsonl","Size":%d}]}}`,
		arn, folder, len(results))
	if got := read("results/" + folder + "manifest.json"); got != manifest {
		t.Errorf("manifest\n got %s\nwant %s", got, manifest)
	}
	if got := read("results/" + folder + "SUCCEEDED_0.jsonl"); got != results {
		t.Errorf("results\n got %s\nwant %s", got, results)
	}
}

func TestMapReadsAndWritesFolders(t *testing.T) {
	root := bucketsOf(t, map[string]string{"orders/in/rows.csv": csvRows, "results/.gitkeep": ""})
	checkRows(newTest(t, emulator.WithS3Folder(root)), func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	})
}

func TestMapReadsAndWritesAnEndpoint(t *testing.T) {
	endpoint := &s3Endpoint{}
	endpoint.objects.Store("/orders/in/rows.csv", csvRows)
	server := httptest.NewServer(endpoint)
	t.Cleanup(server.Close)
	checkRows(newTest(t, emulator.WithS3Endpoint(server.URL)), func(name string) string {
		text, ok := endpoint.objects.Load("/" + name)
		if !ok {
			t.Fatalf("%s was not written", name)
		}
		return text.(string)
	})
}

func TestMapWithoutItsBuckets(t *testing.T) {
	only := emulator.WithS3Folder(bucketsOf(t, map[string]string{"orders/in/rows.csv": csvRows}))
	for _, c := range []struct {
		name    string
		options []emulator.Option
		input   string
		want    string
	}{
		{"nothing is set up", nil, `{"bucket": "orders", "prefix": "", "max": 0}`,
			`{"not":"read","why":"Unable to read s3://orders/in/rows.csv. | Message from S3: no S3 is set up for the bucket 'orders': set --s3-dir to a folder ` +
				`whose folders are buckets, or --s3-endpoint (AWS_ENDPOINT_URL_S3) to an endpoint that speaks S3, such as http://localhost:9000 of MinIO"}`},
		{"no bucket to read from", []emulator.Option{only}, `{"bucket": "gone", "prefix": "", "max": 0}`,
			`{"not":"read","why":"Unable to read s3://gone/in/rows.csv. | Message from S3: The specified bucket does not exist (Service: S3, Status Code: 404)"}`},
		{"MaxItems below 0", []emulator.Option{only}, `{"bucket": "orders", "prefix": "", "max": -1}`, `{"not":"read","why":"field MaxItems must be positive"}`},
		{"no bucket to write to", []emulator.Option{only}, `{"bucket": "orders", "prefix": "", "max": 0}`,
			`{"not":"written","why":"Failed to write the results into the specified output bucket s3://results. | Message from S3: ` +
				`The specified bucket does not exist (Service: S3, Status Code: 404)"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			test := newTest(t, c.options...)
			if end := test.em.Wait(test.start(test.create("rows", rows), "", c.input)); end.Output != c.want {
				t.Errorf("ended %s with %s\nwant %s", end.Status, end.Output, c.want)
			}
		})
	}
}

func TestNewRefusesBadStorage(t *testing.T) {
	for want, option := range map[string]emulator.Option{
		`emulator: s3 endpoint: expected a URL such as http://localhost:9000, got "://"`: emulator.WithS3Endpoint("://"),
		"emulator: s3 folder: ": emulator.WithS3Folder(filepath.Join(t.TempDir(), "nowhere")),
	} {
		if _, err := emulator.New(option); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

package reader

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// buckets are objects by bucket/key.
type buckets map[string]string

func (b buckets) Get(_ context.Context, o s3.Object) (*s3.Content, error) {
	text, ok := b[o.Bucket+"/"+o.Key]
	if !ok {
		return nil, &s3.Error{Status: 404, Code: "NoSuchKey", Message: "The specified key does not exist."}
	}
	return &s3.Content{ReadCloser: io.NopCloser(strings.NewReader(text)), Size: int64(len(text))}, nil
}

func (b buckets) List(_ context.Context, o s3.Object) iter.Seq2[s3.Entry, error] {
	return func(yield func(s3.Entry, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(b)) {
			key, ok := strings.CutPrefix(name, o.Bucket+"/")
			if ok && strings.HasPrefix(key, o.Key) {
				e := s3.Entry{Key: key, ETag: `"tag"`, Modified: time.Unix(1789180622, 0), Size: int64(len(b[name])), StorageClass: "STANDARD"}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

const getObject = "arn:aws:states:::s3:getObject"

// read reads the object b/f.
func read(b buckets, key, config string) (Items, error) {
	return New(b).Read(context.Background(), Request{
		Resource: getObject, Config: value.MustParse(config), Arguments: value.OfMembers("Bucket", value.OfString("b"), "Key", value.OfString(key)),
	})
}

// check compares items, or the cause of a States.ItemReaderFailed if want is no
// JSON.
func check(t *testing.T, got Items, err error, want string) {
	t.Helper()
	var failed *asl.Error
	switch {
	case errors.As(err, &failed) && failed.Name == asl.ErrItemReaderFailed:
		if failed.Cause != want {
			t.Errorf("got the cause %s\nwant %s", failed.Cause, want)
		}
	case err != nil:
		t.Errorf("got the error %v", err)
	case got.Value.String() != want:
		t.Errorf("got %s\nwant %s", got.Value, want)
	}
}

func TestCSV(t *testing.T) {
	for _, c := range []struct{ name, config, text, want string }{
		{"a header and rows", `{}`, "id,name\n1,Ada\n2,Grace\n", `[{"id":"1","name":"Ada"},{"id":"2","name":"Grace"}]`},
		{"no line end at the end", `{}`, "id\n1", `[{"id":"1"}]`},
		{"lines that end as in Windows", `{}`, "id,x\r\n1,2\r\n", `[{"id":"1","x":"2"}]`},
		{"lines that end as they once did", `{}`, "id\r1\r2", `[{"id":"1"},{"id":"2"}]`},
		{"only a header", `{}`, "id,name\n", `[]`},
		{"nothing", `{}`, "", `[]`},
		{"missing fields are empty", `{}`, "a,b,c\n1\n", `[{"a":"1","b":"","c":""}]`},
		{"extra fields are dropped", `{}`, "a\n1,2,3\n", `[{"a":"1"}]`},
		{"an empty line is a row", `{}`, "a,b\n\n1,2\n", `[{"a":"","b":""},{"a":"1","b":"2"}]`},
		{"separators alone", `{}`, "a,b\n,,,\n", `[{"a":"","b":""}]`},
		{"blanks are kept", `{}`, "a,b\n   \n 1 , 2\n", `[{"a":"   ","b":""},{"a":" 1 ","b":" 2"}]`},
		{"headers are any text", `{}`, ",0,True,{}\n1,2,3,4\n", `[{"":"1","0":"2","True":"3","{}":"4"}]`},
		{"duplicate headers", `{}`, "a,b,a\n1,2,3\n", `CSV headers cannot contain duplicates.`},
		{"quotes keep separators and line ends", `{}`, "a,b\n\"x, y\",\"1\r\n2\"\n", `[{"a":"x, y","b":"1\n2"}]`},
		{"two quotes are one", `{}`, "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", `[{"a":"say \"hi\"","b":"\""}]`},
		{"also without quotes around", `{}`, "a,b\n{\"\"k\"\":\"\"v\"\"},1\n", `[{"a":"{\"k\":\"v\"}","b":"1"}]`},
		{"an empty field in quotes", `{}`, "a,b\n\"\",\"\"\n", `[{"a":"","b":""}]`},
		{"quotes inside a field", `{}`, "a,b\nx \"y, z\" w,2\n", `[{"a":"x \"y, z\" w","b":"2"}]`},
		{"a backslash before a separator", `{}`, `a,b` + "\n" + `x\,y,2` + "\n", `[{"a":"x,y","b":"2"}]`},
		{"a backslash before a backslash", `{}`, `a` + "\n" + `C:\\Files\\x` + "\n", `[{"a":"C:\\Files\\x"}]`},
		{"a backslash before a quote", `{}`, `a,b` + "\n" + `"x \"y\" z",2` + "\n", `[{"a":"x \"y\" z","b":"2"}]`},
		{"a backslash before anything else", `{}`, `a` + "\n" + `x\yz\n` + "\n", `[{"a":"xyzn"}]`},
		{"a backslash at the end", `{}`, `a` + "\n" + `x\`, `[{"a":"x"}]`},
		{"a quote that nothing closes", `{}`, "a,b\n1,2\n\"x,3\n4,5\n", "CSV: the record that begins in line 3 has a quote that nothing closes"},
		{"pipes", `{"CSVDelimiter": "PIPE"}`, "a|b\n1,5|2\n", `[{"a":"1,5","b":"2"}]`},
		{"semicolons", `{"CSVDelimiter": "SEMICOLON"}`, "a;b\n1;\"2;3\"\n", `[{"a":"1","b":"2;3"}]`},
		{"spaces", `{"CSVDelimiter": "SPACE"}`, "a b\n1 2\n", `[{"a":"1","b":"2"}]`},
		{"tabs", `{"CSVDelimiter": "TAB"}`, "a\tb\n1\t2\n", `[{"a":"1","b":"2"}]`},
		{"given headers", `{"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x", "y"]}`, "1,2\n3,4\n", `[{"x":"1","y":"2"},{"x":"3","y":"4"}]`},
		{"given duplicate headers", `{"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x", "x"]}`, "1,2\n", `CSV headers cannot contain duplicates.`},
		{"null is no header", `{"CSVHeaderLocation": null, "CSVHeaders": null}`, "a\n1\n", `[{"a":"1"}]`},
		{"no given headers", `{"CSVHeaderLocation": "GIVEN"}`, "1,2\n", `CSVHeaders: expected an array of strings, got absent`},
		{"a given header that is none", `{"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x", 1]}`, "1,2\n", `CSVHeaders/1: expected a string, got number`},
		{"the first rows", `{"MaxItems": 2}`, "a\n1\n2\n3\n\"", `[{"a":"1"},{"a":"2"}]`},
		{"MaxItems 0 is all", `{"MaxItems": 0}`, "a\n1\n2\n", `[{"a":"1"},{"a":"2"}]`},
		{"MaxItems above the limit is all", `{"MaxItems": 100000001}`, "a\n1\n", `[{"a":"1"}]`},
		{"MaxItems below 0", `{"MaxItems": -1}`, "a\n1\n", `field MaxItems must be positive`},
		{"bytes that are no UTF-8", `{}`, "a,b\n\xff\xff,\xe4x\n", "[{\"a\":\"\uFFFD\uFFFD\",\"b\":\"\uFFFDx\"}]"},
		{"a long header", `{}`, strings.Repeat("x", 10<<10) + ",y\n", `CSV headers cannot exceed 10240 bytes, got 10242.`},
		{"a delimiter that there is not", `{"CSVDelimiter": "COLON"}`, "", `CSVDelimiter: expected one of COMMA, PIPE, SEMICOLON, SPACE, TAB, got "COLON"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(buckets{"b/f": c.text}, "f", value.MustParse(c.config).With("InputType", value.OfString("CSV")).String())
			check(t, got, err, c.want)
		})
	}
}

func TestJSON(t *testing.T) {
	for _, c := range []struct{ name, config, text, want string }{
		{"an array", `{}`, `[1, "x", {"a": null}]`, `[1,"x",{"a":null}]`},
		{"an object", `{}`, `{"a": 1, "b": 2}`, `{"a":1,"b":2}`},
		{"the first items", `{"MaxItems": 2}`, `[1,2,3]`, `[1,2]`},
		{"the first members", `{"MaxItems": 1}`, `{"a": 1, "b": 2}`, `{"a":1}`},
		{"neither", `{}`, `"text"`, `Attempting to map over non-iterable node.`},
		{"an array inside", `{"ItemsPointer": "/data/x~1y/0/items"}`, `{"data": {"x/y": [{"items": [1, 2]}]}}`, `[1,2]`},
		{"an object inside", `{"ItemsPointer": "/m~0n"}`, `{"m~n": {"a": 1}}`, `{"a":1}`},
		{"nothing there", `{"ItemsPointer": "/data/01"}`, `{"data": [[1], [2]]}`, `ItemsPointer: nothing is at "/data/01"`},
		{"below a number", `{"ItemsPointer": "/data/x"}`, `{"data": 1}`, `ItemsPointer: nothing is at "/data/x"`},
		{"something not iterable inside", `{"ItemsPointer": "/data"}`, `{"data": 1}`, `Attempting to map over non-iterable node.`},
		{"no pointer", `{"ItemsPointer": "data"}`, `{"data": []}`, `ItemsPointer: expected a JSON Pointer of less than 2000 characters that begins with /, got "data"`},
		{"no JSON", `{}`, "[1,\n2", "Unable to read s3://b/f: Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)\"[1,\n2\"; line: 1, column: 1]) at line 2, column 2"},
		{"MaxItems that is no integer", `{"MaxItems": 1.5}`, `[1]`, `MaxItems: expected an integer, got 1.5`},
		{"an InputType that there is not", `{"InputType": "XML"}`, `[1]`, `InputType: expected one of CSV, JSON, JSONL, PARQUET, MANIFEST, got "XML"`},
		{"an InputType that is no string", `{"InputType": 1}`, `[1]`, `InputType: expected a string, got number`},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := value.MustParse(c.config)
			if !config.Get("InputType").Exists() {
				config = config.With("InputType", value.OfString("JSON"))
			}
			got, err := read(buckets{"b/f": c.text}, "f", config.String())
			check(t, got, err, c.want)
		})
	}
}

func TestJSONLines(t *testing.T) {
	for _, c := range []struct{ name, config, text, want string }{
		{"values", `{}`, "{\"a\": 1}\n[2]\n\"x\"\n", `[{"a":1},[2],"x"]`},
		{"empty lines and lines that end as in Windows", `{}`, "1\r\n\r\n2\n\n", `[1,2]`},
		{"the first ones", `{"MaxItems": 1}`, "1\nnonsense", `[1]`},
		{"nothing", `{}`, "", `[]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(buckets{"b/f": c.text}, "f", value.MustParse(c.config).With("InputType", value.OfString("JSONL")).String())
			check(t, got, err, c.want)
		})
	}
	_, err := read(buckets{"b/f": "1\n2 3\n"}, "f", `{"InputType": "JSONL"}`)
	if err == nil || !strings.HasPrefix(err.Error(), "States.ItemReaderFailed: Unable to read s3://b/f: line 2 is not JSON: ") {
		t.Errorf("got %v", err)
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

func zstandard(text string) string {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return string(z.EncodeAll([]byte(text), nil))
}

func TestCompression(t *testing.T) {
	has := buckets{
		"b/f.json.gz": zipped(`[1]`), "b/f.jsonl.zst": zstandard("1\n2\n"), "b/f.csv.zstd": zstandard("a\n1\n"), "b/two.csv.gz": zipped("a\n1\n") + zipped("2\n"),
		"b/plain.csv": zipped("a\n1\n"), "b/no.json.gz": `["not compressed"]`, "b/no.json.zst": `["not compressed"]`,
	}
	for key, want := range map[string]string{
		"f.json.gz": `[1]`, "f.jsonl.zst": `[1,2]`, "f.csv.zstd": `[{"a":"1"}]`, "two.csv.gz": `[{"a":"1"},{"a":"2"}]`,
		"no.json.gz": "Unable to read s3://b/no.json.gz: gzip: invalid header", "no.json.zst": "Unable to read s3://b/no.json.zst: invalid input: magic number mismatch",
	} {
		kind := strings.ToUpper(strings.Split(key, ".")[1])
		got, err := read(has, key, `{"InputType": "`+kind+`"}`)
		t.Run(key, func(t *testing.T) { check(t, got, err, want) })
	}
	if got, err := read(has, "plain.csv", `{"InputType": "CSV"}`); err != nil || got.Value.Index(0).Get("a").Text() == "1" {
		t.Errorf("what the key does not call compressed was expanded: %v, %v", got.Value, err)
	}
}

// A small object that expands to more than may be held is refused, whatever it
// holds, and before all of it is expanded.
func TestMemoryIsLimited(t *testing.T) {
	const memory = 1 << 18
	for name, c := range map[string]struct{ config, key, text string }{
		"blanks":           {`{"InputType": "JSON"}`, "f.gz", zipped(strings.Repeat(" ", 4*memory))},
		"blanks in zstd":   {`{"InputType": "JSON"}`, "f.zst", zstandard(strings.Repeat(" ", 4*memory))},
		"line ends":        {`{"InputType": "CSV"}`, "f", "a\n" + strings.Repeat("\n", memory/8)},
		"many columns":     {`{"InputType": "CSV"}`, "f", columns(1000) + strings.Repeat("\n", memory/1000)},
		"small values":     {`{"InputType": "JSONL"}`, "f", strings.Repeat("1\n", memory/8)},
		"a line":           {`{"InputType": "JSONL"}`, "f", strings.Repeat("1", 4*memory)},
		"a manifest":       {`{"InputType": "MANIFEST"}`, "f.gz", zipped(strings.Repeat(" ", 4*memory))},
		"an Athena result": {`{"ManifestType": "ATHENA_DATA"}`, "f.gz", zipped(strings.Repeat("\n", 4*memory))},
	} {
		t.Run(name, func(t *testing.T) {
			r := New(buckets{"b/" + c.key: c.text})
			r.memory = memory
			_, err := r.Read(context.Background(), Request{
				Resource: getObject, Config: value.MustParse(c.config), Arguments: value.OfMembers("Bucket", value.OfString("b"), "Key", value.OfString(c.key)),
			})
			check(t, Items{}, err, tooMuch().(*asl.Error).Cause)
		})
	}
}

func columns(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	return strings.Join(names, ",") + "\n"
}

func TestLargeItems(t *testing.T) {
	large := strings.Repeat("x", maxItem+1)
	for config, text := range map[string]string{
		`{"InputType": "JSON"}`:                       `[1, "` + large + `"]`,
		`{"InputType": "JSONL"}`:                      "1\n\"" + large + "\"\n",
		`{"InputType": "CSV"}`:                        "a\n1\n" + large + "\n",
		`{"InputType": "CSV", "CSVDelimiter": "TAB"}`: "a\n1\n" + strings.Repeat("\t", maxItem+2) + "\n",
	} {
		_, err := read(buckets{"b/f": text}, "f", config)
		if err == nil || !strings.HasSuffix(err.Error(), " is larger than the 8 MB that an item may have") {
			t.Errorf("%s: got %v", config, err)
		}
	}
}

func TestInventory(t *testing.T) {
	has := buckets{
		"b/manifest.json": `{"sourceBucket": "s", "destinationBucket": "arn:aws:s3:::inv", "version": "2016-11-30", "fileFormat": "CSV",
			"fileSchema": "Bucket, Key, Size", "files": [{"key": "data/1.csv.gz", "size": 1}, {"key": "data/2.csv.gz"}]}`,
		"inv/data/1.csv.gz": zipped("\"s\",\"a%20b\",\"10\"\n\"s\",\"c\",\"20\"\n"),
		"inv/data/2.csv.gz": zipped("\"s\",\"d\",\"30\"\n"),
		"b/orc.json":        `{"fileFormat": "ORC", "fileSchema": "struct", "files": []}`,
		"b/odd.json":        `{"files": {}}`,
		"b/keyless.json":    `{"fileSchema": "a", "files": [{}]}`,
		"b/here.json":       `{"fileSchema": "k", "files": [{"key": "x.csv"}, {"key": "gone.csv"}]}`,
		"b/x.csv":           "1\n2\n",
	}
	const all = `[{"Bucket":"s","Key":"a%20b","Size":"10"},{"Bucket":"s","Key":"c","Size":"20"},{"Bucket":"s","Key":"d","Size":"30"}]`
	for _, c := range []struct{ key, config, want string }{
		{"manifest.json", `{"InputType": "MANIFEST"}`, all},
		{"manifest.json", `{"ManifestType": "S3_INVENTORY"}`, all},
		{"manifest.json", `{"ManifestType": "S3_INVENTORY", "MaxItems": 2}`, `[{"Bucket":"s","Key":"a%20b","Size":"10"},{"Bucket":"s","Key":"c","Size":"20"}]`},
		{"orc.json", `{"InputType": "MANIFEST"}`, `the manifest s3://b/orc.json: only inventories in the format CSV can be read, got "ORC"`},
		{"odd.json", `{"InputType": "MANIFEST"}`, `the manifest s3://b/odd.json: expected fileSchema, a string, and files, an array, as an S3 inventory has them`},
		{"keyless.json", `{"InputType": "MANIFEST"}`, `the manifest s3://b/keyless.json: files/0: expected a key, got {}`},
		{"here.json", `{"InputType": "MANIFEST", "MaxItems": 2}`, `[{"k":"1"},{"k":"2"}]`},
		{"here.json", `{"InputType": "MANIFEST"}`, `Unable to read s3://b/gone.csv. | Message from S3: The specified key does not exist. (Service: S3, Status Code: 404)`},
	} {
		got, err := read(has, c.key, c.config)
		check(t, got, err, c.want)
	}
}

func TestAthenaManifest(t *testing.T) {
	has := buckets{
		"b/m.csv": "s3://data/1.csv\n\"s3://data/2.csv\"\n\n", "data/1.csv": "a\n1\n", "data/2.csv": "a\n2\n3\n",
		"b/lines.csv": "s3://data/1.jsonl\ns3://data/2.jsonl.gz\n", "data/1.jsonl": "1\n", "data/2.jsonl.gz": zipped("2\n3\n"),
		"b/odd.csv": "s3://data/1.csv\ndata/2.csv\n",
	}
	for _, c := range []struct{ key, config, want string }{
		{"m.csv", `{"ManifestType": "ATHENA_DATA", "InputType": "CSV"}`, `[{"a":"1"},{"a":"2"},{"a":"3"}]`},
		{"m.csv", `{"ManifestType": "ATHENA_DATA", "InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x"], "MaxItems": 3}`, `[{"x":"a"},{"x":"1"},{"x":"a"}]`},
		{"lines.csv", `{"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}`, `[1,2,3]`},
		{"odd.csv", `{"ManifestType": "ATHENA_DATA", "InputType": "CSV"}`, `the manifest s3://b/odd.csv: line 2: expected the URI of an object, such as s3://bucket/key, got "data/2.csv"`},
	} {
		got, err := read(has, c.key, c.config)
		check(t, got, err, c.want)
		if want := "S3://b/" + c.key; err == nil && got.Sources[0].Source != want {
			t.Errorf("source %s, want %s", got.Sources[0].Source, want)
		}
	}
}

func list(b buckets, config, prefix string) (Items, error) {
	return New(b).Read(context.Background(), Request{
		Resource: "arn:aws:states:::s3:listObjectsV2", Config: value.MustParse(config), Arguments: value.OfMembers("Bucket", value.OfString("b"), "Prefix", value.OfString(prefix)),
	})
}

func TestList(t *testing.T) {
	has := buckets{"b/in/a.txt": "12", "b/in/b/": "", "b/out": "1"}
	a := `{"Etag":"\"tag\"","Key":"in/a.txt","LastModified":1.789180622E9,"Size":2,"StorageClass":"STANDARD"}`
	folder := `{"Etag":"\"tag\"","Key":"in/b/","LastModified":1.789180622E9,"Size":0,"StorageClass":"STANDARD"}`
	for _, c := range []struct{ config, prefix, want string }{
		{`{}`, "in/", "[" + a + "," + folder + "]"},
		{`{"MaxItems": 1, "Transformation": "NONE"}`, "", "[" + a + "]"},
		{`{}`, "x", `[]`},
	} {
		got, err := list(has, c.config, c.prefix)
		check(t, got, err, c.want)
		if got.Sources[0].Source != "S3://b" {
			t.Errorf("source %s", got.Sources[0].Source)
		}
	}
}

func TestSecondsAreWrittenAsJavaDoes(t *testing.T) {
	for n, want := range map[int64]string{1789180622: "1.789180622E9", 1700000000: "1.7E9", 1000000000: "1.0E9", 0: "0", 9999999: "9999999", 10000000: "1.0E7", -5: "-5"} {
		if got := seconds(n).String(); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestLoadAndFlatten(t *testing.T) {
	has := buckets{"b/in/": "", "b/in/1.json": `[1,2]`, "b/in/2.json": `[]`, "b/in/3.json": `{"x": 3, "y": 4}`, "b/out.json": `[9]`, "b/bad/1": `1`}
	for _, c := range []struct{ config, prefix, want, parts string }{
		{`{"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"}`, "in/", `[1,2,3,4]`, `[{0 S3://b/in/1.json} {2 S3://b/in/3.json}]`},
		{`{"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON", "MaxItems": 3}`, "in/", `[1,2,3]`, `[{0 S3://b/in/1.json} {2 S3://b/in/3.json}]`},
		{`{"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON", "MaxItems": 2}`, "in/", `[1,2]`, `[{0 S3://b/in/1.json}]`},
		{`{"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"}`, "bad", `Attempting to map over non-iterable node.`, `[]`},
	} {
		got, err := list(has, c.config, c.prefix)
		check(t, got, err, c.want)
		if parts := fmt.Sprint(got.Sources); parts != c.parts {
			t.Errorf("parts %s, want %s", parts, c.parts)
		}
	}
}

func TestRequests(t *testing.T) {
	for _, c := range []struct{ name, resource, arguments, want string }{
		{"no bucket", getObject, `{"Key": "k"}`, `The field 'Bucket' is required but was missing`},
		{"no key", getObject, `{"Bucket": "b"}`, `The field 'Key' is required but was missing`},
		{"a key that is no string", getObject, `{"Bucket": "b", "Key": 1}`, `Key: expected a string, got number`},
		{"no such object", getObject, `{"Bucket": "b", "Key": "k"}`, `Unable to read s3://b/k. | Message from S3: The specified key does not exist. (Service: S3, Status Code: 404)`},
		{"another action", "arn:aws:states:::s3:putObject", `{"Bucket": "b", "Key": "k"}`, `ItemReader cannot call the resource arn:aws:states:::s3:putObject: expected s3:getObject or s3:listObjectsV2`},
		{"another partition", "arn:aws-cn:states:::s3:getObject", `{"Bucket": "b", "Key": "f"}`, `[1]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := New(buckets{"b/f": "[1]"}).Read(context.Background(), Request{Resource: c.resource, Config: value.MustParse(`{"InputType": "JSON"}`), Arguments: value.MustParse(c.arguments)})
			check(t, got, err, c.want)
		})
	}
}

func TestSource(t *testing.T) {
	if got, err := read(buckets{"b/a/f.json": "[1]"}, "a/f.json", `{"InputType": "JSON"}`); err != nil || !slices.Equal(got.Sources, []Source{{0, "S3://b/a/f.json"}}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A reading whose caller gives up ends with the error of its context.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := New(buckets{"b/f": "[1]"}).Read(ctx, Request{Resource: getObject, Config: value.MustParse(`{"InputType": "JSON"}`), Arguments: value.MustParse(`{"Bucket": "b", "Key": "f"}`)})
	if err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// broken gives the beginning of an object and then an error.
type broken struct{ buckets }

func (b broken) Get(ctx context.Context, o s3.Object) (*s3.Content, error) {
	c, err := b.buckets.Get(ctx, o)
	if err == nil {
		c.ReadCloser = io.NopCloser(io.MultiReader(c.ReadCloser, failing{}))
	}
	return c, err
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestConnectionBreaksOff(t *testing.T) {
	for _, kind := range []string{"CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"} {
		got, err := New(broken{buckets{"b/f": "1\n"}}).Read(context.Background(), Request{
			Resource: getObject, Config: value.OfMembers("InputType", value.OfString(kind)), Arguments: value.MustParse(`{"Bucket": "b", "Key": "f"}`),
		})
		check(t, got, err, "Unable to read s3://b/f: connection reset")
	}
}

// Whatever an object holds, reading it ends with items or with an
// States.ItemReaderFailed.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "\"x\\\"\",\r\n", "[1,{}]", "{\"a\":1}", "1\n2\n", zipped("[1]"), zstandard("[1]"), "s3://b/f\n", `{"fileSchema":"a,b","files":[{"key":"f"}]}`, "PAR1"} {
		for i := range fuzzConfigs {
			f.Add(i, seed)
		}
	}
	f.Fuzz(func(t *testing.T, which int, text string) {
		config := fuzzConfigs[uint(which)%uint(len(fuzzConfigs))]
		has := buckets{"b/f": text, "b/f.gz": text, "b/f.zst": text}
		for _, key := range []string{"f", "f.gz", "f.zst"} {
			r := New(has)
			r.memory = 1 << 20
			got, err := r.Read(context.Background(), Request{Resource: getObject, Config: value.MustParse(config), Arguments: value.OfMembers("Bucket", value.OfString("b"), "Key", value.OfString(key))})
			var failed *asl.Error
			switch {
			case err != nil && (!errors.As(err, &failed) || failed.Name != asl.ErrItemReaderFailed):
				t.Errorf("got the error %v", err)
			case err == nil && got.Value.Kind() != value.Array && got.Value.Kind() != value.Object:
				t.Errorf("got a %s", got.Value.Kind())
			case err == nil:
				if _, err := value.Parse(got.Value.String()); err != nil {
					t.Errorf("items that are no JSON: %v", err)
				}
			}
		}
	})
}

var fuzzConfigs = []string{
	`{"InputType": "CSV"}`, `{"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"], "CSVDelimiter": "TAB"}`, `{"InputType": "JSON"}`,
	`{"InputType": "JSON", "ItemsPointer": "/a/0"}`, `{"InputType": "JSONL"}`, `{"InputType": "PARQUET"}`, `{"InputType": "MANIFEST"}`, `{"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}`,
}

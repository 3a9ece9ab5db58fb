package reader

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// parquetOf writes rows as a Parquet file.
func parquetOf[T any](t testing.TB, rows []T, options ...parquet.WriterOption) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type flat struct {
	Text    string           `parquet:"text"`
	Maybe   *int64           `parquet:"maybe,optional"`
	Small   int32            `parquet:"small"`
	Natural uint64           `parquet:"natural"`
	Real    float64          `parquet:"real"`
	Short   float32          `parquet:"short"`
	Yes     bool             `parquet:"yes"`
	Bytes   []byte           `parquet:"bytes"`
	Day     int32            `parquet:"day,date"`
	At      time.Time        `parquet:"at,timestamp(millisecond)"`
	Micro   int64            `parquet:"micro,timestamp(microsecond)"`
	Old     deprecated.Int96 `parquet:"old"`
	Price   int64            `parquet:"price,decimal(2:10)"`
	Deep    int32            `parquet:"deep,decimal(4:9)"`
	ID      uuid.UUID        `parquet:"id"`
}

func TestParquet(t *testing.T) {
	five := int64(5)
	at := time.Date(2026, 11, 21, 10, 30, 0, 25e7, time.UTC)
	file := parquetOf(t, []flat{
		{"ä", &five, -7, 1<<64 - 1, 1.5, 0.1, true, []byte{0xff, 0}, 20778, at, at.UnixMicro() + 1, deprecated.Int96{0, 0, 2440588 + 1}, -12345, 7, [16]byte{1, 15: 2}},
		{At: at, Old: deprecated.Int96{0, 0, 2440588}, Price: 5},
	})
	got, err := read(buckets{"b/f": file}, "f", `{"InputType": "PARQUET"}`)
	check(t, got, err, `[{"text":"ä","maybe":5,"small":-7,"natural":18446744073709551615,"real":1.5,"short":0.1,"yes":true,"bytes":"/wA=","day":"2026-11-21",`+
		`"at":"2026-11-21T10:30:00.25Z","micro":"2026-11-21T10:30:00.250001Z","old":"1970-01-02T00:00:00Z","price":-123.45,"deep":0.0007,"id":"01000000-0000-0000-0000-000000000002"},`+
		`{"text":"","maybe":null,"small":0,"natural":0,"real":0,"short":0,"yes":false,"bytes":"","day":"1970-01-01",`+
		`"at":"2026-11-21T10:30:00.25Z","micro":"1970-01-01T00:00:00Z","old":"1970-01-01T00:00:00Z","price":0.05,"deep":0.0000,"id":"00000000-0000-0000-0000-000000000000"}]`)
}

type line struct {
	SKU  string   `parquet:"sku"`
	Tags []string `parquet:"tags,list"`
}

type nested struct {
	ID    int64            `parquet:"id"`
	Lines []line           `parquet:"lines,list"`
	Bare  []int64          `parquet:"bare"`
	By    map[string]int64 `parquet:"by"`
	Group *struct {
		A *string `parquet:"a,optional"`
		B int64   `parquet:"b"`
	} `parquet:"group,optional"`
	Grid [][]int64 `parquet:"grid,list"`
}

func TestNestedParquet(t *testing.T) {
	rows := []nested{
		{ID: 1, Lines: []line{{"x", []string{"a", "b"}}, {"y", nil}, {"z", []string{"c"}}}, Bare: []int64{1, 2}, By: map[string]int64{"k": 1}},
		{ID: 2},
		{ID: 3, Lines: []line{{"w", nil}}},
	}
	rows[1].Group = &struct {
		A *string `parquet:"a,optional"`
		B int64   `parquet:"b"`
	}{B: 4}
	got, err := read(buckets{"b/f": parquetOf(t, rows)}, "f", `{"InputType": "PARQUET"}`)
	check(t, got, err, `[{"id":1,"lines":[{"sku":"x","tags":["a","b"]},{"sku":"y","tags":[]},{"sku":"z","tags":["c"]}],"bare":[1,2],"by":{"k":1},"group":null,"grid":[]},`+
		`{"id":2,"lines":[],"bare":[],"by":{},"group":{"a":null,"b":4},"grid":[]},`+
		`{"id":3,"lines":[{"sku":"w","tags":[]}],"bare":[],"by":{},"group":null,"grid":[]}]`)
}

type numbered struct {
	N int64 `parquet:"n"`
}

func numbers(n int) []numbered {
	rows := make([]numbered, n)
	for i := range rows {
		rows[i].N = int64(i)
	}
	return rows
}

// Each codec that the guide names, several row groups and pages, and only as
// many rows as are wanted.
func TestParquetFiles(t *testing.T) {
	for name, options := range map[string][]parquet.WriterOption{
		"plain":      nil,
		"gzip":       {parquet.Compression(&parquet.Gzip)},
		"zstd":       {parquet.Compression(&parquet.Zstd)},
		"snappy":     {parquet.Compression(&parquet.Snappy)},
		"row groups": {parquet.MaxRowsPerRowGroup(100)},
		"pages":      {parquet.PageBufferSize(64)},
	} {
		file := parquetOf(t, numbers(1000), options...)
		for config, want := range map[string]int{`{"InputType": "PARQUET"}`: 1000, `{"InputType": "PARQUET", "MaxItems": 150}`: 150} {
			got, err := read(buckets{"b/f": file}, "f", config)
			if err != nil || got.Value.Len() != want {
				t.Errorf("%s: got %d rows, %v, want %d", name, got.Value.Len(), err, want)
				continue
			}
			for i, row := range got.Value.Items() {
				if n, _ := row.Get("n").Int(); n != int64(i) {
					t.Errorf("%s: row %d has %d", name, i, n)
					break
				}
			}
		}
	}
}

// A file of this machine is read where it is, one from elsewhere is copied; the
// copy is removed.
func TestParquetFromAFolder(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("TMP", temporary)
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := parquetOf(t, numbers(3))
	if err := os.WriteFile(filepath.Join(root, "b", "f"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	folder, err := s3.Open(s3.Config{Folder: root})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	for _, b := range []Buckets{folder, buckets{"b/f": file}} {
		got, err := New(b).Read(context.Background(), Request{Resource: getObject, Config: value.MustParse(`{"InputType": "PARQUET"}`), Arguments: value.MustParse(`{"Bucket": "b", "Key": "f"}`)})
		check(t, got, err, `[{"n":0},{"n":1},{"n":2}]`)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNoParquet(t *testing.T) {
	file := parquetOf(t, numbers(1000))
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "the object is no Parquet file: it has 0 bytes"},
		{"text", "a,b\n1,2\n3,4\n5,6\n", "the object is no Parquet file: it does not end with PAR1"},
		{"a large footer", file[:len(file)-8] + "\xff\xff\xff\x7fPAR1", "the footer of the Parquet file has 2147483647 bytes, more than the 5 MB that an ItemReader reads"},
		{"nothing but an end", "PAR1" + strings.Repeat("\x00", 100) + "\x40\x00\x00\x00PAR1", "Unable to read s3://b/f: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(buckets{"b/f": c.text}, "f", `{"InputType": "PARQUET"}`)
			if err == nil || !strings.HasPrefix(err.Error(), "States.ItemReaderFailed: "+c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// Whichever byte of a file is wrong, reading it ends with items or an error.
func TestDamagedParquet(t *testing.T) {
	file := parquetOf(t, []nested{{ID: 1, Lines: []line{{"x", []string{"a", "b"}}, {"y", nil}}, By: map[string]int64{"k": 1}}, {ID: 2}})
	failures := 0
	for i := range file {
		damaged := []byte(file)
		damaged[i] ^= 0x81
		_, err := read(buckets{"b/f": string(damaged)}, "f", `{"InputType": "PARQUET", "MaxItems": 100}`)
		if err == nil {
			continue
		}
		failures++
		var failed *asl.Error
		if !errors.As(err, &failed) || failed.Name != asl.ErrItemReaderFailed {
			t.Fatalf("byte %d: got %v", i, err)
		}
	}
	if failures == 0 {
		t.Error("no damage was noticed; the test does none")
	}
}

// A file whose few bytes stand for many rows is read only as far as memory goes.
func TestParquetMemoryIsLimited(t *testing.T) {
	type text struct {
		S string `parquet:"s,dict"`
	}
	rows := make([]text, 1000)
	for i := range rows {
		rows[i].S = strings.Repeat("x", 10_000)
	}
	r := New(buckets{"b/f": parquetOf(t, rows)})
	r.memory = 1 << 20
	_, err := r.Read(context.Background(), Request{Resource: getObject, Config: value.MustParse(`{"InputType": "PARQUET"}`), Arguments: value.MustParse(`{"Bucket": "b", "Key": "f"}`)})
	check(t, Items{}, err, tooMuch().(*asl.Error).Cause)
}

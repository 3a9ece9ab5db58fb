package reader

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// An array that is parsed in pieces has the items that it has as a whole, and is
// wrong where the whole is.
func TestArrayInPieces(t *testing.T) {
	for _, text := range []string{
		`[]`, ` [ ] `, `[1]`, `[1,2,3,4,5,6,7,8,9,10]`, "[\n 1 ,\n \"a , b]\" , { \"x\" : [ 1 , 2 ] } ,\n null ]\n", `["\"]", "\\", "\\\"", "a  b"]`,
		`[{"a":1},{"a":2},{"a":3}]`, `[[[[]]],[[],[[]]]]`, `[1,2,3] `, `[-1.50e3, true, false, "é", "\ud83d\ude00"]`,
		`[1,2,3,]`, `[1,2,3,4,5,6,7,8,9,]`, `[,1]`, `[1,,2]`, `[1 2]`, `[1,2`, `[1,2,3,4,"`, `[1,2}`, `[1,2] 3`, `[1,2]]`, `[1,2,3,4,5,6,x]`, `[{"a":1],2]`, `[1,2,3,4,5,6,7,8}`,
		strings.Repeat("[", value.MaxDepth) + strings.Repeat("]", value.MaxDepth), strings.Repeat("[", value.MaxDepth+1), "[1," + strings.Repeat("[", value.MaxDepth),
	} {
		whole, wrong := readJSON(text, pieceJSON)
		for _, piece := range []int{1, 2, 5, 20} {
			got, err := readJSON(text, piece)
			if (err == nil) != (wrong == nil) || err == nil && !value.Equal(got.Value, whole.Value) {
				t.Errorf("%.60s in pieces of %d: got %v, %v, want %v, %v", text, piece, got.Value, err, whole.Value, wrong)
			}
		}
	}
}

func readJSON(text string, piece int) (Items, error) {
	r := New(buckets{"b/f": text})
	r.piece = piece
	return r.Read(context.Background(), jsonRequest)
}

var jsonRequest = Request{Resource: getObject, Config: value.MustParse(`{"InputType": "JSON"}`), Arguments: value.MustParse(`{"Bucket": "b", "Key": "f"}`)}

func TestErrorInAPieceNamesItsLine(t *testing.T) {
	_, err := readJSON("[1,\n2,\n3,\n{4},\n5]", 2)
	check(t, Items{}, err, "Unable to read s3://b/f: Unexpected character ('4' (code 52)): was expecting double-quote to start field name near line 4")
}

// Lines are parsed some at a time, and each is what it is alone.
func TestLinesInPieces(t *testing.T) {
	for _, text := range []string{
		"1\n2\n3\n4\n", "{\"a\": [1, 2]}\r\n\r\n\"a, b\"\nnull", "1\n2,3\n4", "[1\n2]\n", "1\n]\n[\n2", "1\n{\"a\":1}}\n2", "\"a\n\"b", "1 2\n", "1\n2\nx\n", ",\n",
		strings.Repeat("[", value.MaxDepth) + strings.Repeat("]", value.MaxDepth),
	} {
		one, wrong := readLines(text, 1)
		for _, piece := range []int{5, 1000} {
			got, err := readLines(text, piece)
			if fmt.Sprint(err) != fmt.Sprint(wrong) || err == nil && !value.Equal(got.Value, one.Value) {
				t.Errorf("%.60q in pieces of %d: got %v, %v, want %v, %v", text, piece, got.Value, err, one.Value, wrong)
			}
		}
	}
}

func readLines(text string, piece int) (Items, error) {
	r := New(buckets{"b/f": text})
	r.piece = piece
	in := jsonRequest
	in.Config = value.MustParse(`{"InputType": "JSONL"}`)
	return r.Read(context.Background(), in)
}

// An endless object has the text, and then a text again and again.
type endless struct{ first, again string }

func (e endless) Get(context.Context, s3.Object) (*s3.Content, error) {
	return &s3.Content{ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader(e.first), &repeated{text: e.again})), Size: -1}, nil
}

func (e endless) List(context.Context, s3.Object) iter.Seq2[s3.Entry, error] { return nil }

type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r.text[r.at%len(r.text)]
		r.at++
	}
	return len(p), nil
}

// However long a JSON text goes on, what is read of it is bounded.
func TestEndlessJSON(t *testing.T) {
	const memory = 3 << 19
	for _, c := range []struct {
		name  string
		text  endless
		bytes int64 // that may be read
		want  string
	}{
		{"brackets", endless{"", "["}, 1 << 20, "exceeds the maximum allowed (1000)"},
		{"braces", endless{"", `{"a":`}, 1 << 20, "exceeds the maximum allowed (1000)"},
		{"brackets in an item", endless{"[1,", "["}, 3 << 20, "exceeds the maximum allowed (1000)"},
		{"brackets in a late item", endless{"[" + strings.Repeat(`"`+strings.Repeat("x", 40_000)+`",`, 30), "["}, 3 << 20, "exceeds the maximum allowed (1000)"},
		{"small items", endless{"[", "0,"}, memory, tooMuch().(*asl.Error).Cause},
		{"small values in an item", endless{"[[", "0,"}, 2 * memory, tooMuch().(*asl.Error).Cause},
		{"small values in an object", endless{`{"a":[`, "0,"}, 2 * memory, tooMuch().(*asl.Error).Cause},
		{"a string", endless{`["`, "x"}, 2 * memory, tooMuch().(*asl.Error).Cause},
		{"blanks", endless{"", "\n "}, 2 * memory, tooMuch().(*asl.Error).Cause},
		{"blanks in an array", endless{"[1, ", "\n "}, 2 * memory, tooMuch().(*asl.Error).Cause},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := New(c.text)
			r.memory = memory
			counted := &counting{Buckets: c.text}
			r.buckets = counted
			_, err := r.Read(context.Background(), jsonRequest)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			if counted.bytes > c.bytes {
				t.Errorf("%d bytes were read, want at most %d", counted.bytes, c.bytes)
			}
		})
	}
}

// counting counts what is read.
type counting struct {
	Buckets
	bytes int64
}

func (c *counting) Get(ctx context.Context, o s3.Object) (*s3.Content, error) {
	content, err := c.Buckets.Get(ctx, o)
	if err == nil {
		content.ReadCloser = &countingReader{content.ReadCloser, c}
	}
	return content, err
}

type countingReader struct {
	io.ReadCloser
	c *counting
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.c.bytes += int64(n)
	return n, err
}

package reader

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file reads JSON text within bounds. A text that nests too deeply, or has
// more values than may be held, is refused before all of it is read, and a long
// array is parsed in pieces. (A gigabyte of opening brackets is a megabyte of
// gzip.)

const (
	pieceJSON = 1 << 20   // about how long a piece of an array is
	mostJSON  = 256 << 20 // how long a document may be that is parsed as a whole
)

// An outline follows the structure of JSON text without reading its values. What
// is no JSON is for the parser to say.
type outline struct {
	depth   int // of brackets that are open
	quoted  bool
	escaped bool  // the character before was a backslash, in quotes
	room    int64 // that the values take beside their text
}

// skip returns how many bytes at the beginning of the text change nothing in the
// outline. There may be more, but none of them is a blank outside quotes.
func (o *outline) skip(text []byte) int {
	stops := &outside
	if o.quoted {
		stops = &inside
	}
	if o.escaped {
		return 0
	}
	for i, c := range text {
		if stops[c] {
			return i
		}
	}
	return len(text)
}

// outside and inside are the bytes that may mean something outside quotes and in
// them.
var outside, inside = set(" \t\r\n\"[]{},"), set("\"\\")

func set(bytes string) (s [256]bool) {
	for i := range len(bytes) {
		s[bytes[i]] = true
	}
	return s
}

// take goes on by one byte of the text. It reports whether the byte belongs to
// the structure: a bracket or a comma outside quotes.
func (o *outline) take(c byte) (structure bool) {
	switch {
	case o.escaped:
		o.escaped = false
	case o.quoted:
		o.quoted, o.escaped = c != '"', c == '\\'
	case c == '"':
		o.quoted = true
	case c == '[' || c == '{':
		o.depth++
		o.room += nodeRoom
		return true
	case c == ']' || c == '}':
		o.depth--
		return true
	case c == ',':
		o.room += valueRoom
		return true
	}
	return false
}

// takeRoom returns the room since it was last called.
func (o *outline) takeRoom() int64 {
	room := o.room
	o.room = 0
	return room
}

// A jsonText is a document that is being read to be parsed as a whole.
type jsonText struct {
	object  *object
	reading *reading
	from    *bufio.Reader
	text    strings.Builder
	outline outline
}

func newJSONText(f *object, r *reading) *jsonText {
	return &jsonText{object: f, reading: r, from: bufio.NewReaderSize(f, 64<<10)}
}

// read reads on until the text has so many bytes, and reports whether there are
// more. A text that nests too deeply ends where it does, for the parser to say.
func (t *jsonText) read(most int) (more bool, err error) {
	for t.outline.depth <= value.MaxDepth {
		_, err := t.from.Peek(1)
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, &objectError{t.object.Object, err}
		}
		if t.text.Len() >= most {
			return true, nil
		}
		part, _ := t.from.Peek(min(t.from.Buffered(), most-t.text.Len())) // is there
		for i := t.outline.skip(part); i < len(part) && t.outline.depth <= value.MaxDepth; i += 1 + t.outline.skip(part[i+1:]) {
			t.outline.take(part[i])
		}
		t.text.Write(part)
		t.from.Discard(len(part))
	}
	return false, nil
}

// isArray reports whether the text begins an array.
func (t *jsonText) isArray() bool {
	return strings.HasPrefix(strings.TrimLeft(t.text.String(), " \t\r\n"), "[")
}

// parse reads the rest and parses the document.
func (t *jsonText) parse() (value.Value, error) {
	more, err := t.read(mostJSON)
	if err != nil {
		return value.Value{}, err
	}
	if more {
		return value.Value{}, tooLongJSON()
	}
	if err := t.reading.spend(t.outline.takeRoom()); err != nil {
		return value.Value{}, err
	}
	v, err := value.Parse(t.text.String())
	if err != nil {
		return v, &objectError{t.object.Object, err}
	}
	return v, nil
}

// array adds the items of an array, piece by piece.
func (r *reading) array(f *object, text io.Reader) error {
	in := bufio.NewReaderSize(text, 64<<10)
	p := pieces{reading: r, object: f, line: 1}
	for {
		_, err := in.Peek(1)
		if err == io.EOF {
			return p.end()
		}
		if err != nil {
			return &objectError{f.Object, err}
		}
		part, _ := in.Peek(in.Buffered()) // is there
		if err := p.take(part); err != nil {
			return err
		}
		in.Discard(len(part))
	}
}

// pieces cuts an array into pieces, each an array of some of its items, and
// parses those.
type pieces struct {
	reading *reading
	object  *object
	outline outline
	text    []byte // of the piece, each run of blanks as one
	item    int    // where in text the last item begins
	count   int    // of items before it
	ours    int    // items at the beginning of text that are none of the array's
	line    int    // that has been reached
	closed  bool   // the array has ended
}

// take goes on by a part of the text.
func (p *pieces) take(part []byte) error {
	for i := 0; i < len(part); i++ {
		if n := p.outline.skip(part[i:]); n > 0 && !p.closed {
			p.text = append(p.text, part[i:i+n]...)
			i += n
		}
		if len(p.text)-p.item > maxItem+1 { // with its bracket
			return tooLargeItem("item " + strconv.Itoa(p.count))
		}
		if i == len(part) {
			break
		}
		if err := p.mark(part[i]); err != nil {
			return err
		}
	}
	return nil
}

// mark goes on by one byte that may mean something.
func (p *pieces) mark(c byte) error {
	if !p.outline.quoted && (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
		if c == '\n' {
			p.line++
		}
		if n := len(p.text); n > 0 && p.text[n-1] != ' ' {
			p.text = append(p.text, ' ')
		}
		return nil
	}
	structure := p.outline.take(c)
	p.text = append(p.text, c)
	switch {
	case p.outline.depth > value.MaxDepth || p.closed:
		return p.end() // which says that this is wrong
	case structure && p.outline.depth == 0:
		p.closed = true
	case structure && p.outline.depth == 1 && c == ',':
		p.count++
		if len(p.text) >= p.reading.piece {
			return p.cut()
		}
		p.item = len(p.text)
	}
	return nil
}

// cut parses the piece, whose last byte is the comma behind its last item. It is
// completed by an item of ours, and the next piece begins with one: a comma with
// no item on one of its sides is as wrong there as in the whole text.
func (p *pieces) cut() error {
	p.text = append(p.text, "null]"...)
	err := p.add(1)
	p.text, p.ours = append(p.text[:0], "[null,"...), 1
	p.item = len(p.text)
	return err
}

// end parses the last piece, or says what is wrong with it.
func (p *pieces) end() error { return p.add(0) }

// add adds the items of the piece, without those of ours at its beginning and
// end.
func (p *pieces) add(last int) error {
	if err := p.reading.spend(p.outline.takeRoom()); err != nil {
		return err
	}
	v, err := value.ParseBytes(p.text)
	var bad *value.SyntaxError
	if errors.As(err, &bad) {
		return failed("Unable to read s3://%s/%s: %s near line %d", p.object.Bucket, p.object.Key, bad.Message, p.line)
	}
	for _, item := range v.Slice()[p.ours : v.Len()-last] {
		if err := p.reading.keep(item); err != nil {
			return err
		}
	}
	return nil
}

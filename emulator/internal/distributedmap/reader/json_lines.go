package reader

import (
	"bufio"
	"bytes"
	"errors"
	"strconv"

	"github.com/aslocal/aslocal/value"
)

// This file reads JSON Lines. Guide: "ItemReader (Map)", "JSON Lines".

// jsonLines adds the value of each line. Empty lines have none.
func (r *reading) jsonLines(f *object) error {
	in := bufio.NewScanner(f)
	in.Buffer(make([]byte, 64<<10), maxItem+2) // with its line end
	l := lines{reading: r, object: f}
	for number := 1; in.Scan(); number++ {
		if in.Err() != nil {
			break // the line is what came before the error
		}
		if err := l.add(bytes.TrimSpace(in.Bytes()), number); err != nil {
			return err
		}
	}
	if err := l.flush(); err != nil {
		return err
	}
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return tooLargeItem("line " + strconv.Itoa(l.last+1))
	case err != nil:
		return &objectError{f.Object, err}
	}
	return nil
}

// lines parses some lines at a time, as one array: objects of one form share the
// list of their names then, which may be most of what they take.
type lines struct {
	reading *reading
	object  *object
	text    []byte      // "[" and the lines, each with a comma behind it
	places  []linePlace // of the lines in text
	last    int         // number of the last line
}

type linePlace struct{ number, from, to int }

// add adds a line to those to parse.
func (l *lines) add(text []byte, number int) error {
	l.last = number
	if len(text) == 0 {
		return nil
	}
	room, ok := lineRoom(text)
	if err := l.reading.spend(room); err != nil {
		return err
	}
	if !ok { // in an array it would be something else
		if err := l.flush(); err != nil {
			return err
		}
		return l.parse(text, number)
	}
	if len(l.text) == 0 {
		l.text = append(l.text, '[')
	}
	from := len(l.text)
	l.text = append(append(l.text, text...), ',')
	l.places = append(l.places, linePlace{number, from, from + len(text)})
	if len(l.text) < l.reading.piece {
		return nil
	}
	return l.flush()
}

// lineRoom returns how much memory the values of a line take beside its text, and
// whether the line can be an item of an array: it closes what it opens, and has
// no comma between.
func lineRoom(text []byte) (room int64, ok bool) {
	var o outline
	ok = true
	for i := o.skip(text); i < len(text); i += 1 + o.skip(text[i+1:]) {
		if structure := o.take(text[i]); structure && (o.depth < 0 || o.depth == 0 && text[i] == ',') {
			ok = false
		}
	}
	return o.takeRoom(), ok && o.depth == 0 && !o.quoted
}

// flush adds the values of the lines to parse. If they are no array, one of them
// is no JSON.
func (l *lines) flush() error {
	if len(l.places) == 0 {
		return nil
	}
	text, places := l.text, l.places
	l.text, l.places = l.text[:0], l.places[:0]
	text[len(text)-1] = ']'
	array, err := value.ParseBytes(text)
	if err != nil || array.Len() != len(places) {
		for _, p := range places {
			if err := l.parse(text[p.from:p.to], p.number); err != nil {
				return err
			}
		}
		return nil
	}
	for _, item := range array.Slice() {
		if err := l.reading.keep(item); err != nil {
			return err
		}
	}
	return nil
}

// parse adds the value of one line.
func (l *lines) parse(text []byte, number int) error {
	v, err := value.ParseBytes(text)
	var bad *value.SyntaxError
	if errors.As(err, &bad) {
		return failed("Unable to read s3://%s/%s: line %d is not JSON: %s", l.object.Bucket, l.object.Key, number, bad.Message)
	}
	return l.reading.keep(v)
}

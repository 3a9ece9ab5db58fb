package reader

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file reads text whose lines are records and whose fields are separated.
// Guide: "How Step Functions parses input CSV files". The rules are those of
// the service, not of RFC 4180 (F-061):
//
//   - Quotes need not be at the ends of a field, only in pairs: what they
//     enclose may have separators and line ends. Two in a row are one quote, in
//     a field without quotes, too: {""a"":1} is {"a":1}.
//   - A backslash goes away. Behind the beginning of a field it keeps a
//     backslash, a quote or a separator that follows it from meaning anything.
//   - Nothing is trimmed, and an empty line is a record with one empty field.

// maxHeader is how many bytes the header may have. Guide: "CSVHeaderLocation".
const maxHeader = 10 << 10

// csv adds a record as an object of its fields, all strings.
func (r *reading) csv(f *object) error {
	return r.records(f, r.config.headers)
}

// records adds the records of a text; the first one has the headers if they are
// not given.
func (r *reading) records(f *object, headers []string) error {
	in := newRecords(f, r.config.delimiter)
	if headers == nil {
		fields, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &objectError{f.Object, err}
		}
		headers = slices.Clone(fields)
		if err := checkHeaders(headers); err != nil {
			return err
		}
	}
	t := newTable(headers)
	for {
		fields, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &objectError{f.Object, err}
		}
		if err := r.add(t.row(fields)); err != nil {
			return err
		}
	}
}

// A table makes objects of records.
type table struct {
	shape  *value.Shape
	column []int         // of each member
	slab   []value.Value // that the members of the next rows are cut from
	size   int           // of the slab
}

// newTable makes a table whose objects have the headers for names, in the order of a
// HashMap of Java (F-125).
func newTable(headers []string) *table {
	hashes := make([]int32, len(headers))
	for i, name := range headers {
		hashes[i] = value.JavaStringHash(name)
	}
	column := value.JavaHashOrder(hashes)
	names := make([]string, len(headers))
	for i, at := range column {
		names[i] = headers[at]
	}
	return &table{shape: value.NewShape(names...), column: column}
}

// row makes an object of fields: missing ones are empty, those that have no
// header are left out.
func (t *table) row(fields []string) value.Value {
	n := t.shape.Len()
	if len(t.slab) < n {
		t.size = max(n, min(2*t.size, 4096))
		t.slab = make([]value.Value, t.size)
	}
	members := t.slab[:n:n]
	t.slab = t.slab[n:]
	for i, at := range t.column {
		members[i] = value.EmptyString
		if at < len(fields) && fields[at] != "" {
			members[i] = value.OfString(fields[at])
		}
	}
	return t.shape.New(members)
}

func checkHeaders(headers []string) error {
	size := len(headers) - 1 // separators
	seen := make(map[string]bool, len(headers))
	for _, name := range headers {
		if size += len(name); seen[name] {
			return duplicateHeaders()
		}
		seen[name] = true
	}
	if size > maxHeader {
		return tooLongHeaders(size)
	}
	return nil
}

// A fieldState is where in a field the reading of a record is.
type fieldState uint8

const (
	beginning fieldState = iota // nothing of the field was read but backslashes
	bare
	quoted // between quotes
)

// records reads records one after the other.
type records struct {
	in        *bufio.Reader
	delimiter byte
	special   [256]bool // bytes that may not be what they stand for
	line      int
	text      []byte // of the fields of the record, without what separates them
	ends      []int  // of the fields in text
	start     int    // of the field that is being read, in text
	fresh     []byte // text of the fields that are not those of the record before
	fields    []string
}

func newRecords(from io.Reader, delimiter byte) *records {
	return &records{in: bufio.NewReaderSize(from, 64<<10), delimiter: delimiter, special: set("\\\"\r\n" + string(delimiter))}
}

// next returns the fields of the next record, which are valid until it is called
// again (their texts stay), or io.EOF behind the last one.
func (r *records) next() ([]string, error) {
	if _, err := r.in.Peek(1); err != nil {
		return nil, err
	}
	r.text, r.ends, r.start = r.text[:0], r.ends[:0], 0
	r.line++
	first, state := r.line, beginning
	for {
		if r.plain() && state == beginning {
			state = bare
		}
		if len(r.text)+len(r.ends) > maxItem { // with its separators
			return nil, tooLargeItem("the CSV record that begins in line " + strconv.Itoa(first))
		}
		c, err := r.byte()
		if err == io.EOF && state == quoted {
			return nil, failed("CSV: the record that begins in line %d has a quote that nothing closes", first)
		}
		if err == io.EOF {
			return r.end(), nil
		}
		if err != nil {
			return nil, err
		}
		switch {
		case c == '\\':
			r.backslash(state)
		case c == '"':
			state = r.quote(state)
		case state == quoted:
			if r.text = append(r.text, c); c == '\n' {
				r.line++
			}
		case c == r.delimiter:
			r.ends, r.start, state = append(r.ends, len(r.text)), len(r.text), beginning
		default: // a line end
			return r.end(), nil
		}
	}
}

// plain takes the bytes up to the next special one into the field, and reports
// whether there were any.
func (r *records) plain() bool {
	some := false
	for {
		if _, err := r.in.Peek(1); err != nil {
			return some // for byte to say
		}
		part, _ := r.in.Peek(r.in.Buffered()) // is there
		n := 0
		for n < len(part) && !r.special[part[n]] {
			n++
		}
		r.text = append(r.text, part[:n]...)
		r.in.Discard(n)
		if some = some || n > 0; n < len(part) || len(r.text) > maxItem {
			return some
		}
	}
}

// byte returns the next byte; each kind of line end is a \n.
func (r *records) byte() (byte, error) {
	c, err := r.in.ReadByte()
	if c == '\r' {
		if r.peek() == '\n' {
			r.in.Discard(1)
		}
		c = '\n'
	}
	return c, err
}

// backslash takes what is behind a backslash, if that keeps it from meaning
// anything.
func (r *records) backslash(state fieldState) {
	next := r.peek()
	if state != beginning && (next == '\\' || next == '"' || next == int(r.delimiter)) {
		r.text = append(r.text, byte(next))
		r.in.Discard(1)
	}
}

// quote takes a quote, and returns what state it leads to. Two are one. One that
// has text before it and behind it, such as the second one of a 5" b, begins or
// ends what it encloses, and is text as well.
func (r *records) quote(state fieldState) fieldState {
	if state != beginning && r.peek() == '"' {
		r.text = append(r.text, '"')
		r.in.Discard(1)
		return state
	}
	if state != beginning && len(r.text) > r.start && !r.atEnd() {
		r.text = append(r.text, '"')
	}
	if state == quoted {
		return bare
	}
	return quoted
}

// end ends a record. Its fields share one text, but for those that are the same
// as in the record before. Bytes that are no UTF-8 become U+FFFD, as Java reads
// them.
func (r *records) end() []string {
	r.ends = append(r.ends, len(r.text))
	for len(r.fields) < len(r.ends) {
		r.fields = append(r.fields, "")
	}
	r.fields, r.fresh = r.fields[:len(r.ends)], r.fresh[:0]
	start := 0
	for i, end := range r.ends {
		if field := r.text[start:end]; string(field) != r.fields[i] {
			r.fresh = append(r.fresh, field...)
		}
		start = end
	}
	text, valid := string(r.fresh), utf8.Valid(r.text)
	start = 0
	for i, end := range r.ends {
		field := r.text[start:end]
		if start = end; string(field) == r.fields[i] {
			continue
		}
		r.fields[i], text = text[:len(field)], text[len(field):]
		if !valid {
			r.fields[i] = string([]rune(r.fields[i]))
		}
	}
	return r.fields
}

// peek is the next byte, or -1 at the end.
func (r *records) peek() int {
	b, err := r.in.Peek(1)
	if err != nil {
		return -1
	}
	return int(b[0])
}

// atEnd reports whether the field ends here.
func (r *records) atEnd() bool {
	switch r.peek() {
	case -1, '\r', '\n', int(r.delimiter):
		return true
	}
	return false
}

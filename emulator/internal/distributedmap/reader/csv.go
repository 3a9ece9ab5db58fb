package reader

import (
	"bufio"
	"io"
	"slices"
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
	shape := value.NewShape(headers...)
	for {
		fields, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &objectError{f.Object, err}
		}
		if err := r.add(record(shape, fields)); err != nil {
			return err
		}
	}
}

// record makes an object of fields: missing ones are empty, those that have no
// header are left out.
func record(shape *value.Shape, fields []string) value.Value {
	members := make([]value.Value, shape.Len())
	for i := range members {
		members[i] = value.EmptyString
		if i < len(fields) && fields[i] != "" {
			members[i] = value.OfString(fields[i])
		}
	}
	return shape.New(members)
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

// records reads records one after the other.
type records struct {
	in        *bufio.Reader
	delimiter byte
	line      int
	text      []byte // of the fields of the record, without what separates them
	ends      []int  // of the fields in text
	fields    []string
}

func newRecords(from io.Reader, delimiter byte) *records {
	return &records{in: bufio.NewReaderSize(from, 64<<10), delimiter: delimiter}
}

// next returns the fields of the next record, which are valid until it is called
// again (their texts stay), or io.EOF behind the last one.
func (r *records) next() ([]string, error) {
	r.text, r.ends = r.text[:0], r.ends[:0]
	if _, err := r.in.Peek(1); err != nil {
		return nil, err
	}
	r.line++
	first, start := r.line, 0 // of the record; of the field in text
	quoted := false           // between quotes
	touched := false          // the field has begun
	for {
		c, err := r.in.ReadByte()
		if err == io.EOF && quoted {
			return nil, failed("CSV: the record that begins in line %d has a quote that nothing closes", first)
		}
		if err == io.EOF {
			return r.end(), nil
		}
		if err != nil {
			return nil, err
		}
		if len(r.text)+len(r.ends) > maxItem { // with its separators
			return nil, tooLargeItem("the CSV record that begins in line " + value.OfInt(int64(first)).String())
		}
		if c == '\r' {
			if r.peek() == '\n' {
				continue
			}
			c = '\n'
		}
		switch {
		case c == '\\':
			if next := r.peek(); (quoted || touched) && (next == '\\' || next == '"' || next == int(r.delimiter)) {
				r.text = append(r.text, byte(next))
				r.in.Discard(1)
			}
		case c == '"' && (quoted || touched) && r.peek() == '"':
			r.text = append(r.text, '"')
			r.in.Discard(1)
		case c == '"':
			inside := touched && len(r.text) > start && !r.atEnd() // such as the second one of a 5" b
			if quoted = !quoted; inside {
				r.text = append(r.text, '"')
			}
			touched = true
		case c == r.delimiter && !quoted:
			r.ends, start, touched = append(r.ends, len(r.text)), len(r.text), false
		case c == '\n' && !quoted:
			return r.end(), nil
		default:
			if c == '\n' {
				r.line++
			}
			r.text, touched = append(r.text, c), true
		}
	}
}

// end ends a record. The fields share one text. Bytes that are no UTF-8 become
// U+FFFD, as Java reads them.
func (r *records) end() []string {
	r.ends = append(r.ends, len(r.text))
	text, valid := string(r.text), utf8.Valid(r.text)
	r.fields = r.fields[:0]
	start := 0
	for _, end := range r.ends {
		field := text[start:end]
		if !valid {
			field = string([]rune(field))
		}
		r.fields = append(r.fields, field)
		start = end
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

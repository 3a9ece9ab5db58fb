package jsonata

import (
	"bytes"
	"strconv"

	"github.com/aslocal/aslocal/value"
)

// This file writes values as $string and & do.

// A textForm says how $string and & write values other than strings.
type textForm struct {
	pretty  bool
	service bool // see WithServiceValues
}

// append writes a value: no value and functions as empty strings, values other than
// strings as JSON, with numbers of 15 digits.
func (form textForm) append(r *run, dst []byte, v value.Value) ([]byte, error) {
	switch v.Kind() {
	case value.String:
		return append(dst, v.Text()...), nil
	case value.Absent:
		return dst, nil
	case value.Number, value.Opaque:
		if isFunction(v) {
			return dst, nil
		}
		f, _ := numberOf(v)
		if !finite(f) {
			return dst, fail("D3001", v)
		}
		return form.appendNumber(dst, v), nil
	case value.Array:
		if markOf(v)&markOuter != 0 {
			v = v.Index(0)
		}
	}
	w := jsonWriter{textForm: form, dst: dst, most: min(r.memory, r.maxLength)}
	err := w.write(v, 0)
	return w.dst, err
}

// A jsonWriter writes values as JSON.stringify does, with numbers rounded to 15
// digits and functions as empty strings.
type jsonWriter struct {
	textForm
	dst  []byte
	most int // bytes
}

// write writes a value at a level. It fails with an infinity.
func (w *jsonWriter) write(v value.Value, level int) (err error) {
	if level > deepest {
		return limitError(tooDeep, nil)
	}
	if len(w.dst) > w.most { // see checkSize: the text may be far larger than the value
		return limitError(tooLarge, nil)
	}
	switch v.Kind() {
	case value.Number:
		f := v.Float()
		if !finite(f) {
			return fail(codeOutOfJSON, v)
		}
		w.dst = w.appendNumber(w.dst, v)
	case value.String:
		w.dst = w.appendQuoted(w.dst, v.Text())
	case value.Array:
		items := v.Slice()
		for i := range items {
			w.begin("[,"[min(i, 1)], level+1)
			if err = w.write(items[i], level+1); err != nil {
				return err
			}
		}
		w.end("[]", len(items), level)
	case value.Object:
		members, shape := v.MemberValues(), v.Shape()
		for i := range members {
			w.begin("{,"[min(i, 1)], level+1)
			w.dst = append(w.appendQuoted(w.dst, shape.Name(i)), ':')
			if w.pretty {
				w.dst = append(w.dst, ' ')
			}
			if err = w.write(members[i], level+1); err != nil {
				return err
			}
		}
		w.end("{}", len(members), level)
	case value.Opaque:
		if isFunction(v) {
			w.dst = append(w.dst, `""`...)
			return nil
		}
		w.dst = append(w.dst, "null"...)
		_, _, err = numeric(v)
	case value.Absent:
		w.dst = append(w.dst, "null"...)
	default:
		w.dst = v.AppendJSON(w.dst)
	}
	return err
}

// begin writes the text before an item.
func (w *jsonWriter) begin(c byte, level int) {
	w.dst = append(w.dst, c)
	if w.pretty {
		w.newLine(level)
	}
}

// end closes an array or object, which has not been opened if it is empty.
func (w *jsonWriter) end(brackets string, items, level int) {
	if items == 0 {
		w.dst = append(w.dst, brackets...)
		return
	}
	if w.pretty {
		w.newLine(level)
	}
	w.dst = append(w.dst, brackets[1])
}

func (w *jsonWriter) newLine(level int) {
	w.dst = append(w.dst, '\n')
	for range level {
		w.dst = append(w.dst, "  "...)
	}
}

// appendQuoted writes a string as JSON.stringify does: like package value, but
// with small letters in \u001f. Step Functions writes that character as it is.
func (form textForm) appendQuoted(dst []byte, s string) []byte {
	start := len(dst)
	dst = value.AppendQuoted(dst, s)
	if len(dst)-start == len(s)+2 {
		return dst
	}
	return form.smallEscapes(dst, start)
}

// smallEscapes is the second step of appendQuoted, for the JSON from start on.
func (form textForm) smallEscapes(dst []byte, start int) []byte {
	end := start
	for i := start; i < len(dst); i++ {
		if dst[i] != '\\' {
			dst[end] = dst[i]
			end++
			continue
		}
		escape := dst[i : i+2]
		if i++; dst[i] == 'u' {
			escape = dst[i-1 : i+5]
			i += 4
			copy(escape, bytes.ToLower(escape))
			if c, err := strconv.ParseUint(string(escape[2:]), 16, 8); form.service && err == nil && c < ' ' {
				escape = []byte{byte(c)}
			}
		}
		end += copy(dst[end:], escape)
	}
	return dst[:end]
}

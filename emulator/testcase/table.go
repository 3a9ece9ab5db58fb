package testcase

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file expands tables: a case with a table of rows is a case for each row, with the
// placeholders ${name} in its texts replaced. A text that is nothing but a placeholder
// becomes the value itself; elsewhere in a text a value is put in as its text. $${ is
// written for a ${ that is meant. Names of members are not replaced.

// maxExpanded bounds the work of the tables of a file, in values and bytes of text.
const maxExpanded = 16_000_000

// tableMember is the member of a case that has its rows.
const tableMember = "table"

// A row replaces the placeholders of a case.
type row struct {
	*reader
	values value.Value
	spent  *int // of maxExpanded, by all tables of the file
}

// rows yields a case as it is for each row of its table, with the name that the row gives
// it; a case without a table as it is.
func (r *reader) rows(pointer string, v value.Value, spent *int, yield func(v value.Value, name string)) {
	table := v.Get(tableMember)
	if !table.Exists() || table.IsNull() {
		yield(v, "")
		return
	}
	plain := v.Without(tableMember)
	at := pointer + "/" + tableMember
	n := 0
	r.items(at, table, "a list of rows", func(place string, values value.Value) {
		n++
		if values.Kind() != value.Object {
			r.wrong(place, false, "expected an object with a value for each placeholder, got %s", values.Kind())
			return
		}
		one := row{r, values, spent}
		replaced, _ := one.replace(pointer, plain)
		name := replaced.Get("name").Text()
		if name == plain.Get("name").Text() {
			name = fmt.Sprintf("%s (%d)", name, n)
		}
		yield(replaced, name)
	})
	if table.Kind() == value.Array && n == 0 {
		r.wrong(at, true, "expected one row at least")
	}
}

// replace returns a value with the placeholders in its texts replaced, and whether there
// are any.
func (t row) replace(pointer string, v value.Value) (value.Value, bool) {
	if !t.spend(pointer, 1) {
		return v, false
	}
	changed := false
	switch v.Kind() {
	case value.String:
		return t.text(pointer, v)
	case value.Array:
		items := make([]value.Value, 0, v.Len())
		for i, item := range v.Items() {
			one, other := t.replace(pointer+"/"+strconv.Itoa(i), item)
			items, changed = append(items, one), changed || other
		}
		if changed {
			return value.OfSlice(items), true
		}
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			one, other := t.replace(pointer+"/"+position.Escape(name), member)
			b.Set(name, one)
			changed = changed || other
		}
		if changed {
			return b.Value(), true
		}
	}
	return v, false
}

// spend reports whether the tables may go on: they have made n more nodes or bytes of text.
func (t row) spend(pointer string, n int) bool {
	if *t.spent > maxExpanded {
		return false
	}
	if *t.spent += n; *t.spent > maxExpanded {
		t.wrong(pointer, false, "the tables of the file make too much of it: more than %d million values and bytes of text", maxExpanded/1_000_000)
		return false
	}
	return true
}

func (t row) text(pointer string, v value.Value) (value.Value, bool) {
	text := v.Text()
	if !strings.Contains(text, "${") {
		return v, false
	}
	if name, ok := strings.CutPrefix(text, "${"); ok && strings.IndexByte(name, '}') == len(name)-1 {
		if replaced := t.of(pointer, name[:len(name)-1]); replaced.Exists() {
			return replaced, true
		}
		return v, false
	}
	var b strings.Builder
	for text != "" {
		before, rest, found := strings.Cut(text, "${")
		if !found {
			b.WriteString(text)
			break
		}
		if plain, escaped := strings.CutSuffix(before, "$"); escaped {
			b.WriteString(plain + "${")
			text = rest
			continue
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			t.wrong(pointer, false, "the placeholder ${%s is not closed; $${ is written for a ${ that is meant", cut(rest, 20))
			return v, false
		}
		put := t.of(pointer, name)
		inside := put.Text()
		if put.Kind() != value.String {
			inside = put.String()
		}
		if !t.spend(pointer, len(before)+len(inside)) {
			return v, false
		}
		b.WriteString(before + inside)
		text = after
	}
	return value.OfString(b.String()), true
}

// of is the value of a placeholder in the row.
func (t row) of(pointer, name string) value.Value {
	v := t.values.Get(name)
	if !v.Exists() {
		t.wrong(pointer, false, "a row of the table has no value for ${%s}; $${ is written for a ${ that is meant", cut(name, 40))
	}
	return v
}

package conformance

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file compares JSON. What is expected may contain placeholders, and JSON
// where the history has JSON as a string.

// A Difference is the first one between a part of what was expected and what
// came.
type Difference struct {
	At        string // JSON pointer into the case
	Got, Want string
}

// String returns the difference on one line.
func (d Difference) String() string {
	return fmt.Sprintf("%s: got %s, want %s", d.At, shorten(d.Got), shorten(d.Want))
}

// Placeholders stand for what differs from one execution to the next. Some have
// a known value, the others a form.
var (
	named = []string{"execution", "name", "machine", "machineName", "role"}
	forms = map[string]string{
		"any":   `(?s:.*)`,
		"time":  `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3,9})?Z`,
		"uuid":  `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`,
		"token": `[!-~]+`,
	}
)

var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// placeholders reports every unknown placeholder.
func (d *decoder) placeholders(v value.Value, at string) {
	for _, found := range placeholder.FindAllStringSubmatch(v.Text(), -1) {
		if _, isForm := forms[found[1]]; !isForm && !slices.Contains(named, found[1]) {
			all := slices.Sorted(maps.Keys(forms))
			d.fail(at, "no placeholder is called %s; there are %s", found[0], strings.Join(append(all, named...), ", "))
		}
	}
	for i, item := range v.Items() {
		d.placeholders(item, fmt.Sprintf("%s/%d", at, i))
	}
	for name, member := range v.Members() {
		d.placeholders(member, at+pointer(name))
	}
}

// A matcher compares with placeholders.
type matcher struct{ values map[string]string } // of the named placeholders

// difference returns the first difference between two values, or nil. Objects
// and arrays are the same in full; numbers in value and in being written as an
// integer or not. The Cause of an Error Output may be expected as the JSON in it.
func (m *matcher) difference(at string, want, got value.Value) *Difference {
	differ := func() *Difference { return &Difference{At: at, Got: show(got), Want: show(want)} }
	if want.Text() == "${any}" && got.Exists() {
		return nil
	}
	if want.Kind() != got.Kind() {
		return differ()
	}
	switch want.Kind() {
	case value.Object:
		for name, member := range want.Members() {
			compare := m.difference
			if name == "Cause" {
				compare = m.inText
			}
			if d := compare(at+pointer(name), member, got.Get(name)); d != nil {
				return d
			}
		}
		return unexpected(at, want, got)
	case value.Array:
		for i := range max(want.Len(), got.Len()) {
			w, g := want.Index(i), got.Index(i)
			if !w.Exists() {
				return &Difference{At: fmt.Sprintf("%s/%d", at, i), Got: show(g), Want: "nothing"}
			}
			if d := m.difference(fmt.Sprintf("%s/%d", at, i), w, g); d != nil {
				return d
			}
		}
	case value.String:
		if !m.matches(want.Text(), got.Text()) {
			return differ()
		}
	case value.Number:
		if !value.Equal(want, got) || want.IsInteger() != got.IsInteger() {
			return differ()
		}
	default:
		if !value.Equal(want, got) {
			return differ()
		}
	}
	return nil
}

// inText is difference where the API has JSON in a string: if an object or array
// is expected, the string is read.
func (m *matcher) inText(at string, want, got value.Value) *Difference {
	if k := want.Kind(); got.Kind() == value.String && (k == value.Object || k == value.Array) {
		if inner, err := value.Parse(got.Text()); err == nil {
			got = inner
		}
	}
	return m.difference(at, want, got)
}

// matches reports whether a text is as expected.
func (m *matcher) matches(want, got string) bool {
	if want == got {
		return true
	}
	places := placeholder.FindAllStringSubmatchIndex(want, -1)
	if places == nil {
		return false
	}
	var form strings.Builder
	end := 0
	form.WriteString(`\A`)
	for _, p := range places {
		form.WriteString(regexp.QuoteMeta(want[end:p[0]]))
		if name := want[p[2]:p[3]]; forms[name] != "" {
			form.WriteString(forms[name])
		} else {
			form.WriteString(regexp.QuoteMeta(m.values[name]))
		}
		end = p[1]
	}
	form.WriteString(regexp.QuoteMeta(want[end:]) + `\z`)
	return regexp.MustCompile(form.String()).MatchString(got)
}

// subset compares an object of which only some members are expected; null says
// that a member is absent.
func (m *matcher) subset(at string, want value.Value, member func(name string) value.Value) *Difference {
	for name, w := range want.Members() {
		got, at := member(name), at+pointer(name)
		switch {
		case w.IsNull() && !got.Exists():
		case (isDetails(name) || name == "assignedVariables") && got.Exists():
			if d := m.subset(at, w, got.Get); d != nil {
				return d
			}
		default:
			if d := m.inText(at, w, got); d != nil {
				return d
			}
		}
	}
	return nil
}

// unexpected is the first member of an object that is not wanted.
func unexpected(at string, want, got value.Value) *Difference {
	for name, member := range got.Members() {
		if !want.Get(name).Exists() {
			return &Difference{At: at + pointer(name), Got: show(member), Want: "nothing"}
		}
	}
	return nil
}

// show returns a value as a difference shows it.
func show(v value.Value) string {
	if !v.Exists() {
		return "nothing"
	}
	return v.String()
}

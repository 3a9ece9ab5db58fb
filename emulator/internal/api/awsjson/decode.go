package awsjson

import (
	"net/http"
	"reflect"

	"github.com/aslocal/aslocal/value"
)

// A decoder goes through a request. A member of the wrong type ends it; the
// violations of constraints are collected, all of them.
type decoder struct {
	header     http.Header
	path       []byte // of the structure being read, with a dot at the end
	wrong      *Error // the first member of the wrong type
	violations []string
	violated   int // how many in all
}

// decode sets to from a request's body, or says what is wrong with it.
func decode(s *structCodec, body value.Value, header http.Header, to reflect.Value) error {
	d := decoder{header: header, path: make([]byte, 0, 64)}
	s.read(&d, body, to)
	switch {
	case d.wrong != nil:
		return d.wrong
	case d.violated > 0:
		return invalid(d.violations, d.violated)
	}
	return nil
}

// enter goes into a member; leave, given what enter returned, out of it.
func (d *decoder) enter(name string) int {
	mark := len(d.path)
	d.path = append(append(d.path, name...), '.')
	return mark
}

func (d *decoder) leave(mark int) { d.path = d.path[:mark] }

func (d *decoder) mismatch(v value.Value, wanted string) {
	if d.wrong == nil {
		d.wrong = mismatch(v, wanted)
	}
}

// violate notes that a member does not satisfy a constraint. Shown is its value
// as the message has it, in quotes if there is one, or "" if it is not to be
// shown.
func (d *decoder) violate(name, shown, constraint string) {
	d.violated++
	if d.violated > maxViolations {
		return
	}
	if shown != "" {
		shown += " "
	}
	d.violations = append(d.violations, "Value "+shown+"at '"+string(d.path)+name+"' failed to satisfy constraint: "+constraint)
}

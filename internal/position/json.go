package position

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file finds the places of the nodes of a JSON text. It takes the text to
// be good and builds no values; where it is not, the scan ends and what has
// been found stays.

// JSON returns the table of a JSON text. The text is read when the table is
// first asked.
func JSON(text string) *Table {
	return &Table{text: text, fill: func(b *builder) {
		s := &jsonScanner{builder: b, src: text}
		s.value(b.root(), 0)
	}}
}

type jsonScanner struct {
	*builder
	src string
	at  int
}

// value passes over the value at s.at, which belongs to the node id. It is
// false if there is none.
func (s *jsonScanner) value(id int32, depth int) bool {
	s.space()
	if s.at >= len(s.src) || depth > value.MaxDepth {
		return false
	}
	start, ok := s.at, true
	switch s.src[s.at] {
	case '{':
		ok = s.object(id, depth)
	case '[':
		ok = s.array(id, depth)
	case '"':
		ok = s.quoted()
	default:
		for s.at < len(s.src) && strings.IndexByte(",]} \t\r\n", s.src[s.at]) < 0 {
			s.at++
		}
		ok = s.at > start
	}
	s.builder.value(id, span{int32(start), int32(s.at)})
	return ok
}

func (s *jsonScanner) object(id int32, depth int) bool {
	s.at++
	if s.space() == '}' {
		s.at++
		return true
	}
	for {
		s.space()
		start := s.at
		if !s.quoted() {
			return false
		}
		name := s.src[start+1 : s.at-1]
		if strings.IndexByte(name, '\\') >= 0 {
			v, err := value.Parse(s.src[start:s.at])
			if err != nil {
				return false
			}
			name = v.Text()
		}
		child := s.member(id, name, span{int32(start), int32(s.at)})
		if s.space() != ':' {
			return false
		}
		s.at++
		if !s.value(child, depth+1) {
			return false
		}
		if more, ok := s.more('}'); !more {
			return ok
		}
	}
}

func (s *jsonScanner) array(id int32, depth int) bool {
	s.at++
	if s.space() == ']' {
		s.at++
		return true
	}
	for i := 0; ; i++ {
		if !s.value(s.item(id, i), depth+1) {
			return false
		}
		if more, ok := s.more(']'); !more {
			return ok
		}
	}
}

// more passes over a comma, behind which there is more, or over the closing
// bracket. ok is false if there is neither.
func (s *jsonScanner) more(end byte) (more, ok bool) {
	switch s.space() {
	case ',':
		s.at++
		return true, true
	case end:
		s.at++
		return false, true
	}
	return false, false
}

// quoted passes over a string.
func (s *jsonScanner) quoted() bool {
	if s.at >= len(s.src) || s.src[s.at] != '"' {
		return false
	}
	for i := s.at + 1; i < len(s.src); i++ {
		switch s.src[i] {
		case '\\':
			i++
		case '"':
			s.at = i + 1
			return true
		}
	}
	s.at = len(s.src)
	return false
}

// space passes over white space and returns what follows, or 0 at the end.
func (s *jsonScanner) space() byte {
	for ; s.at < len(s.src); s.at++ {
		switch c := s.src[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

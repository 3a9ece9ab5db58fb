package awsclient

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file writes and reads bodies in XML.

// appendXML appends a checked input as an element. A flattened list or map is
// several.
func appendXML(dst []byte, name, namespace string, s *awsapi.Shape, flattened bool, v value.Value) []byte {
	if v.IsNull() {
		return dst
	}
	flattened = flattened || s.Flattened
	switch {
	case s.Kind == awsapi.List && flattened:
		if s.ElementName != "" {
			name = s.ElementName
		}
		for _, item := range v.Items() {
			dst = appendXML(dst, name, namespace, s.Element, false, item)
		}
		return dst
	case s.Kind == awsapi.Map && flattened:
		for key, item := range v.Members() {
			dst = appendXMLEntry(dst, name, s, key, item)
		}
		return dst
	}
	dst = append(append(dst, '<'), name...)
	if namespace != "" {
		dst = appendAttribute(dst, "xmlns", namespace)
	}
	if s.Kind == awsapi.Structure {
		dst = appendXMLAttributes(dst, s, v)
	}
	dst = append(dst, '>')
	switch s.Kind {
	case awsapi.Structure:
		dst = appendXMLMembers(dst, s, v)
	case awsapi.List:
		item := s.ElementName
		if item == "" {
			item = "member"
		}
		for _, v := range v.Items() {
			dst = appendXML(dst, item, "", s.Element, false, v)
		}
	case awsapi.Map:
		for key, item := range v.Members() {
			dst = appendXMLEntry(dst, "entry", s, key, item)
		}
	default:
		dst = appendEscaped(dst, plainText(s, v, awsapi.ISO8601))
	}
	return appendEnd(dst, name)
}

func appendEnd(dst []byte, name string) []byte {
	return append(append(append(dst, "</"...), name...), '>')
}

func appendAttribute(dst []byte, name, content string) []byte {
	dst = append(append(append(dst, ' '), name...), `="`...)
	return append(appendEscaped(dst, content), '"')
}

func appendEscaped(dst []byte, text string) []byte {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(text)) // to memory
	return append(dst, b.Bytes()...)
}

func appendXMLEntry(dst []byte, name string, s *awsapi.Shape, key string, item value.Value) []byte {
	keyName, valueName := entryNames(s)
	dst = append(append(append(dst, '<'), name...), '>')
	dst = append(append(append(dst, '<'), keyName...), '>')
	dst = appendEnd(appendEscaped(dst, key), keyName)
	dst = appendXML(dst, valueName, "", s.Element, false, item)
	return appendEnd(dst, name)
}

// entryNames returns the elements of the key and the value of a map.
func entryNames(s *awsapi.Shape) (key, item string) {
	key, item = s.KeyName, s.ElementName
	if key == "" {
		key = "key"
	}
	if item == "" {
		item = "value"
	}
	return key, item
}

// appendXMLAttributes appends the attributes of the element of a structure.
func appendXMLAttributes(dst []byte, s *awsapi.Shape, v value.Value) []byte {
	if s.Namespace != "" {
		name := "xmlns"
		if s.NamespacePrefix != "" {
			name += ":" + s.NamespacePrefix
		}
		dst = appendAttribute(dst, name, s.Namespace)
	}
	for _, m := range s.InOrder() {
		if member := v.Get(m.Name); m.Attribute && member.Exists() {
			dst = appendAttribute(dst, m.WireName, plainText(m.Shape, member, awsapi.ISO8601))
		}
	}
	return dst
}

// appendXMLMembers appends the members of a structure that are in a body.
func appendXMLMembers(dst []byte, s *awsapi.Shape, v value.Value) []byte {
	for _, m := range s.InOrder() {
		if member := v.Get(m.Name); member.Exists() && m.Location == awsapi.Body && !m.Attribute {
			dst = appendXML(dst, m.WireName, m.Namespace, m.Shape, m.Flattened, member)
		}
	}
	return dst
}

// plainText returns the text of a value that is no list, map or structure, outside
// of JSON.
func plainText(s *awsapi.Shape, v value.Value, f awsapi.TimeFormat) string {
	switch s.Kind {
	case awsapi.Blob:
		return base64.StdEncoding.EncodeToString([]byte(v.Text()))
	case awsapi.Timestamp:
		return formatTimestamp(v, format(s, f))
	}
	if v.Kind() == value.String {
		return v.Text()
	}
	return v.String()
}

// An element is one of XML. Names have no prefixes.
type element struct {
	name       string
	attributes []xml.Attr
	children   []*element
	text       []byte
}

// The limits of answers: how deep values may be in each other, and how many
// elements there may be.
const (
	maxNesting  = 200
	maxElements = 500_000
)

// parseXML reads a document.
func parseXML(body []byte) (*element, error) { return parseElements(body, maxElements) }

func parseElements(body []byte, most int) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	document := &element{}
	open := []*element{document}
	for elements := 0; ; {
		token, err := d.Token()
		if err == io.EOF {
			return document.root()
		}
		if err != nil {
			return nil, err
		}
		inner := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > maxNesting {
				return nil, fmt.Errorf("more than %d elements are in each other", maxNesting)
			}
			if elements++; elements > most {
				return nil, fmt.Errorf("there are more than %d elements", most)
			}
			e := &element{name: t.Name.Local, attributes: t.Attr}
			inner.children = append(inner.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			inner.text = append(inner.text, t...)
		}
	}
}

// root returns the one element of a document.
func (e *element) root() (*element, error) {
	if len(e.children) != 1 {
		return nil, errors.New("there is no element")
	}
	return e.children[0], nil
}

// child returns the first child of a name; nil if there is none or e is nil.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// textOf returns the text of the first child that has one of the names.
func (e *element) textOf(names ...string) string {
	for _, name := range names {
		if c := e.child(name); c != nil {
			return strings.TrimSpace(string(c.text))
		}
	}
	return ""
}

// readXML returns the output of an element. The error names its place, and what is
// wrong with it.
func readXML(s *awsapi.Shape, e *element, c awsapi.Casing) (value.Value, error) {
	switch s.Kind {
	case awsapi.Structure:
		out := newMembers(s)
		if err := readXMLMembers(&out, s, e, c); err != nil {
			return value.Value{}, err
		}
		return out.object(c), nil
	case awsapi.List:
		return readXMLItems(s, e.children, c)
	case awsapi.Map:
		return readXMLEntries(s, e.children, c)
	case awsapi.String:
		return value.OfString(string(e.text)), nil
	}
	return scalar(s, strings.TrimSpace(string(e.text)), c)
}

func readXMLItems(s *awsapi.Shape, elements []*element, c awsapi.Casing) (value.Value, error) {
	items := make([]value.Value, 0, len(elements))
	for i, e := range elements {
		item, err := readXML(s.Element, e, c)
		if err != nil {
			return value.Value{}, fmt.Errorf("[%d]%w", i, err)
		}
		items = append(items, item)
	}
	return value.OfSlice(items), nil
}

func readXMLEntries(s *awsapi.Shape, elements []*element, c awsapi.Casing) (value.Value, error) {
	keyName, valueName := entryNames(s)
	var b value.ObjectBuilder
	for _, e := range elements {
		key, item := e.child(keyName), e.child(valueName)
		if key == nil || item == nil {
			continue
		}
		read, err := readXML(s.Element, item, c)
		if err != nil {
			return value.Value{}, fmt.Errorf(".%s%w", shorten(string(key.text)), err)
		}
		b.Set(string(key.text), read)
	}
	return b.Value(), nil
}

// readXMLMembers reads the members of a structure that are in a body. Unknown
// elements are passed over.
func readXMLMembers(out *members, s *awsapi.Shape, e *element, c awsapi.Casing) error {
	byName := make(map[string][]*element, len(e.children))
	for _, child := range e.children {
		byName[child.name] = append(byName[child.name], child)
	}
	for _, m := range s.InOrder() {
		if m.Location != awsapi.Body {
			continue
		}
		if m.Attribute {
			_, local, found := strings.Cut(m.WireName, ":")
			if !found {
				local = m.WireName
			}
			for _, a := range e.attributes {
				if a.Name.Local == local {
					out.set(m, value.OfString(a.Value))
				}
			}
			continue
		}
		read, err := readXMLMember(m, byName, c)
		if err != nil {
			return fmt.Errorf(".%s%w", m.WireName, err)
		}
		out.set(m, read)
	}
	return nil
}

func readXMLMember(m *awsapi.Member, byName map[string][]*element, c awsapi.Casing) (value.Value, error) {
	name := m.WireName
	flattened := m.Flattened || m.Shape.Flattened
	if flattened && m.Shape.Kind == awsapi.List && m.Shape.ElementName != "" {
		name = m.Shape.ElementName
	}
	found := byName[name]
	switch {
	case len(found) == 0:
		return value.Value{}, nil
	case flattened && m.Shape.Kind == awsapi.List:
		return readXMLItems(m.Shape, found, c)
	case flattened && m.Shape.Kind == awsapi.Map:
		return readXMLEntries(m.Shape, found, c)
	}
	return readXML(m.Shape, found[0], c)
}

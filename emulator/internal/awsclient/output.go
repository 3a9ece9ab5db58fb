package awsclient

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file makes the output of a call from what the protocols have read.

// members collects those of a structure.
type members struct {
	shape  *awsapi.Shape
	values []value.Value // by Member.Index; no value: not there
}

func newMembers(s *awsapi.Shape) members {
	return members{s, make([]value.Value, len(s.InOrder()))}
}

func (m *members) set(of *awsapi.Member, v value.Value) { m.values[of.Index] = v }

// object returns the members that are there in alphabetical order; a streaming
// body comes last.
func (m *members) object(c awsapi.Casing) value.Value {
	var b value.ObjectBuilder
	var stream value.Value
	streamName := ""
	for name, of := range m.shape.Members(c) {
		v := m.values[of.Index]
		switch {
		case !v.Exists():
		case of == m.shape.Payload && isStream(of):
			stream, streamName = v, name
		default:
			b.Set(name, v)
		}
	}
	if stream.Exists() {
		b.Set(streamName, stream)
	}
	return b.Value()
}

func isStream(m *awsapi.Member) bool { return m.Streaming || m.Shape.Streaming }

// scalar returns the output of a text that is no list, map or structure.
func scalar(s *awsapi.Shape, text string, c awsapi.Casing) (value.Value, error) {
	switch s.Kind {
	case awsapi.String:
		return value.OfString(text), nil
	case awsapi.Blob:
		content, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return value.Value{}, fmt.Errorf(": expected base64, got %s", describe(value.OfString(text)))
		}
		return textOf(content), nil
	case awsapi.Timestamp:
		if t, ok := parseTimestamp(text); ok {
			return outputTime(t, c), nil
		}
	case awsapi.Integer, awsapi.Float:
		if v, err := value.Parse(text); err == nil && v.Kind() == value.Number {
			return v, nil
		}
		if v := value.OfString(text); s.Kind == awsapi.Float && isSpecialFloat(v) {
			return v, nil
		}
	case awsapi.Boolean:
		if text == "true" || text == "false" {
			return value.OfBool(text == "true"), nil
		}
	}
	return value.Value{}, unexpected(s, value.OfString(text))
}

// textOf returns bytes as Step Functions shows them: as the text that they are in
// UTF-8.
func textOf(content []byte) value.Value {
	return value.OfString(strings.ToValidUTF8(string(content), "\uFFFD"))
}

// unexpected says that an answer has another value than the model.
func unexpected(s *awsapi.Shape, v value.Value) error {
	return fmt.Errorf(": expected %s, got %s", expected[s.Kind], describe(v))
}

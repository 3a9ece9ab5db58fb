package intrinsic

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// jsonMerge merges two objects, not their members: the members of the second one
// replace those of the first, in their places (recorded). The service does not
// support the deep merge of the specification; whatever is not true stands for a
// shallow one (F-111).
func jsonMerge(in *invocation) (value.Value, error) {
	first, err := in.object(0)
	if err != nil {
		return value.Value{}, err
	}
	second, err := in.object(1)
	if err != nil {
		return value.Value{}, err
	}
	if in.values[2].Bool() {
		return value.Value{}, in.invalid()
	}
	var merged value.ObjectBuilder
	for _, v := range []value.Value{first, second} {
		for name, member := range v.Members() {
			merged.Set(name, member)
		}
	}
	return merged.Value(), nil
}

// stringToJSON parses a string. A blank one gives null (F-129), and -0 is 0 (recorded).
func stringToJSON(in *invocation) (value.Value, error) {
	text, err := in.text(0)
	if err != nil {
		return value.Value{}, err
	}
	if strings.Trim(text, " \t\r\n") == "" {
		return value.NullValue, nil
	}
	v, err := value.Parse(text)
	if err != nil {
		return value.Value{}, in.noJSON(err)
	}
	if v.NumberText() == "-0" {
		return value.OfInt(0), nil
	}
	return v, nil
}

// noJSON says why a text is not JSON, in the words of Jackson. The place of an
// unexpected character is its own (recorded), not the one behind it.
func (in *invocation) noJSON(err error) error {
	suffix := ""
	if bad := new(value.SyntaxError); errors.As(err, &bad) {
		column := bad.Column
		if strings.HasPrefix(bad.Message, "Unexpected character ") {
			column--
		}
		suffix = fmt.Sprintf(", caused by: %s\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: %d, column: %d]",
			bad.Message, bad.Line, column)
	}
	return in.failure("Cannot convert String to Json", suffix)
}

// jsonToString returns compact JSON text.
func jsonToString(in *invocation) (value.Value, error) {
	return value.OfString(in.values[0].String()), nil
}

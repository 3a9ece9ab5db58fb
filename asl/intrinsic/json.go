package intrinsic

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// jsonMerge merges two objects, not their members: the members of the second one
// replace those of the first, in their places (recorded). The service does not
// support the deep merge of the specification.
func jsonMerge(in *invocation) (value.Value, error) {
	first, err := in.object(0)
	if err != nil {
		return value.Value{}, err
	}
	second, err := in.object(1)
	if err != nil {
		return value.Value{}, err
	}
	switch deep := in.values[2]; {
	case deep.Kind() != value.Bool:
		return value.Value{}, wrongArgument(2, "false", deep)
	case deep.Bool():
		return value.Value{}, errors.New("argument 3: expected false, since deep merging is not supported, got true")
	}
	var merged value.ObjectBuilder
	for _, v := range []value.Value{first, second} {
		for name, member := range v.Members() {
			merged.Set(name, member)
		}
	}
	return merged.Value(), nil
}

// stringToJSON parses a string. A blank one gives null, and -0 is 0 (recorded).
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
		return value.Value{}, fmt.Errorf("argument 1: expected JSON, got %s: %w", brief(in.values[0]), err)
	}
	if v.NumberText() == "-0" {
		return value.OfInt(0), nil
	}
	return v, nil
}

// jsonToString returns compact JSON text.
func jsonToString(in *invocation) (value.Value, error) {
	return value.OfString(in.values[0].String()), nil
}

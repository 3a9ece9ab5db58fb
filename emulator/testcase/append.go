package testcase

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file adds cases to test files.

// Append returns the text of a test file with the cases of another one, in the same format,
// behind its own. What the file has in YAML stays as it is written: the list of cases must
// be its last member, in lines of their own. name is that of the file, for its ending and
// for places. The error is [Mistakes] of either text or of the two together, such as a name
// that is there already, or says why the cases cannot be added.
func Append(name, text, added string) (string, error) {
	before, err := Parse(name, text)
	if err != nil {
		return "", err
	}
	more, err := Parse(name, added)
	if err != nil {
		return "", err
	}
	together, err := appendJSON(text, added)
	if !strings.EqualFold(filepath.Ext(name), ".json") {
		together, err = appendYAML(text, added)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	after, err := Parse(name, together)
	if err != nil {
		return "", err
	}
	if len(after.Cases) != len(before.Cases)+len(more.Cases) {
		return "", fmt.Errorf("%s: %w", name, errPlace)
	}
	return together, nil
}

var errPlace = errors.New("cases can be added only where the list of cases is the last member of the file, with a line for each case")

// appendJSON adds cases to JSON, which is laid out anew.
func appendJSON(text, added string) (string, error) {
	before, err := value.Parse(text)
	if err != nil {
		return "", err
	}
	more, err := value.Parse(added)
	if err != nil {
		return "", err
	}
	cases := slices.Concat(before.Get("cases").Slice(), more.Get("cases").Slice())
	var b bytes.Buffer
	if err := json.Indent(&b, before.With("cases", value.OfSlice(cases)).AppendJSON(nil), "", "  "); err != nil {
		return "", err
	}
	return b.String() + "\n", nil
}

// appendYAML adds the lines of cases to YAML, with the indentation of those that it has.
func appendYAML(text, added string) (string, error) {
	_, lines, ok := strings.Cut(added, "cases:\n")
	indent, found := indentation(text)
	if !ok || !found {
		return "", errPlace
	}
	var b strings.Builder
	b.WriteString(strings.TrimRight(text, " \n") + "\n")
	own, _ := indentation(added)
	for line := range strings.Lines(lines) {
		b.WriteString(indent + strings.TrimPrefix(line, own))
	}
	return b.String(), nil
}

// indentation is what the lines of cases begin with.
func indentation(text string) (indent string, found bool) {
	_, lines, ok := strings.Cut("\n"+text, "\ncases:")
	if !ok {
		return "", false
	}
	for line := range strings.Lines(lines) {
		if inside := strings.TrimLeft(line, " "); strings.HasPrefix(inside, "- ") {
			return line[:len(line)-len(inside)], true
		}
	}
	return "", false
}

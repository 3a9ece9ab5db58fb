package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// This file adds test cases to a mock configuration. What the file has stays as it is
// written.

// ErrCaseExists says that a state machine has a test case of that name.
var ErrCaseExists = errors.New("the state machine has a test case of this name")

// Below reports whether the file is in a folder, or below it, with links followed; it is in
// no folder "".
func (f *File) Below(folder string) bool {
	if folder == "" {
		return false
	}
	inside, err := filepath.Abs(folder)
	path, wrong := filepath.Abs(f.path)
	return errors.Join(err, wrong) == nil && sourcefile.Contains(inside, path) == nil
}

// Append adds a recording as a test case of a state machine, and replaces the file at once.
// It fails with ErrCaseExists, with [Mistakes] that the file has, and if the file is changed
// meanwhile.
func (f *File) Append(machine, testCase string, r *Recording) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	path, err := filepath.EvalSymlinks(f.path)
	if err != nil {
		return err
	}
	before, err := sourcefile.Named(path)
	if err != nil {
		return err
	}
	after, err := appendCase(f.path, string(before), machine, testCase, r)
	if err != nil {
		return err
	}
	return replaceFile(path, before, []byte(after))
}

// replaceFile writes a file if it still has the text before.
func replaceFile(path string, before, after []byte) error {
	if now, err := sourcefile.Named(path); err != nil || !bytes.Equal(now, before) {
		return errors.Join(err, fmt.Errorf("%s was changed meanwhile; nothing was written", path))
	}
	return sourcefile.Replace(path, after, 0o644)
}

// appendCase adds a test case to the text of a configuration.
func appendCase(name, text, machine, testCase string, r *Recording) (string, error) {
	config, err := Parse(name, text)
	if err != nil {
		return "", err
	}
	if config.machines[machine][testCase] != nil {
		return "", ErrCaseExists
	}
	document := value.MustParse(text) // Parse has read it
	taken := document.Get(mockedResponses)
	states, responses := r.responses(testCase, func(name string) bool { return taken.Get(name).Exists() })
	inserted := make([]insertion, 0, 2)
	for response, v := range responses.Members() {
		inserted = append(inserted, insertion{[]string{mockedResponses, response}, v})
	}
	inserted = append(inserted, insertion{[]string{stateMachines, machine, testCases, testCase}, states})
	for _, one := range inserted {
		if text, err = one.into(text); err != nil {
			return "", err
		}
	}
	if _, err := Parse(name, text); err != nil {
		return "", fmt.Errorf("the test case does not fit into the file: %w", err)
	}
	return text, nil
}

// An insertion is a member that is added to an object of a text.
type insertion struct {
	path  []string // of the member
	value value.Value
}

// into adds the member, and the objects around it that are missing.
func (in insertion) into(text string) (string, error) {
	table := position.JSON(text)
	pointer, depth := "", 0
	place, ok := table.Lookup(pointer)
	for ok && depth < len(in.path)-1 {
		next, found := table.Lookup(pointer + "/" + position.Escape(in.path[depth]))
		if !found {
			break
		}
		pointer, place, depth = pointer+"/"+position.Escape(in.path[depth]), next, depth+1
	}
	start, end := place.Value.Start.Offset, place.Value.End.Offset
	if !ok || end > len(text) || end <= start || text[start] != '{' || text[end-1] != '}' {
		return "", fmt.Errorf("%s: expected an object", shown(pointer))
	}
	v := in.value
	for i := len(in.path) - 1; i > depth; i-- {
		v = value.OfMembers(in.path[i], v)
	}
	outer := indentation(text, start)
	var member bytes.Buffer
	member.Write(value.AppendQuoted(nil, in.path[depth]))
	member.WriteString(": ")
	if err := json.Indent(&member, v.AppendJSON(nil), outer+indent, indent); err != nil {
		return "", err
	}
	inside := strings.TrimRight(text[start+1:end-1], " \t\r\n")
	if inside != "" {
		inside += ","
	}
	return text[:start+1] + inside + "\n" + outer + indent + member.String() + "\n" + outer + text[end-1:], nil
}

const indent = "  "

// indentation is the space that the line of an offset begins with.
func indentation(text string, offset int) string {
	line := text[strings.LastIndexByte(text[:offset], '\n')+1 : offset]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

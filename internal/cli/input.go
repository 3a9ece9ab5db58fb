package cli

import (
	"io"
	"strings"

	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// readInputFile reads a file that the command line names, or stdin for "-".
func readInputFile(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return sourcefile.Read(in)
	}
	return sourcefile.Named(name)
}

// readJSON reads the JSON that a flag gives: as it is, in @FILE, or - for stdin.
func readJSON(flag, given string, in io.Reader) (text string, v value.Value, err error) {
	text = given
	if name, ok := strings.CutPrefix(text, "@"); ok || text == "-" {
		if !ok {
			name = "-"
		}
		b, err := readInputFile(name, in)
		if err != nil {
			return "", v, exit(ExitUsage, "", "%s: %v", flag, err)
		}
		text = string(b)
	}
	if v, err = value.Parse(text); err != nil {
		return "", v, exit(ExitUsage, "JSON, @FILE, or - for stdin", "%s: %v", flag, err)
	}
	return text, v, nil
}

package cli

import (
	"io"
	"os"
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

// inputUsage says what readJSON takes.
const inputUsage = "JSON, the name of a file (also @FILE), or - for stdin"

// readJSON reads the JSON that a flag gives: as it is, in the file that it names,
// with or without @, or - for stdin.
func readJSON(flag, given string, in io.Reader) (text string, v value.Value, err error) {
	name, isFile := strings.CutPrefix(given, "@")
	if given == "-" {
		isFile = true
	}
	if !isFile {
		if v, err = value.Parse(given); err == nil {
			return given, v, nil
		}
		info, missing := os.Stat(given)
		if missing != nil || info.IsDir() {
			return "", v, exit(ExitUsage, inputUsage, "%s: %v", flag, err)
		}
	}
	b, err := readInputFile(name, in)
	if err != nil {
		return "", v, exit(ExitUsage, "", "%s: %v", flag, err)
	}
	if v, err = value.ParseBytes(b); err != nil {
		return "", v, exit(ExitUsage, inputUsage, "%s: %v", flag, err)
	}
	return string(b), v, nil
}

package cli

import (
	"io"

	"github.com/aslocal/aslocal/internal/sourcefile"
)

// readInputFile reads a file that the command line names, or stdin for "-".
func readInputFile(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return sourcefile.Read(in)
	}
	return sourcefile.Named(name)
}

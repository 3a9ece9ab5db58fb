package cli

import (
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/regular"
)

// This file opens what log events of state machines are written to.

// standardOutput is the name of a file that means the standard output.
const standardOutput = "-"

// openLogs returns the option that writes log events where the settings say, and what to
// close after the emulator. Without the setting both do nothing.
func (f *file) openLogs(c *cobra.Command, folder string) (option emulator.Option, closer io.Closer, err error) {
	switch f.logs {
	case "":
		return emulator.WithLogs(nil), io.NopCloser(nil), nil
	case standardOutput:
		return emulator.WithLogs(c.OutOrStdout()), io.NopCloser(nil), nil
	}
	opened, err := f.openLogFile(folder)
	if err != nil {
		return nil, nil, exit(ExitUsage, "logs names a file in the folder, or - for the standard output", "%s: logs: %v", f.name, err)
	}
	return emulator.WithLogs(opened), opened, nil
}

// openLogFile opens the file to append to, and makes it if it is not there. In settings
// that were found in the folder it must be inside of it.
func (f *file) openLogFile(folder string) (*os.File, error) {
	if f.named {
		path := f.logs
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		return os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600) // may be a pipe
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return regular.AppendIn(root, filepath.FromSlash(f.logs))
}

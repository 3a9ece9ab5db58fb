package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/sourcefile"
)

// This file finds the mock configuration: by --mocks, SFN_MOCK_CONFIG or mocks in
// aslocal.yaml, else under its usual name in the folder.

// mocksFile is what Step Functions Local calls a mock configuration.
const mocksFile = "MockConfigFile.json"

// resolveMocks makes the path of mocks one that can be opened, and checks that it
// is a file which the settings file may name. Without one, it is MockConfigFile.json
// if the folder has that.
func (f *file) resolveMocks(folder string) error {
	anywhere := f.named && f.mocks != ""
	name := cmp.Or(f.mocks, mocksFile)
	err := sourcefile.Contains(folder, name)
	if f.mocks == "" && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f.mocks = name
	if !filepath.IsAbs(name) {
		f.mocks = filepath.Join(folder, name)
	}
	if !anywhere && errors.Is(err, sourcefile.ErrOutside) {
		return exit(ExitUsage, "--mocks may name any file", "the mock configuration %s lies outside of the folder", f.mocks)
	}
	return nil
}

// checkMocks reports everything that is wrong with the mock configuration.
func (f *file) checkMocks() error {
	if f.mocks == "" {
		return nil
	}
	if err := emulator.CheckMocks(f.mocks); err != nil {
		return exit(ExitUsage, "", "%v", err)
	}
	return nil
}

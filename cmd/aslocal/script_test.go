package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The test binary is aslocal, too: scripts find it in PATH.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"aslocal": main}) }

// settings are the environment variables that aslocal reads; scripts must not
// see those of whoever runs them.
var settings = []string{
	"AWS_ACCOUNT_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "LAMBDA_ENDPOINT", "WAIT_TIME_SCALE", "NO_COLOR", "CLICOLOR_FORCE", "TERM", "LC_ALL", "LC_CTYPE",
}

// TestScripts runs the scripts in testdata/cli: each has the ways of one
// subcommand, or one odd case, with its files inside.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "cli"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for _, name := range settings {
				env.Setenv(name, "")
			}
			env.Setenv("LANG", "en_US.UTF-8")
			return nil
		},
	})
}

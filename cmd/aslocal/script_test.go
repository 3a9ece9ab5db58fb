package main

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the files that the scripts compare output with")

// The test binary is aslocal, too: scripts find it in PATH.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"aslocal": main}) }

// settings are the environment variables that aslocal reads. Scripts must not
// see those of the user who runs them.
var settings = []string{
	"ASLOCAL_S3_DIR", "AWS_ENDPOINT_URL_S3", "AWS_ACCOUNT_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "LAMBDA_ENDPOINT", "WAIT_TIME_SCALE", "SFN_MOCK_CONFIG", "AWS_ENDPOINT_URL_SFN", "GITHUB_ACTIONS", "NO_COLOR", "CLICOLOR_FORCE", "TERM", "LC_ALL", "LC_CTYPE",
}

// TestScripts runs the scripts in testdata/cli: each covers one subcommand, or
// one odd case, with its files inside.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "cli"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			for _, name := range settings {
				env.Setenv(name, "")
			}
			env.Setenv("LANG", "en_US.UTF-8")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // a second for each command, with the race detector
			return nil
		},
	})
}

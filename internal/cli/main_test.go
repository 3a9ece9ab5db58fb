package cli_test

import (
	"os"
	"testing"

	"github.com/aslocal/aslocal/internal/cli"
)

// asAslocal is the environment variable that makes the test binary aslocal.
const asAslocal = "ASLOCAL_TEST_AS_ASLOCAL"

func TestMain(m *testing.M) {
	if os.Getenv(asAslocal) != "" {
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Setenv("AWS_CONFIG_FILE", os.DevNull) // no test depends on the profiles of who runs it
	os.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	os.Setenv("GORACE", "atexit_sleep_ms=0") // processes that tests start need not wait a second as they end
	os.Exit(m.Run())
}

// root is the folder of the repository.
const root = "../.."

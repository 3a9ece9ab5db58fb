package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/value"
)

// Version is the version of aslocal. Releases set it when they are built.
var Version = "0.1.0-dev"

func newVersion() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Example: `  aslocal version
  aslocal version --json`,
		Args: positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if !asJSON {
				return printVersion(c)
			}
			_, err := fmt.Fprintln(c.OutOrStdout(), value.OfMembers("version", value.OfString(Version), "go", value.OfString(runtime.Version()),
				"os", value.OfString(runtime.GOOS), "arch", value.OfString(runtime.GOARCH), "commit", value.OfString(strings.TrimPrefix(commit(), ", "))))
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

func printVersion(c *cobra.Command) error {
	_, err := fmt.Fprintln(c.OutOrStdout(), "aslocal "+build())
	return err
}

// build is the version and what the binary was built from and for.
func build() string {
	return fmt.Sprintf("%s (%s, %s/%s%s)", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, commit())
}

// commit is the commit that the binary was built from, if the build knows it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return ", " + s.Value[:min(12, len(s.Value))]
		}
	}
	return ""
}

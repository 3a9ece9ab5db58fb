package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Version is the version of aslocal. Releases set it when they are built.
var Version = "0.1.0-dev"

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  positional(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return printVersion(c) },
	}
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

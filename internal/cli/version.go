package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/value"
)

// This file says which aslocal this is: what was built, from what, how and for what.

// NextVersion is the version of the next release. What is built from a clone before it has
// this one with -dev.
const NextVersion = "0.1.0"

const development = NextVersion + "-dev"

// release is the version that the linker writes into what is built without the history of
// the repository, such as from an archive of its files:
//
//	go build -ldflags "-X github.com/aslocal/aslocal/internal/cli.release=0.1.0" ./cmd/aslocal
var release string

// Version is the version of this aslocal, without a v: 0.1.0.
var Version = newBuild(debug.ReadBuildInfo()).version

func newVersion() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Print the version, and what aslocal was built from and for. With --json it is an object with everything that a report of a bug needs:

  version     0.1.0, or 0.1.0-dev when it was built between two releases
  module      the module, github.com/aslocal/aslocal
  commit      the commit that it was built from
  commitDate  when that was committed, in RFC 3339
  dirty       whether files had changed since that commit
  go          the version of Go that built it
  os, arch    what it was built for, in the words of Go
  build       the other settings of the build

What the build does not know is null: commit, commitDate and dirty, if it did not see the repository.`,
		Example: `  aslocal version
  aslocal version --json`,
		Args: positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if !asJSON {
				return printVersion(c)
			}
			_, err := fmt.Fprintln(c.OutOrStdout(), newBuild(debug.ReadBuildInfo()).json())
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

func printVersion(c *cobra.Command) error {
	_, err := fmt.Fprintln(c.OutOrStdout(), "aslocal "+newBuild(debug.ReadBuildInfo()).String())
	return err
}

// A build is what a binary was built from.
type build struct {
	version, module           string
	commit, commitDate, dirty string // "" if it is not known; dirty is true or false
	settings                  []debug.BuildSetting
}

// newBuild reads what the Go command writes into a binary. ok is false if it has written
// nothing.
func newBuild(info *debug.BuildInfo, ok bool) build {
	b := build{version: cmp.Or(release, development), module: "github.com/aslocal/aslocal"}
	if !ok {
		return b
	}
	b.module = cmp.Or(info.Main.Path, b.module)
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.time":
			b.commitDate = s.Value
		case "vcs.modified":
			b.dirty = s.Value
		default:
			b.settings = append(b.settings, s)
		}
	}
	// A tag names the version if nothing has changed since. All else between releases has a
	// version that Go makes up, except what go install fetched at a commit.
	tagged := !strings.Contains(info.Main.Version, "+dirty") && !pseudo(info.Main.Version)
	if v, ok := strings.CutPrefix(info.Main.Version, "v"); ok && release == "" && (tagged || b.commit == "") {
		b.version = v
	}
	return b
}

// pseudo reports whether Go has made up the version for a commit without a tag, as in
// v0.1.1-0.20261129094511-f9483e7c0a4b.
func pseudo(version string) bool {
	version, _, _ = strings.Cut(version, "+")
	parts := strings.Split(version, "-")
	if len(parts) < 3 || len(parts[len(parts)-1]) != 12 {
		return false
	}
	stamp := parts[len(parts)-2]
	return len(stamp[strings.LastIndexByte(stamp, '.')+1:]) == len("20261129094511")
}

// String is the version with the most important of the rest, for people.
func (b build) String() string {
	from := ""
	if b.commit != "" {
		from = ", " + b.commit[:min(12, len(b.commit))]
	}
	if b.dirty == "true" {
		from += " with changes"
	}
	return fmt.Sprintf("%s (%s, %s/%s%s)", b.version, runtime.Version(), runtime.GOOS, runtime.GOARCH, from)
}

// json is all of it, for programs.
func (b build) json() value.Value {
	known := func(text string) value.Value {
		if text == "" {
			return value.NullValue
		}
		return value.OfString(text)
	}
	dirty := value.OfBool(b.dirty == "true")
	if b.dirty == "" {
		dirty = value.NullValue
	}
	var settings []any
	for _, s := range b.settings {
		settings = append(settings, s.Key, value.OfString(s.Value))
	}
	return value.OfMembers("version", value.OfString(b.version), "module", value.OfString(b.module),
		"commit", known(b.commit), "commitDate", known(b.commitDate), "dirty", dirty,
		"go", value.OfString(runtime.Version()), "os", value.OfString(runtime.GOOS), "arch", value.OfString(runtime.GOARCH),
		"build", value.OfMembers(settings...))
}

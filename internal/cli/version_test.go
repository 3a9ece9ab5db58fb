package cli

import (
	"bytes"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// The version comes from the linker, from a tag, or from what go install has fetched; else it
// is that of development.
func TestNewBuild(t *testing.T) {
	const commit = "f9483e7c0a4b52fd3d0f5a5d6f5d0a3c1b2e4f60"
	vcs := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "CGO_ENABLED", Value: "0"}, {Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: commit},
			{Key: "vcs.time", Value: "2026-11-29T09:45:11Z"}, {Key: "vcs.modified", Value: modified}}
	}
	for _, test := range []struct {
		name, release, module string
		settings              []debug.BuildSetting
		want                  string
	}{
		{"nothing is known", "", "", nil, development},
		{"in a clone, without its history", "", "(devel)", nil, development},
		{"the linker says it", "0.3.0", "(devel)", nil, "0.3.0"},
		{"the linker goes before a tag", "0.3.0", "v0.2.0", vcs("false"), "0.3.0"},
		{"at a tag", "", "v0.2.0", vcs("false"), "0.2.0"},
		{"at a tag of a candidate", "", "v0.2.0-rc.1", vcs("false"), "0.2.0-rc.1"},
		{"at a tag whose suffix has three parts", "", "v0.2.0-a-b-123456789012", vcs("false"), "0.2.0-a-b-123456789012"},
		{"at a tag, with changes", "", "v0.2.0+dirty", vcs("true"), development},
		{"before the first tag", "", "v0.0.0-20261129094511-f9483e7c0a4b", vcs("false"), development},
		{"after a tag", "", "v0.2.1-0.20261129094511-f9483e7c0a4b", vcs("false"), development},
		{"after a tag of a candidate, with changes", "", "v0.2.0-rc.1.0.20261129094511-f9483e7c0a4b+dirty", vcs("true"), development},
		{"go install at a version", "", "v0.2.0", nil, "0.2.0"},
		{"go install at a commit", "", "v0.2.1-0.20261129094511-f9483e7c0a4b", nil, "0.2.1-0.20261129094511-f9483e7c0a4b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer func(before string) { release = before }(release)
			release = test.release
			info := &debug.BuildInfo{Main: debug.Module{Path: "github.com/aslocal/aslocal", Version: test.module}, Settings: test.settings}
			if got := newBuild(info, true).version; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	if got := newBuild(nil, false); got.version != development || got.module != "github.com/aslocal/aslocal" {
		t.Errorf("without what Go writes: got %+v", got)
	}
}

// Programs get all that is known, and null for what is not.
func TestVersionAsJSON(t *testing.T) {
	known := build{version: "0.2.0", module: "m", commit: "f9483e7c0a4b52fd3d0f", commitDate: "2026-11-29T09:45:11Z", dirty: "true",
		settings: []debug.BuildSetting{{Key: "-trimpath", Value: "true"}}}
	target := `"go":"` + runtime.Version() + `","os":"` + runtime.GOOS + `","arch":"` + runtime.GOARCH + `"`
	for _, test := range []struct {
		b          build
		json, text string
	}{
		{known, `{"version":"0.2.0","module":"m","commit":"f9483e7c0a4b52fd3d0f","commitDate":"2026-11-29T09:45:11Z","dirty":true,` + target + `,"build":{"-trimpath":"true"}}`,
			"0.2.0 (" + runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH + ", f9483e7c0a4b with changes)"},
		{build{version: "0.2.0", module: "m"}, `{"version":"0.2.0","module":"m","commit":null,"commitDate":null,"dirty":null,` + target + `,"build":{}}`,
			"0.2.0 (" + runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH + ")"},
	} {
		if got := test.b.json().String(); got != test.json {
			t.Errorf("got  %s\nwant %s", got, test.json)
		}
		if got := test.b.String(); got != test.text {
			t.Errorf("got %s, want %s", got, test.text)
		}
	}
}

// Everybody can read it.
func TestVersionCommand(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := Main([]string{"version", "--json"}, strings.NewReader(""), &stdout, &stderr)
	v, err := value.Parse(stdout.String())
	if code != ExitOK || err != nil || stderr.Len() > 0 || v.Get("version").Text() != Version || v.Get("go").Text() != runtime.Version() {
		t.Errorf("got %d, %s, %s, %v", code, &stdout, &stderr, err)
	}
}

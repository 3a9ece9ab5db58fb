package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// These tests read the Dockerfile. image_linux_test.go builds an image of it.

// An instruction is one of a Dockerfile.
type instruction struct{ name, rest string }

// A stage is what a FROM begins.
type stage struct {
	name, from   string
	instructions []instruction
}

// stages reads the Dockerfile of the repository.
func stages(t *testing.T) []stage {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var found []stage
	joined := strings.ReplaceAll(regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(string(text), ""), "\\\n", "")
	for line := range strings.Lines(joined) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "":
		case "FROM":
			words := slices.DeleteFunc(strings.Fields(rest), func(s string) bool { return strings.HasPrefix(s, "--") })
			s := stage{from: words[0]}
			if len(words) == 3 && words[1] == "AS" {
				s.name = words[2]
			}
			found = append(found, s)
		default:
			last := &found[len(found)-1]
			last.instructions = append(last.instructions, instruction{name, strings.TrimSpace(rest)})
		}
	}
	return found
}

// get returns the one instruction of a name.
func (s stage) get(t *testing.T, name string) string {
	t.Helper()
	var all []string
	for _, i := range s.instructions {
		if i.name == name {
			all = append(all, i.rest)
		}
	}
	if len(all) != 1 {
		t.Fatalf("stage %q has %d instructions %s, want one", s.name, len(all), name)
	}
	return all[0]
}

// exec reads the exec form of an instruction: without a shell there is no other.
func execForm(t *testing.T, text string) (words []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return words
}

// The image runs as nobody, from nothing, and what it runs exists.
func TestDockerfile(t *testing.T) {
	all := stages(t)
	var names []string
	for _, s := range all {
		names = append(names, s.name)
		for _, i := range s.instructions {
			from := regexp.MustCompile(`^--from=(\S+)`).FindStringSubmatch(i.rest)
			if from != nil && !slices.Contains(names, from[1]) {
				t.Errorf("%s %s: no stage before has that name", i.name, i.rest)
			}
			if strings.Contains(i.rest, "://") && (i.name == "ADD" || i.name == "RUN") {
				t.Errorf("%s %s: fetches something that is not pinned", i.name, i.rest)
			}
		}
	}
	if want := []string{"base", "prebuilt", "build", ""}; !slices.Equal(names, want) {
		t.Fatalf("stages: got %q, want %q", names, want)
	}
	base, prebuilt, build, image := all[0], all[1], all[2], all[3]
	if base.from != "scratch" || prebuilt.from != "base" || image.from != "base" {
		t.Errorf("the images are made from %s, %s and %s", base.from, prebuilt.from, image.from)
	}
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if want := "golang:" + string(goVersion.FindSubmatch(module)[1]); build.from != want {
		t.Errorf("it is built by %s, and go.mod wants %s", build.from, want)
	}
	user, group, _ := strings.Cut(base.get(t, "USER"), ":")
	for _, id := range []string{user, group} { // Kubernetes checks only numbers
		if n, err := strconv.Atoi(id); err != nil || n < 1000 {
			t.Errorf("the user is %s:%s, want numbers that are nobody's", user, group)
		}
	}
	if got, want := base.get(t, "COPY"), "--chown="+user+":"+group+" internal/release/image/ /"; got != want {
		t.Errorf("COPY %s, want %s: the user has to own /data", got, want)
	}
	if volume := base.get(t, "VOLUME"); volume != "/data" || base.get(t, "ENV") != "TMPDIR="+volume {
		t.Errorf("the volume is %s, and ENV %s", volume, base.get(t, "ENV"))
	}
	program := execForm(t, base.get(t, "ENTRYPOINT"))
	if !slices.Equal(program, []string{"/aslocal"}) {
		t.Errorf("ENTRYPOINT: %q", program)
	}
	_, check, _ := strings.Cut(base.get(t, "HEALTHCHECK"), "CMD ")
	if got, want := execForm(t, check), []string{"/aslocal", "health", "--endpoint", "http://127.0.0.1:" + base.get(t, "EXPOSE")}; !slices.Equal(got, want) {
		t.Errorf("HEALTHCHECK: got %q, want %q", got, want)
	}
	if got, want := execForm(t, base.get(t, "CMD")), []string{"serve", "/project", "--host", "0.0.0.0", "--allow-host", "*", "--data", "/data"}; !slices.Equal(got, want) {
		t.Errorf("CMD: got %q, want %q", got, want)
	}
	if folder := base.get(t, "WORKDIR"); folder != "/project" {
		t.Errorf("WORKDIR %s", folder)
	}
}

// The build of the image sees each file that Git has: else the binary says that there were
// changes.
func TestDockerignore(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	listed, err := git(t.Context(), "../..", "ls-files")
	if err != nil {
		t.Skipf("this is no clone: %v", err)
	}
	ignored, err := os.ReadFile("../../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(ignored)) {
		pattern := strings.TrimSuffix(strings.TrimSpace(line), "/")
		if pattern == "" || strings.HasPrefix(pattern, "#") || strings.HasPrefix(pattern, "!") {
			continue
		}
		n++
		for file := range strings.Lines(listed) {
			parts := strings.Split(strings.TrimSpace(file), "/")
			if anywhere, ok := strings.CutPrefix(pattern, "**/"); ok {
				for _, part := range parts {
					if match, err := filepath.Match(anywhere, part); match || err != nil {
						t.Errorf("%s leaves out %s (%v)", pattern, file, err)
					}
				}
				continue
			}
			top := strings.TrimPrefix(pattern, "/")
			for i := range parts {
				if match, err := filepath.Match(top, strings.Join(parts[:i+1], "/")); match || err != nil {
					t.Errorf("%s leaves out %s (%v)", pattern, file, err)
				}
			}
		}
	}
	if n == 0 {
		t.Error("no patterns found; the test looks for the wrong thing")
	}
}

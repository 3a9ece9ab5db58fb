package emulator

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/awsapi"
)

// Every resource that the tasks of real state machines have is called by a runner.
func TestRealResourcesHaveRunners(t *testing.T) {
	const folder = "../../shared/definitions"
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("%s is not there", folder)
	}
	em := RunT(t)
	seen := 0
	check := func(place, text string) {
		r, err := asl.ParseResource(text)
		if err != nil {
			t.Errorf("%s: %s: %v", place, text, err)
			return
		}
		seen++
		if r.Kind == asl.Activity {
			return // its workers answer
		}
		if !em.tasks.Has(r) {
			t.Errorf("%s: %s has no runner", place, text)
		}
		if _, _, err := awsapi.FindSDK(r.Service, r.Action); r.SDK && (err != nil) != unknownActions[r.Service+":"+r.Action] {
			t.Errorf("%s: %s: %v", place, text, err)
		}
	}
	listed, err := os.ReadFile(filepath.Join(folder, "RESOURCES.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(listed), "\n## resource\n")
	table, _, _ = strings.Cut(table, "\n## ")
	for _, row := range regexp.MustCompile(`(?m)^\| \d+ \| ([a-z0-9-]+:\S+) \|$`).FindAllStringSubmatch(table, -1) {
		check("RESOURCES.md", "arn:aws:states:::"+row[1])
	}
	if seen < 50 {
		t.Errorf("RESOURCES.md has %d resources of services, want at least 50", seen)
	}
	err = fs.WalkDir(os.DirFS(folder), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".json") {
			return err
		}
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		d, _ := asl.Parse(string(text))
		if d == nil {
			return nil // broken on purpose
		}
		d.AllStates(func(_ *asl.Workflow, s *asl.State) {
			if resource := s.Fields.Get("Resource").Text(); s.Type == asl.Task && strings.HasPrefix(resource, "arn:") && !strings.Contains(resource, "${") {
				check(name, resource)
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 300 {
		t.Errorf("saw %d resources, want at least 300", seen)
	}
}

// unknownActions are actions of the AWS SDK that definitions name and AWS has not, or
// has no more.
var unknownActions = map[string]bool{"appsync:graphql": true, "lookoutvision:describeModel": true, "lookoutvision:startModel": true}

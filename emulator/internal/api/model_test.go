package api

import (
	"bufio"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestRequestsAreTheModel holds the tags of all requests against the model of the
// service: the same actions, and of each the same members in the same order, with the
// same types and constraints. testdata/constraints.txt says where the service itself
// differs from its model.
func TestRequestsAreTheModel(t *testing.T) {
	model := readModel(t)
	actions := new(API).Actions()
	if got, want := slices.Sorted(maps.Keys(actions)), slices.Sorted(maps.Keys(model)); !slices.Equal(got, want) {
		t.Fatalf("actions: got %v, want %v", got, want)
	}
	for name, action := range actions {
		if got, want := action.Members(), model[name]; !slices.Equal(got, want) {
			t.Errorf("%s: got\n\t%s\nwant\n\t%s", name, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
	}
}

// readModel returns the lines of each action.
func readModel(t *testing.T) map[string][]string {
	t.Helper()
	f, err := os.Open("testdata/constraints.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	model, action := map[string][]string{}, ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		switch line := lines.Text(); {
		case line == "" || line[0] == '#':
		case line[0] == '\t':
			model[action] = append(model[action], line[1:])
		default:
			action = line
			model[action] = nil
		}
	}
	return model
}

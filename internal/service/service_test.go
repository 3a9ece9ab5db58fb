package service

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The table is read, and what it says of each action fits together.
func TestServices(t *testing.T) {
	if _, err := parseServices(servicesText); err != nil {
		t.Fatal(err)
	}
	if n := len(Actions()); n < 66 {
		t.Errorf("%d actions, want at least 66", n)
	}
	operation := regexp.MustCompile(`^[A-Z][A-Za-z]+$`)
	for _, a := range Actions() {
		s := a.Service
		if got, ok := Find(s.Name, a.Name); !ok || got != a {
			t.Errorf("%s is not found by its names", a)
		}
		if a.ForTasks() == (s.Prefix == "") {
			t.Errorf("%s: its errors have the prefix %q", a, s.Prefix)
		}
		if (a.API == "") != (a.Operation == "") || a.Operation == "" && (a.Sends != nil || a.Answers != nil || a.Job != nil) {
			t.Errorf("%s calls the operation %q of %q", a, a.Operation, a.API)
		}
		if s.Protocol != "" && s.Base == "" {
			t.Errorf("%s: no class for the errors that its API does not declare", a)
		}
		if a.Has(".sync:2") && !a.Has(".sync") {
			t.Errorf("%s has .sync:2 and no .sync", a)
		}
		if a.Reads && a.Writes || !a.ForTasks() && a.Patterns != nil {
			t.Errorf("%s: what Map Runs call either reads or writes, in no pattern", a)
		}
		var names []string
		for _, p := range a.Parameters {
			if names = append(names, p.Name); !operation.MatchString(p.Name) {
				t.Errorf("%s: %s cannot be a parameter", a, p.Name)
			}
		}
		if slices.Sort(names); len(slices.Compact(names)) != len(a.Parameters) {
			t.Errorf("%s has a parameter twice", a)
		}
		j := a.Job
		if a.Has(".sync") != (j != nil) && a.String() != "eks:runJob" {
			t.Errorf("%s: .sync wants a job, and a job .sync", a)
		}
		if j == nil {
			continue
		}
		if !operation.MatchString(j.Poll) || j.Cancel != "" && !operation.MatchString(j.Cancel) {
			t.Errorf("%s: polled by %q, cancelled by %q", a, j.Poll, j.Cancel)
		}
		if j.PollWith == nil || (j.Cancel == "") != (j.CancelWith == nil) || j.Result != "" && j.ResultOf != nil {
			t.Errorf("%s: it is not said what its job is polled, cancelled or shown with", a)
		}
		if j.Status == "" || j.Absent != (len(j.Succeeded) == 0) {
			t.Errorf("%s: nothing says when its job has succeeded", a)
		}
		for _, status := range j.Succeeded {
			if slices.Contains(j.Failed, status) {
				t.Errorf("%s: %s is success and failure", a, status)
			}
		}
	}
}

func TestClass(t *testing.T) {
	for _, c := range []struct{ service, code, want string }{
		{"lambda", "ResourceNotFoundException", "ResourceNotFoundException"},
		{"lambda", "AccessDeniedException", "AWSLambdaException"},
		{"states", "StateMachineDoesNotExist", "StateMachineDoesNotExistException"},
		{"states", "ValidationException", "ValidationException"},
		{"states", "AccessDeniedException", "AWSStepFunctionsException"},
	} {
		s, ok := Lookup(c.service)
		if !ok {
			t.Fatalf("no service %s", c.service)
		}
		if got := s.Class(c.code); got != c.want {
			t.Errorf("%s: %s is of class %s, want %s", c.service, c.code, got, c.want)
		}
	}
}

func TestParseServices(t *testing.T) {
	for _, c := range []struct{ source, wrong string }{
		{"service s { protocol json errors S action a .sync {A* B ...} job P {} Q.R succeeded (X) failed (Y) cancel Z {} }", ""},
		{"service s { api t metadata action a calls u:B sends {A=B} answers {C=request.D} job P {E=[F.G]} H.I where J succeeded (X) result {K=L} cancel Z {M=reason} }", ""},
		{"service s { action a calls b:C direct {} job P {A=B} Q succeeded (X) result R }", ""},
		{"service s { action a sends {A B} }", `line 1: expected '=', got "B"`},
		{"service s { action a answers {A=[B} }", `line 1: expected ']', got "}"`},
		{"service s { } service s { }", "line 1: s is there twice"},
		{"service s { action a action a }", "line 1: s:a is there twice"},
		{"s { }", `line 1: expected a service, got "s"`},
		{"service s { speed 1 }", `line 1: expected a fact or an action, got "speed"`},
		{"service s { action a .later }", `line 1: expected a fact or an action, got ".later"`},
		{"service s { action a {... A} }", `line 1: expected '}', got "A"`},
		{"service s { action a job P {} Q failed (X) }", `line 1: expected succeeded, got "failed"`},
		{"service s {\n exceptions (A", `line 2: expected an exception, got ""`},
		{"service s { action a {", `line 1: expected a parameter, got ""`},
	} {
		_, err := parseServices(c.source)
		if got := said(err); got != c.wrong {
			t.Errorf("%s\n got %s\nwant %s", c.source, got, c.wrong)
		}
	}
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzParseServices reads anything, and ends.
func FuzzParseServices(f *testing.F) {
	f.Add(strings.SplitAfterN(servicesText, "\n}\n", 3)[0])
	f.Add("service s { action a .sync {A* ...} job P Q succeeded (absent) }")
	f.Fuzz(func(t *testing.T, source string) {
		if _, err := parseServices(source); err != nil && !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("an error without a line: %v", err)
		}
	})
}

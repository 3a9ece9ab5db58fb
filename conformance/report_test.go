package conformance

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

// fixed is a target whose executions end as their ids say.
type fixed struct{}

func (fixed) Run(_ context.Context, c *Case) (*Outcome, error) {
	switch {
	case strings.HasSuffix(c.ID, "/skip"):
		return nil, &Skip{"not here"}
	case strings.HasSuffix(c.ID, "/broken"):
		return nil, errors.New("connection refused")
	case strings.HasSuffix(c.ID, "/bad"):
		return &Outcome{Status: "ABORTED"}, nil
	}
	return &Outcome{Status: "SUCCEEDED"}, nil
}

func TestReport(t *testing.T) {
	files := fstest.MapFS{"known.json": {Data: []byte(`{"b/bad": "not yet", "b/good": "never", "b/skip": "neither"}`)}}
	for _, id := range []string{"a/good", "a/bad", "a/broken", "a/skip", "b/bad", "b/good", "b/skip", "long-name/good"} {
		files[id+".json"] = &fstest.MapFile{Data: []byte(minimal)}
	}
	cases, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	known, err := LoadKnown(files, cases)
	if err != nil {
		t.Fatal(err)
	}
	report := Run(t.Context(), fixed{}, cases, known)
	var b strings.Builder
	if err := report.Write(&b); err != nil {
		t.Fatal(err)
	}
	const want = `FAIL a/bad
     c (spec: s)
     /expect/status: got ABORTED, want SUCCEEDED
FAIL a/broken: connection refused
SKIP a/skip: not here
SKIP b/bad: known to fail: not yet
FAIL b/good: passes, but is in known.json: take it out
SKIP b/skip: not here

area        PASS  FAIL  SKIP
a              1     2     1
b              0     1     2
long-name      1     0     0

2 passed, 3 failed, 3 skipped
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if report.OK() {
		t.Error("a report with failures is not OK")
	}
	if !Run(t.Context(), fixed{}, cases[2:3], nil).OK() { // a/good
		t.Error("a report without failures is OK")
	}
}

func TestLoadKnownMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`{"a/y": "r"}`: "known.json: /a~1y: no such case",
		`{"a/x": ""}`:  `known.json: /a~1x: expected the reason, got ""`,
		`[]`:           "known.json: expected kind object, got []",
	} {
		_, err := LoadKnown(fstest.MapFS{"known.json": {Data: []byte(text)}}, []Case{{ID: "a/x"}})
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	if known, err := LoadKnown(fstest.MapFS{}, nil); err != nil || len(known) != 0 {
		t.Errorf("without the file: got %v, %v", known, err)
	}
}

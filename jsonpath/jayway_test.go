package jsonpath

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// This file compares the package with what Jayway JsonPath 2.0.0 answers: to
// the cases of testdata/jayway.json, and to a larger collection that is not
// part of this repository. Both are in the same format, which its README tells.

func TestJayway(t *testing.T) {
	runJayway(t, "testdata/jayway.json", 390)
}

func TestJaywayCollection(t *testing.T) {
	const file = "../../shared/jsonpath/jayway_2_0_0_cases.json"
	if _, err := os.Stat(file); err != nil {
		t.Skipf("the collection of answers of Jayway 2.0.0 is not here: %v", err)
	}
	runJayway(t, file, 1500)
}

// A jaywayCase is a query on a document, with the answers of the engine with
// its two providers.
type jaywayCase struct {
	ID              string        `json:"id"`
	Query           string        `json:"query"`
	Document        string        `json:"document"`
	Note            string        `json:"note"`
	Expect          jaywayAnswer  `json:"expect"`
	ExpectIntrinsic *jaywayAnswer `json:"expect_intrinsic"`
}

// A jaywayAnswer is a result, or the exception and its message. A path that
// does not compile is neither definite nor not.
type jaywayAnswer struct {
	Definite *bool  `json:"definite"`
	Result   string `json:"result"`
	Error    string `json:"error"`
	Message  string `json:"message"`
}

func runJayway(t *testing.T, file string, least int) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []jaywayCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < least {
		t.Fatalf("got %d cases, want at least %d", len(cases), least)
	}
	for _, c := range cases {
		kind, _, _ := strings.Cut(c.Note, ":")
		if kind == "layer" || kind == "number" {
			continue // the engine never sees the path, or it is about the mapper
		}
		t.Run(c.ID, func(t *testing.T) {
			if kind == "jvm" { // the text is that of a Java runtime
				c.Expect.Message = ""
			}
			c.check(t, c.Expect, false)
			if c.ExpectIntrinsic == nil {
				c.ExpectIntrinsic = &c.Expect
			}
			c.check(t, *c.ExpectIntrinsic, true)
		})
	}
}

// throwsJava reports whether the answer is an exception of the Java runtime.
func (a *jaywayAnswer) throwsJava() bool {
	return a.Error != "" && a.Error != "PathNotFoundException" && a.Error != "InvalidPathException"
}

func (c *jaywayCase) check(t *testing.T, want jaywayAnswer, maps bool) {
	t.Helper()
	if want.throwsJava() {
		want.Message = ""
	}
	p, err := Compile(c.Query)
	if want.Definite == nil {
		var bad *SyntaxError
		if !errors.As(err, &bad) || want.Message != "" && bad.Message != withoutClasses(want.Message) {
			t.Errorf("%s: got %v, want %s", c.Query, err, want.Message)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", c.Query, err)
	}
	if p.Definite() != *want.Definite {
		t.Errorf("%s: definite %v, want %v", c.Query, p.Definite(), *want.Definite)
	}
	got, err := p.get(value.MustParse(c.Document), maps)
	switch {
	case want.Error == "IllegalArgumentException": // null, which Eval deals with
	case want.Error == "":
		if err != nil {
			t.Fatalf("%s on %s: got %v, want %s", c.Query, c.Document, err, want.Result)
		}
		if want := value.MustParse(want.Result); got.String() != want.String() {
			t.Errorf("%s on %s:\n got %s\nwant %s", c.Query, c.Document, got, want)
		}
	case err == nil || want.Message != "" && err.Error() != want.Message:
		t.Errorf("%s on %s:\n got %s, %v\nwant %s", c.Query, c.Document, got, err, want.Message)
	default:
		var notFound *NotFoundError
		if errors.As(err, &notFound) != (want.Error == "PathNotFoundException") {
			t.Errorf("%s on %s: got a %T, want a %s", c.Query, c.Document, err, want.Error)
		}
	}
}

// withoutClasses cuts off the name of the exception, which stands there once
// for each path in one another.
func withoutClasses(message string) string {
	return strings.ReplaceAll(message, "com.jayway.jsonpath.InvalidPathException: ", "")
}

package jsonpath

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// This file compares the package with what Jayway JsonPath 2.10.0 answered to
// some 400 queries. The recordings are not part of this repository.

const jaywayCases = "../../shared/jsonpath/jayway_cases_own.json"

type jaywayCase struct {
	ID       string `json:"id"`
	Query    string `json:"query"`
	Document string `json:"document"`
	Note     string `json:"note"`
	Expect   struct {
		Definite *bool  `json:"definite"`
		Result   string `json:"result"`
		Error    string `json:"error"`
		Message  string `json:"message"`
	} `json:"expect"`
}

// ours are the cases where the service is known to differ from Jayway.
var ours = map[string]string{
	"jw0342": "$a is a variable (States Language, Variables)",
	"jw0351": "$$ is the context object (States Language, Paths)",
	"jw0353": "$x.y is a variable (States Language, Variables)",
	"jw0343": "a path starts with $ (States Language, Paths)",
	"jw0344": "a path starts with $",
	"jw0345": "a path starts with $",
	"jw0346": "a path starts with $",
	"jw0347": "a path starts with $",
	"jw0348": "a path starts with $",
	"jw0349": "a path starts with $",
	"jw0350": "a path starts with $, and it is the path that is empty",
	"jw0331": "a path starts with $",
	"jw0522": "numbers pass as they are written: 1E+2 is not read as 100.0 (recorded for 1.0)",
}

func TestJayway(t *testing.T) {
	text, err := os.ReadFile(jaywayCases)
	if err != nil {
		t.Skipf("the recordings of Jayway are not here: %v", err)
	}
	var cases []jaywayCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 400 {
		t.Fatalf("got %d cases, want all", len(cases))
	}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			switch {
			case ours[c.ID] != "":
				t.Skip(ours[c.ID])
			case c.Note != "":
				t.Skip(c.Note)
			}
			c.check(t)
		})
	}
}

func (c *jaywayCase) check(t *testing.T) {
	p, err := Compile(c.Query)
	if c.Expect.Definite == nil {
		var bad *SyntaxError
		if !errors.As(err, &bad) || bad.Message != c.Expect.Message {
			t.Fatalf("%s: got %v, want %s", c.Query, err, c.Expect.Message)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", c.Query, err)
	}
	if p.Definite() != *c.Expect.Definite {
		t.Errorf("%s: definite %v, want %v", c.Query, p.Definite(), *c.Expect.Definite)
	}
	got, err := p.Get(value.MustParse(c.Document))
	if c.Expect.Error != "" {
		if err == nil || err.Error() != c.Expect.Message && c.Expect.Message != "" {
			t.Errorf("%s: got %v, %v, want %s", c.Query, got, err, c.Expect.Message)
		}
		var notFound *NotFoundError
		if errors.As(err, &notFound) != (c.Expect.Error == "PathNotFoundException") {
			t.Errorf("%s: got a %T, want a %s", c.Query, err, c.Expect.Error)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v, want %s", c.Query, err, c.Expect.Result)
	}
	if want := value.MustParse(c.Expect.Result); got.String() != want.String() {
		t.Errorf("%s:\n got %s\nwant %s", c.Query, got, want)
	}
}

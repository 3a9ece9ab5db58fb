package conformance

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

func player(t *testing.T, tasks string) *Player {
	t.Helper()
	c, err := parseCase("a/x.json", with(`"tasks": `+tasks))
	if err != nil {
		t.Fatal(err)
	}
	return NewPlayer(&c)
}

func TestPlayerSpeaksTheInvokeAPI(t *testing.T) {
	p := player(t, `{"f": [{"return": {"n": 1}}, {"error": {"errorType": "E", "errorMessage": "m"}}, {"echo": true}, {"raw": "no JSON"}, {"bytes": 5}]}`)
	server := httptest.NewServer(p)
	defer server.Close()
	for _, c := range []struct {
		path, event string
		status      int
		failed      string
		body        string
	}{
		{"/2015-03-31/functions/f/invocations", `{"a":1}`, 200, "", `{"n":1}`},
		{"/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations", `2`, 200, "Unhandled", `{"errorMessage": "m", "errorType": "E"}`},
		{"/2015-03-31/functions/f:$LATEST/invocations?Qualifier=7", `{ "b": 2 }`, 200, "", `{ "b": 2 }`},
		{"/2015-03-31/functions/f/invocations", ``, 200, "", `no JSON`},
		{"/2015-03-31/functions/f/invocations", `4`, 200, "", `"xxx"`},
		{"/2015-03-31/functions/f/invocations", `5`, 200, "", `"xxx"`},
		{"/2015-03-31/functions/g/invocations", `{}`, 404, "", `{"Type":"User","Message":"Function not found: arn:aws:lambda:us-east-1:123456789012:function:g"}`},
		{"/2015-03-31/functions/f", `{}`, 404, "", "404 page not found\n"},
	} {
		r, err := http.Post(server.URL+c.path, "application/json", strings.NewReader(c.event))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if r.StatusCode != c.status || r.Header.Get("X-Amz-Function-Error") != c.failed || string(body) != c.body {
			t.Errorf("%s with %s: got %d %q %s, want %d %q %s", c.path, c.event, r.StatusCode, r.Header.Get("X-Amz-Function-Error"), body, c.status, c.failed, c.body)
		}
	}
	if got, want := value.OfSlice(p.played()["f"]).String(), `[{"a":1},2,{"b":2},{},4,5]`; got != want {
		t.Errorf("calls %s, want %s", got, want)
	}
}

// A call that is never answered ends when the case is over.
func TestPlayerDoesNotAnswer(t *testing.T) {
	p := player(t, `{"f": [{"never": true}], "g": [{"return": 1}]}`)
	if got := p.Silent(); !slices.Equal(got, []string{"f"}) {
		t.Errorf("silent are %q, want f", got)
	}
	server := httptest.NewServer(p)
	defer server.Close()
	ended := make(chan error)
	go func() {
		r, err := http.Post(server.URL+"/2015-03-31/functions/f/invocations", "application/json", strings.NewReader("{}"))
		if err == nil {
			r.Body.Close()
		}
		ended <- err
	}()
	p.Close()
	if err := <-ended; err == nil {
		t.Error("the call was answered, want it broken off")
	}
}

func TestEndpointSpeaksOfItsOwnPlace(t *testing.T) {
	e := &Endpoint{Region: "eu-west-1", Account: "210987654321"}
	const here, there = "arn:aws:lambda:us-east-1:123456789012:function:f", "arn:aws:lambda:eu-west-1:210987654321:function:f"
	if got := e.toEndpoint(here); got != there {
		t.Errorf("toEndpoint: got %s, want %s", got, there)
	}
	if got := e.toCase(there); got != here {
		t.Errorf("toCase: got %s, want %s", got, here)
	}
	same := &Endpoint{}
	if got := same.toCase(same.toEndpoint(here)); got != here {
		t.Errorf("the place of the cases: got %s, want %s", got, here)
	}
}

package lambda

import (
	"strconv"
	"strings"
	"testing"
)

// A function has processes of its own in each account and region that it is called in.
func TestHomes(t *testing.T) {
	f := played("environment")
	f.Concurrency = 1
	h := newHost(t, Settings{Region: "eu-west-1", Account: "111111111111"}, f)
	call := func(home Home) string {
		t.Helper()
		r, err := h.Invoke(t.Context(), Invocation{Function: f.Name, Event: []byte(`1`), Home: home})
		if err != nil {
			t.Fatal(err)
		}
		return r.text()
	}
	for _, c := range []struct {
		home              Home
		region, accessKey string
	}{
		{Home{}, "eu-west-1", "test"},
		{Home{"eu-west-1", "111111111111"}, "eu-west-1", "test"},
		{Home{"us-east-2", "111111111111"}, "us-east-2", "test"},
		{Home{"eu-west-1", "222222222222"}, "eu-west-1", "222222222222"},
	} {
		got := call(c.home)
		for _, want := range []string{"AWS_REGION=" + c.region, "AWS_DEFAULT_REGION=" + c.region, "AWS_ACCESS_KEY_ID=" + c.accessKey} {
			if !strings.Contains(got, strconv.Quote(want)) {
				t.Errorf("%+v: there is no %s in %s", c.home, want, got)
			}
		}
	}
	if got := h.Functions()[0].Environments; got != 3 {
		t.Errorf("%d processes, want one for each of three homes", got)
	}
	other := h.pool(f.Name).in(Home{"us-east-2", "111111111111"})
	f.Place = "template.yaml:9"
	h.Set([]Function{f})
	if got := other.definition().Place; got != f.Place {
		t.Errorf("place %q of another home", got)
	}
	h.Set(nil)
	if !other.retired || len(other.idle) > 0 {
		t.Error("processes of another home stay when the function is gone")
	}
}

func TestARNsOfHomes(t *testing.T) {
	c, err := newCall(Home{"us-east-2", "222222222222"}, Invocation{Function: "pay", Qualifier: "live", Type: RequestResponse, Event: []byte(`1`)})
	if want := "arn:aws:lambda:us-east-2:222222222222:function:pay:live"; err != nil || c.arn != want {
		t.Errorf("got %s, %v, want %s", c.arn, err, want)
	}
}

package caller

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/internal/arn"
)

const signed = "AWS4-HMAC-SHA256 Credential=AKID/20260131/eu-west-1/states/aws4_request, SignedHeaders=host;x-amz-date, Signature=0"

func TestScopeOfHeader(t *testing.T) {
	states := Scope{"AKID", "eu-west-1", "states"}
	for _, c := range []struct {
		name, header string
		want         Scope
		signed       bool
	}{
		{"as SDKs send it", signed, states, true},
		{"no space behind commas", strings.ReplaceAll(signed, ", ", ","), states, true},
		{"in another order", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0, Credential=AKID/20260131/eu-west-1/states/aws4_request", states, true},
		{"two credentials: the first counts", signed + ", Credential=OTHER/20260131/us-east-1/states/aws4_request", states, true},
		{"SigV4A has no region", "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260131/states/aws4_request, Signature=0", Scope{"AKID", "", "states"}, true},
		{"another service", "AWS4-HMAC-SHA256 Credential=AKID/20260131/eu-west-1/s3/aws4_request", Scope{"AKID", "eu-west-1", "s3"}, true},
		{"slashes in the key", "AWS4-HMAC-SHA256 Credential=a/b/c/20260131/eu-west-1/states/aws4_request", Scope{"a/b/c", "eu-west-1", "states"}, true},
		{"no key", "AWS4-HMAC-SHA256 Credential=/20260131/eu-west-1/states/aws4_request", Scope{"", "eu-west-1", "states"}, true},
		{"no date", "AWS4-HMAC-SHA256 Credential=AKID/eu-west-1/states/aws4_request", Scope{"", "eu-west-1", "states"}, true},
		{"a date of nonsense", "AWS4-HMAC-SHA256 Credential=AKID/2026o131/eu-west-1/states/aws4_request", Scope{"", "eu-west-1", "states"}, true},
		{"only the service", "AWS4-HMAC-SHA256 Credential=states/aws4_request", Scope{"", "", "states"}, true},
		{"nothing but slashes", "AWS4-HMAC-SHA256 Credential=////aws4_request", Scope{}, true},
		{"nothing but the end", "AWS4-HMAC-SHA256 Credential=/aws4_request", Scope{}, true},
		{"another end", "AWS4-HMAC-SHA256 Credential=AKID/20260131/eu-west-1/states/aws5_request", Scope{}, false},
		{"no credential", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0", Scope{}, false},
		{"only the algorithm", "AWS4-HMAC-SHA256", Scope{}, false},
		{"empty", "", Scope{}, false},
		{"Basic", "Basic QUtJRDpzZWNyZXQ=", Scope{}, false},
		{"Bearer with a credential in it", "Bearer Credential=AKID/20260131/eu-west-1/states/aws4_request", Scope{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			r.Header.Set("Authorization", c.header)
			if got, ok := ScopeOf(r); got != c.want || ok != c.signed {
				t.Errorf("got %+v, %v, want %+v, %v", got, ok, c.want, c.signed)
			}
		})
	}
}

func TestScopeOfQuery(t *testing.T) {
	query := url.Values{"X-Amz-Credential": {"AKID/20260131/eu-west-1/states/aws4_request"}}.Encode()
	for _, c := range []struct {
		query  string
		want   Scope
		signed bool
	}{
		{query, Scope{"AKID", "eu-west-1", "states"}, true},
		{"a=1&" + query + "&%zz", Scope{"AKID", "eu-west-1", "states"}, true},
		{"X-Amz-Credential=", Scope{}, false},
		{"X-Amz-Credential", Scope{}, false},
		{"x=X-Amz-Credential", Scope{}, false},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.URL.RawQuery = c.query
		if got, ok := ScopeOf(r); got != c.want || ok != c.signed {
			t.Errorf("%s: got %+v, %v, want %+v, %v", c.query, got, ok, c.want, c.signed)
		}
	}
}

func TestCallers(t *testing.T) {
	d := Directory{Default: arn.Home{Region: "us-east-1", Account: "123456789012"}, Accounts: map[string]string{"AKID": "222222222222", "333333333333": "444444444444"}}
	for _, c := range []struct {
		scope Scope
		want  arn.Home
	}{
		{Scope{"AKID", "eu-west-1", "states"}, arn.Home{Region: "eu-west-1", Account: "222222222222"}},
		{Scope{"akid", "eu-west-1", "states"}, arn.Home{Region: "eu-west-1", Account: "123456789012"}},
		{Scope{"555555555555", "", "states"}, arn.Home{Region: "us-east-1", Account: "555555555555"}},
		{Scope{"333333333333", "", "states"}, arn.Home{Region: "us-east-1", Account: "444444444444"}}, // what is set counts
		{Scope{"٣٣٣٣٣٣", "local", "states"}, d.Default},
		{Scope{"x", "eu-west-1:0", "states"}, d.Default},
		{Scope{}, d.Default},
	} {
		if got := d.caller(c.scope).Home; got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.scope, got, c.want)
		}
	}
}

func TestContext(t *testing.T) {
	type other struct{}
	ctx := context.WithValue(t.Context(), other{}, 1)
	if Of(ctx) != nil {
		t.Error("a context without a caller has one")
	}
	with := With(ctx, Caller{Home: arn.Home{Region: "eu-west-1", Account: "222222222222"}})
	below := context.WithValue(with, other{}, 2)
	if c := Of(below); c == nil || c.Region != "eu-west-1" || below.Value(other{}) != 2 || with.Value(other{}) != 1 {
		t.Errorf("got %+v, %v, %v", c, below.Value(other{}), with.Value(other{}))
	}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	if (&Directory{}).With(r) != r.Context() {
		t.Error("a request without a signature has a caller")
	}
}

// What a client writes never makes an ARN that means something else.
func FuzzScope(f *testing.F) {
	for _, seed := range []string{signed, "", "AWS4-", "AWS4-X Credential=,", "AWS4-X Credential=/20260131//aws4_request", "AWS4-X Credential=123456789012/20260131/eu-west-1/states/aws4_request"} {
		f.Add(seed)
	}
	d := Directory{Default: arn.Home{Region: "us-east-1", Account: "123456789012"}}
	f.Fuzz(func(t *testing.T, header string) {
		s, ok := scopeOfHeader(header)
		if !ok && s != (Scope{}) {
			t.Fatalf("%q: no signature, but %+v", header, s)
		}
		home := d.caller(s).Home
		machine := home.StateMachine("m")
		if arn.HomeOf(machine) != home {
			t.Fatalf("%q: %+v makes %s", header, home, machine)
		}
		if at, err := arn.ParseMachine(machine); err != nil || at.Region != home.Region || at.Account != home.Account || at.Name != "m" {
			t.Fatalf("%q: %s: %v", header, machine, err)
		}
	})
}

func BenchmarkCaller(b *testing.B) {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Authorization", signed)
	d := Directory{Default: arn.Home{Region: "us-east-1", Account: "123456789012"}, Accounts: map[string]string{"OTHER": "222222222222"}}
	b.ReportAllocs()
	for b.Loop() {
		if Of(d.With(r)) == nil {
			b.Fatal("no caller")
		}
	}
}

package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/internal/awsapi"
)

// wheelOf packs files as a wheel does; those whose names end in .gz are packed
// once more.
func wheelOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for name, text := range files {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".gz") {
			packed := gzip.NewWriter(w)
			io.WriteString(packed, text)
			packed.Close()
			continue
		}
		io.WriteString(w, text)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRoundTrip makes the compact form of a model that has one of everything, and
// reads it again.
func TestRoundTrip(t *testing.T) {
	model, err := os.ReadFile("testdata/service-2.json")
	if err != nil {
		t.Fatal(err)
	}
	services, err := readWheel(wheelOf(t, map[string]string{
		"botocore/data/pets/2020-01-01/service-2.json":              `{"metadata": {"protocol": "query"}}`,
		"botocore/data/pets/2026-01-01/service-2.json.gz":           string(model),
		"botocore/data/pets/2026-01-01/endpoint-rule-set-1.json.gz": rules,
		"botocore/data/endpoints.json":                              `{}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	file, err := compact(services)
	if err != nil {
		t.Fatal(err)
	}
	s, err := awsapi.Open(file).Find("pets")
	if err != nil {
		t.Fatal(err)
	}
	head := *s
	head.Operations, head.Exceptions = nil, nil
	if got, want := []any{head.Name, head.ID, head.Protocol, head.EndpointPrefix, head.SigningName, head.APIVersion, head.JSONVersion, head.TargetPrefix, head.QueryCompatible, head.Bearer},
		[]any{"pets", "Pet Shop", awsapi.JSON, "pet", "petshop", "2026-01-01", "1.1", "Pets", true, false}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := []awsapi.Exception{{Name: "Gone", Code: "Pet.Gone", Status: 410}, {Name: "Sick", Code: "Sick"}}; !reflect.DeepEqual(s.Exceptions, want) {
		t.Errorf("the exceptions are %+v, want %+v", s.Exceptions, want)
	}
	for region, want := range map[string]awsapi.Host{
		"eu-west-1": {Name: "pet.eu-west-1.api.aws"}, "cn-north-1": {Name: "pet.amazonaws.com.cn", SigningRegion: "cn-northwest-1"},
	} {
		if got := s.Host(region); got != want {
			t.Errorf("in %s it is at %+v, want %+v", region, got, want)
		}
	}

	list := *s.Operation("ListPets")
	if list.Method != "POST" || list.URI != "/" || list.ResultWrapper != "ListPetsResult" || len(list.Input.InOrder()) != 0 || list.Streams {
		t.Errorf("ListPets is %+v", list)
	}
	pet := list.Output.InOrder()[0].Shape.Element
	if friend := pet.Member("friend", awsapi.API).Shape; friend != pet {
		t.Errorf("a pet's friend is %p, not %p", friend, pet)
	}
	feed := *s.Operation("FeedPet")
	feed.Input, feed.Output = nil, nil
	if want := (awsapi.Operation{
		Name: "FeedPet", Method: "PUT", URI: "/pets/{id}?feed", HostPrefix: "{id}.", UnsignedBody: true, Checksum: true, ChecksumAlgorithm: "sum",
		InputName: "Feed", InputNamespace: "urn:feed",
	}); !reflect.DeepEqual(feed, want) {
		t.Errorf("got  %+v\nwant %+v", feed, want)
	}
	in := s.Operation("FeedPet").Input
	if in.Payload == nil || in.Payload.Name != "food" || !in.Payload.Streaming {
		t.Errorf("the payload is %+v", in.Payload)
	}
	for name, want := range map[string]awsapi.Member{
		"id":   {Name: "id", Index: 0, Required: true, Location: awsapi.URI, WireName: "id", HostLabel: true},
		"sum":  {Name: "sum", Index: 1, Location: awsapi.Header, WireName: "x-sum", JSONValue: true},
		"once": {Name: "once", Index: 2, Generated: true, Location: awsapi.QueryString, WireName: "once", QueryName: "Once"},
		"food": {Name: "food", Index: 3, WireName: "food", Streaming: true, Flattened: true, Attribute: true, Namespace: "urn:food"},
	} {
		got := *in.Member(name, awsapi.API)
		if got.Shape = nil; got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	for name, want := range map[string]*awsapi.Shape{
		"age":     {Kind: awsapi.Integer, Low: 0, High: 300},
		"weight":  {Kind: awsapi.Float, Low: math.MinInt64, High: math.MaxInt64},
		"kind":    {Kind: awsapi.String, Low: math.MinInt64, High: math.MaxInt64, Enum: []string{"cat", "dog"}},
		"name":    {Kind: awsapi.String, Low: 1, High: 20},
		"born":    {Kind: awsapi.Timestamp, Low: math.MinInt64, High: math.MaxInt64, Format: awsapi.RFC822},
		"notes":   {Kind: awsapi.Document, Low: math.MinInt64, High: math.MaxInt64},
		"picture": {Kind: awsapi.Blob, Low: math.MinInt64, High: 100, Streaming: true},
		"alive":   {Kind: awsapi.Boolean, Low: math.MinInt64, High: math.MaxInt64},
	} {
		if got := pet.Member(name, awsapi.API).Shape; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", name, got, want)
		}
	}
	if toys := pet.Member("toys", awsapi.API).Shape; !toys.Flattened || toys.ElementName != "toy" || toys.High != 5 || toys.Element.Kind != awsapi.String {
		t.Errorf("toys are %+v", toys)
	}
	if tags := pet.Member("tags", awsapi.API).Shape; tags.KeyName != "k" || tags.ElementName != "v" || tags.Element.Kind != awsapi.Integer {
		t.Errorf("tags are %+v", tags)
	}
	if choice := pet.Member("choice", awsapi.API).Shape; !choice.Union || choice.Namespace != "urn:c" || choice.NamespacePrefix != "c" {
		t.Errorf("choice is %+v", choice)
	}
	if !s.Operation("WatchPets").Streams || !s.Operation("WatchPets").Unsigned {
		t.Errorf("WatchPets is %+v", s.Operation("WatchPets"))
	}
}

// rules say that the pets are at one host in China, and by region elsewhere.
const rules = `{
	"parameters": {"UseFIPS": {"default": false}},
	"rules": [
		{"type": "tree", "conditions": [{"fn": "isSet", "argv": [{"ref": "Endpoint"}]}], "rules": []},
		{"type": "tree", "conditions": [{"fn": "aws.partition", "argv": [{"ref": "Region"}], "assign": "p"}], "rules": [
			{"type": "error", "conditions": [{"fn": "booleanEquals", "argv": [{"ref": "UseFIPS"}, true]}], "error": "no"},
			{"type": "endpoint",
				"conditions": [{"fn": "stringEquals", "argv": [{"fn": "getAttr", "argv": [{"ref": "p"}, "name"]}, "aws-cn"]}],
				"endpoint": {"url": "https://pet.{p#dnsSuffix}", "properties": {"authSchemes": [{"name": "sigv4", "signingRegion": "{p#implicitGlobalRegion}"}]}}},
			{"type": "endpoint", "conditions": [], "endpoint": {"url": "https://pet.{Region}.{p#dualStackDnsSuffix}"}}
		]}
	]
}`

func TestErrors(t *testing.T) {
	for _, test := range []struct{ name, model, want string }{
		{"no JSON", `{`, "botocore/data/x/1: unexpected end of JSON input"},
		{"protocol", `{"metadata": {"protocol": "soap"}}`, `x: protocol "soap" is unknown`},
		{"shape", `{"metadata": {"protocol": "json"}, "operations": {"A": {"input": {"shape": "I"}}}}`, "x: A: shape I is missing"},
		{"type", `{"metadata": {"protocol": "json"}, "operations": {"A": {"input": {"shape": "I"}}}, "shapes": {"I": {"type": "set"}}}`, `x: A: shape I has the unknown type "set"`},
		{
			"location", `{"metadata": {"protocol": "json"}, "operations": {"A": {"input": {"shape": "I"}}}, "shapes": {"I": {"type": "structure", "members": {"m": {"shape": "I", "location": "trailer"}}}}}`,
			`x: A: member m is at the unknown place "trailer"`,
		},
	} {
		services, err := readWheel(wheelOf(t, map[string]string{"botocore/data/x/1/service-2.json": test.model}))
		if err == nil {
			_, err = compact(services)
		}
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
	if err := run("testdata/service-2.json", os.DevNull, ""); err == nil || !strings.Contains(err.Error(), "expected botocore "+version) {
		t.Errorf("another wheel: got %v", err)
	}
}

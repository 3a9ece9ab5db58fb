package awsjson

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

type page struct {
	MaxResults int              `json:"maxResults" aws:"min=0,max=1000"`
	NextToken  Optional[string] `json:"nextToken" aws:"min=1,max=1024"`
}

type routingConfigurationListItem struct {
	Version string `json:"stateMachineVersionArn" aws:"required,min=1"`
	Weight  int    `json:"weight" aws:"required,min=0,max=100"`
}

type everything struct {
	page
	Name     string                         `json:"name" aws:"required,min=1,max=5" pattern:"^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"`
	Type     Optional[string]               `json:"type" aws:"enum=STANDARD|EXPRESS"`
	Secret   string                         `json:"secret" aws:"sensitive,min=2,maxbytes=4"`
	Routes   []routingConfigurationListItem `json:"routingConfiguration" aws:"min=1,max=2"`
	Keys     []string                       `json:"tagKeys" each:"min=1,max=3"`
	Deep     *everything                    `json:"deep"`
	Publish  bool                           `json:"publish"`
	Count    Optional[int64]                `json:"count" aws:"min=0"`
	Percent  float64                        `json:"percent" aws:"min=0,max=100"`
	Since    time.Time                      `json:"since"`
	Any      value.Value                    `json:"any"`
	Internal int                            `json:"-"`
	Trace    string                         `json:"traceHeader" aws:"max=4" pattern:"\\p{ASCII}*" header:"X-Amzn-Trace-Id"`
}

// read decodes a body as an action would.
func read[In any](t testing.TB, body string, header http.Header) (*In, error) {
	t.Helper()
	in := new(In)
	called := false
	action := Handle(func(_ context.Context, got *In) (*struct{}, error) {
		in, called = got, true
		return &struct{}{}, nil
	})
	out, err := action.Call(context.Background(), value.MustParse(body), header, nil)
	if called != (err == nil) || err == nil && string(out) != "{}" {
		t.Fatalf("called %v, got %s, %v", called, out, err)
	}
	return in, err
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name, body string
		want       everything
	}{
		{"the least", `{"name":"a"}`, everything{Name: "a"}},
		{"null is absent", `{"name":"a","type":null,"count":null,"deep":null,"routingConfiguration":null,"any":null,"since":null}`, everything{Name: "a"}},
		{"unknown members are ignored", `{"name":"a","else":{"name":1}}`, everything{Name: "a"}},
		{"the last of two wins", `{"name":1,"name":"a"}`, everything{Name: "a"}},
		{"embedded", `{"name":"a","maxResults":7,"nextToken":"t"}`, everything{Name: "a", page: page{7, Some("t")}}},
		{"optional", `{"name":"a","type":"EXPRESS","count":0}`, everything{Name: "a", Type: Some("EXPRESS"), Count: Some[int64](0)}},
		{"list", `{"name":"a","routingConfiguration":[{"stateMachineVersionArn":"v","weight":100}],"tagKeys":[]}`,
			everything{Name: "a", Routes: []routingConfigurationListItem{{"v", 100}}, Keys: []string{}}},
		{"pointer", `{"name":"a","deep":{"name":"b"}}`, everything{Name: "a", Deep: &everything{Name: "b"}}},
		{"numbers", `{"name":"a","publish":true,"count":9007199254740993,"percent":12.5,"maxResults":1e2}`,
			everything{Name: "a", Publish: true, Count: Some[int64](9007199254740993), Percent: 12.5, page: page{MaxResults: 100}}},
		{"a fraction is cut off an integer", `{"name":"a","maxResults":1.9}`, everything{Name: "a", page: page{MaxResults: 1}}},
		{"time", `{"name":"a","since":1764583200.1234}`, everything{Name: "a", Since: time.UnixMilli(1764583200123)}},
		{"exactly the bytes", `{"name":"a","secret":"éé"}`, everything{Name: "a", Secret: "éé"}},
		{"characters, not bytes", `{"name":"a","tagKeys":["ééé"]}`, everything{Name: "a", Keys: []string{"ééé"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := read[everything](t, tt.body, nil)
			if err != nil || !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("got %+v, %v, want %+v", *got, err, tt.want)
			}
		})
	}
	t.Run("any JSON", func(t *testing.T) {
		got, err := read[everything](t, `{"name":"a","any":{"b":[1.0]}}`, nil)
		if err != nil || got.Any.String() != `{"b":[1.0]}` {
			t.Errorf("got %v, %v", got.Any, err)
		}
	})
	t.Run("a header wins", func(t *testing.T) {
		got, err := read[everything](t, `{"name":"a","traceHeader":"body"}`, http.Header{"X-Amzn-Trace-Id": {"head"}})
		if err != nil || got.Trace != "head" {
			t.Errorf("got %q, %v, want head", got.Trace, err)
		}
	})
}

func TestViolations(t *testing.T) {
	const failed = " failed to satisfy constraint: Member must "
	tests := []struct {
		name, body string
		want       []string // what stands after "… detected: "
	}{
		{"absent", `{}`, []string{"Value null at 'name'" + failed + "not be null"}},
		{"null", `{"name":null}`, []string{"Value null at 'name'" + failed + "not be null"}},
		{"too great", `{"name":"a","maxResults":1001}`, []string{"Value '1001' at 'maxResults'" + failed + "have value less than or equal to 1000"}},
		{"too small", `{"name":"a","count":-1}`, []string{"Value '-1' at 'count'" + failed + "have value greater than or equal to 0"}},
		{"just too great", `{"name":"a","percent":100.01}`, []string{"Value '100.01' at 'percent'" + failed + "have value less than or equal to 100"}},
		{"too long", `{"name":"abcdef"}`, []string{"Value 'abcdef' at 'name'" + failed + "have length less than or equal to 5"}},
		{"two at once", `{"name":""}`, []string{
			"Value '' at 'name'" + failed + "have length greater than or equal to 1",
			`Value '' at 'name'` + failed + `satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`}},
		{"all digits", `{"name":"123"}`, []string{
			`Value '123' at 'name'` + failed + `satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`}},
		{"a line too many", `{"name":"a\n"}`, []string{
			"Value 'a\n' at 'name'" + failed + `satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`}},
		{"enum", `{"name":"a","type":"standard"}`, []string{"Value 'standard' at 'type'" + failed + "satisfy enum value set: [STANDARD, EXPRESS]"}},
		{"sensitive, bytes", `{"name":"a","secret":"ééé"}`, []string{"Value at 'secret'" + failed + "have size less than or equal to 4 bytes in UTF-8 encoding"}},
		{"sensitive, length", `{"name":"a","secret":"x"}`, []string{"Value at 'secret'" + failed + "have length greater than or equal to 2"}},
		{"in a list", `{"name":"a","routingConfiguration":[{"stateMachineVersionArn":"v","weight":101},{"weight":1}]}`, []string{
			"Value '101' at 'routingConfiguration.1.member.weight'" + failed + "have value less than or equal to 100",
			"Value null at 'routingConfiguration.2.member.stateMachineVersionArn'" + failed + "not be null"}},
		{"a list too long", `{"name":"a","routingConfiguration":[{"stateMachineVersionArn":"m:1","weight":50},{"stateMachineVersionArn":"m:2","weight":20},
			{"stateMachineVersionArn":"m:3","weight":30}]}`, []string{"Value '[RoutingConfigurationListItem(stateMachineVersionArn=m:1, weight=50), " +
			"RoutingConfigurationListItem(stateMachineVersionArn=m:2, weight=20), RoutingConfigurationListItem(stateMachineVersionArn=m:3, weight=30)]' " +
			"at 'routingConfiguration'" + failed + "have length less than or equal to 2"}},
		{"a list too short", `{"name":"a","routingConfiguration":[]}`, []string{"Value '[]' at 'routingConfiguration'" + failed + "have length greater than or equal to 1"}},
		{"items", `{"name":"a","tagKeys":["ok","",null,"long"]}`, []string{
			"Value null at 'tagKeys.3.member'" + failed + "not be null",
			"Value '' at 'tagKeys.2.member'" + failed + "have length greater than or equal to 1",
			"Value 'long' at 'tagKeys.4.member'" + failed + "have length less than or equal to 3"}},
		{"in a pointer", `{"name":"a","deep":{"maxResults":-1}}`, []string{
			"Value '-1' at 'deep.maxResults'" + failed + "have value greater than or equal to 0",
			"Value null at 'deep.name'" + failed + "not be null"}},
		{"not ASCII", `{"name":"a","traceHeader":"é"}`, []string{`Value 'é' at 'traceHeader'` + failed + `satisfy regular expression pattern: \p{ASCII}*`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read[everything](t, tt.body, nil)
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %v, want violations", err)
			}
			s := "s"
			if len(tt.want) == 1 {
				s = ""
			}
			want := fmt.Sprintf("%d validation error%s detected: %s", len(tt.want), s, strings.Join(tt.want, "; "))
			if e.Message != want {
				t.Errorf("got  %s\nwant %s", e.Message, want)
			}
			if e.Name != "com.amazon.coral.validate#ValidationException" {
				t.Errorf("got type %s", e.Name)
			}
		})
	}
}

func TestManyViolationsAreCounted(t *testing.T) {
	_, err := read[everything](t, `{"name":"a","tagKeys":[""`+strings.Repeat(`,""`, 999)+`]}`, nil)
	e, ok := errors.AsType[*Error](err)
	if !ok || !strings.HasPrefix(e.Message, "1000 validation errors detected: ") || strings.Count(e.Message, "; ") != maxViolations-1 {
		t.Errorf("got %v, want 1000 violations, %d of them spelt out", err, maxViolations)
	}
}

func TestWrongTypes(t *testing.T) {
	tests := []struct{ body, want string }{
		{`[]`, "Start of list found where not expected"},
		{`"a"`, "Unexpected field type"},
		{`{"name":1}`, "NUMBER_VALUE can not be converted to a String"},
		{`{"name":true}`, "TRUE_VALUE can not be converted to a String"},
		{`{"name":{}}`, "Start of structure or map found where not expected."},
		{`{"name":[]}`, "Start of list found where not expected"},
		{`{"name":"a","maxResults":"5"}`, "STRING_VALUE can not be converted to an Integer"},
		{`{"name":"a","count":false}`, "FALSE_VALUE can not be converted to a Long"},
		{`{"name":"a","count":1e400}`, "NUMBER_VALUE can not be converted to a Long"},
		{`{"name":"a","percent":"1"}`, "STRING_VALUE can not be converted to a Float"},
		{`{"name":"a","publish":1}`, "NUMBER_VALUE can not be converted to a Boolean"},
		{`{"name":"a","since":"2026-01-01"}`, "STRING_VALUE can not be converted to a Date"},
		{`{"name":"a","since":1e300}`, "NUMBER_VALUE can not be converted to a Date"},
		{`{"name":"a","tagKeys":"x"}`, "Unexpected field type"},
		{`{"name":"a","tagKeys":[1]}`, "NUMBER_VALUE can not be converted to a String"},
		{`{"name":"a","deep":3}`, "Unexpected field type"},
		{`{"maxResults":2000,"deep":3}`, "Unexpected field type"}, // before any violation
	}
	for _, tt := range tests {
		_, err := read[everything](t, tt.body, nil)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Message != tt.want || e.Name != "SerializationException" {
			t.Errorf("%s: got %v, want %s", tt.body, err, tt.want)
		}
	}
}

func TestTypesThatCannotBeMembers(t *testing.T) {
	tests := []struct {
		name string
		make func()
		want string
	}{
		{"channel", accept[struct {
			C chan int `json:"c"`
		}], "awsjson: a member cannot be a chan int"},
		{"map of numbers", accept[struct {
			M map[int]string `json:"m"`
		}], "awsjson: a member cannot be a map[int]string"},
		{"not a struct", accept[string], "awsjson: expected a struct, got string"},
		{"no tag", accept[struct{ A string }], "awsjson: field A of struct { A string } has no json tag"},
		{"an option", accept[struct {
			A string `json:"a,string"`
		}], "the json tag has options"},
		{"unknown constraint", accept[struct {
			A string `json:"a" aws:"least=1"`
		}], `unknown constraint "least=1"`},
		{"no bound", accept[struct {
			A string `json:"a" aws:"min=x"`
		}], `parsing "x": invalid syntax`},
		{"no pattern, when it is used", func() { newPattern("(").match("") }, `regexp2: Compile(` + "`\\A(?:()\\z`)"},
		{"no bound for items", accept[struct {
			A []string `json:"a" each:"max=x"`
		}], `parsing "x": invalid syntax`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, tt.want) {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			}()
			tt.make()
		})
	}
}

func accept[In any]() {
	Handle(func(context.Context, *In) (*struct{}, error) { return nil, nil })
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{}`, startBody, `{"name":"a","routingConfiguration":[{"weight":101}],"tagKeys":[null,""],"deep":{"deep":{"name":1}}}`,
		`{"name":"a","since":-1.5,"count":1e400,"percent":-0,"any":[[]],"secret":"\ud800"}`} {
		f.Add(seed)
	}
	action := Handle(func(_ context.Context, in *everything) (*everything, error) { return in, nil })
	f.Fuzz(func(t *testing.T, body string) {
		v, err := value.Parse(body)
		if err != nil {
			return
		}
		// What is accepted can be written, and is read again as the same, if the
		// members that were absent may be empty.
		out, err := action.Call(context.Background(), v, nil, nil)
		if err != nil {
			if _, ok := errors.AsType[Fault](err); !ok {
				t.Fatalf("%s: got %v, want a Fault", body, err)
			}
			return
		}
		again, err := value.ParseBytes(out)
		if err != nil {
			t.Fatalf("%s: wrote %s: %v", body, out, err)
		}
		twice, err := action.Call(context.Background(), again, nil, nil)
		if e, ok := errors.AsType[*Error](err); ok && e.Name != "SerializationException" {
			return
		}
		if err != nil || string(twice) != string(out) {
			t.Fatalf("%s: got %s, then %s, %v", body, out, twice, err)
		}
	})
}

// A number is shown as the service's classes print it.
func TestNumbersInViolations(t *testing.T) {
	tests := []struct {
		codec      codec
		text, want string
	}{
		{floatCodec{}, "101", "101.0"},
		{floatCodec{}, "-0.5", "-0.5"},
		{floatCodec{}, "1e3", "1000.0"},
		{floatCodec{}, "123456789", "1.2345679E8"},
		{floatCodec{}, "10000000", "1.0E7"},
		{floatCodec{}, "0.0005", "5.0E-4"},
		{floatCodec{}, "0", "0.0"},
		{intCodec{}, "1001", "1001"},
		{intCodec{}, "1001.9", "1001"},
		{intCodec{}, "1e4", "10000"},
	}
	for _, tt := range tests {
		if got := tt.codec.show(value.MustParse(tt.text)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

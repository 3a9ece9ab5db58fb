package awsjson

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

type event struct{ id string }

func (e event) AppendJSON(dst []byte) []byte { return append(append(append(dst, '<'), e.id...), '>') }

type nested struct {
	Enabled bool   `json:"enabled"`
	Note    string `json:"note,omitempty"`
}

type answer struct {
	page
	Name    string           `json:"name"`
	Next    string           `json:"next,omitempty"`
	Some    Optional[string] `json:"some"`
	Count   int              `json:"count"`
	Big     int64            `json:"big,omitempty"`
	Percent float64          `json:"percent"`
	Date    time.Time        `json:"date"`
	Inner   nested           `json:"inner"`
	Pointer *nested          `json:"pointer"`
	List    []nested         `json:"list"`
	Lean    []string         `json:"lean,omitempty"`
	Map     map[string][]int `json:"map,omitempty"`
	Any     value.Value      `json:"any"`
	Values  []value.Value    `json:"values,omitempty"`
	Events  []event          `json:"events,omitempty"`
	ByName  map[string]event `json:"byName,omitempty"`
	Pairs   []*nested        `json:"pairs,omitempty"`
	Secret  map[int]any      `json:"-"`
}

func TestEncode(t *testing.T) {
	tests := []struct {
		name string
		out  answer
		want string
	}{
		{"the zero value", answer{}, `{"maxResults":0,"name":"","count":0,"percent":0.0,"inner":{"enabled":false},"list":[]}`},
		{"everything", answer{
			page: page{5, Some("t")}, Name: "a\"é\x01", Next: "n", Some: Some(""), Count: -1, Big: math.MaxInt64, Percent: 12.25,
			Date: time.UnixMilli(1764583200007), Inner: nested{true, "x"}, Pointer: &nested{}, List: []nested{{}, {true, ""}},
			Lean: []string{"b", "a"}, Map: map[string][]int{"z": {1}, "a": nil}, Any: value.MustParse(`{"b":1.0}`),
			Values: []value.Value{{}, value.Int(1)}, Events: []event{{"1"}, {"2"}}, ByName: map[string]event{"e": {"3"}}, Pairs: []*nested{nil, {}},
		}, `{"maxResults":5,"nextToken":"t","name":"a\"é\u0001","next":"n","some":"","count":-1,"big":9223372036854775807,"percent":12.25,` +
			`"date":1764583200.007,"inner":{"enabled":true,"note":"x"},"pointer":{"enabled":false},"list":[{"enabled":false},{"enabled":true}],` +
			`"lean":["b","a"],"map":{"a":[],"z":[1]},"any":{"b":1.0},"values":[null,1],"events":[<1>,<2>],"byName":{"e":<3>},"pairs":[null,{"enabled":false}]}`},
		{"empty lists are left out where they may", answer{Lean: []string{}, Map: map[string][]int{}},
			`{"maxResults":0,"name":"","count":0,"percent":0.0,"inner":{"enabled":false},"list":[]}`},
		{"what JSON cannot say", answer{Percent: math.Inf(1), Date: time.UnixMilli(-1500)},
			`{"maxResults":0,"name":"","count":0,"percent":null,"date":-1.500,"inner":{"enabled":false},"list":[]}`},
		{"great numbers", answer{Percent: 1e21}, `{"maxResults":0,"name":"","count":0,"percent":1e+21,"inner":{"enabled":false},"list":[]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			action := Handle(func(context.Context, *struct{}) (*answer, error) { return &tt.out, nil })
			got, err := action.Call(context.Background(), value.EmptyObject, nil, nil)
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
}

func TestNoAnswerIsAnEmptyOne(t *testing.T) {
	action := Handle(func(context.Context, *struct{}) (*answer, error) { return nil, nil })
	got, err := action.Call(context.Background(), value.EmptyObject, nil, nil)
	if err != nil || string(got) != "{}" {
		t.Errorf("got %s, %v, want {}", got, err)
	}
}

func TestEncodeWhole(t *testing.T) {
	action := Handle(func(context.Context, *struct{}) (*event, error) { return &event{"7"}, nil })
	got, err := action.Call(context.Background(), value.EmptyObject, nil, []byte("before "))
	if err != nil || string(got) != "before <7>" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestOptional(t *testing.T) {
	var none Optional[int]
	if got := none.Or(7); got != 7 {
		t.Errorf("got %d, want 7", got)
	}
	if got := Some(0).Or(7); got != 0 {
		t.Errorf("got %d, want 0", got)
	}
}

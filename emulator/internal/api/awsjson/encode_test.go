package awsjson

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

type nested struct {
	Enabled bool             `json:"enabled"`
	Note    Optional[string] `json:"note"`
}

type answer struct {
	page
	Name    string                  `json:"name"`
	Some    Optional[string]        `json:"some"`
	Count   int                     `json:"count"`
	Big     Optional[int64]         `json:"big"`
	Percent float64                 `json:"percent"`
	Date    time.Time               `json:"date"`
	Inner   nested                  `json:"inner"`
	Pointer *nested                 `json:"pointer"`
	List    []nested                `json:"list"`
	Any     value.Value             `json:"any"`
	Encoded JSON                    `json:"encoded"`
	Texts   Optional[[]string]      `json:"texts"`
	Values  Optional[[]value.Value] `json:"values"`
	Pairs   Optional[[]*nested]     `json:"pairs"`
	Secret  map[int]any             `json:"-"`
}

func TestEncode(t *testing.T) {
	tests := []struct {
		name string
		out  answer
		want string
	}{
		{"the zero value", answer{}, `{"maxResults":0,"name":"","count":0,"percent":0.0,"inner":{"enabled":false},"list":[]}`},
		{"everything", answer{
			page: page{5, Some("t")}, Name: "a\"é\x01", Some: Some(""), Count: -1, Big: Some[int64](math.MaxInt64), Percent: 12.25,
			Date: time.UnixMilli(1764583200007), Inner: nested{true, Some("x")}, Pointer: &nested{}, List: []nested{{}, {true, Some("")}},
			Any: value.MustParse(`{"b":1.0}`), Encoded: JSON(`{"c":2}`), Texts: Some([]string{"b", "a"}), Values: Some([]value.Value{{}, value.OfInt(1)}), Pairs: Some([]*nested{nil, {}}),
		}, `{"maxResults":5,"nextToken":"t","name":"a\"é\u0001","some":"","count":-1,"big":9223372036854775807,"percent":12.25,` +
			`"date":1764583200.007,"inner":{"enabled":true,"note":"x"},"pointer":{"enabled":false},"list":[{"enabled":false},{"enabled":true,"note":""}],` +
			`"any":{"b":1.0},"encoded":{"c":2},"texts":["b","a"],"values":[null,1],"pairs":[null,{"enabled":false}]}`},
		{"an empty list that may be absent", answer{Texts: Some([]string(nil))},
			`{"maxResults":0,"name":"","count":0,"percent":0.0,"inner":{"enabled":false},"list":[],"texts":[]}`},
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

func TestEncodeAppends(t *testing.T) {
	action := Handle(func(context.Context, *struct{}) (*nested, error) { return &nested{}, nil })
	got, err := action.Call(context.Background(), value.EmptyObject, nil, []byte("before "))
	if err != nil || string(got) != `before {"enabled":false}` {
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

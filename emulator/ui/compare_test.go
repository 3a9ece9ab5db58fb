package ui_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/ui"
)

func TestCompare(t *testing.T) {
	u := ui.New(ui.Config{})
	none := []string{}
	for _, c := range []struct {
		name string
		in   ui.Compare
		want ui.Compared
	}{
		{"JSON", ui.Compare{Before: `{"a": 1, "b": 2}`, After: `{"b": 3, "a": 1}`}, ui.Compared{
			Format: "json", Added: 1, Removed: 1,
			Parts: []ui.Part{
				{Before: 1, After: 1, Same: []string{"{"}, Removed: none, Added: none},
				{Before: 2, After: 2, Same: none, Removed: []string{`  "b": 2,`}, Added: []string{`  "b": 3,`}},
				{Before: 3, After: 3, Same: []string{`  "a": 1`, "}"}, Removed: none, Added: none},
			},
			Changes: []ui.Change{{Kind: "changed", Pointer: "/b", Before: "2", After: "3"}},
		}},
		{"text, since one is no JSON", ui.Compare{Before: "a", After: "1"}, ui.Compared{
			Format: "text", Added: 1, Removed: 1, Parts: []ui.Part{{Before: 1, After: 1, Same: none, Removed: []string{"a"}, Added: []string{"1"}}}, Changes: []ui.Change{},
		}},
		{"JSON as text", ui.Compare{Before: "[1]", After: "[1]", Format: "text"}, ui.Compared{
			Format: "text", Equal: true, Parts: []ui.Part{{Before: 1, After: 1, Same: []string{"[1]"}, Removed: none, Added: none}}, Changes: []ui.Change{},
		}},
		{"no data before", ui.Compare{After: "1", Format: "json"}, ui.Compared{
			Format: "json", Added: 1, Parts: []ui.Part{{Before: 1, After: 1, Same: none, Removed: none, Added: []string{"1"}}}, Changes: []ui.Change{{Kind: "added", After: "1"}},
		}},
		{"nothing", ui.Compare{}, ui.Compared{Format: "json", Equal: true, Parts: []ui.Part{}, Changes: []ui.Change{}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got ui.Compared
			if status := post(t, u, "compare", c.in, &got); status != 200 || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %d %+v, want %+v", status, got, c.want)
			}
		})
	}
	for _, in := range []ui.Compare{{Format: "yaml"}, {Before: "{", After: "{}", Format: "json"}, {Before: "{}", After: "}", Format: "json"}} {
		var why ui.Refusal
		if status := post(t, u, "compare", in, &why); status != 400 || why.Message == "" {
			t.Errorf("%+v: %d %+v", in, status, why)
		}
	}
}

// Values whose laid out text would be very long are compared as they are, and a list of
// changes ends.
func TestCompareHasLimits(t *testing.T) {
	u := ui.New(ui.Config{})
	deep := func(last string) string {
		return strings.Repeat("[", 900) + strings.Repeat("1,", 20_000) + last + strings.Repeat("]", 900)
	}
	var got ui.Compared
	if post(t, u, "compare", ui.Compare{Before: deep("1"), After: deep("2")}, &got); got.Format != "text" || got.Equal {
		t.Errorf("deep values were compared as %s, equal %v", got.Format, got.Equal)
	}
	many := func(item string) string { return "[" + strings.Repeat(item+",", 1500) + item + "]" }
	if post(t, u, "compare", ui.Compare{Before: many("1"), After: many("2")}, &got); len(got.Changes) != 1000 || !got.More {
		t.Errorf("%d changes, more %v; want 1000 and more", len(got.Changes), got.More)
	}
}

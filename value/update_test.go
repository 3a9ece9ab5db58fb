package value

import (
	"strings"
	"testing"
)

func TestUpdate(t *testing.T) {
	for _, c := range []struct {
		name   string
		text   string
		update func(Value) Value
		want   string
	}{
		{"replace", `{"a":1,"b":2}`, func(v Value) Value { return v.With("a", True) }, `{"a":true,"b":2}`},
		{"add", `{"a":1}`, func(v Value) Value { return v.With("b", True) }, `{"a":1,"b":true}`},
		{"add to an empty one", `{}`, func(v Value) Value { return v.With("", NullValue) }, `{"":null}`},
		{"add two in turn", `{"a":1}`, func(v Value) Value { return v.With("b", NullValue).With("c", NullValue) }, `{"a":1,"b":null,"c":null}`},
		{"replace inside", `{"a":{"x":1},"b":2}`, func(v Value) Value { return v.With("a", v.Get("a").With("x", OfInt(9))) }, `{"a":{"x":9},"b":2}`},
		{"put it into itself", `{"a":1}`, func(v Value) Value { return v.With("self", v) }, `{"a":1,"self":{"a":1}}`},
		{"remove the first", `{"a":1,"b":2,"c":3}`, func(v Value) Value { return v.Without("a") }, `{"b":2,"c":3}`},
		{"remove the last", `{"a":1,"b":2,"c":3}`, func(v Value) Value { return v.Without("c") }, `{"a":1,"b":2}`},
		{"remove the only one", `{"a":1}`, func(v Value) Value { return v.Without("a") }, `{}`},
		{"remove none", `{"a":1}`, func(v Value) Value { return v.Without("b") }, `{"a":1}`},
		{"remove from an empty one", `{}`, func(v Value) Value { return v.Without("b") }, `{}`},
		{"replace an item", `[1,2,3]`, func(v Value) Value { return v.WithIndex(1, EmptyObject) }, `[1,{},3]`},
		{"replace the last item", `[1,[2]]`, func(v Value) Value { return v.WithIndex(1, v) }, `[1,[1,[2]]]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := MustParse(c.text)
			before := rebuilt(v).String()
			got := c.update(v)
			if got.String() != c.want || rebuilt(got).String() != c.want || got.Size() != len(c.want) {
				t.Errorf("got %s of %d bytes, want %s", got, got.Size(), c.want)
			}
			if v.String() != c.text || rebuilt(v).String() != before {
				t.Errorf("the source was %s and is %s", before, rebuilt(v))
			}
		})
	}
}

// Two updates of one source do not see one another, and share what neither
// touches.
func TestUpdatesShare(t *testing.T) {
	v := MustParse(`{"deep":{"list":[1,2,{"x":true}]},"n":1}`)
	a, b := v.With("more", OfString("a")), v.With("more", OfString("b"))
	a = a.With("again", NullValue)
	b = b.With("n", OfInt(2))
	for _, c := range []struct {
		got  Value
		want string
	}{
		{v, `{"deep":{"list":[1,2,{"x":true}]},"n":1}`},
		{a, `{"deep":{"list":[1,2,{"x":true}]},"n":1,"more":"a","again":null}`},
		{b, `{"deep":{"list":[1,2,{"x":true}]},"n":2,"more":"b"}`},
	} {
		if got := rebuilt(c.got).String(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	if !same(v.Get("deep"), a.Get("deep")) || !same(v.Get("deep"), b.Get("deep")) {
		t.Error("an update copied a part it did not touch")
	}
	if v.With("n", NullValue).Shape() != v.Shape() {
		t.Error("replacing a member made another shape")
	}
	if got := v.Without("nothing"); !same(got, v) {
		t.Error("removing nothing made another object")
	}
	list := v.Get("deep").Get("list")
	if got := list.WithIndex(0, NullValue); !same(got.Index(2), list.Index(2)) {
		t.Error("an update copied an item it did not touch")
	}
}

// A chain of With, as a loop of states builds it, stays right when the object
// becomes wide.
func TestUpdateChain(t *testing.T) {
	v := EmptyObject
	for i := range 100 {
		v = v.With(strings.Repeat("x", i), OfInt(int64(i)))
	}
	for i := range 100 {
		if got, ok := v.Get(strings.Repeat("x", i)).Int(); !ok || got != int64(i) {
			t.Errorf("member %d: got %d, %v", i, got, ok)
		}
	}
	for i := range 100 {
		v = v.Without(strings.Repeat("x", i))
	}
	if !same(v, EmptyObject) {
		t.Errorf("got %s, want {}", v)
	}
}

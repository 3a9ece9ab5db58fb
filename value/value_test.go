package value

import (
	"fmt"
	"slices"
	"testing"
)

// Every accessor takes every kind: what does not fit gives the zero answer.
func TestAccessorsOfOtherKinds(t *testing.T) {
	for _, c := range []struct {
		v    Value
		kind string
	}{
		{Value{}, "absent"},
		{NullValue, "null"},
		{True, "boolean"},
		{OfInt(1), "number"},
		{MustParse(`1.50`), "number"},
		{OfString("text long enough to be taken for a node"), "string"},
		{OfItems(OfInt(1)), "array"},
		{OfMembers("a", OfInt(1)), "object"},
		{opaque(1), "opaque"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			v, k := c.v, c.v.Kind()
			if got := k.String(); got != c.kind {
				t.Errorf("kind: got %s, want %s", got, c.kind)
			}
			for _, answer := range []struct {
				name string
				kind Kind
				got  bool
			}{
				{"IsNull", Null, v.IsNull()},
				{"Bool", Bool, v.Bool()},
				{"Float", Number, v.Float() != 0},
				{"NumberText", Number, v.NumberText() != ""},
				{"Text", String, v.Text() != ""},
				{"Index", Array, v.Index(0).Exists()},
				{"Slice", Array, v.Slice() != nil},
				{"Get", Object, v.Get("a").Exists()},
				{"MemberValues", Object, v.MemberValues() != nil},
				{"Shape", Object, v.Shape() != nil},
			} {
				if want := k == answer.kind; answer.got != want {
					t.Errorf("%s: got %v, want %v", answer.name, answer.got, want)
				}
			}
			if got, want := v.Exists(), k != Absent; got != want {
				t.Errorf("Exists: got %v, want %v", got, want)
			}
			if got, want := v.Len() == 1, k == Array || k == Object; got != want {
				t.Errorf("Len: got %d", v.Len())
			}
			for i := range v.Items() {
				if k != Array {
					t.Errorf("Items gives item %d", i)
				}
			}
			for name := range v.Members() {
				if k != Object {
					t.Errorf("Members gives %s", name)
				}
			}
		})
	}
}

// What demands a kind panics for every other one, and for what is not there:
// it never takes foreign memory for an array or object.
func TestWrongKindPanics(t *testing.T) {
	for _, v := range []Value{{}, NullValue, True, OfInt(1), MustParse(`15`), OfString("text"), opaque(1), OfItems(OfInt(1)), OfMembers("a", OfInt(1))} {
		for name, c := range map[string]struct {
			kind Kind
			call func()
		}{
			"With":      {Object, func() { v.With("a", NullValue) }},
			"Without":   {Object, func() { v.Without("a") }},
			"Member":    {Object, func() { v.Member(0) }},
			"WithIndex": {Array, func() { v.WithIndex(0, NullValue) }},
		} {
			got, want := panics(c.call), any(nil)
			if v.Kind() != c.kind {
				want = fmt.Sprintf("value: expected an %s, got %s", c.kind, v.Kind())
			}
			if got != want {
				t.Errorf("%s of %s: got %v, want %v", name, v.Kind(), got, want)
			}
		}
	}
	for name, call := range map[string]func(){
		"WithIndex": func() { OfItems(NullValue).WithIndex(1, NullValue) },
		"Member":    func() { OfMembers("a", NullValue).Member(1) },
		"ObjectOf":  func() { OfMembers(1, NullValue) },
		"NewShape":  func() { NewShape("a", "b", "a") },
		"Shape.New": func() { NewShape("a").New([]Value{NullValue, NullValue}) },
	} {
		if panics(call) == nil {
			t.Errorf("%s does not panic", name)
		}
	}
}

func panics(call func()) (with any) {
	defer func() { with = recover() }()
	call()
	return nil
}

func TestIndexAndGet(t *testing.T) {
	v := MustParse(`{"a":[10,20],"b":null}`)
	for _, c := range []struct {
		name string
		got  Value
		want string
	}{
		{"first", v.Get("a").Index(0), `10`},
		{"last", v.Get("a").Index(1), `20`},
		{"behind the last", v.Get("a").Index(2), ``},
		{"before the first", v.Get("a").Index(-1), ``},
		{"a null member is there", v.Get("b"), `null`},
		{"no member", v.Get("c"), ``},
		{"of no member", v.Get("c").Get("d").Index(0), ``},
	} {
		if got := c.got.String(); got != c.want || c.got.Exists() != (c.want != "") {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	name, member := v.Member(1)
	if name != "b" || !member.IsNull() {
		t.Errorf("member 1: got %s, %s", name, member)
	}
}

// The ranges stop when their loop does, and keep the order.
func TestRanges(t *testing.T) {
	v := MustParse(`{"z":[1,2,3],"a":2,"m":3}`)
	var names []string
	for name, member := range v.Members() {
		names = append(names, name+"="+member.String())
		if name == "a" {
			break
		}
	}
	if want := []string{"z=[1,2,3]", "a=2"}; !slices.Equal(names, want) {
		t.Errorf("members: got %v, want %v", names, want)
	}
	sum := 0.0
	for i, item := range v.Get("z").Items() {
		if i == 2 {
			break
		}
		sum += item.Float()
	}
	if sum != 3 {
		t.Errorf("items: got a sum of %v, want 3", sum)
	}
}

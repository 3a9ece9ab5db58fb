package value

import (
	"fmt"
	"sync"
	"testing"
)

// Look-ups agree in every size, before and after a shape gets its index.
func TestShapeIndex(t *testing.T) {
	for _, n := range []int{0, 1, 2, linear - 1, linear, linear + 1, 100} {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprint("name", i)
		}
		s := NewShape(names...)
		if s.Len() != n {
			t.Errorf("%d names: Len is %d", n, s.Len())
		}
		for round := range 2 {
			for i, name := range names {
				if s.Index(name) != i || s.Name(i) != name {
					t.Errorf("%d names, round %d: %s is at %d", n, round, name, s.Index(name))
				}
			}
			for range 2 * few {
				if got := s.Index("name"); got != -1 {
					t.Errorf("%d names: a name that is not there is at %d", n, got)
				}
			}
		}
	}
}

// Many goroutines may use one shape; the race detector watches.
func TestShapeConcurrently(t *testing.T) {
	var b ObjectBuilder
	for i := range 50 {
		b.Set(fmt.Sprint("name", i), OfInt(int64(i)))
	}
	for _, v := range []Value{MustParse(b.Value().String()), EmptyObject.With("name7", NullValue)} {
		for range 48 { // by With, so that the shape begins without an index
			v = v.With(fmt.Sprint("more", v.Len()), NullValue)
		}
		v = v.With("name7", OfInt(7))
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 100 {
					if got := v.Get("name7").Float(); got != 7 {
						t.Errorf("got %v, want 7", got)
					}
					if v.Get("nothing").Exists() {
						t.Error("found nothing")
					}
				}
			})
		}
		all.Wait()
	}
}

func TestShapeNew(t *testing.T) {
	s := NewShape("a", "b")
	if got := s.New([]Value{OfInt(1), NullValue}).String(); got != `{"a":1,"b":null}` {
		t.Errorf("got %s", got)
	}
	if got := NewShape().New(nil); !same(got, EmptyObject) {
		t.Errorf("got %s, want {}", got)
	}
}

func TestObjectBuilder(t *testing.T) {
	for _, n := range []int{0, 1, linear, linear + 1, linear + 2, 100} {
		t.Run(fmt.Sprint(n, " members"), func(t *testing.T) {
			var b ObjectBuilder
			for round := range 2 { // the second replaces the members where they stand
				for i := range n {
					b.Set(fmt.Sprint("m", i), OfInt(int64(i*round)))
				}
			}
			if b.Len() != n || b.Get("nothing").Exists() {
				t.Errorf("Len is %d, Get finds nothing: %v", b.Len(), b.Get("nothing"))
			}
			if n > 0 && b.Get(fmt.Sprint("m", n-1)).Float() != float64(n-1) {
				t.Errorf("the last member is %s", b.Get(fmt.Sprint("m", n-1)))
			}
			v := b.Value()
			if v.Len() != n {
				t.Errorf("got %d members", v.Len())
			}
			for i := range n {
				name, member := v.Member(i)
				if want := fmt.Sprint("m", i); name != want || member.Float() != float64(i) || !Equal(v.Get(want), member) {
					t.Errorf("member %d: got %s, %s, by name %s", i, name, member, v.Get(want))
				}
			}
			if !Equal(MustParse(v.String()), v) {
				t.Errorf("reads back as %s", MustParse(v.String()))
			}
			if b.Len() != 0 || b.Get("m0").Exists() {
				t.Error("the builder is not empty afterwards")
			}
			b.Set("m0", True)
			if got := b.Value().String(); got != `{"m0":true}` || v.Len() != n {
				t.Errorf("built again: got %s, and the first has %d members", got, v.Len())
			}
		})
	}
}

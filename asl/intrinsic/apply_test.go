package intrinsic

import (
	"testing"

	"github.com/aslocal/aslocal/value"
)

func TestJavaDouble(t *testing.T) {
	if got, want := JavaDouble(42), 0.7275636800328681; got != want {
		t.Errorf("JavaDouble(42) = %v, want %v", got, want)
	}
}

func TestApply(t *testing.T) {
	got, err := Apply("States.ArrayRange", nil, value.OfInt(0), value.OfInt(9), value.OfInt(3))
	if err != nil || got.String() != "[0,3,6,9]" {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := Apply("States.ArrayRange", nil, value.OfInt(0)); err == nil {
		t.Error("a call with too few arguments did not fail")
	}
	if _, err := Apply("States.Nonsense", nil); err == nil {
		t.Error("an unknown function did not fail")
	}
}

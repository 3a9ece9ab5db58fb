//go:build !purego

package value

import (
	"testing"
	"unsafe"
)

// The speed of everything rests on it.
func TestValueIsSmall(t *testing.T) {
	if got := unsafe.Sizeof(Value{}); got != 24 {
		t.Errorf("a Value has %d bytes, want 24", got)
	}
}

//go:build !purego

package cell

import (
	"testing"
	"unsafe"
)

// The speed of everything depends on it.
func TestCellIsSmall(t *testing.T) {
	if got := unsafe.Sizeof(Cell{}); got != 24 {
		t.Errorf("a Cell has %d bytes, want 24", got)
	}
}

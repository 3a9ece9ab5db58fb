package intrinsic_test

import (
	"testing"

	"github.com/aslocal/aslocal/asl/intrinsic"
)

// What a seed gives never changes: executions that are continued depend on it.
func TestSource(t *testing.T) {
	s := intrinsic.NewSource(1)
	if got, want := s.Uint64(), uint64(0x910a2dec89025cc1); got != want {
		t.Errorf("first number: got %#x, want %#x", got, want)
	}
	if got, want := intrinsic.NewSource(1).UUID(), "c15c0289-ec2d-4a91-a7ec-8e65a18debbe"; got != want {
		t.Errorf("UUID: got %s, want %s", got, want)
	}
	if f := s.Float64(); f < 0 || f >= 1 {
		t.Errorf("Float64: got %v", f)
	}
	jumped := intrinsic.NewSource(1)
	jumped.Jump(6)
	if got, want := jumped.Uint64(), intrinsic.NewSource(7).Uint64(); got != want {
		t.Errorf("after a jump: got %#x, want %#x", got, want)
	}
}

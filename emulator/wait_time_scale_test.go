package emulator_test

import (
	"math"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
)

// A factor beyond any use does not overflow: a Wait gets longer, not shorter.
func TestWaitTimeScaleDoesNotOverflow(t *testing.T) {
	for _, tt := range []struct {
		name  string
		scale float64
		wait  string // fields of the state
		past  time.Duration
		want  string
	}{
		{"a second by the largest factor", emulator.MaxWaitTimeScale, `"Seconds": 1`, 9_999 * time.Second, "RUNNING"},
		{"and when it is over", emulator.MaxWaitTimeScale, `"Seconds": 1`, 10_000 * time.Second, "SUCCEEDED"},
		{"a factor above it", 1e15, `"Seconds": 1`, 9_999 * time.Second, "RUNNING"},
		{"infinity", math.Inf(1), `"Seconds": 99999999`, 99_999_999 * time.Second, "RUNNING"},
		{"almost the longest Wait (F-012)", 1e15, `"Timestamp": "2094-01-01T00:00:00Z"`, 99_999_999 * time.Second, "RUNNING"},
		{"not a number", math.NaN(), `"Seconds": 1`, time.Second, "SUCCEEDED"},
		{"below 0", -1, `"Seconds": 1`, time.Second, "SUCCEEDED"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, err := emulator.New(emulator.WithVirtualClock(time.Unix(1_800_000_000, 0)), emulator.WithWaitTimeScale(tt.scale))
			if err != nil {
				t.Fatal(err)
			}
			defer em.Close()
			arn, err := em.Register(emulator.Registration{Name: "w", Definition: `{"StartAt": "W", "States": {"W": {"Type": "Wait", ` + tt.wait + `, "End": true}}}`})
			if err != nil {
				t.Fatal(err)
			}
			execution, err := em.Start(t.Context(), arn, "{}")
			if err != nil {
				t.Fatal(err)
			}
			if err := em.Advance(t.Context(), tt.past); err != nil {
				t.Fatal(err)
			}
			if x, err := em.Execution(execution); err != nil || x.Status != tt.want {
				t.Errorf("after %s: %s, %v, want %s", tt.past, x.Status, err, tt.want)
			}
		})
	}
}

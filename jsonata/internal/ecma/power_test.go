package ecma

import (
	"math"
	"testing"
)

// The results are those of exact arithmetic, rounded.

func TestPower(t *testing.T) {
	for _, c := range []struct{ x, y, want float64 }{
		{2, 10, 1024}, {2, -1, 0.5}, {2, 0.5, math.Sqrt2}, {9, 0.5, 3}, {-2, 3, -8}, {-8, 1.0 / 3, math.NaN()},
		{0, 0, 1}, {0, -1, math.Inf(1)}, {math.Copysign(0, -1), 3, math.Copysign(0, -1)}, {1, math.Inf(1), math.NaN()}, {1, math.NaN(), math.NaN()},
		{math.NaN(), 0, 1}, {math.Inf(1), -1, 0}, {10, 308, 1e308}, {10, 400, math.Inf(1)}, {10, -400, 0}, {10, -320, 1e-320}, {2, -1074, 5e-324},
		{3, 33, 5559060566555523}, {1<<27 + 1, 2, 18014398777917440}, {-3, 34, 16677181699666568},
		{9007199254740993, 1.5, 8.548396450010093e23}, {1e21, 10, 1e210}, {1510067557121, 3, 3.443413131649844e36},
		{1e-7, 10, 9.999999999999995e-71}, {1000, -2.5, 3.162277660168379e-8}, {0.1, 10, 1.0000000000000006e-10},
		{1510067557121, -2.5, 3.5686919171703023e-31}, {10, -5, 1e-5}, {1.05, 12, 1.79585632602213}, {666, 4.096500130598692, 368436415598.11847},
		{412, 8, 8.30190440538188e20}, {471, 6, 1.091755636512632e16},
	} {
		if got := Power(c.x, c.y); math.Float64bits(got) != math.Float64bits(c.want) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%v to the power of %v: got %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

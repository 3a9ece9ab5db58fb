package intrinsic

import (
	"fmt"

	"github.com/aslocal/aslocal/value"
)

// Apply calls a function with values. The functions $partition, $range, $hash and
// $parse of JSONata states do the same as functions here (documented). random may be
// nil if the function needs none. The error is the detail of an Error, without the
// call.
func Apply(name string, random Random, arguments ...value.Value) (value.Value, error) {
	f := lookUp(name)
	if f == nil || len(arguments) < f.least || len(arguments) > f.most {
		return value.Value{}, fmt.Errorf("intrinsic: no function %s of %d arguments", name, len(arguments))
	}
	return f.run(&invocation{values: arguments, random: random})
}

// JavaDouble returns the first number, 0 <= n < 1, of java.util.Random with that
// seed. $random(seed) of JSONata returns it (measured: $random(42) is
// 0.7275636800328681).
func JavaDouble(seed int64) float64 {
	r := newJavaRandom(seed)
	high, low := r.next(26), r.next(27)
	return float64(int64(high)<<27+int64(low)) / (1 << 53)
}

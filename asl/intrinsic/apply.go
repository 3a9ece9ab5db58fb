package intrinsic

import (
	"fmt"

	"github.com/aslocal/aslocal/value"
)

// Apply calls a function with values. JSONata states have $partition, $range,
// $hash, $uuid and $parse, which do the same as a function here (documented);
// they are made of it. The error is the detail alone.
func Apply(name string, random Random, arguments ...value.Value) (value.Value, error) {
	f := lookUp(name)
	if f == nil || len(arguments) < f.least || len(arguments) > f.most {
		return value.Value{}, fmt.Errorf("intrinsic: no function %s of %d arguments", name, len(arguments))
	}
	return f.run(&invocation{values: arguments, random: random})
}

// JavaDouble returns the first number, from 0 to 1 exclusively, of Java's
// java.util.Random with that seed: what JSONata's $random(seed) gives (measured:
// $random(42) is 0.7275636800328681).
func JavaDouble(seed int64) float64 {
	r := newJavaRandom(seed)
	high, low := r.next(26), r.next(27)
	return float64(int64(high)<<27+int64(low)) / (1 << 53)
}

package intrinsic

import (
	"math"

	"github.com/aslocal/aslocal/value"
)

// A function is one row of the table. run fails with an *Error that lacks the call.
type function struct {
	name          string
	least, most   int // arguments
	returnsString bool
	run           func(in *invocation) (value.Value, error)
}

// many is the maximum number of arguments of a function without a maximum.
const many = math.MaxInt

// functions is the table. Spec: "Intrinsic Functions", and intrinsics added by
// the service in August 2022.
var functions = []function{
	{"States.Array", 0, many, false, array},
	{"States.ArrayPartition", 2, 2, false, arrayPartition},
	{"States.ArrayContains", 2, 2, false, arrayContains},
	{"States.ArrayRange", 3, 3, false, arrayRange},
	{"States.ArrayGetItem", 2, 2, true, arrayGetItem},
	{"States.ArrayLength", 1, 1, false, arrayLength},
	{"States.ArrayUnique", 1, 1, false, arrayUnique},
	{"States.Base64Encode", 1, 1, true, base64Encode},
	{"States.Base64Decode", 1, 1, true, base64Decode},
	{"States.Hash", 2, 2, true, hash},
	{"States.JsonMerge", 3, 3, false, jsonMerge},
	{"States.StringToJson", 1, 1, false, stringToJSON},
	{"States.JsonToString", 1, 1, true, jsonToString},
	{"States.MathRandom", 2, 3, false, mathRandom},
	{"States.MathAdd", 2, 2, false, mathAdd},
	{"States.StringSplit", 2, 2, false, stringSplit},
	{"States.UUID", 0, many, true, uuid},
	{"States.Format", 1, many, true, format},
}

// Functions returns the names of all functions.
func Functions() []string {
	names := make([]string, len(functions))
	for i, f := range functions {
		names[i] = f.name
	}
	return names
}

// lookUp returns the function of that name, or nil. Names are case-sensitive.
func lookUp(name string) *function {
	for i := range functions {
		if functions[i].name == name {
			return &functions[i]
		}
	}
	return nil
}

// An invocation is the input of a function: the values of its arguments, as many as
// its row allows.
type invocation struct {
	function *function
	values   []value.Value
	few      [4]value.Value // room for values
	template *template      // see argument
	random   Random
}

// run calls the function, unless it does not take that many arguments, which the
// service finds out no earlier (F-110).
func (in *invocation) run() (value.Value, error) {
	if n := len(in.values); n < in.function.least || n > in.function.most {
		return value.Value{}, in.wrongNumber()
	}
	v, err := in.function.run(in)
	if err == nil && v.Size() > maxPayload {
		return value.Value{}, in.tooLarge()
	}
	return v, err
}

// wrongNumber says that there are too many or too few arguments. Only
// States.JsonToString says so (F-110).
func (in *invocation) wrongNumber() error {
	if in.function.name == "States.JsonToString" {
		return in.failure("Invalid arguments", ": only a single argument is allowed.")
	}
	return in.invalid()
}

// These functions return argument i, or fail if it is of another kind.

func (in *invocation) array(i int) ([]value.Value, error) {
	if in.values[i].Kind() != value.Array {
		return nil, in.invalid()
	}
	return in.values[i].Slice(), nil
}

func (in *invocation) text(i int) (string, error) {
	if in.values[i].Kind() != value.String {
		return "", in.invalid()
	}
	return in.values[i].Text(), nil
}

func (in *invocation) object(i int) (value.Value, error) {
	if in.values[i].Kind() != value.Object {
		return value.Value{}, in.invalid()
	}
	return in.values[i], nil
}

// integer returns a number without its fraction: 2.6 is 2, -2.6 is -2 (F-111). It
// must then have 32 bits.
func (in *invocation) integer(i int) (int, error) {
	return in.bits32(i, math.Trunc(in.values[i].Float()))
}

// What Java makes of infinity in an int: it rounds to the greatest or the least
// integer of 64 bits, of which the lower 32 stay.
const (
	infiniteInt         = -1
	negativeInfiniteInt = 0
)

// nearest returns a number rounded to the nearest integer, a half towards positive
// infinity: 2.5 is 3, -2.5 is -2 (F-111). It must then have 32 bits, unless no
// double holds it: such a number does not fail (F-111).
func (in *invocation) nearest(i int) (int, error) {
	f := in.values[i].Float()
	switch {
	case math.IsInf(f, 1):
		return infiniteInt, nil
	case math.IsInf(f, -1):
		return negativeInfiniteInt, nil
	}
	whole := math.Floor(f)
	if f-whole >= 0.5 { // not Floor(f+0.5), which would round 0.49999999999999994 up
		whole++
	}
	return in.bits32(i, whole)
}

// bits32 returns what argument i was rounded to.
func (in *invocation) bits32(i int, whole float64) (int, error) {
	if in.values[i].Kind() != value.Number || whole < math.MinInt32 || whole > math.MaxInt32 {
		return 0, in.invalid()
	}
	return int(whole), nil
}

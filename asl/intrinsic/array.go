package intrinsic

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// maxRange is the maximum number of items that States.ArrayRange returns.
const maxRange = 1000

// array returns its arguments.
func array(in *invocation) (value.Value, error) {
	return value.OfSlice(slices.Clone(in.values)), nil
}

// arrayPartition cuts an array into arrays of n items; the last may be shorter.
func arrayPartition(in *invocation) (value.Value, error) {
	items, err := in.array(0)
	if err != nil {
		return value.Value{}, err
	}
	n, err := in.integer(1)
	if err != nil {
		return value.Value{}, err
	}
	if n <= 0 {
		return value.Value{}, in.invalid()
	}
	chunks := make([]value.Value, 0, len(items)/n+1)
	for chunk := range slices.Chunk(items, n) {
		chunks = append(chunks, value.OfSlice(chunk))
	}
	return value.OfSlice(chunks), nil
}

// arrayContains compares the texts of values as Java prints them: 1 is like "1",
// {"a":1,"b":2} not like {"b":2,"a":1} (F-112).
func arrayContains(in *invocation) (value.Value, error) {
	items, err := in.array(0)
	if err != nil {
		return value.Value{}, err
	}
	sought := appendJava(nil, in.values[1])
	var text []byte
	for _, item := range items {
		if text = appendJava(text[:0], item); bytes.Equal(text, sought) {
			return value.True, nil
		}
	}
	return value.False, nil
}

// arrayRange counts from the first to the last argument but one, inclusively.
func arrayRange(in *invocation) (value.Value, error) {
	var bounds [3]int
	for i := range bounds {
		n, err := in.integer(i)
		if err != nil {
			return value.Value{}, err
		}
		bounds[i] = n
	}
	first, last, step := bounds[0], bounds[1], bounds[2]
	if step == 0 {
		return value.Value{}, in.invalid()
	}
	n := 0
	if first == last || (first < last) == (step > 0) { // otherwise it counts away from the last
		n = (last-first)/step + 1
	}
	if n > maxRange {
		return value.Value{}, in.invalid()
	}
	items := make([]value.Value, n)
	for i := range items {
		items[i] = value.OfInt(int64(first + i*step))
	}
	return value.OfSlice(items), nil
}

// arrayGetItem returns the item at an index. An empty array has null everywhere
// (F-111).
func arrayGetItem(in *invocation) (value.Value, error) {
	items, err := in.array(0)
	if err != nil {
		return value.Value{}, err
	}
	i, err := in.integer(1)
	switch {
	case err != nil:
		return value.Value{}, err
	case len(items) == 0 && i >= 0:
		return value.NullValue, nil
	case i < 0 || i >= len(items):
		return value.Value{}, in.invalid()
	}
	return items[i], nil
}

func arrayLength(in *invocation) (value.Value, error) {
	items, err := in.array(0)
	return value.OfInt(int64(len(items))), err
}

// arrayUnique keeps the first of items that are equal, in the order of a HashSet of
// Java (F-112).
func arrayUnique(in *invocation) (value.Value, error) {
	items, err := in.array(0)
	if err != nil {
		return value.Value{}, err
	}
	seen := make(map[string]bool, len(items))
	unique := make([]value.Value, 0, len(items))
	hashes := make([]int32, 0, len(items))
	var key []byte
	for _, item := range items {
		key = appendKey(key[:0], item)
		if !seen[string(key)] {
			seen[string(key)] = true
			unique, hashes = append(unique, item), append(hashes, value.JavaHash(item))
		}
	}
	ordered := make([]value.Value, len(unique))
	for i, k := range value.JavaHashOrder(hashes) {
		ordered[i] = unique[k]
	}
	return value.OfSlice(ordered), nil
}

// appendKey appends a text that is the same for equal values only: members are in
// the order of their names, numbers have a canonical form.
func appendKey(key []byte, v value.Value) []byte {
	switch v.Kind() {
	case value.Number:
		return appendNumberKey(key, v)
	case value.Array:
		key = append(key, '[')
		for _, item := range v.Slice() {
			key = append(appendKey(key, item), ',')
		}
		return append(key, ']')
	case value.Object:
		names := make([]string, 0, v.Len())
		for name := range v.Members() {
			names = append(names, name)
		}
		slices.Sort(names)
		key = append(key, '{')
		for _, name := range names {
			key = append(value.AppendQuoted(key, name), ':')
			key = append(appendKey(key, v.Get(name)), ',')
		}
		return append(key, '}')
	}
	return v.AppendJSON(key)
}

// appendNumberKey appends digits without zeros at either end, and an exponent.
func appendNumberKey(key []byte, v value.Value) []byte {
	if n, ok := v.Int(); ok {
		return strconv.AppendInt(key, n, 10)
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(v.NumberText()), "e")
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	e := new(big.Int)
	if exponent != "" {
		e.SetString(exponent, 10) // digits, perhaps with a sign: the text is a number
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	kept := strings.TrimRight(digits, "0")
	e.Add(e, big.NewInt(int64(len(digits)-len(kept)-len(fraction))))
	if negative {
		key = append(key, '-')
	}
	return e.Append(append(append(key, kept...), 'e'), 10)
}

package ecma

import (
	"math"

	"github.com/aslocal/aslocal/value"
)

// NumberText returns the text of a number as ECMAScript writes it, also of NaN
// and the infinities.
func NumberText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return value.OfFloat(f).NumberText()
}

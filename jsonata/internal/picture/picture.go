// Package picture formats and reads integers, numbers and dates by pictures, as
// JSONata does: "#,##0.00", "w;o", "[D1o] of [MNn]". The pictures are those of
// XPath (fn:format-integer, fn:format-number, "Formatting dates and times");
// where the reference implementation of JSONata departs from them, so does this
// package.
//
// Every error is an *[Error]. A picture that is used often is taken apart once.
package picture

import "fmt"

// An Error is a mistake in a picture, or a number or text that does not suit it.
type Error struct {
	Problem Problem
	Text    string // the part of the picture concerned, for the problems that mention Text
	Digits  int    // for ZoneDigits: the number of digits; 0 if there are none
}

// Error names the problem and the part of the picture.
func (e *Error) Error() string {
	return fmt.Sprintf("picture: problem %d: %q (%d)", e.Problem, e.Text, e.Digits)
}

// A Problem says what is wrong.
type Problem uint8

// The problems.
const (
	TooLarge Problem = iota + 1 // the picture, or the text it would give

	// Pictures of integers.
	MixedDigits // digits of several scripts
	Sequence    // a sequence that begins with Text is not supported

	// Pictures of numbers.
	ManySubPictures         // more than two
	ManyDecimalSeparators   // more than one in a sub-picture
	ManyPercents            // more than one in a sub-picture
	ManyPerMilles           // more than one in a sub-picture
	PercentAndPerMille      // both in a sub-picture
	NoDigits                // none in the mantissa
	PassiveInside           // a passive character between active ones
	GroupingBesideDecimal   // a grouping separator beside the decimal one
	GroupingAtEnd           // at the end of the integer part
	AdjacentGroupings       // two grouping separators in a row
	MandatoryBeforeOptional // a mandatory digit before an optional one in the integer part
	OptionalBeforeMandatory // an optional digit before a mandatory one in the fraction
	PercentWithExponent     // a percent or per-mille with an exponent
	ExponentDigits          // the exponent is empty, or has something other than digits

	// Pictures of dates.
	UnknownComponent  // Text is the component
	NoNames           // the component Text has no names
	ZoneDigits        // a zone with Digits digits
	UnclosedMarker    // "[" without "]"
	MissingComponents // the picture does not determine a date
)

func problem(p Problem) error { return &Error{Problem: p} }

func problemIn(p Problem, text string) error { return &Error{Problem: p, Text: text} }

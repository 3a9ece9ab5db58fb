package asl

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file has the functions of JSONata that behave differently in Step Functions
// than in the reference (F-124).

// ErrInternal is the cause of a *jsonata.Error where a function of the service fails
// with an exception that it does not explain. The error itself explains it.
var ErrInternal = errors.New("internal error")

// changedFunctions are these functions.
var changedFunctions = []jsonata.Function{
	{Name: "base64encode", Signature: "<s-:s>", Arity: 1, Call: base64Encode},
	{Name: "base64decode", Signature: "<s-:s>", Arity: 1, Call: base64Decode},
	{Name: "decodeUrlComponent", Signature: "<s-:s>", Arity: 1, Call: decodeURLComponent},
	withUTC("now", 1),
	withUTC("fromMillis", 2),
}

// base64Encode is $base64encode, of the UTF-8 of a text.
func base64Encode(c jsonata.Call, in []value.Value) (value.Value, error) {
	if !in[0].Exists() {
		return in[0], nil
	}
	return c.Text(base64.StdEncoding.EncodeToString([]byte(in[0].Text())))
}

// base64Decode is $base64decode, of the UTF-8 of a text. Padding may be missing, but
// no other character may be there.
func base64Decode(c jsonata.Call, in []value.Value) (value.Value, error) {
	if !in[0].Exists() {
		return in[0], nil
	}
	text, encoding := in[0].Text(), base64.RawStdEncoding
	if strings.HasSuffix(text, "=") {
		encoding = base64.StdEncoding
	}
	content, err := encoding.DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") { // which Go skips
		return value.Value{}, notBase64(text)
	}
	return c.Text(strings.ToValidUTF8(string(content), "\uFFFD"))
}

// notBase64 returns the error for a text that is not Base64.
func notBase64(text string) error {
	const most = 40 // characters that are shown
	if chars := []rune(text); len(chars) > most {
		text = string(chars[:most]) + "…"
	}
	return fmt.Errorf("$base64decode: %q is not Base64 (Step Functions reports an %w without a reason)", text, ErrInternal)
}

// decodeURLComponent is $decodeUrlComponent. A plus is a blank, and bytes that are no
// UTF-8 become U+FFFD. An escape without its two digits is an error.
func decodeURLComponent(c jsonata.Call, in []value.Value) (value.Value, error) {
	if !in[0].Exists() {
		return in[0], nil
	}
	text := in[0].Text()
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '+':
			out = append(out, ' ')
		case '%':
			code, err := strconv.ParseUint(text[i+1:min(i+3, len(text))], 16, 8)
			if err != nil || i+3 > len(text) {
				return value.Value{}, &jsonata.Error{Code: "D3140", Token: "decodeUrlComponent", Value: in[0]}
			}
			out = append(out, byte(code))
			i += 2
		default:
			out = append(out, text[i])
		}
	}
	return c.Text(strings.ToValidUTF8(string(out), "\uFFFD"))
}

// withUTC returns the function of dates with a name, changed so that its argument at
// the index zone, the time zone, may also be "utc".
func withUTC(name string, zone int) jsonata.Function {
	for _, f := range jsonata.Builtins() {
		if f.Name == name {
			call := f.Call
			f.Call = func(c jsonata.Call, in []value.Value) (value.Value, error) {
				if len(in) > zone && strings.EqualFold(in[zone].Text(), "utc") {
					in = append(append([]value.Value(nil), in[:zone]...), value.OfString("+0000"))
				}
				return call(c, in)
			}
			return f
		}
	}
	panic("asl: package jsonata has no function " + name)
}

package value

import (
	"errors"
	"strings"
	"testing"
)

// TestSyntaxErrors holds every message, with the place behind the character
// that is wrong.
func TestSyntaxErrors(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, c := range []struct {
		name, text   string
		message      string
		line, column int
	}{
		// The recorded ones.
		{"a word", `not a definition`, "Unrecognized token 'not': was expecting " + tokens, 1, 4},
		{"a quoted name", `{'not': 'json'`, "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 1, 3},

		{"nothing", ``, "No content to map due to end-of-input", 1, 1},
		{"white space", " \n ", "No content to map due to end-of-input", 2, 2},
		{"a word that begins like true", `trueish`, "Unrecognized token 'trueish': was expecting " + tokens, 1, 8},
		{"half a word", `[tru]`, "Unrecognized token 'tru': was expecting " + tokens, 1, 5},
		{"a word behind null", `[nulll]`, "Unrecognized token 'nulll': was expecting " + tokens, 1, 7},
		{"NaN", `NaN`, "Unrecognized token 'NaN': was expecting " + tokens, 1, 4},
		{"a word in another script", `[слово]`, "Unrecognized token 'слово': was expecting " + tokens, 1, 7},
		{"a long word", long, "Unrecognized token '" + long[:256] + "...': was expecting " + tokens, 1, 301},
		{"a long word cut inside a character", long[:255] + "éé", "Unrecognized token '" + long[:255] + "...': was expecting " + tokens, 1, 258},

		{"a quote instead", `'a'`, "Unexpected character (''' (code 39)): expected a valid value " + tokens, 1, 2},
		{"a plus", `+1`, "Unexpected character ('+' (code 43)): expected a valid value " + tokens, 1, 2},
		{"a point", `.5`, "Unexpected character ('.' (code 46)): expected a valid value " + tokens, 1, 2},
		{"a close marker alone", `]`, "Unexpected character (']' (code 93)): expected a valid value " + tokens, 1, 2},
		{"a trailing comma in an array", `[1,]`, "Unexpected character (']' (code 93)): expected a valid value " + tokens, 1, 5},
		{"a missing item", `[,1]`, "Unexpected character (',' (code 44)): expected a valid value " + tokens, 1, 3},
		{"a missing value", `{"a":}`, "Unexpected character ('}' (code 125)): expected a valid value " + tokens, 1, 7},
		{"a comment", `[/**/]`, "Unexpected character ('/' (code 47)): expected a valid value " + tokens, 1, 3},
		{"a byte order mark", "\uFEFF{}", "Unexpected character ('\uFEFF' (code 65279 / 0xfeff)): expected a valid value " + tokens, 1, 2},
		{"a typographic quote", `[“a”]`, "Unexpected character ('“' (code 8220 / 0x201c)): expected a valid value " + tokens, 1, 3},
		{"a control character", "[\x01]", "Unexpected character ((CTRL-CHAR, code 1)): expected a valid value " + tokens, 1, 3},
		{"a NUL", "[1\x00]", "Unexpected character ((CTRL-CHAR, code 0)): was expecting comma to separate Array entries", 1, 4},
		{"a NUL instead", "\x00", "Unexpected character ((CTRL-CHAR, code 0)): expected a valid value " + tokens, 1, 2},
		{"a NUL behind", "1\x00", "Unexpected character ((CTRL-CHAR, code 0)): was expecting the end of the text", 1, 3},
		{"a form feed", "[1,\f2]", "Unexpected character ((CTRL-CHAR, code 12)): expected a valid value " + tokens, 1, 5},
		{"bytes that are no UTF-8", "[\xff]", "Invalid UTF-8 start byte 0xff", 1, 3},

		{"a second value", `1 2`, "Unexpected character ('2' (code 50)): was expecting the end of the text", 1, 4},
		{"a second object", "{}\n{}", "Unexpected character ('{' (code 123)): was expecting the end of the text", 2, 2},
		{"a close marker too many", `[]]`, "Unexpected character (']' (code 93)): was expecting the end of the text", 1, 4},
		{"a word behind", `{} done`, "Unrecognized token 'done': was expecting " + tokens, 1, 8},

		{"a number for a name", `{1:2}`, "Unexpected character ('1' (code 49)): was expecting double-quote to start field name", 1, 3},
		{"a trailing comma in an object", `{"a":1,}`, "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 1, 9},
		{"a comma first", `{,}`, "Unexpected character (',' (code 44)): was expecting double-quote to start field name", 1, 3},
		{"no colon", `{"a" 1}`, "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 1, 7},
		{"an equals sign", `{"a"=1}`, "Unexpected character ('=' (code 61)): was expecting a colon to separate field name and value", 1, 6},
		{"no comma in an object", `{"a":1 "b":2}`, "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries", 1, 9},
		{"no comma in an array", `[1 2]`, "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 1, 5},
		{"no comma in an array in an object", `{"a":[[1] [2]]}`, "Unexpected character ('[' (code 91)): was expecting comma to separate Array entries", 1, 12},
		{"a letter behind a number", `[1a]`, "Unexpected character ('a' (code 97)): was expecting comma to separate Array entries", 1, 4},
		{"lines and columns", "{\n  \"é\": 1,\n  \"ü\": x\n}", "Unrecognized token 'x': was expecting " + tokens, 3, 9},

		{"an open array", `[`, `Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)"["; line: 1, column: 1])`, 1, 2},
		{"an open object", `{`, `Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)"{"; line: 1, column: 1])`, 1, 2},
		{"an open object inside", "[\n {\"]\\\"\":[{}]", "Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)\"[\n {\"]\\\"\":[{}]\"; line: 2, column: 2])", 2, 13},
		{"an array that lacks an item", `[1,`, "Unexpected end-of-input within/between Array entries", 1, 4},
		{"an object that lacks a member", `{"a":1, `, "Unexpected end-of-input within/between Object entries", 1, 9},
		{"an object that lacks a colon", `{"a"`, "Unexpected end-of-input within/between Object entries", 1, 5},
		{"an object that lacks a value", `{"a":`, "Unexpected end-of-input within/between Object entries", 1, 6},
		{"the wrong close marker of an array", `[1}`, `Unexpected close marker '}': expected ']' (for Array starting at [Source: (String)"[1}"; line: 1, column: 1])`, 1, 4},
		{"the wrong close marker of an object", `{"a":1]`, `Unexpected close marker ']': expected '}' (for Object starting at [Source: (String)"{"a":1]"; line: 1, column: 1])`, 1, 8},
		{"the wrong close marker of an empty object", `{]`, `Unexpected close marker ']': expected '}' (for Object starting at [Source: (String)"{]"; line: 1, column: 1])`, 1, 3},
		{"the wrong close marker of an empty array", `[}`, `Unexpected close marker '}': expected ']' (for Array starting at [Source: (String)"[}"; line: 1, column: 1])`, 1, 3},
		{"a NUL in place of an item", "[\x00]", "Unexpected character ((CTRL-CHAR, code 0)): expected a valid value " + tokens, 1, 3},
		{"a long text is cut", `["` + long + long + `"`, `Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)"["` + strings.Repeat("x", 498) + `"[truncated 103 chars]; line: 1, column: 1])`, 1, 604},

		{"an open string", `"a`, "Unexpected end-of-input: was expecting closing quote for a string value", 1, 3},
		{"an open string, not ASCII", `["ä`, "Unexpected end-of-input: was expecting closing quote for a string value", 1, 4},
		{"an open name", `{"a`, "Unexpected end-of-input: was expecting closing quote for a string value", 1, 4},
		{"a line break in a string", "\"a\nb\"", "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value", 2, 1},
		{"a tab in a string", "[\"\t\"]", "Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be included in string value", 1, 4},
		{"a string that is no UTF-8", "\"a\xC3\"", "Invalid UTF-8 start byte 0xc3", 1, 4},
		{"a surrogate half in UTF-8", "\"\xED\xA0\x80\"", "Invalid UTF-8 start byte 0xed", 1, 3},
		{"an unknown escape", `"\x41"`, "Unrecognized character escape 'x' (code 120)", 1, 4},
		{"an escaped line break", "\"\\\n\"", "Unrecognized character escape (CTRL-CHAR, code 10)", 2, 1},
		{"an escape that is no UTF-8", "\"\\\xff\"", "Invalid UTF-8 start byte 0xff", 1, 4},
		{"an open escape", `"\`, "Unexpected end-of-input in character escape sequence", 1, 3},
		{"an open unicode escape", `"\u00`, "Unexpected end-of-input in character escape sequence", 1, 6},
		{"a bad unicode escape", `"\u00g0"`, "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence", 1, 7},
		{"a unicode escape that ends too soon", `"\u00"`, "Unexpected character ('\"' (code 34)): expected a hex-digit for character escape sequence", 1, 7},
		{"a bad second half", `"\ud83d\uzz00"`, "Unexpected character ('z' (code 122)): expected a hex-digit for character escape sequence", 1, 11},

		{"a minus alone", `-`, "Unexpected end-of-input in a Number value: expected digit (0-9) to follow minus sign, for valid numeric value", 1, 2},
		{"a minus and a letter", `-x`, "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value", 1, 3},
		{"a leading zero", `[01]`, "Invalid numeric value: Leading zeroes not allowed", 1, 3},
		{"a leading zero behind a minus", `-00`, "Invalid numeric value: Leading zeroes not allowed", 1, 3},
		{"a point without digits", `[1.]`, "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit", 1, 5},
		{"a point at the end", `1.`, "Unexpected end-of-input in a Number value: Decimal point not followed by a digit", 1, 3},
		{"an exponent without digits", `[1e,2]`, "Unexpected character (',' (code 44)) in numeric value: Exponent indicator not followed by a digit", 1, 5},
		{"a signed exponent without digits", `1e+`, "Unexpected end-of-input in a Number value: Exponent indicator not followed by a digit", 1, 4},
		{"a number too long", strings.Repeat("1", maxNumber+1), "Number value length (1001) exceeds the maximum allowed (1000)", 1, 1002},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := Parse(c.text)
			var bad *SyntaxError
			if !errors.As(err, &bad) {
				t.Fatalf("got %s, %v, want a *SyntaxError", v, err)
			}
			if v.Exists() {
				t.Errorf("got the value %s beside the error", v)
			}
			if bad.Message != c.message || bad.Line != c.line || bad.Column != c.column {
				t.Errorf("got  %d:%d %s\nwant %d:%d %s", bad.Line, bad.Column, bad.Message, c.line, c.column, c.message)
			}
		})
	}
}

func TestSyntaxErrorText(t *testing.T) {
	_, err := Parse("[1,\n nope]")
	want := "Unrecognized token 'nope': was expecting " + tokens + " at line 2, column 6"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	var bad *SyntaxError
	if errors.As(err, &bad) && bad.Offset != 9 {
		t.Errorf("offset: got %d, want 9", bad.Offset)
	}
}

func TestSyntaxErrorSource(t *testing.T) {
	const text = "not a definition"
	_, err := Parse(text)
	var bad *SyntaxError
	if !errors.As(err, &bad) {
		t.Fatalf("got %v", err)
	}
	if got, want := bad.Source(text), `[Source: (String)"not a definition"; line: 1, column: 4]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

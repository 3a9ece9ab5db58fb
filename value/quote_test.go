package value

import (
	"strings"
	"testing"
)

func TestStrings(t *testing.T) {
	for _, c := range []struct{ name, text, content, want string }{
		{"plain", `"abc"`, "abc", `"abc"`},
		{"eight characters", `"abcdefgh"`, "abcdefgh", `"abcdefgh"`},
		{"short escapes", `"\"\\\/\b\f\n\r\t"`, "\"\\/\b\f\n\r\t", `"\"\\/\b\f\n\r\t"`},
		{"control characters", `"\u0000\u001f\u007F"`, "\x00\x1f\x7f", "\"\\u0000\\u001F\x7f\""},
		{"HTML is left alone", `"<a href='x'>&</a>"`, "<a href='x'>&</a>", `"<a href='x'>&</a>"`},
		{"two bytes", `"Größe"`, "Größe", `"Größe"`},
		{"three bytes, escaped", `"\u20ac"`, "€", `"€"`},
		{"hex digits of both cases", `"\u00Ff\uabCD"`, "ÿ\uabcd", "\"ÿ\uabcd\""},
		{"four bytes", `"😀"`, "😀", `"😀"`},
		{"a surrogate pair", `"\ud83d\uDE00"`, "😀", `"😀"`},
		{"the last code point", `"\udbff\udfff"`, "\U0010FFFF", "\"\U0010FFFF\""},
		{"line separators", "\"\u2028\\u2029\"", "\u2028\u2029", "\"\u2028\u2029\""},
		{"a replacement character", "\"\uFFFD\"", "\uFFFD", "\"\uFFFD\""},
		{"a first half alone", `"a\ud83db"`, "a\xED\xA0\xBDb", `"a\uD83Db"`},
		{"a second half alone", `"\ude00"`, "\xED\xB8\x80", `"\uDE00"`},
		{"halves the wrong way round", `"\ude00\ud83d"`, "\xED\xB8\x80\xED\xA0\xBD", `"\uDE00\uD83D"`},
		{"two first halves and a second", `"\ud83d\ud83d\ude00"`, "\xED\xA0\xBD😀", `"\uD83D😀"`},
		{"a first half and another escape", `"\ud83d\n"`, "\xED\xA0\xBD\n", `"\uD83D\n"`},
		{"a first half at the end", `"\ud83d"`, "\xED\xA0\xBD", `"\uD83D"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := MustParse(c.text)
			if v.Text() != c.content {
				t.Errorf("content: got %q, want %q", v.Text(), c.content)
			}
			if got := v.String(); got != c.want || v.Size() != len(c.want) {
				t.Errorf("text: got %s of %d bytes, want %s", got, v.Size(), c.want)
			}
			if back := MustParse(v.String()); !Equal(back, v) {
				t.Errorf("reads back as %q", back.Text())
			}
			name := MustParse(`{` + c.text + `:1}`)
			if got, want := name.String(), `{`+c.want+`:1}`; got != want || name.Size() != len(want) {
				t.Errorf("as a name: got %s of %d bytes, want %s", got, name.Size(), want)
			}
			if !name.Get(c.content).Exists() {
				t.Error("as a name: Get does not find it")
			}
		})
	}
}

// Strings that Go code made need not be UTF-8; what is written always is.
func TestAppendQuotedBadUTF8(t *testing.T) {
	for _, c := range []struct{ s, want string }{
		{"a\xffb", "\"a\uFFFDb\""},
		{"\xff\xfe", "\"\uFFFD\uFFFD\""},
		{"\xC3", "\"\uFFFD\""},
		{"\xE2\x82", "\"\uFFFD\uFFFD\""},
		{"\xED\xA0", "\"\uFFFD\uFFFD\""},
		{"\xC0\x80", "\"\uFFFD\uFFFD\""},
		{"\xF5\x80\x80\x80", "\"" + strings.Repeat("\uFFFD", 4) + "\""},
	} {
		if got := string(AppendQuoted(nil, c.s)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.s, got, c.want)
		}
		if got := OfString(c.s).Size(); got != len(c.want) {
			t.Errorf("%q: size: got %d, want %d", c.s, got, len(c.want))
		}
	}
}

// plainRun looks at eight bytes at a time: every byte must stop it, or not, at
// every offset.
func TestPlainRun(t *testing.T) {
	for length := range 20 {
		for at := range length {
			for c := range 256 {
				b := []byte(strings.Repeat("x", length))
				b[at] = byte(c)
				want := at
				if c >= 0x20 && c < 0x80 && c != '"' && c != '\\' {
					want = length
				}
				if got := plainRun(string(b), 0); got != want {
					t.Fatalf("%q: got %d, want %d", b, got, want)
				}
			}
		}
	}
	if got := plainRun("\"abcdefghij\"", 1); got != 11 {
		t.Errorf("from 1: got %d, want 11", got)
	}
}

// The byte behind one that is not plain may be anything: what a subtraction
// borrows must not hide the one before it.
func TestPlainRunPairs(t *testing.T) {
	for a := range 256 {
		for b := range 256 {
			s := "xx" + string([]byte{byte(a), byte(b)}) + "xxxx"
			want := 2
			for want < len(s) && plain[s[want]] {
				want++
			}
			if got := plainRun(s, 0); got != want {
				t.Fatalf("%q: got %d, want %d", s, got, want)
			}
		}
	}
}

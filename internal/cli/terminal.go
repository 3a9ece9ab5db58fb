package cli

import (
	"cmp"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode"

	"golang.org/x/term"

	"github.com/aslocal/aslocal/internal/printable"
)

// This file knows what the terminal can show.

// A terminal is a place where text is shown to people: with colours or without,
// with all of Unicode or with ASCII alone.
type terminal struct {
	w             io.Writer
	colours, wide bool
}

// newTerminal decides by the writer and the environment. There are no colours
// with NO_COLOR, and only in a terminal unless CLICOLOR_FORCE is set.
func newTerminal(w io.Writer) terminal {
	f, ok := w.(*os.File)
	watched := ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
	forced := os.Getenv("CLICOLOR_FORCE") != "" && os.Getenv("CLICOLOR_FORCE") != "0"
	return terminal{w: w, colours: (watched || forced) && os.Getenv("NO_COLOR") == "", wide: unicodeLocale(runtime.GOOS)}
}

// unicodeLocale reports whether the locale has UTF-8. One that is not set, as in
// containers, is assumed to have; on Windows only in Windows Terminal.
func unicodeLocale(goos string) bool {
	locale := strings.ToLower(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")))
	if locale == "" {
		return goos != "windows" || os.Getenv("WT_SESSION") != ""
	}
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// The colours, of the 16 that themes keep readable.
const (
	green = "32"
	red   = "31"
	faint = "2"
)

// paint returns the text in a colour.
func (t terminal) paint(colour, text string) string {
	if !t.colours || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// glyph returns the sign, or its substitute where there is only ASCII.
func (t terminal) glyph(sign, ascii string) string {
	if t.wide {
		return sign
	}
	return ascii
}

// clean makes a text from outside fit for one line of this terminal: nothing
// that is not drawn, and at most the given number of characters.
func (t terminal) clean(text string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range printable.Line(text) {
		if n++; n > most {
			b.WriteString(t.glyph("…", "..."))
			break
		}
		if r > unicode.MaxASCII && !t.wide {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

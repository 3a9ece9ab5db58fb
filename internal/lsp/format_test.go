package lsp

import (
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

func TestFormatting(t *testing.T) {
	c := start(t, Options{}, "{}")
	text := `{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}`
	c.open(uri, text)
	edits := c.call("textDocument/formatting", `{"textDocument": {"uri": "`+uri+`"}, "options": {"tabSize": 4, "insertSpaces": true}}`)
	if got := applied(t, text, edits); strings.Count(got, "\n") < 6 || value.MustParse(got).String() != value.MustParse(text).String() {
		t.Errorf("got %s of %s", got, edits)
	}
	c.open(uri, `{"StartAt":`)
	if refused := c.call("textDocument/formatting", `{"textDocument": {"uri": "`+uri+`"}}`); refused.Get("message").Text() == "" {
		t.Errorf("half a text is formatted: %s", refused)
	}
}

package asl_test

import (
	"cmp"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file validates the definitions of testdata/validation. Each file there has the
// cases of one finding: a definition, or one state of it, the query language of the
// state machine and whether it is an Express one, and its errors in the words and the
// order of CreateStateMachine.

func TestServiceFindings(t *testing.T) {
	n := 0
	for file, text := range readAll(t, filepath.Join("../testdata/validation", "*.json")) {
		for _, c := range value.MustParse(text).Get("cases").Items() {
			n++
			t.Run(file+"/"+c.Get("name").Text(), func(t *testing.T) {
				want := []string{}
				for _, line := range c.Get("want").Items() {
					want = append(want, line.Text())
				}
				got := []string{}
				for _, d := range validate(definitionOf(c), asl.Options{Express: c.Get("express").Bool()}).Errors() {
					got = append(got, d.Code+": "+d.Message+" at "+cmp.Or(d.Pointer, "null"))
				}
				if !slices.Equal(got, want) {
					t.Errorf("\n got %q\nwant %q", got, want)
				}
			})
		}
	}
	t.Logf("%d definitions", n)
}

// definitionOf returns the definition of a case. A state stands alone, named A.
func definitionOf(c value.Value) string {
	definition := c.Get("definition")
	switch {
	case c.Get("text").Exists():
		return c.Get("text").Text()
	case c.Get("state").Exists():
		definition = value.MustParse(`{"StartAt": "A", "States": {"A": ` + c.Get("state").String() + `}}`)
	}
	if language := c.Get("language"); language.Exists() {
		definition = definition.With("QueryLanguage", language)
	}
	return definition.String()
}

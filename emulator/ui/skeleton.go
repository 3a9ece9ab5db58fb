package ui

import (
	"regexp"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file makes up an input for a state machine: an object with the members that its
// paths and expressions read from the input of the execution.

// The forms in which fields read the input.
var (
	inputPath    = regexp.MustCompile(`\$(?:\.[A-Za-z_]\w*|\[(?:\*|\d+|'[^'\]]*')\])+`)
	contextInput = regexp.MustCompile(`\$\$\.Execution\.Input((?:\.[A-Za-z_]\w*|\[(?:\*|\d+|'[^'\]]*')\])+)`)
	statesInput  = regexp.MustCompile(`\$states\.(?:context\.Execution\.I|i)nput((?:\.[A-Za-z_]\w*|\[\d*\])+)`)
	pathStep     = regexp.MustCompile(`\.([A-Za-z_]\w*)|\[([^\]]*)\]`)
)

// maxSkeleton is how many paths are looked at.
const maxSkeleton = 1000

// skeleton is that input as JSON text.
func skeleton(d *asl.Definition) string {
	k := &sketch{root: value.OfMembers()}
	visited := make(map[*asl.State]bool)
	for waiting := []string{d.StartAt}; len(waiting) > 0; waiting = waiting[1:] {
		s := d.State(waiting[0])
		if s == nil || visited[s] {
			continue
		}
		visited[s] = true
		k.read(s)
		if !passesInput(s) {
			continue
		}
		waiting = append(waiting, s.Next, s.Default)
		for _, rule := range s.Choices {
			waiting = append(waiting, rule.Next)
		}
	}
	return k.root.String()
}

// passesInput reports whether the output of a state is its input, at least in part.
func passesInput(s *asl.State) bool {
	has := func(names ...string) bool {
		for _, name := range names {
			if s.Fields.Get(name).Exists() {
				return true
			}
		}
		return false
	}
	if has("OutputPath", "Output") {
		return false
	}
	// With a ResultPath, the output is the whole input and the result.
	kept := has("ResultPath") && s.Fields.Get("ResultPath").Text() != "$"
	switch s.Type {
	case asl.Choice, asl.Wait, asl.Succeed:
		return !has("InputPath")
	case asl.Pass:
		return kept || !has("InputPath", "Parameters", "Result")
	case asl.Task, asl.Parallel, asl.Map:
		return kept
	}
	return false
}

// A sketch is an input that grows.
type sketch struct {
	root  value.Value
	base  string // path of what the state takes as its input, without "$"; "" for all of it
	paths int
	made  []string // what states add to the input: "$.charge"
}

// read adds what a state reads.
func (k *sketch) read(s *asl.State) {
	k.base = ""
	if in := s.Fields.Get("InputPath").Text(); strings.HasPrefix(in, "$.") || strings.HasPrefix(in, "$[") {
		k.path(in, value.OfMembers())
		k.base = strings.TrimPrefix(in, "$") // of the other paths
	}
	k.walk(s, "", s.Fields)
	if path := s.Fields.Get("ResultPath").Text(); strings.HasPrefix(path, "$.") {
		k.made = append(k.made, path)
	}
}

// walk adds what a field reads; name is that of the member.
func (k *sketch) walk(s *asl.State, name string, v value.Value) {
	switch v.Kind() {
	case value.Object:
		for member, inner := range v.Members() {
			switch member {
			case "Branches", "ItemProcessor", "Iterator", "InputPath", "ItemSelector", "ResultSelector", "ResultPath", "OutputPath", "Catch", "Comment":
				continue
			}
			if path := inner.Text(); member == "Variable" && (strings.HasPrefix(path, "$.") || strings.HasPrefix(path, "$[")) {
				k.path("$"+k.base+path[1:], leafOf(v))
				continue
			}
			k.walk(s, member, inner)
		}
	case value.Array:
		for _, inner := range v.Items() {
			k.walk(s, name, inner)
		}
	case value.String:
		text, leaf := v.Text(), value.OfString("")
		if name == "ItemsPath" || name == "Items" {
			leaf = value.OfItems()
		} else if strings.HasPrefix(name, "Seconds") || strings.HasPrefix(name, "Timeout") {
			leaf = value.OfInt(0)
		}
		for _, found := range contextInput.FindAllStringSubmatch(text, maxSkeleton) {
			k.path("$"+found[1], leaf)
		}
		if s.QueryLanguage == asl.JSONata {
			for _, found := range statesInput.FindAllStringSubmatch(text, maxSkeleton) {
				k.path("$"+found[1], leaf)
			}
			return
		}
		if strings.HasSuffix(name, ".$") || strings.HasSuffix(name, "Path") {
			for _, at := range inputPath.FindAllStringIndex(text, maxSkeleton) {
				if at[0] == 0 || text[at[0]-1] != '$' {
					k.path("$"+k.base+text[at[0]+1:at[1]], leaf)
				}
			}
		}
	}
}

// leafOf is what a Choice Rule compares its Variable with, in kind.
func leafOf(rule value.Value) value.Value {
	for name := range rule.Members() {
		switch {
		case strings.HasPrefix(name, "Numeric"):
			return value.OfInt(0)
		case strings.HasPrefix(name, "Boolean"):
			return value.False
		}
	}
	return value.OfString("")
}

// path adds a path, unless it leads to what an earlier state has made.
func (k *sketch) path(text string, leaf value.Value) {
	if k.paths++; k.paths > maxSkeleton {
		return
	}
	for _, made := range k.made {
		if text == made || strings.HasPrefix(text, made+".") || strings.HasPrefix(text, made+"[") {
			return
		}
	}
	k.root = grow(k.root, pathStep.FindAllStringSubmatch(text, 20), leaf)
}

// grow returns v with what the steps lead to.
func grow(v value.Value, steps [][]string, leaf value.Value) value.Value {
	if len(steps) == 0 {
		if v.Exists() && (v.Kind() != value.String || leaf.Kind() == value.String) {
			return v // what is known of it says more
		}
		return leaf
	}
	name := steps[0][1]
	if quoted := steps[0][2]; strings.HasPrefix(quoted, "'") {
		name = strings.Trim(quoted, "'")
	}
	if name != "" {
		if v.Kind() != value.Object {
			v = value.OfMembers()
		}
		return v.With(name, grow(v.Get(name), steps[1:], leaf))
	}
	if v.Kind() != value.Array {
		v = value.OfItems()
	}
	if len(steps) == 1 && v.Len() > 0 {
		return v
	}
	return value.OfItems(grow(v.Index(0), steps[1:], leaf))
}

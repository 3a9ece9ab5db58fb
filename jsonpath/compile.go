package jsonpath

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file reads paths:
//
//	path  = root *step
//	root  = "$" | "$$" | "$" variable      ; in a filter "$" | "@"
//	step  = "." name | "." "*" | ".." | "*" | name | bracket
//	name  = 1*( any but "." "[" and blank )
//
// A dot before a bracket means nothing. A name may follow a bracket or ".."
// directly.

// What a path may have: more is refused, so that a hostile one costs little.
const (
	maxLength = 1 << 16 // bytes
	maxSteps  = value.MaxDepth
	maxNested = 50 // filters in one another
)

// Compile reads a path. The error, if any, is a *SyntaxError. Spec: "Paths".
func Compile(text string) (p *Path, err error) {
	defer func() {
		if r := recover(); r != nil {
			bad, ok := r.(*SyntaxError)
			if !ok {
				panic(r)
			}
			p, err = nil, bad
		}
	}()
	p = &Path{text: text}
	c := &compiler{whole: text, outer: p, text: text}
	if len(text) > maxLength {
		c.fail(0, "Path is longer than %d bytes", maxLength)
	}
	rest := c.root(p)
	c.start = len(text) - len(rest) - 1
	c.text = text[c.start:] // one byte stands for the root
	c.path(p)
	return p, nil
}

// A compiler reads one path out of text. It gives up by panicking with a
// *SyntaxError. Paths in filters have compilers of their own.
type compiler struct {
	whole string // what Compile was given
	start int    // of text in whole
	text  string
	at    int
	depth int
	outer *Path // that Compile returns
	steps []step
}

// path reads the steps behind the root, which is the first byte of the text,
// into p.
func (c *compiler) path(p *Path) {
	c.text = trimRight(c.text)
	c.at = 1
	if c.more() && c.text[1] != '.' && c.text[1] != '[' {
		c.fail(1, "Invalid path $%s", c.text[1:])
	}
	for c.more() {
		c.step()
	}
	if c.scanning() {
		c.fail(len(c.text), "A path can not end with a scan.")
	}
	p.steps = c.steps
	p.firstSight = c.outer.sights
	c.outer.sights += len(p.steps)
	p.seal()
}

func (c *compiler) more() bool { return c.at < len(c.text) }

func (c *compiler) step() {
	switch rest := c.text[c.at:]; {
	case rest[0] == ' ':
		c.fail(c.at, "Space not allowed in path")
	case strings.HasPrefix(rest, ".."):
		c.at += len("..")
		c.add(step{kind: byScan})
	case rest[0] == '.':
		c.at++
		c.dotted()
	case rest[0] == '*':
		c.at++
		c.add(step{kind: byWildcard})
	case rest[0] == '[':
		c.bracket()
	default:
		c.named(c.name())
	}
}

// dotted reads what stands behind a single dot.
func (c *compiler) dotted() {
	name := c.name()
	switch {
	case name == "*":
		c.add(step{kind: byWildcard})
	case name != "":
		c.named(name)
	case !c.more() && !c.scanning():
		c.fail(c.at, "A path can not end with a dot.")
	}
}

// scanning reports whether a deep scan waits for its step.
func (c *compiler) scanning() bool { return len(c.steps) > 0 && c.steps[len(c.steps)-1].kind == byScan }

// name passes over a name without brackets and returns it.
func (c *compiler) name() string {
	name := c.text[c.at:]
	if end := strings.IndexAny(name, ".[ "); end >= 0 {
		name = name[:end]
	}
	c.at += len(name)
	return name
}

// named adds the step of a name without brackets. The engine reads .a as ['a'],
// so quotes in the name end it there too.
func (c *compiler) named(name string) {
	if !strings.ContainsAny(name, "']") {
		c.add(step{kind: byName, name: name})
		return
	}
	c.addNames(quoted("'" + name + "'"))
}

func (c *compiler) addNames(names []string) {
	if len(names) == 1 {
		c.add(step{kind: byName, name: names[0]})
	} else {
		c.add(step{kind: byNames, names: names})
	}
}

func (c *compiler) add(s step) {
	if len(c.steps) == maxSteps {
		c.fail(c.at, "Path has more than %d steps", maxSteps)
	}
	c.steps = append(c.steps, s)
}

// seal works out what the steps say of one another.
func (p *Path) seal() {
	p.plain = true
	definite := true // all steps from i on
	for i := len(p.steps) - 1; i >= 0; i-- {
		s := &p.steps[i]
		p.plain = p.plain && (s.kind == byName || s.kind == byIndex || s.kind == byLength)
		definite = definite && s.definite()
		s.strict = definite && (i == 0 || p.steps[i-1].definite())
	}
	p.definite = definite
}

// definite reports whether the step leads to one place only.
func (s *step) definite() bool {
	switch s.kind {
	case byName, byNames, byIndex, byLength:
		return true
	}
	return false
}

// fail gives up with a message; the text is wrong at the offset.
func (c *compiler) fail(offset int, format string, args ...any) {
	panic(syntaxError(c.whole, c.start+offset, format, args...))
}

// trimRight cuts off what Java's String.trim does.
func trimRight(text string) string { return strings.TrimRightFunc(text, blank) }

func trim(text string) string { return strings.TrimFunc(text, blank) }

func blank(r rune) bool { return r <= ' ' }

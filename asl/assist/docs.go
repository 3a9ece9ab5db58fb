package assist

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

// This file has what things mean, in our words. The texts are in the folder docs:
// heads without indentation, and below each head its text. Lines that begin with # are
// comments.

//go:embed docs/*.txt
var docsFolder embed.FS

// An entry is one of the docs.
type entry struct {
	name     string
	in       []string // the objects whose field it is; none: any
	fallback string   // the default, as JSON
	text     string
}

// readDocs reads a file of docs.
func readDocs(file string) []entry {
	content, err := docsFolder.ReadFile("docs/" + file)
	if err != nil {
		panic(err) // it is embedded
	}
	var entries []entry
	for line := range strings.Lines(string(content)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "  "):
			last := &entries[len(entries)-1]
			last.text = strings.TrimSpace(last.text + " " + strings.TrimSpace(line))
		default:
			entries = append(entries, readHead(line))
		}
	}
	return entries
}

// readHead reads the head of an entry: NAME in OBJECTS, default JSON. Calls have commas
// of their own.
func readHead(line string) entry {
	line, fallback, _ := strings.Cut(line, ", default ")
	name, in, _ := strings.Cut(line, " in ")
	return entry{name: name, in: strings.Fields(in), fallback: fallback}
}

var fieldDocs = sync.OnceValue(func() map[string][]entry {
	found := make(map[string][]entry)
	for _, e := range readDocs("fields.txt") {
		found[e.name] = append(found[e.name], e)
	}
	return found
})

// docsOf returns the docs of a field of an object: "Task", "Retrier", "Machine".
func docsOf(object, field string) entry {
	for _, e := range fieldDocs()[field] {
		if len(e.in) == 0 || slices.Contains(e.in, object) {
			return e
		}
	}
	if object == "Rule" {
		return entry{name: field, text: operatorDocs(field)}
	}
	return entry{}
}

// operatorDocs returns the docs of a comparison operator of a Choice rule; "" of
// anything else.
func operatorDocs(name string) string {
	name, path := strings.CutSuffix(name, "Path")
	operand := "this value"
	if path {
		operand = "the value that this path leads to"
	}
	for prefix, noun := range map[string]string{"String": "text", "Numeric": "number", "Boolean": "boolean", "Timestamp": "time"} {
		relation, ok := strings.CutPrefix(name, prefix)
		if ok && relations[relation] != "" {
			return "Matches if the " + noun + " " + relations[relation] + " " + operand + ". It does not match what is no " + noun + "."
		}
	}
	return ""
}

var relations = map[string]string{
	"Equals":            "equals",
	"LessThan":          "is less than",
	"GreaterThan":       "is greater than",
	"LessThanEquals":    "is not greater than",
	"GreaterThanEquals": "is not less than",
}

// byName returns a file of docs by the names of its entries.
func byName(file string) func() map[string]string {
	return sync.OnceValue(func() map[string]string {
		found := make(map[string]string)
		for _, e := range readDocs(file) {
			found[e.name] = e.text
		}
		return found
	})
}

var (
	stateDocs   = byName("states.txt")
	errorDocs   = byName("errors.txt")
	contextDocs = byName("context.txt")
)

// A call is how a function is called.
type call struct {
	name      string // "$sum", "States.Format"
	signature string // "$pad(text, width, [fill])"
	text      string
}

// arguments reports whether the function has any.
func (c call) arguments() bool { return !strings.HasSuffix(c.signature, "()") }

func calls(file string) func() []call {
	return sync.OnceValue(func() []call {
		var found []call
		for _, e := range readDocs(file) {
			name, _, _ := strings.Cut(e.name, "(")
			found = append(found, call{name: name, signature: e.name, text: e.text})
		}
		return found
	})
}

var (
	functionDocs  = calls("functions.txt")
	intrinsicDocs = calls("intrinsics.txt")
)

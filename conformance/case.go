package conformance

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file reads case files.

// A Case is one execution, one definition that must be refused, or one test of a
// state.
type Case struct {
	ID         string            // its path without .json: "retry/max-attempts"
	Comment    string            // what it shows
	Source     string            // why we believe it: "recorded: …"
	Type       string            // STANDARD or EXPRESS
	Definition string            // JSON text
	Machines   map[string]string // other definitions, by name
	Input      string            // text as it is sent
	Tasks      map[string][]Answer
	Objects    map[string]string   // what S3 has: texts by "bucket/key"; a name that ends in a slash is an empty bucket
	Mocks      map[string]string   // mocked responses in the form of Step Functions Local, JSON texts, by state; nil: no test case is run
	Test       *sfn.TestStateInput // a test of one state instead of an execution; nil for none
	Stop       *Stop
	Redrives   []Redrive
	Expect     Expectation
}

// Area returns the folder that the case is in.
func (c *Case) Area() string { return path.Dir(c.ID) }

// A Stop is a call of StopExecution.
type Stop struct {
	After        seconds
	Error, Cause value.Value // strings, or no value
}

// activityPrefix is what distinguishes an activity from a function in Tasks.
const activityPrefix = "activity:"

// knownFile is not a case, see LoadKnown.
const knownFile = "known.json"

// Load reads all cases below the root of the file system, sorted by id. Its
// error holds every mistake of every file, each with file and place: what is not
// JSON, what is unknown, missing, or of the wrong kind.
func Load(files fs.FS) ([]Case, error) {
	var cases []Case
	var mistakes []error
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".json" || name == knownFile {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		c, err := parseCase(name, string(text))
		if err != nil {
			mistakes = append(mistakes, err)
			return nil
		}
		cases = append(cases, c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(cases, func(a, b Case) int { return strings.Compare(a.ID, b.ID) })
	return cases, errors.Join(mistakes...)
}

// sourceForm is how a source begins: with the kind of a finding.
var sourceForm = regexp.MustCompile(`^(spec|documented|recorded|measured|inferred): \S`)

func parseCase(name, text string) (Case, error) {
	c := Case{ID: strings.TrimSuffix(name, ".json"), Type: "STANDARD", Input: "{}"}
	d := &decoder{file: name}
	if path.Dir(name) == "." {
		d.fail("", "expected the file in the folder of its area")
		return c, d.err()
	}
	v, err := value.Parse(text)
	if err != nil {
		d.fail("", "%v", err)
		return c, d.err()
	}
	d.object(v, "", fields{
		"comment": d.text(&c.Comment),
		"source":  d.text(&c.Source),
		"type":    d.oneOf(&c.Type, "STANDARD", "EXPRESS"),
		"definition": func(v value.Value, at string) {
			if d.kind(v, at, value.Object) {
				c.Definition = v.String()
			}
		},
		"machines": func(v value.Value, at string) {
			c.Machines = make(map[string]string)
			if !d.kind(v, at, value.Object) {
				return
			}
			for name, definition := range v.Members() {
				if d.kind(definition, at+pointer(name), value.Object) {
					c.Machines[name] = definition.String()
				}
			}
		},
		"input":     func(v value.Value, _ string) { c.Input = v.String() },
		"inputText": d.text(&c.Input),
		"tasks":     d.tasks(&c.Tasks),
		"objects":   d.objects(&c.Objects),
		"mocks":     d.mocks(&c.Mocks),
		"test":      d.test(&c.Test),
		"stop": func(v value.Value, at string) {
			c.Stop = new(Stop)
			d.object(v, at, fields{"after": d.seconds(&c.Stop.After), "error": d.string(&c.Stop.Error), "cause": d.string(&c.Stop.Cause)})
		},
		"redrive": d.redrives(&c.Redrives),
		"expect":  d.expectation(&c.Expect),
	}, "comment", "source", "definition", "expect")
	d.check(v, &c)
	return c, d.err()
}

// check finds what is wrong with the members together.
func (d *decoder) check(v value.Value, c *Case) {
	if c.Source != "" && !sourceForm.MatchString(c.Source) {
		d.fail("/source", `expected "KIND: …" with a KIND of spec, documented, recorded, measured or inferred, got %q`, c.Source)
	}
	if v.Get("input").Exists() && v.Get("inputText").Exists() {
		d.fail("/inputText", "expected either input or inputText, got both")
	}
	if answered := c.Expect.Answer.Exists() || c.Expect.Fault != nil; answered != (c.Test != nil) {
		d.fail("/expect", "expected answer or fault of a test, and of nothing else")
	}
	if c.Type == "EXPRESS" && (len(c.Expect.History) > 0 || len(c.Expect.Events) > 0 || c.Stop != nil || c.Redrives != nil || c.Expect.Described.Exists()) {
		d.fail("/type", "an EXPRESS execution has no history, and can neither be stopped, redriven nor described")
	}
	if c.Mocks != nil && c.Test != nil {
		d.fail("/mocks", "expected the mock of a test in the test")
	}
	for i, step := range c.Redrives {
		if len(step.Objects) > 0 && c.Objects == nil {
			d.fail(fmt.Sprintf("/redrive/%d/objects", i), "expected objects of the case, too, {} if it has none at first")
		}
	}
}

func (d *decoder) objects(to *map[string]string) func(value.Value, string) {
	return func(v value.Value, at string) {
		*to = make(map[string]string)
		if !d.kind(v, at, value.Object) {
			return
		}
		for name, text := range v.Members() {
			if bucket, _, ok := strings.Cut(name, "/"); !ok || bucket == "" {
				d.fail(at+pointer(name), "expected \"bucket/key\"")
			}
			if d.kind(text, at+pointer(name), value.String) {
				(*to)[name] = text.Text()
			}
		}
	}
}

func (d *decoder) mocks(to *map[string]string) func(value.Value, string) {
	return func(v value.Value, at string) {
		*to = make(map[string]string)
		if !d.kind(v, at, value.Object) {
			return
		}
		for state, response := range v.Members() {
			if d.kind(response, at+pointer(state), value.Object) {
				(*to)[state] = response.String()
			}
		}
	}
}

// A decoder collects the mistakes of one file. Its methods that return a
// function give the reader of a member.
type decoder struct {
	file     string
	mistakes []error
}

// fields are the members that an object may have, each with its reader, which
// gets the value and the JSON pointer to it.
type fields map[string]func(v value.Value, at string)

// fail notes a mistake at a JSON pointer.
func (d *decoder) fail(at, format string, args ...any) {
	place := d.file
	if at != "" {
		place += ": " + at
	}
	d.mistakes = append(d.mistakes, fmt.Errorf("%s: "+format, append([]any{place}, args...)...))
}

func (d *decoder) err() error { return errors.Join(d.mistakes...) }

// object reads an object that has all required members and no unknown one.
func (d *decoder) object(v value.Value, at string, known fields, required ...string) {
	if !d.kind(v, at, value.Object) {
		return
	}
	for name, member := range v.Members() {
		read, ok := known[name]
		if !ok {
			d.fail(at+pointer(name), "unknown member")
			continue
		}
		read(member, at+pointer(name))
	}
	for _, name := range required {
		if !v.Get(name).Exists() {
			d.fail(at+pointer(name), "missing")
		}
	}
}

// oneMember notes a mistake unless the object has exactly one of the members.
func (d *decoder) oneMember(v value.Value, at string, names ...string) {
	var got []string
	for _, name := range names {
		if v.Get(name).Exists() {
			got = append(got, name)
		}
	}
	if v.Kind() == value.Object && len(got) != 1 {
		d.fail(at, "expected one of %s, got %d of them", strings.Join(names, ", "), len(got))
	}
}

func (d *decoder) kind(v value.Value, at string, want value.Kind) bool {
	if v.Kind() != want {
		d.fail(at, "expected kind %s, got %s", want, shorten(v.String()))
		return false
	}
	return true
}

func (d *decoder) text(to *string) func(value.Value, string) {
	return func(v value.Value, at string) {
		if d.kind(v, at, value.String) {
			*to = v.Text()
		}
	}
}

// string reads a string into a Value, so that "" and none differ.
func (d *decoder) string(to *value.Value) func(value.Value, string) {
	return func(v value.Value, at string) {
		if d.kind(v, at, value.String) {
			*to = v
		}
	}
}

func (d *decoder) oneOf(to *string, words ...string) func(value.Value, string) {
	return func(v value.Value, at string) {
		if *to = v.Text(); !slices.Contains(words, *to) {
			d.fail(at, "expected one of %s, got %s", strings.Join(words, ", "), shorten(v.String()))
		}
	}
}

func (d *decoder) seconds(to *seconds) func(value.Value, string) {
	return func(v value.Value, at string) {
		if v.Kind() != value.Number || v.Float() < 0 || v.Float() > maxSeconds {
			d.fail(at, "expected a number of seconds of at most %d, got %s", maxSeconds, shorten(v.String()))
			return
		}
		*to = seconds(v.Float())
	}
}

// isTrue accepts true alone: a flag that is not set is left out.
func (d *decoder) isTrue(to *bool) func(value.Value, string) {
	return func(v value.Value, at string) {
		if *to = v.Bool(); !*to {
			d.fail(at, "expected true, or no such member, got %s", shorten(v.String()))
		}
	}
}

// list reads an array, item by item.
func (d *decoder) list(read func(value.Value, string)) func(value.Value, string) {
	return func(v value.Value, at string) {
		if d.kind(v, at, value.Array) {
			for i, item := range v.Items() {
				read(item, fmt.Sprintf("%s/%d", at, i))
			}
		}
	}
}

// anything keeps a value as it is.
func anything(to *value.Value) func(value.Value, string) {
	return func(v value.Value, _ string) { *to = v }
}

// pointer returns the part of a JSON pointer that leads to a member.
func pointer(name string) string {
	return "/" + position.Escape(name)
}

// shorten cuts what is shown of a value.
func shorten(text string) string {
	const most = 400
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + fmt.Sprintf("… (%d bytes)", len(text))
}

package testcase

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aslocal/aslocal/internal/expression"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file reads a test file.

// maxCases is how many cases a file may have, rows of tables counted.
const maxCases = 10_000

// start is when the clock of a case starts that does not say when.
var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Parse reads the text of a test file of that name: JSON if the name ends in .json, else
// YAML. The error is [Mistakes].
func Parse(name, text string) (*File, error) {
	document, table, err := document(name, text)
	if err != nil {
		return nil, err
	}
	r := &fileReader{reader: reader{name: name, table: table}, file: &File{Name: name, Substitutions: make(map[string]string), table: table}}
	for _, d := range table.Duplicates(maxMistakes) {
		r.mistakes = append(r.mistakes, Mistake{File: name, At: d.Second.Start, Message: fmt.Sprintf("%s: this member is there twice, first at %s", shown(d.Pointer), d.First.Start)})
	}
	r.read(document)
	if err := r.sorted(); err != nil {
		return nil, err
	}
	return r.file, nil
}

// document reads JSON or YAML.
func document(name, text string) (value.Value, *position.Table, error) {
	if strings.EqualFold(filepath.Ext(name), ".json") {
		v, err := value.Parse(text)
		if bad, ok := errors.AsType[*value.SyntaxError](err); ok {
			return v, nil, Mistakes{{File: name, At: position.JSON(text).Before(bad.Offset), Message: bad.Message}}
		} else if err != nil {
			return v, nil, Mistakes{{File: name, At: position.Position{Line: 1, Column: 1}, Message: err.Error()}}
		}
		return v, position.JSON(text), nil
	}
	v, table, err := position.YAML(text)
	if bad, ok := errors.AsType[*position.SyntaxError](err); ok {
		return v, nil, Mistakes{{File: name, At: bad.At, Message: bad.Message}}
	} else if err != nil {
		return v, nil, Mistakes{{File: name, At: position.Position{Line: 1, Column: 1}, Message: err.Error()}}
	}
	return v, table, nil
}

// A fileReader fills a File.
type fileReader struct {
	reader
	file *File
}

// read reads the file. What stands beside the cases holds for those that do not have it
// themselves.
func (r *fileReader) read(document value.Value) {
	var all Case
	var list value.Value
	known := r.shared(&all)
	known["definition"] = r.text(&r.file.Definition, "the path of a definition, or of a template with # and the name of a state machine")
	known["mockConfig"] = r.text(&r.file.MockConfig, "the path of a MockConfigFile.json")
	known["substitutions"] = func(pointer string, v value.Value) {
		r.each(pointer, v, "an object", func(name, at string, v value.Value) {
			var text string
			r.text(&text, "a text")(at, v)
			r.file.Substitutions[name] = text
		})
	}
	known["cases"] = func(_ string, v value.Value) { list = v }
	r.members("", document, known)
	if document.Kind() == value.Object && !list.Exists() {
		r.wrong("", false, "cases are missing")
		return
	}
	if !list.Exists() {
		return
	}
	all.Clock, all.Seed = cmp.Or(all.Clock, start), cmp.Or(all.Seed, 1)
	names := make(map[string]bool)
	spent := 0
	r.items("/cases", list, "a list of cases", func(pointer string, v value.Value) {
		if v.Kind() != value.Object {
			r.wrong(pointer, false, "expected a case, an object with name, input and expect, got %s", v.Kind())
			return
		}
		r.rows(pointer, v, &spent, func(v value.Value, name string) {
			if len(r.file.Cases) == maxCases {
				r.wrong("/cases", true, "expected at most %d cases", maxCases)
			}
			if len(r.file.Cases) >= maxCases || len(r.mistakes) >= maxMistakes {
				return
			}
			c := r.testCase(pointer, v, all)
			c.Name = cmp.Or(name, c.Name)
			if names[c.Name] {
				r.wrong(pointer+"/name", false, "there is a case of the name %q already", c.Name)
			}
			names[c.Name] = true
			r.file.Cases = append(r.file.Cases, c)
		})
	})
}

// shared are the readings of what a file and a case may have.
func (r *fileReader) shared(c *Case) map[string]reading {
	return map[string]reading{
		"clock": func(pointer string, v value.Value) {
			at, err := time.Parse(time.RFC3339, v.Text())
			if err != nil || at.Year() < 1970 || at.Year() > 9000 {
				r.wrong(pointer, false, "expected a time such as 2026-01-31T09:00:00Z, got %s", brief(v))
				return
			}
			c.Clock = at.UTC()
		},
		"seed": func(pointer string, v value.Value) {
			n, ok := v.Int()
			if !ok || n <= 0 {
				r.wrong(pointer, false, "expected a whole number above 0, got %s", brief(v))
				return
			}
			c.Seed = uint64(n)
		},
		"mockCase":  r.text(&c.MockCase, "the name of a test case of the mock configuration"),
		"mocks":     func(pointer string, v value.Value) { c.Mocks = r.mocks(pointer, v, c.Mocks) },
		"resources": func(pointer string, v value.Value) { c.Resources = r.mocks(pointer, v, c.Resources) },
		"faults": func(pointer string, v value.Value) {
			c.Faults = nil
			r.items(pointer, v, "a list of faults", func(at string, v value.Value) { c.Faults = append(c.Faults, r.fault(at, v)) })
		},
	}
}

// testCase reads a case; all has what the file says of all of them.
func (r *fileReader) testCase(pointer string, v value.Value, all Case) Case {
	c := all
	c.At, c.Input = nearest(r.table, pointer, false), value.EmptyObject
	c.Expect.At = c.At
	known := r.shared(&c)
	known["name"] = r.text(&c.Name, "the name of the case")
	known["skip"] = r.text(&c.Skip, "why the case is not run")
	known["input"] = func(_ string, v value.Value) { c.Input = v }
	known["expect"] = func(pointer string, v value.Value) { c.Expect = r.expectation(pointer, v) }
	r.members(pointer, v, known, "input")
	if name := v.Get("name"); !name.Exists() || name.IsNull() {
		r.wrong(pointer, false, "name is missing")
	}
	if c.Expect.Status == "" {
		c.Expect.Status = "SUCCEEDED"
		if c.Expect.Error.Value.Exists() || c.Expect.Cause.Value.Exists() {
			c.Expect.Status = "FAILED"
		}
	}
	return c
}

// mocks reads mocks by state or resource, those of the file in all.
func (r *fileReader) mocks(pointer string, v value.Value, all map[string]*Mock) map[string]*Mock {
	mocks := make(map[string]*Mock, len(all)+v.Len())
	for name, m := range all {
		mocks[name] = m
	}
	r.each(pointer, v, "an object with the answers of each", func(name, at string, v value.Value) {
		m := &Mock{At: nearest(r.table, at, true)}
		switch v.Kind() {
		case value.Array:
			r.items(at, v, "answers", func(at string, v value.Value) { m.Answers = append(m.Answers, r.answer(at, v, 1)) })
			if v.Len() == 0 {
				r.wrong(at, true, "expected one answer at least")
			}
		default:
			m.Answers = []Answer{r.answer(at, v, Always)}
		}
		mocks[name] = m
	})
	return mocks
}

// answer reads how calls end: so many, if the answer does not say how many.
func (r *fileReader) answer(pointer string, v value.Value, times int) Answer {
	a := Answer{At: nearest(r.table, pointer, true), Times: times}
	r.members(pointer, v, map[string]reading{
		"return":   func(_ string, v value.Value) { a.Return = v },
		"evaluate": r.jsonata(&a.Evaluate),
		"when":     r.jsonata(&a.When),
		"error":    r.text(&a.Error, "the name of an error"),
		"cause":    func(_ string, v value.Value) { a.Cause = v.Text() },
		"timeout":  r.truth(&a.Timeout),
		"real":     r.truth(&a.Real),
		"delay":    r.duration(&a.Delay),
		"times": func(pointer string, v value.Value) {
			n, ok := v.Int()
			switch {
			case v.Text() == "always":
				a.Times = Always
			case !ok || n < 1 || n > maxCount:
				r.wrong(pointer, false, `expected how many calls it answers, from 1, or "always", got %s`, brief(v))
			default:
				a.Times = int(n)
			}
		},
	}, "return")
	if v.Kind() != value.Object {
		return a
	}
	ends := 0
	for _, one := range []bool{a.Return.Exists(), a.Evaluate != "", a.Error != "", a.Timeout, a.Real} {
		if one {
			ends++
		}
	}
	const forms = "return, evaluate, error, timeout and real"
	switch {
	case ends == 0:
		r.wrong(pointer, true, "expected one of %s", forms)
	case ends > 1:
		r.wrong(pointer, true, "expected one of %s, not several", forms)
	case a.Cause != "" && a.Error == "":
		r.wrong(pointer+"/cause", true, "belongs to an error")
	case a.Real && a.Delay > 0:
		r.wrong(pointer+"/delay", true, "a call that is made takes its own time; faults have a latency")
	}
	return a
}

// jsonata reads an expression, with {% %} or without.
func (r *fileReader) jsonata(to *string) reading {
	return func(pointer string, v value.Value) {
		r.text(to, "a JSONata expression")(pointer, v)
		if *to == "" {
			return
		}
		if _, err := expression.Compile(expression.JSONata, *to); err != nil {
			message, _ := expression.Place(*to, err)
			r.wrong(pointer, false, "not a JSONata expression: %s", message)
		}
	}
}

// maxDelay is how late an answer may be, on the clock of the case.
const maxDelay = 366 * 24 * time.Hour

func (r *fileReader) duration(to *time.Duration) reading {
	return func(pointer string, v value.Value) {
		d, err := time.ParseDuration(v.Text())
		if err != nil || d < time.Millisecond || d > maxDelay {
			r.wrong(pointer, false, "expected a duration such as 200ms, 5s or 24h, got %s", brief(v))
			return
		}
		*to = d
	}
}

// fault reads a fault, as the settings have it.
func (r *fileReader) fault(pointer string, v value.Value) (f Fault) {
	before := len(r.mistakes)
	r.members(pointer, v, map[string]reading{
		"machine":  r.text(&f.Machine, "the name of a state machine"),
		"state":    r.text(&f.State, "the name of a state"),
		"error":    r.text(&f.Error, "the name of an error"),
		"cause":    r.text(&f.Cause, "a text"),
		"timeout":  r.truth(&f.Timeout),
		"throttle": r.truth(&f.Throttle),
		"latency":  r.duration(&f.Latency),
		"attempts": r.text(&f.Attempts, "the number of an attempt, or a range such as 2-3"),
		"probability": func(pointer string, v value.Value) {
			if f.Probability = v.Float(); v.Kind() != value.Number || !(f.Probability > 0 && f.Probability <= 1) {
				r.wrong(pointer, false, "expected a number above 0, at most 1, got %s", brief(v))
			}
		},
		"seed": func(pointer string, v value.Value) {
			n, ok := v.Int()
			if !ok || n <= 0 {
				r.wrong(pointer, false, "expected a whole number above 0, got %s", brief(v))
			}
			f.Seed = uint64(max(n, 0))
		},
	})
	if err := f.Check(); err != nil && len(r.mistakes) == before {
		r.wrong(pointer, false, "%v", err)
	}
	return f
}

// statuses are how an execution can end.
var statuses = []string{"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}

func (r *fileReader) expectation(pointer string, v value.Value) Expectation {
	e := Expectation{At: nearest(r.table, pointer, true)}
	r.members(pointer, v, map[string]reading{
		"status": func(pointer string, v value.Value) {
			if e.Status = v.Text(); !slices.Contains(statuses, e.Status) {
				r.wrong(pointer, false, "expected one of %s, got %s", strings.Join(statuses, ", "), brief(v))
			}
		},
		"output":        r.wanted(&e.Output, false),
		"outputMatches": r.wanted(&e.Output, true),
		"error":         r.wantedText(&e.Error),
		"cause":         r.wantedText(&e.Cause),
		"path":          func(pointer string, v value.Value) { e.Path = r.path(pointer, v) },
		"paths": func(pointer string, v value.Value) {
			e.Paths = make(map[string]*PathWanted)
			r.each(pointer, v, `an object with the path of each branch or iteration, as in {"Ship all[0]": ["Pack", "Send"]}`, func(name, at string, v value.Value) { e.Paths[name] = r.path(at, v) })
		},
		"events": func(pointer string, v value.Value) {
			e.EventsAt = nearest(r.table, pointer, true)
			r.items(pointer, v, "a list of types of events", func(at string, v value.Value) {
				var text string
				r.text(&text, "the type of an event, such as LambdaFunctionFailed")(at, v)
				e.Events = append(e.Events, text)
			})
		},
		"states": func(pointer string, v value.Value) {
			e.States = make(map[string]*StateWanted)
			r.each(pointer, v, "an object with what is expected of each state", func(name, at string, v value.Value) { e.States[name] = r.state(at, v) })
		},
		"calls": func(pointer string, v value.Value) {
			r.items(pointer, v, "a list of calls", func(at string, v value.Value) { e.Calls = append(e.Calls, r.call(at, v)) })
		},
		"transitions": func(pointer string, v value.Value) {
			e.TransitionsAt = nearest(r.table, pointer, true)
			r.count(&e.Transitions, "how many transitions the execution has")(pointer, v)
		},
		"snapshot": func(pointer string, v value.Value) {
			e.SnapshotAt = nearest(r.table, pointer, true)
			r.truth(&e.Snapshot)(pointer, v)
		},
	}, "output", "outputMatches")
	r.notBoth(pointer, v, "output")
	return e
}

// notBoth notes where something is expected as a whole and in part.
func (r *fileReader) notBoth(pointer string, v value.Value, name string) {
	if v.Get(name).Exists() && v.Get(name+partly).Exists() {
		r.wrong(pointer+"/"+name+partly, true, "expected one of %s and %s%s, not both", name, name, partly)
	}
}

// partly ends the names of members that a value is compared with in part.
const partly = "Matches"

// wanted reads a value that is expected.
func (r *fileReader) wanted(to *Wanted, partial bool) reading {
	return func(pointer string, v value.Value) {
		*to = Wanted{Value: v, Partial: partial, pointer: pointer}
		r.conditions(pointer, v)
	}
}

// wantedText reads a text that is expected, or a condition.
func (r *fileReader) wantedText(to *Wanted) reading {
	return func(pointer string, v value.Value) {
		if v.Kind() != value.String {
			r.wrong(pointer, false, "expected a text, got %s", brief(v))
			return
		}
		r.wanted(to, false)(pointer, v)
	}
}

// conditions checks the conditions in a value that is expected.
func (r *fileReader) conditions(pointer string, v value.Value) {
	switch v.Kind() {
	case value.String:
		if isCondition(v) {
			var text string
			r.jsonata(&text)(pointer, v)
		}
	case value.Array:
		for i, item := range v.Items() {
			r.conditions(fmt.Sprintf("%s/%d", pointer, i), item)
		}
	case value.Object:
		for name, member := range v.Members() {
			r.conditions(pointer+"/"+position.Escape(name), member)
		}
	}
}

// isCondition reports whether an expected value is a condition, {% … %}.
func isCondition(v value.Value) bool {
	text := strings.TrimSpace(v.Text())
	return len(text) >= 4 && strings.HasPrefix(text, "{%") && strings.HasSuffix(text, "%}")
}

func (r *fileReader) path(pointer string, v value.Value) *PathWanted {
	p := &PathWanted{At: nearest(r.table, pointer, true)}
	r.items(pointer, v, "a list of states", func(at string, v value.Value) {
		var name string
		r.text(&name, `the name of a state, "*" for any one, or "…" for any number`)(at, v)
		p.States = append(p.States, name)
	})
	if n := len(p.States); n > maxPath {
		r.wrong(pointer, true, "expected at most %d states, got %d", maxPath, n)
	}
	return p
}

// maxPath is how many states a path can name: an execution enters no more, since its
// history has 25,000 events.
const maxPath = 25_000

// state reads what is expected of a state: of its last visit, or in a list of each visit.
func (r *fileReader) state(pointer string, v value.Value) *StateWanted {
	s := &StateWanted{At: nearest(r.table, pointer, true)}
	if v.Kind() == value.Array {
		r.items(pointer, v, "visits", func(at string, v value.Value) { s.Each = append(s.Each, r.visit(at, v, nil)) })
		n := len(s.Each)
		s.Visits = &n
		return s
	}
	last := r.visit(pointer, v, &s.Visits)
	s.Last = &last
	return s
}

// visit reads what is expected of a visit; visits is where the number of visits goes, nil
// if there is none.
func (r *fileReader) visit(pointer string, v value.Value, visits **int) VisitWanted {
	w := VisitWanted{At: nearest(r.table, pointer, true)}
	known := map[string]reading{
		"attempts": r.count(&w.Attempts, "how many attempts there are"),
		"error":    r.wantedText(&w.Error),
		"next":     r.wantedText(&w.Next),
	}
	if visits != nil {
		known["visits"] = r.count(visits, "how often the state is entered")
	}
	var data []string
	for name, to := range map[string]*Wanted{"input": &w.Input, "arguments": &w.Arguments, "output": &w.Output, "variables": &w.Variables} {
		known[name], known[name+partly] = r.wanted(to, false), r.wanted(to, true)
		data = append(data, name, name+partly)
	}
	r.members(pointer, v, known, data...)
	for i := 0; i < len(data); i += 2 {
		r.notBoth(pointer, v, data[i])
	}
	return w
}

func (r *fileReader) call(pointer string, v value.Value) CallWanted {
	c := CallWanted{At: nearest(r.table, pointer, false)}
	r.members(pointer, v, map[string]reading{
		"state":              r.text(&c.State, "the name of a state"),
		"resource":           r.text(&c.Resource, "the name or ARN of what is called"),
		"arguments":          r.wanted(&c.Arguments, false),
		"arguments" + partly: r.wanted(&c.Arguments, true),
		"times":              r.count(&c.Times, "how many such calls there are"),
	}, "arguments", "arguments"+partly)
	r.notBoth(pointer, v, "arguments")
	if v.Kind() == value.Object && c.State == "" && c.Resource == "" {
		r.wrong(pointer, false, "expected a state or a resource")
	}
	return c
}

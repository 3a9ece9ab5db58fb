package capture

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file writes calls as the answers of mocks.

// shortest is how long a call must have taken for that to matter, where no other call could
// be made at the same time.
const shortest = time.Second

// mocks are the answers by state and by resource: objects, empty if there are none.
func (all *calls) mocks() (states, resources value.Value) {
	var byState, byResource value.ObjectBuilder
	for _, name := range all.names {
		if list := all.states[name]; list != nil {
			byState.Set(name, all.answers(list))
		}
		if list := all.resources[name]; list != nil {
			byResource.Set(name, all.answers(list))
		}
	}
	return byState.Value(), byResource.Value()
}

// answers are those of the calls of a state: one for all if they are equal, else a list in
// the order of the calls. Where calls of several branches or iterations have other answers,
// a condition on the arguments tells them apart.
func (all *calls) answers(list []call) value.Value {
	answers := make([]value.Value, len(list))
	same, lines := true, make(map[int]bool)
	for i := range list {
		answers[i] = all.answer(&list[i])
		same = same && value.Equal(answers[i], answers[0])
		lines[list[i].line] = true
	}
	if same && (len(lines) > 1 || len(list) == 1) {
		return answers[0]
	}
	if len(lines) > 1 {
		if of := conditions(list); of != nil {
			for i := range answers {
				answers[i] = answers[i].With("when", value.OfString(of[i]))
			}
		}
	}
	return value.OfSlice(repeated(answers))
}

// repeated joins equal answers that follow one another.
func repeated(answers []value.Value) []value.Value {
	var joined []value.Value
	for first := 0; first < len(answers); {
		last := first + 1
		for last < len(answers) && value.Equal(answers[first], answers[last]) {
			last++
		}
		one := answers[first]
		if last-first > 1 {
			one = one.With("times", value.OfInt(int64(last-first)))
		}
		joined = append(joined, one)
		first = last
	}
	return joined
}

// answer is how a call has ended.
func (all *calls) answer(c *call) value.Value {
	took := time.Duration(c.ended-c.begun) * time.Millisecond
	var b value.ObjectBuilder
	switch {
	case c.ended == 0:
		b.Set("return", value.NullValue) // it comes too late for anybody to see it
		took = never
	case c.timedOut:
		b.Set("timeout", value.True)
		if c.heartbeat > 0 && (c.timeout == 0 || took < time.Duration(c.timeout)*time.Second) {
			took += time.Second // so that the state misses the heartbeat before
		}
	case c.failure != nil:
		b.Set("error", c.failure.Name)
		if c.failure.Cause.Text() != "" {
			b.Set("cause", c.failure.Cause)
		}
	default:
		b.Set("return", c.output)
	}
	if c.ended != 0 && !c.timedOut && c.heartbeat > 0 { // heartbeats are not recorded
		took = min(took, time.Duration(c.heartbeat)*time.Second-time.Millisecond)
	}
	if took >= shortest || took >= time.Millisecond && all.concurrent() {
		b.Set("delay", value.OfString(written(took)))
	}
	return b.Value()
}

// written is a duration as people write it: 8760h, not 8760h0m0s.
func written(d time.Duration) string {
	text := d.String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return text
}

// never is the delay of answers that nobody waits for.
const never = 8760 * time.Hour

// conditions are JSONata on the arguments that tell calls with other answers apart: on one
// value of them that differs, or on all. nil: the arguments do not say it.
func conditions(list []call) []string {
	pointers := differing(list)
	if len(pointers) == 0 {
		return nil
	}
	for _, p := range pointers { // one that is another in every line is enough
		if tells(list, []pointer{p}) {
			pointers = []pointer{p}
			break
		}
	}
	if !tells(list, pointers) {
		return nil
	}
	all := make([]string, len(list))
	for i := range list {
		var parts []string
		for _, p := range pointers {
			parts = append(parts, p.condition(list[i].arguments))
		}
		all[i] = strings.Join(parts, " and ")
	}
	return all
}

// tells reports whether the values at pointers are those of one line of control only.
func tells(list []call, pointers []pointer) bool {
	line := make(map[string]int)
	for i := range list {
		var key []byte
		for _, p := range pointers {
			key = p.of(list[i].arguments).AppendJSON(append(key, ' '))
		}
		if of, ok := line[string(key)]; ok && of != list[i].line {
			return false
		}
		line[string(key)] = list[i].line
	}
	return true
}

// A pointer leads to a value inside arguments.
type pointer []step

type step struct {
	name  string
	index int // of an array, if name is ""
	array bool
}

func (p pointer) of(v value.Value) value.Value {
	for _, s := range p {
		switch {
		case s.array && v.Kind() == value.Array && s.index < v.Len():
			v = v.Index(s.index)
		case !s.array && v.Kind() == value.Object:
			v = v.Get(s.name)
		default:
			return value.Value{}
		}
	}
	return v
}

// condition is JSONata that is true where the value is that of the arguments.
func (p pointer) condition(arguments value.Value) string {
	path := "$input"
	for _, s := range p {
		switch {
		case s.array:
			path += "[" + strconv.Itoa(s.index) + "]"
		case plainName(s.name):
			path += "." + s.name
		default:
			path += ".`" + s.name + "`"
		}
	}
	v := p.of(arguments)
	if !v.Exists() {
		return "$not($exists(" + path + "))"
	}
	return path + " = " + v.String()
}

// plainName reports whether JSONata reads a name as it is.
func plainName(name string) bool {
	for i, r := range name {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	switch name {
	case "", "and", "or", "in", "true", "false", "null", "function":
		return false
	}
	return true
}

// The bounds of the search for what tells calls apart.
const (
	maxPointers = 40
	maxDepth    = 12
)

// differing finds the values that are not the same in all calls. Task tokens, ids and times
// that differ may be other ones in a test; so texts that look like them do not count.
func differing(list []call) (found []pointer) {
	var walk func(p pointer)
	walk = func(p pointer) {
		if len(found) >= maxPointers || len(p) > maxDepth {
			return
		}
		first := p.of(list[0].arguments)
		same := true
		kind := first.Kind()
		for i := 1; i < len(list); i++ {
			v := p.of(list[i].arguments)
			same = same && v.Exists() == first.Exists() && value.Equal(v, first)
			if v.Kind() != kind || v.Len() != first.Len() && kind == value.Array {
				kind = value.Null
			}
		}
		switch {
		case same:
		case kind == value.Object:
			for name := range first.Members() {
				if !strings.Contains(name, "`") {
					walk(append(slices.Clip(p), step{name: name}))
				}
			}
		case kind == value.Array:
			for i := range first.Items() {
				walk(append(slices.Clip(p), step{index: i, array: true}))
			}
		default:
			for i := range list {
				if looksVarying(p.of(list[i].arguments)) {
					return
				}
			}
			found = append(found, p)
		}
	}
	walk(nil)
	return found
}

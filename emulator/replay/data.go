package replay

import (
	"regexp"
	"strings"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/internal/difference"
	"github.com/aslocal/aslocal/value"
)

// This file compares the data of two events.

// maxChanges is how many places of two events a Difference lists.
const maxChanges = 100

// data is what an event says, as one value: JSON that histories have as text is parsed.
func data(e *machine.Event) value.Value {
	var b value.ObjectBuilder
	set := func(name string, v value.Value) {
		if v.Exists() {
			b.Set(name, v)
		}
	}
	if e.State != "" {
		set("name", value.OfString(e.State))
	}
	switch e.Type {
	case machine.ExecutionStarted, machine.StateEntered:
		set("input", e.Doc)
	case machine.TaskScheduled:
		set("arguments", e.Doc)
	case machine.StateExited, machine.TaskSubmitted, machine.TaskSucceeded, machine.ExecutionSucceeded:
		set("output", e.Doc)
	}
	if e.Assigned.Len() > 0 {
		set("variables", e.Assigned)
	}
	if t := e.Task; t != nil {
		if t.Resource.Text != "" {
			set("resource", value.OfString(t.Resource.Text))
		}
		if t.Timeout > 0 {
			set("timeoutInSeconds", value.OfInt(t.Timeout))
		}
		if t.Heartbeat > 0 {
			set("heartbeatInSeconds", value.OfInt(t.Heartbeat))
		}
		if t.Credentials != "" {
			set("role", value.OfString(t.Credentials))
		}
	}
	if f := e.Failure; f != nil && e.Type != machine.ParallelStateFailed && e.Type != machine.MapStateFailed { // histories do not show theirs
		set("error", f.Name)
		set("cause", parsed(f.Cause))
		if e.Type == machine.EvaluationFailed && f.Location != "" {
			set("location", value.OfString(f.Location))
		}
	}
	return b.Value()
}

// parsed is what a text of JSON says; any other text as it is.
func parsed(text value.Value) value.Value {
	if t := strings.TrimLeft(text.Text(), " \n\t"); strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[") {
		if v, err := value.Parse(t); err == nil {
			return v
		}
	}
	return text
}

// changes are the places in which two events of a line differ, the n-th ones, but for what
// always differs. Of an event whose data the history does not have, the rest is compared.
func (c *comparison) changes(line lineKey, n int, d *Difference) []difference.Change {
	before, after := d.DataBefore, d.DataAfter
	for _, member := range []string{"input", "arguments", "output"} {
		if !before.Get(member).Exists() {
			after = after.Without(member)
		}
	}
	if d.History.Type == machine.StateExited && !d.History.Doc.Exists() {
		after = after.Without("variables")
	}
	all := difference.JSON(before, after, maxChanges)
	if len(all) == 0 {
		return nil
	}
	var kept []difference.Change
	varying := c.varying(line, n, d.Replay)
	for _, change := range all {
		switch {
		case c.sameBut(change):
		case varying.has(change.Pointer):
			c.ignored[ignoredVaries] = true
		default:
			kept = append(kept, change)
		}
	}
	return kept
}

var (
	// homeOf is the beginning of an ARN, up to its account.
	homeOf = regexp.MustCompile(`\barn:aws[a-z-]*:([a-z0-9-]+):[a-z0-9-]*:(?:[0-9]{12})?:`)
	// eventID is how causes name an event.
	eventID = regexp.MustCompile(`event id #[0-9]+`)
	// whereFailed is what the machine puts in front of causes.
	whereFailed = regexp.MustCompile(`(?s)^An error occurred while executing the state '.{1,80}?' \(entered at the event id #[0-9]+\)\. `)
)

// sameBut reports whether two texts differ in nothing but where ARNs are at home, and in
// the numbers of events.
func (c *comparison) sameBut(change difference.Change) bool {
	before, after := change.Before, change.After
	if before.Kind() != value.String || after.Kind() != value.String {
		return false
	}
	a, b := before.Text(), after.Text()
	elsewhereA, elsewhereB := homeOf.ReplaceAllString(a, "arn:$1:"), homeOf.ReplaceAllString(b, "arn:$1:")
	numberedA, numberedB := eventID.ReplaceAllString(elsewhereA, "event id"), eventID.ReplaceAllString(elsewhereB, "event id")
	if numberedA != numberedB {
		return false
	}
	if elsewhereA != elsewhereB {
		c.ignored[ignoredIDs] = true
	}
	if a != elsewhereA || b != elsewhereB {
		c.ignored[ignoredHome] = true
	}
	return true
}

// pointers are JSON pointers of values that vary.
type pointers map[string]bool

// has reports whether a pointer leads to such a value, or into one.
func (p pointers) has(pointer string) bool {
	for len(p) > 0 {
		if p[pointer] {
			return true
		}
		end := strings.LastIndexByte(pointer, '/')
		if end < 0 {
			return false
		}
		pointer = pointer[:end]
	}
	return false
}

// varying are the places of an event's data that another replay has other values at.
func (c *comparison) varying(line lineKey, n int, e *machine.Event) pointers {
	if c.other == nil || n >= len(c.other.of[line]) {
		return nil
	}
	other := &c.other.events[c.other.of[line][n]]
	if Title(other) != Title(e) {
		return nil
	}
	found := make(pointers)
	for _, change := range difference.JSON(data(other), data(e), maxChanges) {
		if change.Kind != difference.Removed {
			found[change.Pointer] = true
		}
	}
	return found
}

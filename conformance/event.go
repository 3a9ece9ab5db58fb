package conformance

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/value"
)

// This file has events, and the line that one is in a case's history:
//
//	5<4 TaskFailed!CustomException

// An Event is one of a history. The names are those of the API.
type Event struct {
	ID, Prev    int64
	Type        string
	DetailsName string      // "stateEnteredEventDetails", or ""
	Details     value.Value // its content, or no value
}

// Line returns the event in the notation of case files.
func (e *Event) Line() Line { return Line{ID: e.ID, Prev: e.Prev, Label: e.label()} }

func (e *Event) label() string {
	label := e.Type
	switch e.DetailsName {
	case "stateEnteredEventDetails", "stateExitedEventDetails":
		label += "(" + e.Details.Get("name").Text() + ")"
	case "mapStateStartedEventDetails":
		label += "[" + e.Details.Get("length").NumberText() + "]"
	case "evaluationFailedEventDetails":
		if location := e.Details.Get("location"); location.Exists() {
			label += "(" + location.Text() + ")"
		}
	case "executionRedrivenEventDetails", "mapRunRedrivenEventDetails":
		label += "(" + e.Details.Get("redriveCount").NumberText() + ")"
	default:
		if strings.HasPrefix(e.Type, "MapIteration") {
			label += "(" + e.Details.Get("index").NumberText() + ")"
		}
	}
	if failure := e.Details.Get("error"); failure.Exists() {
		label += "!" + failure.Text()
	}
	return label
}

// eventMembers are those of an event beside its details.
var eventMembers = []string{"id", "previousEventId", "type"}

func isDetails(name string) bool { return strings.HasSuffix(name, "EventDetails") }

// member returns a member of the event as the API names it.
func (e *Event) member(name string) value.Value {
	switch name {
	case "id":
		return value.OfInt(e.ID)
	case "previousEventId":
		return value.OfInt(e.Prev)
	case "type":
		return value.OfString(e.Type)
	case e.DetailsName:
		return e.Details
	}
	return value.Value{}
}

// A Line is an event in the notation of case files: what it is, and which event
// led to it.
type Line struct {
	ID, Prev int64
	Label    string
}

// String returns the line as a case file has it.
func (l Line) String() string { return fmt.Sprintf("%d<%d %s", l.ID, l.Prev, l.Label) }

var lineForm = regexp.MustCompile(`^(\d{1,5})<(\d{1,5}) ([A-Za-z]+)(?:\(.*\)|\[\d+\])?(?:!.*)?$`)

func parseLine(text string) (Line, error) {
	parts := lineForm.FindStringSubmatch(text)
	if parts == nil {
		return Line{}, fmt.Errorf(`expected a line such as "5<4 TaskFailed!CustomException", got %q`, shorten(text))
	}
	if !slices.Contains(types.HistoryEventType("").Values(), types.HistoryEventType(parts[3])) {
		return Line{}, fmt.Errorf("no type of event is called %q", parts[3])
	}
	l := Line{Label: text[strings.IndexByte(text, ' ')+1:]}
	l.ID, _ = strconv.ParseInt(parts[1], 10, 64) // five digits at most
	l.Prev, _ = strconv.ParseInt(parts[2], 10, 64)
	if l.Prev >= l.ID {
		return Line{}, fmt.Errorf("%q: an event has an earlier one before it", shorten(text))
	}
	return l, nil
}

// history reads lines, whose ids count from 1.
func (d *decoder) history(to *[]Line) func(value.Value, string) {
	return func(v value.Value, at string) {
		if v.Kind() == value.Array && v.Len() == 0 {
			d.fail(at, "expected all events, got none")
		}
		d.list(func(v value.Value, at string) {
			if !d.kind(v, at, value.String) {
				return
			}
			l, err := parseLine(v.Text())
			if err == nil && l.ID != int64(len(*to)+1) {
				err = fmt.Errorf("expected the id %d, got %d", len(*to)+1, l.ID)
			}
			if err != nil {
				d.fail(at, "%v", err)
			}
			*to = append(*to, l)
		})(v, at)
	}
}

// eventOf converts an event of the SDK, which has a field for each of the 30-odd
// details members; at most one is set.
func eventOf(h *types.HistoryEvent) Event {
	e := Event{ID: h.Id, Prev: h.PreviousEventId, Type: string(h.Type)}
	fields := reflect.ValueOf(h).Elem()
	for i := range fields.NumField() {
		if name := fields.Type().Field(i).Name; isDetails(name) && !fields.Field(i).IsNil() {
			e.DetailsName, e.Details = lowerFirst(name), jsonOf(fields.Field(i))
		}
	}
	return e
}

// jsonOf converts what a details member of the SDK consists of to the JSON that
// it was on the wire; members that were absent are absent again.
func jsonOf(v reflect.Value) value.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return value.Value{}
		}
		return jsonOf(v.Elem())
	case reflect.String:
		return value.OfString(v.String())
	case reflect.Bool:
		return value.OfBool(v.Bool())
	case reflect.Int32, reflect.Int64:
		return value.OfInt(v.Int())
	case reflect.Map: // assignedVariables
		if v.IsNil() {
			return value.Value{}
		}
		names := v.MapKeys()
		slices.SortFunc(names, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		var b value.ObjectBuilder
		for _, name := range names {
			b.Set(name.String(), jsonOf(v.MapIndex(name)))
		}
		return b.Value()
	case reflect.Struct:
		var b value.ObjectBuilder
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				if member := jsonOf(v.Field(i)); member.Exists() {
					b.Set(lowerFirst(field.Name), member)
				}
			}
		}
		return b.Value()
	}
	panic("conformance: the SDK has a details member of kind " + v.Kind().String())
}

func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// lasted is the time between two moments of the API, which are milliseconds.
func lasted(from, to time.Time) time.Duration { return to.Sub(from).Round(time.Millisecond) }

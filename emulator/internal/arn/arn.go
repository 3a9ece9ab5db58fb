// Package arn reads and makes the ARNs of Step Functions:
//
//	arn:aws:states:us-east-1:123456789012:stateMachine:order        a state machine
//	arn:aws:states:us-east-1:123456789012:stateMachine:order:3      its version 3
//	arn:aws:states:us-east-1:123456789012:stateMachine:order:live   its alias live
//	arn:aws:states:us-east-1:123456789012:stateMachine:order/Each   what the children of its Map labelled Each run
//	arn:aws:states:us-east-1:123456789012:execution:order:A-17      a Standard execution
//	arn:aws:states:us-east-1:123456789012:express:order:A-17:ID     an Express execution
//	arn:aws:states:us-east-1:123456789012:mapRun:order/Each:ID      a Map Run
//	arn:aws:states:us-east-1:123456789012:activity:approve          an activity
package arn

import (
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
)

// A Kind is the type of resource that an ARN names.
type Kind string

// The kinds of resources.
const (
	StateMachine Kind = "stateMachine"
	Execution    Kind = "execution"
	Express      Kind = "express" // an execution of an Express state machine
	MapRun       Kind = "mapRun"
	Activity     Kind = "activity"
)

// An ARN is the name of a resource.
type ARN struct {
	Region, Account string
	Kind            Kind
	Name            string // of the state machine, or of the activity
	Label           string // of a distributed Map; "" if the ARN has none
	Qualifier       string // what follows: a version, an alias, the name of an execution; "" if nothing does

	text    string
	machine int // where the ARN of the state machine itself ends in text
}

// String returns the ARN as it was written.
func (a ARN) String() string { return a.text }

// Base returns the ARN without label and qualifier. Of a version or an alias,
// that is the ARN of its state machine.
func (a ARN) Base() string { return a.text[:a.machine] }

// LabelledName returns the name with the label: "order/Each".
func (a ARN) LabelledName() string {
	if a.Label == "" {
		return a.Name
	}
	return a.Name + "/" + a.Label
}

// ChildMachine returns the ARN of the state machine, with the label, that the
// children of a Map Run are executions of. The receiver is the ARN of the Map
// Run or of any other resource of the state machine.
func (a ARN) ChildMachine() ARN {
	home := a.text[:a.machine-len(a.Name)-len(a.Kind)-1]
	a.Kind, a.Qualifier = StateMachine, ""
	a.text = home + string(a.Kind) + ":" + a.LabelledName()
	a.machine = len(a.text) - len(a.LabelledName()) + len(a.Name)
	return a
}

// MapRunOfChild returns the ARN of the Map Run that an Express child belongs to: the
// ARN of the child ends in its id (F-238). Of another ARN it is one that no Map Run
// has.
func (a ARN) MapRunOfChild() string {
	home := a.text[:a.machine-len(a.Name)-len(a.Kind)-1]
	return home + string(MapRun) + ":" + a.LabelledName() + ":" + a.Qualifier[strings.LastIndexByte(a.Qualifier, ':')+1:]
}

// Parse reads an ARN of any kind. Text that is none is refused with InvalidArn,
// as the service does (recorded: "Invalid ARN prefix").
func Parse(text string) (ARN, error) {
	a := ARN{text: text}
	prefix, rest, _ := strings.Cut(text, ":")
	partition, rest, _ := strings.Cut(rest, ":")
	service, rest, _ := strings.Cut(rest, ":")
	a.Region, rest, _ = strings.Cut(rest, ":")
	a.Account, rest, _ = strings.Cut(rest, ":")
	kind, resource, _ := strings.Cut(rest, ":")
	if prefix != "arn" || partition == "" || service != "states" || kind == "" || resource == "" {
		return ARN{}, fault.InvalidArn(text)
	}
	a.Kind = Kind(kind)
	a.Name, a.Qualifier, _ = strings.Cut(resource, ":")
	a.Name, a.Label, _ = strings.Cut(a.Name, "/")
	a.machine = len(text) - len(resource) + len(a.Name)
	return a, nil
}

// ParseKind reads an ARN for an operation that takes one kind of resource.
// Others are refused with InvalidArn.
func ParseKind(text string, kind Kind) (ARN, error) {
	a, err := Parse(text)
	if err == nil && a.Kind != kind {
		err = fault.InvalidArnResource(string(a.Kind))
	}
	return a, err
}

// ParseMachine reads the ARN of a state machine, of a version or of an alias.
// One with a label is refused with a ValidationException (F-044).
func ParseMachine(text string) (ARN, error) {
	a, err := ParseKind(text, StateMachine)
	if err == nil && strings.Contains(text, "/") {
		err = fault.LabeledArn(text)
	}
	return a, err
}

// ParseQualified reads the ARN of a version or of an alias. That of a state
// machine is refused with InvalidArn.
func ParseQualified(text string) (ARN, error) {
	a, err := ParseMachine(text)
	if err == nil && a.Qualifier == "" {
		err = fault.InvalidArnResource(string(StateMachine))
	}
	return a, err
}

// CheckRole refuses what has not the form of a role's ARN, with InvalidArn. Step
// Functions Local checked no more.
func CheckRole(text string) error {
	if !strings.HasPrefix(text, "arn:") || !strings.Contains(text, ":iam:") {
		return fault.InvalidArn(text)
	}
	return nil
}

// A Home is the region and the account that resources are in.
type Home struct{ Region, Account string }

// HomeOf returns where the resource of an ARN is, which may be one of another service.
// Text that is no ARN is nowhere.
func HomeOf(text string) (h Home) {
	prefix, rest, _ := strings.Cut(text, ":")
	if prefix != "arn" {
		return Home{}
	}
	_, rest, _ = strings.Cut(rest, ":") // the partition
	_, rest, _ = strings.Cut(rest, ":") // the service
	h.Region, rest, _ = strings.Cut(rest, ":")
	h.Account, _, _ = strings.Cut(rest, ":")
	return h
}

// IsRegion reports whether a text is named as the regions of AWS are: us-gov-west-1.
func IsRegion(text string) bool {
	area, rest, _ := strings.Cut(text, "-")
	number := rest[strings.LastIndexByte(rest, '-')+1:]
	places := strings.TrimSuffix(rest, "-"+number)
	if len(text) > maxRegion || len(area) < 2 || places == rest || !all(number, '0', '9') {
		return false
	}
	for part := range strings.SplitSeq(places, "-") {
		if !all(part, 'a', 'z') {
			return false
		}
	}
	return all(area, 'a', 'z')
}

// IsAccount reports whether a text is the id of an account: twelve digits.
func IsAccount(text string) bool { return len(text) == 12 && all(text, '0', '9') }

const maxRegion = 32 // characters, more than any has

// all reports whether a text has characters, and none but those from first to last.
func all(text string, first, last byte) bool {
	for i := range len(text) {
		if text[i] < first || last < text[i] {
			return false
		}
	}
	return text != ""
}

// StateMachine makes the ARN of the state machine of that name.
func (h Home) StateMachine(name string) string { return h.make(StateMachine, name) }

// Activity makes the ARN of the activity of that name.
func (h Home) Activity(name string) string { return h.make(Activity, name) }

// Execution makes the ARN of an execution of the state machine of that name.
func (h Home) Execution(machine, name string) string { return h.make(Execution, machine+":"+name) }

// Express makes the ARN of an execution of the Express state machine of that
// name. The id tells executions of the same name apart; TestState shows an ARN
// without one (F-050).
func (h Home) Express(machine, name, id string) string {
	if id == "" {
		return h.make(Express, machine+":"+name)
	}
	return h.make(Express, machine+":"+name+":"+id)
}

func (h Home) make(kind Kind, resource string) string {
	return "arn:aws:states:" + h.Region + ":" + h.Account + ":" + string(kind) + ":" + resource
}

// Version makes the ARN of a version, or of an alias, of a state machine.
func Version(machineARN, qualifier string) string { return machineARN + ":" + qualifier }

// ChildRevision returns the key of what the children of a distributed Map run:
// the key of what their parent runs, a '#', and the label of the Map.
func ChildRevision(parent, label string) string { return parent + "#" + label }

// SplitRevision takes the key of a revision apart: the key of the document of a
// state machine's revision, and the labels that [ChildRevision] has added,
// outermost first.
func SplitRevision(key string) (document string, labels []string) {
	parts := strings.Split(key, "#")
	return parts[0], parts[1:]
}

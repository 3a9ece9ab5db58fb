package asl

import (
	"github.com/aslocal/aslocal/value"
)

// A State is one state as it was written. Spec: "States".
type State struct {
	Pointer       string // JSON pointer (RFC 6901)
	Name          string
	Type          StateType     // as written, known or not
	QueryLanguage QueryLanguage // its own, or else the machine's
	Comment       string
	Fields        value.Value // the object as written, with all fields

	Next string
	End  bool

	Choices       []*ChoiceRule  // Choice
	Default       string         // Choice
	Retry         []*Retrier     // Task, Parallel, Map
	Catch         []*Catcher     // Task, Parallel, Map
	Branches      []*Workflow    // Parallel
	ItemProcessor *ItemProcessor // Map; nil if there is none

	at       *place
	compiled *expressions // of the definition
}

// A StateType is the Type of a state.
type StateType string

// The types of states.
const (
	Task     StateType = "Task"
	Wait     StateType = "Wait"
	Pass     StateType = "Pass"
	Succeed  StateType = "Succeed"
	Fail     StateType = "Fail"
	Choice   StateType = "Choice"
	Parallel StateType = "Parallel"
	Map      StateType = "Map"
)

// Known reports whether t is one of the types of the language.
func (t StateType) Known() bool {
	switch t {
	case Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map:
		return true
	}
	return false
}

// Terminal reports whether the state ends its workflow: it has End, or it is a
// Succeed or Fail state. A Choice state is not terminal, even without Default.
func (s *State) Terminal() bool {
	return s.End || s.Type == Succeed || s.Type == Fail
}

// maxReadName is the maximum length in bytes of the name of a state that is read;
// every pointer into a state contains its name.
const maxReadName = 4096

func readState(name string, fields value.Value, at *place, language QueryLanguage, depth int) *State {
	at = at.known()
	s := &State{
		Pointer:       at.basePointer,
		at:            at,
		Name:          name,
		Fields:        fields,
		Type:          StateType(fields.Get("Type").Text()),
		QueryLanguage: languageOf(fields, language),
		Comment:       fields.Get("Comment").Text(),
	}
	if len(name) > maxReadName {
		return s // Validate says so
	}
	s.Next = fields.Get("Next").Text()
	s.End = fields.Get("End").Bool()
	s.Default = fields.Get("Default").Text()
	s.Choices = readChoices(fields.Get("Choices"), at.member("Choices"))
	s.Retry = readRetriers(fields.Get("Retry"))
	s.Catch = readCatchers(fields.Get("Catch"))
	for i, v := range fields.Get("Branches").Items() {
		branch := new(Workflow)
		branch.read(v, at.member("Branches").item(i), language, depth+1)
		s.Branches = append(s.Branches, branch)
	}
	s.ItemProcessor = readItemProcessor(fields, at, language, depth+1)
	return s
}

// workflows returns the workflows inside the state.
func (s *State) workflows() []*Workflow {
	if s.ItemProcessor != nil {
		return append(s.Branches[:len(s.Branches):len(s.Branches)], &s.ItemProcessor.Workflow)
	}
	return s.Branches
}

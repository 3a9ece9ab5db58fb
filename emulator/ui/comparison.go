package ui

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/internal/difference"
	"github.com/aslocal/aslocal/value"
)

// This file compares two executions, of one state machine or of two: which states both
// have visited, and what was different there. Visits are aligned branch by branch and
// iteration by iteration: in each, the longest list of states that both have visited in the
// same order stays together.

// Comparison is what two executions have in common and what they have not.
type Comparison struct {
	Left  ComparedExecution `json:"left"`
	Right ComparedExecution `json:"right"`
	// Rows are the executions themselves, then the visits, in order: what is in a branch or
	// iteration follows its Parallel or Map state.
	Rows           []ComparedRow `json:"rows"`
	Different      int           `json:"different"` // rows that differ; the one of the executions does not count
	First          int           `json:"first"`     // number of the first row that differs, -1 if none does: a state, if one does
	SameDefinition bool          `json:"sameDefinition"`

	left, right *side
}

// ComparedExecution is one of two executions that are compared.
type ComparedExecution struct {
	Row
	Input      string `json:"input"`
	Output     string `json:"output"`
	Error      string `json:"error"`
	Cause      string `json:"cause"`
	Definition string `json:"definition"` // that it runs
}

// A ComparedRow is a visit that one or both executions have, or the executions themselves.
type ComparedRow struct {
	State string    `json:"state"` // "" of the executions themselves
	Kind  string    `json:"kind"`  // of the state; "" if not known
	Path  []Step    `json:"path"`
	Left  *VisitRow `json:"left"` // null: only the right one has it
	Right *VisitRow `json:"right"`
	// Differs says in what: input, arguments (of the last attempt, if the input is the same), output, variables, outcome, error, attempts, definition,
	// duration. It is empty if only one side has the visit. A duration differs if one is
	// 1.5 times the other, and 50 milliseconds more; that alone makes no difference of
	// the executions.
	Differs []string `json:"differs"`
}

// A VisitRow is one side of a ComparedRow.
type VisitRow struct {
	Visit    int    `json:"visit"` // number; -1 of the execution itself
	Outcome  string `json:"outcome"`
	Entered  int64  `json:"entered"`
	Left     int64  `json:"left"` // 0: not yet
	Attempts int    `json:"attempts"`
	Error    string `json:"error"`
}

// Different reports whether a row is a difference of the executions.
func (r *ComparedRow) Different() bool {
	return r.Left == nil || r.Right == nil || slices.ContainsFunc(r.Differs, func(what string) bool { return what != differsDuration })
}

const differsDuration = "duration"

// ComparedVisit is the data of a row.
type ComparedVisit struct {
	Left  *VisitData `json:"left"` // null: that side has no such visit
	Right *VisitData `json:"right"`
}

// VisitData is the data of a visit, as the history has it.
type VisitData struct {
	Input      string `json:"input"`
	Output     string `json:"output"`
	Assigned   string `json:"assigned"` // an object; "" if it assigned none
	Calls      []Data `json:"calls"`    // for each attempt
	Error      string `json:"error"`
	Cause      string `json:"cause"`
	Definition string `json:"definition"` // JSON of the state
}

// comparison compares two executions.
func (u *UI) comparison(ctx context.Context, q *query) (*Comparison, error) {
	if q.text("left") == "" || q.text("right") == "" {
		return nil, refuse("left, right: expected the ARNs of two executions")
	}
	return u.CompareExecutions(ctx, q.text("left"), q.text("right"))
}

// A side is an execution with its visits.
type side struct {
	ComparedExecution
	*book
	inside  map[place][]int // visits by where they are
	indexes map[int][]int   // by visit: its branches and iterations
}

// A place is the root of an execution, a branch, or an iteration.
type place struct{ in, index int }

// CompareExecutions compares the executions with two ARNs. Errors are refusals of the
// API.
func (u *UI) CompareExecutions(ctx context.Context, left, right string) (*Comparison, error) {
	a, err := u.side(ctx, left)
	if err != nil {
		return nil, err
	}
	b, err := u.side(ctx, right)
	if err != nil {
		return nil, err
	}
	out := &Comparison{Left: a.ComparedExecution, Right: b.ComparedExecution, First: -1, left: a, right: b}
	out.SameDefinition = same(parsedJSON(a.Definition), parsedJSON(b.Definition))
	out.Rows = append([]ComparedRow{compareEnds(a, b)}, alignPlace(a, b, place{-1, -1}, place{-1, -1})...)
	for i := range out.Rows[1:] {
		if out.Rows[i+1].Different() {
			if out.Different++; out.First < 0 {
				out.First = i + 1
			}
		}
	}
	if out.First < 0 && out.Rows[0].Different() {
		out.First = 0
	}
	return out, nil
}

// same reports whether two values are equal, or neither is there.
func same(a, b value.Value) bool {
	return !a.Exists() && !b.Exists() || value.Equal(a, b)
}

// parsedJSON is a text as JSON; one that is no JSON is a string.
func parsedJSON(text string) value.Value {
	v, err := value.Parse(text)
	if err != nil {
		return value.OfString(text)
	}
	return v
}

func (u *UI) side(ctx context.Context, arn string) (*side, error) {
	in := value.OfMembers("executionArn", value.OfString(arn))
	x, err := u.api.Call(ctx, "DescribeExecution", in)
	if err != nil {
		return nil, err
	}
	m, err := u.api.Call(ctx, "DescribeStateMachineForExecution", in)
	if err != nil {
		return nil, err
	}
	s := &side{inside: make(map[place][]int), indexes: make(map[int][]int)}
	s.ComparedExecution = ComparedExecution{
		Row: rowOf(x), Input: x.Get("input").Text(), Output: x.Get("output").Text(), Error: x.Get("error").Text(), Cause: x.Get("cause").Text(),
		Definition: m.Get("definition").Text(),
	}
	if s.book, err = u.book(ctx, arn, parsed(s.Definition), nil); err != nil {
		return nil, err
	}
	for i, v := range s.builder.Visits() {
		at := place{v.In, -1}
		if n := len(v.Path); n > 0 {
			at.index = v.Path[n-1].Index
		}
		if v.In >= 0 && s.inside[at] == nil {
			s.indexes[v.In] = append(s.indexes[v.In], at.index)
		}
		s.inside[at] = append(s.inside[at], i)
	}
	return s, nil
}

// compareEnds makes the row of the executions themselves.
func compareEnds(a, b *side) ComparedRow {
	row := ComparedRow{Path: []Step{}, Differs: []string{}}
	for _, one := range []struct {
		s  *side
		to **VisitRow
	}{{a, &row.Left}, {b, &row.Right}} {
		*one.to = &VisitRow{Visit: -1, Outcome: one.s.Status, Entered: one.s.Started, Left: one.s.Stopped, Error: one.s.Error}
	}
	row.differs("input", !same(parsedJSON(a.Input), parsedJSON(b.Input)))
	row.differs("output", !same(parsedJSON(a.Output), parsedJSON(b.Output)))
	row.differs("outcome", a.Status != b.Status)
	row.differs("error", a.Error != b.Error || a.Cause != b.Cause)
	row.differs(differsDuration, longer(a.Stopped-a.Started, b.Stopped-b.Started) && a.Stopped > 0 && b.Stopped > 0)
	return row
}

func (r *ComparedRow) differs(what string, yes bool) {
	if yes {
		r.Differs = append(r.Differs, what)
	}
}

// longer reports whether two durations differ so much that it is worth a mark.
func longer(a, b int64) bool {
	long, short := max(a, b), min(a, b)
	return long-short >= 50 && 2*long >= 3*short
}

// alignPlace aligns the visits of a place of each side, and of the branches and
// iterations in them.
func alignPlace(a, b *side, left, right place) []ComparedRow {
	var rows []ComparedRow
	visitsA, visitsB := a.inside[left], b.inside[right]
	x, y := 0, 0
	to := func(i, j int) {
		for ; x < i; x++ {
			rows = append(rows, onlyOne(a, visitsA[x], true)...)
		}
		for ; y < j; y++ {
			rows = append(rows, onlyOne(b, visitsB[y], false)...)
		}
	}
	for _, m := range difference.Common(a.states(visitsA), b.states(visitsB)) {
		to(m.Before, m.After)
		for range m.Length {
			rows = append(rows, alignVisits(a, b, visitsA[x], visitsB[y])...)
			x, y = x+1, y+1
		}
	}
	to(len(visitsA), len(visitsB))
	return rows
}

func (s *side) states(visits []int) []string {
	names := make([]string, len(visits))
	for i, n := range visits {
		names[i] = s.builder.Visits()[n].State
	}
	return names
}

// alignVisits makes the row of two visits of a state, and those of what is inside.
func alignVisits(a, b *side, n, m int) []ComparedRow {
	v, w := &a.builder.Visits()[n], &b.builder.Visits()[m]
	row := ComparedRow{State: v.State, Kind: string(v.Kind), Path: stepsOf(v.Path), Left: visitRow(v, n), Right: visitRow(w, m), Differs: []string{}}
	row.differs("input", !same(v.Input, w.Input))
	row.differs("arguments", same(v.Input, w.Input) && !same(called(v), called(w)))
	row.differs("output", !same(v.Output, w.Output))
	row.differs("variables", !same(v.Assigned, w.Assigned))
	row.differs("outcome", v.Outcome != w.Outcome)
	nameA, causeA := failureTexts(v.Failure)
	nameB, causeB := failureTexts(w.Failure)
	row.differs("error", nameA != nameB || causeA != causeB)
	row.differs("attempts", len(v.Attempts) != len(w.Attempts))
	row.differs("definition", !same(a.fields(v), b.fields(w)))
	row.differs(differsDuration, v.Left > 0 && w.Left > 0 && longer(v.Left-v.Entered, w.Left-w.Entered))
	rows := []ComparedRow{row}
	for _, i := range sorted(a.indexes[n], b.indexes[m]) {
		rows = append(rows, alignPlace(a, b, place{n, i}, place{m, i})...)
	}
	return rows
}

// called is what the last attempt of a visit was called with.
func called(v *timeline.Visit) value.Value {
	if n := len(v.Attempts); n > 0 {
		return v.Attempts[n-1].Input
	}
	return value.Value{}
}

func sorted(a, b []int) []int {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// fields are those of the state of a visit, without the states inside of it, which have rows
// of their own.
func (s *side) fields(v *timeline.Visit) value.Value {
	state := s.state(v)
	if state == nil {
		return value.Value{}
	}
	fields := state.Fields
	for _, inner := range []string{"Branches", "ItemProcessor", "Iterator"} {
		if fields.Get(inner).Exists() {
			fields = fields.Without(inner)
		}
	}
	return fields
}

// onlyOne makes the rows of a visit that one side alone has, and of what is inside.
func onlyOne(s *side, n int, left bool) []ComparedRow {
	v := &s.builder.Visits()[n]
	row := ComparedRow{State: v.State, Kind: string(v.Kind), Path: stepsOf(v.Path), Differs: []string{}}
	if left {
		row.Left = visitRow(v, n)
	} else {
		row.Right = visitRow(v, n)
	}
	rows := []ComparedRow{row}
	for _, i := range sorted(s.indexes[n], nil) {
		for _, inner := range s.inside[place{n, i}] {
			rows = append(rows, onlyOne(s, inner, left)...)
		}
	}
	return rows
}

func visitRow(v *timeline.Visit, n int) *VisitRow {
	name, _ := failureTexts(v.Failure)
	return &VisitRow{Visit: n, Outcome: v.Outcome.String(), Entered: v.Entered, Left: v.Left, Attempts: len(v.Attempts), Error: name}
}

// comparedVisit gives the data of a row of a comparison.
func (u *UI) comparedVisit(ctx context.Context, q *query) (*ComparedVisit, error) {
	out := &ComparedVisit{}
	for _, one := range []struct {
		arn, visit string
		to         **VisitData
	}{{"left", "leftVisit", &out.Left}, {"right", "rightVisit", &out.Right}} {
		if q.text(one.visit) == "" {
			continue
		}
		n, err := strconv.Atoi(q.text(one.visit))
		if err != nil {
			return nil, refuse("%s: expected the number of a visit, got %q", one.visit, q.text(one.visit))
		}
		if *one.to, err = u.visitData(ctx, q.text(one.arn), n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// visitData is the data of a visit; -1 is the execution itself.
func (u *UI) visitData(ctx context.Context, arn string, n int) (*VisitData, error) {
	s, err := u.side(ctx, arn)
	if err != nil {
		return nil, err
	}
	if n < -1 || n >= len(s.builder.Visits()) {
		return nil, refuse("visit: the execution has %d visits, counted from 0; got %d", len(s.builder.Visits()), n)
	}
	return s.data(n), nil
}

func (s *side) data(n int) *VisitData {
	if n == -1 {
		return &VisitData{Input: s.Input, Output: s.Output, Calls: []Data{}, Error: s.Error, Cause: s.Cause}
	}
	v := &s.builder.Visits()[n]
	out := &VisitData{Input: text(v.Input), Output: text(v.Output), Assigned: text(v.Assigned), Calls: []Data{}, Definition: text(s.fields(v))}
	out.Error, out.Cause = failureTexts(v.Failure)
	for _, c := range v.Attempts {
		out.Calls = append(out.Calls, Data{Input: text(c.Input), Output: text(c.Output)})
	}
	return out
}

// Data returns the data of a row of the comparison.
func (c *Comparison) Data(row *ComparedRow) *ComparedVisit {
	out := &ComparedVisit{}
	if row.Left != nil {
		out.Left = c.left.data(row.Left.Visit)
	}
	if row.Right != nil {
		out.Right = c.right.data(row.Right.Visit)
	}
	return out
}

// String returns where a row is, as in "Ship all[2]/Pack".
func (r *ComparedRow) String() string {
	if r.State == "" {
		return "execution"
	}
	where := ""
	for _, s := range r.Path {
		where += fmt.Sprintf("%s[%d]/", s.State, s.Index)
	}
	return where + r.State
}

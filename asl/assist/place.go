package assist

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/internal/position"
)

// This file says what an offset is a place for: which state, which field of the
// language, and what may stand there.

// A place is an offset in a definition.
type place struct {
	cursor
	source  string
	offset  int
	outline *outline
	know    Knowledge

	workflow *workflow
	state    *state // nil outside of states
	object   *node  // that the place is in
	form     form   // of a key: of its object; of a value: of the value
	holder   form   // the object that has the field
	field    string // the field of the language that the place is in: "Arguments"
	fieldWay string // its pointer, from the state: "/Catch/0/Output"
	free     bool   // the place is in JSON whose members the language does not define
	rest     []string
}

// newPlace returns what an offset is a place for.
func newPlace(doc edit.Document, offset int, know Knowledge) *place {
	offset = max(0, min(offset, len(doc.Text)))
	root := readDefinition(doc)
	p := &place{source: doc.Text, offset: offset, outline: newOutline(doc.Text, root), know: know}
	p.cursor = locate(doc.Text, root, offset)
	p.resolve()
	return p
}

// resolve follows the way of the cursor through the schema.
func (p *place) resolve() {
	root := p.outline.root
	language := asl.JSONPath
	if root.get("QueryLanguage").word() == string(asl.JSONata) {
		language = asl.JSONata
	}
	p.form, p.workflow, p.object = machineForm(language), p.outline.machine, root
	pointer := ""
	for _, s := range p.way {
		pointer += "/" + position.Escape(s.name)
		p.object = s.node
		switch {
		case p.free && !s.item:
			p.rest = append(p.rest, s.name)
		case p.free:
		case s.item:
			p.form = p.form.item()
			p.free = p.form.closed()
		default:
			p.into(s.name, pointer)
		}
		if w := p.outline.workflows[pointer]; w != nil {
			p.workflow = w
		}
	}
	if p.state != nil {
		p.fieldWay = strings.TrimPrefix(pointer, p.state.pointer)
	}
	p.object = p.outline.root.at(pointer)
	if !p.key && len(p.way) > 0 {
		p.object = p.way[len(p.way)-1].node
	}
	if !p.key && !p.token.json && (p.token.kind == missing || p.token.kind == text && p.token.quote == 0) && p.takesFields() {
		p.key, p.fresh = true, true // in YAML, an object begins with its first key
		p.object = &node{kind: object, column: p.column()}
	}
}

// column returns the column of the token, or of the offset.
func (p *place) column() int {
	at := min(p.token.start, p.offset)
	return at - (strings.LastIndexByte(p.source[:at], '\n') + 1)
}

// takesFields reports whether the value is an object with fields of the language.
func (p *place) takesFields() bool {
	return !p.free && (p.form.fields().Exists() || p.form.byName())
}

// into goes into a member.
func (p *place) into(name, pointer string) {
	inner, _ := p.form.member(name)
	p.holder, p.field = p.form, name
	if inner.isState() {
		p.state = p.outline.states[pointer]
		p.field = ""
		if p.state == nil {
			p.form, p.free = inner, true
			return
		}
		p.workflow = p.state.workflow
		inner, _ = inner.ofState(p.state.kind, p.state.language)
	}
	p.form = inner
	p.free = inner.closed()
}

// closed reports whether the language says nothing about what is in a value.
func (f form) closed() bool {
	return !f.fields().Exists() && !f.v.Get("items").Exists() && !f.byName()
}

// language returns the query language of the place.
func (p *place) language() asl.QueryLanguage {
	if p.state != nil {
		return p.state.language
	}
	if p.outline.root.get("QueryLanguage").word() == string(asl.JSONata) {
		return asl.JSONata
	}
	return asl.JSONPath
}

// resource returns what the Task, ItemReader or ResultWriter around the place calls.
func (p *place) resource() string {
	if p.state == nil {
		return ""
	}
	n := p.state.node
	for _, holder := range []string{"ItemReader", "ResultWriter"} {
		if strings.HasPrefix(p.fieldWay, "/"+holder) {
			n = n.get(holder)
		}
	}
	return n.get("Resource").word()
}

// parameters returns the parameters that may be members at the place, if it is in
// Parameters or Arguments.
func (p *place) parameters(path []string) []Field {
	switch {
	case p.field == "Credentials" && len(path) == 0:
		return []Field{{Name: "RoleArn", Kind: Text, Required: true, Docs: "The ARN of the role."}}
	case p.field != "Parameters" && p.field != "Arguments":
		return nil
	case p.holder.object() != "Task" && p.holder.object() != "ItemReader" && p.holder.object() != "ResultWriter":
		return nil
	}
	return Parameters(p.resource(), slices.DeleteFunc(slices.Clone(path), func(s string) bool { return s == "" })...)
}

// data returns what the state had in the last run.
func (p *place) data() Data {
	if p.state == nil {
		return Data{}
	}
	return p.know.Data[p.state.pointer]
}

// inCatch reports whether the place is in a Catcher.
func (p *place) inCatch() bool { return strings.HasPrefix(p.fieldWay, "/Catch/") }

// seesResult reports whether expressions at the place can read $states.result. Spec:
// "Reserved variable: $states".
func (p *place) seesResult() bool {
	if p.state == nil {
		return false
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(p.fieldWay, "/"), "/")
	switch p.state.kind {
	case asl.Task, asl.Parallel, asl.Map:
		return first == "Output" || first == "Assign"
	}
	return false
}

package assist

import (
	"regexp"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/value"
)

// A Note says what stands at a place.
type Note struct {
	Start int     `json:"start"` // bytes of the document that it is about
	End   int     `json:"end"`
	Title string  `json:"title"`           // "Retry", "$states.input", "Ship order"
	Kind  Kind    `json:"kind"`            // as of an Item
	Docs  string  `json:"docs"`            // plain text; paragraphs are parted by an empty line
	Shown []Shown `json:"shown,omitempty"` // data of the last run
}

// Shown is a value of the last run.
type Shown struct {
	Label string      `json:"label"` // "Input", "Value"
	Value value.Value `json:"value"`
}

// Hover returns what is known about the word at an offset; false if nothing is.
func Hover(doc edit.Document, offset int, know Knowledge) (Note, bool) {
	if e, ok := embeddedIn(doc); ok {
		n, ok := Hover(e.doc, e.in(offset), know)
		n.Start, n.End = e.outer[n.Start], e.outer[n.End]
		return n, ok
	}
	p := newPlace(doc, offset, know)
	if p.token == nil || p.token.kind == missing || p.offset < p.token.start || p.offset > p.token.end {
		return Note{}, false
	}
	n := Note{Start: p.token.start, End: p.token.end, Title: p.token.text}
	ok := false
	switch {
	case p.key && !p.fresh:
		ok = p.keyNote(&n)
	case p.key:
	default:
		ok = p.expressionNote(&n) || p.valueNote(&n)
	}
	return n, ok
}

// keyNote is about a member.
func (p *place) keyNote(n *Note) bool {
	name := p.token.text
	switch {
	case p.form.byName():
		return p.stateNote(n, p.workflow.byName[name])
	case p.free && p.field == "Assign" && len(p.rest) == 0:
		return p.variableNote(n, strings.TrimSuffix(name, ".$"))
	case p.free:
		return p.parameterNote(n, name)
	}
	if !p.form.fields().Get(name).Exists() {
		return false
	}
	field := p.form.field(name, p.language())
	n.Kind, n.Docs = FieldItem, field.Docs
	if field.Default != "" {
		n.Docs += " Default: " + field.Default + "."
	}
	if len(field.Values) > 0 && name != "Type" {
		n.Docs += "\n\nValues: " + strings.Join(field.Values, ", ") + "."
	}
	if p.state != nil {
		n.Shown = p.fieldData(name)
	}
	return true
}

// fieldData returns the data of the last run that a field of a state made.
func (p *place) fieldData(name string) []Shown {
	data := p.data()
	var v value.Value
	if p.fieldWay == "" {
		v = map[string]value.Value{"Arguments": data.Arguments, "Parameters": data.Arguments, "Output": data.Output, "OutputPath": data.Output, "InputPath": data.Input, "ResultSelector": data.Result}[name]
	}
	return shown(nil, "Last run", v)
}

// shown adds a value, if there is one.
func shown(list []Shown, label string, v value.Value) []Shown {
	if v.Exists() {
		list = append(list, Shown{label, v})
	}
	return list
}

// stateNote is about a state.
func (p *place) stateNote(n *Note, s *state) bool {
	if s == nil {
		return false
	}
	n.Title, n.Kind = s.name, StateItem
	var docs []string
	if s.kind.Known() {
		docs = append(docs, "A "+string(s.kind)+" state in "+string(s.language)+". "+stateDocs()[string(s.kind)])
	}
	if resource := s.node.get("Resource").word(); resource != "" {
		docs = append(docs, "It calls "+resource+".")
	}
	if comment := s.node.get("Comment").word(); comment != "" {
		docs = append(docs, comment)
	}
	n.Docs = strings.Join(docs, "\n\n")
	data := p.know.Data[s.pointer]
	n.Shown = shown(n.Shown, "Input", data.Input)
	n.Shown = shown(n.Shown, "Result", data.Result)
	n.Shown = shown(n.Shown, "Output", data.Output)
	n.Shown = shown(n.Shown, "Error", data.ErrorOutput)
	return true
}

// variableNote is about a variable that the place sees.
func (p *place) variableNote(n *Note, name string) bool {
	var by []string
	p.workflow.scopes(func(w *workflow) {
		w.assignments(func(a assignment) {
			if a.name == name {
				by = append(by, a.state.name)
			}
		})
	})
	if by == nil {
		return false
	}
	n.Title, n.Kind = "$"+name, VariableItem
	n.Docs = "A variable, assigned in " + strings.Join(by, ", ") + "."
	n.Shown = shown(n.Shown, "As the state began", p.data().Variables.Get(name))
	return true
}

// parameterNote is about a parameter of an action.
func (p *place) parameterNote(n *Note, name string) bool {
	for _, f := range p.parameters(p.rest) {
		if f.Name != strings.TrimSuffix(name, ".$") {
			continue
		}
		n.Kind = ParameterItem
		n.Docs = strings.TrimSpace(f.Docs + " A parameter of the kind " + string(f.Kind) + ".")
		if f.Required {
			n.Docs += " It is required."
		}
		if len(f.Values) > 0 {
			n.Docs += "\n\nValues: " + strings.Join(f.Values, ", ") + "."
		}
		return true
	}
	return false
}

// valueNote is about a value of one of a few.
func (p *place) valueNote(n *Note) bool {
	word := p.token.text
	switch {
	case p.field == "Type" && stateDocs()[word] != "":
		n.Kind, n.Docs = ValueItem, stateDocs()[word]
	case p.field == "ErrorEquals" && errorDocs()[word] != "":
		n.Kind, n.Docs = ErrorItem, errorDocs()[word]
	case len(p.rest) > 0:
		return false
	case p.form.kind(p.field) == StateName:
		return p.stateNote(n, p.workflow.byName[word])
	case p.form.kind(p.field) == ResourceName:
		return p.resourceNote(n, word)
	default:
		return false
	}
	return true
}

// resourceNote is about what a Task calls.
func (p *place) resourceNote(n *Note, resource string) bool {
	n.Kind = ResourceItem
	for _, f := range append(p.know.Functions, p.know.Activities...) {
		if f.ARN == resource {
			n.Title, n.Docs = f.Name, strings.TrimSpace("A function or activity that is here. "+f.Docs)
			return true
		}
	}
	r, err := asl.ParseResource(resource)
	if err != nil || r.Kind != asl.Integration {
		return false
	}
	n.Docs = "The action " + r.Action + " of " + r.Service + ". The state " + resourceDetail(resource) + "."
	var required []string
	for _, f := range Parameters(resource) {
		if f.Required {
			required = append(required, f.Name)
		}
	}
	if required != nil {
		n.Docs += "\n\nRequired parameters: " + strings.Join(required, ", ") + "."
	}
	return true
}

// intrinsicName finds the names of intrinsic functions.
var intrinsicName = regexp.MustCompile(`States\.\w+`)

// expressionNote is about a word inside of an expression or a path.
func (p *place) expressionNote(n *Note) bool {
	c, ok := p.chainAt()
	if !ok {
		return false
	}
	n.Start, n.End, n.Title = c.start, c.start+len(c.word), c.word
	for _, f := range append(functionDocs(), intrinsicDocs()...) {
		if f.name == c.word {
			n.Kind, n.Title, n.Docs = FunctionItem, f.signature, f.text
			return true
		}
	}
	whole := chain{root: c.root, names: append(c.names, c.word)}
	if c.root == "" {
		whole = chain{root: c.word}
		if name := strings.TrimPrefix(c.word, "$"); name != "states" && p.variableNote(n, name) {
			return true
		}
	}
	n.Kind = MemberItem
	switch {
	case whole.root == "$states" && len(whole.names) == 0:
		n.Docs = "Input, result, error and context of this state."
	case whole.root == "$states":
		n.Docs = contextDocs()[strings.Join(whole.names, ".")]
	case whole.root == "$$":
		n.Docs = contextDocs()[strings.Join(append([]string{"context"}, whole.names...), ".")]
	}
	n.Shown = shown(nil, "Last run", p.dataAt(whole))
	return n.Docs != "" || n.Shown != nil
}

// chainAt returns the chain up to the end of the word at the offset, if that is in an
// expression or a path.
func (p *place) chainAt() (chain, bool) {
	if p.token.kind != text || p.offset < p.token.body || p.offset > p.token.bodyEnd {
		return chain{}, false
	}
	from := p.token.body
	body := p.source[from:p.token.bodyEnd]
	switch {
	case p.language() == asl.JSONata:
		if !strings.HasPrefix(body, "{%") || !p.takesExpression() {
			return chain{}, false
		}
		from += len("{%")
	case !p.holdsPath():
		return chain{}, false
	}
	if p.offset < from {
		return chain{}, false
	}
	if p.language() == asl.JSONPath {
		for _, found := range intrinsicName.FindAllStringIndex(body, -1) {
			if start, end := p.token.body+found[0], p.token.body+found[1]; start <= p.offset && p.offset <= end {
				return chain{word: p.source[start:end], start: start, dot: -1}, true
			}
		}
	}
	c := chainBefore(p.source, from, p.wordEnd())
	return c, c.word != ""
}

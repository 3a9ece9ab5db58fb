package assist

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/value"
)

// Complete returns what can be written at an offset, not narrowed down to what has
// been typed of it: Item.Filter is for that.
func Complete(doc edit.Document, offset int, know Knowledge) []Item {
	if e, ok := embeddedIn(doc); ok {
		return e.items(Complete(e.doc, e.in(offset), know))
	}
	p := newPlace(doc, offset, know)
	switch {
	case p.key && p.colon && p.free:
		return p.replacedNames(p.parameters(p.rest))
	case p.key:
		return p.keys()
	}
	return p.values()
}

// keys returns the members that an object can get.
func (p *place) keys() []Item {
	switch {
	case p.form.name == "anyState":
		return p.fieldItems([]string{"Type", "Comment"})
	case p.form.byName():
		return p.stateSnippets()
	case p.field == "Assign" && len(p.rest) == 0 && p.free:
		return p.assignedNames()
	case p.free:
		return p.parameterItems()
	}
	return p.fieldItems(p.form.names())
}

// fieldItems returns the fields that the object does not have yet.
func (p *place) fieldItems(names []string) []Item {
	var items []Item
	for _, name := range names {
		if p.taken(name) {
			continue
		}
		field := p.form.field(name, p.language())
		if slices.ContainsFunc(field.Without, p.taken) {
			continue
		}
		items = append(items, p.member(FieldItem, name, string(field.Kind), field.Docs, p.draftOf(field)))
	}
	return items
}

// taken reports whether the object has a member of that name already, apart from the
// one that is written.
func (p *place) taken(name string) bool {
	return slices.ContainsFunc(p.object.members, func(m member) bool { return m.key.text == name && m.key != p.token })
}

// replacedNames offers other names for a member that has its colon.
func (p *place) replacedNames(fields []Field) []Item {
	var items []Item
	for _, f := range fields {
		if !p.taken(f.Name) {
			items = append(items, p.member(ParameterItem, f.Name, string(f.Kind), f.Docs, value.Value{}))
		}
	}
	return items
}

// parameterItems returns the parameters that are not there yet. Those of a payload
// template are there twice: as they are, and with a path.
func (p *place) parameterItems() []Item {
	var plain, paths []Item
	for _, f := range p.parameters(p.rest) {
		if p.taken(f.Name) || p.taken(f.Name+".$") {
			continue
		}
		detail := string(f.Kind)
		if f.Required {
			detail += ", required"
		}
		plain = append(plain, p.member(ParameterItem, f.Name, detail, f.Docs, p.draftOf(f)))
		if p.language() == asl.JSONPath {
			paths = append(paths, p.member(ParameterItem, f.Name+".$", "path", f.Docs, value.OfString("$.‹›")))
		}
	}
	return append(plain, paths...)
}

// assignedNames returns the variables that are there already, to be assigned again.
func (p *place) assignedNames() []Item {
	var items []Item
	for _, v := range p.workflow.variables() {
		if v.member.key != p.token && !p.taken(v.name) && plainName.MatchString(v.name) {
			items = append(items, p.member(VariableItem, v.name, "assigned in "+v.state.name, "", p.expressionDraft()))
		}
	}
	return items
}

// member returns the completion of a key, with a draft of its value if it has none.
func (p *place) member(kind Kind, name, detail, docs string, draft value.Value) Item {
	item := Item{Label: name, Kind: kind, Detail: detail, Docs: docs}
	item.Start, item.End = p.token.start, p.token.end
	if p.token.quote != 0 && !p.tokenClosed() {
		item.End = max(p.offset, p.token.start)
	}
	s := p.styleAt()
	key := name
	if s.json || p.token.quote == '"' || s.flow && p.quotesKeys() {
		key = string(value.AppendQuoted(nil, name))
	} else if !plainOK(name) || p.token.quote == '\'' {
		key = "'" + strings.ReplaceAll(name, "'", "''") + "'"
	}
	item.Filter = name
	if p.token.quote != 0 {
		item.Filter = key
	}
	if p.colon {
		item.Insert = key
		return item
	}
	text := key + ":" + s.behindColon(draft)
	if s.flow {
		text += p.commaAfter(item.End)
	}
	item.Insert, item.Stops = withoutMarks(text)
	return item
}

// tokenClosed reports whether the text that is written has its closing quote.
func (p *place) tokenClosed() bool { return p.token.end > p.token.bodyEnd }

// quotesKeys reports whether the object writes its keys in quotes.
func (p *place) quotesKeys() bool {
	return slices.ContainsFunc(p.object.members, func(m member) bool { return m.key.quote == '"' })
}

// commaAfter returns the comma that is missing behind a new member or item.
func (p *place) commaAfter(end int) string {
	rest := strings.TrimLeft(p.source[min(end, len(p.source)):], " \t\r\n")
	if rest != "" && strings.IndexByte("}],:", rest[0]) < 0 && p.token.json {
		return ","
	}
	return ""
}

// expressionDraft is a value that has yet to be computed.
func (p *place) expressionDraft() value.Value {
	if p.language() == asl.JSONata {
		return value.OfString("{% ‹› %}")
	}
	return value.OfString("‹›")
}

// draftOf returns what a field is first filled with.
func (p *place) draftOf(f Field) value.Value {
	switch f.Kind {
	case Enum:
		if len(f.Values) == 1 {
			return value.OfString(f.Values[0])
		}
		return value.OfString("‹›")
	case Boolean:
		return value.OfBool(true)
	case Duration, Integer, Number:
		return value.OfString("‹#" + numberDraft(f) + "›")
	case Path, ReferencePath, ResultPath, TextPath:
		return value.OfString("$‹›")
	case Template, Variables, Object, States:
		return p.objectDraft(f.Name)
	case JSONata, Any:
		if f.Name == "Arguments" || f.Name == "Parameters" || f.Name == "Result" || f.Name == "Output" || f.Name == "ItemSelector" {
			return value.OfString("‹{}›")
		}
		return p.expressionDraft()
	case Condition:
		return value.OfString("{% ‹› %}")
	case ErrorNames:
		return value.OfItems(value.OfString("‹" + asl.ErrAll + "›"))
	case Retriers:
		return value.OfItems(retrierDraft)
	case Catchers:
		return value.OfItems(catcherDraft(p.language()))
	case Rules, Rule:
		rule := ruleDraft(p.language())
		if f.Kind == Rule || p.form.object() == "Rule" {
			rule = rule.Without("Next")
		}
		if f.Kind == Rule {
			return rule
		}
		return value.OfItems(rule)
	case Workflow:
		return p.processorDraft()
	case Workflows:
		return p.branchesDraft()
	case Texts, List:
		return value.OfString("‹[]›")
	}
	return value.OfString("‹›")
}

func numberDraft(f Field) string {
	switch {
	case f.Name == "Seconds":
		return "10"
	case f.Kind == Duration && f.Name != "IntervalSeconds":
		return "60"
	case f.Default != "":
		return f.Default
	}
	return "1"
}

// objectDraft returns an object with its first member, if it must have one.
func (p *place) objectDraft(name string) value.Value {
	switch name {
	case "ItemReader":
		return value.MustParse(`{"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "‹JSON›"}, "` + p.argumentsField() + `": {"Bucket": "‹›", "Key": "‹›"}}`)
	case "ResultWriter":
		return value.MustParse(`{"Resource": "arn:aws:states:::s3:putObject", "` + p.argumentsField() + `": {"Bucket": "‹›", "Prefix": "‹›"}}`)
	case "Credentials":
		return value.MustParse(`{"RoleArn": "‹›"}`)
	case "ProcessorConfig":
		return value.MustParse(`{"Mode": "‹INLINE›"}`)
	}
	return value.OfString("‹{}›")
}

func (p *place) argumentsField() string {
	if p.language() == asl.JSONata {
		return "Arguments"
	}
	return "Parameters"
}

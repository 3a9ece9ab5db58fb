package assist

import (
	"regexp"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file has the completions inside of paths, intrinsic function calls and JSONata.

// A chain is the names before an offset in an expression: $states.input.or is the
// root $states, the name input, and or, which is being written.
type chain struct {
	root  string   // "$states", "$", "$$", "$order"; "" if a first word is written
	names []string // behind it
	word  string   // that is being written
	start int      // where word begins in the document
	dot   int      // where the dot before word stands; -1
}

// chainEnd finds the chain that a text ends with. Indexes are passed over: an array
// stands for its items.
var chainEnd = regexp.MustCompile("(?:[$\\pL_][$\\pL\\pN_]*|`[^`]*`|\\['[^']*'\\]|\\[[0-9*]*\\]|\\.)*$")

// chainPart takes it apart.
var chainPart = regexp.MustCompile("[$\\pL_][$\\pL\\pN_]*|`[^`]*`|\\['[^']*'\\]|\\[[0-9*]*\\]|\\.")

// longest bounds the part of an expression that is looked at.
const longest = 2000

// chainBefore returns the chain before an offset, not before from.
func chainBefore(source string, from, offset int) chain {
	from = max(from, offset-longest)
	raw := chainEnd.FindString(source[from:offset])
	c := chain{start: offset, dot: -1}
	parts := chainPart.FindAllString(raw, -1)
	if n := len(parts); n > 0 && parts[n-1] != "." && parts[n-1][0] != '[' && parts[n-1][0] != '`' {
		c.word = parts[n-1]
		c.start = offset - len(c.word)
		parts = parts[:n-1]
	}
	for _, part := range parts {
		switch {
		case part == ".":
		case c.root == "":
			c.root = part
		case strings.HasPrefix(part, "['"):
			c.names = append(c.names, part[2:len(part)-2])
		case part[0] == '[':
		default:
			c.names = append(c.names, strings.Trim(part, "`"))
		}
	}
	if len(parts) > 0 && parts[len(parts)-1] == "." {
		c.dot = c.start - 1
	} else if len(parts) > 0 { // nothing joins the word to it
		c.root, c.names = "", nil
	}
	return c
}

// inExpression returns the completions inside of an expression, if the place is in
// one.
func (p *place) inExpression() ([]Item, bool) {
	if p.token.kind != text || p.offset < p.token.body || p.offset > p.token.bodyEnd {
		return nil, false
	}
	before := p.source[p.token.body:p.offset]
	if p.language() == asl.JSONata {
		if !strings.HasPrefix(before, "{%") || strings.Contains(before, "%}") || !p.takesExpression() {
			return nil, false
		}
		return p.jsonata(p.token.body + len("{%")), true
	}
	if !p.holdsPath() {
		return nil, false
	}
	return p.paths(before), true
}

// holdsPath reports whether the value at the place is a path or a call of an intrinsic
// function.
func (p *place) holdsPath() bool {
	if p.state == nil {
		return false
	}
	if len(p.rest) > 0 {
		return strings.HasSuffix(p.rest[len(p.rest)-1], ".$")
	}
	return isPath(p.form.kind(p.field))
}

func isPath(kind Kind) bool {
	return kind == Path || kind == ReferencePath || kind == ResultPath || kind == TextPath
}

// part returns the completion of the word of a chain. text is what is inserted.
func (p *place) part(c chain, kind Kind, text, detail, docs string) Item {
	return Item{Label: text, Kind: kind, Detail: detail, Docs: docs, Filter: text, Insert: text, Start: c.start, End: p.wordEnd()}
}

// wordEnd returns the end of the word that the offset is in.
func (p *place) wordEnd() int {
	rest := p.source[p.offset:p.token.bodyEnd]
	word := chainPart.FindStringIndex(rest)
	if word == nil || word[0] != 0 || rest[0] == '.' || rest[0] == '[' || rest[0] == '`' {
		return p.offset
	}
	return p.offset + word[1]
}

// openQuote reports whether a text of the expression is open at the offset.
func openQuote(before string) bool {
	open := byte(0)
	for i := 0; i < len(before); i++ {
		switch c := before[i]; {
		case c == '\\' && i+1 < len(before):
			if before[i+1] == '"' && open != '\'' { // a quote inside of JSON
				if open == '"' {
					open = 0
				} else {
					open = '"'
				}
			}
			i++
		case c == '\'' && open == 0:
			open = c
		case c == open:
			open = 0
		}
	}
	return open != 0
}

// jsonata returns the completions in a JSONata expression that begins at an offset.
func (p *place) jsonata(from int) []Item {
	if openQuote(p.source[max(from, p.offset-longest):p.offset]) {
		return nil
	}
	c := chainBefore(p.source, from, p.offset)
	if c.root == "" && c.dot < 0 {
		return p.jsonataRoots(c, from)
	}
	switch {
	case c.root == "$states" && len(c.names) == 0:
		return p.statesMembers(c)
	case c.root == "$states" && c.names[0] == "context":
		return p.contextItems(c, c.names[1:])
	}
	return p.dataItems(c, p.dataAt(c))
}

// dataAt returns the data of the last run that a chain leads to.
func (p *place) dataAt(c chain) value.Value {
	data, names := p.data(), c.names
	var v value.Value
	switch {
	case c.root == "$states" && len(names) > 0:
		v = map[string]value.Value{"input": data.Input, "result": data.Result, "errorOutput": data.ErrorOutput, "context": data.Context}[names[0]]
		names = names[1:]
	case c.root == "$$" && p.language() == asl.JSONPath:
		v = data.Context
	case c.root == "$" && p.language() == asl.JSONPath:
		v = p.pathData()
	case strings.HasPrefix(c.root, "$"):
		v = data.Variables.Get(c.root[1:])
	}
	for _, name := range names {
		v = itemOf(v).Get(name)
	}
	return itemOf(v)
}

// itemOf returns the first item of an array, and any other value itself.
func itemOf(v value.Value) value.Value {
	for v.Kind() == value.Array && v.Len() > 0 {
		v = v.Index(0)
	}
	return v
}

// pathData returns what $ is at the place, as far as it is known.
func (p *place) pathData() value.Value {
	data := p.data()
	first, _, _ := strings.Cut(strings.TrimPrefix(p.fieldWay, "/"), "/")
	switch {
	case p.inCatch() && data.ErrorOutput.Exists():
		return data.ErrorOutput
	case first == "ResultSelector", first == "Assign" && data.Result.Exists():
		return data.Result
	case first == "OutputPath" && data.Output.Exists():
		return data.Output
	}
	return data.Input
}

// jsonataRoots returns what an expression can begin with.
func (p *place) jsonataRoots(c chain, from int) []Item {
	items := []Item{p.part(c, VariableItem, "$states", "input, result, error and context of this state", "")}
	for _, v := range p.workflow.variables() {
		items = append(items, p.part(c, VariableItem, "$"+v.name, p.variableDetail(v), ""))
	}
	for _, name := range ownNames(p.source[max(from, p.offset-longest):p.offset]) {
		items = append(items, p.part(c, VariableItem, "$"+name, "of this expression", ""))
	}
	for _, f := range functionDocs() {
		items = append(items, p.callItem(c, f))
	}
	return items
}

// binding finds the variables that an expression binds itself: $x := and the parameters
// of functions.
var binding = regexp.MustCompile(`\$([\pL_][\pL\pN_]*)\s*:=|function\s*\(([^)]*)\)`)

// ownNames returns the names that a part of an expression binds itself.
func ownNames(expression string) []string {
	seen := make(map[string]bool)
	for _, m := range binding.FindAllStringSubmatch(expression, -1) {
		for name := range strings.SplitSeq(m[1]+","+m[2], ",") {
			if name = strings.TrimPrefix(strings.TrimSpace(name), "$"); name != "" {
				seen[name] = true
			}
		}
	}
	return sorted(seen)
}

// variableDetail says where a variable comes from, and what it was in the last run.
func (p *place) variableDetail(v assignment) string {
	detail := "assigned in " + v.state.name
	if last := p.data().Variables.Get(v.name); last.Exists() {
		detail = short(last)
	}
	return detail
}

// callItem returns the completion of a function, with its parentheses unless they are
// there.
func (p *place) callItem(c chain, f call) Item {
	item := p.part(c, FunctionItem, f.name, f.signature, f.text)
	if strings.HasPrefix(p.source[item.End:p.token.bodyEnd], "(") {
		return item
	}
	item.Insert += "()"
	if f.arguments() {
		item.Stops = []Stop{{len(item.Insert) - 1, len(item.Insert) - 1}}
	}
	return item
}

// statesMembers returns the members of $states that exist at the place.
func (p *place) statesMembers(c chain) []Item {
	names := []string{"input"}
	if p.inCatch() {
		names = append(names, "errorOutput")
	} else if p.seesResult() {
		names = append(names, "result")
	}
	var items []Item
	for _, name := range append(names, "context") {
		detail := ""
		if v := p.dataAt(chain{root: "$states", names: []string{name}}); v.Exists() {
			detail = short(v)
		}
		items = append(items, p.part(c, MemberItem, name, detail, contextDocs()[name]))
	}
	return items
}

// contextItems returns the members of the context object, or of an object in it.
func (p *place) contextItems(c chain, names []string) []Item {
	last := p.dataAt(c)
	var items []Item
	for _, name := range asl.ContextMembers(names...) {
		detail := ""
		if v := last.Get(name); v.Exists() {
			detail = short(v)
		}
		items = append(items, p.part(c, MemberItem, name, detail, contextDocs()[strings.Join(append([]string{"context"}, append(names, name)...), ".")]))
	}
	if items == nil {
		return p.dataItems(c, last)
	}
	return items
}

// dataItems returns the members of an object of the last run; of an error also
// without one.
func (p *place) dataItems(c chain, v value.Value) []Item {
	var items []Item
	for name, member := range v.Members() {
		items = append(items, p.memberItem(c, name, short(member)))
	}
	isError := c.root == "$states" && len(c.names) == 1 && c.names[0] == "errorOutput"
	if len(items) == 0 && isError {
		items = append(items, p.memberItem(c, "Error", "the name of the error"), p.memberItem(c, "Cause", "why"))
	}
	return items
}

var plainName = regexp.MustCompile(`^[\pL_][\pL\pN_]*$`)

// memberItem returns the completion of a name behind a dot. Names that are no words
// need quotes.
func (p *place) memberItem(c chain, name, detail string) Item {
	item := p.part(c, MemberItem, name, detail, "")
	if plainName.MatchString(name) {
		return item
	}
	if p.language() == asl.JSONata {
		item.Insert = p.escaped("`" + name + "`")
		return item
	}
	item.Insert = p.escaped("['" + strings.ReplaceAll(name, "'", `\'`) + "']")
	if c.dot >= 0 {
		item.Start, item.Filter = c.dot, "."+name
	}
	return item
}

// escaped returns a text as it stands between the quotes of the token.
func (p *place) escaped(s string) string {
	switch p.token.quote {
	case '"':
		quoted := string(value.AppendQuoted(nil, s))
		return quoted[1 : len(quoted)-1]
	case '\'':
		return strings.ReplaceAll(s, "'", "''")
	}
	return s
}

// paths returns the completions of a path, of which a part may have been written.
func (p *place) paths(before string) []Item {
	calls := p.form.kind(p.field) == TextPath || len(p.rest) > 0
	if calls && openQuote(before) {
		return nil
	}
	if i := strings.LastIndex(before, "States."); calls && i >= 0 && !strings.ContainsAny(before[i:], "( ,") {
		return p.intrinsics(chain{start: p.offset - len(before) + i, dot: -1})
	}
	c := chainBefore(p.source, p.token.body, p.offset)
	switch {
	case c.root == "" && c.dot < 0:
		return p.pathRoots(c, calls)
	case c.root == "$$":
		return p.contextItems(c, c.names)
	}
	return p.dataItems(c, p.dataAt(c))
}

// wholePaths returns paths for a field that has none yet.
func (p *place) wholePaths(calls bool) []Item {
	items := []Item{p.word(VariableItem, "$", "the data", "")}
	if p.field != "ResultPath" {
		items = append(items, p.word(VariableItem, "$$", "the context object", ""))
		for _, v := range p.workflow.variables() {
			items = append(items, p.word(VariableItem, "$"+v.name, p.variableDetail(v), ""))
		}
	}
	for name, v := range p.pathData().Members() {
		if plainName.MatchString(name) {
			items = append(items, p.word(MemberItem, "$."+name, short(v), ""))
		}
	}
	if calls {
		for _, f := range intrinsicDocs() {
			items = append(items, p.word(FunctionItem, f.name+"()", f.signature, f.text))
		}
	}
	return items
}

// pathRoots returns what a path can begin with.
func (p *place) pathRoots(c chain, calls bool) []Item {
	items := []Item{p.part(c, VariableItem, "$", "the data", "")}
	if p.field != "ResultPath" {
		items = append(items, p.part(c, VariableItem, "$$", "the context object", ""))
		for _, v := range p.workflow.variables() {
			items = append(items, p.part(c, VariableItem, "$"+v.name, p.variableDetail(v), ""))
		}
	}
	for name, v := range p.pathData().Members() {
		if plainName.MatchString(name) {
			items = append(items, p.part(c, MemberItem, "$."+name, short(v), ""))
		}
	}
	if calls {
		items = append(items, p.intrinsics(c)...)
	}
	return items
}

// intrinsics returns the intrinsic functions.
func (p *place) intrinsics(c chain) []Item {
	var items []Item
	for _, f := range intrinsicDocs() {
		items = append(items, p.callItem(c, f))
	}
	return items
}

// short returns the JSON of a value, cut if it is long.
func short(v value.Value) string {
	const most = 60 // bytes
	if v.Size() > 1<<16 {
		return v.Kind().String()
	}
	text := v.String()
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

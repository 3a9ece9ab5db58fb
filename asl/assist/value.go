package assist

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file has the completions of values: one of a few, a name of a state, an error,
// a resource.

// values returns what the value at the place can be.
func (p *place) values() []Item {
	if items, ok := p.inExpression(); ok {
		return items
	}
	if len(p.rest) > 0 {
		return append(p.parameterValues(), p.expressionItem()...)
	}
	if p.free && p.field == "ErrorEquals" {
		return p.errors()
	}
	switch kind := p.form.kind(p.field); kind {
	case Enum:
		return p.words(ValueItem, p.form.values(p.field), p.valueDocs)
	case Boolean:
		return p.bare("true", "false")
	case StateName:
		return p.stateNames()
	case ResourceName:
		return p.resources()
	case ErrorNames:
		return p.listed(p.errors())
	case Path, ReferencePath, ResultPath, TextPath:
		return p.wholePaths(kind == TextPath)
	}
	if p.takesFields() && p.token.kind == missing {
		return p.itemSnippets()
	}
	return p.expressionItem()
}

// listed returns completions as the only items of arrays, where no array stands yet.
func (p *place) listed(items []Item) []Item {
	if p.token.kind != missing {
		return nil
	}
	for i := range items {
		items[i].Insert = "[" + items[i].Insert + "]"
	}
	return items
}

// valueDocs returns the docs of one of the values of a field.
func (p *place) valueDocs(v string) string {
	if p.field == "Type" {
		return stateDocs()[v]
	}
	return ""
}

// word returns the completion of a text.
func (p *place) word(kind Kind, text, detail, docs string) Item {
	item := Item{Label: text, Kind: kind, Detail: detail, Docs: docs, Filter: text, Start: p.token.start, End: p.token.end}
	quote := p.token.quote
	if quote != 0 && !p.tokenClosed() {
		item.End = max(p.offset, p.token.start)
	}
	switch {
	case quote == '\'':
		item.Insert = "'" + strings.ReplaceAll(text, "'", "''") + "'"
	case quote == '"' || p.token.json || !plainOK(text):
		item.Insert = string(value.AppendQuoted(nil, text))
	default:
		item.Insert = text
	}
	if quote == '"' || quote == '\'' {
		item.Filter = item.Insert
	}
	if p.token.kind == missing && !p.token.json && p.offset > 0 && p.source[p.offset-1] == ':' {
		item.Insert = " " + item.Insert
	}
	return item
}

func (p *place) words(kind Kind, texts []string, docs func(string) string) []Item {
	var items []Item
	for _, text := range texts {
		items = append(items, p.word(kind, text, "", docs(text)))
	}
	return items
}

// bare returns completions that are no texts.
func (p *place) bare(words ...string) []Item {
	var items []Item
	for _, word := range words {
		items = append(items, Item{Label: word, Kind: ValueItem, Filter: word, Insert: word, Start: p.token.start, End: p.token.end})
	}
	return items
}

// stateNames returns the states that a transition can lead to, the state itself last.
func (p *place) stateNames() []Item {
	var items, own []Item
	for _, s := range p.workflow.states {
		item := p.word(StateItem, s.name, string(s.kind), s.node.get("Comment").word())
		if s == p.state {
			own = append(own, item)
			continue
		}
		items = append(items, item)
	}
	return append(items, own...)
}

// errors returns the names of errors: those of the service, and those of what the
// Task calls.
func (p *place) errors() []Item {
	used := p.way[len(p.way)-1].node
	var items []Item
	add := func(name, detail, docs string) {
		if !slices.ContainsFunc(used.items, func(n *node) bool { return n != p.token && n.text == name }) {
			items = append(items, p.word(ErrorItem, name, detail, docs))
		}
	}
	for _, name := range asl.ErrorNames() {
		add(name, "", errorDocs()[name])
	}
	for _, name := range raisedBy(p.resource()) {
		add(name, "of the resource", "")
	}
	seen := make(map[string]bool)
	for _, s := range p.outline.states {
		if name := s.node.get("Error").word(); s.kind == asl.Fail && name != "" && !strings.HasPrefix(name, "{%") {
			seen[name] = true
		}
	}
	for _, name := range sorted(seen) {
		add(name, "of a Fail state", "")
	}
	return items
}

func sorted(set map[string]bool) []string {
	var names []string
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// raisedBy returns the errors that a resource declares.
func raisedBy(resource string) []string {
	r, err := asl.ParseResource(resource)
	switch {
	case err != nil || r.Kind == asl.Activity:
		return nil
	case r.Kind == asl.Lambda:
		return lambdaErrors
	case r.SDK:
		api, err := awsapi.Resolve(r.Service)
		if err != nil {
			return nil
		}
		return exceptions(api, func(e awsapi.Exception) string { return awsapi.SDKError(api, e.Name) })
	}
	s, ok := service.Lookup(r.Service)
	if !ok {
		return nil
	}
	names := exceptions(s.API, func(e awsapi.Exception) string { return s.Prefix + "." + s.Class(e.Code) })
	if r.Service == "lambda" {
		names = append(slices.Clone(lambdaErrors), names...)
	}
	return names
}

// exceptions returns the errors of a service by its model, each once.
func exceptions(api string, name func(awsapi.Exception) string) []string {
	s, err := awsapi.Find(api)
	if err != nil {
		return nil
	}
	seen := make(map[string]bool)
	for _, e := range s.Exceptions {
		seen[name(e)] = true
	}
	return sorted(seen)
}

// lambdaErrors are errors of Lambda that are worth a retry, or that functions fail
// with.
var lambdaErrors = []string{"Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException", "Lambda.Unknown"}

// resources returns what the Task, ItemReader or ResultWriter can call.
func (p *place) resources() []Item {
	switch p.holder.object() {
	case "ItemReader":
		return p.words(ResourceItem, mapResources(true), func(string) string { return "" })
	case "ResultWriter":
		return p.words(ResourceItem, mapResources(false), func(string) string { return "" })
	}
	typed := p.token.text
	if rest, ok := strings.CutPrefix(typed, sdkPrefix); ok {
		return p.sdkResources(rest)
	}
	var items []Item
	for _, f := range p.know.Functions {
		items = append(items, p.word(ResourceItem, f.ARN, "function "+f.Name, f.Docs))
	}
	for _, a := range p.know.Activities {
		items = append(items, p.word(ResourceItem, a.ARN, "activity "+a.Name, a.Docs))
	}
	for _, r := range integrations() {
		items = append(items, p.word(ResourceItem, r, resourceDetail(r), ""))
	}
	return append(items, p.word(ResourceItem, sdkPrefix, "every action of every service", ""))
}

// sdkResources returns the services of the AWS SDK, or the actions of the one that
// has been typed.
func (p *place) sdkResources(typed string) []Item {
	name, _, ok := strings.Cut(typed, ":")
	var items []Item
	if !ok {
		for _, s := range awsapi.SDKServices() {
			items = append(items, p.word(ResourceItem, sdkPrefix+s+":", "", ""))
		}
		return items
	}
	for _, pattern := range []string{"", ".waitForTaskToken"} {
		for _, action := range awsapi.SDKActions(name) {
			resource := sdkPrefix + name + ":" + action + pattern
			items = append(items, p.word(ResourceItem, resource, resourceDetail(resource), ""))
		}
	}
	return items
}

// parameterValues returns the values of a parameter of an action.
func (p *place) parameterValues() []Item {
	if len(p.rest) == 0 {
		return nil
	}
	last := len(p.rest) - 1
	name := p.rest[last]
	for _, f := range p.parameters(p.rest[:last]) {
		if f.Name != name {
			continue
		}
		switch {
		case f.Kind == Boolean:
			return p.bare("true", "false")
		case len(f.Values) > 0:
			return p.words(ValueItem, f.Values, func(string) string { return "" })
		case f.Name == "FunctionName":
			return p.known(p.know.Functions)
		case f.Name == "StateMachineArn":
			return p.known(p.know.Machines)
		}
	}
	return nil
}

func (p *place) known(resources []Resource) []Item {
	var items []Item
	for _, r := range resources {
		items = append(items, p.word(ResourceItem, r.ARN, r.Name, r.Docs))
	}
	return items
}

// expressionItem offers to begin an expression, where one may stand.
func (p *place) expressionItem() []Item {
	begun := strings.TrimSpace(strings.Trim(p.token.text, "{%}")) != ""
	if !p.takesExpression() || begun || p.token.kind == scalar {
		return nil
	}
	const draft = "{%  %}"
	item := p.word(SnippetItem, draft, "an expression", "")
	item.Label, item.Filter = "{% %}", strings.Replace(item.Filter, draft, "{%", 1)
	middle := strings.Index(item.Insert, draft) + len("{% ")
	item.Stops = []Stop{{middle, middle}}
	return []Item{item}
}

// takesExpression reports whether texts at the place may be expressions of JSONata.
func (p *place) takesExpression() bool {
	if p.state == nil || p.state.language != asl.JSONata {
		return false
	}
	first, _, inside := strings.Cut(strings.TrimPrefix(p.fieldWay, "/"), "/")
	if inside && (first == "Choices" || first == "Catch") {
		return p.field == "Condition" || p.field == "Assign" || p.field == "Output"
	}
	return slices.Contains(asl.ExpressionFields(), first)
}

package assist

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file has the drafts of whole states, Retriers, Catchers and rules.

var retrierDraft = value.MustParse(`{"ErrorEquals": ["‹States.ALL›"], "IntervalSeconds": "‹#1›", "MaxAttempts": "‹#3›", "BackoffRate": "‹#2›", "JitterStrategy": "‹FULL›"}`)

func catcherDraft(language asl.QueryLanguage) value.Value {
	if language == asl.JSONata {
		return value.MustParse(`{"ErrorEquals": ["‹States.ALL›"], "Next": "‹›"}`)
	}
	return value.MustParse(`{"ErrorEquals": ["‹States.ALL›"], "ResultPath": "‹$.error›", "Next": "‹›"}`)
}

func ruleDraft(language asl.QueryLanguage) value.Value {
	if language == asl.JSONata {
		return value.MustParse(`{"Condition": "{% ‹› %}", "Next": "‹›"}`)
	}
	return value.MustParse(`{"Variable": "$.‹›", "StringEquals": "‹›", "Next": "‹›"}`)
}

// workflowDraft returns a workflow with one state, of a new name.
func (p *place) workflowDraft(state string) value.Value {
	name := value.OfString("‹" + p.unused(state) + "›")
	pass := value.OfMembers("Type", value.OfString(string(asl.Pass)), "End", value.OfBool(true))
	return value.OfMembers("StartAt", name, "States", value.OfMembers(name.Text(), pass))
}

// branchesDraft returns the branches of a new Parallel.
func (p *place) branchesDraft() value.Value {
	return value.OfItems(p.workflowDraft("First branch"), p.workflowDraft("Second branch"))
}

// processorDraft returns the ItemProcessor of a new Map.
func (p *place) processorDraft() value.Value {
	mode := value.OfMembers("ProcessorConfig", value.OfMembers("Mode", value.OfString("‹INLINE›")))
	for name, v := range p.workflowDraft("Each item").Members() {
		mode = mode.With(name, v)
	}
	return mode
}

// unused returns the name, with a number behind it if a state is called so already.
func (p *place) unused(name string) string {
	taken := make(map[string]bool, len(p.outline.states))
	for _, s := range p.outline.states {
		taken[s.name] = true
	}
	free := name
	for n := 2; taken[free]; n++ {
		free = name + " " + strconv.Itoa(n)
	}
	return free
}

// stateTypes are the types of states in the order in which they are offered.
var stateTypes = []asl.StateType{asl.Task, asl.Pass, asl.Choice, asl.Wait, asl.Parallel, asl.Map, asl.Succeed, asl.Fail}

// stateDraft returns a new state. Where there are no others yet, it is the last.
func (p *place) stateDraft(t asl.StateType) value.Value {
	jsonata := p.language() == asl.JSONata
	draft := value.OfMembers("Type", value.OfString(string(t)))
	add := func(name string, v value.Value) { draft = draft.With(name, v) }
	text := value.OfString
	switch t {
	case asl.Task:
		add("Resource", text("‹arn:aws:states:::lambda:invoke›"))
		if jsonata {
			add("Arguments", text("‹{}›"))
		} else {
			add("Parameters", text("‹{}›"))
		}
	case asl.Pass:
		if jsonata {
			add("Output", text("‹{}›"))
		}
	case asl.Choice:
		add("Choices", value.OfItems(ruleDraft(p.language())))
		add("Default", text("‹›"))
	case asl.Wait:
		add("Seconds", text("‹#10›"))
	case asl.Parallel:
		add("Branches", p.branchesDraft())
	case asl.Map:
		if jsonata {
			add("Items", text("{% ‹$states.input› %}"))
		}
		add("ItemProcessor", p.processorDraft())
	case asl.Fail:
		add("Error", text("‹›"))
		add("Cause", text("‹›"))
	}
	switch {
	case t == asl.Choice || t == asl.Succeed || t == asl.Fail:
	case len(p.workflow.states) < 2:
		add("End", value.OfBool(true))
	default:
		add("Next", text("‹›"))
	}
	return draft
}

// stateSnippets returns a whole state of each type.
func (p *place) stateSnippets() []Item {
	if p.colon || strings.ContainsAny(p.token.text, "‹›") {
		return nil // its name is changed, and only the writer knows it; or drafts cannot have it
	}
	var items []Item
	for _, t := range stateTypes {
		items = append(items, p.stateSnippet(t, p.stateDraft(t)))
	}
	return items
}

// stateSnippet returns a state under the name that has been typed, or one to type.
func (p *place) stateSnippet(kind asl.StateType, draft value.Value) Item {
	name := strings.TrimSpace(p.token.text)
	written := name
	if name == "" {
		written = p.unused(string(kind))
		name = "‹" + written + "›"
	}
	item := p.member(SnippetItem, name, "a "+string(kind)+" state", stateDocs()[string(kind)], draft)
	item.Label = string(kind)
	item.Filter = p.source[p.token.start:min(max(p.offset, p.token.start), p.token.end)]
	if item.Filter == "" {
		item.Filter = written
	}
	return item
}

// itemSnippets returns whole objects for an array of them.
func (p *place) itemSnippets() []Item {
	switch p.form.object() {
	case "Retrier":
		return []Item{p.snippet("Retrier", "try again after an error", retrierDraft)}
	case "Catcher":
		return []Item{p.snippet("Catcher", "go on elsewhere after an error", catcherDraft(p.language()))}
	case "Rule":
		rule := ruleDraft(p.language())
		if strings.Count(p.fieldWay, "/") > 2 {
			rule = rule.Without("Next")
		}
		return []Item{p.snippet("Rule", "a rule of the Choice", rule)}
	case "Workflow":
		return []Item{p.snippet("Branch", "a workflow", p.workflowDraft("Branch"))}
	case "Machine":
		return []Item{p.snippet("State machine", "a whole definition", p.workflowDraft("First"))}
	case "Processor":
		return []Item{p.snippet("ItemProcessor", "a workflow", p.processorDraft())}
	}
	return nil
}

// snippet returns a value that is inserted where nothing stands yet.
func (p *place) snippet(label, detail string, draft value.Value) Item {
	item := Item{Label: label, Kind: SnippetItem, Detail: detail, Filter: label, Start: p.token.start, End: p.token.end}
	text := p.styleAt().inBrackets(draft) + p.commaAfter(item.End)
	item.Insert, item.Stops = withoutMarks(text)
	return item
}

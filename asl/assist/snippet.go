package assist

import (
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

// workflowDraft returns a branch, or the processor of a Map.
func workflowDraft(name string) value.Value {
	text := `{"StartAt": "‹Work›", "States": {"‹Work›": {"Type": "Pass", "End": true}}}`
	if name == "ItemProcessor" {
		text = `{"ProcessorConfig": {"Mode": "‹INLINE›"}, ` + text[1:]
	}
	return value.MustParse(text)
}

// stateTypes are the types of states in the order in which they are offered.
var stateTypes = []asl.StateType{asl.Task, asl.Pass, asl.Choice, asl.Wait, asl.Parallel, asl.Map, asl.Succeed, asl.Fail}

// stateDraft returns a new state. Where there are no others yet, it is the last.
func stateDraft(t asl.StateType, language asl.QueryLanguage, alone bool) value.Value {
	jsonata := language == asl.JSONata
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
		add("Choices", value.OfItems(ruleDraft(language)))
		add("Default", text("‹›"))
	case asl.Wait:
		add("Seconds", text("‹#10›"))
	case asl.Parallel:
		add("Branches", value.OfItems(workflowDraft(""), workflowDraft("")))
	case asl.Map:
		if jsonata {
			add("Items", text("{% ‹$states.input› %}"))
		}
		add("ItemProcessor", workflowDraft("ItemProcessor"))
	case asl.Fail:
		add("Error", text("‹›"))
		add("Cause", text("‹›"))
	}
	switch {
	case t == asl.Choice || t == asl.Succeed || t == asl.Fail:
	case alone:
		add("End", value.OfBool(true))
	default:
		add("Next", text("‹›"))
	}
	return draft
}

// stateSnippets returns a whole state of each type.
func (p *place) stateSnippets() []Item {
	if p.colon {
		return nil // its name is changed, and only the writer knows it
	}
	var items []Item
	for _, t := range stateTypes {
		items = append(items, p.stateSnippet(t, stateDraft(t, p.language(), len(p.workflow.states) < 2)))
	}
	return items
}

// stateSnippet returns a state under the name that has been typed, or one to type.
func (p *place) stateSnippet(kind asl.StateType, draft value.Value) Item {
	name := strings.TrimSpace(p.token.text)
	written := name
	if name == "" {
		name, written = "‹"+string(kind)+"›", string(kind)
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
		return []Item{p.snippet("Branch", "a workflow", workflowDraft(""))}
	case "Processor":
		return []Item{p.snippet("ItemProcessor", "a workflow", workflowDraft("ItemProcessor"))}
	}
	return nil
}

// snippet returns a value that is inserted where nothing stands yet.
func (p *place) snippet(label, detail string, draft value.Value) Item {
	item := Item{Label: label, Kind: SnippetItem, Detail: detail, Filter: label, Start: p.token.start, End: p.token.end}
	s := p.styleAt()
	s.flow = true
	text := s.write(draft)
	if p.token.json {
		text += p.commaAfter(item.End)
	}
	item.Insert, item.Stops = withoutMarks(text)
	return item
}

package edit

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file rewrites states from one query language to the other, as far as there is a
// plain way: paths, intrinsic functions, templates, the comparisons of rules,
// ResultSelector with ResultPath and OutputPath. What has none stays as it is, with a
// note, so that nothing is lost; validation then says that the field is not allowed.

// language gives a state, or all of the machine, another query language.
func (m *machine) language(pointer, to string) error {
	if to != jsonpath && to != jsonata {
		return refuse(pointer, "to: expected JSONPath or JSONata, got %q", to)
	}
	if pointer == "" {
		allStates(m.root, func(s *patch.Member) {
			if m.languageOf(s.Value) != to {
				m.translate(s, to)
			}
			if own := s.Value.Member("QueryLanguage"); own != nil {
				own.Remove()
			}
		})
		setLanguage(m.root, to, jsonpath)
		return nil
	}
	s, err := m.state(pointer)
	if err != nil {
		return err
	}
	machines := m.root.Get("QueryLanguage").Text()
	if to == jsonpath && machines == jsonata {
		return refuse(pointer, "a machine in JSONata cannot have states in JSONPath")
	}
	m.selected = append(m.selected, s)
	if m.languageOf(s.Value) == to {
		return nil
	}
	m.translate(s, to)
	setLanguage(s.Value, to, jsonpath)
	return nil
}

// setLanguage writes a language where it is not the one that counts without it.
func setLanguage(n *patch.Node, to, without string) {
	if own := n.Member("QueryLanguage"); to == without {
		if own != nil {
			own.Remove()
		}
		return
	}
	setField(n, "QueryLanguage", patch.Text(to))
}

// translate rewrites the fields of a state, and notes those that are left.
func (m *machine) translate(s *patch.Member, to string) {
	t := &translation{machine: m, state: s.Value, kind: kindOf(s), to: to}
	if to == jsonata {
		t.toJSONata()
	} else {
		t.toJSONPath()
	}
	allowed := fields(to, t.kind)
	for name := range s.Value.Members() {
		if len(allowed) > 0 && !allowed[name] {
			t.left = append(t.left, name)
		}
	}
	if len(t.left) > 0 {
		slices.Sort(t.left)
		m.note(s.Value, "not rewritten, since there is no plain way in "+to+": "+strings.Join(slices.Compact(t.left), ", "))
	}
}

// A translation is a state that is rewritten.
type translation struct {
	machine *machine
	state   *patch.Node
	kind    string
	to      string
	data    string   // of JSONata: what $ is in the state's templates
	left    []string // fields that stay as they are
}

const (
	stateInput  = "$states.input"
	stateResult = "$states.result"
)

func expression(text string) *patch.Node { return patch.Text("{% " + text + " %}") }

// toJSONata rewrites the fields of JSONPath.
func (t *translation) toJSONata() {
	n := t.state
	t.data = stateInput
	if in := n.Member("InputPath"); in != nil {
		if data, ok := pathOrNull(in.Value, stateInput); ok {
			t.data = data
		}
	}
	hasResult := t.kind == "Task" || t.kind == "Parallel" || t.kind == "Map"
	result := t.data
	if hasResult {
		result = stateResult
	}
	t.paths(n, t.data)
	switch t.kind {
	case "Task", "Parallel":
		if n.Get("Parameters") == nil && t.data != stateInput {
			setField(n, "Arguments", expression(t.data))
		}
		t.template(n, "Parameters", "Arguments", t.data)
		t.template(n, "Credentials", "Credentials", t.data)
	case "Map":
		t.ofMap()
	case "Choice":
		for _, rule := range n.Get("Choices").Items() {
			t.rule(rule)
		}
	}
	for _, catcher := range n.Get("Catch").Items() {
		t.template(catcher, "Assign", "Assign", "$states.errorOutput")
		t.output(catcher, "$states.errorOutput", "$states.errorOutput")
	}
	t.template(n, "Assign", "Assign", result)
	if t.output(n, result, result) {
		drop(n, "InputPath")
	}
}

// drop removes a field.
func drop(n *patch.Node, names ...string) {
	for _, name := range names {
		if field := n.Member(name); field != nil {
			field.Remove()
		}
	}
}

// paths rewrites the fields that end in Path and have one without it in JSONata.
func (t *translation) paths(n *patch.Node, data string) {
	for _, m := range members(n) {
		name, ok := strings.CutSuffix(m.Name, "Path")
		switch m.Name {
		case "ItemsPath":
			name = "Items"
		case "InputPath", "OutputPath", "ResultPath":
			continue
		}
		if !ok || m.Value.Kind() != value.String {
			continue
		}
		text, ok := jsonataOf(m.Value.Text(), data)
		if !ok {
			t.left = append(t.left, m.Name)
			continue
		}
		m.Rename(name)
		m.Assign(expression(text))
	}
}

// ofMap rewrites what only Map states have.
func (t *translation) ofMap() {
	n := t.state
	if old := n.Member("Iterator"); old != nil && n.Get("ItemProcessor") == nil {
		old.Rename("ItemProcessor")
	}
	if n.Get("Items") == nil && n.Get("ItemReader") == nil && t.data != stateInput {
		setField(n, "Items", expression(t.data))
	}
	if n.Get("ItemSelector") == nil {
		t.template(n, "Parameters", "ItemSelector", t.data)
	}
	t.template(n, "ItemSelector", "ItemSelector", t.data)
	for _, name := range []string{"ItemReader", "ResultWriter"} {
		t.template(n.Get(name), "Parameters", "Arguments", t.data)
		t.paths(n.Get(name).Get("ReaderConfig"), t.data)
	}
	t.paths(n.Get("ItemBatcher"), t.data)
	t.template(n.Get("ItemBatcher"), "BatchInput", "BatchInput", t.data)
}

// template rewrites a Payload Template, under a new name. It is left as it is unless
// all of it can be rewritten.
func (t *translation) template(n *patch.Node, name, to, data string) {
	m := n.Member(name)
	if m == nil {
		return
	}
	if !canRewrite(m.Value, data) {
		t.left = append(t.left, name)
		return
	}
	rewrite(m.Value, data)
	m.Rename(to)
}

func canRewrite(n *patch.Node, data string) bool {
	for name, v := range n.Members() {
		if base, ok := strings.CutSuffix(name, ".$"); ok {
			if _, ok := jsonataOf(v.Text(), data); !ok || n.Get(base) != nil {
				return false
			}
		} else if !canRewrite(v, data) {
			return false
		}
	}
	for _, item := range n.Items() {
		if !canRewrite(item, data) {
			return false
		}
	}
	return true
}

func rewrite(n *patch.Node, data string) {
	for _, m := range members(n) {
		base, ok := strings.CutSuffix(m.Name, ".$")
		if !ok {
			rewrite(m.Value, data)
			continue
		}
		text, _ := jsonataOf(m.Value.Text(), data)
		m.Rename(base)
		m.Assign(expression(text))
	}
	for _, item := range n.Items() {
		rewrite(item, data)
	}
}

// output rewrites what makes the output of a state or Catcher: Parameters or Result of
// a Pass state, ResultSelector, ResultPath, OutputPath. It is false if that is left.
func (t *translation) output(n *patch.Node, result, without string) bool {
	source := "ResultSelector"
	if n == t.state && t.kind == "Pass" {
		source = "Parameters"
		if n.Get("Result") != nil {
			source = "Result"
		}
	}
	at := func(name string) string {
		if v := n.Get(name); v != nil {
			if v.Kind() == value.Null {
				return "null"
			}
			return v.Text()
		}
		return "$"
	}
	resultPath, outputPath := at("ResultPath"), at("OutputPath")
	if n.Get(source) != nil && source != "Result" && !canRewrite(n.Get(source), result) {
		t.left = append(t.left, source)
		return false
	}
	if resultPath == "$" && outputPath == "$" {
		switch m := n.Member(source); {
		case m != nil:
			if source != "Result" {
				rewrite(m.Value, result)
			}
			m.Rename("Output")
		case result != without || n == t.state && result != stateResult && result != stateInput:
			setField(n, "Output", expression(result))
		}
		drop(n, "ResultPath", "OutputPath")
		return true
	}
	text, ok := result, true
	if v := n.Get(source); v != nil {
		text, ok = constructor(v, result, source != "Result")
	}
	if ok {
		text, ok = merged(resultPath, text)
	}
	if ok {
		text, ok = selected(outputPath, text)
	}
	if !ok {
		t.left = append(t.left, source, "ResultPath", "OutputPath")
		t.left = slices.DeleteFunc(t.left, func(name string) bool { return n.Get(name) == nil })
		return false
	}
	drop(n, source, "ResultPath", "OutputPath")
	setField(n, "Output", expression(text))
	return true
}

// merged returns the state's input with a result where ResultPath says.
func merged(path, result string) (string, bool) {
	switch path {
	case "null":
		return stateInput, true
	case "$":
		return result, true
	}
	root, steps, ok := splitPath(path)
	if !ok || root != "$" {
		return "", false
	}
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].isIndex {
			return "", false
		}
		around, _ := joinPath(stateInput, steps[:i])
		result = "$merge([" + around + ", {" + jsonString(steps[i].name) + ": " + result + "}])"
	}
	return result, true
}

// selected returns what OutputPath takes from an output.
func selected(path, output string) (string, bool) {
	switch path {
	case "null":
		return "{}", true
	case "$":
		return output, true
	}
	if strings.ContainsAny(output, "([{") {
		output = "(" + output + ")"
	}
	return jsonataOf(path, output)
}

// pathOrNull returns what InputPath gives.
func pathOrNull(v *patch.Node, data string) (string, bool) {
	if v.Kind() == value.Null {
		return "{}", true
	}
	return jsonataOf(v.Text(), data)
}

// rule rewrites a rule of a Choice state.
func (t *translation) rule(rule *patch.Node) {
	if rule.Kind() != value.Object {
		return
	}
	t.template(rule, "Assign", "Assign", t.data)
	text, ok := condition(rule, t.data)
	if !ok {
		t.left = append(t.left, "Choices")
		return
	}
	for _, m := range members(rule) {
		switch m.Name {
		case "Next", "Comment", "Assign", "Output":
		default:
			m.Remove()
		}
	}
	setField(rule, "Condition", expression(text))
}

// toJSONPath rewrites the fields of JSONata that are paths and nothing else.
func (t *translation) toJSONPath() {
	n := t.state
	for name, to := range map[string]string{
		"Items": "ItemsPath", "Seconds": "SecondsPath", "Timestamp": "TimestampPath", "TimeoutSeconds": "TimeoutSecondsPath",
		"HeartbeatSeconds": "HeartbeatSecondsPath", "MaxConcurrency": "MaxConcurrencyPath", "Error": "ErrorPath", "Cause": "CausePath",
	} {
		m := n.Member(name)
		if m == nil || !isExpression(m.Value.Text()) {
			continue
		}
		if path, ok := jsonpathOf(m.Value.Text(), stateInput); ok {
			m.Rename(to)
			m.Assign(patch.Text(path))
		} else {
			t.left = append(t.left, name)
		}
	}
	result := stateInput
	if t.kind == "Task" || t.kind == "Parallel" || t.kind == "Map" {
		result = stateResult
	}
	t.back(n, "Arguments", "Parameters", stateInput)
	t.back(n, "ItemSelector", "ItemSelector", stateInput)
	t.back(n, "Assign", "Assign", result)
	if t.kind == "Pass" {
		t.back(n, "Output", "Parameters", stateInput)
	} else if result == stateResult {
		t.back(n, "Output", "ResultSelector", result)
	}
	for _, rule := range n.Get("Choices").Items() {
		if rule.Get("Condition") != nil {
			t.left = append(t.left, "Choices")
		}
	}
	for _, catcher := range n.Get("Catch").Items() {
		t.back(catcher, "Assign", "Assign", "$states.errorOutput")
		if catcher.Get("Output") != nil {
			t.left = append(t.left, "Catch")
		}
	}
}

// back rewrites an object of JSONata as a Payload Template.
func (t *translation) back(n *patch.Node, name, to, data string) {
	m := n.Member(name)
	if m == nil {
		return
	}
	if m.Value.Kind() != value.Object || !canGoBack(m.Value, data) {
		t.left = append(t.left, name)
		return
	}
	goBack(m.Value, data)
	m.Rename(to)
}

func canGoBack(n *patch.Node, data string) bool {
	for _, v := range n.Members() {
		if isExpression(v.Text()) {
			if _, ok := jsonpathOf(v.Text(), data); !ok {
				return false
			}
		} else if !canGoBack(v, data) {
			return false
		}
	}
	for _, item := range n.Items() {
		if isExpression(item.Text()) || !canGoBack(item, data) {
			return false
		}
	}
	return true
}

func goBack(n *patch.Node, data string) {
	for _, m := range members(n) {
		if !isExpression(m.Value.Text()) {
			goBack(m.Value, data)
			continue
		}
		path, _ := jsonpathOf(m.Value.Text(), data)
		m.Rename(m.Name + ".$")
		m.Assign(patch.Text(path))
	}
	for _, item := range n.Items() {
		goBack(item, data)
	}
}

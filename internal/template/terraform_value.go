package template

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file evaluates the expressions of Terraform files, as far as the files alone
// tell what they are.

// A module is a folder of Terraform files.
type module struct {
	*reader
	home      home
	variables map[string]*hclExpression // defaults, or what terraform.tfvars has
	locals    map[string]*hclExpression
	blocks    map[string]*hclBlock // "aws_lambda_function.pay", "data.archive_file.pay"
	asked     map[string]bool      // references that are being followed
	made      int                  // values so far
	missing   *missingNames
	remote    bool // a part with states in it is known only to Terraform
}

// maxHCLValues is how many values the expressions of a file may make: locals may refer
// to one another.
const maxHCLValues = 100_000

// A hclValue is what an expression gives. Its kind is Absent if only Terraform knows.
type hclValue struct {
	kind       value.Kind
	text       *text  // of a string
	plain      string // of a number or truth value
	names      []string
	items      []hclValue
	start, end int // offsets in the document that is read
}

// origin is the origin of a value in the document that is read.
func (v hclValue) origin() piece { return piece{from: v.start, to: v.end} }

// string returns a scalar as a text, "" for what is none.
func (v hclValue) string() string {
	if v.kind == value.String {
		return string(v.text.bytes)
	}
	return v.plain
}

// member returns a member of an object.
func (v hclValue) member(name string) hclValue {
	for i, one := range v.names {
		if one == name {
			return v.items[i]
		}
	}
	return hclValue{}
}

// literalText is a string value with one origin.
func literalText(s string, e *hclExpression, madeUp bool) hclValue {
	t := new(text)
	t.add(s, piece{from: e.start, to: e.end, madeUp: madeUp})
	return hclValue{kind: value.String, text: t, start: e.start, end: e.end}
}

// evaluate returns what an expression of a document gives.
func (m *module) evaluate(e *hclExpression, depth int) hclValue {
	if m.made++; e == nil || depth > maxIncludes*2 || m.made > maxHCLValues {
		return hclValue{}
	}
	v := hclValue{start: e.start, end: e.end}
	switch e.kind {
	case hclTemplate:
		v.kind, v.text = value.String, new(text)
		for _, part := range e.parts {
			if part.kind == hclLiteral {
				v.text.add(part.text, piece{from: part.start, to: part.end, verbatim: part.verbatim})
				continue
			}
			switch inner := m.evaluate(part, depth+1); inner.kind {
			case value.String:
				v.text.addText(inner.text)
			case value.Number, value.Bool:
				v.text.add(inner.plain, piece{from: part.start, to: part.end})
			default:
				v.text.add(m.unknown(e.document.text[part.start:part.end]), piece{from: part.start, to: part.end, madeUp: true})
			}
		}
	case hclList:
		v.kind = value.Array
		for _, part := range e.parts {
			v.items = append(v.items, m.evaluate(part, depth+1))
		}
	case hclObject:
		v.kind = value.Object
		for i, key := range e.keys {
			name := key.name
			if key.kind != hclWord {
				name = m.evaluate(key, depth+1).string()
			}
			v.names, v.items = append(v.names, name), append(v.items, m.evaluate(e.parts[i], depth+1))
		}
	case hclCall:
		return m.call(e, depth)
	case hclWord:
		return m.word(e, depth)
	}
	return v
}

// unknown notes that only Terraform knows an expression, and returns a text for it.
func (m *module) unknown(source string) string {
	name := strings.TrimSpace(strings.Trim(strings.TrimSpace(source), "${}~"))
	m.missing.add(name)
	return m.home.likely(name)
}

// word returns a number, a truth value, null, or what a reference leads to.
func (m *module) word(e *hclExpression, depth int) hclValue {
	v := hclValue{start: e.start, end: e.end}
	switch e.name {
	case "true", "false":
		v.kind, v.plain = value.Bool, e.name
		return v
	case "null":
		v.kind = value.Null
		return v
	}
	if isNumber(e.name) {
		v.kind, v.plain = value.Number, e.name
		return v
	}
	if text, ok := m.known(e.name); ok {
		return literalText(text, e, false)
	}
	kind, rest, _ := strings.Cut(e.name, ".")
	name, members, _ := strings.Cut(rest, ".")
	var target *hclExpression
	switch kind {
	case "var":
		if target = m.variables[name]; target == nil {
			return literalText(m.unknown(name), e, true)
		}
	case "local":
		target = m.locals[name]
	default:
		if text, ok := m.attribute(e.name); ok {
			return literalText(text, e, true)
		}
		return literalText(m.unknown(e.name), e, true)
	}
	if target == nil || m.asked[kind+"."+name] {
		return literalText(m.unknown(e.name), e, true)
	}
	m.asked[kind+"."+name] = true
	found := m.evaluate(target, depth+1)
	delete(m.asked, kind+"."+name)
	if members != "" {
		for member := range strings.SplitSeq(members, ".") {
			found = found.member(member)
		}
	}
	if found.kind == value.Absent {
		return literalText(m.unknown(e.name), e, true)
	}
	if target.document != e.document || kind == "var" {
		found = found.at(e, kind == "var")
	}
	return found
}

// at returns a value with the place of the reference that leads to it.
func (v hclValue) at(e *hclExpression, madeUp bool) hclValue {
	v.start, v.end = e.start, e.end
	if v.kind == value.String {
		v.text = literalText(string(v.text.bytes), e, madeUp || v.text.madeUp(0, len(v.text.bytes))).text
	}
	items := make([]hclValue, len(v.items))
	for i, item := range v.items {
		items[i] = item.at(e, madeUp)
	}
	v.items = items
	return v
}

// known returns the value of a name that the user has given or that is the same for
// every module.
func (m *module) known(name string) (string, bool) {
	for _, key := range []string{name, strings.TrimPrefix(name, "var.")} {
		if text, given := m.o.Substitutions[key]; given {
			return text, true
		}
	}
	kind, rest, _ := strings.Cut(name, ".")
	data, attribute, _ := strings.Cut(rest, ".")
	_, attribute, _ = strings.Cut(attribute, ".")
	switch {
	case kind == "path":
		return ".", true
	case name == "terraform.workspace":
		return "default", true
	case kind != "data":
		return "", false
	case data == "aws_caller_identity" && attribute == "account_id":
		return m.home.account, true
	case data == "aws_region" && (attribute == "name" || attribute == "id" || attribute == "region"):
		return m.home.region, true
	case data == "aws_partition" && attribute == "partition":
		return "aws", true
	case data == "aws_partition" && attribute == "dns_suffix":
		return "amazonaws.com", true
	}
	return "", false
}

// A terraformType is a type of resource: the same of CloudFormation, and the attribute
// that names it.
type terraformType struct{ kind, name string }

// terraformTypes are the types of resources that definitions refer to.
var terraformTypes = map[string]terraformType{
	"aws_lambda_function":             {"AWS::Lambda::Function", "function_name"},
	"aws_sfn_state_machine":           {"AWS::StepFunctions::StateMachine", "name"},
	"aws_sfn_activity":                {"AWS::StepFunctions::Activity", "name"},
	"aws_sns_topic":                   {"AWS::SNS::Topic", "name"},
	"aws_sqs_queue":                   {"AWS::SQS::Queue", "name"},
	"aws_dynamodb_table":              {"AWS::DynamoDB::Table", "name"},
	"aws_s3_bucket":                   {"AWS::S3::Bucket", "bucket"},
	"aws_cloudwatch_event_bus":        {"AWS::Events::EventBus", "name"},
	"aws_cloudwatch_event_connection": {"AWS::Events::Connection", "name"},
	"aws_cloudwatch_log_group":        {"AWS::Logs::LogGroup", "name"},
	"aws_secretsmanager_secret":       {"AWS::SecretsManager::Secret", "name"},
	"aws_kinesis_stream":              {"AWS::Kinesis::Stream", "name"},
	"aws_iam_role":                    {"AWS::IAM::Role", "name"},
	"aws_ecs_cluster":                 {"AWS::ECS::Cluster", "name"},
	"aws_ecs_task_definition":         {"AWS::ECS::TaskDefinition", "family"},
	"aws_batch_job_queue":             {"AWS::Batch::JobQueue", "name"},
	"aws_batch_job_definition":        {"AWS::Batch::JobDefinition", "name"},
	"aws_glue_job":                    {"AWS::Glue::Job", "name"},
	"aws_codebuild_project":           {"AWS::CodeBuild::Project", "name"},
}

// attribute returns an attribute of a resource of the module: its ARN, URL or name.
func (m *module) attribute(reference string) (string, bool) {
	kind, rest, _ := strings.Cut(reference, ".")
	label, attribute, ok := strings.Cut(rest, ".")
	one, known := terraformTypes[kind]
	block := m.blocks[kind+"."+label]
	if !ok || !known || block == nil {
		return "", false
	}
	name := m.localName(block, one.name, label)
	byARN := resourceTypes[one.kind].ref == byARN || kind == "aws_ecs_cluster"
	switch {
	case one.kind == "AWS::SQS::Queue" && (attribute == "id" || attribute == "url"):
		return m.home.queueURL(name), true
	case one.kind == "AWS::Logs::LogGroup" && attribute == "arn":
		return strings.TrimSuffix(m.home.arn(one.kind, name), ":*"), true
	case strings.HasSuffix(attribute, "arn"), attribute == "id" && byARN:
		return m.home.arn(one.kind, name), true
	case attribute == "id" || attribute == "name" || attribute == one.name:
		return name, true
	}
	return "", false
}

// localName is the local name of a resource: what it is named, or else its label.
func (m *module) localName(block *hclBlock, attribute, label string) string {
	key := block.label(1) + "." + label
	if m.asked[key] {
		return label
	}
	m.asked[key] = true
	defer delete(m.asked, key)
	outer := m.missing
	m.missing = new(missingNames)
	defer func() { m.missing = outer }()
	name, ok := nameFor(terraformTypes[block.label(1)].kind, m.evaluate(block.attribute(attribute), 0).string())
	if !ok || len(m.missing.names) > 0 {
		return label
	}
	return name
}

// call returns what a function gives that has to do with files, or with JSON.
func (m *module) call(e *hclExpression, depth int) hclValue {
	argument := func(i int) hclValue {
		if i < len(e.parts) {
			return m.evaluate(e.parts[i], depth+1)
		}
		return hclValue{}
	}
	switch e.name {
	case "jsonencode":
		t := new(text)
		m.appendJSON(t, argument(0), "", 0)
		return hclValue{kind: value.String, text: t, start: e.start, end: e.end}
	case "file":
		if _, source, err := m.folder.file(argument(0).string()); err == nil {
			return literalText(source, e, false)
		}
	case "basename", "abspath", "trimspace", "tostring":
		return argument(0)
	}
	return hclValue{}
}

// parts are the fields of a definition that hold states, or parts of one; "" is the
// definition.
var parts = map[string]bool{"": true, "States": true, "Branches": true, "Choices": true, "Retry": true, "Catch": true, "ItemProcessor": true, "Iterator": true}

// appendJSON writes a value as JSON, as what a field of a definition holds.
func (m *module) appendJSON(t *text, v hclValue, field string, depth int) {
	if depth > maxHCLDepth {
		t.overflow = true
		return
	}
	first := v.origin()
	first.to = min(first.to, first.from+1)
	switch v.kind {
	case value.Object:
		t.add("{", first)
		for i, name := range v.names {
			if i > 0 {
				t.addPlain(",")
			}
			t.add(quoted(name), piece{from: v.items[i].start, to: v.items[i].end})
			t.addPlain(":")
			m.appendJSON(t, v.items[i], name, depth+1)
		}
		t.addPlain("}")
	case value.Array:
		t.add("[", first)
		for i, item := range v.items {
			if i > 0 {
				t.addPlain(",")
			}
			m.appendJSON(t, item, field, depth+1)
		}
		t.addPlain("]")
	case value.String:
		s, origin := string(v.text.bytes), v.origin()
		origin.madeUp = v.text.madeUp(0, len(s))
		t.overflow = t.overflow || v.text.overflow
		switch {
		case origin.madeUp && wantsNumber(field):
			if !isNumber(s) {
				s = "1"
			}
			t.add(s, origin)
		case origin.madeUp && field == "Resource" && !isResource(s):
			t.add(quoted(m.home.fitting(field, s)), origin)
		default:
			t.add(quoted(s), origin)
		}
	case value.Number, value.Bool:
		t.add(v.plain, v.origin())
	case value.Null:
		t.add("null", v.origin())
	default:
		origin := v.origin()
		origin.madeUp = true
		m.remote = m.remote || parts[field]
		m.missing.add("an expression of " + field)
		if wantsNumber(field) {
			t.add("1", origin)
			return
		}
		t.add(quoted(m.home.fitting(field, placeholder)), origin)
	}
}

package template

import (
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file evaluates the intrinsic functions of CloudFormation templates, Ref,
// Fn::Sub and their like, as far as a template alone tells; what only a
// deployment knows becomes a text of the right form.

// A stack is a document with resources.
type stack struct {
	*document
	parameters value.Value
	resources  value.Value
	mappings   value.Value
	exact      bool // origins are followed into the strings, not only to them

	loops       *loops
	identifiers []string // of the loops around a resource whose items only a deployment knows
}

// maxIntrinsics is how deep intrinsic functions may nest.
const maxIntrinsics = 20

// isIntrinsic reports whether a value is to be computed by CloudFormation.
func isIntrinsic(v value.Value) bool {
	if v.Kind() != value.Object || v.Len() != 1 {
		return false
	}
	name, member := v.Member(0)
	return name == "Ref" || strings.HasPrefix(name, "Fn::") && !isLoop(name, member)
}

// noValue reports whether a value takes the member away that has it, as if every
// condition holds.
func noValue(v value.Value) bool {
	for depth := 0; isIntrinsic(v) && depth < maxIntrinsics; depth++ {
		if v.Get("Ref").Text() == "AWS::NoValue" {
			return true
		}
		v = v.Get("Fn::If").Index(1)
	}
	return false
}

// text returns what a value is as a text.
func (c *stack) text(v value.Value, p *path, depth int) *text {
	t := new(text)
	switch {
	case v.Kind() == value.String && c.exact:
		return c.literal(p, v.Text())
	case v.Kind() == value.String:
		t.add(v.Text(), piece{node: p})
	case v.Kind() == value.Number || v.Kind() == value.Bool:
		t.add(v.String(), piece{node: p})
	case !isIntrinsic(v) || depth > maxIntrinsics:
		t.add(placeholder, piece{node: p, madeUp: true})
	default:
		name, arguments := v.Member(0)
		c.call(t, name, arguments, p, depth)
	}
	return t
}

// call appends what an intrinsic function gives.
func (c *stack) call(t *text, name string, arguments value.Value, p *path, depth int) {
	one := func(s substitution) { t.add(s.text, piece{node: p, madeUp: !s.known}) }
	switch name {
	case "Ref":
		one(c.ref(arguments.Text()))
	case "Fn::GetAtt":
		one(c.attribute(arguments))
	case "Fn::Sub":
		c.sub(t, arguments, p.member(name), depth)
	case "Fn::Join":
		inner := p.member(name)
		parts, ok := c.list(arguments.Index(1), inner.item(1), depth+1)
		if !ok {
			t.add(placeholder, piece{node: p, madeUp: true})
		}
		for i, part := range parts {
			if i > 0 {
				t.add(arguments.Index(0).Text(), piece{node: inner})
			}
			if t.addText(part); t.overflow {
				return
			}
		}
	case "Fn::If": // as if the condition holds
		t.addText(c.text(arguments.Index(1), p.member(name).item(1), depth+1))
	default:
		if depth > maxIntrinsics || !c.lookup(t, name, arguments, p, depth) {
			one(substitution{text: placeholder})
		}
	}
}

// sub appends the text of Fn::Sub: a template, or a list of one and the values
// of some of its names. ${!Name} is ${Name}, and not filled.
func (c *stack) sub(t *text, arguments value.Value, p *path, depth int) {
	template, values := arguments, value.Value{}
	where := p
	if arguments.Kind() == value.Array {
		template, values = arguments.Index(0), arguments.Index(1)
		where = p.item(0)
	}
	if template.Kind() != value.String {
		t.add(placeholder, piece{node: p, madeUp: true})
		return
	}
	in := c.text(template, where, depth)
	s := string(in.bytes)
	own := make(map[string]*text) // made once each: functions in one another would multiply
	for i := 0; i < len(s) && !t.overflow; {
		start := strings.Index(s[i:], "${")
		end := -1
		if start >= 0 {
			start += i
			end = strings.IndexByte(s[start:], '}')
		}
		if end < 0 {
			t.addPart(in, i, len(s))
			return
		}
		end += start + 1
		t.addPart(in, i, start)
		name := strings.TrimSpace(s[start+2 : end-1])
		switch v := values.Get(name); {
		case strings.HasPrefix(name, "!"):
			t.addPart(in, start, start+2)
			t.addPart(in, start+len("${!"), end)
		case v.Exists():
			one := own[name]
			if one == nil {
				one = c.text(v, p.item(1).member(name), depth+1)
				own[name] = one
			}
			t.overflow = t.overflow || one.overflow
			t.add(string(one.bytes), in.cover(start, end, one.madeUp(0, len(one.bytes))))
		default:
			found := c.ref(name)
			if id, attribute, ok := strings.Cut(name, "."); ok {
				found = c.attribute(value.OfItems(value.OfString(id), value.OfString(attribute)))
			}
			t.add(found.text, in.cover(start, end, !found.known))
		}
		i = end
	}
}

// ref is what Ref gives: a parameter, or what names a resource. The default of
// a parameter need not be what it is deployed with, so it is not taken as known.
func (c *stack) ref(name string) substitution {
	if text, ok := pseudoParameters[name]; ok {
		return substitution{text, true}
	}
	if p := c.parameters.Get(name); p.Kind() == value.Object {
		if d := p.Get("Default"); d.Kind() == value.String && d.Text() != "" {
			return substitution{text: d.Text()}
		} else if d.Kind() == value.Number {
			return substitution{text: d.String()}
		}
	}
	kind := c.resources.Get(name).Get("Type").Text()
	if kind == "AWS::SQS::Queue" {
		return substitution{text: "https://sqs." + region + ".amazonaws.com/" + account + "/" + plainName(name)}
	}
	if refIsARN[kind] {
		return substitution{text: arnOf(kind, name)}
	}
	isFunction := kind == "AWS::Lambda::Function" || kind == "AWS::Serverless::Function"
	return substitution{plainName(name), isFunction} // a name for certain: no Resource of a Task takes it
}

// attribute is what Fn::GetAtt gives, for Name.Attribute or [Name, Attribute].
func (c *stack) attribute(arguments value.Value) substitution {
	name, attribute, _ := strings.Cut(arguments.Text(), ".")
	if arguments.Kind() == value.Array {
		name, attribute = arguments.Index(0).Text(), arguments.Index(1).Text()
	}
	if strings.HasSuffix(attribute, "Arn") {
		return substitution{text: arnOf(c.resources.Get(name).Get("Type").Text(), name)}
	}
	return substitution{text: plainName(name)}
}

// refIsARN are the types of resources that Ref names by their ARN.
var refIsARN = map[string]bool{
	"AWS::StepFunctions::StateMachine": true, "AWS::Serverless::StateMachine": true, "AWS::StepFunctions::Activity": true,
	"AWS::SNS::Topic": true, "AWS::Batch::JobQueue": true, "AWS::Batch::JobDefinition": true,
	"AWS::ECS::TaskDefinition": true, "AWS::Lambda::Version": true, "AWS::Lambda::Alias": true,
}

// arnForms has the form of the ARN of a type of resource: region and account
// are filled in, then the name.
var arnForms = map[string]string{
	"AWS::StepFunctions::StateMachine": "arn:aws:states:%s:%s:stateMachine:%s",
	"AWS::Serverless::StateMachine":    "arn:aws:states:%s:%s:stateMachine:%s",
	"AWS::StepFunctions::Activity":     "arn:aws:states:%s:%s:activity:%s",
	"AWS::SNS::Topic":                  "arn:aws:sns:%s:%s:%s",
	"AWS::SQS::Queue":                  "arn:aws:sqs:%s:%s:%s",
	"AWS::IAM::Role":                   "arn:aws:iam:%.0s:%s:role/%s",
	"AWS::DynamoDB::Table":             "arn:aws:dynamodb:%s:%s:table/%s",
	"AWS::Serverless::SimpleTable":     "arn:aws:dynamodb:%s:%s:table/%s",
	"AWS::ECS::Cluster":                "arn:aws:ecs:%s:%s:cluster/%s",
	"AWS::ECS::TaskDefinition":         "arn:aws:ecs:%s:%s:task-definition/%s:1",
	"AWS::Batch::JobQueue":             "arn:aws:batch:%s:%s:job-queue/%s",
	"AWS::Batch::JobDefinition":        "arn:aws:batch:%s:%s:job-definition/%s:1",
	"AWS::Events::EventBus":            "arn:aws:events:%s:%s:event-bus/%s",
	"AWS::S3::Bucket":                  "arn:aws:s3:%.0s:%.0s:%s",
}

// arnOf returns the ARN of a resource: a function's for a type that is not
// listed, since it is functions that definitions name most.
func arnOf(kind, name string) string {
	form, ok := arnForms[kind]
	if !ok {
		form = "arn:aws:lambda:%s:%s:function:%s"
	}
	return fmt.Sprintf(form, region, account, plainName(name))
}

package template

import (
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
	globals    value.Value // of SAM
	exact      bool        // origins are followed into the strings, not only to them

	home       home
	given      map[string]string        // by the user: values of parameters, resources and exports
	local      map[string]localResource // those that a serverless.yml has beside its resources, by the names they have
	names      map[string]string        // local names by logical id, see nameOf
	arns       map[string]string        // of versions and aliases by logical id, see published
	conditions *conditions
	missing    *missingNames
	made       *int // bytes of plain texts so far

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
	case "Fn::If":
		branch := c.branch(arguments)
		t.addText(c.text(arguments.Index(branch), p.member(name).item(branch), depth+1))
	case "Fn::ImportValue":
		export := string(c.text(arguments, p.member(name), depth+1).bytes)
		text, given := c.given[export]
		if !given {
			text = plainName(export)
			c.missing.add(export)
		}
		one(substitution{text, given})
	default:
		if depth > maxIntrinsics || !c.lookup(t, name, arguments, p, depth) {
			c.missing.add(name)
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
			var found substitution
			if id, attribute, ok := strings.Cut(name, "."); ok {
				found = c.attribute(value.OfItems(value.OfString(id), value.OfString(attribute)))
			} else {
				found = c.ref(name)
			}
			t.add(found.text, in.cover(start, end, !found.known))
		}
		i = end
	}
}

package template

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file evaluates the intrinsic functions that take lists and tables apart:
// Fn::FindInMap, Fn::Select, Fn::Split, Fn::Length and Fn::Base64.

// placeholder is what stands for a text that only a deployment knows.
const placeholder = "placeholder"

// lookup appends what one of these functions gives; false if only a deployment knows.
func (c *stack) lookup(t *text, name string, arguments value.Value, p *path, depth int) bool {
	at := p.member(name)
	switch name {
	case "Fn::FindInMap":
		v, known := c.inMap(arguments, at, depth)
		if v.Kind() != value.String && v.Kind() != value.Number && v.Kind() != value.Bool {
			return false
		}
		s := v.Text()
		if v.Kind() != value.String {
			s = v.String()
		}
		t.add(s, piece{node: p, madeUp: !known})
	case "Fn::Select":
		items, ok := c.list(arguments.Index(1), at.item(1), depth+1)
		i, err := strconv.Atoi(string(c.text(arguments.Index(0), at.item(0), depth+1).bytes))
		if !ok || err != nil || i < 0 || i >= len(items) {
			return false
		}
		t.addText(items[i])
	case "Fn::Length":
		items, ok := c.list(arguments, at, depth+1)
		if !ok {
			return false
		}
		t.add(strconv.Itoa(len(items)), piece{node: p})
	case "Fn::Base64":
		in := c.text(arguments, at, depth+1)
		t.overflow = t.overflow || in.overflow
		t.add(base64.StdEncoding.EncodeToString(in.bytes), piece{node: p, madeUp: in.madeUp(0, len(in.bytes))})
	default:
		return false
	}
	return true
}

// inMap returns the value that Fn::FindInMap finds in the template's Mappings. If a key
// depends on the deployment and is not there, the first one stands for it.
func (c *stack) inMap(arguments value.Value, p *path, depth int) (found value.Value, known bool) {
	found, known = c.mappings.Get(arguments.Index(0).Text()), true
	for i := 1; i <= 2; i++ {
		key := c.text(arguments.Index(i), p.item(i), depth+1)
		known = known && !key.madeUp(0, len(key.bytes)) && arguments.Index(i).Kind() == value.String
		next := found.Get(string(key.bytes))
		if !next.Exists() && found.Len() > 0 && arguments.Index(i).Kind() != value.String {
			_, next = found.Member(0)
		}
		found = next
	}
	return found, known
}

// list returns the items of a list; false if only a deployment knows them.
func (c *stack) list(v value.Value, p *path, depth int) (items []*text, ok bool) {
	if v.Kind() == value.Array {
		for i, item := range v.Items() {
			if !c.omitted(item) {
				items = append(items, c.text(item, p.item(i), depth))
			}
		}
		return items, true
	}
	if !isIntrinsic(v) || depth > maxIntrinsics {
		return nil, false
	}
	name, arguments := v.Member(0)
	at := p.member(name)
	switch name {
	case "Fn::Split":
		separator, in := arguments.Index(0).Text(), c.text(arguments.Index(1), at.item(1), depth+1)
		start := 0
		for part := range strings.SplitSeq(string(in.bytes), separator) {
			one := new(text)
			one.addPart(in, start, start+len(part))
			items = append(items, one)
			start += len(part) + len(separator)
		}
		return items, !in.madeUp(0, len(in.bytes))
	case "Fn::If":
		branch := c.branch(arguments)
		return c.list(arguments.Index(branch), at.item(branch), depth+1)
	case "Fn::FindInMap":
		found, known := c.inMap(arguments, at, depth)
		for _, item := range found.Items() {
			one := new(text)
			one.add(item.Text(), piece{node: p, madeUp: !known})
			items = append(items, one)
		}
		return items, found.Kind() == value.Array
	case "Ref":
		parameter := c.parameters.Get(arguments.Text())
		all, given := c.given[arguments.Text()]
		if kind := parameter.Get("Type").Text(); kind != "CommaDelimitedList" && !strings.HasPrefix(kind, "List<") || !given && !parameter.Get("Default").Exists() {
			return nil, false
		}
		if !given {
			all = parameter.Get("Default").Text()
		}
		for part := range strings.SplitSeq(all, ",") {
			one := new(text)
			one.add(strings.TrimSpace(part), piece{node: p, madeUp: !given})
			items = append(items, one)
		}
		return items, true
	}
	return nil, false
}

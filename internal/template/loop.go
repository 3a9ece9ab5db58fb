package template

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file expands Fn::ForEach of the transform AWS::LanguageExtensions: the member
// "Fn::ForEach::Name": [identifier, collection, {key: value}] stands for the members
// of the object, once for each item of the collection.

const loopPrefix = "Fn::ForEach::"

const (
	maxLoops    = 5       // in one another, as many as CloudFormation takes
	maxTurned   = 8 << 20 // bytes of JSON that the loops of a file make
	leastTurned = 64      // bytes that a turn counts for at least
)

// isLoop reports whether a member is a loop.
func isLoop(name string, v value.Value) bool {
	return strings.HasPrefix(name, loopPrefix) && v.Len() == 3 && v.Index(0).Kind() == value.String && v.Index(2).Kind() == value.Object
}

// turns returns the object of a loop for each item of its collection. If only a
// deployment knows the collection, or if the loops of the file make too much, it is the
// object as it stands, once, and known is false.
func (l *loops) turns(v value.Value) (turns []value.Value, known bool) {
	identifier, collection, body := v.Index(0).Text(), v.Index(1), v.Index(2)
	cost := max(body.Size(), leastTurned)
	for _, item := range collection.Items() {
		if l.made += cost; item.Kind() != value.String || l.made > maxTurned {
			return []value.Value{body}, false
		}
		turns = append(turns, inTurn(body, identifier, item.Text()))
	}
	if len(turns) == 0 {
		return []value.Value{body}, false
	}
	return turns, true
}

// loops are the loops of a file.
type loops struct {
	made int // bytes, see maxTurned
}

// inTurn replaces an identifier in the keys and strings of a value by an item: it is
// written ${identifier}, &{identifier}, which leaves letters and digits of the item, or
// {"Ref": identifier}.
func inTurn(v value.Value, identifier, item string) value.Value {
	plain := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return -1
	}, item)
	replacer := strings.NewReplacer("${"+identifier+"}", item, "&{"+identifier+"}", plain)
	var replace func(v value.Value) value.Value
	replace = func(v value.Value) value.Value {
		switch v.Kind() {
		case value.String:
			return value.OfString(replacer.Replace(v.Text()))
		case value.Array:
			items := make([]value.Value, 0, v.Len())
			for _, item := range v.Items() {
				items = append(items, replace(item))
			}
			return value.OfSlice(items)
		case value.Object:
			if isIntrinsic(v) && v.Get("Ref").Text() == identifier {
				return value.OfString(item)
			}
			var b value.ObjectBuilder
			for name, member := range v.Members() {
				b.Set(replacer.Replace(name), replace(member))
			}
			return b.Value()
		}
		return v
	}
	return replace(v)
}

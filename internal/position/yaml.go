package position

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/aslocal/aslocal/value"
)

// This file reads YAML into a value and the places of its nodes. What an alias
// stands for has the place of the alias. Tags of CloudFormation templates, as
// in Resource: !GetAtt Fn.Arn, stand for the text that they hold.

// A SyntaxError says why a text is not YAML that JSON can hold.
type SyntaxError struct {
	Message string
	At      Position
}

// Error returns place and message.
func (e *SyntaxError) Error() string { return e.At.String() + ": " + e.Message }

// What a document may hold with what its aliases stand for, which can be far
// more than its text.
const (
	maxNodes   = 500_000
	maxAliased = 16 << 20 // bytes of JSON that aliases stand for
)

// YAML reads a YAML document. Keys that are no strings become their texts; the
// order of members is kept, and the last of several with one name counts. The
// error, if any, is a *SyntaxError.
func YAML(text string) (value.Value, *Table, error) { return YAMLTagged(text, cloudFormation) }

// YAMLTagged is YAML for readers to whom the tags of CloudFormation mean more
// than the text that they hold: a value with a tag that begins with one "!" is
// what resolve returns for it. The table has its nodes below its pointer all
// the same.
func YAMLTagged(text string, resolve func(tag string, v value.Value) value.Value) (v value.Value, t *Table, err error) {
	t = &Table{text: text}
	t.once.Do(t.index) // the nodes come now, not when asked
	defer func() {
		if r := recover(); r != nil {
			bad, ok := r.(*SyntaxError)
			if !ok {
				panic(r)
			}
			v, err = value.Value{}, bad
		}
	}()
	if at := TooDeep(text); at >= 0 {
		return v, nil, &SyntaxError{Message: fmt.Sprintf("nesting exceeds %d levels", value.MaxDepth), At: t.position(at)}
	}
	y := &yamlReader{builder: &builder{t}, anchors: make(map[*yaml.Node]anchor), resolve: resolve}
	body := y.document()
	id := y.root()
	v = value.NullValue
	if body != nil {
		var s span
		v, s = y.node(id, body, 0)
		y.value(id, s)
	}
	return v, t, nil
}

// TooDeep guards the parser of YAML, which recurses, from texts that nest without
// end. It returns where the nesting gets too deep, or -1. Brackets in strings count
// as well; a thousand of them that are not closed are no string of ours.
func TooDeep(text string) int {
	flow, block := 0, 0
	head := true // nothing but indicators so far in this line
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			block, head = 0, true
		case c == '[' || c == '{':
			flow++
			head = false
		case c == ']' || c == '}':
			flow = max(0, flow-1)
		case c == ' ' || c == '\t':
		case head && strings.IndexByte("-?:!&", c) >= 0:
			block++
		case head && i > 0 && strings.IndexByte(" \t\n", text[i-1]) >= 0:
			head = false
		}
		if flow > value.MaxDepth || block > value.MaxDepth {
			return i
		}
	}
	return -1
}

// A yamlReader turns the nodes of the parser into values.
type yamlReader struct {
	*builder
	anchors map[*yaml.Node]anchor
	count   int // of nodes
	aliased int // see maxAliased
	resolve func(tag string, v value.Value) value.Value
}

// An anchor is a value that aliases stand for.
type anchor struct {
	value value.Value
	count int
}

// document returns the root of the only document in the text, nil if there is none.
func (y *yamlReader) document() *yaml.Node {
	loader, err := yaml.NewLoader(strings.NewReader(y.t.text))
	if err != nil {
		panic(y.syntaxError(err))
	}
	var body *yaml.Node
	for {
		document := new(yaml.Node)
		err := loader.Load(document)
		switch {
		case err == io.EOF:
			return body
		case err != nil:
			panic(y.syntaxError(err))
		case len(document.Content) == 0:
		case body != nil && isEmpty(document.Content[0]):
		case body != nil && !isEmpty(body):
			y.fail(document.Content[0], "expected one document, got several")
		default:
			body = document.Content[0]
		}
	}
}

// isEmpty reports whether there is nothing where a node may stand.
func isEmpty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.ShortTag() == nullTag && n.Anchor == ""
}

// syntaxError has the parser's words and place. Where it has come to the end of the
// text, the place is where what does not end begins.
func (y *yamlReader) syntaxError(err error) *SyntaxError {
	bad := new(yaml.LoadError)
	if !errors.As(err, &bad) {
		return &SyntaxError{Message: err.Error(), At: y.t.position(0)}
	}
	mark, message := bad.Mark, bad.Message
	switch began := bad.ContextMark; {
	case bad.ContextMsg == "" || began == mark:
	case strings.Contains(message, "end of stream"):
		mark = began
		message += " " + bad.ContextMsg
	default:
		message += fmt.Sprintf(" %s that begins at %d:%d", bad.ContextMsg, began.Line, began.Column)
	}
	return &SyntaxError{Message: message, At: y.t.position(y.at(mark.Line, mark.Column))}
}

func (y *yamlReader) fail(n *yaml.Node, format string, args ...any) {
	panic(&SyntaxError{Message: fmt.Sprintf(format, args...), At: y.t.position(y.start(n))})
}

// start returns the offset at which a node begins: at its tag or anchor, if any.
func (y *yamlReader) start(n *yaml.Node) int { return y.at(n.Line, n.Column) }

// at returns the offset of a line and column of the parser, for which a byte order
// mark is not in the text.
func (y *yamlReader) at(line, column int) int {
	if line == 1 && strings.HasPrefix(y.t.text, "\ufeff") {
		column++
	}
	return y.t.offset(line, column)
}

// content returns the offset at which a node begins without its anchor, and without its
// tag if tagged is false.
func (y *yamlReader) content(n *yaml.Node, tagged bool) int {
	src := y.t.text
	at := y.start(n)
	for at < len(src) && n.Kind != yaml.AliasNode {
		switch c := src[at]; {
		case n.Anchor != "" && c == '&', !tagged && isTagged(n) && c == '!':
			if end := strings.IndexAny(src[at:], " \t\r\n,]}"); end >= 0 {
				at += end
			} else {
				at = len(src)
			}
		case (n.Anchor != "" || isTagged(n)) && strings.IndexByte(" \t\r\n", c) >= 0:
			at++
		default:
			return at
		}
	}
	return at
}

func isTagged(n *yaml.Node) bool { return n.Style&yaml.TaggedStyle != 0 }

// grow counts nodes.
func (y *yamlReader) grow(n *yaml.Node, by int) {
	if y.count += by; y.count > maxNodes {
		y.fail(n, "the document has more than %d nodes", maxNodes)
	}
}

// node reads the node of the table that has the given id, and says where it
// stands.
func (y *yamlReader) node(id int32, n *yaml.Node, depth int) (v value.Value, s span) {
	y.grow(n, 1)
	if depth > value.MaxDepth {
		y.fail(n, "nesting exceeds %d levels", value.MaxDepth)
	}
	before := y.count
	switch n.Kind {
	case yaml.AliasNode:
		return y.alias(n)
	case yaml.MappingNode:
		v, s = y.mapping(id, n, depth)
	case yaml.SequenceNode:
		v, s = y.sequence(id, n, depth)
	default:
		v, s = Scalar(n), y.scalarSpan(n)
		if !v.Exists() {
			y.fail(n, "%s has no form in JSON", n.Value)
		}
	}
	if isTagged(n) {
		s.start = int32(y.content(n, true))
		if !strings.HasPrefix(n.Tag, "!!") && !strings.HasPrefix(n.Tag, yamlTags) {
			v = y.resolve(n.Tag, v)
		}
	}
	if n.Anchor != "" {
		y.anchors[n] = anchor{v, y.count - before}
	}
	return v, s
}

// alias returns what an alias stands for, and its own place.
func (y *yamlReader) alias(n *yaml.Node) (value.Value, span) {
	a, ok := y.anchors[n.Alias]
	if !ok {
		y.fail(n, "the anchor %q contains an alias of itself", n.Value)
	}
	y.grow(n, a.count)
	if y.aliased += a.value.Size(); y.aliased > maxAliased {
		y.fail(n, "the document's aliases stand for more than %d MiB", maxAliased>>20)
	}
	start := y.start(n)
	return a.value, span{int32(start), int32(start + 1 + len(n.Value))}
}

func (y *yamlReader) mapping(id int32, n *yaml.Node, depth int) (value.Value, span) {
	var b value.ObjectBuilder
	var merged []value.Value
	start := int32(y.content(n, false))
	whole := span{start, start + 1}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, member := n.Content[i], n.Content[i+1]
		key := y.scalarSpan(k)
		if k.ShortTag() == mergeTag {
			v, s := y.node(y.spare(), member, depth+1)
			merged = append(merged, v)
			whole.end = max(whole.end, key.end, s.end)
			continue
		}
		name := y.key(k)
		child := y.member(id, name, key)
		v, s := y.node(child, member, depth+1)
		y.value(child, s)
		b.Set(name, v)
		whole.end = max(whole.end, key.end, s.end)
	}
	for _, from := range merged {
		y.merge(n, &b, from)
	}
	return b.Value(), y.closed(n, whole)
}

// spare adds a node that no pointer leads to, for what is merged into another.
func (y *yamlReader) spare() int32 {
	y.t.nodes = append(y.t.nodes, node{})
	return int32(len(y.t.nodes) - 1)
}

// merge adds the members of "<<: *alias", or of several in a list, that the
// mapping does not have itself.
func (y *yamlReader) merge(n *yaml.Node, b *value.ObjectBuilder, from value.Value) {
	switch from.Kind() {
	case value.Object:
		for name, v := range from.Members() {
			if !b.Get(name).Exists() {
				b.Set(name, v)
			}
		}
	case value.Array:
		for _, one := range from.Items() {
			if one.Kind() != value.Object {
				y.fail(n, "<<: expected a mapping, got %s", one.Kind())
			}
			y.merge(n, b, one)
		}
	default:
		y.fail(n, "<<: expected a mapping, got %s", from.Kind())
	}
}

// key returns the name that a key stands for: the text of any scalar.
func (y *yamlReader) key(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.AliasNode && n.Alias.Kind == yaml.ScalarNode:
		return n.Alias.Value
	case n.Kind != yaml.ScalarNode:
		y.fail(n, "a key must be a scalar")
	case n.Anchor != "":
		y.anchors[n] = anchor{Scalar(n), 1}
	}
	return n.Value
}

func (y *yamlReader) sequence(id int32, n *yaml.Node, depth int) (value.Value, span) {
	items := make([]value.Value, 0, len(n.Content))
	start := int32(y.content(n, false))
	whole := span{start, start + 1}
	for i, item := range n.Content {
		child := y.item(id, i)
		v, s := y.node(child, item, depth+1)
		y.value(child, s)
		items = append(items, v)
		whole.end = max(whole.end, s.end)
	}
	return value.OfSlice(items), y.closed(n, whole)
}

// closed extends the place of a collection in brackets to the closing one, which
// follows its last node.
func (y *yamlReader) closed(n *yaml.Node, s span) span {
	if n.Style&yaml.FlowStyle == 0 {
		return s
	}
	src := y.t.text
	for at := int(s.end); at < len(src); at++ {
		switch c := src[at]; {
		case c == '}' || c == ']':
			s.end = int32(at + 1)
			return s
		case c == '#':
			if n := strings.IndexByte(src[at:], '\n'); n >= 0 {
				at += n
			}
		case strings.IndexByte(" \t\r\n,:", c) < 0:
			return s
		}
	}
	return s
}

// The tags of scalars, and what the long form of such a tag begins with.
const (
	nullTag  = "!!null"
	boolTag  = "!!bool"
	intTag   = "!!int"
	floatTag = "!!float"
	mergeTag = "!!merge"
	yamlTags = "tag:yaml.org,2002:"
)

// Scalar returns the value of a scalar of YAML. What is neither a number, a truth value
// nor null is a string: timestamps are, and the words yes and no. There is no value
// for a number that has no form in JSON, such as .inf.
func Scalar(n *yaml.Node) value.Value {
	tag := n.ShortTag()
	plain := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if plain && isTagged(n) && !strings.HasPrefix(tag, "!!") {
		tag = (&yaml.Node{Kind: yaml.ScalarNode, Value: n.Value}).ShortTag() // as without its tag
	}
	if plain && !(isTagged(n) && tag == "!!str") {
		if v, ok := jsonNumber(n.Value); ok {
			return v // as it is written, and 1e3, which the parser does not take for a number
		}
	}
	switch tag {
	case nullTag:
		return value.NullValue
	case boolTag:
		return value.OfBool(strings.EqualFold(n.Value, "true"))
	case intTag, floatTag:
		return number(n, tag)
	}
	return value.OfString(n.Value)
}

// number returns a number that is not written as in JSON.
func number(n *yaml.Node, tag string) value.Value {
	bare := &yaml.Node{Kind: yaml.ScalarNode, Value: n.Value, Tag: tag}
	var i int64
	if bare.Decode(&i) == nil {
		return value.OfInt(i)
	}
	var f float64
	if bare.Decode(&f) != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return value.Value{}
	}
	return value.OfFloat(f)
}

// jsonNumber keeps the text of a number that JSON would write the same.
func jsonNumber(text string) (value.Value, bool) {
	if text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return value.Value{}, false
	}
	v, err := value.Parse(text)
	return v, err == nil && v.Kind() == value.Number
}

// scalarSpan returns where a scalar stands, without its tag and anchor.
func (y *yamlReader) scalarSpan(n *yaml.Node) span {
	src := y.t.text
	start := y.content(n, false)
	end := start
	switch {
	case start >= len(src):
	case src[start] == '"':
		for end++; end < len(src) && src[end] != '"'; end++ {
			if src[end] == '\\' {
				end++
			}
		}
		end++
	case src[start] == '\'':
		for end++; end < len(src); end++ {
			if src[end] == '\'' {
				if end++; end >= len(src) || src[end] != '\'' {
					break
				}
			}
		}
	case n.Kind == yaml.AliasNode:
		end += 1 + len(n.Value)
	case strings.HasPrefix(src[start:], n.Value):
		end += len(n.Value)
	default: // a block scalar, or a plain one of several lines: its first line
		if n := strings.IndexByte(src[start:], '\n'); n >= 0 {
			end += n
		} else {
			end = len(src)
		}
	}
	return span{int32(start), int32(max(1, min(end, len(src))))}
}

// cloudFormation gives for what CloudFormation would compute the text it is
// computed from; for a list form, the template of !Sub [template, values],
// Name.Attribute of !GetAtt [Name, Attribute], and !Join [separator, [parts]]
// joined.
func cloudFormation(tag string, v value.Value) value.Value {
	switch {
	case v.Kind() != value.Array || v.Len() == 0:
	case tag == "!Sub":
		return v.Index(0)
	case tag == "!GetAtt":
		return join(".", v)
	case tag == "!Join":
		return join(v.Index(0).Text(), v.Index(1))
	}
	return v
}

func join(separator string, parts value.Value) value.Value {
	texts := make([]string, 0, parts.Len())
	for _, part := range parts.Items() {
		texts = append(texts, part.Text())
	}
	return value.OfString(strings.Join(texts, separator))
}

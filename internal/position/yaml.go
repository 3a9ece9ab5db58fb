package position

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

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

// The parser takes time by the square of the members of a mapping, and of the
// documents in a text: with these limits, seconds at worst. Of a definition of
// a megabyte, the most that the service takes, they are twice what is usual.
const (
	maxColons    = 60_000
	maxDocuments = 100
)

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
			if !ok { // the parser panics on some texts that are wrong
				bad = &SyntaxError{Message: fmt.Sprintf("cannot be read: %v", r), At: t.position(0)}
			}
			v, err = value.Value{}, bad
		}
	}()
	if at := tooDeep(text); at >= 0 {
		return v, nil, &SyntaxError{Message: fmt.Sprintf("nesting exceeds %d levels", value.MaxDepth), At: t.position(at)}
	}
	if strings.Count(text, ":") > maxColons || strings.Count(text, "\n---") > maxDocuments {
		return v, nil, &SyntaxError{Message: "the document is too large", At: t.position(0)}
	}
	tokens := lexer.Tokenize(text)
	y := &yamlReader{builder: &builder{t}, anchors: make(map[string]anchor), tags: tagColumns(tokens), resolve: resolve}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return v, nil, y.syntaxError(err)
	}
	id := y.root()
	v = value.NullValue
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			y.fail(doc.Body, "expected one document, got several")
		default:
			body = doc.Body
		}
	}
	if body != nil {
		var s span
		v, s = y.node(id, body, 0)
		y.value(id, s)
	}
	return v, t, nil
}

func (y *yamlReader) syntaxError(err error) *SyntaxError {
	var located interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if errors.As(err, &located) && located.GetToken() != nil {
		return &SyntaxError{Message: located.GetMessage(), At: y.t.position(y.start(located.GetToken()))}
	}
	return &SyntaxError{Message: err.Error(), At: y.t.position(0)}
}

// tooDeep guards the parser, which recurses, from texts that nest without end.
// It returns where the nesting gets too deep, or -1. Brackets in strings count
// as well; a thousand of them that are not closed are no string of ours.
func tooDeep(text string) int {
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
	anchors map[string]anchor
	count   int // of nodes
	aliased int // see maxAliased
	tags    map[int][]int
	resolve func(tag string, v value.Value) value.Value
}

// An anchor is a value that aliases stand for.
type anchor struct {
	value value.Value
	count int
}

func (y *yamlReader) fail(n ast.Node, format string, args ...any) {
	panic(&SyntaxError{Message: fmt.Sprintf(format, args...), At: y.t.position(y.start(n.GetToken()))})
}

// tagColumns returns the columns of the tags in each line.
func tagColumns(tokens token.Tokens) map[int][]int {
	columns := make(map[int][]int)
	for _, t := range tokens {
		if t.Type == token.TagType {
			columns[t.Position.Line] = append(columns[t.Position.Line], t.Position.Column)
		}
	}
	return columns
}

// start returns the offset of a token. The lexer counts a column too few for
// each tag before it in its line.
func (y *yamlReader) start(t *token.Token) int {
	tags, _ := slices.BinarySearch(y.tags[t.Position.Line], t.Position.Column)
	return y.t.offset(t.Position.Line, t.Position.Column+tags)
}

// grow counts nodes.
func (y *yamlReader) grow(n ast.Node, by int) {
	if y.count += by; y.count > maxNodes {
		y.fail(n, "the document has more than %d nodes", maxNodes)
	}
}

// node reads the node of the table that has the given id, and says where it
// stands.
func (y *yamlReader) node(id int32, n ast.Node, depth int) (value.Value, span) {
	y.grow(n, 1)
	if depth > value.MaxDepth {
		y.fail(n, "nesting exceeds %d levels", value.MaxDepth)
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return y.mapping(id, n, n.Values, depth)
	case *ast.MappingValueNode:
		return y.mapping(id, n, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		return y.sequence(id, n, depth)
	case *ast.AnchorNode:
		before := y.count
		v, s := y.node(id, n.Value, depth+1)
		y.anchors[n.Name.GetToken().Value] = anchor{v, y.count - before}
		return v, s
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		a, ok := y.anchors[name]
		if !ok {
			y.fail(n, "no anchor named %q", name)
		}
		y.grow(n, a.count)
		if y.aliased += a.value.Size(); y.aliased > maxAliased {
			y.fail(n, "the document's aliases stand for more than %d MiB", maxAliased>>20)
		}
		start := y.start(n.Start)
		return a.value, span{int32(start), int32(start + 1 + len(name))}
	case *ast.TagNode:
		v, s := y.node(id, n.Value, depth+1)
		start := y.start(n.Start)
		return y.untag(n, v), span{int32(start), max(s.end, int32(start+len(n.Start.Value)))}
	}
	return y.scalar(n), y.scalarSpan(n.GetToken())
}

func (y *yamlReader) mapping(id int32, n ast.Node, members []*ast.MappingValueNode, depth int) (value.Value, span) {
	var b value.ObjectBuilder
	var merged []value.Value
	whole := span{}
	if t := n.GetToken(); t.Type == token.MappingStartType {
		start := int32(y.start(t))
		whole = span{start, start + 1}
	}
	for _, m := range members {
		key := y.scalarSpan(m.Key.GetToken())
		if whole.end == 0 {
			whole.start = key.start
		}
		if m.Key.IsMergeKey() {
			v, s := y.node(y.spare(), m.Value, depth+1)
			merged = append(merged, v)
			whole.end = max(whole.end, key.end, s.end)
			continue
		}
		name := y.key(m.Key)
		child := y.member(id, name, key)
		v, s := y.node(child, m.Value, depth+1)
		y.value(child, s)
		b.Set(name, v)
		whole.end = max(whole.end, key.end, s.end)
	}
	for _, from := range merged {
		y.merge(n, &b, from)
	}
	if flow, ok := n.(*ast.MappingNode); ok && flow.End != nil && flow.IsFlowStyle {
		whole.end = int32(y.start(flow.End) + 1)
	}
	return b.Value(), whole
}

// spare adds a node that no pointer leads to, for what is merged into another.
func (y *yamlReader) spare() int32 {
	y.t.nodes = append(y.t.nodes, node{})
	return int32(len(y.t.nodes) - 1)
}

// merge adds the members of "<<: *alias", or of several in a list, that the
// mapping does not have itself.
func (y *yamlReader) merge(n ast.Node, b *value.ObjectBuilder, from value.Value) {
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

func (y *yamlReader) key(n ast.MapKeyNode) string {
	if k, ok := n.(*ast.MappingKeyNode); ok { // "? key"
		inner, ok := k.Value.(ast.ScalarNode)
		if !ok {
			y.fail(n, "a key must be a scalar")
		}
		return y.text(inner)
	}
	if s, ok := n.(ast.ScalarNode); ok {
		return y.text(s)
	}
	return n.GetToken().Value
}

// text is what a scalar is as a string.
func (y *yamlReader) text(n ast.Node) string {
	if v := y.scalar(n); v.Kind() == value.String {
		return v.Text()
	}
	return n.GetToken().Value
}

func (y *yamlReader) sequence(id int32, n *ast.SequenceNode, depth int) (value.Value, span) {
	items := make([]value.Value, 0, len(n.Values))
	start := int32(y.start(n.Start))
	whole := span{start, start + 1}
	for i, item := range n.Values {
		child := y.item(id, i)
		v, s := y.node(child, item, depth+1)
		y.value(child, s)
		items = append(items, v)
		whole.end = max(whole.end, s.end)
	}
	if n.IsFlowStyle && n.End != nil {
		whole.end = int32(y.start(n.End) + 1)
	}
	return value.OfSlice(items), whole
}

func (y *yamlReader) scalar(n ast.Node) value.Value {
	switch n := n.(type) {
	case *ast.StringNode:
		if n.Token.Type == token.StringType { // without quotes
			if v, ok := jsonNumber(n.Value); ok {
				return v // 1e3, which the parser does not take for a number
			}
		}
		return value.OfString(n.Value)
	case *ast.LiteralNode:
		return value.OfString(n.Value.Value)
	case *ast.BoolNode:
		return value.OfBool(n.Value)
	case *ast.NullNode:
		return value.NullValue
	case *ast.IntegerNode:
		if v, ok := jsonNumber(n.Token.Value); ok {
			return v
		}
		if i, ok := n.Value.(int64); ok {
			return value.OfInt(i)
		}
		v, _ := jsonNumber(fmt.Sprint(n.Value)) // uint64
		return v
	case *ast.FloatNode:
		if v, ok := jsonNumber(n.Token.Value); ok {
			return v
		}
		return value.OfFloat(n.Value)
	case *ast.MergeKeyNode:
		return value.OfString("<<")
	}
	y.fail(n, "%s has no form in JSON", n.GetToken().Value)
	return value.Value{}
}

// jsonNumber keeps the text of a number that JSON would write the same.
func jsonNumber(text string) (value.Value, bool) {
	v, err := value.Parse(text)
	return v, err == nil && v.Kind() == value.Number
}

// scalarSpan finds the end of the scalar that begins with a token.
func (y *yamlReader) scalarSpan(t *token.Token) span {
	src := y.t.text
	start := y.start(t)
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
	case strings.HasPrefix(src[start:], t.Value):
		end += len(t.Value)
	default: // a block scalar, or a plain one of several lines: its first line
		if n := strings.IndexByte(src[start:], '\n'); n >= 0 {
			end += n
		} else {
			end = len(src)
		}
	}
	return span{int32(start), int32(max(1, min(end, len(src))))}
}

// untag gives a tagged value: !!str makes a text of a scalar, the other tags of
// YAML say nothing that JSON could hold.
func (y *yamlReader) untag(n *ast.TagNode, v value.Value) value.Value {
	switch tag := n.Start.Value; {
	case tag == "!!str":
		if v.Kind() != value.String && v.Len() == 0 {
			return value.OfString(n.Value.GetToken().Value)
		}
	case !strings.HasPrefix(tag, "!!"):
		return y.resolve(tag, v)
	}
	return v
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

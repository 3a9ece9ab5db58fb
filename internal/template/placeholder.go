package template

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file fills in ${Name}: by a value that is known, or else by something
// that fits where it stands.

// A substitution is what stands for a name. If it is not known, the text only
// fits.
type substitution struct {
	text  string
	known bool
}

// substitutions fill in placeholders.
type substitutions struct {
	home        home
	missing     *missingNames
	names       map[string]substitution
	madeFor     map[string][]string                    // what the value of a name was made up for
	serverless  func(name string) (substitution, bool) // the variables of a serverless.yml; nil elsewhere
	asTheyStand bool                                   // other names are deployed as they stand, as CloudFormation does
}

func (e *substitutions) find(name string) (substitution, bool) {
	if s, ok := e.names[name]; ok {
		for _, missing := range e.madeFor[name] {
			e.missing.add(missing)
		}
		return s, true
	}
	if s, ok := e.home.pseudo(name); ok {
		return substitution{s, true}, true
	}
	if e.serverless != nil {
		return e.serverless(name)
	}
	return substitution{}, false
}

var plainPlaceholder = regexp.MustCompile(`\$\{([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9]+)?)\}`)

// unfilled warns of the placeholders between two offsets of a file that nothing is
// substituted for: they are deployed as they stand. JSONata has no ${name}.
func (e *substitutions) unfilled(file, source string, from, to int) asl.Diagnostics {
	var found asl.Diagnostics
	table := position.JSON(source)
	seen := make(map[string]bool)
	for _, at := range plainPlaceholder.FindAllStringSubmatchIndex(source[from:to], -1) {
		for i := range at {
			at[i] += from
		}
		name := source[at[2]:at[3]]
		if _, known := e.names[name]; known || seen[name] {
			continue
		}
		seen[name] = true
		found = append(found, e.unknown(name, file, position.Range{Start: table.Position(at[0]), End: table.Position(at[1])}))
	}
	return found
}

// unfilledIn is unfilled for the strings of a definition that stands in a document as an
// object; what CloudFormation computes has placeholders of its own.
func (e *substitutions) unfilledIn(d *document, v value.Value, p *path) asl.Diagnostics {
	var found asl.Diagnostics
	seen := make(map[string]bool)
	var search func(v value.Value, p *path)
	search = func(v value.Value, p *path) {
		switch {
		case isIntrinsic(v):
		case v.Kind() == value.Object:
			for name, member := range v.Members() {
				search(member, p.member(name))
			}
		case v.Kind() == value.Array:
			for i, item := range v.Items() {
				search(item, p.item(i))
			}
		case strings.Contains(v.Text(), "${"):
			for _, match := range plainPlaceholder.FindAllStringSubmatch(v.Text(), -1) {
				if _, known := e.names[match[1]]; !known && !seen[match[1]] {
					seen[match[1]] = true
					found = append(found, e.unknown(match[1], d.name, nearest(d.table, p.pointer()).Value))
				}
			}
		}
	}
	search(v, p)
	return found
}

func (e *substitutions) unknown(name, file string, where position.Range) asl.Diagnostic {
	d := asl.Diagnostic{
		Severity: asl.SeverityWarning, Code: UnknownSubstitution,
		Message: fmt.Sprintf("${%s} is deployed as it stands: DefinitionSubstitutions has no %s", name, name),
		Range:   where, File: file,
	}
	if near := spell.Suggest(name, slices.Sorted(maps.Keys(e.names))); near != "" {
		d.Hint = fmt.Sprintf("did you mean ${%s}?", near)
	}
	return d
}

// A hole is a part of a string to be filled.
type hole struct {
	start, end int
	with       substitution
}

// next finds the first placeholder at or after i and its name. JSONata has
// ${…}, too, hence the narrow choice of names outside of serverless.yml.
func (e *substitutions) next(s string, i int) (start, end int, name string) {
	for ; i < len(s); i++ {
		n := strings.IndexByte(s[i:], '{')
		if n < 0 {
			break
		}
		i += n
		if i == 0 || s[i-1] != '$' && (s[i-1] != '#' || e.serverless == nil) {
			continue
		}
		if end := e.nameEnd(s, i+1); end > i+1 {
			return i - 1, end + 1, strings.TrimSpace(s[i+1 : end])
		}
	}
	return len(s), len(s), ""
}

// nameEnd returns where the name ends that begins at i, at a }, or -1.
func (e *substitutions) nameEnd(s string, i int) int {
	depth := 0
	for end := min(len(s), i+maxName); i < end; i++ {
		c := s[i]
		switch {
		case c == '}' && depth == 0:
			return i
		case e.serverless != nil && c == '{':
			depth++
		case e.serverless != nil && c == '}':
			depth--
		case e.serverless != nil && c != '\n':
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c >= 0x80, strings.IndexByte("_.:-[]()/", c) >= 0:
		default:
			return -1
		}
	}
	return -1
}

// fill returns the holes of a string that the field has, or, where all of the
// string is one and the field holds no string, the JSON in its place.
func (e *substitutions) fill(field, s string) (holes []hole, raw substitution) {
	arn, jsonata := strings.HasPrefix(s, "arn:"), strings.HasPrefix(s, "{%")
	invented := false
	colons, done := 0, 0 // those of s up to done, but for the ones in names
	for start, end, name := e.next(s, 0); name != ""; start, end, name = e.next(s, end) {
		with, ok := e.find(name)
		colons, done = colons+strings.Count(s[done:start], ":"), end
		switch whole := start == 0 && end == len(s); {
		case whole && wantsNumber(field) && (!ok || isNumber(with.text)):
			if !ok {
				e.missing.add(name)
				with.text = "1"
			}
			return nil, with
		case ok:
		case jsonata && e.serverless == nil && strings.ContainsAny(name, ":-[]()/"):
			continue // an object of JSONata
		case arn && colons == 1:
			with = substitution{"aws", true}
		case arn && colons == 3:
			with = substitution{e.home.region, true}
		case arn && colons == 4:
			with = substitution{e.home.account, true}
		case e.asTheyStand && e.home.fitting(field, name) == plainName(name):
			continue
		case whole:
			e.missing.add(name)
			with.text = e.home.fitting(field, name)
		default:
			e.missing.add(name)
			with.text = plainName(name)
		}
		invented = invented || !with.known
		holes = append(holes, hole{start, end, with})
	}
	if field == "Resource" && invented {
		if _, err := asl.ParseResource(filled(s, holes)); err != nil {
			holes = []hole{{0, len(s), substitution{text: e.home.function(placeholder)}}}
		}
	}
	return holes, substitution{}
}

// filled returns a string with its holes filled. It stops when the result is too
// long for any text.
func filled(s string, holes []hole) string {
	var b strings.Builder
	at := 0
	for _, h := range holes {
		b.WriteString(s[at:h.start])
		b.WriteString(h.with.text)
		if at = h.end; b.Len() > maxText {
			break
		}
	}
	b.WriteString(s[at:])
	return b.String()
}

// numbers are the fields of the language that hold a number.
var numbers = map[string]bool{
	"Seconds": true, "TimeoutSeconds": true, "HeartbeatSeconds": true, "IntervalSeconds": true, "MaxDelaySeconds": true,
	"MaxAttempts": true, "BackoffRate": true, "MaxConcurrency": true, "ToleratedFailureCount": true,
	"ToleratedFailurePercentage": true, "MaxItems": true, "MaxItemsPerBatch": true, "MaxInputBytesPerBatch": true,
}

func wantsNumber(field string) bool {
	return numbers[field] || strings.HasPrefix(field, "Numeric") && !strings.HasSuffix(field, "Path")
}

func isNumber(s string) bool {
	v, err := value.Parse(s)
	return err == nil && v.Kind() == value.Number
}

// fitting returns a string that a field takes.
func (h home) fitting(field, name string) string {
	switch {
	case field == "Resource":
		return h.function(plainName(name))
	case strings.HasSuffix(field, ".$"), strings.HasSuffix(field, "Path") && field != "Path":
		return "$." + plainName(name)
	case strings.HasPrefix(field, "Timestamp"):
		return "2016-03-14T01:59:00Z"
	}
	return plainName(name)
}

// plainName keeps of a name what may stand in the names of resources.
func plainName(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return -1
	}, name)
	if plain == "" || plain[0] <= '9' {
		return "p" + plain
	}
	return plain
}

// fillJSON fills in a JSON text, in which a placeholder, or what was made up for
// one, may also stand where a value does: "Seconds": ${Delay}.
func (e *substitutions) fillJSON(in *text) *text {
	src := in.bytes
	out := &text{overflow: in.overflow}
	field, done, next := "", 0, 0
	for i := 0; i < len(src); {
		for next < len(in.pieces) && in.pieces[next].end <= i {
			next++
		}
		switch {
		case next < len(in.pieces) && in.pieces[next].madeUp && in.pieces[next].start == i && src[i] != '"':
			p := in.pieces[next]
			if _, err := value.Parse(string(src[i:p.end])); err != nil {
				out.addPart(in, done, i)
				out.add("1", p)
				done = p.end
			}
			i = p.end
		case src[i] == '"':
			end := stringEnd(src, i)
			if rest := bytes.TrimLeft(src[end:min(len(src), end+keyGap)], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
				field = string(src[i+1 : max(i+1, end-1)])
			}
			if bytes.IndexByte(src[i:end], '{') >= 0 {
				out.addPart(in, done, i)
				e.fillString(out, in, i, end, field)
				done = end
			}
			i = end
		case src[i] == '$' && i+1 < len(src) && src[i+1] == '{':
			line := string(src[i:min(len(src), i+maxName)])
			end := e.nameEnd(line, len("${")) + len("}")
			if end <= len("${}") {
				i++
				continue
			}
			with, ok := e.find(strings.TrimSpace(line[len("${") : end-len("}")]))
			if !ok {
				e.missing.add(strings.TrimSpace(line[len("${") : end-len("}")]))
			}
			if _, err := value.Parse(with.text); !ok || !with.known && err != nil {
				with = substitution{text: "1"}
			}
			out.addPart(in, done, i)
			out.add(with.text, in.cover(i, i+end, !with.known))
			i += end
			done = i
		default:
			i++
		}
	}
	out.addPart(in, done, len(src))
	return out
}

const (
	keyGap  = 100 // bytes between a key and its colon
	maxName = 500 // bytes of the name in a placeholder
)

// stringEnd returns where the JSON string ends that begins at i.
func stringEnd[T string | []byte](src T, i int) int {
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(src)
}

// fillString appends the string from start to end, quotes included, filled.
func (e *substitutions) fillString(out, in *text, start, end int, field string) {
	s := string(in.bytes[start+1 : max(start+1, end-1)])
	holes, raw := e.fill(field, s)
	if raw.text != "" {
		out.add(raw.text, in.cover(start, end, !raw.known))
		return
	}
	at := start
	for _, h := range holes {
		out.addPart(in, at, start+1+h.start)
		out.add(h.with.text, in.cover(start+1+h.start, start+1+h.end, !h.with.known))
		at = start + 1 + h.end
	}
	out.addPart(in, at, end)
}

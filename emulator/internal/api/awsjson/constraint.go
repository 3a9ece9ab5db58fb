package awsjson

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"

	"github.com/aslocal/aslocal/value"
)

// rules are the constraints of one member, from its tags. The words for their
// violation are the service's.
type rules struct {
	required  bool
	sensitive bool
	min, max  bound
	maxBytes  int // 0: any
	enum      []string
	pattern   *pattern
	each      *rules // of a list's items; nil: none
}

// A bound limits a length or a number, if set.
type bound struct {
	n   int64
	set bool
}

// A pattern is a regular expression that a whole string must match.
type pattern struct {
	text  string // as it is shown
	match func(string) bool
}

// parseRules reads the tags of a field.
func parseRules(tag reflect.StructTag) (*rules, error) {
	r, err := parseOptions(tag.Get("aws"))
	if err != nil {
		return nil, err
	}
	if each := tag.Get("each"); each != "" {
		if r.each, err = parseOptions(each); err != nil {
			return nil, err
		}
	}
	if text := tag.Get("pattern"); text != "" {
		r.pattern = newPattern(text)
	}
	return r, nil
}

func parseOptions(options string) (*rules, error) {
	r := new(rules)
	if options == "" {
		return r, nil
	}
	for option := range strings.SplitSeq(options, ",") {
		name, argument, _ := strings.Cut(option, "=")
		var err error
		switch name {
		case "required":
			r.required = true
		case "sensitive":
			r.sensitive = true
		case "min":
			r.min, err = parseBound(argument)
		case "max":
			r.max, err = parseBound(argument)
		case "maxbytes":
			r.maxBytes, err = strconv.Atoi(argument)
		case "enum":
			r.enum = strings.Split(argument, "|")
		default:
			err = fmt.Errorf("unknown constraint %q", option)
		}
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

func parseBound(text string) (bound, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	return bound{n, true}, err
}

// patternTime bounds the matching of one string by an expression that only
// backtracking can match.
const patternTime = time.Second

// newPattern makes a pattern of the API's model, which is Java's. It is compiled
// when a string is first held against it: the classes of Unicode take memory
// that most runs have no use for.
func newPattern(text string) *pattern {
	match := sync.OnceValue(func() func(string) bool { return compilePattern(text) })
	return &pattern{text, func(s string) bool { return match()(s) }}
}

// compilePattern compiles the text of a pattern, and panics if it is wrong. RE2
// knows most of them, the other engine also those that look ahead; neither
// knows the class ASCII by that name.
func compilePattern(text string) (match func(string) bool) {
	whole := `\A(?:` + strings.ReplaceAll(text, `\p{ASCII}`, `[\x00-\x7F]`) + `)\z`
	if re, err := regexp.Compile(whole); err == nil {
		return re.MatchString
	}
	re := regexp2.MustCompile(whole, regexp2.None)
	re.MatchTimeout = patternTime
	return func(s string) bool {
		ok, err := re.MatchString(s)
		return ok && err == nil
	}
}

// check notes what v, the member of that name, violates.
func (r *rules) check(d *decoder, name string, s codec, v value.Value) {
	if d.wrong != nil {
		return
	}
	violate := func(format string, args ...any) {
		shown := ""
		if !r.sensitive {
			shown = "'" + s.show(v) + "'"
		}
		d.violate(name, shown, fmt.Sprintf(format, args...))
	}
	n, what := measure(v)
	if r.max.set && n > float64(r.max.n) {
		violate("Member must have %s less than or equal to %d", what, r.max.n)
	}
	if r.min.set && n < float64(r.min.n) {
		violate("Member must have %s greater than or equal to %d", what, r.min.n)
	}
	if text := v.Text(); r.maxBytes > 0 && len(text) > r.maxBytes {
		violate("Member must have size less than or equal to %d bytes in UTF-8 encoding", r.maxBytes)
	}
	if r.enum != nil && !slices.Contains(r.enum, v.Text()) {
		violate("Member must satisfy enum value set: [%s]", strings.Join(r.enum, ", "))
	}
	if r.pattern != nil && !r.pattern.match(v.Text()) {
		violate("Member must satisfy regular expression pattern: %s", r.pattern.text)
	}
	if r.each != nil {
		r.checkItems(d, name, s, v)
	}
}

func (r *rules) checkItems(d *decoder, name string, s codec, v value.Value) {
	list, ok := s.(listCodec)
	if !ok {
		return
	}
	outer := d.enter(name)
	for i, item := range v.Items() {
		if item.IsNull() {
			continue // noted when it was read
		}
		mark := d.enter(strconv.Itoa(i + 1))
		r.each.check(d, "member", list.item, item)
		d.leave(mark)
	}
	d.leave(outer)
}

// measure returns what min and max limit, and the word for it.
func measure(v value.Value) (n float64, what string) {
	switch v.Kind() {
	case value.Number:
		return v.Float(), "value"
	case value.String:
		return float64(utf8.RuneCountInString(v.Text())), "length"
	}
	return float64(v.Len()), "length"
}

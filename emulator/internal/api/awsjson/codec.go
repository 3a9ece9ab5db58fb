package awsjson

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aslocal/aslocal/value"
)

// A codec reads and writes the values of one Go type. It is made once, from the
// type and its tags, and used by many goroutines.
type codec interface {
	// read sets to from v, which is there and not null.
	read(d *decoder, v value.Value, to reflect.Value)
	// write appends the JSON of from.
	write(dst []byte, from reflect.Value) []byte
	// absent reports whether from has nothing to write at all.
	absent(from reflect.Value) bool
	// show prints v as the service's own classes print it.
	show(v value.Value) string
}

// codecs holds the codecs of struct types from when they begin to be made, so
// that a type may contain itself.
type codecs map[reflect.Type]*structCodec

// known has the codecs of all types that this process has needed. Compiling
// their patterns takes most of the time in which a service is made, and a test
// may make a service for each of its cases.
var known struct {
	mutex sync.Mutex
	codecs
}

// codecsOf gives the codecs of a request and its answer.
func codecsOf(in, out reflect.Type) (*structCodec, codec) {
	known.mutex.Lock()
	defer known.mutex.Unlock()
	more := maps.Clone(known.codecs) // codecs that panic as they are made do not stay
	if more == nil {
		more = codecs{}
	}
	request, answer := more.structure(in), more.of(out)
	known.codecs = more
	return request, answer
}

var optionalType = reflect.TypeFor[optional]()

func (s codecs) of(t reflect.Type) codec {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return timeCodec{}
	case t == reflect.TypeFor[value.Value]():
		return valueCodec{}
	case t == reflect.TypeFor[JSON]():
		return jsonCodec{}
	case t.Implements(optionalType):
		return optionalCodec{s.of(t.Field(0).Type)}
	}
	switch t.Kind() {
	case reflect.String:
		return stringCodec{}
	case reflect.Bool:
		return boolCodec{}
	case reflect.Int:
		return intCodec{"integer", "an Integer"}
	case reflect.Int64:
		return intCodec{"long", "a Long"}
	case reflect.Float64:
		return floatCodec{}
	case reflect.Struct:
		return s.structure(t)
	case reflect.Pointer:
		return pointerCodec{s.of(t.Elem())}
	case reflect.Slice:
		return listCodec{item: s.of(t.Elem())}
	}
	panic(fmt.Sprintf("awsjson: a member cannot be a %v", t))
}

// A structCodec has the members of a structure in the order of the fields,
// which is also the order in which they are written and complained about.
type structCodec struct {
	name   string // as the service calls it
	fields []field
}

type field struct {
	name   string
	key    string // the name as it is written, with quotes and colon
	index  []int
	codec  codec
	rules  *rules
	header string
}

func (s codecs) structure(t reflect.Type) *structCodec {
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("awsjson: expected a struct, got %v", t))
	}
	if begun := s[t]; begun != nil {
		return begun
	}
	made := &structCodec{name: strings.ToUpper(t.Name()[:min(1, len(t.Name()))]) + t.Name()[min(1, len(t.Name())):]}
	s[t] = made
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("json")
		switch {
		case f.Anonymous && name == "" || name == "-":
			continue // its own fields come by themselves
		case name == "":
			panic(fmt.Sprintf("awsjson: field %s of %v has no json tag", f.Name, t))
		case strings.Contains(name, ","):
			panic(fmt.Sprintf("awsjson: field %s of %v: the json tag has options", f.Name, t))
		}
		rules, err := parseRules(f.Tag)
		if err != nil {
			panic(fmt.Sprintf("awsjson: field %s of %v: %v", f.Name, t, err))
		}
		made.fields = append(made.fields, field{
			name:   name,
			key:    string(value.AppendQuoted(nil, name)) + ":",
			index:  f.Index,
			codec:  s.of(f.Type),
			rules:  rules,
			header: f.Tag.Get("header"),
		})
	}
	return made
}

// in returns the field of a struct. Embedded structs are by value, so no
// pointer on the way can be nil.
func (f *field) in(v reflect.Value) reflect.Value {
	if len(f.index) == 1 {
		return v.Field(f.index[0])
	}
	return v.FieldByIndex(f.index)
}

func (s *structCodec) read(d *decoder, v value.Value, to reflect.Value) {
	if v.Kind() != value.Object {
		d.mismatch(v, "")
		return
	}
	for i := range s.fields {
		f := &s.fields[i]
		member := v.Get(f.name)
		if f.header != "" {
			if text := d.header.Get(f.header); text != "" {
				member = value.OfString(text)
			}
		}
		if !member.Exists() || member.IsNull() {
			if f.rules.required {
				d.violate(f.name, "null", "Member must not be null")
			}
			continue
		}
		mark := d.enter(f.name)
		f.codec.read(d, member, f.in(to))
		d.leave(mark)
		f.rules.check(d, f.name, f.codec, member)
	}
}

func (s *structCodec) write(dst []byte, from reflect.Value) []byte {
	dst = append(dst, '{')
	comma := false
	for i := range s.fields {
		f := &s.fields[i]
		member := f.in(from)
		if f.codec.absent(member) {
			continue
		}
		if comma {
			dst = append(dst, ',')
		}
		comma = true
		dst = f.codec.write(append(dst, f.key...), member)
	}
	return append(dst, '}')
}

func (s *structCodec) absent(reflect.Value) bool { return false }

func (s *structCodec) show(v value.Value) string {
	shown := make([]string, len(s.fields))
	for i := range s.fields {
		f := &s.fields[i]
		shown[i] = f.name + "=null"
		if member := v.Get(f.name); member.Exists() && !member.IsNull() {
			shown[i] = f.name + "=" + f.codec.show(member)
		}
	}
	return s.name + "(" + strings.Join(shown, ", ") + ")"
}

type stringCodec struct{}

func (stringCodec) read(d *decoder, v value.Value, to reflect.Value) {
	if v.Kind() != value.String {
		d.mismatch(v, "a String")
		return
	}
	to.SetString(v.Text())
}

func (stringCodec) write(dst []byte, from reflect.Value) []byte {
	return value.AppendQuoted(dst, from.String())
}

func (stringCodec) absent(reflect.Value) bool { return false }
func (stringCodec) show(v value.Value) string { return v.Text() }

type boolCodec struct{}

func (boolCodec) read(d *decoder, v value.Value, to reflect.Value) {
	if v.Kind() != value.Bool {
		d.mismatch(v, "a Boolean")
		return
	}
	to.SetBool(v.Bool())
}

func (boolCodec) write(dst []byte, from reflect.Value) []byte {
	return strconv.AppendBool(dst, from.Bool())
}

func (boolCodec) absent(reflect.Value) bool { return false }
func (boolCodec) show(v value.Value) string { return v.String() }

// An intCodec is a whole number: "integer" or "long", as models call it, and the
// class that the service reads it as.
type intCodec struct{ kind, class string }

func (s intCodec) read(d *decoder, v value.Value, to reflect.Value) {
	n, ok := whole(v)
	if !ok {
		d.mismatch(v, s.class)
		return
	}
	to.SetInt(n)
}

// whole returns a number without its fraction, which the service cuts off.
func whole(v value.Value) (n int64, ok bool) {
	if n, ok = v.Int(); !ok && v.Kind() == value.Number && math.Abs(v.Float()) < 1<<53 {
		return int64(v.Float()), true
	}
	return n, ok
}

func (intCodec) write(dst []byte, from reflect.Value) []byte {
	return strconv.AppendInt(dst, from.Int(), 10)
}

func (intCodec) absent(reflect.Value) bool { return false }

func (intCodec) show(v value.Value) string {
	n, _ := whole(v)
	return strconv.FormatInt(n, 10)
}

type floatCodec struct{}

func (floatCodec) read(d *decoder, v value.Value, to reflect.Value) {
	if v.Kind() != value.Number {
		d.mismatch(v, "a Float")
		return
	}
	to.SetFloat(v.Float())
}

// write gives whole numbers a fraction, as the service does: 0.0. What JSON
// cannot say becomes null.
func (floatCodec) write(dst []byte, from reflect.Value) []byte {
	f := from.Float()
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendFloat(dst, f, 'f', 1, 64)
	}
	if v := value.OfFloat(f); v.Exists() {
		return v.AppendJSON(dst)
	}
	return append(dst, "null"...)
}

func (floatCodec) absent(reflect.Value) bool { return false }

// show writes a Float as Java does: with a fraction, and with an exponent from ten
// million up and below a thousandth.
func (floatCodec) show(v value.Value) string {
	f := v.Float()
	if size := math.Abs(f); f == 0 || size >= 1e-3 && size < 1e7 {
		return fraction(strconv.FormatFloat(f, 'f', -1, 32))
	}
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 32), "e")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return digits // an infinity
	}
	return fraction(digits) + "E" + strconv.Itoa(n)
}

// fraction gives a number one if it has none.
func fraction(number string) string {
	if strings.Contains(number, ".") {
		return number
	}
	return number + ".0"
}

// A timeCodec is seconds since 1970 with milliseconds.
type timeCodec struct{}

// maxSeconds is beyond the year 9999.
const maxSeconds = 1e12

func (timeCodec) read(d *decoder, v value.Value, to reflect.Value) {
	seconds := v.Float()
	if v.Kind() != value.Number || math.Abs(seconds) > maxSeconds {
		d.mismatch(v, "a Date")
		return
	}
	*to.Addr().Interface().(*time.Time) = time.UnixMilli(int64(math.Round(seconds * 1000)))
}

func (timeCodec) write(dst []byte, from reflect.Value) []byte {
	ms := timeOf(from).UnixMilli()
	if ms < 0 {
		dst, ms = append(dst, '-'), -ms
	}
	dst = strconv.AppendInt(dst, ms/1000, 10)
	ms %= 1000
	return append(dst, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}

func (timeCodec) absent(from reflect.Value) bool { return timeOf(from).IsZero() }
func (timeCodec) show(v value.Value) string      { return v.NumberText() }

func timeOf(v reflect.Value) time.Time {
	if v.CanAddr() {
		return *v.Addr().Interface().(*time.Time) // does not allocate
	}
	return v.Interface().(time.Time)
}

// A valueCodec is any JSON.
type valueCodec struct{}

func (valueCodec) read(_ *decoder, v value.Value, to reflect.Value) {
	*to.Addr().Interface().(*value.Value) = v
}

func (valueCodec) write(dst []byte, from reflect.Value) []byte {
	v := valueOf(from)
	if !v.Exists() {
		v = value.NullValue // as an item of a list
	}
	return v.AppendJSON(dst)
}

func (valueCodec) absent(from reflect.Value) bool { return !valueOf(from).Exists() }
func (valueCodec) show(v value.Value) string      { return v.String() }

func valueOf(v reflect.Value) value.Value {
	if v.CanAddr() {
		return *v.Addr().Interface().(*value.Value)
	}
	return v.Interface().(value.Value)
}

// JSON is a member of an answer that is encoded already. In a request it takes
// any JSON.
type JSON []byte

type jsonCodec struct{}

func (jsonCodec) read(_ *decoder, v value.Value, to reflect.Value) {
	to.SetBytes(v.AppendJSON(nil))
}

func (jsonCodec) write(dst []byte, from reflect.Value) []byte { return append(dst, from.Bytes()...) }
func (jsonCodec) absent(from reflect.Value) bool              { return from.Len() == 0 }
func (jsonCodec) show(v value.Value) string                   { return v.String() }

type optionalCodec struct{ of codec }

func (s optionalCodec) read(d *decoder, v value.Value, to reflect.Value) {
	s.of.read(d, v, to.Field(0))
	to.Field(1).SetBool(true)
}

func (s optionalCodec) write(dst []byte, from reflect.Value) []byte {
	return s.of.write(dst, from.Field(0))
}

func (s optionalCodec) absent(from reflect.Value) bool { return !from.Field(1).Bool() }
func (s optionalCodec) show(v value.Value) string      { return s.of.show(v) }

type pointerCodec struct{ to codec }

func (s pointerCodec) read(d *decoder, v value.Value, to reflect.Value) {
	to.Set(reflect.New(to.Type().Elem()))
	s.to.read(d, v, to.Elem())
}

func (s pointerCodec) write(dst []byte, from reflect.Value) []byte {
	if from.IsNil() {
		return append(dst, "null"...) // as an item of a list
	}
	return s.to.write(dst, from.Elem())
}

func (s pointerCodec) absent(from reflect.Value) bool { return from.IsNil() }
func (s pointerCodec) show(v value.Value) string      { return s.to.show(v) }

type listCodec struct{ item codec }

func (s listCodec) read(d *decoder, v value.Value, to reflect.Value) {
	if v.Kind() != value.Array {
		d.mismatch(v, "")
		return
	}
	list := reflect.MakeSlice(to.Type(), v.Len(), v.Len())
	for i, item := range v.Items() {
		mark := d.enter(strconv.Itoa(i + 1))
		if item.IsNull() {
			d.violate("member", "null", "Member must not be null")
		} else {
			inner := d.enter("member")
			s.item.read(d, item, list.Index(i))
			d.leave(inner)
		}
		d.leave(mark)
	}
	to.Set(list)
}

func (s listCodec) write(dst []byte, from reflect.Value) []byte {
	dst = append(dst, '[')
	for i := range from.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = s.item.write(dst, from.Index(i))
	}
	return append(dst, ']')
}

func (s listCodec) absent(reflect.Value) bool { return false }

func (s listCodec) show(v value.Value) string {
	shown := make([]string, v.Len())
	for i, item := range v.Items() {
		shown[i] = "null"
		if !item.IsNull() {
			shown[i] = s.item.show(item)
		}
	}
	return "[" + strings.Join(shown, ", ") + "]"
}

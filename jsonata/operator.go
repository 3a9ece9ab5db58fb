package jsonata

import (
	"math"

	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
	"github.com/aslocal/aslocal/value"
)

// This file has the operators between two values, and the array constructor.

// binary compiles an operator.
func (c *compiler) binary(n *node, x exit) (eval, error) {
	switch n.text {
	case "and", "or", "=", "!=", "<", "<=", ">", ">=", "in":
		return c.booleans(n)
	}
	left, right, err := c.operands(n)
	if err != nil {
		return nil, err
	}
	position, op := n.position, n.text
	switch op {
	case "&":
		return concatenation(left, right, position), nil
	case "..":
		return x.then(both(left, right, func(r *run, a, b value.Value) (value.Value, error) {
			v, err := span(r, a, b)
			if err != nil {
				err = stamp(err, position, op)
			}
			return v, err
		})), nil
	}
	return arithmetic(left, right, op, position), nil
}

func (c *compiler) operands(n *node) (left, right eval, err error) {
	if left, err = c.node(n.lhs); err != nil {
		return nil, nil, err
	}
	right, err = c.node(n.rhs)
	return left, right, err
}

// both evaluates two operands and applies do.
func both(left, right eval, do func(r *run, x, y value.Value) (value.Value, error)) eval {
	return func(f *frame, in value.Value) (value.Value, error) {
		x, err := left(f, in)
		if err != nil {
			return value.Value{}, err
		}
		y, err := right(f, in)
		if err != nil {
			return value.Value{}, err
		}
		return do(f.run, x, y)
	}
}

// arithmetic compiles + - * / %. No value on either side gives no value; the other
// side must still be a number.
func arithmetic(left, right eval, op string, position int) eval {
	sign := op[0]
	return func(f *frame, in value.Value) (value.Value, error) {
		x, err := left(f, in)
		if err != nil {
			return value.Value{}, err
		}
		y, err := right(f, in)
		if err != nil {
			return value.Value{}, err
		}
		if x.Kind() != value.Number || y.Kind() != value.Number {
			if ok, err := operandsFit(x, y); !ok {
				if err != nil {
					err = stamp(err, position, op)
				}
				return value.Value{}, err
			}
		}
		a, b := x.Float(), y.Float()
		if !finite(a) || !finite(b) { // a document can hold 1e400
			_, err := operandsFit(x, y)
			return value.Value{}, stamp(err, position, op)
		}
		return number(calculate(sign, a, b)), nil
	}
}

func calculate(op byte, a, b float64) float64 {
	switch op {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	case '/':
		return a / b
	}
	return math.Mod(a, b)
}

// operandsFit reports whether both operands are numbers; it checks the left one
// first.
func operandsFit(x, y value.Value) (bool, error) {
	for i, v := range [...]value.Value{x, y} {
		if !v.Exists() {
			continue
		}
		_, ok, err := numeric(v)
		if err != nil {
			return false, err
		}
		if !ok {
			return false, fail([...]string{"T2001", "T2002"}[i], v)
		}
	}
	return x.Exists() && y.Exists(), nil
}

// concatenation compiles "&".
func concatenation(left, right eval, position int) eval {
	return func(f *frame, in value.Value) (value.Value, error) {
		x, err := left(f, in)
		if err != nil {
			return value.Value{}, err
		}
		y, err := right(f, in)
		if err != nil {
			return value.Value{}, err
		}
		r := f.run
		form := textForm{service: r.expr.service}
		text, err := form.append(r, r.text[:0], x)
		switch {
		case err != nil:
		case y.Kind() == value.String:
			text = wtf8.Append(text, y.Text())
		default:
			text, err = form.append(r, text, y)
		}
		if err == nil {
			err = r.allocate(len(text))
		}
		if err != nil {
			return value.Value{}, stamp(err, position, "&")
		}
		r.text = text
		return value.OfString(string(text)), nil
	}
}

// maxSpan is the maximum number of integers of a range.
const maxSpan = 10_000_000

// span is the range from x to y.
func span(r *run, x, y value.Value) (value.Value, error) {
	from, isFrom := numberOf(x)
	to, isTo := numberOf(y)
	if x.Exists() && !(isFrom && isInteger(from)) {
		return value.Value{}, fail("T2003", x)
	}
	if y.Exists() && !(isTo && isInteger(to)) {
		return value.Value{}, fail("T2004", y)
	}
	if !x.Exists() || !y.Exists() || from > to {
		return value.Value{}, nil
	}
	size := to - from + 1
	if size > maxSpan {
		return value.Value{}, fail("D2014", number(size))
	}
	if err := r.grow(int(size)); err != nil {
		return value.Value{}, err
	}
	items := make([]value.Value, int(size))
	for i := range items {
		items[i] = value.OfFloat(from + float64(i))
	}
	return sequence(items), nil
}

// negate compiles "-a".
func (c *compiler) negate(n *node) (eval, error) {
	e, err := c.node(n.rhs)
	if err != nil {
		return nil, err
	}
	position := n.position
	return func(f *frame, in value.Value) (value.Value, error) {
		v, err := e(f, in)
		if err != nil || !v.Exists() {
			return v, err
		}
		x, ok, err := numeric(v)
		if err == nil && !ok {
			err = &Error{Code: "D1002", Position: position, Token: "-", Value: v}
		}
		if err != nil {
			return value.Value{}, err
		}
		return number(-x), nil
	}, nil
}

// A tester is an eval whose result is known to be boolean.
type tester func(f *frame, in value.Value) (bool, error)

// isBoolean reports whether n is an operator whose result is always a boolean.
func isBoolean(n *node) bool {
	if n.kind != nodeBinary || len(n.predicates) > 0 || n.group != nil {
		return false
	}
	switch n.text {
	case "and", "or", "=", "!=", "in":
		return true
	}
	return false
}

// test compiles n as a condition.
func (c *compiler) test(n *node) (tester, error) {
	if isBoolean(n) {
		return c.boolean(n)
	}
	if n.kind == nodeBinary && len(n.predicates) == 0 && n.group == nil {
		switch n.text {
		case "<", "<=", ">", ">=":
			return c.comparison(n)
		}
	}
	e, err := c.node(n)
	if err != nil {
		return nil, err
	}
	return func(f *frame, in value.Value) (bool, error) {
		v, err := e(f, in)
		if err != nil {
			return false, err
		}
		if v.Kind() == value.Bool {
			return v.Bool(), nil
		}
		return f.run.cast(v)
	}, nil
}

// booleans compiles an operator whose result is a boolean, or no value if it
// compares with no value.
func (c *compiler) booleans(n *node) (eval, error) {
	switch n.text {
	case "<", "<=", ">", ">=":
		return c.ordering(n)
	}
	test, err := c.boolean(n)
	if err != nil {
		return nil, err
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		ok, err := test(f, in)
		if err != nil {
			return value.Value{}, err
		}
		return value.OfBool(ok), nil
	}, nil
}

// boolean compiles and, or, =, != and in.
func (c *compiler) boolean(n *node) (tester, error) {
	switch n.text {
	case "and", "or":
		return c.connective(n)
	}
	left, right, err := c.operands(n)
	if err != nil {
		return nil, err
	}
	if n.text == "in" {
		return func(f *frame, in value.Value) (bool, error) {
			x, y, err := pair(left, right, f, in)
			f.run.fuel -= y.Len() / itemsPerStep
			return err == nil && contains(y, x), err
		}, nil
	}
	want := n.text == "="
	if lit := n.rhs; lit.kind == nodeString && len(lit.predicates) == 0 && lit.group == nil {
		text := lit.text
		return func(f *frame, in value.Value) (bool, error) {
			x, err := left(f, in)
			if x.Kind() == value.String {
				return (x.Text() == text) == want, err
			}
			return x.Exists() && !want, err
		}, nil
	}
	return func(f *frame, in value.Value) (bool, error) {
		x, y, err := pair(left, right, f, in)
		if err != nil || !x.Exists() || !y.Exists() {
			return false, err
		}
		same, err := f.run.equal(x, y)
		return same == want && err == nil, err
	}, nil
}

func pair(left, right eval, f *frame, in value.Value) (x, y value.Value, err error) {
	if x, err = left(f, in); err == nil {
		y, err = right(f, in)
	}
	return x, y, err
}

// connective compiles and, or. An error on the right gets the operator's position.
func (c *compiler) connective(n *node) (tester, error) {
	left, err := c.leftTest(n)
	if err != nil {
		return nil, err
	}
	right, err := c.test(n.rhs)
	if err != nil {
		return nil, err
	}
	position, op, decided := n.position, n.text, n.text == "or"
	return func(f *frame, in value.Value) (bool, error) {
		ok, err := left(f, in)
		if err != nil || ok == decided {
			return ok, err
		}
		if ok, err = right(f, in); err != nil {
			return false, stamp(err, position, op)
		}
		return ok, nil
	}, nil
}

// leftTest compiles the left side of and, or. Only errors of the cast to a boolean
// get the operator's position.
func (c *compiler) leftTest(n *node) (tester, error) {
	if isBoolean(n.lhs) {
		return c.boolean(n.lhs)
	}
	left, err := c.node(n.lhs)
	position, op := n.position, n.text
	return func(f *frame, in value.Value) (bool, error) {
		v, err := left(f, in)
		if err != nil {
			return false, err
		}
		ok, err := f.run.cast(v)
		if err != nil {
			err = stamp(err, position, op)
		}
		return ok, err
	}, err
}

// comparison compiles < <= > >= as a condition: no value is false.
func (c *compiler) comparison(n *node) (tester, error) {
	left, right, err := c.operands(n)
	if err != nil {
		return nil, err
	}
	position, op := n.position, n.text
	return func(f *frame, in value.Value) (bool, error) {
		x, y, err := pair(left, right, f, in)
		if err != nil {
			return false, err
		}
		ok, _, err := compare(op, x, y)
		if err != nil {
			err = stamp(err, position, op)
		}
		return ok, err
	}, nil
}

// ordering compiles < <= > >= as a value.
func (c *compiler) ordering(n *node) (eval, error) {
	left, right, err := c.operands(n)
	if err != nil {
		return nil, err
	}
	position, op := n.position, n.text
	return both(left, right, func(r *run, x, y value.Value) (value.Value, error) {
		ok, known, err := compare(op, x, y)
		switch {
		case err != nil:
			return value.Value{}, stamp(err, position, op)
		case !known:
			return value.Value{}, nil
		}
		return value.OfBool(ok), nil
	}), nil
}

// compare applies < <= > >=. known is false if either side is no value. Other
// values must be strings or numbers, and of one type.
func compare(op string, x, y value.Value) (ok, known bool, err error) {
	if x.Kind() == value.Number && y.Kind() == value.Number {
		a, b := x.Float(), y.Float()
		return ordered(op, a < b, a == b), true, nil
	}
	a, isA := numberOf(x)
	b, isB := numberOf(y)
	textA, textB := x.Kind() == value.String, y.Kind() == value.String
	fitsA, fitsB := isA || textA || !x.Exists(), isB || textB || !y.Exists()
	switch {
	case !fitsA || !fitsB:
		if isA || textA {
			x = y
		}
		return false, false, fail("T2010", x)
	case !x.Exists() || !y.Exists():
		return false, false, nil
	case textA != textB:
		return false, false, &Error{Code: "T2009", Value: x, Value2: y}
	case textA:
		return ordered(op, wtf8.Less(x.Text(), y.Text()), x.Text() == y.Text()), true, nil
	case math.IsNaN(a) || math.IsNaN(b):
		return false, true, nil
	}
	return ordered(op, a < b, a == b), true, nil
}

func ordered(op string, less, same bool) bool {
	switch op {
	case "<":
		return less
	case "<=":
		return less || same
	case ">":
		return !less && !same
	}
	return !less
}

// contains is the operator in: scalars are compared by value, arrays and objects by
// identity.
func contains(list, v value.Value) bool {
	if !v.Exists() || !list.Exists() {
		return false
	}
	if !isArray(list) {
		return identical(list, v)
	}
	for _, item := range list.Slice() {
		if identical(item, v) {
			return true
		}
	}
	return false
}

func identical(a, b value.Value) bool {
	switch a.Kind() {
	case value.Array, value.Object:
		return a.Len() > 0 && same(a, b) // all empty ones share a node
	}
	return equalScalars(a, b)
}

// equal compares deeply: numbers as doubles, functions by identity. An array or
// object equals itself, whatever it holds.
func (r *run) equal(a, b value.Value) (bool, error) {
	k := a.Kind()
	switch {
	case k != b.Kind():
		return false, nil
	case k != value.Array && k != value.Object:
		return equalScalars(a, b), nil
	case same(a, b):
		return true, nil
	case a.Len() != b.Len():
		return false, nil
	}
	r.fuel -= a.Len() / itemsPerStep
	if err := r.poll(); err != nil {
		return false, err
	}
	if k == value.Array {
		for i, item := range a.Slice() {
			other := b.Index(i)
			if !item.Exists() && !other.Exists() {
				continue
			}
			if ok, err := r.equal(item, other); !ok {
				return false, err
			}
		}
		return true, nil
	}
	for name, member := range a.Members() {
		if ok, err := r.equal(member, b.Get(name)); !ok {
			return false, err
		}
	}
	return true, nil
}

// equalScalars compares values that are neither arrays nor objects.
func equalScalars(a, b value.Value) bool {
	switch k := a.Kind(); {
	case k != b.Kind():
		return false
	case k == value.Number:
		return a.Float() == b.Float()
	case k == value.Opaque:
		if x, ok := numberOf(a); ok {
			y, ok := numberOf(b)
			return ok && x == y
		}
		return functionOf(a) == functionOf(b)
	}
	return value.Equal(a, b)
}

// cast returns a value as a condition. It fails if it meets an infinity.
func (r *run) cast(v value.Value) (bool, error) {
	switch v.Kind() {
	case value.Bool:
		return v.Bool(), nil
	case value.String:
		return v.Text() != "", nil
	case value.Number:
		f, _, err := numeric(v)
		return f != 0, err
	case value.Object:
		return v.Len() > 0, nil
	case value.Array:
		if err := r.poll(); err != nil {
			return false, err
		}
		for _, item := range v.Slice() {
			if ok, err := r.cast(item); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	case value.Opaque:
		if fn := functionOf(v); fn != nil {
			return !fn.javaScript(), nil
		}
		f, ok, err := numeric(v)
		return ok && f != 0, err
	}
	return false, nil
}

// array compiles "[a, b]". An item that is an array constructor itself is one item;
// any other array adds its items.
func (c *compiler) array(n *node) (eval, error) {
	items, err := c.nodes(n.items)
	if err != nil {
		return nil, err
	}
	nested := make([]bool, len(items))
	for i, item := range n.items {
		nested[i] = item.kind == nodeArray
	}
	mark := uint64(0)
	if n.cons {
		mark = markCons
	}
	if len(items) == 1 && !nested[0] { // an array is shared, not copied
		return func(f *frame, in value.Value) (value.Value, error) {
			v, err := items[0](f, in)
			switch {
			case err != nil:
				return value.Value{}, err
			case isArray(v):
				return marked(v, mark), nil
			case !v.Exists():
				return marked(value.EmptyArray, mark), nil
			}
			return marked(value.OfItems(v), mark), f.run.grow(1)
		}, nil
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		r := f.run
		base := len(r.stack)
		for i, item := range items {
			v, err := item(f, in)
			if err != nil {
				return value.Value{}, err
			}
			switch {
			case !v.Exists():
			case isArray(v) && !nested[i]:
				r.stack = append(r.stack, v.Slice()...)
			default:
				r.stack = append(r.stack, v)
			}
		}
		out, err := r.take(base)
		return marked(value.OfSlice(out), mark), err
	}, nil
}

// take moves the values on the stack from base on to a slice of their own.
func (r *run) take(base int) ([]value.Value, error) {
	n := len(r.stack) - base
	if n == 0 {
		return nil, nil
	}
	if err := r.grow(n); err != nil {
		return nil, err
	}
	out := make([]value.Value, n)
	copy(out, r.stack[base:])
	r.stack = r.stack[:base]
	return out, nil
}

package jsonata

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file is functions as values, and how they are called: built-in ones,
// those that the caller adds, lambdas, partial applications.

// A Function is a function of the language, built in or added with
// WithFunction.
type Function struct {
	// Name is the name without the $.
	Name string
	// Signature gives the types of the arguments, for example "<s-n?:s>"; see
	// the documentation of JSONata. Call then gets at least one argument per
	// parameter, no value for a missing one. Without a signature Call gets the
	// arguments unchecked.
	Signature string
	// Arity is the maximum number of arguments that functions such as $map pass
	// to this one.
	Arity int
	// Call returns the result, which may be no value. It must not keep args. An
	// *Error must be a new one each time, because it gets the position of the
	// call; any other error becomes an *Error with code D3137 and its text.
	Call func(c Call, args []value.Value) (value.Value, error)
}

// A Call is one call of a Function.
type Call struct {
	run *run
	in  value.Value
}

// Context returns the context of the evaluation.
func (c Call) Context() context.Context { return c.run.ctx }

// Input returns the context item of the call, "$".
func (c Call) Input() value.Value { return c.in }

// Now returns the time of the evaluation, which is the same for all its calls.
func (c Call) Now() time.Time { return c.run.clock() }

// Random returns the next random number of the evaluation, 0 <= n < 1.
func (c Call) Random() float64 { return c.run.random() }

// Apply calls a function that came as an argument.
func (c Call) Apply(fn value.Value, args ...value.Value) (value.Value, error) {
	f := functionOf(fn)
	if f == nil {
		return value.Value{}, fail("T1006", value.Value{})
	}
	v, err := c.run.apply(f, args, value.NullValue)
	return collapsed(v), err
}

// Grow accounts for an array of n items that the function is going to make. It fails
// if the evaluation may not have such an array.
func (c Call) Grow(n int) error { return c.run.grow(n) }

// Text returns a string that the function has made. It fails if the evaluation may not
// have such a string.
func (c Call) Text(s string) (value.Value, error) { return str(c, s) }

// Sequence returns several results as the functions of JSONata do: no item gives no
// value, one item that item. The caller must not change the slice afterwards.
func Sequence(items []value.Value) value.Value { return collapsed(sequence(items)) }

// IsFunction reports whether v is a function, which an expression can return
// and which has no JSON text.
func IsFunction(v value.Value) bool { return isFunction(v) }

// A function is the value of a function.
type function struct {
	name      string
	signature *signature
	arity     int
	call      func(c Call, args []value.Value) (value.Value, error)
	builtin   bool // shared by all evaluations
	matcher   bool // a regular expression
	regex     *regex
	links     *chainLinks // of a chain
	ends      bool        // with a call in tail position: errors have its place
	passed    *function   // what an argument stands for, see passed
	tail      *tailCall   // of a call in tail position, see thunked
	calls     uint64      // of a built-in function: the parameters that it does nothing with but call

	// Of a lambda:
	lambda *lambda
	frame  *frame      // the one around it
	given  *given      // of a partial application
	in     value.Value // the context where it was made
	site   *site       // where it was last called
}

// A site is the place of a call in an expression, as errors report it.
type site struct {
	position int
	token    string
	bare     bool
}

// A lambda is the code of a lambda.
type lambda struct {
	scope     *scope // its parameters come first
	params    int
	signature *signature
	body      eval
	reach     int // how deep it nests
}

// A tailCall is a call in tail position, which a lambda leaves to its caller.
type tailCall struct {
	call  *call
	frame *frame
	scope *scope // of the frame, which ends with the call
	in    value.Value
}

// apply calls a function and then, one after the other, its tail calls.
func (r *run) apply(f *function, args []value.Value, in value.Value) (value.Value, error) {
	level := r.level
	v, err := r.invoke(f, args, in)
	for err == nil && r.tail.call != nil {
		t := r.tail
		r.tail = tailCall{}
		base := len(r.stack)
		var callee *function
		depth := r.depth
		r.depth = r.level - t.call.depth // the body of the tail call has ended
		if callee, args, err = t.call.prepare(t.frame, t.in, true); err != nil {
			return value.Value{}, err
		}
		r.depth, r.level = depth, level
		r.release(t.scope, t.frame)
		if callee != nil && callee.lambda == nil {
			r.level++ // calls made by a built-in function nest in it; a lambda has ended
		}
		v, err = r.invoke(callee, args, in)
		if callee == nil {
			err = t.call.calleeSite.place(err)
		}
		r.level, r.stack = level, r.stack[:base]
	}
	return v, err
}

// invoke calls a function, without its tail calls. Its errors get the position of
// the function's last call in the expression, even if they have one already.
func (r *run) invoke(f *function, args []value.Value, in value.Value) (v value.Value, err error) {
	if f == nil {
		return value.Value{}, fail("T1006", value.Value{})
	}
	if f.passed != nil {
		if v, err = r.invoke(f.passed, args, value.NullValue); err != nil {
			err = r.locate(err, f)
		}
		return v, err
	}
	if f.signature != nil && !f.signature.fits(args) {
		args, err = f.signature.check(r, args, in)
	}
	if err == nil {
		if f.lambda != nil {
			v, err = r.enter(f, args)
		} else {
			r.read(args)
			v, err = f.call(Call{r, in}, args)
		}
	}
	if err != nil && !f.ends {
		err = r.locate(err, f)
	}
	return v, err
}

// enter runs the body of a lambda.
func (r *run) enter(f *function, args []value.Value) (value.Value, error) {
	l := f.lambda
	depth, level := r.depth, r.level
	r.depth = level
	if err := r.checkDepth(l.reach); err != nil {
		return value.Value{}, err
	}
	if err := r.poll(); err != nil {
		return value.Value{}, err
	}
	fr := r.frame(l.scope, f.frame)
	if f.given == nil {
		copy(fr.slots[:l.params], args)
	} else {
		f.given.fill(fr.slots, args)
	}
	v, err := l.body(fr, f.in)
	if r.tail.call == nil || err != nil {
		r.release(l.scope, fr)
	} else if r.tail.frame == fr {
		r.tail.scope = l.scope
	} else {
		r.tail.scope = capturedScope
	}
	r.depth, r.level = depth, level
	return v, err
}

// capturedScope is the scope of frames that must not be used again.
var capturedScope = &scope{captured: true}

// locate gives an error the position of f's last call.
func (r *run) locate(err error, f *function) error {
	e, ok := err.(*Error)
	if !ok {
		e = &Error{Code: "D3137", text: err.Error(), cause: err}
	}
	s := f.site
	if f.builtin {
		s = r.siteOf(f)
	}
	if s == nil {
		return e
	}
	if e.Token == "" {
		e.Token, e.bare = s.token, s.bare
	}
	if s.position != 0 {
		e.Position = s.position
	}
	return e
}

// siteOf returns where a built-in function was last called.
func (r *run) siteOf(f *function) *site {
	for i := range r.sites {
		if r.sites[i].fn == f {
			return r.sites[i].site
		}
	}
	return nil
}

// placed returns the place of a call in tail position: without a name of its own it has
// the name of the function's last call.
func (r *run) placed(fn *function, s *site) *site {
	last := fn.site
	if fn.builtin {
		last = r.siteOf(fn)
	}
	if s.token != "" || last == nil || last.token == "" {
		return s
	}
	return &site{position: s.position, token: last.token, bare: last.bare}
}

// calledAt stores where a function is called.
func (r *run) calledAt(f *function, s *site) {
	if !f.builtin {
		if !f.matcher {
			f.site = s
		}
		return
	}
	for i := range r.sites {
		if r.sites[i].fn == f {
			r.sites[i].site = s
			return
		}
	}
	r.sites = append(r.sites, lastSite{f, s})
}

// A call is a call in an expression.
type call struct {
	callee     eval
	args       []eval
	exit       exit
	site       site
	calleeSite site                // the place of the callee, which errors of a tail call get
	forgotten  func(f *frame) bool // reports whether the name without "$" is a function
	first      eval                // the operand before "~>": the first argument
	depth      int                 // in its body
}

// passed returns an argument of a call as the callee gets it. The reference wraps a
// function in another one, which a condition holds for false, which is equal to no other
// function, which has no context, and which knows where it is called only in tail position. A
// regular expression is such a function already. The arguments of a call in tail position
// are not wrapped.
func passed(v value.Value) value.Value {
	fn := functionOf(v)
	if fn == nil || fn.matcher {
		return v
	}
	of := fn
	if fn.passed != nil {
		of = fn.passed
	}
	return ofFunction(&function{name: of.name, arity: of.arity, passed: of})
}

// onlyCalls reports whether f does nothing with a function as its argument i but call it,
// without regard to its context.
func (f *function) onlyCalls(i int, arg value.Value) bool {
	if f == nil || f.calls>>i&1 == 0 {
		return false
	}
	fn := functionOf(arg)
	return fn != nil && fn.signature == nil
}

// context returns the context of a function that $map and others call: of a lambda that
// is not wrapped, see passed, the one where it was made.
func (f *function) context() value.Value {
	if f != nil && f.lambda != nil && f.signature != nil {
		return f.in
	}
	return value.NullValue
}

// prepare evaluates callee and arguments; the arguments are on the stack.
func (c *call) prepare(f *frame, in value.Value, tail bool) (*function, []value.Value, error) {
	r := f.run
	base := len(r.stack)
	if c.first != nil {
		v, err := c.first(f, in)
		if err != nil {
			return nil, nil, err
		}
		r.stack = append(r.stack, v)
	}
	proc, err := c.callee(f, in)
	if err != nil {
		return nil, nil, err
	}
	if !proc.Exists() && c.forgotten != nil && c.forgotten(f) {
		return nil, nil, c.site.error("T1005")
	}
	fn := functionOf(proc)
	switch {
	case !tail:
	case fn != nil:
		r.calledAt(fn, r.placed(fn, &c.calleeSite)) // before the arguments: they may call it, too
	case proc.Kind() != value.Object && proc.Kind() != value.Array:
		return nil, nil, c.calleeSite.error("T1006") // the reference fails before the arguments
	}
	for i, arg := range c.args {
		v, err := arg(f, in)
		if err != nil {
			return nil, nil, err
		}
		if v.Kind() == value.Opaque && !tail && !fn.onlyCalls(i, v) {
			v = passed(v)
		}
		r.stack = append(r.stack, v)
	}
	return fn, r.stack[base:], nil
}

// error returns an error with the position of the call.
func (s *site) error(code string) error {
	return &Error{Code: code, Position: s.position, Token: s.token, bare: s.bare}
}

// eval evaluates the call.
func (c *call) eval(f *frame, in value.Value) (value.Value, error) {
	r := f.run
	base := len(r.stack)
	fn, args, err := c.prepare(f, in, false)
	if err != nil {
		return value.Value{}, err
	}
	v, err := c.apply(r, fn, args, in)
	r.stack = r.stack[:base]
	return c.exit.of(v), err
}

// apply calls the function from this place: errors without a position get its own.
func (c *call) apply(r *run, fn *function, args []value.Value, in value.Value) (value.Value, error) {
	if fn != nil && fn.passed == nil {
		r.calledAt(fn, &c.site)
	}
	if err := r.callAt(c.depth); err != nil {
		return value.Value{}, err
	}
	v, err := r.apply(fn, args, in)
	return v, c.site.place(err)
}

// place gives an error without a position the one of the call.
func (s *site) place(err error) error {
	if e, ok := err.(*Error); ok {
		if e.Position == 0 {
			e.Position = s.position
		}
		if e.Token == "" {
			e.Token, e.bare = s.token, s.bare
		}
	}
	return err
}

// chain returns the function that calls first and, with its result, second.
func chain(first, second *function) *function {
	links := &chainLinks{first, second}
	return &function{arity: 1, links: links, ends: true, call: func(c Call, args []value.Value) (value.Value, error) {
		r := c.run
		base := len(r.stack)
		var x value.Value
		if len(args) > 0 {
			x = args[0]
		}
		r.stack = append(r.stack, x)
		v, err := links.apply(r, r.stack[base:])
		r.stack = r.stack[:base]
		return v, err
	}}
}

// chainLinks are the functions of a chain.
type chainLinks struct{ first, second *function }

// apply calls first and second. arg is a slice of one, which also takes the result
// of first. A second function that is a chain itself is run here, without nesting:
// in the reference it is a tail call.
func (l *chainLinks) apply(r *run, arg []value.Value) (v value.Value, err error) {
	for {
		arg[0] = passed(collapsed(arg[0]))
		r.calledAt(l.second, &chainSecond) // in tail position, so before its argument
		if l.first.passed == nil {
			r.calledAt(l.first, &chainFirst)
		}
		if err = r.poll(); err == nil {
			err = r.nested(func() (err error) {
				v, err = r.apply(l.first, arg, value.NullValue)
				return chainFirst.place(err)
			})
		}
		if err == nil {
			arg[0] = collapsed(v)
			if l.second.links != nil {
				l = l.second.links
				continue
			}
			v, err = r.apply(l.second, arg, value.NullValue)
		}
		return v, err
	}
}

// The positions of errors in the reference, which makes the function from the text
// "function($f, $g) { function($x){ $g($f($x)) } }".
var (
	chainFirst  = site{position: 39, token: "f"}
	chainSecond = site{position: 35, token: "g"}
)

// given are the arguments of a partial application: some values, and the places of
// the open ones.
type given struct {
	values []value.Value
	open   []int
}

// fill writes the arguments of a call to dst.
func (g *given) fill(dst, args []value.Value) {
	copy(dst, g.values)
	for i, at := range g.open {
		if i < len(args) {
			dst[at] = args[i]
		}
	}
}

// partly returns the function of the open parameters of fn. As in the reference it has
// no signature, and an error in it does not have the place of a call of fn.
func partly(fn *function, g *given) *function {
	bare := *fn
	bare.builtin, bare.site = false, nil
	if fn.lambda != nil {
		bare.signature, bare.arity, bare.given = nil, len(g.open), g.within(fn.given)
		return &bare
	}
	return &function{arity: len(g.open), ends: fn.ends, call: func(c Call, args []value.Value) (value.Value, error) {
		r := c.run
		base := len(r.stack)
		r.stack = append(r.stack, g.values...)
		g.fill(r.stack[base:], args)
		var v value.Value
		err := r.nested(func() (err error) {
			v, err = r.apply(&bare, r.stack[base:], value.NullValue)
			return err
		})
		r.stack = r.stack[:base]
		return v, err
	}}
}

// within returns the arguments of a partial application of a partial application,
// which is outer unless it is nil.
func (g *given) within(outer *given) *given {
	if outer == nil {
		return g
	}
	both := &given{values: append([]value.Value(nil), outer.values...)}
	outer.fill(both.values, g.values)
	for _, at := range g.open {
		both.open = append(both.open, outer.open[at])
	}
	return both
}

// parameters returns the number of parameters that a partial application of f binds. A
// function without parameters has one in the reference, which it may look at.
func (f *function) parameters() int {
	if f.builtin {
		return max(1, f.arity)
	}
	return f.arity
}

// javaScript reports whether f is a function of JavaScript in the reference, not one of
// its objects: it is false as a condition, and has no JSON.
func (f *function) javaScript() bool { return f.matcher || f.passed != nil }

// partialError returns why the reference cannot apply a function partially; nil if it
// can. It makes a lambda from the text of the function's parameters in JavaScript, and
// in two cases these are not the parameters of a lambda: "(...params)" of a function
// that is an argument, see passed, and "(arg, prettify = false)" of $string.
func (f *function) partialError() error {
	switch {
	case f.passed != nil:
		return &Error{Code: "S0202", Position: 12, Token: "..", Value: value.OfString(")")}
	case f.builtin && f.name == "string":
		return &Error{Code: "S0208", Position: 26, Token: "=", Value: value.OfInt(2)}
	}
	return nil
}

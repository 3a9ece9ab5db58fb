// Package jsonata is JSONata 2.0.6, the query and transformation language of
// Step Functions, over the values of package value.
//
//	e, err := jsonata.Compile(`$states.input.lines[price > 10]^(>price).sku`)
//	...
//	v, err := e.Eval(ctx, value.Value{}, jsonata.Env{
//		Variables: jsonata.Map{"states": states},
//	})
//
// An [Expr] is compiled once and evaluated as often as needed, by many goroutines
// at the same time. Evaluation sees nothing of the world but its input and its
// [Env]: variables, a clock, random numbers and limits are the caller's, so the same
// Env gives the same result again.
//
// Results follow the reference implementation: values, errors with their codes,
// messages, tokens and positions, the text of numbers. The differences, which are
// on purpose:
//
//   - Where the reference fails with an exception of JavaScript, or never returns,
//     this package does what later releases do, or returns an *Error.
//   - Names such as "__proto__" and "toString" are ordinary names.
//   - If several items of an array constructor, or pairs of an object constructor,
//     fail, the error of the first in the text is reported. The reference evaluates
//     them at the same time and reports whichever fails first.
//   - "*" returns members only. In the reference it also finds the mark by which
//     the reference tells sequences from arrays.
//   - Regular expressions match characters, not halves of surrogate pairs.
//   - $eval does not exist. Step Functions does not have it.
//   - The host sets the limits ([Limits]). Exceeding one is an error with code
//     U1001.
//   - A path that binds something and ends in an order-by clause still binds it.
//
// testdata/known.txt lists the cases of the shared data that these differences
// affect.
//
// # A tour
//
//	text ─lex▶ tokens ─parse▶ tree ─rewrite▶ tree ─compile▶ closures ─Eval▶ value
//
// lex.go cuts the text into tokens, parse.go makes a tree of them by operator
// precedence, and rewrite.go turns that into the tree that runs: paths are lists
// of steps, "%" is resolved to the step it means, tail calls are marked. compile.go
// makes a Go function of each node, with every variable resolved to a place in a
// frame. Operators are in operator.go, paths in path.go and, if they bind something
// ("@$v", "#$i", "%"), in tuple.go. filter.go has predicates, object.go the object
// constructor and grouping, sort.go the order-by clause, transform.go the transform
// operator, function.go calls, and aggregate.go calls such as $sum of a path.
//
// sequence.go explains how a sequence differs from an array: read it before
// anything that returns several values. cell.go is what an evaluation keeps in
// values that is not JSON.
//
// builtin.go is the table of functions; their code is in the other builtin files,
// by what they work on. signature.go checks arguments. regex.go runs regular
// expressions. text_form.go writes values as $string does. run.go is the state of
// one evaluation, limits.go what bounds it, depth.go how deep it nests, error.go
// every error. reference.go finds what an expression reads, without evaluating it.
//
// Three packages below have no part in the evaluation: internal/ecma compiles and
// matches JavaScript's regular expressions, internal/picture formats and reads
// numbers and dates by pictures, internal/wtf8 handles strings as UTF-16 code
// units.
package jsonata

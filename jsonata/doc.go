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
// messages, tokens and positions, the text of numbers. Differences are on purpose:
//
//   - Where the reference fails with an exception of JavaScript, or never returns,
//     this package does what later releases do, or gives an *Error.
//   - Names such as "__proto__" and "toString" are ordinary ones.
//   - Of several errors in the items of an array constructor or the pairs of an
//     object constructor, the first in the text is reported. The reference
//     evaluates them at the same time and reports the one that comes up first.
//   - "*" takes members only: the reference also finds the mark by which it
//     tells its own lists.
//   - Regular expressions match characters, not halves of surrogate pairs.
//   - $eval does not exist; Step Functions does not have it.
//   - Limits are the caller's ([Limits]); errors of them have code U1001.
//   - The order-by clause of a path that binds something leaves a path that does.
//
// testdata/known.txt has the cases of the shared data in which this shows.
//
// # A tour
//
//	text ─lex▶ tokens ─parse▶ tree ─rewrite▶ tree ─compile▶ closures ─Eval▶ value
//
// lex.go cuts the text into tokens, parse.go makes a tree of them by operator
// precedence, and rewrite.go turns that into the tree that runs: paths as lists
// of steps, "%" resolved to the step it means, tail calls marked. compile.go makes a
// Go function of each node, with every variable resolved to a place in a frame.
// The operators are in operator.go, paths in path.go and, if they bind something
// ("@$v", "#$i", "%"), in tuple.go; filter.go has predicates, object.go the object constructor and
// grouping, sort.go the order-by clause, transform.go the transform operator,
// function.go calls, and aggregate.go those of $sum and its kin with a path.
//
// sequence.go explains what sets a sequence apart from an array: read it before
// anything that returns several values.
//
// builtin.go is the table of functions; their code is in the builtin files by
// what they work on, pictures of numbers and times in picture_integer.go,
// picture_number.go and picture_date.go; datetime.go knows moments, datetime_parse.go
// reads them. signature.go checks arguments. regex.go runs JavaScript's regular
// expressions, regex_translate.go writes them for its engines, regex_plain.go runs
// the simple ones fast. text_form.go writes values as $string does. run.go has
// what one evaluation owns, limits.go what bounds it, depth.go how deep it nests,
// error.go everything that can go wrong. number.go and text.go have numbers and
// strings as the language counts and writes them. reference.go finds what an
// expression reads, without evaluating it.
package jsonata

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
// messages, tokens and positions, the text of numbers. What it does differently
// on purpose is in testdata/known.txt.
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
// ("@$v", "#$i", "%"), in tuple.go; object.go has the object constructor and
// grouping, sort.go the order-by clause, transform.go the transform operator,
// function.go calls.
//
// sequence.go explains what sets a sequence apart from an array: read it before
// anything that returns several values.
//
// builtin.go is the table of functions; their code is in the builtin files by
// what they work on, pictures of numbers and times in picture_integer.go,
// picture_number.go and datetime.go. signature.go checks arguments. regex.go runs
// JavaScript's regular expressions. run.go has what one evaluation owns,
// limits.go what bounds it, error.go everything that can go wrong.
package jsonata

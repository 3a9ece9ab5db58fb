// Package graph draws state machines.
//
//	definition, _ := asl.ParseFile("order.asl.json", text)
//	drawing := graph.Layout(definition, graph.Options{})
//	os.WriteFile("order.svg", drawing.SVG(graph.Auto), 0o644)
//
// Layout places the states and routes the transitions; it draws what it can of a
// definition with errors, and the same definition always gives the same drawing. The
// methods of Graph write it: SVG and PNG as it is laid out, Mermaid and DOT for
// programs that lay it out themselves, Outline for terminals. As JSON, a Graph is what
// the browser draws. Paint shows on it what an execution did.
//
// A tour of the files: layout.go makes the nodes and edges of a workflow and
// container.go those of Parallel and Map states. flow.go has the graph of a workflow,
// with its loops and its happy path; row.go, chain.go, place.go and gutter.go place
// it; route.go, gap.go and join.go draw its lines. picture.go draws on a canvas, which
// svg.go and png.go implement.
package graph

// Package assist answers what an editor asks about a place in a definition: what
// can be written there (Complete, Fields), what it means (Hover), where it is
// defined and used (Definition, References), and what the definition consists of
// (Symbols). Language server, visual editor and tests share it.
//
//	items := assist.Complete(doc, offset, assist.Knowledge{})
//
// The text may be half-typed. A reader of JSON (read_json.go) and one of YAML
// (read_yaml.go) make a tree of whatever stands there (tree.go); outline.go finds
// workflows and states in it, cursor.go the place of an offset. form.go says by
// the schema of package asl what may stand at a place, docs.go what it means. What
// is wrong with a definition is not said here, but by asl.Validate.
//
// Offsets are in bytes of Document.Text. Offsets outside of the text count as its
// nearest end. Nothing here fails: a place that means nothing gives no answer.
package assist

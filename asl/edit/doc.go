// Package edit changes state machines as texts: each change is a minimal patch, and
// everything else stays byte for byte.
//
//	result, err := edit.Apply(edit.Document{Text: text, Format: edit.YAML},
//		edit.Edit{Op: edit.Insert, Edge: "/States/Pay/Next", Name: "Wait", State: []byte(`{"Type": "Wait", "Seconds": 5}`)})
//
// The text may be a template that has the definition at a JSON pointer, as an object or
// as a text in a string. It must parse; beyond that the definition may have any
// mistakes, since it is edited while it is written.
//
// Each operation has a file: insert.go, delete.go, rename.go and so on. They work on
// the nodes of internal/patch, which makes the patch; machine.go finds states and
// transitions there, link.go changes transitions, group.go has states that are changed
// together, and field.go knows the usual order of fields. jsonata.go writes paths and
// rules of JSONPath as JSONata for language.go.
//
// An edit below an anchor of YAML changes only what it names: an alias that would no
// longer say the same is written out, with a note.
package edit

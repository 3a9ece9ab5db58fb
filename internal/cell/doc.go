// Package cell is the memory layout of a JSON value. Package value gives cells
// their meaning: value.Value is a Cell under another name, so the two convert
// into each other at no cost. Package jsonata uses cells for what is not part of
// JSON and must not be visible to users of package value: marks on arrays and
// objects, and Go values that travel among JSON values.
//
// There are two layouts: compact.go has 24 bytes per value and is the only file
// of the repository that uses unsafe; plain.go has 56 bytes and does without. It
// is chosen with -tags purego.
//
// A cell does not check how it is used: Text and Node must be called only on
// cells made by OfText and by OfNode of the same type. The kind says which it is.
package cell

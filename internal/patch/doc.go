// Package patch changes a JSON or YAML text by as little as possible.
//
//	tree, err := patch.Parse("a: 1  # one\nb: 2\n", patch.YAML)
//	tree.Root().Set("b", patch.New(value.OfInt(3)))
//	text, changes, err := tree.Write() // "a: 1  # one\nb: 3\n", and the change of one byte
//
// A [Tree] is the text with the place of each node. Its nodes are changed as if there
// were no text: members are set, removed, renamed, moved. Write then copies everything
// that is as it was, byte for byte (comments, order, indentation, quotes, tags), and
// writes the rest in the style of the text around it.
//
// A tour of the files: tree.go has the nodes and what can be done to them; json.go and
// yaml.go read; gap.go says to which member of a YAML mapping a comment belongs;
// write.go copies and collects the changes; render.go, scalar.go and style.go write
// what is new; check.go reads the result again, so that no text is ever broken; alias.go
// keeps aliases of YAML true; inside.go is for a text inside a string of another;
// format.go changes white space only.
package patch

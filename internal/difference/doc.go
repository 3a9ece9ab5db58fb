// Package difference says in what two texts, two JSON values, or two lists differ.
//
//	parts := difference.Lines("a\nb\nc", "a\nx\nc")
//	fmt.Print(difference.Unified(parts, 3))
//
//	changes := difference.JSON(value.MustParse(`{"n": 1}`), value.MustParse(`{"n": 2}`), 100)
//	// changes[0] is {Kind: Changed, Pointer: "/n", Before: 1, After: 2}
//
// The time it takes grows with the size of what is given, and is bounded: lists that
// differ in very many places are compared less finely, and the answer is still right.
package difference

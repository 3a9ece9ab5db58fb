package assist

import "github.com/aslocal/aslocal/asl/edit"

// Complete returns what can be written at an offset, not narrowed down to what has
// been typed of it: Item.Filter is for that.
func Complete(doc edit.Document, offset int, know Knowledge) []Item { return nil }

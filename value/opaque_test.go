package value

import "github.com/aslocal/aslocal/internal/cell"

// opaque returns a value that no constructor of the package gives, like the
// functions of JSONata.
func opaque(x any) Value { return Value(cell.OfNode(uint8(Opaque), &x)) }

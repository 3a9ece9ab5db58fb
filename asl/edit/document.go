package edit

// A Format is how a Document is written.
type Format string

// The formats.
const (
	JSON Format = "JSON"
	YAML Format = "YAML"
)

// A Document is a text that has a definition: the whole text, or a part of a
// template.
type Document struct {
	Text    string `json:"text"`
	Format  Format `json:"format"`
	Pointer string `json:"pointer"` // JSON pointer (RFC 6901) of the definition; "" if it is the whole text
}

package conformance

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/aslocal/aslocal/value"
)

// Known are the cases that are known to fail, each with its reason. They do not
// fail a run until they pass, which says that they must be taken out.
type Known map[string]string

// LoadKnown reads the file known.json, an object of reasons by id. There are no
// known failures if there is no such file. It fails with every id that is not
// one of the cases, and every reason that is none.
func LoadKnown(files fs.FS, cases []Case) (Known, error) {
	text, err := fs.ReadFile(files, knownFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Known{}, nil
	}
	if err != nil {
		return nil, err
	}
	d := &decoder{file: knownFile}
	v, err := value.ParseBytes(text)
	if err != nil {
		d.fail("", "%v", err)
		return nil, d.err()
	}
	known := Known{}
	if d.kind(v, "", value.Object) {
		for id, reason := range v.Members() {
			switch {
			case !slices.ContainsFunc(cases, func(c Case) bool { return c.ID == id }):
				d.fail(pointer(id), "no such case")
			case reason.Text() == "":
				d.fail(pointer(id), "expected the reason, got %s", fmt.Sprint(reason))
			}
			known[id] = reason.Text()
		}
	}
	return known, d.err()
}

package asl

import (
	"github.com/aslocal/aslocal/value"
)

// A Catcher names the state that follows an error. Spec: "Fallback states".
type Catcher struct {
	ErrorEquals []string
	Next        string
	Comment     string
	ResultPath  value.Value // JSONPath; no value if not written; so are Assign and Output
	Assign      value.Value
	Output      value.Value // JSONata
	Fields      value.Value // the Catcher as written
}

func readCatchers(list value.Value) []*Catcher {
	var catchers []*Catcher
	for _, v := range list.Items() {
		catchers = append(catchers, &Catcher{
			ErrorEquals: texts(v.Get("ErrorEquals")),
			Next:        v.Get("Next").Text(),
			Comment:     v.Get("Comment").Text(),
			ResultPath:  v.Get("ResultPath"),
			Assign:      v.Get("Assign"),
			Output:      v.Get("Output"),
			Fields:      v,
		})
	}
	return catchers
}

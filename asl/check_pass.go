package asl

import "github.com/aslocal/aslocal/value"

// This file checks Pass states. Spec: "Pass State".

// checkResult warns of paths in the Result of a Pass state, which are not
// evaluated.
func (c *checker) checkResult(s *State) {
	if s.QueryLanguage != JSONPath {
		return
	}
	walk(s.at.member("Result"), s.Fields.Get("Result"), func(at *place, v value.Value) {
		if looksLikePath(v.Text()) {
			c.report(at, staticResult())
		}
	})
}

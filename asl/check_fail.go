package asl

// This file checks Fail states. Spec: "Fail State".

// checkFail warns of an Error or Cause that looks like a Path.
func (c *checker) checkFail(s *State) {
	if s.QueryLanguage != JSONPath {
		return
	}
	for _, name := range []string{"Error", "Cause"} {
		if looksLikePath(s.Fields.Get(name).Text()) {
			c.report(s.at.member(name), noPath(name))
		}
	}
}

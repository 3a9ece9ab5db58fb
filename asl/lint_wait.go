package asl

// This file warns of Wait states that do not wait. Spec: "Wait State".

// lintWait warns of a Wait state with 0 seconds.
func (c *checker) lintWait(s *State) {
	if n, ok := s.Fields.Get("Seconds").Int(); ok && n == 0 {
		c.report(s.at.member("Seconds"), waitsNot())
	}
}

package asl

import "strings"

// This file warns of Retriers and Catchers that have no effect. Spec: "Retrying after
// error", "Fallback states": the first that matches the error is used.

// lintErrorHandling warns of errors that an earlier Retrier or Catcher matches, and
// of a last Retrier that never retries.
func (c *checker) lintErrorHandling(s *State) {
	retry, names := s.at.member("Retry"), make([][]string, 0, len(s.Retry))
	for _, r := range s.Retry {
		names = append(names, r.ErrorEquals)
	}
	c.lintTaken(s, retry, names)
	if n := len(s.Retry); n > 0 && s.Retry[n-1].MaxAttempts == 0 {
		c.report(retry.item(n-1).member("MaxAttempts"), neverRetried())
	}
	names = names[:0]
	for _, k := range s.Catch {
		names = append(names, k.ErrorEquals)
	}
	c.lintTaken(s, s.at.member("Catch"), names)
}

// lintTaken warns of errors in a list of Retriers or Catchers that an earlier one
// matches.
func (c *checker) lintTaken(s *State, at *place, list [][]string) {
	taken := make(map[string]int)
	for i, names := range list {
		for j, name := range names {
			if c.full() {
				return
			}
			first, again := taken[name]
			general, failed := taken[ErrTaskFailed]
			switch {
			case again && first < i:
				c.report(at.item(i).member("ErrorEquals").item(j), errorTaken(name, first, name))
			case !again && failed && general < i && s.Type == Task && customError(name):
				c.report(at.item(i).member("ErrorEquals").item(j), errorTaken(name, general, ErrTaskFailed))
			}
			if !again {
				taken[name] = i
			}
		}
	}
}

// customError reports whether States.TaskFailed surely matches an error: it is not
// one of the service's, which may be a time-out.
func customError(name string) bool { return !strings.HasPrefix(name, "States.") }

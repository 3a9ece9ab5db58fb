package asl

import "strings"

// This file warns of Retriers and Catchers that never do anything. Spec:
// "Retrying after error", "Fallback states": the first that names the error is
// taken, and no other.

// lintErrorHandling warns of names of errors that an earlier Retrier or Catcher
// has taken, and of a last Retrier that never retries.
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

// lintTaken warns of names of errors that are in vain in a list of Retriers or
// Catchers.
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

// customError reports whether an error is surely one that States.TaskFailed
// stands for: not one of the service's own, which may be a time-out.
func customError(name string) bool { return !strings.HasPrefix(name, "States.") }

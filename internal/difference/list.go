package difference

// This file compares lists: lines of a text, items of an array, states that were visited.
//
// It looks for the longest list of items that both have in the same order, as E. Myers
// describes it in "An O(ND) Difference Algorithm and Its Variations" (1986), with the
// refinement that needs memory in proportion to the lists only: the search begins at
// both ends, and where the two searches meet, the lists are divided. A list of N items
// with D differences takes N·D steps. Two things keep that small for all lists: items
// that only one list has take no part, and a search that has found no meeting after
// `patience` differences divides the lists at the farthest place it has reached. Then the
// answer has more differences than it must have, and is still a difference.

// A Match is a run of items that two lists have in common.
type Match struct {
	Before, After int // where it begins in each list
	Length        int
}

// Common returns the runs of items that two lists have in common, in order, so that as
// many items as possible are in one. What lies between the runs was removed from
// before, or added in after.
func Common[T comparable](before, after []T) []Match {
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	var found []Match
	add := func(before, after, length int) {
		if length == 0 {
			return
		}
		if n := len(found); n > 0 && found[n-1].Before+found[n-1].Length == before && found[n-1].After+found[n-1].Length == after {
			found[n-1].Length += length
			return
		}
		found = append(found, Match{before, after, length})
	}
	add(0, 0, head)
	left, right := shared(before[head:len(before)-tail], after[head:len(after)-tail])
	s := newSearch(left.items, right.items)
	s.compare(0, len(left.items), 0, len(right.items))
	for i, j := 0, 0; i < len(left.items) && j < len(right.items); {
		switch {
		case s.removed[i]:
			i++
		case s.added[j]:
			j++
		default:
			add(head+left.places[i], head+right.places[j], 1)
			i++
			j++
		}
	}
	add(len(before)-tail, len(after)-tail, tail)
	return found
}

// A numbered list has numbers for items: equal items have equal numbers.
type numbered struct {
	items  []int
	places []int // of the items in the list that was given
}

// shared numbers the items that both lists have, and leaves out the others.
func shared[T comparable](before, after []T) (left, right numbered) {
	numbers := make(map[T]int, len(before))
	inBoth := []bool{}
	for _, item := range before {
		if _, ok := numbers[item]; !ok {
			numbers[item] = len(inBoth)
			inBoth = append(inBoth, false)
		}
	}
	for place, item := range after {
		if n, ok := numbers[item]; ok {
			inBoth[n] = true
			right.items, right.places = append(right.items, n), append(right.places, place)
		}
	}
	for place, item := range before {
		if n := numbers[item]; inBoth[n] {
			left.items, left.places = append(left.items, n), append(left.places, place)
		}
	}
	return left, right
}

// A search compares two lists of numbers. A place in both is x of before and y of after;
// a diagonal is all places of one x-y. Along a diagonal, items are equal or both are
// passed; from one diagonal to the next, one item is removed or added.
type search struct {
	before, after []int
	removed       []bool // of before
	added         []bool // of after
	// How far the searches from both ends have come: x, by diagonal. Diagonals begin at
	// -len(after)-1, which is at index 0.
	forward, backward []int
	zero              int // index of diagonal 0
	patience          int
}

// steps is how many steps a comparison of long lists may take, about.
const steps = 1 << 25

func newSearch(before, after []int) *search {
	diagonals := len(before) + len(after) + 3
	return &search{
		before: before, after: after,
		removed: make([]bool, len(before)), added: make([]bool, len(after)),
		forward: make([]int, diagonals), backward: make([]int, diagonals),
		zero:     len(after) + 1,
		patience: min(max(steps/diagonals, 32), 2048),
	}
}

// compare marks what is removed and added between x0 and x1 of before and y0 and y1 of
// after.
func (s *search) compare(x0, x1, y0, y1 int) {
	for {
		for x0 < x1 && y0 < y1 && s.before[x0] == s.after[y0] {
			x0++
			y0++
		}
		for x0 < x1 && y0 < y1 && s.before[x1-1] == s.after[y1-1] {
			x1--
			y1--
		}
		if x0 == x1 || y0 == y1 {
			for ; x0 < x1; x0++ {
				s.removed[x0] = true
			}
			for ; y0 < y1; y0++ {
				s.added[y0] = true
			}
			return
		}
		x, y := s.divide(x0, x1, y0, y1)
		s.compare(x0, x, y0, y)
		x0, y0 = x, y
	}
}

// divide returns a place on a shortest way from one end to the other, or if that takes
// too long, one on a short way. Both lists have items, and differ in the first and in the last
// one, so the place is neither of the ends.
func (s *search) divide(x0, x1, y0, y1 int) (x, y int) {
	least, most := x0-y1, x1-y0 // diagonals
	first, last := x0-y0, x1-y1 // of both ends
	odd := (first-last)&1 != 0
	forward, backward := s.forward, s.backward
	const never = int(^uint(0) >> 1)
	forward[s.zero+first], backward[s.zero+last] = x0, x1
	forwardLeast, forwardMost, backwardLeast, backwardMost := first, first, last, last
	for differences := 1; ; differences++ {
		if forwardLeast > least {
			forwardLeast--
			forward[s.zero+forwardLeast-1] = -1
		} else {
			forwardLeast++
		}
		if forwardMost < most {
			forwardMost++
			forward[s.zero+forwardMost+1] = -1
		} else {
			forwardMost--
		}
		for d := forwardMost; d >= forwardLeast; d -= 2 {
			x := max(forward[s.zero+d-1]+1, forward[s.zero+d+1])
			y := x - d
			for x < x1 && y < y1 && s.before[x] == s.after[y] {
				x++
				y++
			}
			forward[s.zero+d] = x
			if odd && backwardLeast <= d && d <= backwardMost && backward[s.zero+d] <= x {
				return x, y
			}
		}
		if backwardLeast > least {
			backwardLeast--
			backward[s.zero+backwardLeast-1] = never
		} else {
			backwardLeast++
		}
		if backwardMost < most {
			backwardMost++
			backward[s.zero+backwardMost+1] = never
		} else {
			backwardMost--
		}
		for d := backwardMost; d >= backwardLeast; d -= 2 {
			x := min(backward[s.zero+d-1], backward[s.zero+d+1]-1)
			y := x - d
			for x > x0 && y > y0 && s.before[x-1] == s.after[y-1] {
				x--
				y--
			}
			backward[s.zero+d] = x
			if !odd && forwardLeast <= d && d <= forwardMost && x <= forward[s.zero+d] {
				return x, y
			}
		}
		if differences < s.patience {
			continue
		}
		// The search that has come farther divides the lists.
		farthest, nearest := -1, never
		var to, from [2]int
		for d := forwardMost; d >= forwardLeast; d -= 2 {
			x := min(forward[s.zero+d], x1, y1+d)
			if sum := x + x - d; x >= x0 && sum > farthest {
				farthest, to = sum, [2]int{x, x - d}
			}
		}
		for d := backwardMost; d >= backwardLeast; d -= 2 {
			x := max(backward[s.zero+d], x0, y0+d)
			if sum := x + x - d; x <= x1 && sum < nearest {
				nearest, from = sum, [2]int{x, x - d}
			}
		}
		if farthest-(x0+y0) > x1+y1-nearest {
			return to[0], to[1]
		}
		return from[0], from[1]
	}
}

package journal

import (
	"iter"
	"slices"
)

// chunkSize bounds the ids that an insertion or removal moves.
const chunkSize = 512

// An idSet is an ordered set of execution IDs, the index of the memory store:
// eight bytes an ID, pages in O(log n) from either end. It is a list of sorted
// chunks; chunks are never empty. Arrival order fills the last one, and then
// begins another, so that it costs an append and leaves no chunk half full.
type idSet struct{ chunks [][]int64 }

// chunk gives the place of the chunk that would hold id: the last that begins
// at or below it, or the first.
func (s *idSet) chunk(id int64) int {
	i, found := slices.BinarySearchFunc(s.chunks, id, func(c []int64, id int64) int {
		switch {
		case c[0] < id:
			return -1
		case c[0] > id:
			return 1
		}
		return 0
	})
	if found || i == 0 {
		return i
	}
	return i - 1
}

func (s *idSet) add(id int64) {
	if len(s.chunks) == 0 {
		s.chunks = [][]int64{{id}}
		return
	}
	i := s.chunk(id)
	c := s.chunks[i]
	if len(c) == chunkSize {
		if i == len(s.chunks)-1 && id > c[len(c)-1] {
			s.chunks = append(s.chunks, []int64{id})
			return
		}
		half := slices.Clone(c[chunkSize/2:])
		s.chunks = slices.Insert(s.chunks, i+1, half)
		s.chunks[i] = c[:chunkSize/2]
		if id >= half[0] {
			i++
		}
		c = s.chunks[i]
	}
	if at, found := slices.BinarySearch(c, id); !found {
		s.chunks[i] = slices.Insert(c, at, id)
	}
}

func (s *idSet) remove(id int64) {
	if len(s.chunks) == 0 {
		return
	}
	i := s.chunk(id)
	at, found := slices.BinarySearch(s.chunks[i], id)
	if !found {
		return
	}
	s.chunks[i] = slices.Delete(s.chunks[i], at, at+1)
	if len(s.chunks[i]) == 0 {
		s.chunks = slices.Delete(s.chunks, i, i+1)
	}
}

// below gives the IDs below id, the greatest first.
func (s *idSet) below(id int64) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		if len(s.chunks) == 0 {
			return
		}
		i := s.chunk(id)
		at, _ := slices.BinarySearch(s.chunks[i], id)
		for {
			for _, id := range slices.Backward(s.chunks[i][:at]) {
				if !yield(id) {
					return
				}
			}
			if i--; i < 0 {
				return
			}
			at = len(s.chunks[i])
		}
	}
}

// above gives the IDs above id, the least first.
func (s *idSet) above(id int64) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		if len(s.chunks) == 0 {
			return
		}
		i := s.chunk(id)
		at, found := slices.BinarySearch(s.chunks[i], id)
		if found {
			at++
		}
		for ; i < len(s.chunks); i, at = i+1, 0 {
			for _, id := range s.chunks[i][at:] {
				if !yield(id) {
					return
				}
			}
		}
	}
}

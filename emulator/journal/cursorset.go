package journal

import (
	"iter"
	"slices"
)

// chunkSize bounds the cursors that an insertion or removal moves.
const chunkSize = 512

// A cursorSet is an ordered set of executions by their cursors, the index of the
// memory store: sixteen bytes each, pages in O(log n) from either end. It is a list
// of sorted chunks; chunks are never empty. What comes in order fills the last one,
// and then begins another, so that it costs an append and leaves no chunk half full.
// Removals join a chunk with its neighbour when both are almost empty.
type cursorSet struct{ chunks [][]Cursor }

// chunk gives the place of the chunk that would hold c: the last that begins at or
// below it, or the first.
func (s *cursorSet) chunk(c Cursor) int {
	i, found := slices.BinarySearchFunc(s.chunks, c, func(chunk []Cursor, c Cursor) int { return chunk[0].Compare(c) })
	if found || i == 0 {
		return i
	}
	return i - 1
}

func find(chunk []Cursor, c Cursor) (at int, found bool) {
	return slices.BinarySearchFunc(chunk, c, Cursor.Compare)
}

func (s *cursorSet) add(c Cursor) {
	last := len(s.chunks) - 1
	if last < 0 {
		s.chunks = [][]Cursor{{c}}
		return
	}
	if chunk := s.chunks[last]; chunk[len(chunk)-1].Compare(c) < 0 {
		if len(chunk) == chunkSize {
			s.chunks = append(s.chunks, []Cursor{c})
		} else {
			s.chunks[last] = append(chunk, c)
		}
		return
	}
	i := s.chunk(c)
	chunk := s.chunks[i]
	if len(chunk) == chunkSize {
		half := slices.Clone(chunk[chunkSize/2:])
		s.chunks = slices.Insert(s.chunks, i+1, half)
		s.chunks[i] = chunk[:chunkSize/2]
		if c.Compare(half[0]) >= 0 {
			i++
		}
		chunk = s.chunks[i]
	}
	if at, found := find(chunk, c); !found {
		s.chunks[i] = slices.Insert(chunk, at, c)
	}
}

func (s *cursorSet) remove(c Cursor) {
	if len(s.chunks) == 0 {
		return
	}
	i := s.chunk(c)
	at, found := find(s.chunks[i], c)
	if !found {
		return
	}
	s.chunks[i] = slices.Delete(s.chunks[i], at, at+1)
	if len(s.chunks[i]) == 0 {
		s.chunks = slices.Delete(s.chunks, i, i+1)
		return
	}
	s.join(i)
	s.join(i - 1)
}

// join makes one chunk of two neighbours if they leave most of it free.
func (s *cursorSet) join(i int) {
	if i >= 0 && i+1 < len(s.chunks) && len(s.chunks[i])+len(s.chunks[i+1]) < chunkSize/4 {
		s.chunks[i] = append(s.chunks[i], s.chunks[i+1]...)
		s.chunks = slices.Delete(s.chunks, i+1, i+2)
	}
}

// below gives the cursors below c, the greatest first.
func (s *cursorSet) below(c Cursor) iter.Seq[Cursor] {
	return func(yield func(Cursor) bool) {
		if len(s.chunks) == 0 {
			return
		}
		i := s.chunk(c)
		at, _ := find(s.chunks[i], c)
		for {
			for _, c := range slices.Backward(s.chunks[i][:at]) {
				if !yield(c) {
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

// above gives the cursors above c, the least first.
func (s *cursorSet) above(c Cursor) iter.Seq[Cursor] {
	return func(yield func(Cursor) bool) {
		if len(s.chunks) == 0 {
			return
		}
		i := s.chunk(c)
		at, found := find(s.chunks[i], c)
		if found {
			at++
		}
		for ; i < len(s.chunks); i, at = i+1, 0 {
			for _, c := range s.chunks[i][at:] {
				if !yield(c) {
					return
				}
			}
		}
	}
}

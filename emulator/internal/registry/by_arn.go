package registry

import (
	"iter"
	"slices"
	"sort"
	"strings"
)

// This file keeps resources of one kind by their ARNs, so that a page of their list
// costs the same wherever it begins and however many there are.

// byARN has resources by their ARNs. The zero value has none.
type byARN[T any] struct {
	resources map[string]T
	order     []string // the ARNs in byte order, which is that of names within an account and region
}

func (b *byARN[T]) put(arn string, resource T) {
	if b.resources == nil {
		b.resources = make(map[string]T)
	}
	if _, there := b.resources[arn]; !there {
		at, _ := slices.BinarySearch(b.order, arn)
		b.order = slices.Insert(b.order, at, arn)
	}
	b.resources[arn] = resource
}

func (b *byARN[T]) remove(arn string) {
	if at, there := slices.BinarySearch(b.order, arn); there {
		b.order = slices.Delete(b.order, at, at+1)
		delete(b.resources, arn)
	}
}

// span is where the ARNs that begin with the prefix are in the order: from first to
// before end.
func (b *byARN[T]) span(prefix string) (first, end int) {
	first, _ = slices.BinarySearch(b.order, prefix)
	return first, first + sort.Search(len(b.order)-first, func(i int) bool { return !strings.HasPrefix(b.order[first+i], prefix) })
}

// count is how many ARNs begin with the prefix.
func (b *byARN[T]) count(prefix string) int {
	first, end := b.span(prefix)
	return end - first
}

// without returns the resources whose ARNs do not begin with the prefix, in order.
func (b *byARN[T]) without(prefix string) (others []T) {
	first, end := b.span(prefix)
	for _, part := range [][]string{b.order[:first], b.order[end:]} {
		for _, arn := range part {
			others = append(others, b.resources[arn])
		}
	}
	return others
}

// after returns the resources whose ARNs begin with the prefix and come after an ARN,
// in order, and no more than most.
func (b *byARN[T]) after(prefix, arn string, most int) (some []T) {
	at, there := slices.BinarySearch(b.order, arn)
	if there {
		at++
	}
	for _, next := range b.order[at:] {
		if len(some) == most || !strings.HasPrefix(next, prefix) {
			break
		}
		some = append(some, b.resources[next])
	}
	return some
}

// chunk is how many resources are read at once.
const chunk = 128

// inOrder gives the resources of a list whose ARNs come after an ARN, as they are when
// it comes to them. No lock is held while the loop's body runs.
func inOrder[T any](r *Registry, list *byARN[T], prefix, arn string, arnOf func(T) string) iter.Seq[T] {
	return func(yield func(T) bool) {
		for {
			r.mu.RLock()
			some := list.after(prefix, arn, chunk)
			r.mu.RUnlock()
			for _, one := range some {
				if !yield(one) {
					return
				}
			}
			if len(some) < chunk {
				return
			}
			arn = arnOf(some[len(some)-1])
		}
	}
}

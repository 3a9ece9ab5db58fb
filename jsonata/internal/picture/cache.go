package picture

import (
	"sync"
	"sync/atomic"
)

// A cache keeps what was made of the first maxCached texts: the pictures in a
// program are few, and mostly literals. Further texts are taken apart each time,
// so that no input can fill the memory.
type cache[T any] struct {
	made sync.Map // string → T
	size atomic.Int32
}

const (
	maxCached     = 256
	maxCachedText = 256 // bytes
)

// get returns what make gives for the text. Errors are not kept.
func (c *cache[T]) get(text string, make func(text string) (T, error)) (T, error) {
	if v, ok := c.made.Load(text); ok {
		return v.(T), nil
	}
	v, err := make(text)
	if err != nil || len(text) > maxCachedText || c.size.Load() >= maxCached {
		return v, err
	}
	if _, loaded := c.made.LoadOrStore(text, v); !loaded {
		c.size.Add(1)
	}
	return v, nil
}

// Package random gives an emulator all of its random numbers and ids, from one
// [Source], so that a seed repeats a whole run.
package random

import (
	crypto "crypto/rand"
	"encoding/binary"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"sync"

	"github.com/google/uuid"
)

// A Source gives random numbers and ids. It is safe for concurrent use.
type Source struct {
	seed uint64
	mu   sync.Mutex
	rand *rand.Rand // nil: the system's
}

// System returns a source that is different in every run.
func System() *Source { return &Source{} }

// New returns a source that gives the same in every run with the seed, in the
// order of the calls.
func New(seed uint64) *Source {
	return &Source{seed: seed, rand: rand.New(rand.NewPCG(seed, 0))}
}

// For returns the source of one thing, such as one execution or one call: with a
// seed it gives the same in every run, whatever else happens meanwhile and in
// which order. The key names the thing. The system's source is its own.
func (s *Source) For(key string) *Source {
	if s.rand == nil {
		return s
	}
	hash := fnv.New64a()
	io.WriteString(hash, key)
	return &Source{seed: s.seed ^ hash.Sum64(), rand: rand.New(rand.NewPCG(s.seed, hash.Sum64()))}
}

// Uint64 returns any number.
func (s *Source) Uint64() uint64 {
	if s.rand == nil {
		var b [8]byte
		crypto.Read(b[:])
		return binary.NativeEndian.Uint64(b[:])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rand.Uint64()
}

// Below returns a number from 0 to n-1. It panics if n is not positive.
func (s *Source) Below(n int) int {
	if s.rand == nil {
		return rand.IntN(n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rand.IntN(n)
}

// UUID returns a random UUID (version 4) as text.
func (s *Source) UUID() string {
	if s.rand == nil {
		return uuid.NewString()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], s.rand.Uint64())
	binary.BigEndian.PutUint64(id[8:], s.rand.Uint64())
	id[6] = id[6]&0x0f | 0x40 // version 4
	id[8] = id[8]&0x3f | 0x80 // of RFC 9562
	return id.String()
}

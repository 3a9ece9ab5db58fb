package asl_test

import (
	"path/filepath"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

// BenchmarkProjects validates a definition of a real project at a time.
func BenchmarkProjects(b *testing.B) {
	var texts []string
	size := 0
	for _, text := range readAll(b, filepath.Join(projects, "*.json")) {
		texts = append(texts, filled(text))
		size += len(text)
	}
	b.SetBytes(int64(size / len(texts)))
	for i := 0; b.Loop(); i++ {
		validate(texts[i%len(texts)], asl.Options{})
	}
}

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(everything)))
	for b.Loop() {
		asl.Parse(everything)
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile(1 << 20) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				validate(text, asl.Options{})
			}
		})
	}
}

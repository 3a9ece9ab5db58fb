//go:build ignore

// This program writes fonts/outlines.bin.gz: the outlines of the Go fonts, for the
// alphabets Latin, Greek and Cyrillic, in the form that png.go reads. The fonts
// themselves, and what reads them, would make the binary larger by half a megabyte.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"log"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

const unitsPerEm = 2048

func main() {
	var out []byte
	for _, data := range [][]byte{gobold.TTF, goregular.TTF, gomono.TTF} {
		out = append(out, face(data)...)
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := w.Write(out); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("fonts/outlines.bin.gz", packed.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// ranges are the characters taken over, where the fonts have them. U+FFFD stands for
// all others.
var ranges = [][2]rune{{' ', '~'}, {0xa0, 0x17f}, {0x370, 0x45f}, {0x2010, 0x2044}, {0x20ac, 0x20ac}, {0x2190, 0x2195}, {0x2200, 0x2265}, {0xfffd, 0xfffd}}

// face encodes one font. All numbers are varints: how many characters there are; then for each the
// difference of its code to the one before, its advance, how many segments its outline
// has, and for each segment 0, 1 or 2 (move, line, quadratic curve) and its
// points, as differences to the point before.
func face(data []byte) []byte {
	f, err := sfnt.Parse(data)
	if err != nil {
		log.Fatal(err)
	}
	var buffer sfnt.Buffer
	var out []byte
	count, before := 0, rune(0)
	for _, r := range ranges {
		for c := r[0]; c <= r[1]; c++ {
			index, err := f.GlyphIndex(&buffer, c)
			if err != nil {
				log.Fatal(err)
			}
			if index == 0 && c != 0xfffd {
				continue
			}
			count++
			out = binary.AppendUvarint(out, uint64(c-before))
			before = c
			advance, err := f.GlyphAdvance(&buffer, index, fixed.I(unitsPerEm), font.HintingNone)
			if err != nil {
				log.Fatal(err)
			}
			out = binary.AppendUvarint(out, uint64(advance.Round()))
			segments, err := f.LoadGlyph(&buffer, index, fixed.I(unitsPerEm), nil)
			if err != nil {
				log.Fatal(err)
			}
			out = append(out, outline(segments)...)
		}
	}
	return append(binary.AppendUvarint(nil, uint64(count)), out...)
}

func outline(segments sfnt.Segments) []byte {
	out := binary.AppendUvarint(nil, uint64(len(segments)))
	x, y := 0, 0
	for _, s := range segments {
		if s.Op > sfnt.SegmentOpQuadTo {
			log.Fatal("a cubic curve")
		}
		out = append(out, byte(s.Op))
		for _, p := range s.Args[:max(1, s.Op)] {
			out = binary.AppendVarint(out, int64(p.X.Round()-x))
			out = binary.AppendVarint(out, int64(p.Y.Round()-y))
			x, y = p.X.Round(), p.Y.Round()
		}
	}
	return out
}

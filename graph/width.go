package graph

import (
	"math"
	"unicode"
)

// This file measures texts. Drawings name fonts of the system, which differ from
// one to another; so texts get the room that they need in DejaVu, the widest
// family of those named.

// A font is one of the three that drawings use.
type font struct {
	size   float64
	widths *[95]uint16 // of the characters from U+0020 to U+007E, in thousandths of the size
	other  uint16      // of other alphabets
}

var (
	nameFont   = &font{13, &boldWidths, 760}
	detailFont = &font{11, &regularWidths, 700}
	labelFont  = &font{11, &monospaceWidths, 602}
)

// width returns the width of a text in px.
func (f *font) width(text string) float64 {
	sum := 0
	for _, r := range text {
		sum += int(f.advance(r))
	}
	return float64(sum) * f.size / 1000
}

func (f *font) advance(r rune) uint16 {
	switch {
	case r >= ' ' && r <= '~':
		return f.widths[r-' ']
	case r == '…' && f != labelFont:
		return 1000
	case unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 || r >= 0x1f000):
		return 1250 // ideographs, Hangul, full forms, pictures
	}
	return f.other
}

// even rounds a length up to an even number of px, so that middles are whole.
func even(length float64) float64 { return math.Ceil(length/2) * 2 }

// cut shortens a text at its end until it is at most most px wide.
func (f *font) cut(text string, most float64) string {
	if f.width(text) <= most {
		return text
	}
	room := most - f.width("…")
	used := 0.0
	for i, r := range text {
		used += float64(f.advance(r)) * f.size / 1000
		if used > room {
			return text[:i] + "…"
		}
	}
	return text
}

// cutMiddle shortens a text in its middle and keeps more of its end, where the
// rules of one Choice differ.
func (f *font) cutMiddle(text string, most float64) string {
	if f.width(text) <= most {
		return text
	}
	head := f.cut(text, most*0.35)
	room := most - f.width(head)
	runes := []rune(text)
	for i := len(runes); i > 0; i-- {
		if room -= float64(f.advance(runes[i-1])) * f.size / 1000; room < 0 {
			return head + string(runes[i:])
		}
	}
	return text
}

// boldWidths are those of DejaVu Sans Bold.
var boldWidths = [95]uint16{
	348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365,
	696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580,
	1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850,
	733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500,
	500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687,
	716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
}

// regularWidths are those of DejaVu Sans.
var regularWidths = [95]uint16{
	318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
	636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
	1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
	603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
	500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
	635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
}

// monospaceWidths are those of DejaVu Sans Mono.
var monospaceWidths = func() (widths [95]uint16) {
	for i := range widths {
		widths[i] = 602
	}
	return widths
}()

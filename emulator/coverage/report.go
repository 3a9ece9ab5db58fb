package coverage

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/graph"
)

// This file writes coverage for people and for the tools of others.

// A Source is a definition with its coverage, and where it is.
type Source struct {
	Name     string // of the state machine
	File     string // path
	Coverage *Coverage
	Line     func(pointer string) int // in the file, of what a JSON pointer of the definition leads to; 0: not known
}

// maxMissed is how many items are listed that were not reached.
const maxMissed = 100

// Text returns the coverage for people: a line with the shares, and one for each item that
// was not reached, with its place.
func Text(sources []Source) []byte {
	var b bytes.Buffer
	for _, s := range sources {
		fmt.Fprintf(&b, "coverage of %s: %s\n", s.Name, s.Coverage.Summary())
		missed := s.Coverage.Missed()
		for i, item := range missed {
			if i == maxMissed {
				fmt.Fprintf(&b, "  and %d more\n", len(missed)-maxMissed)
				break
			}
			fmt.Fprintf(&b, "  not reached: %-10s  %s  %s\n", singular[item.Kind], item.Name, s.place(item.Pointer))
		}
	}
	return b.Bytes()
}

var singular = [kinds]string{"state", "transition", "rule", "retrier", "catcher"}

func (s *Source) place(pointer string) string {
	if line := s.line(pointer); line > 0 {
		return fmt.Sprintf("%s:%d", s.File, line)
	}
	return s.File
}

func (s *Source) line(pointer string) int {
	if s.Line == nil {
		return 0
	}
	return s.Line(pointer)
}

// lines is how often each line was reached that has an item: of several, the most.
func (s *Source) lines() (numbers []int, counts map[int]int) {
	counts = make(map[int]int)
	for _, i := range s.Coverage.Items() {
		line := s.line(i.Pointer)
		if line == 0 {
			continue
		}
		if _, ok := counts[line]; !ok {
			numbers = append(numbers, line)
		}
		counts[line] = max(counts[line], i.Count)
	}
	slices.Sort(numbers)
	return numbers, counts
}

// A branch is a way that a state may take beside its Next.
type branch struct {
	line, block, number, count int
}

// branches are the rules, Retriers and Catchers, in blocks of a state and a kind.
func (s *Source) branches() []branch {
	var all []branch
	block, number := -1, 0
	state, kind := "", kinds
	for _, i := range s.Coverage.Items() {
		if i.Kind == State || i.Kind == Transition {
			continue
		}
		if owner := s.Coverage.stateOf(i); owner != state || i.Kind != kind {
			state, kind, number = owner, i.Kind, 0
			block++
		}
		if line := s.line(i.Pointer); line > 0 {
			all = append(all, branch{line, block, number, i.Count})
		}
		number++
	}
	return all
}

// LCOV returns the coverage in the format of lcov: lines of the definition, states as
// functions, and rules, Retriers and Catchers as branches.
func LCOV(sources []Source) []byte {
	var b bytes.Buffer
	for i := range sources {
		s := &sources[i]
		fmt.Fprintf(&b, "TN:\nSF:%s\n", oneLine(s.File))
		var states, reached int
		var calls []string
		for _, item := range s.Coverage.Items() {
			line := s.line(item.Pointer)
			if item.Kind != State || line == 0 {
				continue
			}
			name := oneLine(item.Name)
			fmt.Fprintf(&b, "FN:%d,%s\n", line, name)
			calls = append(calls, fmt.Sprintf("FNDA:%d,%s\n", item.Count, name))
			if states++; item.Count > 0 {
				reached++
			}
		}
		fmt.Fprintf(&b, "%sFNF:%d\nFNH:%d\n", strings.Join(calls, ""), states, reached)
		all, taken := s.branches(), 0
		for _, one := range all {
			fmt.Fprintf(&b, "BRDA:%d,%d,%d,%d\n", one.line, one.block, one.number, one.count)
			if one.count > 0 {
				taken++
			}
		}
		fmt.Fprintf(&b, "BRF:%d\nBRH:%d\n", len(all), taken)
		numbers, counts := s.lines()
		hit := 0
		for _, line := range numbers {
			fmt.Fprintf(&b, "DA:%d,%d\n", line, counts[line])
			if counts[line] > 0 {
				hit++
			}
		}
		fmt.Fprintf(&b, "LF:%d\nLH:%d\nend_of_record\n", len(numbers), hit)
	}
	return b.Bytes()
}

// oneLine is a text without line ends, which would be records of their own.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}

// Cobertura returns the coverage in the format of Cobertura, as of its DTD 04.
func Cobertura(sources []Source) []byte {
	var lines, hit, ways, taken int
	var classes bytes.Buffer
	for i := range sources {
		s := &sources[i]
		numbers, counts := s.lines()
		byLine := make(map[int][2]int) // branches taken, and all
		own := [2]int{}
		for _, one := range s.branches() {
			at := byLine[one.line]
			at[1]++
			own[1]++
			if one.count > 0 {
				at[0]++
				own[0]++
			}
			byLine[one.line] = at
		}
		ownHit := 0
		var inside bytes.Buffer
		for _, line := range numbers {
			if counts[line] > 0 {
				ownHit++
			}
			if at := byLine[line]; at[1] > 0 {
				fmt.Fprintf(&inside, `            <line number="%d" hits="%d" branch="true" condition-coverage="%d%% (%d/%d)"/>`+"\n", line, counts[line], 100*at[0]/at[1], at[0], at[1])
				continue
			}
			fmt.Fprintf(&inside, `            <line number="%d" hits="%d" branch="false"/>`+"\n", line, counts[line])
		}
		fmt.Fprintf(&classes, `        <class name="%s" filename="%s" line-rate="%s" branch-rate="%s" complexity="0">
          <methods/>
          <lines>
%s          </lines>
        </class>
`, graph.EscapeXML(s.Name), graph.EscapeXML(filepath.ToSlash(s.File)), rate(ownHit, len(numbers)), rate(own[0], own[1]), inside.Bytes())
		lines, hit, ways, taken = lines+len(numbers), hit+ownHit, ways+own[1], taken+own[0]
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="%s" branch-rate="%s" lines-covered="%d" lines-valid="%d" branches-covered="%d" branches-valid="%d" complexity="0" version="aslocal" timestamp="0">
  <sources>
    <source>.</source>
  </sources>
  <packages>
    <package name="state machines" line-rate="%[1]s" branch-rate="%[2]s" complexity="0">
      <classes>
%[7]s      </classes>
    </package>
  </packages>
</coverage>
`, rate(hit, lines), rate(taken, ways), hit, lines, taken, ways, classes.Bytes())
	return b.Bytes()
}

// rate is a share as Cobertura has it, from 0 to 1.
func rate(part, all int) string {
	if all == 0 {
		return "1"
	}
	return fmt.Sprintf("%.4f", float64(part)/float64(all))
}

package asl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

// hostile are definitions of about a megabyte that try to cost more than their
// size: by depth, by long names, by being wrong everywhere.
func hostile() map[string]string {
	const size = 1 << 20
	repeat := func(s string) string { return strings.TrimSuffix(strings.Repeat(s+",", size/(len(s)+1)), ",") }
	numbered := func(format string, n int) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = fmt.Sprintf(format, i, i+1)
		}
		return strings.Join(parts, ",")
	}
	long := strings.Repeat("n", size/2)
	return map[string]string{
		"deep template":  `{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":` + strings.Repeat(`{"a":`, 990) + `1` + strings.Repeat(`}`, 990) + `,"End":true}}}`,
		"deep workflows": strings.Repeat(`{"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":[`, 240) + `1` + strings.Repeat(`]}}}`, 240),
		"deep and wide": strings.Repeat(`{"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":[`, 40) +
			`{"StartAt":"A","States":{` + numbered(`"s%d":{"Type":"Task%d"}`, size/30) + `}}` + strings.Repeat(`]}}}`, 40),
		"deeper than JSON goes": strings.Repeat(`[`, size),
		"deep rules":            `{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[` + strings.Repeat(`{"Not":`, 900) + `{"And":[` + repeat(`{"Next":1}`) + `]}` + strings.Repeat(`}`, 900) + `]}}}`,
		"wrong Retriers":        `{"StartAt":"A","States":{"A":{"Type":"Task","Retry":[` + repeat(`{}`) + `]}}}`,
		"wrong states":          `{"StartAt":"A","States":{` + numbered(`"s%d":{"Next":"t%d"}`, size/22) + `}}`,
		"states of one name":    `{"StartAt":"A","States":{` + repeat(`"A":{}`) + `}}`,
		"a long name":           `{"StartAt":"A","States":{"` + long + `":{"Type":"Map","ItemProcessor":{"States":{` + numbered(`"s%d":{"Type":"P%d"}`, size/60) + `}}}}}`,
		"a long key":            `{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"` + long + `":[` + strings.Repeat(`{"a.$":1},`, size/24) + `1]}}}}`,
		"a long text":           `{"StartAt":"` + long + `","States":{"A":{"Type":"` + long[:size/3] + `"}}}`,
		"containers with variables": `{"StartAt":"s0","States":{` +
			numbered(`"s%d":{"Type":"Parallel","Branches":[],"Assign":{"v":1},"Next":"s%d"}`, size/80) + `}}`,
		"unknown fields": `{"StartAt":"A","States":{"A":{` + numbered(`"f%d":%d`, size/16) + `}}}`,
		"one long line of paths": `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Parameters":{` +
			numbered(`"p%d.$":"$.a[%d"`, size/24) + `}}}}`,
	}
}

// TestHostileDefinitions is about ending at all; how long each takes is
// BenchmarkHostile's.
func TestHostileDefinitions(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			d, found := asl.Parse(text)
			found = append(found, asl.Validate(d, asl.Options{})...)
			if name != "deep template" && !found.HasErrors() {
				t.Error("got no errors")
			}
			if len(found) > 1001 {
				t.Errorf("got %d diagnostics", len(found))
			}
			asl.VariableReferences(d)
		})
	}
}

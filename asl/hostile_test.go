package asl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

// hostile are definitions of about the given size that try to cost more than
// it: by depth, by long names, by being wrong everywhere.
func hostile(size int) map[string]string {
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
		"unknown errors": `{"StartAt":"A","States":{"A":{"Type":"Task","Retry":[{"ErrorEquals":[` + numbered(`"States.Timeou%[1]d"`, size/20) + `]}]}}}`,
		"states of another workflow": `{"StartAt":"A","States":{"A":{"Type":"Map","ItemProcessor":{"StartAt":"s0","States":{` +
			numbered(`"s%[1]d":{"Type":"Succeed"}`, size/70) + `}}},` + numbered(`"t%[1]d":{"Type":"Pass","Next":"s%[1]d"}`, size/70) + `}}`,
		"variables nobody assigns": `{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Output":"{% [` +
			numbered(`$v%[1]d`, size/32) + `] %}"}}}`,
		"variables beside many others": `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Assign":{` +
			numbered(`"v%[1]d":1`, size/24) + `},"Parameters":{` + numbered(`"p%[1]d.$":"$w%[1]d"`, size/48) + `}}}}`,
		"branches without an end": `{"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":[` +
			repeat(`{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"A"}}}`) + `]}}}`,
		"unknown fields": `{"StartAt":"A","States":{"A":{` + numbered(`"f%d":%d`, size/16) + `}}}`,
		"one long line of paths": `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Parameters":{` +
			numbered(`"p%d.$":"$.a[%d"`, size/24) + `}}}}`,
	}
}

// maxFindings is how many diagnostics Validate gives at most.
const maxFindings = 1000

// TestHostileDefinitions is about ending soon at all; BenchmarkHostile says how
// soon with a megabyte.
func TestHostileDefinitions(t *testing.T) {
	for name, text := range hostile(1 << 16) {
		t.Run(name, func(t *testing.T) {
			d, found := asl.Parse(text)
			found = append(found, asl.Validate(d, asl.Options{})...)
			if name != "deep template" && len(found) == 0 {
				t.Error("got nothing")
			}
			if len(found) > maxFindings {
				t.Errorf("got %d diagnostics, want at most %d", len(found), maxFindings)
			}
			asl.VariableReferences(d)
		})
	}
}

func TestNestingHasALimit(t *testing.T) {
	nested := func(levels int) string {
		inner := `{"StartAt":"last","States":{"last":{"Type":"Succeed"}}}`
		for i := range levels {
			inner = fmt.Sprintf(`{"StartAt":"s%d","States":{"s%[1]d":{"Type":"Parallel","End":true,"Branches":[%s]}}}`, i, inner)
		}
		return inner
	}
	if found := validate(nested(40), asl.Options{}).Errors(); len(found) > 0 {
		t.Errorf("40 levels: got %v", found)
	}
	if found := validate(nested(41), asl.Options{}).Errors(); len(found) != 1 || found[0].Code != asl.TooDeeplyNested {
		t.Errorf("41 levels: got %v", found)
	}
}

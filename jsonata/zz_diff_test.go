package jsonata

import (
	"os"
	"testing"

	"github.com/aslocal/aslocal/value"
)

func TestZZDiff(t *testing.T) {
	text, err := os.ReadFile("/tmp/diff/out.json")
	if err != nil {
		t.Skip()
	}
	n, bad := 0, 0
	for _, v := range value.MustParse(string(text)).Items() {
		c := sharedCase{id: v.Get("id").Text(), group: "diff", text: v.Get("expr").Text(), data: v.Get("data"), want: expectation(t, v)}
		if c.skip() != "" {
			continue
		}
		n++
		if wrong := c.check(c.run()); wrong != "" {
			bad++
			if bad < 40 {
				t.Logf("DIFF %s\n\tdata %.60s\n\t%.400s", c.text, c.data, wrong)
			}
		}
	}
	t.Logf("%d compared, %d differ", n, bad)
}

package intrinsic

import "testing"

func BenchmarkEval(b *testing.B) {
	for _, bench := range []struct{ name, call string }{
		{"Format", `States.Format('Order {} of {}', $.n, $.name)`},
		{"MathAdd", `States.MathAdd($.n, 1)`},
		{"ArrayLength", `States.ArrayLength($.list)`},
		{"nested", `States.ArrayGetItem(States.StringSplit($$.Execution.Name, '-'), 0)`},
	} {
		c, err := Compile(bench.call)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			random := new(steps)
			for b.Loop() {
				if _, err := c.Eval(world, random); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(`States.Format('Order {} of {}', $.n, $$.Execution.Name)`); err != nil {
			b.Fatal(err)
		}
	}
}

package intrinsic

import (
	"errors"
	"testing"
)

// FuzzCall compiles a text, compiles what String returns of it, and evaluates
// both.
func FuzzCall(f *testing.F) {
	for _, seed := range []string{
		`States.Format('{} \{\} it\'s', $.name)`, `States.Array(1, -2.5e3, true, null, 'x', $.list[?(@ > 1)])`,
		`States.ArrayRange(0, 10, 3)`, `States.ArrayUnique($.list)`, `States.StringToJson('{"a": [1]}')`,
		`States.MathRandom(-5, 5, 42)`, `States.JsonMerge($.obj, $$.Execution, false)`, `States.Base64Decode($s)`,
		`States.Hash(States.UUID(), 'MD5')`, `States.StringSplit('a,b', ',')`, ` States.ArrayGetItem( $.list , 0 ) `,
		`States.ArrayPartition($.list, 2)`, `States.Array($v['a)b'].x, $$)`, `States.Array(`, `States.Format('\`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Compile(text)
		if err != nil {
			var bad *SyntaxError
			if !errors.As(err, &bad) || bad.Offset < 0 || bad.Offset > len(text) {
				t.Fatalf("%q: got %v", text, err)
			}
			return
		}
		again, err := Compile(c.String())
		if err != nil || again.String() != c.String() {
			t.Fatalf("%q: String gave %q, which compiles to %v, %v", text, c, again, err)
		}
		v, err := c.Eval(world, new(steps))
		w, errAgain := again.Eval(world, new(steps))
		if v.String() != w.String() || (err == nil) != (errAgain == nil) {
			t.Fatalf("%q: got %s, %v and then %s, %v", text, v, err, w, errAgain)
		}
		if failed := new(Error); err != nil && !errors.As(err, &failed) {
			t.Fatalf("%q: got a %T", text, err)
		}
	})
}

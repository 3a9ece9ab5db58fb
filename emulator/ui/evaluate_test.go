package ui_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/ui"
)

// post posts to the API of a UI, and reads the answer into out.
func post(t *testing.T, u *ui.UI, path string, in, out any) int {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/_ui/api/"+path, strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("X-Aslocal", "1")
	w := httptest.NewRecorder()
	u.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
		t.Fatalf("%s: %v in %s", path, err, w.Body)
	}
	return w.Code
}

func TestEvaluate(t *testing.T) {
	u := ui.New(ui.Config{})
	for _, c := range []struct {
		in       ui.Evaluate
		value    string
		fails    string
		position int
	}{
		{ui.Evaluate{Language: "JSONata", Expression: "{% $states.input.n * $k %}", Input: `{"n": 3}`, Variables: `{"k": 4}`}, "12", "", -1},
		{ui.Evaluate{Language: "JSONata", Expression: "n + $states.result + $states.context.x", Input: `{"n": 3}`, Result: "4", Context: `{"x": 5}`}, "12", "", -1},
		{ui.Evaluate{Language: "JSONata", Expression: "{% 1 + %}"}, "", "S0207", 7},
		{ui.Evaluate{Language: "JSONata", Expression: "nothing"}, "", "undefined", -1},
		{ui.Evaluate{Language: "JSONata", Expression: "$sum"}, "", "function", -1},
		{ui.Evaluate{Language: "JSONata", Expression: "($f := function($x){$f($x)}; $f(1))"}, "", "", -1},
		{ui.Evaluate{Language: "JSONPath", Expression: "$.a[1]", Input: `{"a": [1, 9007199254740993]}`}, "9007199254740993", "", -1},
		{ui.Evaluate{Language: "JSONPath", Expression: "$$.Execution.Name", Context: `{"Execution": {"Name": "x"}}`}, `"x"`, "", -1},
		{ui.Evaluate{Language: "JSONPath", Expression: "$v.a", Variables: `{"v": {"a": true}}`}, "true", "", -1},
		{ui.Evaluate{Language: "JSONPath", Expression: "$.b", Input: `{"a": 1}`}, "", "", -1},
		{ui.Evaluate{Language: "JSONPath", Expression: "$.["}, "", "", 2},
		{ui.Evaluate{Language: "Intrinsic", Expression: "States.Format('{}-{}', $.a, $$.n)", Input: `{"a": 1}`, Context: `{"n": 2}`}, `"1-2"`, "", -1},
		{ui.Evaluate{Language: "Intrinsic", Expression: "States.Nothing()"}, "", "", -2},
		{ui.Evaluate{Language: "JSONata", Expression: "$states.errorOutput.Error", ErrorOutput: `{"Error": "Full"}`}, `"Full"`, "", -1},
		{ui.Evaluate{Language: "JSONataTemplate", Expression: `{"a": "{% n %}", "b": [1.50, "{% $k %}", ["{% [1] %}"]], "c": "n"}`, Input: `{"n": 3}`, Variables: `{"k": [4]}`}, `{"a":3,"b":[1.50,[4],[[1]]],"c":"n"}`, "", -1},
		{ui.Evaluate{Language: "JSONataTemplate", Expression: `"{% n %}"`, Input: `{"n": 3}`}, "3", "", -1},
		{ui.Evaluate{Language: "JSONataTemplate", Expression: `{"a": ["{% nothing %}"]}`}, "", "/a/0: the expression returned nothing", -1},
		{ui.Evaluate{Language: "JSONataTemplate", Expression: `{"a": "{% $sum %}"}`}, "", "/a: the expression returned a function", -1},
		{ui.Evaluate{Language: "JSONataTemplate", Expression: `{"a": `}, "", "expected JSON", -1},
		{ui.Evaluate{Language: "JSONPathTemplate", Expression: `{"a.$": "$.n", "b": {"c.$": "States.Format('{}', $.n)"}, "d": "$.n"}`, Input: `{"n": 3}`}, `{"a":3,"b":{"c":"3"},"d":"$.n"}`, "", -1},
		{ui.Evaluate{Language: "JSONPathTemplate", Expression: `{"a": [{"b.$": "$.x"}]}`, Input: `{}`}, "", "/a/0/b.$: ", -1},
	} {
		var out ui.Evaluated
		if status := post(t, u, "evaluate", c.in, &out); status != 200 {
			t.Errorf("%s: %d", c.in.Expression, status)
			continue
		}
		if out.Value != c.value || !strings.Contains(out.Error, c.fails) || (out.Error == "") != (c.value != "") || c.position != -2 && out.Position != c.position && c.value+c.fails != "" {
			t.Errorf("%s: %+v, want %q or %q at %d", c.in.Expression, out, c.value, c.fails, c.position)
		}
	}
	for _, in := range []ui.Evaluate{{Language: "JSONata", Input: "{"}, {Language: "JSONata", Variables: "[]"}, {Language: "JSONata", Context: "x"}, {Language: "jsonata"}} {
		var why ui.Refusal
		if status := post(t, u, "evaluate", in, &why); status != 400 || why.Message == "" {
			t.Errorf("%+v: %d %+v", in, status, why)
		}
	}
}

package ui_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/aslocal/aslocal/emulator/ui"
)

func TestFieldsOfForms(t *testing.T) {
	u := ui.New(ui.Config{})
	for _, c := range []struct {
		kind, language, resource string
		has, lacks               string // names of fields
		status                   int
	}{
		{"", "JSONata", "", "StartAt", "Resource", 200},
		{"Task", "JSONata", "", "Arguments", "InputPath", 200},
		{"Task", "JSONPath", "arn:aws:states:::sqs:sendMessage", "Parameters", "Arguments", 200},
		{"Wait", "JSONPath", "", "SecondsPath", "Retry", 200},
		{"Tusk", "JSONPath", "", "", "", 400},
		{"Task", "", "", "", "", 400},
	} {
		q := url.Values{"type": {c.kind}, "language": {c.language}, "resource": {c.resource}}
		w := httptest.NewRecorder()
		u.ServeHTTP(w, httptest.NewRequest("GET", "/_ui/api/fields?"+q.Encode(), nil))
		if w.Code != c.status {
			t.Errorf("%+v: %d %s", c, w.Code, w.Body)
			continue
		}
		if c.status != 200 {
			continue
		}
		var out ui.Fields
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range out.Fields {
			names = append(names, f.Name)
			if f.Docs == "" {
				t.Errorf("%s: no documentation", f.Name)
			}
			if f.Name == "Parameters" && len(f.Fields) == 0 {
				t.Errorf("%+v: no parameters of the action", c)
			}
		}
		if !slices.Contains(names, c.has) || slices.Contains(names, c.lacks) {
			t.Errorf("%+v: fields %v", c, names)
		}
	}
}

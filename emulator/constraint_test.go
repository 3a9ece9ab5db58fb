package emulator_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// This file tests the constraints of requests, over HTTP. The tables are made of the
// service's model by `make models`.

// A violation is a request that is refused, and the message.
type violation struct{ action, request, message string }

// repeated stands for many times a character in the table.
var repeated = regexp.MustCompile(`\$\{(.)\*(\d+)\}`)

func expand(text string) string {
	return repeated.ReplaceAllStringFunc(text, func(s string) string {
		m := repeated.FindStringSubmatch(s)
		n, _ := strconv.Atoi(m[2])
		return strings.Repeat(m[1], n)
	})
}

// readTable calls read for the lines of a table that are neither empty nor comments;
// those that are indented come without their tab.
func readTable(t *testing.T, name string, read func(line string, indented bool)) {
	t.Helper()
	f, err := os.Open("internal/api/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if text := lines.Text(); text != "" && text[0] != '#' {
			read(strings.TrimPrefix(text, "\t"), text[0] == '\t')
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func readViolations(t *testing.T) (all []violation) {
	readTable(t, "violations.txt", func(line string, indented bool) {
		if indented {
			all[len(all)-1].message = line
			return
		}
		action, request, _ := strings.Cut(line, " ")
		all = append(all, violation{action: action, request: request})
	})
	return all
}

// refusal sends a request and returns the exception it is answered with.
func (x *test) refusal(action, body string) (kind, message string) {
	x.Helper()
	r, err := http.NewRequest(http.MethodPost, x.em.URL(), strings.NewReader(body))
	if err != nil {
		x.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AWSStepFunctions."+action)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		x.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		x.Fatal(err)
	}
	var exception struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(text, &exception); err != nil || answer.StatusCode != http.StatusBadRequest {
		x.Errorf("%s: got %s, %s", action, answer.Status, text)
	}
	return exception.Type, exception.Message
}

// TestConstraints breaks each constraint of the model of each member of each action,
// and then all at once (F-215, F-216).
func TestConstraints(t *testing.T) {
	x := newTest(t)
	for _, v := range readViolations(t) {
		kind, message := x.refusal(v.action, expand(v.request))
		if want := expand(v.message); kind != "com.amazon.coral.validate#ValidationException" || message != want {
			t.Errorf("%s %s:\ngot  %s: %.600s\nwant %.600s", v.action, v.request, kind, message, want)
		}
	}
}

// TestAllConstraintsAreTested looks for a case of each constraint.
func TestAllConstraintsAreTested(t *testing.T) {
	messages := map[string]*strings.Builder{} // of each action
	for _, v := range readViolations(t) {
		if messages[v.action] == nil {
			messages[v.action] = new(strings.Builder)
		}
		messages[v.action].WriteString(v.message + "; ")
	}
	action, constraints := "", 0
	readTable(t, "constraints.txt", func(line string, indented bool) {
		if !indented {
			action = line
			return
		}
		words := strings.Split(line, " ")
		path := strings.ReplaceAll(words[0], "member", "1.member")
		for _, word := range words[2:] {
			name, bound, _ := strings.Cut(word, "=")
			measure := map[bool]string{true: "length", false: "value"}[words[1] == "string" || words[1] == "list"]
			said := map[string]string{
				"required": "not be null", "min": "have " + measure + " greater than or equal to " + bound, "max": "have " + measure + " less than or equal to " + bound,
				"maxbytes": "have size less than or equal to " + bound + " bytes in UTF-8 encoding",
				"enum":     "satisfy enum value set: [" + strings.ReplaceAll(bound, "|", ", ") + "]", "pattern": "satisfy regular expression pattern: " + bound,
			}[name]
			if name == "sensitive" {
				continue // that the value is not shown is part of the other messages
			}
			constraints++
			if want := " at '" + path + "' failed to satisfy constraint: Member must " + said + "; "; messages[action] == nil || !strings.Contains(messages[action].String(), want) {
				t.Errorf("%s: no case has %q", action, want)
			}
		}
	})
	if constraints < 200 {
		t.Errorf("got %d constraints, want at least 200", constraints)
	}
}

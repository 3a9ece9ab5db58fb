package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/aslocal/aslocal/value"
)

// This file finds the state machines that are in the state but not in the files:
// those that were created through the API, and those whose file is gone or has
// errors now. The banner must list them, since clients can start them.

// A storedMachine is a state machine of the state. The name of one in another region or
// account than the default ones is its ARN.
type storedMachine struct{ name, arn string }

// storedMachines lists all state machines, as the API does.
func storedMachines(ctx context.Context, api http.Handler) ([]storedMachine, error) {
	var all []storedMachine
	request := value.OfMembers("maxResults", value.OfInt(1000))
	for {
		answer, err := callAPI(ctx, api, "ListStateMachines", request)
		if err != nil {
			return all, err
		}
		for _, machine := range answer.Get("stateMachines").Items() {
			all = append(all, storedMachine{machine.Get("name").Text(), machine.Get("stateMachineArn").Text()})
		}
		next := answer.Get("nextToken")
		if next.Text() == "" {
			return all, nil
		}
		request = request.With("nextToken", next)
	}
}

// placeTag is the tag of a state machine that says which file defines it.
const placeTag = "aslocal:file"

// placeOf returns the file that a state machine was registered from, "" for one that was
// created through the API.
func placeOf(ctx context.Context, api http.Handler, m storedMachine) (string, error) {
	answer, err := callAPI(ctx, api, "ListTagsForResource", value.OfMembers("resourceArn", value.OfString(m.arn)))
	for _, tag := range answer.Get("tags").Items() {
		if tag.Get("key").Text() == placeTag {
			return tag.Get("value").Text(), nil
		}
	}
	return "", err
}

// setPlace writes down which file defines a state machine.
func setPlace(ctx context.Context, api http.Handler, m storedMachine, place string) error {
	tag := value.OfMembers("key", value.OfString(placeTag), "value", value.OfString(place))
	_, err := callAPI(ctx, api, "TagResource", value.OfMembers("resourceArn", value.OfString(m.arn), "tags", value.OfItems(tag)))
	return err
}

// tagText is a path with the characters that a tag may have.
func tagText(path string) string {
	fits := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune(" _.:/=+-@", r) {
			return r
		}
		return '_'
	}
	runes := []rune(strings.Map(fits, path))
	return string(runes[max(0, len(runes)-maxTag):])
}

// maxTag is how many characters a tag has at most.
const maxTag = 256

// callAPI calls an action of the API in process.
func callAPI(ctx context.Context, api http.Handler, action string, input value.Value) (value.Value, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/", bytes.NewReader(input.AppendJSON(nil)))
	if err != nil {
		return value.Value{}, err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AWSStepFunctions."+action)
	w := &answerWriter{header: make(http.Header), status: http.StatusOK}
	api.ServeHTTP(w, r)
	if w.status != http.StatusOK {
		return value.Value{}, fmt.Errorf("%s: %s", action, w.body.String())
	}
	return value.ParseBytes(w.body.Bytes())
}

// An answerWriter is a http.ResponseWriter that keeps the answer.
type answerWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (w *answerWriter) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *answerWriter) WriteHeader(status int) { w.status = status }

// Write implements http.ResponseWriter.
func (w *answerWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

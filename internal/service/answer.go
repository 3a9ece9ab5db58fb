package service

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file checks a result against what the API of a service answers. Guide: "Testing
// state machines with TestState API", field validation modes.

// An Answer is what an integration answers.
type Answer struct {
	shape  *awsapi.Shape
	casing awsapi.Casing
	free   string // members that may be anything, each with a space around it
}

// AnswerOf returns what an integration answers, named as in its ARN behind
// arn:aws:states::: ("batch:submitJob.sync", "aws-sdk:kms:encrypt"). With .sync it is
// what the operation answers that is polled for the job's end. It is false for an
// unknown integration, and for one that calls no operation.
func AnswerOf(integration string) (Answer, bool) {
	if sdk, ok := strings.CutPrefix(integration, "aws-sdk:"); ok {
		name, action, _ := strings.Cut(sdk, ":")
		api, operation, err := awsapi.FindSDK(name, action)
		if err != nil {
			return Answer{}, false
		}
		return answerOf(api, operation, awsapi.JavaV2, "")
	}
	stem, job := strings.CutSuffix(integration, ".sync")
	name, action, _ := strings.Cut(stem, ":")
	a, ok := Find(name, action)
	switch {
	case !ok || a.Operation == "":
		return Answer{}, false
	case job && a.Job == nil:
		return Answer{}, false
	case job:
		return answerOf(a.API, a.Job.Poll, awsapi.PascalCase, freeMembers[integration])
	}
	return answerOf(a.API, a.Operation, awsapi.PascalCase, freeMembers[integration])
}

// freeMembers are the members of answers that Step Functions shows as JSON where the
// API has text.
var freeMembers = map[string]string{
	"bedrock:invokeModel":        " Body ",
	"lambda:invoke":              " Payload ",
	"states:startExecution.sync": " Input Output ",
}

func answerOf(api, operation string, c awsapi.Casing, free string) (Answer, bool) {
	o, ok := awsapi.Describe(api, operation)
	if !ok {
		return Answer{}, false
	}
	return Answer{shape: o.Output, casing: c, free: free}, true
}

// Check returns the first thing that is wrong with a result, "" if nothing is. It is in
// the words of the service, which names the innermost field. With required, all
// required members must be there. Null stands for an absent member, and members that
// the API does not have are allowed.
func (a Answer) Check(result value.Value, required bool) (wrong string) {
	return a.check(a.shape, "", result, required)
}

// written says how shapes are written in JSON, and how the service says so.
var written = map[awsapi.Kind]struct {
	kind value.Kind
	want string
}{
	awsapi.Structure: {value.Object, "an object"},
	awsapi.Map:       {value.Object, "an object"},
	awsapi.List:      {value.Array, "an array"},
	awsapi.String:    {value.String, "a string"},
	awsapi.Blob:      {value.String, "a string"},
	awsapi.Timestamp: {value.String, "a string"},
	awsapi.Integer:   {value.Number, "a number"},
	awsapi.Float:     {value.Number, "a number"},
	awsapi.Boolean:   {value.Bool, "a boolean"},
}

func (a Answer) check(s *awsapi.Shape, field string, v value.Value, required bool) string {
	w, ok := written[s.Kind]
	switch {
	case !ok: // a document
		return ""
	case v.Kind() != w.kind:
		return fmt.Sprintf("Field '%s' must be %s", field, w.want)
	}
	if wrong := checkBounds(s, field, v); wrong != "" {
		return wrong
	}
	switch s.Kind {
	case awsapi.String:
		if s.Enum != nil && !slices.Contains(s.Enum, v.Text()) {
			return fmt.Sprintf("Field '%s' is not an expected value", field)
		}
	case awsapi.List:
		for _, item := range v.Items() {
			if wrong := a.check(s.Element, field, item, required); wrong != "" {
				return wrong
			}
		}
	case awsapi.Map:
		for name, item := range v.Members() {
			if wrong := a.check(s.Element, name, item, required); wrong != "" {
				return wrong
			}
		}
	case awsapi.Structure:
		return a.checkMembers(s, v, required)
	}
	return ""
}

func (a Answer) checkMembers(s *awsapi.Shape, v value.Value, required bool) string {
	for name, m := range s.Members(a.casing) {
		switch member := v.Get(name); {
		case s == a.shape && strings.Contains(a.free, " "+name+" "):
		case member.Exists() && !member.IsNull():
			if wrong := a.check(m.Shape, name, member, required); wrong != "" {
				return wrong
			}
		case m.Required && required:
			return fmt.Sprintf("Required field '%s' is missing", name)
		}
	}
	return ""
}

// checkBounds holds a number to its range, and anything else to its length.
func checkBounds(s *awsapi.Shape, field string, v value.Value) string {
	if s.Low == math.MinInt64 && s.High == math.MaxInt64 {
		return ""
	}
	if v.Kind() == value.Number {
		switch n := v.Float(); {
		case n < float64(s.Low):
			return fmt.Sprintf("Field '%s' is less than the minimum value", field)
		case n > float64(s.High):
			return fmt.Sprintf("Field '%s' exceeds the maximum value", field)
		}
		return ""
	}
	n := int64(v.Len())
	if v.Kind() == value.String {
		n = int64(utf8.RuneCountInString(v.Text()))
	}
	switch {
	case n < s.Low:
		return fmt.Sprintf("Field '%s' is smaller than the minimum length", field)
	case n > s.High:
		return fmt.Sprintf("Field '%s' exceeds the maximum length", field)
	}
	return ""
}

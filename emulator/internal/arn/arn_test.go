package arn

import (
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
)

const here = "arn:aws:states:us-east-1:123456789012:"

func TestParse(t *testing.T) {
	for text, want := range map[string]ARN{
		"stateMachine:m":           {Kind: StateMachine, Name: "m"},
		"stateMachine:m:3":         {Kind: StateMachine, Name: "m", Qualifier: "3"},
		"stateMachine:m/Each":      {Kind: StateMachine, Name: "m", Label: "Each"},
		"execution:m:e":            {Kind: Execution, Name: "m", Qualifier: "e"},
		"execution:m/Each:e":       {Kind: Execution, Name: "m", Label: "Each", Qualifier: "e"},
		"express:m:e:id":           {Kind: Express, Name: "m", Qualifier: "e:id"},
		"mapRun:m/Each:id":         {Kind: MapRun, Name: "m", Label: "Each", Qualifier: "id"},
		"activity:a":               {Kind: Activity, Name: "a"},
		"stateMachine:m:":          {Kind: StateMachine, Name: "m"},
		"execution:m:e/no-label":   {Kind: Execution, Name: "m", Qualifier: "e/no-label"},
		"somethingElse:x:y:z/w/v:": {Kind: "somethingElse", Name: "x", Qualifier: "y:z/w/v:"},
	} {
		got, err := Parse(here + text)
		want.Region, want.Account, want.text = "us-east-1", "123456789012", here+text
		want.machine = len(here + string(want.Kind) + ":" + want.Name)
		if err != nil || got != want {
			t.Errorf("%s\n got %+v, %v\nwant %+v", text, got, err, want)
		}
		if base := got.Base(); base != here+string(want.Kind)+":"+want.Name {
			t.Errorf("%s: base %s", text, base)
		}
	}
}

func TestChildMachine(t *testing.T) {
	a, err := Parse(here + "mapRun:m/Each:id")
	if err != nil {
		t.Fatal(err)
	}
	child := a.ChildMachine()
	want, err := Parse(here + "stateMachine:m/Each")
	if err != nil || child != want || child.LabelledName() != "m/Each" {
		t.Errorf("got %+v (%s), %v, want %+v", child, child.LabelledName(), err, want)
	}
}

func TestRevisions(t *testing.T) {
	document, labels := SplitRevision(ChildRevision(ChildRevision("key", "Outer"), "Inner"))
	if document != "key" || !slices.Equal(labels, []string{"Outer", "Inner"}) {
		t.Errorf("got %q, %q", document, labels)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		parse func(string) (ARN, error)
		text  string
		want  *fault.Error // nil: accepted
	}{
		{Parse, "", fault.InvalidArn("")},
		{Parse, "m", fault.InvalidArn("m")},
		{Parse, "arm:aws:states:us-east-1:123456789012:stateMachine:m", fault.InvalidArn("arm:aws:states:us-east-1:123456789012:stateMachine:m")},
		{Parse, "arn::states:us-east-1:123456789012:stateMachine:m", fault.InvalidArn("arn::states:us-east-1:123456789012:stateMachine:m")},
		{Parse, "arn:aws:lambda:us-east-1:123456789012:function:f", fault.InvalidArn("arn:aws:lambda:us-east-1:123456789012:function:f")},
		{Parse, here + "stateMachine", fault.InvalidArn(here + "stateMachine")},
		{Parse, here + "stateMachine:", fault.InvalidArn(here + "stateMachine:")},
		{Parse, here + ":m", fault.InvalidArn(here + ":m")},
		{ParseMachine, here + "stateMachine:m:3", nil},
		{ParseMachine, here + "express:m:e:id", fault.InvalidArnResource("express")},
		{ParseMachine, here + "stateMachine:m/Each", fault.LabeledArn(here + "stateMachine:m/Each")},
		{ParseQualified, here + "stateMachine:m:live", nil},
		{ParseQualified, here + "stateMachine:m", fault.InvalidArnResource("stateMachine")},
	} {
		_, err := c.parse(c.text)
		if c.want == nil && err != nil || c.want != nil && (err == nil || err.Error() != c.want.Error()) {
			t.Errorf("%s\n got %v\nwant %v", c.text, err, c.want)
		}
	}
}

// What a Home makes is read back as it was given.
func TestHome(t *testing.T) {
	h := Home{Region: "eu-west-1", Account: "000000000000"}
	for _, c := range []struct {
		text string
		want ARN
	}{
		{h.StateMachine("m"), ARN{Kind: StateMachine, Name: "m"}},
		{Version(h.StateMachine("m"), "3"), ARN{Kind: StateMachine, Name: "m", Qualifier: "3"}},
		{h.Activity("a"), ARN{Kind: Activity, Name: "a"}},
		{h.Execution("m", "e"), ARN{Kind: Execution, Name: "m", Qualifier: "e"}},
		{h.Express("m", "e", "id"), ARN{Kind: Express, Name: "m", Qualifier: "e:id"}},
	} {
		a, err := Parse(c.text)
		if err != nil || a.Kind != c.want.Kind || a.Name != c.want.Name || a.Qualifier != c.want.Qualifier || HomeOf(c.text) != h {
			t.Errorf("%s: got %+v, %v", c.text, a, err)
		}
	}
}

func TestHomes(t *testing.T) {
	for text, want := range map[string]Home{
		"arn:aws:states:us-east-1:123456789012:stateMachine:order": {"us-east-1", "123456789012"},
		"arn:aws:iam::222222222222:role/x":                         {"", "222222222222"},
		"arn:aws:states:::sqs:sendMessage":                         {},
		"arn:aws:states:eu-west-1":                                 {"eu-west-1", ""},
		"order":                                                    {},
		"":                                                         {},
	} {
		if got := HomeOf(text); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestRegionsAndAccounts(t *testing.T) {
	for text, want := range map[string]bool{
		"us-east-1": true, "us-gov-west-1": true, "ap-southeast-5": true, "eusc-de-east-1": true, "us-iso-east-1": true, "mx-central-1": true,
		"": false, "local": false, "us-east": false, "us-1": false, "-east-1": false, "us--1": false, "us-east-": false, "u-east-1": false, "US-EAST-1": false,
		"us-east-1a": false, "us-east-1:x": false, "us/east-1": false, "us-éast-1": false, "aws-global": false, "us-" + strings.Repeat("e", 40) + "-1": false,
	} {
		if IsRegion(text) != want {
			t.Errorf("%q is a region: %v", text, !want)
		}
	}
	for text, want := range map[string]bool{"123456789012": true, "000000000000": true, "": false, "12345678901": false, "1234567890123": false, "12345678901a": false, "١٢٣٤٥٦": false} {
		if IsAccount(text) != want {
			t.Errorf("%q is an account: %v", text, !want)
		}
	}
}

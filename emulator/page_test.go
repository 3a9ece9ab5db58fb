package emulator_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// This file tests the pages of lists: their order, and their tokens.

// A listing is a request for a page of some list: what it shows, and the next token.
type listing struct {
	name string
	page func(maxResults int32, token *string) (items []string, next *string, err error)
}

// listings makes something of each kind, three or more, and returns the actions that
// list it.
func listings(x *test) []listing {
	x.Helper()
	machine := x.create("m", pass)
	x.create("n", pass)
	x.create("o", pass)
	maps := x.create("maps", `{"StartAt": "M1", "States": {"M1": `+distributed("P1", `"Next": "M2"`)+`, "M2": `+distributed("P2", `"Next": "M3"`)+`, "M3": `+distributed("P3", `"End": true`)+`}}`)
	var execution string
	for i := range 3 {
		execution = x.start(machine, fmt.Sprint("e", i), "{}")
		if _, err := x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: aws.String(fmt.Sprint("a", i))}); err != nil {
			x.Fatal(err)
		}
		version, err := x.client.PublishStateMachineVersion(x.ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: machine})
		if err != nil {
			x.Fatal(err)
		}
		if _, err := x.client.CreateStateMachineAlias(x.ctx, &sfn.CreateStateMachineAliasInput{Name: aws.String(fmt.Sprint("alias", i)), RoutingConfiguration: []types.RoutingConfigurationListItem{
			{StateMachineVersionArn: version.StateMachineVersionArn, Weight: 100},
		}}); err != nil {
			x.Fatal(err)
		}
		if _, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: aws.String(strings.Replace(pass, "P", fmt.Sprint("P", i), 2))}); err != nil {
			x.Fatal(err)
		}
	}
	withMaps := x.start(maps, "maps", "[1]")
	x.em.Settle()
	return []listing{
		{"ListStateMachines", func(n int32, token *string) (items []string, next *string, err error) {
			out, err := x.client.ListStateMachines(x.ctx, &sfn.ListStateMachinesInput{MaxResults: n, NextToken: token})
			if err == nil {
				for _, one := range out.StateMachines {
					items = append(items, *one.Name)
				}
				next = out.NextToken
			}
			return items, next, err
		}},
		{"ListActivities", func(n int32, token *string) (items []string, next *string, err error) {
			out, err := x.client.ListActivities(x.ctx, &sfn.ListActivitiesInput{MaxResults: n, NextToken: token})
			if err == nil {
				for _, one := range out.Activities {
					items = append(items, *one.Name)
				}
				next = out.NextToken
			}
			return items, next, err
		}},
		{"ListStateMachineVersions", func(n int32, token *string) (items []string, next *string, err error) {
			out, err := x.client.ListStateMachineVersions(x.ctx, &sfn.ListStateMachineVersionsInput{StateMachineArn: machine, MaxResults: n, NextToken: token})
			if err == nil {
				for _, one := range out.StateMachineVersions {
					items = append(items, last(*one.StateMachineVersionArn))
				}
				next = out.NextToken
			}
			return items, next, err
		}},
		{"ListStateMachineAliases", func(n int32, token *string) (items []string, next *string, err error) {
			out, err := x.client.ListStateMachineAliases(x.ctx, &sfn.ListStateMachineAliasesInput{StateMachineArn: machine, MaxResults: n, NextToken: token})
			if err == nil {
				for _, one := range out.StateMachineAliases {
					items = append(items, last(*one.StateMachineAliasArn))
				}
				next = out.NextToken
			}
			return items, next, err
		}},
		{"ListExecutions", func(n int32, token *string) (items []string, next *string, err error) {
			out, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{StateMachineArn: machine, MaxResults: n, NextToken: token})
			if err == nil {
				for _, one := range out.Executions {
					items = append(items, *one.Name)
				}
				next = out.NextToken
			}
			return items, next, err
		}},
		{"ListMapRuns", func(n int32, token *string) (items []string, next *string, err error) {
			out, err := x.client.ListMapRuns(x.ctx, &sfn.ListMapRunsInput{ExecutionArn: &withMaps, MaxResults: n, NextToken: token})
			if err == nil {
				for _, one := range out.MapRuns {
					items = append(items, last(*one.MapRunArn))
				}
				next = out.NextToken
			}
			return items, next, err
		}},
		{"GetExecutionHistory", func(n int32, token *string) ([]string, *string, error) {
			return x.events(execution, n, token, false)
		}},
		{"GetExecutionHistory, backwards", func(n int32, token *string) ([]string, *string, error) {
			return x.events(execution, n, token, true)
		}},
	}
}

// distributed is a distributed Map whose children have one state.
func distributed(state, next string) string {
	return `{"Type": "Map", ` + next + `, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
		"StartAt": "` + state + `", "States": {"` + state + `": {"Type": "Pass", "End": true}}}}`
}

func (x *test) events(execution string, n int32, token *string, reverse bool) (items []string, next *string, err error) {
	out, err := x.client.GetExecutionHistory(x.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &execution, MaxResults: n, NextToken: token, ReverseOrder: reverse})
	if err != nil {
		return nil, nil, err
	}
	for _, e := range out.Events {
		items = append(items, fmt.Sprint(e.Id))
	}
	return items, out.NextToken, nil
}

// last is what follows the last colon of an ARN.
func last(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// TestPages reads each list whole and in pages of several sizes.
func TestPages(t *testing.T) {
	x := newTest(t)
	for _, l := range listings(x) {
		whole, next, err := l.page(0, nil)
		if err != nil || next != nil || len(whole) < 3 {
			t.Errorf("%s: got %q, %v, %v, want at least three, and no token", l.name, whole, next, err)
			continue
		}
		for _, size := range []int32{1, 2, int32(len(whole)) - 1, int32(len(whole)), 1000} {
			var got []string
			for token := (*string)(nil); ; {
				items, next, err := l.page(size, token)
				if err != nil || int32(len(items)) > size || next != nil && int32(len(items)) != size {
					t.Fatalf("%s: a page of %d: got %q, %v, %v", l.name, size, items, next, err)
				}
				got = append(got, items...)
				if token = next; token == nil {
					break
				}
			}
			if !slices.Equal(got, whole) {
				t.Errorf("%s: in pages of %d: got %q, want %q", l.name, size, got, whole)
			}
		}
	}
}

// TestTokens gives each list what is no token of it, and one that is a day old (F-157,
// F-220).
func TestTokens(t *testing.T) {
	x := newTest(t)
	const message = "Invalid Token: 'Invalid token'"
	all := listings(x)
	tokens := make([]string, len(all))
	for i, l := range all {
		_, next, err := l.page(1, nil)
		if err != nil || next == nil {
			t.Fatalf("%s: got %v, %v, want a token", l.name, next, err)
		}
		tokens[i] = *next
		if _, _, err := l.page(2, next); err != nil { // recorded: another maxResults is none of its concern
			t.Errorf("%s: another maxResults: %v", l.name, err)
		}
		raw, err := base64.RawURLEncoding.DecodeString(*next)
		if err != nil {
			t.Fatalf("%s: %v", l.name, err)
		}
		wrong := []string{"x", "é", " ", *next + "A", *next + "=", (*next)[1:], (*next)[:len(*next)-1], strings.Repeat("A", 1024), base64.RawURLEncoding.EncodeToString(make([]byte, 8))}
		for i := range raw {
			raw[i] ^= 1
			wrong = append(wrong, base64.RawURLEncoding.EncodeToString(raw))
			raw[i] ^= 1
		}
		for _, token := range wrong {
			_, _, err := l.page(1, &token)
			x.wantFault(err, "InvalidToken", message)
		}
	}
	for i, l := range all {
		for j, token := range tokens {
			if i != j {
				_, _, err := l.page(1, &token)
				x.wantFault(err, "InvalidToken", message)
			}
		}
	}
	x.em.Advance(24*time.Hour - time.Millisecond)
	for i, l := range all {
		if _, _, err := l.page(1, &tokens[i]); err != nil {
			t.Errorf("%s: a token that is not yet a day old: %v", l.name, err)
		}
	}
	x.em.Advance(time.Millisecond)
	for i, l := range all {
		_, _, err := l.page(1, &tokens[i])
		x.wantFault(err, "InvalidToken", message)
	}
}

// TestChangesBetweenPages adds and deletes before, at and after the place where the next
// page begins: what stays comes once (F-221).
func TestChangesBetweenPages(t *testing.T) {
	x := newTest(t)
	names := func(token *string) ([]string, *string) {
		out, err := x.client.ListStateMachines(x.ctx, &sfn.ListStateMachinesInput{MaxResults: 2, NextToken: token})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range out.StateMachines {
			names = append(names, *m.Name)
		}
		return names, out.NextToken
	}
	arns := map[string]*string{}
	for _, name := range []string{"b", "d", "f", "h", "j"} {
		arns[name] = x.create(name, pass)
	}
	first, token := names(nil)
	x.create("a", pass) // before the place
	x.create("e", pass) // after it
	for _, name := range []string{"b", "d", "h"} {
		if _, err := x.client.DeleteStateMachine(x.ctx, &sfn.DeleteStateMachineInput{StateMachineArn: arns[name]}); err != nil {
			t.Fatal(err)
		}
	}
	second, token := names(token)
	third, token := names(token)
	if got := fmt.Sprint(first, second, third, token == nil); got != "[b d] [e f] [j] true" {
		t.Errorf("got %s, want [b d] [e f] [j] true", got)
	}
}

// TestOrderOfExecutions lists executions that run by start or redrive, others by stop
// (F-219).
func TestOrderOfExecutions(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", wait)
	arns := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		arns[name] = x.start(machine, name, "{}")
		x.em.Advance(time.Minute)
	}
	want := func(filter types.ExecutionStatus, redriven types.ExecutionRedriveFilter, names ...string) {
		t.Helper()
		var got []string
		in := &sfn.ListExecutionsInput{StateMachineArn: machine, StatusFilter: filter, RedriveFilter: redriven, MaxResults: 1}
		for {
			out, err := x.client.ListExecutions(x.ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range out.Executions {
				got = append(got, *e.Name)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		if !slices.Equal(got, names) {
			t.Errorf("%s %s: got %q, want %q", filter, redriven, got, names)
		}
	}
	stop := func(name string) {
		t.Helper()
		if _, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: aws.String(arns[name])}); err != nil {
			t.Fatal(err)
		}
		x.em.Advance(time.Minute)
	}
	want("", "", "d", "c", "b", "a")
	stop("a")
	stop("c")
	want("", "", "c", "a", "d", "b")
	want(types.ExecutionStatusRunning, "", "d", "b")
	want(types.ExecutionStatusAborted, "", "c", "a")
	if _, err := x.client.RedriveExecution(x.ctx, &sfn.RedriveExecutionInput{ExecutionArn: aws.String(arns["a"])}); err != nil {
		t.Fatal(err)
	}
	want("", "", "a", "c", "d", "b")
	want(types.ExecutionStatusRunning, "", "a", "d", "b")
	want("", types.ExecutionRedriveFilterNotRedriven, "c", "d", "b")
	want("", types.ExecutionRedriveFilterRedriven, "a")
	want(types.ExecutionStatusRunning, types.ExecutionRedriveFilterNotRedriven, "d", "b")
	stop("b")
	want("", "", "b", "a", "c", "d")
	want(types.ExecutionStatusFailed, "")
}

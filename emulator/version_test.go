package emulator_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
)

// constant is a machine that gives the number.
func constant(n int) string {
	return fmt.Sprintf(`{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": %d, "End": true}}}`, n)
}

// release updates a machine and publishes that.
func (t *test) release(machine *string, definition string) *string {
	t.Helper()
	out, err := t.client.UpdateStateMachine(t.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: &definition, Publish: true})
	if err != nil {
		t.Fatalf("UpdateStateMachine: %v", err)
	}
	return out.StateMachineVersionArn
}

// versions lists the ARNs of all versions, page by page.
func (t *test) versions(machine *string, perPage int32) (arns []string) {
	t.Helper()
	in := &sfn.ListStateMachineVersionsInput{StateMachineArn: machine, MaxResults: perPage}
	for {
		out, err := t.client.ListStateMachineVersions(t.ctx, in)
		if err != nil {
			t.Fatalf("ListStateMachineVersions: %v", err)
		}
		for _, v := range out.StateMachineVersions {
			arns = append(arns, aws.ToString(v.StateMachineVersionArn))
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return arns
		}
	}
}

func TestCreateAndPublish(t *testing.T) {
	x := newTest(t)
	in := &sfn.CreateStateMachineInput{
		Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role), Publish: true, VersionDescription: aws.String("the first"),
	}
	var machine string
	for range 2 { // the same again is the same
		out, err := x.client.CreateStateMachine(x.ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		machine = aws.ToString(out.StateMachineArn)
		if got, want := aws.ToString(out.StateMachineVersionArn), machine+":1"; got != want {
			t.Errorf("published as %s, want %s", got, want)
		}
	}
	in.VersionDescription = aws.String("another")
	_, err := x.client.CreateStateMachine(x.ctx, in)
	x.wantFault(err, "StateMachineAlreadyExists", "State Machine Already Exists: '"+machine+"'")
	in.Publish, in.VersionDescription = false, nil
	_, err = x.client.CreateStateMachine(x.ctx, in)
	x.wantFault(err, "StateMachineAlreadyExists", "State Machine Already Exists: '"+machine+"'")
}

// A version keeps role and settings, not the definition alone.
func TestVersionIsASnapshot(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", constant(1))
	first := x.release(machine, constant(2))
	before := x.start(first, "", `{}`)
	updated, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{
		StateMachineArn: machine, RoleArn: aws.String(role + "2"), TracingConfiguration: &types.TracingConfiguration{Enabled: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	version, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: first})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(version.RoleArn) != role || version.TracingConfiguration.Enabled || aws.ToString(version.RevisionId) == aws.ToString(updated.RevisionId) {
		t.Errorf("after the update the version is described as %+v", version)
	}
	for _, arn := range []string{before, x.start(first, "", `{}`)} {
		ran, err := x.client.DescribeStateMachineForExecution(x.ctx, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: &arn})
		if err != nil {
			t.Fatal(err)
		}
		if aws.ToString(ran.RoleArn) != role || ran.TracingConfiguration.Enabled || aws.ToString(ran.RevisionId) != aws.ToString(version.RevisionId) ||
			aws.ToString(ran.StateMachineArn) != *machine {
			t.Errorf("an execution of the version is said to run %+v", ran)
		}
	}
	if second, err := x.client.PublishStateMachineVersion(x.ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: machine}); err != nil ||
		aws.ToString(second.StateMachineVersionArn) != *machine+":2" {
		t.Errorf("a new role is published as %+v, %v, want version 2", second, err)
	}
}

func TestListStateMachineVersions(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", constant(0))
	var want []string
	for n := range 12 { // 10 comes behind 9, not behind 1
		want = append([]string{*x.release(machine, constant(n+1))}, want...)
	}
	for _, perPage := range []int32{0, 5} {
		if got := x.versions(machine, perPage); !slices.Equal(got, want) {
			t.Errorf("in pages of %d\n got %q\nwant %q", perPage, got, want)
		}
	}
	first, err := x.client.ListStateMachineVersions(x.ctx, &sfn.ListStateMachineVersionsInput{StateMachineArn: machine, MaxResults: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = x.client.ListStateMachineVersions(x.ctx, &sfn.ListStateMachineVersionsInput{StateMachineArn: x.create("other", pass), NextToken: first.NextToken})
	x.wantFault(err, "InvalidToken", "Invalid Token: 'Invalid token'")
	if got := x.versions(aws.String(*machine+"2"), 0); got != nil {
		t.Errorf("a machine that is not there has the versions %q", got)
	}
}

func TestListExecutionsOfVersionsAndAliases(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", constant(0))
	one, two := x.release(machine, constant(1)), x.release(machine, constant(2))
	live := x.alias("live", route(one, 100))
	for _, from := range []*string{machine, one, one, two, live} {
		x.start(from, "", `{}`)
	}
	for _, c := range []struct {
		of   *string
		want []string // version and alias of each, newest first
	}{
		{machine, []string{"1 live", "2 ", "1 ", "1 ", " "}},
		{one, []string{"1 live", "1 ", "1 "}},
		{two, []string{"2 "}},
		{live, []string{"1 live"}},
	} {
		var got []string
		in := &sfn.ListExecutionsInput{StateMachineArn: c.of, MaxResults: 2}
		for {
			out, err := x.client.ListExecutions(x.ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range out.Executions {
				if aws.ToString(e.StateMachineArn) != *machine {
					t.Errorf("%s is of %s, want the machine", *e.ExecutionArn, *e.StateMachineArn)
				}
				got = append(got, qualifier(e.StateMachineVersionArn)+" "+qualifier(e.StateMachineAliasArn))
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("executions of %s\n got %q\nwant %q", *c.of, got, c.want)
		}
	}
	_, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{StateMachineArn: aws.String(*machine + ":3")})
	x.wantFault(err, "StateMachineDoesNotExist", "State Machine Does Not Exist: '"+*machine+":3'")
}

// qualifier is what stands behind the ARN of the state machine.
func qualifier(arn *string) string {
	s := aws.ToString(arn)
	return s[strings.LastIndexByte(s, ':')+1:]
}

// An execution goes on with what it has begun with when its alias moves and its
// version is deleted.
func TestDeletedVersionRunsOn(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	version, other := x.release(machine, wait), x.release(machine, constant(2))
	live := x.alias("live", route(version, 100))
	running := x.start(live, "", `{}`)
	_, err := x.client.UpdateStateMachineAlias(x.ctx, &sfn.UpdateStateMachineAliasInput{
		StateMachineAliasArn: live, RoutingConfiguration: []types.RoutingConfigurationListItem{route(other, 100)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // deleting what is not there is no error
		if _, err := x.client.DeleteStateMachineVersion(x.ctx, &sfn.DeleteStateMachineVersionInput{StateMachineVersionArn: version}); err != nil {
			t.Fatal(err)
		}
	}
	out, err := x.client.DescribeExecution(x.ctx, &sfn.DescribeExecutionInput{ExecutionArn: &running})
	if err != nil || out.Status != types.ExecutionStatusRunning || aws.ToString(out.StateMachineVersionArn) != *version || aws.ToString(out.StateMachineAliasArn) != *live {
		t.Errorf("described as %+v, %v", out, err)
	}
	ran, err := x.client.DescribeStateMachineForExecution(x.ctx, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: &running})
	if err != nil || aws.ToString(ran.Definition) != wait {
		t.Errorf("said to run %+v, %v", ran, err)
	}
	x.em.Advance(time.Hour)
	if got := x.em.Execution(running); got.Status != "SUCCEEDED" || got.Output != `{}` {
		t.Errorf("it ends as %+v", got)
	}
}

func TestVersionQuota(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", constant(0))
	for n := range 1000 {
		x.release(machine, constant(n+1))
	}
	const message = "The maximum number of versions has been reached: 1000"
	in := &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: aws.String(constant(-1)), Publish: true}
	_, err := x.client.UpdateStateMachine(x.ctx, in)
	x.wantFault(err, "ServiceQuotaExceededException", message)
	if out, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: machine}); err != nil || aws.ToString(out.Definition) != constant(1000) {
		t.Errorf("the refused update has left %v, %v", aws.ToString(out.Definition), err)
	}
	if _, err := x.client.DeleteStateMachineVersion(x.ctx, &sfn.DeleteStateMachineVersionInput{StateMachineVersionArn: aws.String(*machine + ":7")}); err != nil {
		t.Fatal(err)
	}
	if out, err := x.client.UpdateStateMachine(x.ctx, in); err != nil || aws.ToString(out.StateMachineVersionArn) != *machine+":1001" {
		t.Errorf("after one was deleted: %+v, %v, want version 1001", out, err)
	}
}

func TestVersionFaults(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	version := x.release(machine, wait)
	labelled := aws.String(*machine + "/label")
	const labelledFault = "Labeled state machine ARN is not supported by this operation: '"
	for _, c := range []struct {
		name          string
		call          func() error
		code, message string
	}{
		{"publish what is not there", func() error {
			_, err := x.client.PublishStateMachineVersion(x.ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: aws.String(*machine + "2")})
			return err
		}, "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + *machine + "2'"},
		{"publish a version", func() error {
			_, err := x.client.PublishStateMachineVersion(x.ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: version})
			return err
		}, "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + *version + "'"},
		{"update a version", func() error {
			_, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: version, Publish: true})
			return err
		}, "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + *version + "'"},
		{"delete a machine as a version", func() error {
			_, err := x.client.DeleteStateMachineVersion(x.ctx, &sfn.DeleteStateMachineVersionInput{StateMachineVersionArn: machine})
			return err
		}, "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: stateMachine'"},
		{"start a version that is not there", func() error {
			_, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(*machine + ":2")})
			return err
		}, "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + *machine + ":2'"},
		{"start with an empty qualifier", func() error {
			_, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(*machine + ":")})
			return err
		}, "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + *machine + ":'"},
		{"start with two qualifiers", func() error {
			_, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(*version + ":1")})
			return err
		}, "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + *version + ":1'"},
		{"start the machine of a Map Run", func() error {
			_, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: labelled})
			return err
		}, "ValidationException", labelledFault + *labelled + "'"},
		{"update the machine of a Map Run", func() error {
			_, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: labelled, Publish: true})
			return err
		}, "ValidationException", labelledFault + *labelled + "'"},
		{"delete the machine of a Map Run", func() error {
			_, err := x.client.DeleteStateMachine(x.ctx, &sfn.DeleteStateMachineInput{StateMachineArn: labelled})
			return err
		}, "ValidationException", labelledFault + *labelled + "'"},
		{"tag a version", func() error {
			_, err := x.client.TagResource(x.ctx, &sfn.TagResourceInput{ResourceArn: version, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}})
			return err
		}, "ResourceNotFound", "Resource not found: '" + *version + "'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			(&test{T: t}).wantFault(c.call(), c.code, c.message)
		})
	}
	// A version is no state machine of its own: deleting it as one does nothing.
	if _, err := x.client.DeleteStateMachine(x.ctx, &sfn.DeleteStateMachineInput{StateMachineArn: version}); err != nil {
		t.Error(err)
	}
	if got := x.versions(machine, 0); !slices.Equal(got, []string{*version}) {
		t.Errorf("versions %q, want the one that was published", got)
	}
}

// All of it is there after a restart: what versions run, where aliases go, in
// which order they were made, and which number comes next.
func TestRestartWithVersions(t *testing.T) {
	store := newSharedStore(t)
	x := newTest(t, emulator.WithStore(store.open()))
	machine := x.create("m", constant(0))
	one, two, three := x.release(machine, constant(1)), x.release(machine, wait), x.release(machine, constant(3))
	x.alias("z", route(one, 0), route(two, 100))
	x.alias("a", route(one, 100))
	if _, err := x.client.DeleteStateMachineVersion(x.ctx, &sfn.DeleteStateMachineVersionInput{StateMachineVersionArn: three}); err != nil {
		t.Fatal(err)
	}
	running := x.start(aws.String(*machine+":z"), "r", `{}`)

	y := newTest(t, emulator.WithStore(store.reopen(x.em)))
	if got, want := y.versions(machine, 0), []string{*two, *one}; !slices.Equal(got, want) {
		t.Errorf("versions %q, want %q", got, want)
	}
	if got, want := y.aliases(machine, 0), []string{*machine + ":z", *machine + ":a"}; !slices.Equal(got, want) {
		t.Errorf("aliases %q, want %q", got, want)
	}
	described, err := y.client.DescribeStateMachineAlias(y.ctx, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: aws.String(*machine + ":z")})
	if err != nil || len(described.RoutingConfiguration) != 2 || described.RoutingConfiguration[1].Weight != 100 ||
		aws.ToString(described.RoutingConfiguration[1].StateMachineVersionArn) != *two || aws.ToString(described.Description) != "of a test" {
		t.Errorf("alias described as %+v, %v", described, err)
	}
	if got := y.em.Wait(y.start(aws.String(*machine+":a"), "", `{}`)).Output; got != "1" {
		t.Errorf("the alias gives %s, want what version 1 does", got)
	}
	out, err := y.client.DescribeExecution(y.ctx, &sfn.DescribeExecutionInput{ExecutionArn: &running})
	if err != nil || aws.ToString(out.StateMachineVersionArn) != *two || aws.ToString(out.StateMachineAliasArn) != *machine+":z" {
		t.Errorf("what ran before is described as %+v, %v", out, err)
	}
	y.em.Advance(2 * time.Hour)
	if got := y.em.Execution(running).Status; got != "SUCCEEDED" {
		t.Errorf("what ran before has the status %s, want SUCCEEDED", got)
	}
	if got, want := *y.release(machine, constant(4)), *machine+":4"; got != want {
		t.Errorf("published as %s, want %s", got, want)
	}
	if _, err := y.client.DeleteStateMachine(y.ctx, &sfn.DeleteStateMachineInput{StateMachineArn: machine}); err != nil {
		t.Fatal(err)
	}

	z := newTest(t, emulator.WithStore(store.reopen(y.em)))
	z.create("m", pass)
	if versions, aliases := z.versions(machine, 0), z.aliases(machine, 0); versions != nil || aliases != nil {
		t.Errorf("a new machine has the versions %q and the aliases %q of the old one", versions, aliases)
	}
}

// Publishing, routing and starting at once: every execution has a version that
// was there, and no two revisions have one number.
func TestVersionsAtOnce(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", constant(0))
	live := x.alias("live", route(x.release(machine, constant(1)), 100))
	var group sync.WaitGroup
	var mu sync.Mutex
	published := make(map[string]bool)
	once := func(definition string) error {
		released, err := x.client.UpdateStateMachine(x.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: &definition, Publish: true})
		if err != nil {
			return err
		}
		version := released.StateMachineVersionArn
		mu.Lock()
		if published[*version] {
			t.Errorf("%s was published twice", *version)
		}
		published[*version] = true
		mu.Unlock()
		_, err = x.client.UpdateStateMachineAlias(x.ctx, &sfn.UpdateStateMachineAliasInput{
			StateMachineAliasArn: live, RoutingConfiguration: []types.RoutingConfigurationListItem{route(version, 100)},
		})
		if err != nil {
			return err
		}
		started, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: live})
		if err != nil {
			return err
		}
		out, err := x.client.DescribeExecution(x.ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
		if err == nil && out.StateMachineVersionArn == nil {
			err = fmt.Errorf("the execution %s of the alias has no version", *out.ExecutionArn)
		}
		return err
	}
	for worker := range 4 {
		group.Go(func() {
			for n := range 10 {
				if err := once(constant(100*worker + n + 2)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := len(x.versions(machine, 0)); got != 41 {
		t.Errorf("%d versions are listed, want 41", got)
	}
}

// TestPublishWithAnotherDescription publishes a revision that has a version: with another
// description UpdateStateMachine makes a new version, and PublishStateMachineVersion does
// not (F-040).
func TestPublishWithAnotherDescription(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	update := func(description string) string {
		t.Helper()
		in := &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: aws.String(pass), Publish: true}
		if description != "" {
			in.VersionDescription = &description
		}
		out, err := x.client.UpdateStateMachine(x.ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		return *out.StateMachineVersionArn
	}
	for i, c := range []struct{ description, want string }{
		{"one", ":1"}, {"one", ":1"}, {"", ":1"}, {"two", ":2"}, {"two", ":2"}, {"", ":2"},
	} {
		if got := update(c.description); got != *machine+c.want {
			t.Errorf("%d, %q: got %s, want %s", i, c.description, got, c.want)
		}
	}
	described, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String(*machine + ":2")})
	if err != nil || aws.ToString(described.Description) != "two" {
		t.Errorf("got %+v, %v", described, err)
	}
	out, err := x.client.PublishStateMachineVersion(x.ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: machine, Description: aws.String("three")})
	if err != nil || *out.StateMachineVersionArn != *machine+":2" {
		t.Errorf("PublishStateMachineVersion: got %+v, %v", out, err)
	}
}

// TestTokensAreOfOneRequest gives the token of a page to a request with other arguments.
func TestTokensAreOfOneRequest(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	x.start(machine, "", "{}")
	execution := x.start(machine, "", "{}")
	x.em.Settle()
	const message = "Invalid Token: 'Invalid token'"
	list, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{StateMachineArn: machine, MaxResults: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{StateMachineArn: machine, MaxResults: 1, NextToken: list.NextToken, StatusFilter: types.ExecutionStatusSucceeded})
	x.wantFault(err, "InvalidToken", message)
	history, err := x.client.GetExecutionHistory(x.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &execution, MaxResults: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = x.client.GetExecutionHistory(x.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &execution, MaxResults: 1, NextToken: history.NextToken, ReverseOrder: true})
	x.wantFault(err, "InvalidToken", message)
}

package emulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
)

func route(version *string, weight int32) types.RoutingConfigurationListItem {
	return types.RoutingConfigurationListItem{StateMachineVersionArn: version, Weight: weight}
}

func (t *test) alias(name string, routes ...types.RoutingConfigurationListItem) *string {
	t.Helper()
	out, err := t.client.CreateStateMachineAlias(t.ctx, &sfn.CreateStateMachineAliasInput{
		Name: &name, Description: aws.String("of a test"), RoutingConfiguration: routes,
	})
	if err != nil {
		t.Fatalf("CreateStateMachineAlias: %v", err)
	}
	return out.StateMachineAliasArn
}

// aliases lists the ARNs of all aliases, page by page.
func (t *test) aliases(machine *string, perPage int32) (arns []string) {
	t.Helper()
	in := &sfn.ListStateMachineAliasesInput{StateMachineArn: machine, MaxResults: perPage}
	for {
		out, err := t.client.ListStateMachineAliases(t.ctx, in)
		if err != nil {
			t.Fatalf("ListStateMachineAliases: %v", err)
		}
		for _, a := range out.StateMachineAliases {
			arns = append(arns, aws.ToString(a.StateMachineAliasArn))
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return arns
		}
	}
}

// chosen starts 200 executions by an alias of two versions, 1 and 2, and returns
// their outputs.
func chosen(t *testing.T, weights [2]int32, options ...emulator.Option) string {
	x := newTest(t, options...)
	machine := x.create("m", constant(0))
	live := x.alias("live", route(x.release(machine, constant(1)), weights[0]), route(x.release(machine, constant(2)), weights[1]))
	var outputs strings.Builder
	for range 200 {
		outputs.WriteString(x.em.Wait(x.start(live, "", `{}`)).Output)
	}
	return outputs.String()
}

func TestAliasChoosesByWeight(t *testing.T) {
	for _, c := range []struct {
		weights     [2]int32
		least, most int // executions of version 1
	}{
		{[2]int32{50, 50}, 80, 120},
		{[2]int32{90, 10}, 165, 195},
		{[2]int32{100, 0}, 200, 200},
		{[2]int32{0, 100}, 0, 0},
	} {
		t.Run(fmt.Sprint(c.weights), func(t *testing.T) {
			outputs := chosen(t, c.weights, emulator.WithSeed(1))
			if n := strings.Count(outputs, "1"); n < c.least || n > c.most {
				t.Errorf("version 1 ran %d times of 200, want %d to %d", n, c.least, c.most)
			}
		})
	}
}

func TestSeedOfAliases(t *testing.T) {
	even := [2]int32{50, 50}
	first := chosen(t, even, emulator.WithSeed(1))
	if again := chosen(t, even, emulator.WithSeed(1)); again != first {
		t.Errorf("the same seed chose\n%s, then\n%s", first, again)
	}
	if other := chosen(t, even, emulator.WithSeed(2)); other == first {
		t.Errorf("two seeds chose the same: %s", other)
	}
	if random := chosen(t, even); random == first {
		t.Errorf("without a seed the choice is that of the seed 1: %s", random)
	}
}

func TestAliasLifecycle(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", constant(0))
	one, two := x.release(machine, constant(1)), x.release(machine, constant(2))
	live := x.alias("live", route(one, 100))
	describe := func() *sfn.DescribeStateMachineAliasOutput {
		t.Helper()
		out, err := x.client.DescribeStateMachineAlias(x.ctx, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: live})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	update := func(in sfn.UpdateStateMachineAliasInput) time.Time {
		t.Helper()
		x.em.Advance(time.Minute)
		in.StateMachineAliasArn = live
		out, err := x.client.UpdateStateMachineAlias(x.ctx, &in)
		if err != nil {
			t.Fatal(err)
		}
		return *out.UpdateDate
	}
	created := describe()
	if aws.ToString(created.Name) != "live" || aws.ToString(created.Description) != "of a test" || !created.UpdateDate.Equal(*created.CreationDate) {
		t.Errorf("described as %+v", created)
	}
	moved := update(sfn.UpdateStateMachineAliasInput{RoutingConfiguration: []types.RoutingConfigurationListItem{route(two, 30), route(one, 70)}})
	if got := moved.Sub(*created.CreationDate); got != time.Minute {
		t.Errorf("updated %v after its creation, want a minute", got)
	}
	if again := update(sfn.UpdateStateMachineAliasInput{Description: aws.String("of a test")}); !again.Equal(moved) {
		t.Errorf("an update that changes nothing is dated %v, want %v", again, moved)
	}
	update(sfn.UpdateStateMachineAliasInput{Description: aws.String("")})
	out := describe()
	if out.Description == nil || *out.Description != "" || len(out.RoutingConfiguration) != 2 || out.RoutingConfiguration[0].Weight != 30 ||
		aws.ToString(out.RoutingConfiguration[0].StateMachineVersionArn) != *two || !out.CreationDate.Equal(*created.CreationDate) {
		t.Errorf("after the updates described as %+v", out)
	}
	running := x.start(live, "", `{}`)
	for range 2 { // deleting what is not there is no error
		if _, err := x.client.DeleteStateMachineAlias(x.ctx, &sfn.DeleteStateMachineAliasInput{StateMachineAliasArn: live}); err != nil {
			t.Fatal(err)
		}
	}
	if got := x.em.Wait(running).Status; got != "SUCCEEDED" {
		t.Errorf("the execution of the deleted alias is %s", got)
	}
	if got := x.versions(machine, 0); len(got) != 2 {
		t.Errorf("deleting the alias has left the versions %q", got)
	}
}

func TestListStateMachineAliases(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	one, two := x.release(machine, constant(1)), x.release(machine, constant(2))
	var want []string
	for _, name := range []string{"c", "a", "b"} { // in the order of creation, at one moment
		want = append(want, *x.alias(name, route(one, 50), route(two, 50)))
	}
	of := []string{*x.alias("d", route(two, 100))}
	for _, perPage := range []int32{0, 1, 3} {
		if got := x.aliases(machine, perPage); !slices.Equal(got, append(slices.Clone(want), of...)) {
			t.Errorf("in pages of %d: %q", perPage, got)
		}
		if got := x.aliases(one, perPage); !slices.Equal(got, want) {
			t.Errorf("of version 1, in pages of %d: %q", perPage, got)
		}
	}
}

// Express state machines have versions and aliases like all others.
func TestSyncExecutionByAlias(t *testing.T) {
	x := newTest(t)
	machine := x.createType("m", constant(0), types.StateMachineTypeExpress)
	live := x.alias("live", route(x.release(machine, constant(1)), 100))
	x.release(machine, constant(2))
	for from, want := range map[*string]string{machine: "2", live: "1", aws.String(*machine + ":2"): "2"} {
		out, err := x.client.StartSyncExecution(x.ctx, &sfn.StartSyncExecutionInput{StateMachineArn: from})
		if err != nil {
			t.Fatal(err)
		}
		if aws.ToString(out.Output) != want || aws.ToString(out.StateMachineArn) != *machine {
			t.Errorf("%s gives %s of %s, want %s", *from, aws.ToString(out.Output), aws.ToString(out.StateMachineArn), want)
		}
	}
	_, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{StateMachineArn: live})
	x.wantFault(err, "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
	standard := x.alias("slow", route(x.release(x.create("standard", pass), wait), 100))
	_, err = x.client.StartSyncExecution(x.ctx, &sfn.StartSyncExecutionInput{StateMachineArn: standard})
	x.wantFault(err, "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
}

// The history begins with what has started the execution.
func TestHistoryNamesTheAlias(t *testing.T) {
	x := newTest(t)
	version := x.release(x.create("m", wait), pass)
	live := x.alias("live", route(version, 100))
	out, err := x.client.GetExecutionHistory(x.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: aws.String(x.start(live, "", `{}`)), MaxResults: 1})
	if err != nil {
		t.Fatal(err)
	}
	started := out.Events[0].ExecutionStartedEventDetails
	if aws.ToString(started.StateMachineVersionArn) != *version || aws.ToString(started.StateMachineAliasArn) != *live {
		t.Errorf("started by %v and %v, want %s and %s", aws.ToString(started.StateMachineVersionArn), aws.ToString(started.StateMachineAliasArn), *version, *live)
	}
}

// The name of an execution is its machine's, whatever it is started by.
func TestStartByAliasIsIdempotent(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	one := x.release(machine, wait)
	live := x.alias("live", route(one, 100))
	first := x.start(live, "same", `{}`)
	if again := x.start(live, "same", `{}`); again != first || strings.Contains(first, "live") {
		t.Errorf("the alias starts %s, then %s", first, again)
	}
	_, err := x.client.StartExecution(x.ctx, &sfn.StartExecutionInput{StateMachineArn: one, Name: aws.String("same"), Input: aws.String(`{"a":1}`)})
	x.wantFault(err, "ExecutionAlreadyExists", "Execution Already Exists: '"+first+"'")
}

func TestAliasQuota(t *testing.T) {
	x := newTest(t)
	version := x.release(x.create("m", pass), wait)
	for n := range 100 {
		x.alias(fmt.Sprintf("alias-%d", n), route(version, 100))
	}
	_, err := x.client.CreateStateMachineAlias(x.ctx, &sfn.CreateStateMachineAliasInput{
		Name: aws.String("one-more"), RoutingConfiguration: []types.RoutingConfigurationListItem{route(version, 100)},
	})
	x.wantFault(err, "ServiceQuotaExceededException", "The maximum number of aliases has been reached: 100")
}

// TestDescribeStateMachineOfAnAlias describes the version that most executions of an
// alias run (F-043).
func TestDescribeStateMachineOfAnAlias(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	first, second := x.release(machine, wait), x.release(machine, pass)
	for _, c := range []struct {
		name  string
		alias *string
		want  *string
	}{
		{"one version", x.alias("one", route(first, 100)), first},
		{"two versions", x.alias("two", route(first, 20), route(second, 80)), second},
	} {
		got, err := x.client.DescribeStateMachine(x.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: c.alias})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if *got.StateMachineArn != *c.want {
			t.Errorf("%s: got %s, want %s", c.name, *got.StateMachineArn, *c.want)
		}
	}
}

func TestAliasFaults(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	version := x.release(machine, wait)
	live := x.alias("live", route(version, 100))
	other := x.release(x.create("other", pass), wait)
	absent := aws.String(*machine + ":absent")
	create := func(name string, routes ...types.RoutingConfigurationListItem) error {
		_, err := x.client.CreateStateMachineAlias(x.ctx, &sfn.CreateStateMachineAliasInput{Name: &name, RoutingConfiguration: routes})
		return err
	}
	update := func(alias *string, routes ...types.RoutingConfigurationListItem) error {
		_, err := x.client.UpdateStateMachineAlias(x.ctx, &sfn.UpdateStateMachineAliasInput{StateMachineAliasArn: alias, RoutingConfiguration: routes})
		return err
	}
	_, describeAbsent := x.client.DescribeStateMachineAlias(x.ctx, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: absent})
	_, describeMachine := x.client.DescribeStateMachineAlias(x.ctx, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: machine})
	_, deleteMachine := x.client.DeleteStateMachineAlias(x.ctx, &sfn.DeleteStateMachineAliasInput{StateMachineAliasArn: machine})
	_, listAbsent := x.client.ListStateMachineAliases(x.ctx, &sfn.ListStateMachineAliasesInput{StateMachineArn: aws.String(*machine + "2")})
	_, listOfAlias := x.client.ListStateMachineAliases(x.ctx, &sfn.ListStateMachineAliasesInput{StateMachineArn: live})
	const (
		pattern  = "1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"
		noSuch   = "Request references a resource that does not exist."
		notThere = "State Machine Does Not Exist: '%s'"
		wrongARN = "Invalid Arn: 'Resource type not valid in this context: stateMachine'"
		mixed    = "Routing configuration must contain versions of a single state machine. Received: [%s, %s]"
	)
	for _, c := range []struct {
		name          string
		err           error
		code, message string
	}{
		{"a number as its name", create("12", route(version, 100)), "ValidationException", fmt.Sprintf(pattern, "12")},
		{"a blank in its name", create("a b", route(version, 100)), "ValidationException", fmt.Sprintf(pattern, "a b")},
		{"a weight above 100", create("x", route(version, 101)), "ValidationException",
			"1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: Member must have value less than or equal to 100"},
		{"three routes", create("x", route(aws.String("a"), 50), route(aws.String("b"), 30), route(aws.String("c"), 20)), "ValidationException",
			"1 validation error detected: Value '[RoutingConfigurationListItem(stateMachineVersionArn=a, weight=50), RoutingConfigurationListItem(stateMachineVersionArn=b, weight=30), " +
				"RoutingConfigurationListItem(stateMachineVersionArn=c, weight=20)]' at 'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2"},
		{"a route that is no ARN", create("x", route(aws.String("version"), 100)), "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: version'"},
		{"an alias as a route", create("x", route(live, 100)), "ValidationException", "Routing configuration must contain state machine version ARNs. Received: [" + *live + "]"},
		{"versions of two machines", create("x", route(version, 50), route(other, 50)), "ValidationException", fmt.Sprintf(mixed, *version, *other)},
		{"weights of 99", create("x", route(version, 99)), "ValidationException", "Sum of routing configuration weights must equal 100. Received: [99]"},
		{"no such version", create("x", route(aws.String(*machine+":9"), 100)), "ResourceNotFound", noSuch},
		{"another routing", create("live", route(version, 100)), "ConflictException",
			"Failed to create alias because an alias with the same name and a different routing configuration already exists."},
		{"update nothing", update(live), "ValidationException", "Must specify at least one of description or routingConfiguration"},
		{"update an alias that is not there", update(absent, route(version, 100)), "ResourceNotFound", noSuch},
		{"update to another machine's version", update(live, route(other, 100)), "ValidationException",
			"Routing configuration must contain versions of a single state machine. Received: [" + *other + "]"},
		{"describe an alias that is not there", describeAbsent, "ResourceNotFound", noSuch},
		{"describe a machine as an alias", describeMachine, "InvalidArn", wrongARN},
		{"delete a machine as an alias", deleteMachine, "InvalidArn", wrongARN},
		{"list the aliases of what is not there", listAbsent, "StateMachineDoesNotExist", fmt.Sprintf(notThere, *machine+"2")},
		{"list the aliases of an alias", listOfAlias, "StateMachineDoesNotExist", fmt.Sprintf(notThere, *live)},
	} {
		t.Run(c.name, func(t *testing.T) {
			(&test{T: t}).wantFault(c.err, c.code, c.message)
		})
	}
}

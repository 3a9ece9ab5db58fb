package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/aslocal/aslocal/emulator"
)

// This file calls every action with the client of the AWS SDK for Go: a row for each,
// with a call that succeeds and with the exceptions that it can be made to answer. What
// an action does beyond that is tested in the files of its noun.

// actions has a row for each action of the client.
var actions = []action{
	{"CreateActivity", func(x *test) {
		in := &sfn.CreateActivityInput{Name: aws.String("work"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}}
		out := must(x, x.client.CreateActivity, in)
		if aws.ToString(out.ActivityArn) != activityARN("work") || !out.CreationDate.Equal(clientStart) {
			x.Errorf("got %s of %v", aws.ToString(out.ActivityArn), out.CreationDate)
		}
		x.em.Advance(time.Second)
		if again := must(x, x.client.CreateActivity, in); !again.CreationDate.Equal(*out.CreationDate) {
			x.Errorf("the same activity again is of %v, want %v", again.CreationDate, out.CreationDate)
		}
	}, []refusal{
		refused[*types.InvalidName]((*sfn.Client).CreateActivity, &sfn.CreateActivityInput{Name: aws.String("a b")}),
		refused[*types.TooManyTags]((*sfn.Client).CreateActivity, &sfn.CreateActivityInput{Name: aws.String("a"), Tags: manyTags(51)}),
		refusedFor[*types.ActivityAlreadyExists]((*sfn.Client).CreateActivity, func(x *test) *sfn.CreateActivityInput {
			must(x, x.client.CreateActivity, &sfn.CreateActivityInput{Name: aws.String("a")})
			return &sfn.CreateActivityInput{Name: aws.String("a"), EncryptionConfiguration: &types.EncryptionConfiguration{
				Type: types.EncryptionTypeCustomerManagedKmsKey, KmsKeyId: aws.String("alias/mine")}}
		}),
		refused[*types.InvalidEncryptionConfiguration]((*sfn.Client).CreateActivity, &sfn.CreateActivityInput{Name: aws.String("a"),
			EncryptionConfiguration: &types.EncryptionConfiguration{Type: types.EncryptionTypeCustomerManagedKmsKey}}),
	}},
	{"CreateStateMachine", func(x *test) {
		out := must(x, x.client.CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role),
			Publish: true, VersionDescription: aws.String("the first"), Type: types.StateMachineTypeExpress})
		if aws.ToString(out.StateMachineArn) != machineARN("m") || aws.ToString(out.StateMachineVersionArn) != machineARN("m:1") || !out.CreationDate.Equal(clientStart) {
			x.Errorf("got %s, %s of %v", aws.ToString(out.StateMachineArn), aws.ToString(out.StateMachineVersionArn), out.CreationDate)
		}
	}, []refusal{
		refusedFor[*types.StateMachineAlreadyExists]((*sfn.Client).CreateStateMachine, func(x *test) *sfn.CreateStateMachineInput {
			x.create("m", pass)
			return &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(wait), RoleArn: aws.String(role)}
		}),
		refused[*types.InvalidArn]((*sfn.Client).CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String("me")}),
		refused[*types.InvalidDefinition]((*sfn.Client).CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String("{}"), RoleArn: aws.String(role)}),
		refused[*types.InvalidName]((*sfn.Client).CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("a/b"), Definition: aws.String(pass), RoleArn: aws.String(role)}),
		refused[*types.TooManyTags]((*sfn.Client).CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role), Tags: manyTags(51)}),
		refused[*types.InvalidLoggingConfiguration]((*sfn.Client).CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role),
			LoggingConfiguration: &types.LoggingConfiguration{Level: types.LogLevelAll}}),
		refused[*types.InvalidEncryptionConfiguration]((*sfn.Client).CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role),
			EncryptionConfiguration: &types.EncryptionConfiguration{Type: types.EncryptionTypeCustomerManagedKmsKey}}),
		refused[*types.ValidationException]((*sfn.Client).CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role),
			VersionDescription: aws.String("of no version")}),
	}},
	{"CreateStateMachineAlias", func(x *test) {
		one := x.release(x.create("m", constant(0)), constant(1))
		out := must(x, x.client.CreateStateMachineAlias, &sfn.CreateStateMachineAliasInput{Name: aws.String("live"), RoutingConfiguration: []types.RoutingConfigurationListItem{route(one, 100)}})
		if aws.ToString(out.StateMachineAliasArn) != machineARN("m:live") || !out.CreationDate.Equal(clientStart) {
			x.Errorf("got %s of %v", aws.ToString(out.StateMachineAliasArn), out.CreationDate)
		}
	}, []refusal{
		refusedFor[*types.ConflictException]((*sfn.Client).CreateStateMachineAlias, func(x *test) *sfn.CreateStateMachineAliasInput {
			one := x.release(x.create("m", constant(0)), constant(1))
			x.alias("live", route(one, 100))
			return &sfn.CreateStateMachineAliasInput{Name: aws.String("live"), RoutingConfiguration: []types.RoutingConfigurationListItem{route(one, 100)}}
		}),
		refusedFor[*types.ServiceQuotaExceededException]((*sfn.Client).CreateStateMachineAlias, func(x *test) *sfn.CreateStateMachineAliasInput {
			one := x.release(x.create("m", constant(0)), constant(1))
			for i := range 100 {
				x.alias(fmt.Sprint("alias-", i), route(one, 100))
			}
			return &sfn.CreateStateMachineAliasInput{Name: aws.String("one-more"), RoutingConfiguration: []types.RoutingConfigurationListItem{route(one, 100)}}
		}),
		refused[*types.ResourceNotFound]((*sfn.Client).CreateStateMachineAlias, &sfn.CreateStateMachineAliasInput{Name: aws.String("live"),
			RoutingConfiguration: []types.RoutingConfigurationListItem{route(aws.String(machineARN("none:1")), 100)}}),
		refused[*types.ValidationException]((*sfn.Client).CreateStateMachineAlias, &sfn.CreateStateMachineAliasInput{Name: aws.String("live"),
			RoutingConfiguration: []types.RoutingConfigurationListItem{route(aws.String(machineARN("m:1")), 99)}}),
	}},
	{"DeleteActivity", func(x *test) {
		must(x, x.client.CreateActivity, &sfn.CreateActivityInput{Name: aws.String("work")})
		for range 2 { // what is not there is no error
			must(x, x.client.DeleteActivity, &sfn.DeleteActivityInput{ActivityArn: aws.String(activityARN("work"))})
		}
		if left := must(x, x.client.ListActivities, &sfn.ListActivitiesInput{}); len(left.Activities) != 0 {
			x.Errorf("%d activities are left", len(left.Activities))
		}
	}, []refusal{refused[*types.InvalidArn]((*sfn.Client).DeleteActivity, &sfn.DeleteActivityInput{ActivityArn: aws.String("work")})}},
	{"DeleteStateMachine", func(x *test) {
		for range 2 {
			must(x, x.client.DeleteStateMachine, &sfn.DeleteStateMachineInput{StateMachineArn: x.create("m", pass)})
		}
	}, []refusal{refused[*types.InvalidArn]((*sfn.Client).DeleteStateMachine, &sfn.DeleteStateMachineInput{StateMachineArn: aws.String("m")})}},
	{"DeleteStateMachineAlias", func(x *test) {
		machine := x.create("m", constant(0))
		live := x.alias("live", route(x.release(machine, constant(1)), 100))
		must(x, x.client.DeleteStateMachineAlias, &sfn.DeleteStateMachineAliasInput{StateMachineAliasArn: live})
		if left := x.aliases(machine, 10); len(left) != 0 {
			x.Errorf("%q are left", left)
		}
	}, []refusal{refused[*types.InvalidArn]((*sfn.Client).DeleteStateMachineAlias, &sfn.DeleteStateMachineAliasInput{StateMachineAliasArn: aws.String("live")})}},
	{"DeleteStateMachineVersion", func(x *test) {
		machine := x.create("m", constant(0))
		must(x, x.client.DeleteStateMachineVersion, &sfn.DeleteStateMachineVersionInput{StateMachineVersionArn: x.release(machine, constant(1))})
		if left := x.versions(machine, 10); len(left) != 0 {
			x.Errorf("%q are left", left)
		}
	}, []refusal{
		refusedFor[*types.ConflictException]((*sfn.Client).DeleteStateMachineVersion, func(x *test) *sfn.DeleteStateMachineVersionInput {
			one := x.release(x.create("m", constant(0)), constant(1))
			x.alias("live", route(one, 100))
			return &sfn.DeleteStateMachineVersionInput{StateMachineVersionArn: one}
		}),
		refused[*types.InvalidArn]((*sfn.Client).DeleteStateMachineVersion, &sfn.DeleteStateMachineVersionInput{StateMachineVersionArn: aws.String("m:1")}),
	}},
	{"DescribeActivity", func(x *test) {
		must(x, x.client.CreateActivity, &sfn.CreateActivityInput{Name: aws.String("work")})
		out := must(x, x.client.DescribeActivity, &sfn.DescribeActivityInput{ActivityArn: aws.String(activityARN("work"))})
		if aws.ToString(out.Name) != "work" || !out.CreationDate.Equal(clientStart) {
			x.Errorf("got %s of %v", aws.ToString(out.Name), out.CreationDate)
		}
	}, []refusal{
		refused[*types.ActivityDoesNotExist]((*sfn.Client).DescribeActivity, &sfn.DescribeActivityInput{ActivityArn: aws.String(activityARN("none"))}),
		refused[*types.InvalidArn]((*sfn.Client).DescribeActivity, &sfn.DescribeActivityInput{ActivityArn: aws.String("work")}),
	}},
	{"DescribeExecution", func(x *test) {
		arn := x.start(x.create("m", wait), "e", `{"a": 1}`)
		if out := x.describe(arn); out.Status != types.ExecutionStatusRunning || !out.StartDate.Equal(clientStart) || out.StopDate != nil || !out.InputDetails.Included {
			x.Errorf("while it runs: %+v", out)
		}
		x.em.Advance(time.Hour)
		out := x.describe(arn)
		if out.Status != types.ExecutionStatusSucceeded || !out.StopDate.Equal(clientStart.Add(time.Hour)) || aws.ToString(out.Output) != `{"a":1}` || aws.ToInt32(out.RedriveCount) != 0 {
			x.Errorf("at the end: %+v", out)
		}
		bare := must(x, x.client.DescribeExecution, &sfn.DescribeExecutionInput{ExecutionArn: &arn, IncludedData: types.IncludedDataMetadataOnly})
		if bare.Input != nil || bare.Output != nil {
			x.Errorf("without data: %+v", bare)
		}
	}, []refusal{
		refused[*types.ExecutionDoesNotExist]((*sfn.Client).DescribeExecution, &sfn.DescribeExecutionInput{ExecutionArn: aws.String(executionARN("m:none"))}),
		refused[*types.InvalidArn]((*sfn.Client).DescribeExecution, &sfn.DescribeExecutionInput{ExecutionArn: aws.String("e")}),
	}},
	{"DescribeMapRun", func(x *test) {
		execution, arn := x.startEach()
		out := x.describeMapRun(arn)
		if out.Status != types.MapRunStatusRunning || aws.ToString(out.ExecutionArn) != execution || out.ItemCounts.Total != 3 || !out.StartDate.Equal(clientStart) || out.StopDate != nil {
			x.Errorf("while it runs: %+v of %+v", out, out.ItemCounts)
		}
		x.em.Advance(3 * time.Hour)
		if out := x.describeMapRun(arn); out.Status != types.MapRunStatusSucceeded || out.ExecutionCounts.Succeeded != 3 || !out.StopDate.Equal(clientStart.Add(3*time.Hour)) {
			x.Errorf("at the end: %+v of %+v", out, out.ExecutionCounts)
		}
	}, []refusal{
		refused[*types.ResourceNotFound]((*sfn.Client).DescribeMapRun, &sfn.DescribeMapRunInput{MapRunArn: aws.String(noMapRun)}),
		refused[*types.InvalidArn]((*sfn.Client).DescribeMapRun, &sfn.DescribeMapRunInput{MapRunArn: aws.String("run")}),
	}},
	{"DescribeStateMachine", func(x *test) {
		out := must(x, x.client.DescribeStateMachine, &sfn.DescribeStateMachineInput{StateMachineArn: x.create("m", pass)})
		if aws.ToString(out.Definition) != pass || aws.ToString(out.RoleArn) != role || out.Type != types.StateMachineTypeStandard || out.Status != types.StateMachineStatusActive ||
			out.LoggingConfiguration.Level != types.LogLevelOff || !out.CreationDate.Equal(clientStart) {
			x.Errorf("got %+v", out)
		}
	}, []refusal{
		refused[*types.StateMachineDoesNotExist]((*sfn.Client).DescribeStateMachine, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String(machineARN("none"))}),
		refused[*types.InvalidArn]((*sfn.Client).DescribeStateMachine, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String("m")}),
	}},
	{"DescribeStateMachineAlias", func(x *test) {
		one := x.release(x.create("m", constant(0)), constant(1))
		out := must(x, x.client.DescribeStateMachineAlias, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: x.alias("live", route(one, 100))})
		if aws.ToString(out.Name) != "live" || len(out.RoutingConfiguration) != 1 || out.RoutingConfiguration[0].Weight != 100 || !out.UpdateDate.Equal(clientStart) {
			x.Errorf("got %+v", out)
		}
	}, []refusal{
		refused[*types.ResourceNotFound]((*sfn.Client).DescribeStateMachineAlias, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: aws.String(machineARN("m:none"))}),
		refused[*types.InvalidArn]((*sfn.Client).DescribeStateMachineAlias, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: aws.String("live")}),
	}},
	{"DescribeStateMachineForExecution", func(x *test) {
		arn := x.start(x.create("m", wait), "", "{}")
		out := must(x, x.client.DescribeStateMachineForExecution, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: &arn})
		if aws.ToString(out.StateMachineArn) != machineARN("m") || aws.ToString(out.Definition) != wait || !out.UpdateDate.Equal(clientStart) {
			x.Errorf("got %+v", out)
		}
	}, []refusal{
		refused[*types.ExecutionDoesNotExist]((*sfn.Client).DescribeStateMachineForExecution, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: aws.String(executionARN("m:none"))}),
		refused[*types.InvalidArn]((*sfn.Client).DescribeStateMachineForExecution, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: aws.String("e")}),
	}},
	{"GetActivityTask", func(x *test) {
		work := x.work(`{"n": 1}`)
		if aws.ToString(work.Input) != `{"n":1}` || aws.ToString(work.TaskToken) == "" {
			x.Errorf("got %+v", work)
		}
	}, []refusal{
		refused[*types.ActivityDoesNotExist]((*sfn.Client).GetActivityTask, &sfn.GetActivityTaskInput{ActivityArn: aws.String(activityARN("none"))}),
		refused[*types.InvalidArn]((*sfn.Client).GetActivityTask, &sfn.GetActivityTaskInput{ActivityArn: aws.String("work")}),
	}},
	{"GetExecutionHistory", func(x *test) {
		arn := x.start(x.create("m", wait), "", `{"a": 1}`)
		x.em.Advance(time.Hour)
		out := must(x, x.client.GetExecutionHistory, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn})
		if len(out.Events) != 4 {
			x.Fatalf("%d events, want 4", len(out.Events))
		}
		first, last := out.Events[0], out.Events[3]
		if first.Type != types.HistoryEventTypeExecutionStarted || first.Id != 1 || aws.ToString(first.ExecutionStartedEventDetails.RoleArn) != role || !first.Timestamp.Equal(clientStart) {
			x.Errorf("the first event: %+v", first)
		}
		if last.Type != types.HistoryEventTypeExecutionSucceeded || aws.ToString(last.ExecutionSucceededEventDetails.Output) != `{"a":1}` || !last.Timestamp.Equal(clientStart.Add(time.Hour)) {
			x.Errorf("the last event: %+v", last)
		}
	}, []refusal{
		refused[*types.ExecutionDoesNotExist]((*sfn.Client).GetExecutionHistory, &sfn.GetExecutionHistoryInput{ExecutionArn: aws.String(executionARN("m:none"))}),
		refused[*types.InvalidArn]((*sfn.Client).GetExecutionHistory, &sfn.GetExecutionHistoryInput{ExecutionArn: aws.String("e")}),
		refusedFor[*types.InvalidToken]((*sfn.Client).GetExecutionHistory, func(x *test) *sfn.GetExecutionHistoryInput {
			return &sfn.GetExecutionHistoryInput{ExecutionArn: aws.String(x.start(x.create("m", wait), "", "{}")), NextToken: aws.String("x")}
		}),
	}},
	{"ListActivities", func(x *test) {
		must(x, x.client.CreateActivity, &sfn.CreateActivityInput{Name: aws.String("work")})
		if out := must(x, x.client.ListActivities, &sfn.ListActivitiesInput{}); len(out.Activities) != 1 || aws.ToString(out.Activities[0].ActivityArn) != activityARN("work") || !out.Activities[0].CreationDate.Equal(clientStart) {
			x.Errorf("got %+v", out.Activities)
		}
	}, []refusal{refused[*types.InvalidToken]((*sfn.Client).ListActivities, &sfn.ListActivitiesInput{NextToken: aws.String("x")})}},
	{"ListExecutions", func(x *test) {
		machine := x.create("n", wait)
		x.start(machine, "e", "{}")
		out := must(x, x.client.ListExecutions, &sfn.ListExecutionsInput{StateMachineArn: machine, StatusFilter: types.ExecutionStatusRunning})
		if len(out.Executions) != 1 || aws.ToString(out.Executions[0].Name) != "e" || !out.Executions[0].StartDate.Equal(clientStart) {
			x.Errorf("got %+v", out.Executions)
		}
		_, run := x.startEach()
		children := must(x, x.client.ListExecutions, &sfn.ListExecutionsInput{MapRunArn: &run, StatusFilter: types.ExecutionStatusRunning})
		if len(children.Executions) != 1 || aws.ToString(children.Executions[0].MapRunArn) != run {
			x.Errorf("children %+v", children.Executions)
		}
	}, []refusal{
		refused[*types.StateMachineDoesNotExist]((*sfn.Client).ListExecutions, &sfn.ListExecutionsInput{StateMachineArn: aws.String(machineARN("none"))}),
		refused[*types.ResourceNotFound]((*sfn.Client).ListExecutions, &sfn.ListExecutionsInput{MapRunArn: aws.String(noMapRun)}),
		refused[*types.InvalidArn]((*sfn.Client).ListExecutions, &sfn.ListExecutionsInput{StateMachineArn: aws.String("m")}),
		refused[*types.ValidationException]((*sfn.Client).ListExecutions, &sfn.ListExecutionsInput{}),
		refusedFor[*types.InvalidToken]((*sfn.Client).ListExecutions, func(x *test) *sfn.ListExecutionsInput {
			return &sfn.ListExecutionsInput{StateMachineArn: x.create("m", wait), NextToken: aws.String("x")}
		}),
		refusedFor[*types.StateMachineTypeNotSupported]((*sfn.Client).ListExecutions, func(x *test) *sfn.ListExecutionsInput {
			return &sfn.ListExecutionsInput{StateMachineArn: x.createType("m", pass, types.StateMachineTypeExpress)}
		}),
	}},
	{"ListMapRuns", func(x *test) {
		execution, arn := x.startEach()
		out := must(x, x.client.ListMapRuns, &sfn.ListMapRunsInput{ExecutionArn: &execution})
		if len(out.MapRuns) != 1 || aws.ToString(out.MapRuns[0].MapRunArn) != arn || aws.ToString(out.MapRuns[0].StateMachineArn) != machineARN("m/Each") || !out.MapRuns[0].StartDate.Equal(clientStart) {
			x.Errorf("got %+v", out.MapRuns)
		}
	}, []refusal{
		refused[*types.ExecutionDoesNotExist]((*sfn.Client).ListMapRuns, &sfn.ListMapRunsInput{ExecutionArn: aws.String(executionARN("m:none"))}),
		refused[*types.InvalidArn]((*sfn.Client).ListMapRuns, &sfn.ListMapRunsInput{ExecutionArn: aws.String("e")}),
		refusedFor[*types.InvalidToken]((*sfn.Client).ListMapRuns, func(x *test) *sfn.ListMapRunsInput {
			execution, _ := x.startEach()
			return &sfn.ListMapRunsInput{ExecutionArn: &execution, NextToken: aws.String("x")}
		}),
	}},
	{"ListStateMachineAliases", func(x *test) {
		machine := x.create("m", constant(0))
		live := x.alias("live", route(x.release(machine, constant(1)), 100))
		out := must(x, x.client.ListStateMachineAliases, &sfn.ListStateMachineAliasesInput{StateMachineArn: machine})
		if len(out.StateMachineAliases) != 1 || aws.ToString(out.StateMachineAliases[0].StateMachineAliasArn) != *live || !out.StateMachineAliases[0].CreationDate.Equal(clientStart) {
			x.Errorf("got %+v", out.StateMachineAliases)
		}
	}, []refusal{
		refused[*types.StateMachineDoesNotExist]((*sfn.Client).ListStateMachineAliases, &sfn.ListStateMachineAliasesInput{StateMachineArn: aws.String(machineARN("none"))}),
		refused[*types.InvalidArn]((*sfn.Client).ListStateMachineAliases, &sfn.ListStateMachineAliasesInput{StateMachineArn: aws.String("m")}),
		refusedFor[*types.InvalidToken]((*sfn.Client).ListStateMachineAliases, func(x *test) *sfn.ListStateMachineAliasesInput {
			return &sfn.ListStateMachineAliasesInput{StateMachineArn: x.create("m", pass), NextToken: aws.String("x")}
		}),
	}},
	{"ListStateMachineVersions", func(x *test) {
		machine := x.create("m", constant(0))
		one := x.release(machine, constant(1))
		out := must(x, x.client.ListStateMachineVersions, &sfn.ListStateMachineVersionsInput{StateMachineArn: machine})
		if len(out.StateMachineVersions) != 1 || aws.ToString(out.StateMachineVersions[0].StateMachineVersionArn) != *one || !out.StateMachineVersions[0].CreationDate.Equal(clientStart) {
			x.Errorf("got %+v", out.StateMachineVersions)
		}
	}, []refusal{
		refused[*types.InvalidArn]((*sfn.Client).ListStateMachineVersions, &sfn.ListStateMachineVersionsInput{StateMachineArn: aws.String("m")}),
		refusedFor[*types.InvalidToken]((*sfn.Client).ListStateMachineVersions, func(x *test) *sfn.ListStateMachineVersionsInput {
			return &sfn.ListStateMachineVersionsInput{StateMachineArn: x.create("m", pass), NextToken: aws.String("x")}
		}),
	}},
	{"ListStateMachines", func(x *test) {
		x.create("m", pass)
		out := must(x, x.client.ListStateMachines, &sfn.ListStateMachinesInput{})
		if len(out.StateMachines) != 1 || aws.ToString(out.StateMachines[0].Name) != "m" || out.StateMachines[0].Type != types.StateMachineTypeStandard || !out.StateMachines[0].CreationDate.Equal(clientStart) {
			x.Errorf("got %+v", out.StateMachines)
		}
	}, []refusal{refused[*types.InvalidToken]((*sfn.Client).ListStateMachines, &sfn.ListStateMachinesInput{NextToken: aws.String("x")})}},
	{"ListTagsForResource", func(x *test) {
		if out := must(x, x.client.ListTagsForResource, &sfn.ListTagsForResourceInput{ResourceArn: x.create("m", pass)}); out.Tags == nil || len(out.Tags) != 0 {
			x.Errorf("got %+v, want an empty list", out.Tags)
		}
	}, []refusal{
		refused[*types.ResourceNotFound]((*sfn.Client).ListTagsForResource, &sfn.ListTagsForResourceInput{ResourceArn: aws.String(machineARN("none"))}),
		refused[*types.InvalidArn]((*sfn.Client).ListTagsForResource, &sfn.ListTagsForResourceInput{ResourceArn: aws.String("m")}),
	}},
	{"PublishStateMachineVersion", func(x *test) {
		out := must(x, x.client.PublishStateMachineVersion, &sfn.PublishStateMachineVersionInput{StateMachineArn: x.create("m", pass), Description: aws.String("the first")})
		if aws.ToString(out.StateMachineVersionArn) != machineARN("m:1") || !out.CreationDate.Equal(clientStart) {
			x.Errorf("got %s of %v", aws.ToString(out.StateMachineVersionArn), out.CreationDate)
		}
	}, []refusal{
		refusedFor[*types.ConflictException]((*sfn.Client).PublishStateMachineVersion, func(x *test) *sfn.PublishStateMachineVersionInput {
			return &sfn.PublishStateMachineVersionInput{StateMachineArn: x.create("m", pass), RevisionId: aws.String("another")}
		}),
		refused[*types.StateMachineDoesNotExist]((*sfn.Client).PublishStateMachineVersion, &sfn.PublishStateMachineVersionInput{StateMachineArn: aws.String(machineARN("none"))}),
		refused[*types.InvalidArn]((*sfn.Client).PublishStateMachineVersion, &sfn.PublishStateMachineVersionInput{StateMachineArn: aws.String("m")}),
	}},
	{"RedriveExecution", func(x *test) {
		arn := x.start(x.create("m", wait), "", "{}")
		must(x, x.client.StopExecution, &sfn.StopExecutionInput{ExecutionArn: &arn})
		out := must(x, x.client.RedriveExecution, &sfn.RedriveExecutionInput{ExecutionArn: &arn})
		if got := x.describe(arn); got.Status != types.ExecutionStatusRunning || aws.ToInt32(got.RedriveCount) != 1 || !out.RedriveDate.Equal(clientStart) || !got.RedriveDate.Equal(clientStart) {
			x.Errorf("redriven at %v: %+v", out.RedriveDate, got)
		}
	}, []refusal{
		refusedFor[*types.ExecutionNotRedrivable]((*sfn.Client).RedriveExecution, func(x *test) *sfn.RedriveExecutionInput {
			return &sfn.RedriveExecutionInput{ExecutionArn: aws.String(x.start(x.create("m", wait), "", "{}"))}
		}),
		refused[*types.ExecutionDoesNotExist]((*sfn.Client).RedriveExecution, &sfn.RedriveExecutionInput{ExecutionArn: aws.String(executionARN("m:none"))}),
		refused[*types.InvalidArn]((*sfn.Client).RedriveExecution, &sfn.RedriveExecutionInput{ExecutionArn: aws.String("e")}),
	}},
	{"SendTaskFailure", func(x *test) {
		must(x, x.client.SendTaskFailure, &sfn.SendTaskFailureInput{TaskToken: x.work("1").TaskToken, Error: aws.String("Broken"), Cause: aws.String("it fell")})
		if got := x.em.Wait(executionARN("m:e")); got.Error != "Broken" || got.Cause != "it fell" {
			x.Errorf("got %+v", got)
		}
	}, []refusal{
		refused[*types.InvalidToken]((*sfn.Client).SendTaskFailure, &sfn.SendTaskFailureInput{TaskToken: aws.String("x")}),
		refusedFor[*types.TaskTimedOut]((*sfn.Client).SendTaskFailure, func(x *test) *sfn.SendTaskFailureInput { return &sfn.SendTaskFailureInput{TaskToken: x.stale()} }),
	}},
	{"SendTaskHeartbeat", func(x *test) {
		token := x.work("1").TaskToken
		for range 3 { // the task has 90 seconds for each
			x.em.Advance(time.Minute)
			must(x, x.client.SendTaskHeartbeat, &sfn.SendTaskHeartbeatInput{TaskToken: token})
		}
		if got := x.em.Execution(executionARN("m:e")); got.Status != "RUNNING" {
			x.Errorf("got %+v, want it to run", got)
		}
	}, []refusal{
		refused[*types.InvalidToken]((*sfn.Client).SendTaskHeartbeat, &sfn.SendTaskHeartbeatInput{TaskToken: aws.String("x")}),
		refusedFor[*types.TaskTimedOut]((*sfn.Client).SendTaskHeartbeat, func(x *test) *sfn.SendTaskHeartbeatInput { return &sfn.SendTaskHeartbeatInput{TaskToken: x.stale()} }),
	}},
	{"SendTaskSuccess", func(x *test) {
		must(x, x.client.SendTaskSuccess, &sfn.SendTaskSuccessInput{TaskToken: x.work("1").TaskToken, Output: aws.String("2")})
		if got := x.em.Wait(executionARN("m:e")); got.Output != "2" {
			x.Errorf("got %+v", got)
		}
	}, []refusal{
		refused[*types.InvalidToken]((*sfn.Client).SendTaskSuccess, &sfn.SendTaskSuccessInput{TaskToken: aws.String("x"), Output: aws.String("1")}),
		refusedFor[*types.InvalidOutput]((*sfn.Client).SendTaskSuccess, func(x *test) *sfn.SendTaskSuccessInput {
			return &sfn.SendTaskSuccessInput{TaskToken: x.work("1").TaskToken, Output: aws.String("{")}
		}),
		refusedFor[*types.TaskTimedOut]((*sfn.Client).SendTaskSuccess, func(x *test) *sfn.SendTaskSuccessInput {
			return &sfn.SendTaskSuccessInput{TaskToken: x.stale(), Output: aws.String("1")}
		}),
	}},
	{"StartExecution", func(x *test) {
		out := must(x, x.client.StartExecution, &sfn.StartExecutionInput{StateMachineArn: x.create("m", pass), Name: aws.String("e"), Input: aws.String(`[1]`)})
		if got := x.em.Wait(aws.ToString(out.ExecutionArn)); aws.ToString(out.ExecutionArn) != executionARN("m:e") || !out.StartDate.Equal(clientStart) || got.Output != "[1]" {
			x.Errorf("%s of %v: %+v", aws.ToString(out.ExecutionArn), out.StartDate, got)
		}
	}, []refusal{
		refusedFor[*types.ExecutionAlreadyExists]((*sfn.Client).StartExecution, func(x *test) *sfn.StartExecutionInput {
			machine := x.create("m", wait)
			x.start(machine, "e", "1")
			return &sfn.StartExecutionInput{StateMachineArn: machine, Name: aws.String("e"), Input: aws.String("2")}
		}),
		refusedFor[*types.InvalidExecutionInput]((*sfn.Client).StartExecution, func(x *test) *sfn.StartExecutionInput {
			return &sfn.StartExecutionInput{StateMachineArn: x.create("m", wait), Input: aws.String("{")}
		}),
		refusedFor[*types.InvalidName]((*sfn.Client).StartExecution, func(x *test) *sfn.StartExecutionInput {
			return &sfn.StartExecutionInput{StateMachineArn: x.create("m", wait), Name: aws.String("a b")}
		}),
		refusedFor[*types.ValidationException]((*sfn.Client).StartExecution, func(x *test) *sfn.StartExecutionInput {
			return &sfn.StartExecutionInput{StateMachineArn: x.create("m", wait), Name: aws.String(strings.Repeat("n", 81))}
		}),
		refused[*types.StateMachineDoesNotExist]((*sfn.Client).StartExecution, &sfn.StartExecutionInput{StateMachineArn: aws.String(machineARN("none"))}),
		refused[*types.InvalidArn]((*sfn.Client).StartExecution, &sfn.StartExecutionInput{StateMachineArn: aws.String("m")}),
	}},
	{"StartSyncExecution", func(x *test) {
		out := must(x, x.client.StartSyncExecution, &sfn.StartSyncExecutionInput{StateMachineArn: x.createType("m", pass, types.StateMachineTypeExpress), Name: aws.String("e"), Input: aws.String(`[1]`)})
		if out.Status != types.SyncExecutionStatusSucceeded || aws.ToString(out.Output) != "[1]" || !out.StartDate.Equal(clientStart) || !out.StopDate.Equal(clientStart) || out.BillingDetails == nil {
			x.Errorf("got %+v", out)
		}
	}, []refusal{
		refusedFor[*types.StateMachineTypeNotSupported]((*sfn.Client).StartSyncExecution, func(x *test) *sfn.StartSyncExecutionInput {
			return &sfn.StartSyncExecutionInput{StateMachineArn: x.create("m", pass)}
		}),
		refusedFor[*types.InvalidExecutionInput]((*sfn.Client).StartSyncExecution, func(x *test) *sfn.StartSyncExecutionInput {
			return &sfn.StartSyncExecutionInput{StateMachineArn: x.createType("m", pass, types.StateMachineTypeExpress), Input: aws.String("{")}
		}),
		refusedFor[*types.InvalidName]((*sfn.Client).StartSyncExecution, func(x *test) *sfn.StartSyncExecutionInput {
			return &sfn.StartSyncExecutionInput{StateMachineArn: x.createType("m", pass, types.StateMachineTypeExpress), Name: aws.String("a b")}
		}),
		refused[*types.StateMachineDoesNotExist]((*sfn.Client).StartSyncExecution, &sfn.StartSyncExecutionInput{StateMachineArn: aws.String(machineARN("none"))}),
		refused[*types.InvalidArn]((*sfn.Client).StartSyncExecution, &sfn.StartSyncExecutionInput{StateMachineArn: aws.String("m")}),
	}},
	{"StopExecution", func(x *test) {
		arn := x.start(x.create("m", wait), "", "{}")
		x.em.Advance(time.Minute)
		out := must(x, x.client.StopExecution, &sfn.StopExecutionInput{ExecutionArn: &arn, Error: aws.String("Enough"), Cause: aws.String("no reason")})
		if got := x.em.Execution(arn); got.Status != "ABORTED" || got.Error != "Enough" || !out.StopDate.Equal(clientStart.Add(time.Minute)) {
			x.Errorf("stopped at %v: %+v", out.StopDate, got)
		}
	}, []refusal{
		refused[*types.ExecutionDoesNotExist]((*sfn.Client).StopExecution, &sfn.StopExecutionInput{ExecutionArn: aws.String(executionARN("m:none"))}),
		refused[*types.InvalidArn]((*sfn.Client).StopExecution, &sfn.StopExecutionInput{ExecutionArn: aws.String("e")}),
		refused[*types.ValidationException]((*sfn.Client).StopExecution, &sfn.StopExecutionInput{ExecutionArn: aws.String(executionARN("m:e")), Error: aws.String(strings.Repeat("e", 257))}),
	}},
	{"TagResource", func(x *test) {
		machine := x.create("m", pass)
		must(x, x.client.TagResource, &sfn.TagResourceInput{ResourceArn: machine, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}})
		if out := must(x, x.client.ListTagsForResource, &sfn.ListTagsForResourceInput{ResourceArn: machine}); len(out.Tags) != 1 || aws.ToString(out.Tags[0].Value) != "blue" {
			x.Errorf("got %+v", out.Tags)
		}
	}, []refusal{
		refused[*types.ResourceNotFound]((*sfn.Client).TagResource, &sfn.TagResourceInput{ResourceArn: aws.String(machineARN("none")), Tags: manyTags(1)}),
		refused[*types.InvalidArn]((*sfn.Client).TagResource, &sfn.TagResourceInput{ResourceArn: aws.String("m"), Tags: manyTags(1)}),
		refusedFor[*types.TooManyTags]((*sfn.Client).TagResource, func(x *test) *sfn.TagResourceInput {
			return &sfn.TagResourceInput{ResourceArn: x.create("m", pass), Tags: manyTags(51)}
		}),
	}},
	{"TestState", func(x *test) {
		out := must(x, x.client.TestState, &sfn.TestStateInput{Definition: aws.String(`{"Type": "Pass", "Parameters": {"b.$": "$.a"}, "Next": "Two"}`), Input: aws.String(`{"a": 1}`),
			InspectionLevel: types.InspectionLevelDebug})
		if out.Status != types.TestExecutionStatusSucceeded || aws.ToString(out.Output) != `{"b":1}` || aws.ToString(out.NextState) != "Two" || aws.ToString(out.InspectionData.AfterParameters) != `{"b":1}` {
			x.Errorf("got %+v", out)
		}
	}, []refusal{
		refused[*types.InvalidDefinition]((*sfn.Client).TestState, &sfn.TestStateInput{Definition: aws.String("{}")}),
		refused[*types.InvalidExecutionInput]((*sfn.Client).TestState, &sfn.TestStateInput{Definition: aws.String(`{"Type": "Pass", "End": true}`), Input: aws.String("{")}),
		refused[*types.InvalidArn]((*sfn.Client).TestState, &sfn.TestStateInput{Definition: aws.String(`{"Type": "Pass", "End": true}`), RoleArn: aws.String("me")}),
		refused[*types.ValidationException]((*sfn.Client).TestState, &sfn.TestStateInput{Definition: aws.String(payTask), Mock: &types.MockInput{}}),
	}},
	{"UntagResource", func(x *test) {
		machine := x.create("m", pass)
		must(x, x.client.TagResource, &sfn.TagResourceInput{ResourceArn: machine, Tags: manyTags(2)})
		must(x, x.client.UntagResource, &sfn.UntagResourceInput{ResourceArn: machine, TagKeys: []string{"key-0", "unknown"}})
		if out := must(x, x.client.ListTagsForResource, &sfn.ListTagsForResourceInput{ResourceArn: machine}); len(out.Tags) != 1 || aws.ToString(out.Tags[0].Key) != "key-1" {
			x.Errorf("got %+v", out.Tags)
		}
	}, []refusal{
		refused[*types.ResourceNotFound]((*sfn.Client).UntagResource, &sfn.UntagResourceInput{ResourceArn: aws.String(machineARN("none")), TagKeys: []string{"k"}}),
		refused[*types.InvalidArn]((*sfn.Client).UntagResource, &sfn.UntagResourceInput{ResourceArn: aws.String("m"), TagKeys: []string{"k"}}),
	}},
	{"UpdateMapRun", func(x *test) {
		_, arn := x.startEach()
		must(x, x.client.UpdateMapRun, &sfn.UpdateMapRunInput{MapRunArn: &arn, MaxConcurrency: aws.Int32(2), ToleratedFailurePercentage: aws.Float32(12.5)})
		if got := x.describeMapRun(arn); got.MaxConcurrency != 2 || got.ToleratedFailurePercentage != 12.5 {
			x.Errorf("got %+v", got)
		}
	}, []refusal{
		refused[*types.ResourceNotFound]((*sfn.Client).UpdateMapRun, &sfn.UpdateMapRunInput{MapRunArn: aws.String(noMapRun), MaxConcurrency: aws.Int32(1)}),
		refused[*types.InvalidArn]((*sfn.Client).UpdateMapRun, &sfn.UpdateMapRunInput{MapRunArn: aws.String("run"), MaxConcurrency: aws.Int32(1)}),
		refusedFor[*types.ValidationException]((*sfn.Client).UpdateMapRun, func(x *test) *sfn.UpdateMapRunInput {
			_, arn := x.startEach()
			x.em.Advance(3 * time.Hour)
			return &sfn.UpdateMapRunInput{MapRunArn: &arn, MaxConcurrency: aws.Int32(1)}
		}),
	}},
	{"UpdateStateMachine", func(x *test) {
		machine := x.create("m", pass)
		x.em.Advance(time.Minute)
		out := must(x, x.client.UpdateStateMachine, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: aws.String(wait), Publish: true})
		if aws.ToString(out.RevisionId) == "" || aws.ToString(out.StateMachineVersionArn) != machineARN("m:1") || !out.UpdateDate.Equal(clientStart.Add(time.Minute)) {
			x.Errorf("got %+v", out)
		}
	}, []refusal{
		refusedFor[*types.MissingRequiredParameter]((*sfn.Client).UpdateStateMachine, func(x *test) *sfn.UpdateStateMachineInput {
			return &sfn.UpdateStateMachineInput{StateMachineArn: x.create("m", pass)}
		}),
		refusedFor[*types.InvalidDefinition]((*sfn.Client).UpdateStateMachine, func(x *test) *sfn.UpdateStateMachineInput {
			return &sfn.UpdateStateMachineInput{StateMachineArn: x.create("m", pass), Definition: aws.String("{}")}
		}),
		refusedFor[*types.InvalidLoggingConfiguration]((*sfn.Client).UpdateStateMachine, func(x *test) *sfn.UpdateStateMachineInput {
			return &sfn.UpdateStateMachineInput{StateMachineArn: x.create("m", pass), LoggingConfiguration: &types.LoggingConfiguration{Level: types.LogLevelAll}}
		}),
		refusedFor[*types.InvalidEncryptionConfiguration]((*sfn.Client).UpdateStateMachine, func(x *test) *sfn.UpdateStateMachineInput {
			return &sfn.UpdateStateMachineInput{StateMachineArn: x.create("m", pass), EncryptionConfiguration: &types.EncryptionConfiguration{Type: types.EncryptionTypeCustomerManagedKmsKey}}
		}),
		refusedFor[*types.ValidationException]((*sfn.Client).UpdateStateMachine, func(x *test) *sfn.UpdateStateMachineInput {
			return &sfn.UpdateStateMachineInput{StateMachineArn: x.create("m", pass), Definition: aws.String(wait), VersionDescription: aws.String("of no version")}
		}),
		refused[*types.StateMachineDoesNotExist]((*sfn.Client).UpdateStateMachine, &sfn.UpdateStateMachineInput{StateMachineArn: aws.String(machineARN("none")), Definition: aws.String(pass)}),
		refused[*types.InvalidArn]((*sfn.Client).UpdateStateMachine, &sfn.UpdateStateMachineInput{StateMachineArn: aws.String("m"), Definition: aws.String(pass)}),
	}},
	{"UpdateStateMachineAlias", func(x *test) {
		machine := x.create("m", constant(0))
		live := x.alias("live", route(x.release(machine, constant(1)), 100))
		two := x.release(machine, constant(2))
		out := must(x, x.client.UpdateStateMachineAlias, &sfn.UpdateStateMachineAliasInput{StateMachineAliasArn: live, RoutingConfiguration: []types.RoutingConfigurationListItem{route(two, 100)}})
		got := must(x, x.client.DescribeStateMachineAlias, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: live})
		if aws.ToString(got.RoutingConfiguration[0].StateMachineVersionArn) != *two || !got.UpdateDate.Equal(*out.UpdateDate) {
			x.Errorf("updated at %v: %+v", out.UpdateDate, got)
		}
	}, []refusal{
		refused[*types.ResourceNotFound]((*sfn.Client).UpdateStateMachineAlias, &sfn.UpdateStateMachineAliasInput{StateMachineAliasArn: aws.String(machineARN("m:none")), Description: aws.String("d")}),
		refused[*types.InvalidArn]((*sfn.Client).UpdateStateMachineAlias, &sfn.UpdateStateMachineAliasInput{StateMachineAliasArn: aws.String("live"), Description: aws.String("d")}),
		refusedFor[*types.ValidationException]((*sfn.Client).UpdateStateMachineAlias, func(x *test) *sfn.UpdateStateMachineAliasInput {
			return &sfn.UpdateStateMachineAliasInput{StateMachineAliasArn: x.alias("live", route(x.release(x.create("m", constant(0)), constant(1)), 100))}
		}),
	}},
	{"ValidateStateMachineDefinition", func(x *test) {
		if out := must(x, x.client.ValidateStateMachineDefinition, &sfn.ValidateStateMachineDefinitionInput{Definition: aws.String(pass)}); out.Result != types.ValidateStateMachineDefinitionResultCodeOk || len(out.Diagnostics) != 0 {
			x.Errorf("got %+v", out)
		}
		out := must(x, x.client.ValidateStateMachineDefinition, &sfn.ValidateStateMachineDefinitionInput{Definition: aws.String(`{}`)})
		if out.Result != types.ValidateStateMachineDefinitionResultCodeFail || len(out.Diagnostics) == 0 || aws.ToString(out.Diagnostics[0].Code) != "SCHEMA_VALIDATION_FAILED" {
			x.Errorf("got %+v", out)
		}
	}, []refusal{refused[*types.ValidationException]((*sfn.Client).ValidateStateMachineDefinition, &sfn.ValidateStateMachineDefinitionInput{Definition: aws.String(pass), MaxResults: 101})}},
}

// An action is a row of the table.
type action struct {
	name     string
	succeeds func(x *test)
	refusals []refusal
}

// A refusal is a call that answers with an exception.
type refusal struct {
	exception string // its type, without the package
	provoke   func(x *test) error
}

// method is what the client has for an action.
type method[In, Out any] = func(*sfn.Client, context.Context, *In, ...func(*sfn.Options)) (*Out, error)

// refused is a call with an input that an emulator without resources refuses.
func refused[Exception error, In, Out any](call method[In, Out], in *In) refusal {
	return refusedFor[Exception](call, func(*test) *In { return in })
}

// refusedFor is a call with an input that an emulator refuses once prepared has made what
// it needs.
func refusedFor[Exception error, In, Out any](call method[In, Out], prepared func(*test) *In) refusal {
	return refusal{reflect.TypeFor[Exception]().Elem().Name(), func(x *test) error {
		_, err := call(x.client, x.ctx, prepared(x))
		if exception, ok := errors.AsType[Exception](err); !ok || exception.Error() == "" {
			return fmt.Errorf("got %w, want %s", err, reflect.TypeFor[Exception]())
		}
		return nil
	}}
}

// must calls a method of the client and returns what it answers.
func must[In, Out any](x *test, call func(context.Context, *In, ...func(*sfn.Options)) (*Out, error), in *In) *Out {
	x.Helper()
	out, err := call(x.ctx, in)
	if err != nil {
		x.Fatalf("%T: %v", in, err)
	}
	return out
}

// clientStart is when the clock starts; it has milliseconds, which must not get lost.
var clientStart = time.Date(2026, 2, 3, 4, 5, 6, int(789*time.Millisecond), time.UTC)

const arnPrefix = "arn:aws:states:us-east-1:123456789012:"

func machineARN(name string) string   { return arnPrefix + "stateMachine:" + name }
func executionARN(name string) string { return arnPrefix + "execution:" + name }
func activityARN(name string) string  { return arnPrefix + "activity:" + name }

const noMapRun = arnPrefix + "mapRun:m/Each:11111111-2222-3333-4444-555555555555"

func manyTags(n int) []types.Tag {
	tags := make([]types.Tag, n)
	for i := range tags {
		tags[i] = types.Tag{Key: aws.String(fmt.Sprint("key-", i)), Value: aws.String("value")}
	}
	return tags
}

// work starts the execution e of the machine m with an input, and takes the task that its
// only state schedules for an activity.
func (t *test) work(input string) *sfn.GetActivityTaskOutput {
	t.Helper()
	activity := must(t, t.client.CreateActivity, &sfn.CreateActivityInput{Name: aws.String("work")}).ActivityArn
	t.start(t.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "`+*activity+`", "HeartbeatSeconds": 90, "End": true}}}`), "e", input)
	return must(t, t.client.GetActivityTask, &sfn.GetActivityTaskInput{ActivityArn: activity, WorkerName: aws.String("worker")})
}

// stale is the token of a task that has ended.
func (t *test) stale() *string {
	t.Helper()
	token := t.work("1").TaskToken
	must(t, t.client.SendTaskSuccess, &sfn.SendTaskSuccessInput{TaskToken: token, Output: aws.String("1")})
	return token
}

// called notes which actions a client calls.
type called struct {
	mu    sync.Mutex
	names []string
}

// newCountedTest is newTest with a client whose calls are noted, and a clock that starts at
// clientStart.
func newCountedTest(t *testing.T, calls *called) *test {
	em := emulator.RunT(t, emulator.WithVirtualClock(clientStart))
	config := em.AWSConfig()
	config.APIOptions = append(config.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("called",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				calls.mu.Lock()
				calls.names = append(calls.names, awsmiddleware.GetOperationName(ctx))
				calls.mu.Unlock()
				return next.HandleInitialize(ctx, in)
			}), middleware.After)
	})
	return &test{T: t, em: em, client: sfn.NewFromConfig(config), ctx: t.Context()}
}

// clientActions are the actions that the client has, in alphabetical order: its methods that
// take a context and an input.
func clientActions() (names []string) {
	client := reflect.TypeFor[*sfn.Client]()
	for i := range client.NumMethod() {
		if m := client.Method(i); m.Type.NumIn() == 4 && m.Type.In(1) == reflect.TypeFor[context.Context]() {
			names = append(names, m.Name)
		}
	}
	return names
}

// answeredException finds the exceptions that docs/api.md says are answered.
var answeredException = regexp.MustCompile(`(?m)^\| (\w+) \| answered \|`)

func TestActions(t *testing.T) {
	var rows []string
	provoked := map[string]bool{ // by tests of packages engine and registry: it takes a thousand, or many more
		"ExecutionLimitExceeded": true, "StateMachineLimitExceeded": true, "ActivityLimitExceeded": true, "ActivityWorkerLimitExceeded": true,
	}
	for _, row := range actions {
		rows = append(rows, row.name)
		for _, refusal := range row.refusals {
			provoked[refusal.exception] = true
		}
	}
	document, err := os.ReadFile(filepath.Join("..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	var answered []string
	for _, match := range answeredException.FindAllStringSubmatch(string(document), -1) {
		answered = append(answered, match[1])
	}
	if got := slices.Sorted(maps.Keys(provoked)); !slices.Equal(got, answered) {
		t.Errorf("the table provokes\n%q, docs/api.md says that these are answered:\n%q", got, answered)
	}
	if want := clientActions(); !slices.Equal(rows, want) || len(want) != 37 {
		t.Fatalf("the table has rows for\n%q, the client has the actions\n%q", rows, want)
	}
	for _, row := range actions {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var calls called
			row.succeeds(newCountedTest(t, &calls))
			if !slices.Contains(calls.names, row.name) {
				t.Errorf("only %q were called", calls.names)
			}
			for _, refusal := range row.refusals {
				t.Run(refusal.exception, func(t *testing.T) {
					var calls called
					if err := refusal.provoke(newCountedTest(t, &calls)); err != nil {
						t.Error(err)
					}
					if last := calls.names[len(calls.names)-1]; last != row.name {
						t.Errorf("%s was called last", last)
					}
				})
			}
		})
	}
}

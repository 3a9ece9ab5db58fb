package api

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/internal/awsapi"
)

// answers are the types of all answers.
var answers = map[string]any{
	"CreateActivity":                   createActivityOutput{},
	"CreateStateMachine":               createStateMachineOutput{},
	"CreateStateMachineAlias":          createStateMachineAliasOutput{},
	"DeleteActivity":                   empty{},
	"DeleteStateMachine":               empty{},
	"DeleteStateMachineAlias":          empty{},
	"DeleteStateMachineVersion":        empty{},
	"DescribeActivity":                 describeActivityOutput{},
	"DescribeExecution":                describeExecutionOutput{},
	"DescribeMapRun":                   describeMapRunOutput{},
	"DescribeStateMachine":             describeStateMachineOutput{},
	"DescribeStateMachineAlias":        describeStateMachineAliasOutput{},
	"DescribeStateMachineForExecution": describeStateMachineForExecutionOutput{},
	"GetActivityTask":                  getActivityTaskOutput{},
	"GetExecutionHistory":              getExecutionHistoryOutput{},
	"ListActivities":                   listActivitiesOutput{},
	"ListExecutions":                   listExecutionsOutput{},
	"ListMapRuns":                      listMapRunsOutput{},
	"ListStateMachineAliases":          listStateMachineAliasesOutput{},
	"ListStateMachineVersions":         listStateMachineVersionsOutput{},
	"ListStateMachines":                listStateMachinesOutput{},
	"ListTagsForResource":              listTagsForResourceOutput{},
	"PublishStateMachineVersion":       publishStateMachineVersionOutput{},
	"RedriveExecution":                 redriveExecutionOutput{},
	"SendTaskFailure":                  empty{},
	"SendTaskHeartbeat":                empty{},
	"SendTaskSuccess":                  empty{},
	"StartExecution":                   startExecutionOutput{},
	"StartSyncExecution":               startSyncExecutionOutput{},
	"StopExecution":                    stopExecutionOutput{},
	"TagResource":                      empty{},
	"TestState":                        testStateOutput{},
	"UntagResource":                    empty{},
	"UpdateMapRun":                     empty{},
	"UpdateStateMachine":               updateStateMachineOutput{},
	"UpdateStateMachineAlias":          updateStateMachineAliasOutput{},
	"ValidateStateMachineDefinition":   validateStateMachineDefinitionOutput{},
}

// Every answer has the members of AWS's model, and no others but note.
func TestMembersOfAnswers(t *testing.T) {
	if len(answers) != len(New(Config{}).Actions()) {
		t.Errorf("the test has %d actions, the API %d", len(answers), len(New(Config{}).Actions()))
	}
	for action := range New(Config{}).Actions() {
		operation, ok := awsapi.Describe("stepfunctions", action)
		if !ok {
			t.Errorf("%s is not in the model", action)
			continue
		}
		compareMembers(t, action, reflect.TypeOf(answers[action]), operation.Output)
	}
}

// compareMembers compares a type with a shape, structures inside of it too. A value of
// any JSON is taken to fit.
func compareMembers(t *testing.T, at string, have reflect.Type, want *awsapi.Shape) {
	t.Helper()
	if have == nil {
		t.Errorf("%s: the test has no type", at)
		return
	}
	for have.Kind() == reflect.Pointer {
		have = have.Elem()
	}
	if have.Kind() == reflect.Slice && want.Kind == awsapi.List && have != reflect.TypeFor[awsjson.JSON]() {
		compareMembers(t, at+"[]", have.Elem(), want.Element)
		return
	}
	if have.Kind() != reflect.Struct || want.Kind != awsapi.Structure || have.PkgPath() == "github.com/aslocal/aslocal/value" {
		return
	}
	fields := make(map[string]reflect.Type)
	for _, field := range reflect.VisibleFields(have) {
		if name := field.Tag.Get("json"); name != "" && name != "note" {
			fields[name] = field.Type
		}
	}
	var members []string
	for _, m := range want.InOrder() {
		members = append(members, m.Name)
		field, ok := fields[m.Name]
		if !ok {
			t.Errorf("%s.%s is missing", at, m.Name)
			continue
		}
		compareMembers(t, at+"."+m.Name, field, m.Shape)
	}
	for name := range fields {
		if !slices.Contains(members, name) {
			t.Errorf("%s.%s is not in the model, which has %s", at, name, strings.Join(members, ", "))
		}
	}
}

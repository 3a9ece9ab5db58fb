package fault

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

const arn = "arn:aws:states:us-east-1:123456789012:stateMachine:m"

// TestMessages is the only place that compares texts.
func TestMessages(t *testing.T) {
	tests := []struct {
		constructor   string
		got           *Error
		code, message string
		member, text  string
	}{
		{"ActivityAlreadyExists", ActivityAlreadyExists(arn), "ActivityAlreadyExists", "Activity Already Exists: '" + arn + "'", "", ""},
		{"ActivityLimitExceeded", ActivityLimitExceeded(), "ActivityLimitExceeded", "The maximum number of activities has been reached. " +
			"Existing activities must be deleted before a new activity can be created.", "", ""},
		{"ActivityWorkerLimitExceeded", ActivityWorkerLimitExceeded(), "ActivityWorkerLimitExceeded",
			"The maximum number of workers concurrently polling for activity tasks has been reached.", "", ""},
		{"ActivityDoesNotExist", ActivityDoesNotExist(arn), "ActivityDoesNotExist", "Activity Does Not Exist: '" + arn + "'", "", ""},
		{"AliasConflict", AliasConflict(), "ConflictException",
			"Failed to create alias because an alias with the same name and a different routing configuration already exists.", "", ""},
		{"PendingRedriveOfMachine", PendingRedriveOfMachine(), "ValidationException", "Must specify mapRunArn when statusFilter is PENDING_REDRIVE",
			"reason", "MISSING_REQUIRED_PARAMETER"},
		{"ReferenceDoesNotExist", ReferenceDoesNotExist(arn), "ResourceNotFound", "Request references a resource that does not exist.", "resourceName", arn},
		{"CompletedMapRun", CompletedMapRun(arn), "ValidationException", "Map Run is already completed: '" + arn + "'", "reason", "CANNOT_UPDATE_COMPLETED_MAP_RUN"},
		{"DescriptionWithoutPublish", DescriptionWithoutPublish(), "ValidationException", "Version description can only be set when publish is true", "", ""},
		{"ExecutionAlreadyExists", ExecutionAlreadyExists(arn), "ExecutionAlreadyExists", "Execution Already Exists: '" + arn + "'", "", ""},
		{"ExecutionDoesNotExist", ExecutionDoesNotExist(arn), "ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'", "", ""},
		{"ExecutionNotRedrivable", ExecutionNotRedrivable("why"), "ExecutionNotRedrivable", "why", "", ""},
		{"ExecutionLimitExceeded", ExecutionLimitExceeded(), "ExecutionLimitExceeded", "The maximum number of running executions has been reached. " +
			"Running executions must end or be stopped before a new execution can be started.", "", ""},
		{"InvalidArn", InvalidArn("arm:aws"), "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: arm:aws'", "", ""},
		{"InvalidArnResource", InvalidArnResource("express"), "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'", "", ""},
		{"EncryptionConfiguration", EncryptionConfiguration("Must set a valid kmsKeyId."), "InvalidEncryptionConfiguration", "Must set a valid kmsKeyId.", "", ""},
		{"LogDestination", LogDestination("Why."), "InvalidLoggingConfiguration", "Invalid Logging Configuration: Why.", "", ""},
		{"LogResource", LogResource("ä"), "InvalidLoggingConfiguration", "Invalid Logging Configuration: Value 'ä' at 'resourceId' failed to satisfy constraint: " +
			`Member must satisfy regular expression pattern: ^[0-9A-Za-z.\/\-_:]+$`, "", ""},
		{"InvalidDefinition", InvalidDefinition("A: b at /"), "InvalidDefinition", "Invalid State Machine Definition: 'A: b at /'", "", ""},
		{"InvalidDefinition", InvalidDefinition("A: b at /", "C: d at /States/E"), "InvalidDefinition",
			"Invalid State Machine Definition: 'A: b at /, C: d at /States/E'", "", ""},
		{"InvalidExecutionInput", InvalidExecutionInput("Unrecognized token 'not'"), "InvalidExecutionInput",
			"Invalid State Machine Execution Input: 'Unrecognized token 'not''", "", ""},
		{"InvalidExecutionInput", InvalidExecutionInput(""), "InvalidExecutionInput", "Invalid State Machine Execution Input: 'Invalid execution input.'", "", ""},
		{"InvalidMockConfiguration", InvalidMockConfiguration("f.json:1:2: why"), "ValidationException", "Invalid Mock Configuration: f.json:1:2: why", "", ""},
		{"TestCaseDoesNotExist", TestCaseDoesNotExist("why"), "StateMachineDoesNotExist", "Test Case Does Not Exist: why", "", ""},
		{"InvalidName", InvalidName("a b"), "InvalidName", "Invalid Name: 'a b'", "", ""},
		{"InvalidOutput", InvalidOutput("why"), "InvalidOutput", "Invalid Output: 'why'", "", ""},
		{"InvalidToken", InvalidToken(), "InvalidToken", "Invalid Token: 'Invalid token'", "", ""},
		{"LabeledArn", LabeledArn(arn), "ValidationException", "Labeled state machine ARN is not supported by this operation: '" + arn + "'",
			"reason", "API_DOES_NOT_SUPPORT_LABELED_ARNS"},
		{"MissingMember", MissingMember("text"), "ValidationException", "text", "reason", "MISSING_REQUIRED_PARAMETER"},
		{"MissingRequiredParameter", MissingRequiredParameter(), "MissingRequiredParameter",
			"Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified", "", ""},
		{"NotOneLogDestination", NotOneLogDestination(), "InvalidLoggingConfiguration",
			"Invalid Logging Configuration: Must specify exactly one Log Destination.", "", ""},
		{"ResourceNotFound", ResourceNotFound(arn), "ResourceNotFound", "Resource not found: '" + arn + "'", "resourceName", arn},
		{"RevisionConflict", RevisionConflict("r1", "r2"), "ConflictException",
			"Failed to publish the State Machine version for revision r1. The current State Machine revision is r2.", "", ""},
		{"RoutesNotDistinct", RoutesNotDistinct([]string{"a", "a"}), "ValidationException",
			"Routing configuration must contain distinct state machine version ARNs. Received: [a, a]", "reason", "INVALID_ROUTING_CONFIGURATION"},
		{"RoutesNotOfOneMachine", RoutesNotOfOneMachine([]string{"a", "b"}), "ValidationException",
			"Routing configuration must contain versions of a single state machine. Received: [a, b]", "reason", "INVALID_ROUTING_CONFIGURATION"},
		{"RoutesNotSum100", RoutesNotSum100([]int{70, 29}), "ValidationException",
			"Sum of routing configuration weights must equal 100. Received: [70, 29]", "reason", "INVALID_ROUTING_CONFIGURATION"},
		{"RoutesNotVersions", RoutesNotVersions([]string{"a", "b"}), "ValidationException",
			"Routing configuration must contain state machine version ARNs. Received: [a, b]", "reason", "INVALID_ROUTING_CONFIGURATION"},
		{"ServiceQuotaExceeded", ServiceQuotaExceeded("aliases", 100), "ServiceQuotaExceededException", "The maximum number of aliases has been reached: 100", "", ""},
		{"StateMachineAlreadyExists", StateMachineAlreadyExists(arn), "StateMachineAlreadyExists", "State Machine Already Exists: '" + arn + "'", "", ""},
		{"StateMachineLimitExceeded", StateMachineLimitExceeded(), "StateMachineLimitExceeded", "The maximum number of state machines has been reached. " +
			"Existing state machines must be deleted before a new state machine can be created.", "", ""},
		{"StateMachineDoesNotExist", StateMachineDoesNotExist(arn), "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + arn + "'", "", ""},
		{"StateMachineTypeNotSupported", StateMachineTypeNotSupported(), "StateMachineTypeNotSupported",
			"This operation is not supported by this type of state machine", "", ""},
		{"TaskTimedOut", TaskTimedOut(), "TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'", "", ""},
		{"TooManyTags", TooManyTags(arn), "TooManyTags", "Too many tags: '" + arn + "'", "resourceName", arn},
		{"UnsupportedByTestState", UnsupportedByTestState(), "InvalidDefinition",
			"TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]", "", ""},
		{"StateNotFound", StateNotFound(), "ValidationException", "State not found in definition", "", ""},
		{"RoleRequired", RoleRequired(), "ValidationException", "RoleArn must be specified when testing a Task state", "", ""},
		{"InvalidVariables", InvalidVariables(), "ValidationException", "Variables must be a JSON object", "", ""},
		{"InvalidContext", InvalidContext("Field 'a' is not allowed"), "ValidationException", "Invalid Context object provided: Field 'a' is not allowed", "", ""},
		{"RequiresMock", RequiresMock("MapIterationFailureCount"), "ValidationException",
			"TestState does not support MapIterationFailureCount when a mock is not specified.", "", ""},
		{"RevealSecretsWithMock", RevealSecretsWithMock(), "ValidationException", "TestState does not support RevealSecrets when a mock is specified.", "", ""},
		{"NotMockable", NotMockable("Pass"), "ValidationException", "State type 'Pass' is not supported when a mock is specified", "", ""},
		{"MockNeedsOne", MockNeedsOne(), "ValidationException", "A test mock should have only one of the following fields: [result, errorOutput].", "", ""},
		{"MockNotJSON", MockNotJSON(), "ValidationException", "Mocked result must be valid JSON", "", ""},
		{"MockNotArray", MockNotArray(), "ValidationException", "Mocked result must be an array.", "", ""},
		{"MockNotObject", MockNotObject(), "ValidationException", "Mocked result must be a JSON object.", "", ""},
		{"MockNotBranches", MockNotBranches(), "ValidationException",
			"Mocked result must contain the same number of items as number of Parallel branches.", "", ""},
		{"MockNotValid", MockNotValid("Field 'A' must be a number"), "ValidationException", "Mock result schema validation error: Field 'A' must be a number", "", ""},
		{"TooManyFailedIterations", TooManyFailedIterations(), "ValidationException",
			"Map iteration failure count must be less than or equal to the number of Map iterations", "", ""},
		{"AccessDenied", AccessDenied("arn:aws:iam::111111111111:root", "states:StopExecution", "arn:x"), "AccessDeniedException",
			"User: arn:aws:iam::111111111111:root is not authorized to perform: states:StopExecution on resource: arn:x because no resource-based policy allows the states:StopExecution action", "", ""},
		{"VersionReferenced", VersionReferenced([]string{"a", "b"}), "ConflictException", "Version to be deleted must not be referenced by an alias. " +
			"Current list of aliases referencing this version: [a, b]", "", ""},
	}
	tested, detailed := map[string]bool{}, map[string]bool{}
	for _, tt := range tests {
		tested[tt.constructor] = true
		detailed[tt.code] = detailed[tt.code] || tt.member != ""
		if tt.got.Code != tt.code || tt.got.Message != tt.message {
			t.Errorf("%s: got %s %q, want %s %q", tt.constructor, tt.got.Code, tt.got.Message, tt.code, tt.message)
		}
		member, text, ok := tt.got.Member()
		if member != tt.member || text != tt.text || ok != (member != "") {
			t.Errorf("%s: got member %q %q %v, want %q %q", tt.constructor, member, text, ok, tt.member, tt.text)
		}
	}
	for _, name := range constructors(t) {
		if !tested[name] {
			t.Errorf("%s: not in this test", name)
		}
	}
	for code := range members {
		if !detailed[code] {
			t.Errorf("%s: no constructor gives the member %s", code, members[code])
		}
	}
}

// constructors lists the exported functions of message.go.
func constructors(t *testing.T) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "message.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() {
			names = append(names, f.Name.Name)
		}
	}
	return names
}

func TestError(t *testing.T) {
	err := fmt.Errorf("starting: %w", ExecutionDoesNotExist("x"))
	if got, want := err.Error(), "starting: ExecutionDoesNotExist: Execution Does Not Exist: 'x'"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !Is(err, "ExecutionDoesNotExist") || Is(err, "ExecutionAlreadyExists") || Is(errors.New("ExecutionDoesNotExist"), "ExecutionDoesNotExist") || Is(nil, "") {
		t.Error("Is does not tell faults apart by their code")
	}
	e, _ := errors.AsType[*Error](err)
	if got, want := e.Type(), "com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist"; got != want {
		t.Errorf("type: got %s, want %s", got, want)
	}
	if got, want := e.Text(), "Execution Does Not Exist: 'x'"; got != want {
		t.Errorf("text: got %s, want %s", got, want)
	}
}

package fault

import (
	"fmt"
	"strings"
)

// This file says everything that is said when a call is refused. A message
// without a remark is recorded from the service or in its documentation;
// "inferred" marks those that are only in its manner.

// State machines.

// StateMachineAlreadyExists: the name is taken by a machine that differs.
func StateMachineAlreadyExists(arn string) *Error {
	return quoted("StateMachineAlreadyExists", "State Machine Already Exists", arn)
}

// StateMachineLimitExceeded: there are as many state machines as there may be (F-239).
func StateMachineLimitExceeded() *Error {
	return &Error{Code: "StateMachineLimitExceeded", Message: "The maximum number of state machines has been reached. " +
		"Existing state machines must be deleted before a new state machine can be created."}
}

// StateMachineDoesNotExist: no machine, version or alias has the ARN; also an
// update of a version.
func StateMachineDoesNotExist(arn string) *Error {
	return quoted("StateMachineDoesNotExist", "State Machine Does Not Exist", arn)
}

// TestCaseDoesNotExist: the ARN to start ends in "#" and a test case that the
// mock configuration does not have. Step Functions Local has another text.
func TestCaseDoesNotExist(why string) *Error {
	return &Error{Code: "StateMachineDoesNotExist", Message: "Test Case Does Not Exist: " + why}
}

// InvalidMockConfiguration: the mock configuration cannot be read, or has
// mistakes.
func InvalidMockConfiguration(why string) *Error {
	return validation("Invalid Mock Configuration: " + why)
}

// StateMachineTypeNotSupported: the operation is for the other type of machine
// (StartSyncExecution of a STANDARD one, ListExecutions of an EXPRESS one).
func StateMachineTypeNotSupported() *Error {
	return &Error{Code: "StateMachineTypeNotSupported", Message: "This operation is not supported by this type of state machine"}
}

// InvalidDefinition: the definition has the given problems, each in the form
// "CODE: text at /States/X". Several stand in one pair of quotes (seen in public
// reports).
func InvalidDefinition(problems ...string) *Error {
	return quoted("InvalidDefinition", "Invalid State Machine Definition", strings.Join(problems, ", "))
}

// MissingRequiredParameter: UpdateStateMachine has nothing to update.
func MissingRequiredParameter() *Error {
	return &Error{Code: "MissingRequiredParameter", Message: "Either the definition, the role ARN, the LoggingConfiguration, " +
		"or the TracingConfiguration must be specified"}
}

// NotOneLogDestination: the logging configuration has a level but no
// destination, or more than one.
func NotOneLogDestination() *Error {
	return &Error{Code: "InvalidLoggingConfiguration", Message: "Invalid Logging Configuration: Must specify exactly one Log Destination."}
}

// LogDestination: why a log destination cannot be one (F-156).
func LogDestination(why string) *Error {
	return &Error{Code: "InvalidLoggingConfiguration", Message: "Invalid Logging Configuration: " + why}
}

// LogResource: CloudWatch Logs does not take the ARN of a state machine that is to be
// logged, because its name has characters that are allowed otherwise. Whether there are
// more words around these is not known (F-156).
func LogResource(arn string) *Error {
	return LogDestination("Value '" + arn + "' at 'resourceId' failed to satisfy constraint: " +
		`Member must satisfy regular expression pattern: ^[0-9A-Za-z.\/\-_:]+$`)
}

// EncryptionConfiguration: why an encryption configuration cannot be one. Whether the
// service puts words before these is not known (F-156).
func EncryptionConfiguration(why string) *Error {
	return &Error{Code: "InvalidEncryptionConfiguration", Message: why}
}

// Versions and aliases.

// RevisionConflict: the revision to be published is not the current one.
func RevisionConflict(given, current string) *Error {
	return &Error{Code: "ConflictException", Message: fmt.Sprintf("Failed to publish the State Machine version for revision %s. "+
		"The current State Machine revision is %s.", given, current)}
}

// VersionReferenced: the version to be deleted is the target of aliases, given
// by name.
func VersionReferenced(aliases []string) *Error {
	return &Error{Code: "ConflictException", Message: "Version to be deleted must not be referenced by an alias. " +
		"Current list of aliases referencing this version: [" + strings.Join(aliases, ", ") + "]"}
}

// AliasConflict: an alias of that name exists and differs, in routing or
// description.
func AliasConflict() *Error {
	return &Error{Code: "ConflictException", Message: "Failed to create alias because an alias with the same name and " +
		"a different routing configuration already exists."}
}

// ReferenceDoesNotExist: UpdateStateMachineAlias and the like found no such
// alias, or an alias would go to a version that is not there (inferred).
func ReferenceDoesNotExist(arn string) *Error {
	return &Error{Code: "ResourceNotFound", Message: "Request references a resource that does not exist.", Detail: arn}
}

// ServiceQuotaExceeded: the machine has as many versions or aliases as it may.
// Inferred.
func ServiceQuotaExceeded(what string, most int) *Error {
	return &Error{Code: "ServiceQuotaExceededException", Message: fmt.Sprintf("The maximum number of %s has been reached: %d", what, most)}
}

// RoutesNotDistinct: an alias routes to one version twice.
func RoutesNotDistinct(arns []string) *Error {
	return routing("Routing configuration must contain distinct state machine version ARNs", strings.Join(arns, ", "))
}

// RoutesNotVersions: an alias routes to something other than versions.
func RoutesNotVersions(arns []string) *Error {
	return routing("Routing configuration must contain state machine version ARNs", strings.Join(arns, ", "))
}

// RoutesNotOfOneMachine: an alias routes to versions of different machines, or
// of another one than its own. Inferred.
func RoutesNotOfOneMachine(arns []string) *Error {
	return routing("Routing configuration must contain versions of a single state machine", strings.Join(arns, ", "))
}

// RoutesNotSum100: the weights of an alias do not add up to 100.
func RoutesNotSum100(weights []int) *Error {
	return routing("Sum of routing configuration weights must equal 100", strings.ReplaceAll(strings.Trim(fmt.Sprint(weights), "[]"), " ", ", "))
}

func routing(what, received string) *Error {
	return &Error{Code: "ValidationException", Message: what + ". Received: [" + received + "]", Detail: "INVALID_ROUTING_CONFIGURATION"}
}

// Executions.

// ExecutionAlreadyExists: the name is taken by an execution that has ended or
// has another input.
func ExecutionAlreadyExists(arn string) *Error {
	return quoted("ExecutionAlreadyExists", "Execution Already Exists", arn)
}

// ExecutionDoesNotExist: no execution has the ARN.
func ExecutionDoesNotExist(arn string) *Error {
	return quoted("ExecutionDoesNotExist", "Execution Does Not Exist", arn)
}

// ExecutionNotRedrivable: the execution cannot be redriven; the message is the
// redriveStatusReason alone, which is inferred (F-099).
func ExecutionNotRedrivable(reason string) *Error {
	return &Error{Code: "ExecutionNotRedrivable", Message: reason}
}

// ExecutionLimitExceeded: as many executions are open as there may be. Inferred.
func ExecutionLimitExceeded() *Error {
	return &Error{Code: "ExecutionLimitExceeded", Message: "The maximum number of running executions has been reached. " +
		"Running executions must end or be stopped before a new execution can be started."}
}

// PendingRedriveOfMachine: only children of Map Runs can wait for a redrive. The
// refusal is documented, its words are inferred.
func PendingRedriveOfMachine() *Error {
	return MissingMember("Must specify mapRunArn when statusFilter is PENDING_REDRIVE")
}

// InvalidExecutionInput: the input is not one JSON text; why is the parser's
// word on it, "" if the input is empty.
func InvalidExecutionInput(why string) *Error {
	if why == "" {
		why = "Invalid execution input."
	}
	return quoted("InvalidExecutionInput", "Invalid State Machine Execution Input", why)
}

// TestState.

// UnsupportedByTestState: TestState cannot run a state of this type without a
// mock.
func UnsupportedByTestState() *Error {
	return &Error{Code: "InvalidDefinition", Message: "TestState API does not support Map or Parallel states. " +
		"Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]"}
}

// StateNotFound: the definition has no state of that name at any depth.
func StateNotFound() *Error { return validation("State not found in definition") }

// RoleRequired: a Task is to be called without a role.
func RoleRequired() *Error { return validation("RoleArn must be specified when testing a Task state") }

// InvalidVariables: the variables are no JSON object. Inferred.
func InvalidVariables() *Error { return validation("Variables must be a JSON object") }

// InvalidContext: why says what is wrong with the context object.
func InvalidContext(why string) *Error {
	return validation("Invalid Context object provided: " + why)
}

// RequiresMock: what is given, or of the state's kind, only goes with a mock.
// Recorded of MapIterationFailureCount; else inferred.
func RequiresMock(what string) *Error {
	return validation("TestState does not support " + what + " when a mock is not specified.")
}

// RevealSecretsWithMock: there are no secrets in a mock.
func RevealSecretsWithMock() *Error {
	return validation("TestState does not support RevealSecrets when a mock is specified.")
}

// NotMockable: a state of that type has no work that a mock could do.
func NotMockable(stateType string) *Error {
	return validation("State type '" + stateType + "' is not supported when a mock is specified")
}

// MockNeedsOne: the mock has both result and error output; or neither, which is
// inferred.
func MockNeedsOne() *Error {
	return validation("A test mock should have only one of the following fields: [result, errorOutput].")
}

// MockNotJSON: the mocked result is no JSON text.
func MockNotJSON() *Error { return validation("Mocked result must be valid JSON") }

// MockNotArray: the mocked result of a Parallel or Map state is no array.
func MockNotArray() *Error { return validation("Mocked result must be an array.") }

// MockNotObject: the mocked result of a Map state with a ResultWriter, or of an
// integration, is no object. Recorded of the former.
func MockNotObject() *Error { return validation("Mocked result must be a JSON object.") }

// MockNotBranches: the mocked result has not one item for each branch.
func MockNotBranches() *Error {
	return validation("Mocked result must contain the same number of items as number of Parallel branches.")
}

// MockNotValid: the mocked result is not what the API answers; why names the
// field.
func MockNotValid(why string) *Error {
	return validation("Mock result schema validation error: " + why)
}

// TooManyFailedIterations: more iterations are to fail than there are.
func TooManyFailedIterations() *Error {
	return validation("Map iteration failure count must be less than or equal to the number of Map iterations")
}

// Map runs.

// CompletedMapRun: UpdateMapRun came too late. Inferred.
func CompletedMapRun(arn string) *Error {
	return &Error{Code: "ValidationException", Message: "Map Run is already completed: '" + arn + "'", Detail: "CANNOT_UPDATE_COMPLETED_MAP_RUN"}
}

// Activities and tasks.

// ActivityAlreadyExists: there is an activity of that name, which is encrypted in
// another way. The words are inferred from those about state machines (F-236).
func ActivityAlreadyExists(arn string) *Error {
	return quoted("ActivityAlreadyExists", "Activity Already Exists", arn)
}

// ActivityLimitExceeded: there are as many activities as there may be (F-239).
func ActivityLimitExceeded() *Error {
	return &Error{Code: "ActivityLimitExceeded", Message: "The maximum number of activities has been reached. " +
		"Existing activities must be deleted before a new activity can be created."}
}

// ActivityWorkerLimitExceeded: as many workers wait at an activity as there may
// (F-239).
func ActivityWorkerLimitExceeded() *Error {
	return &Error{Code: "ActivityWorkerLimitExceeded", Message: "The maximum number of workers concurrently polling for activity tasks has been reached."}
}

// ActivityDoesNotExist: no activity has the ARN.
func ActivityDoesNotExist(arn string) *Error {
	return quoted("ActivityDoesNotExist", "Activity Does Not Exist", arn)
}

// InvalidOutput: the output sent for a task is not one JSON text; why is the
// parser's word on it. Inferred.
func InvalidOutput(why string) *Error {
	return quoted("InvalidOutput", "Invalid Output", why)
}

// TaskTimedOut: the task of the token waits no more, for whatever
// reason.
func TaskTimedOut() *Error {
	return quoted("TaskTimedOut", "Task Timed Out", "Provided task does not exist anymore")
}

// Names, ARNs and tokens.

// InvalidArn: the text is no ARN.
func InvalidArn(arn string) *Error {
	return quoted("InvalidArn", "Invalid Arn", "Invalid ARN prefix: "+arn)
}

// InvalidArnResource: the ARN names another kind of resource, such as
// "express".
func InvalidArnResource(kind string) *Error {
	return quoted("InvalidArn", "Invalid Arn", "Resource type not valid in this context: "+kind)
}

// InvalidName: the name has characters that names must not have.
func InvalidName(name string) *Error {
	return quoted("InvalidName", "Invalid Name", name)
}

// InvalidToken: the text is no page token or task token of ours, or is another
// list's.
func InvalidToken() *Error {
	return quoted("InvalidToken", "Invalid Token", "Invalid token")
}

// LabeledArn: the operation does not take the ARN of a Map Run's machine.
// Inferred.
func LabeledArn(arn string) *Error {
	return &Error{Code: "ValidationException", Message: "Labeled state machine ARN is not supported by this operation: '" + arn + "'",
		Detail: "API_DOES_NOT_SUPPORT_LABELED_ARNS"}
}

// MissingMember: an operation needs a member that the model does not require,
// such as one of two. The message is for the client as it is.
func MissingMember(message string) *Error {
	return &Error{Code: "ValidationException", Message: message, Detail: "MISSING_REQUIRED_PARAMETER"}
}

// DescriptionWithoutPublish: versionDescription came without publish.
func DescriptionWithoutPublish() *Error {
	return validation("Version description can only be set when publish is true")
}

// Tags.

// AccessDenied: the resource is in another account than the caller. Documented: the
// words for a resource without a policy; the status is that of reports.
func AccessDenied(principal, action, resource string) *Error {
	return &Error{Code: "AccessDeniedException", Message: fmt.Sprintf(
		"User: %s is not authorized to perform: %s on resource: %s because no resource-based policy allows the %s action", principal, action, resource, action)}
}

// ResourceNotFound: nothing that can have tags has the ARN; versions cannot.
func ResourceNotFound(arn string) *Error {
	e := quoted("ResourceNotFound", "Resource not found", arn)
	e.Detail = arn
	return e
}

// TooManyTags: the resource would have more than 50 tags. Inferred.
func TooManyTags(arn string) *Error {
	e := quoted("TooManyTags", "Too many tags", arn)
	e.Detail = arn
	return e
}

// validation makes one of the many refusals without a code of their own.
func validation(message string) *Error {
	return &Error{Code: "ValidationException", Message: message}
}

// quoted makes the form that most messages have.
func quoted(code, what, text string) *Error {
	return &Error{Code: code, Message: what + ": '" + text + "'"}
}

// Package awsjson speaks the AWS JSON 1.0 protocol for a service that it knows
// nothing of. The service is a table of actions, each a function that takes a
// struct and returns one:
//
//	type startInput struct {
//		MachineArn string                   `json:"stateMachineArn" aws:"required,min=1,max=256"`
//		Name       string                   `json:"name" aws:"min=1,max=80"`
//		Input      awsjson.Optional[string] `json:"input" aws:"sensitive,maxbytes=262144"`
//		Trace      string                   `json:"traceHeader" aws:"max=256" header:"X-Amzn-Trace-Id"`
//	}
//
//	type startOutput struct {
//		ExecutionArn string    `json:"executionArn"`
//		StartDate    time.Time `json:"startDate"`
//	}
//
//	service := &awsjson.Service{
//		Name:    "Step Functions",
//		Prefix:  "AWSStepFunctions",
//		Actions: map[string]awsjson.Action{"StartExecution": awsjson.Handle(e.startExecution)},
//	}
//	http.Handle("POST /", service)
//
// # Types
//
// A member is a string, bool, int, int64, float64, [time.Time] (seconds since
// 1970 with milliseconds on the wire), a struct, a pointer to one, a slice, an
// [Optional] of those, or a [value.Value], which takes any JSON, as does [JSON],
// which has it encoded. Members of an embedded struct are members of the struct
// around it.
//
// # Tags
//
//	json:"name"                the member
//	aws:"required"             must be there and not null
//	aws:"min=1,max=80"         length of a string (in characters) or a list; value of a number
//	aws:"maxbytes=262144"      size of a string in UTF-8
//	aws:"enum=STANDARD|EXPRESS"
//	aws:"sensitive"            the value is not repeated when it is refused
//	pattern:"^[a-z]+$"         the whole string must match
//	each:"min=1,max=128"       the same, for the items of a list
//	header:"X-Amzn-Trace-Id"   a request header that wins over the member
//
// A member that is absent or null leaves its field as it is, is not checked
// except for required, and cannot be told from an empty one unless its type is
// Optional or a pointer. Members that no field has are ignored, as the service
// does. Absent on output are an Optional without a value, a nil pointer, the
// zero time and a value.Value that is none; a nil list is [].
package awsjson

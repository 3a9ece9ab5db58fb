package task

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file calls Step Functions itself: nested executions
// (states:startExecution, also .sync and .sync:2) and every action of the API
// through the AWS SDK (aws-sdk:sfn:…).

// An API is the Step Functions that nested executions run in.
type API interface {
	// Call calls an operation ("StartExecution") with the members of its
	// request and returns those of its answer. What the service refuses is an
	// APIError; ctx may end the call.
	//
	// The context has the Call of the execution that wants it ([CallOf]). If the
	// operation had its effect for the Key of that before a restart, it has no
	// other effect now, and the answer is the same again.
	Call(ctx context.Context, operation string, in value.Value) (value.Value, error)
	// OnEnd arranges that f is called when the execution has ended. It is not
	// called after ctx has ended; ctx tells by its cause whether the execution
	// is still wanted, and has the Call that waits for it.
	OnEnd(ctx context.Context, execution string, f func()) error
}

// An APIError is what an API refuses a call with.
type APIError interface {
	error
	HTTPStatus() int
	Type() string // "com.amazonaws…#StateMachineDoesNotExist"
	Text() string
}

// States runs the resources of Step Functions itself.
type States struct{ API API }

// Run implements Runner.
func (s States) Run(ctx context.Context, c *Call) (Answer, error) {
	run := s.startExecution
	if c.Resource.SDK {
		run = s.callSDK
	}
	out, err := run(ctx, c)
	return Answer{Output: out}, err
}

// startExecution starts a nested execution.
func (s States) startExecution(ctx context.Context, c *Call) (value.Value, error) {
	in := c.Input
	if in.Kind() != value.Object {
		return value.Value{}, badParameters(in, "expected an object")
	}
	out, err := s.call(ctx, c, "StartExecution", requestOf(in))
	if err != nil {
		return value.Value{}, optimizedError(c, err)
	}
	return startResult(c, out), nil
}

// waiting are the operations that may take minutes. All others are over as soon
// as the store has what they do.
var waiting = map[string]bool{"GetActivityTask": true, "StartSyncExecution": true, "TestState": true}

// call calls an operation for c. It finishes when the process ends meanwhile, so
// that the effect and its answer seldom fall on two sides of a restart.
func (s States) call(ctx context.Context, c *Call, operation string, in value.Value) (value.Value, error) {
	if !waiting[operation] {
		ctx = context.WithoutCancel(ctx)
	}
	if operation == "StartExecution" && !in.Get("name").Exists() {
		in = in.With("name", value.OfString(nameOf(c)))
	}
	return s.API.Call(context.WithValue(ctx, callKey{}, c), operation, in)
}

// callKey is the key of the Call in the contexts of API.Call.
type callKey struct{}

// CallOf returns the call of an execution that has led to a call of the API, nil
// if a client has called it.
func CallOf(ctx context.Context) *Call {
	c, _ := ctx.Value(callKey{}).(*Call)
	return c
}

// nameOf is the name of the execution that a call starts without naming it: a
// UUID, as the service gives, and the same one if the call is made again after a
// restart.
func nameOf(c *Call) string { return uuid.NewHash(sha256.New(), uuid.Nil, []byte(c.Key()), 4).String() }

// Watch calls done when the nested execution that the call has submitted has
// ended: with its description if it succeeded, and else with States.TaskFailed,
// whose cause is the description.
func (s States) Watch(ctx context.Context, c *Call, submitted value.Value, done func(value.Value, error)) {
	arn := submitted.Get("ExecutionArn").Text()
	err := s.API.OnEnd(context.WithValue(ctx, callKey{}, c), arn, func() {
		out, err := s.API.Call(ctx, "DescribeExecution", value.OfMembers("executionArn", value.OfString(arn)))
		if err != nil {
			done(value.Value{}, optimizedError(c, err))
			return
		}
		done(nestedResult(pascal(out, milliseconds), c.Resource))
	})
	if err != nil {
		done(value.Value{}, optimizedError(c, err))
	}
}

// nestedResult is the result of a nested execution that has ended. With
// .sync:2 input and output are JSON, with .sync they are text.
func nestedResult(described value.Value, r asl.Resource) (value.Value, error) {
	described = sorted(described)
	status := described.Get("Status").Text()
	if status != "SUCCEEDED" {
		return value.Value{}, &asl.Error{Name: asl.ErrTaskFailed, Cause: described.String()}
	}
	if !strings.HasSuffix(r.Name(), ":2") {
		return described, nil
	}
	for _, member := range []string{"Input", "Output"} {
		if v, err := value.Parse(described.Get(member).Text()); err == nil {
			described = described.With(member, v)
		}
	}
	return described, nil
}

// sorted is an object with its members in the order of their names.
func sorted(v value.Value) value.Value {
	var b value.ObjectBuilder
	members := maps.Collect(v.Members())
	for _, name := range slices.Sorted(maps.Keys(members)) {
		b.Set(name, members[name])
	}
	return b.Value()
}

// startResult is the answer of StartExecution as an optimized integration
// returns it. The headers are those that AWS's own answer would have had.
func startResult(c *Call, out value.Value) value.Value {
	arn, start := out.Get("executionArn"), out.Get("startDate")
	id := c.requestID()
	body := fmt.Sprintf(`{"executionArn":%s,"startDate":%s}`, arn, value.JavaDouble(start.Float()))
	text := map[string]string{
		"x-amzn-RequestId": id,
		"connection":       "keep-alive",
		"Content-Length":   strconv.Itoa(len(body)),
		"Date":             c.now().Format(http.TimeFormat),
		"Content-Type":     "application/x-amz-json-1.0",
	}
	var all, byName value.ObjectBuilder
	for _, name := range []string{"x-amzn-RequestId", "connection", "Content-Length", "Date", "Content-Type"} {
		all.Set(name, value.OfItems(value.OfString(text[name])))
	}
	for _, name := range []string{"connection", "Content-Length", "Content-Type", "Date", "x-amzn-RequestId"} {
		byName.Set(name, value.OfString(text[name]))
	}
	return value.OfMembers(
		"ExecutionArn", arn,
		"SdkHttpMetadata", httpMetadataShape.New([]value.Value{all.Value(), byName.Value(), value.OfInt(http.StatusOK)}),
		"SdkResponseMetadata", responseMetadataShape.New([]value.Value{value.OfString(id)}),
		"StartDate", milliseconds(start))
}

// requestOf is the request of an execution's start with AWS's spelling of
// members. Input is data, whose members keep their names: a null one is left
// out, and one that is no string becomes its JSON text.
func requestOf(in value.Value) value.Value {
	switch input := in.Get("Input"); input.Kind() {
	case value.Absent, value.String:
	case value.Null:
		in = in.Without("Input")
	default:
		in = in.With("Input", value.OfString(input.String()))
	}
	return renamed(in, unicode.ToLower, asItIs)
}

// callSDK calls any operation as the AWS SDK integration does.
func (s States) callSDK(ctx context.Context, c *Call) (value.Value, error) {
	first, size := utf8.DecodeRuneInString(c.Resource.Action)
	operation := string(unicode.ToUpper(first)) + c.Resource.Action[size:]
	in := c.Input
	if in.Kind() != value.Object {
		return value.Value{}, badParameters(in, "expected an object")
	}
	if operation == "StartExecution" || operation == "StartSyncExecution" {
		in = requestOf(in)
	} else {
		in = renamed(in, unicode.ToLower, asItIs)
	}
	out, err := s.call(ctx, c, operation, in)
	if err != nil {
		return value.Value{}, sdkError(c, err)
	}
	return pascal(out, isoTime), nil
}

// refusal is what the API refuses a call with, and whether err is that.
func refusal(c *Call, err error) (serviceError, bool) {
	refused, ok := errors.AsType[APIError](err)
	if !ok {
		return serviceError{}, false
	}
	_, code, _ := strings.Cut(refused.Type(), "#")
	return serviceError{status: refused.HTTPStatus(), code: code, message: refused.Text(), requestID: c.requestID()}, true
}

// optimizedError words what the API refuses as states:startExecution does.
func optimizedError(c *Call, err error) error {
	if refused, ok := refusal(c, err); ok {
		return refused.optimized("states")
	}
	return err
}

// sdkError words what the API refuses as AWS SDK integrations do.
func sdkError(c *Call, err error) error {
	if refused, ok := refusal(c, err); ok {
		return refused.sdk()
	}
	return err
}

// pascal is an answer as integrations return it: with members in Pascal case, and
// times as date writes them.
func pascal(v value.Value, date func(seconds value.Value) value.Value) value.Value {
	return renamed(v, unicode.ToUpper, date)
}

// renamed changes the first letter of all member names, and times with date. Names
// that users have given, those of variables and tags, stay as they are.
func renamed(v value.Value, change func(rune) rune, date func(seconds value.Value) value.Value) value.Value {
	switch v.Kind() {
	case value.Array:
		items := make([]value.Value, v.Len())
		for i, item := range v.Items() {
			items[i] = renamed(item, change, date)
		}
		return value.OfSlice(items)
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			first, size := utf8.DecodeRuneInString(name)
			switch {
			case strings.HasSuffix(name, "Date") && member.Kind() == value.Number, name == "timestamp":
				member = date(member)
			case name != "variableReferences" && name != "assignedVariables":
				member = renamed(member, change, date)
			}
			b.Set(string(change(first))+name[size:], member)
		}
		return b.Value()
	}
	return v
}

// These write a time, given in seconds since 1970.

// isoTime is how AWS SDK integrations write it: as text (recorded).
func isoTime(seconds value.Value) value.Value {
	return value.OfString(time.UnixMilli(unixMilli(seconds)).UTC().Format("2006-01-02T15:04:05.000Z"))
}

// milliseconds is how states:startExecution writes it: in milliseconds (F-117).
func milliseconds(seconds value.Value) value.Value { return value.OfInt(unixMilli(seconds)) }

func asItIs(seconds value.Value) value.Value { return seconds }

func unixMilli(seconds value.Value) int64 { return int64(seconds.Float()*1000 + 0.5) }

package conformance

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"

	"github.com/aslocal/aslocal/value"
)

// This file has the cases that are tests of one state: a call of TestState
// instead of an execution.

// A Fault is a refused call. An empty Message of an expected one is not compared.
type Fault struct{ Code, Message string }

// String returns "CODE: message".
func (f Fault) String() string { return f.Code + ": " + f.Message }

// test reads the request of TestState, but for definition and input.
func (d *decoder) test(to **sfn.TestStateInput) func(value.Value, string) {
	return func(v value.Value, at string) {
		in := new(sfn.TestStateInput)
		*to = in
		d.object(v, at, fields{
			"roleArn":         d.given(&in.RoleArn),
			"inspectionLevel": func(v value.Value, at string) { in.InspectionLevel = types.InspectionLevel(v.Text()) },
			"revealSecrets":   d.isTrue(&in.RevealSecrets),
			"stateName":       d.given(&in.StateName),
			"variables":       asText(&in.Variables),
			"context":         asText(&in.Context),
			"mock": func(v value.Value, at string) {
				m := new(types.MockInput)
				in.Mock = m
				d.object(v, at, fields{
					"result":              asText(&m.Result),
					"fieldValidationMode": func(v value.Value, at string) { m.FieldValidationMode = types.MockResponseValidationMode(v.Text()) },
					"errorOutput": func(v value.Value, at string) {
						m.ErrorOutput = new(types.MockErrorOutput)
						d.object(v, at, fields{"error": d.given(&m.ErrorOutput.Error), "cause": d.given(&m.ErrorOutput.Cause)})
					},
				})
			},
			"stateConfiguration": func(v value.Value, at string) {
				c := new(types.TestStateConfiguration)
				in.StateConfiguration = c
				d.object(v, at, fields{
					"retrierRetryCount":        d.count(&c.RetrierRetryCount),
					"mapIterationFailureCount": d.count(&c.MapIterationFailureCount),
					"errorCausedByState":       d.given(&c.ErrorCausedByState),
					"mapItemReaderData":        asText(&c.MapItemReaderData),
				})
			},
		})
	}
}

// given reads a text that may be absent.
func (d *decoder) given(to **string) func(value.Value, string) {
	return func(v value.Value, at string) {
		if d.kind(v, at, value.String) {
			*to = aws.String(v.Text())
		}
	}
}

// asText reads what the API has as JSON in a text: the JSON, or a string that is
// the text.
func asText(to **string) func(value.Value, string) {
	return func(v value.Value, _ string) {
		if v.Kind() == value.String {
			*to = aws.String(v.Text())
			return
		}
		*to = aws.String(v.String())
	}
}

func (d *decoder) count(to **int32) func(value.Value, string) {
	return func(v value.Value, at string) {
		n, ok := v.Int()
		if !ok || n < 0 || n > 1<<31-1 {
			d.fail(at, "expected a count, got %s", shorten(v.String()))
		}
		*to = aws.Int32(int32(n))
	}
}

func (d *decoder) fault(to **Fault) func(value.Value, string) {
	return func(v value.Value, at string) {
		*to = new(Fault)
		d.object(v, at, fields{"code": d.text(&(*to).Code), "message": d.text(&(*to).Message)}, "code")
	}
}

// test calls TestState.
func (r *run) test(ctx context.Context) (*Outcome, error) {
	in := *r.c.Test
	in.Definition, in.Input = aws.String(r.endpoint.toEndpoint(r.c.Definition)), r.input()
	out, err := r.client.TestState(ctx, &in)
	o := r.outcome("", "")
	if refusal, ok := errors.AsType[smithy.APIError](err); ok {
		o.Fault = &Fault{refusal.ErrorCode(), refusal.ErrorMessage()}
		return o, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	answer, err := value.ParseBytes(text)
	o.Answer = r.homeIn(asSent(answer))
	return o, err
}

// asSent turns an answer of the SDK into the JSON that was sent: no member is
// null, and names begin with small letters.
func asSent(v value.Value) value.Value {
	if v.Kind() != value.Object {
		return v
	}
	var b value.ObjectBuilder
	for name, member := range v.Members() {
		if !member.IsNull() && name != "ResultMetadata" {
			b.Set(lowerFirst(name), asSent(member))
		}
	}
	return b.Value()
}

// compareTest compares the answer of TestState, all of it.
func (c *Case) compareTest(got *Outcome) []Difference {
	m := &matcher{values: got.Names}
	switch want := c.Expect.Fault; {
	case got.Fault != nil && want == nil:
		return []Difference{{"/expect/answer", "the fault " + got.Fault.String(), "an answer"}}
	case got.Fault == nil && want != nil:
		return []Difference{{"/expect/fault", "the answer " + got.Answer.String(), want.String()}}
	case want != nil && want.Code != got.Fault.Code:
		return []Difference{{"/expect/fault/code", got.Fault.String(), want.Code}}
	case want != nil && want.Message != "" && !m.matches(want.Message, got.Fault.Message):
		return []Difference{{"/expect/fault/message", got.Fault.Message, want.Message}}
	case want != nil:
		return nil
	}
	d := m.texts("/expect/answer", c.Expect.Answer, got.Answer)
	if d != nil {
		return []Difference{*d}
	}
	return nil
}

// texts compares an object most of whose members have JSON in a text.
func (m *matcher) texts(at string, want, got value.Value) *Difference {
	for name, w := range want.Members() {
		compare := m.inText
		if name == "inspectionData" {
			compare = m.texts
		}
		if d := compare(at+pointer(name), w, got.Get(name)); d != nil {
			return d
		}
	}
	return unexpected(at, want, got)
}

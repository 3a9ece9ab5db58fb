package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/smithy-go"

	"github.com/aslocal/aslocal/value"
)

// This file has the redrives of a case: calls of RedriveExecution when its
// execution has ended.

// A Redrive is a call of RedriveExecution.
type Redrive struct {
	After   seconds           // since the execution has ended
	Objects map[string]string // that S3 gets before it, as those of the case
	Refused *Fault            // it is refused; nil: it is not
}

func (d *decoder) redrives(to *[]Redrive) func(value.Value, string) {
	return d.list(func(v value.Value, at string) {
		var one Redrive
		d.object(v, at, fields{"after": d.seconds(&one.After), "objects": d.objects(&one.Objects), "refused": d.fault(&one.Refused)})
		*to = append(*to, one)
	})
}

// describedMembers are the members of DescribeExecution that a case may give
// beside status, output, error and cause.
var describedMembers = []string{"redriveCount", "redriveDate", "redriveStatus", "redriveStatusReason"}

func (d *decoder) described(to *value.Value) func(value.Value, string) {
	return func(v value.Value, at string) {
		if !d.kind(v, at, value.Object) {
			return
		}
		for name := range v.Members() {
			if !slices.Contains(describedMembers, name) {
				d.fail(at+pointer(name), "unknown member")
			}
		}
		d.pattern(to)(v, at)
	}
}

// describe returns the described members of an execution.
func describe(out *sfn.DescribeExecutionOutput) value.Value {
	var b value.ObjectBuilder
	if out.RedriveCount != nil {
		b.Set("redriveCount", value.OfInt(int64(*out.RedriveCount)))
	}
	if out.RedriveDate != nil {
		b.Set("redriveDate", value.OfString(out.RedriveDate.UTC().Format(timeForm)))
	}
	if out.RedriveStatus != "" {
		b.Set("redriveStatus", value.OfString(string(out.RedriveStatus)))
	}
	if out.RedriveStatusReason != nil {
		b.Set("redriveStatusReason", value.OfString(*out.RedriveStatusReason))
	}
	return b.Value()
}

// timeForm is the form of ${time}.
const timeForm = "2006-01-02T15:04:05.000Z"

// redrive makes the redrives of the case, each when the execution has ended, and
// returns how each was refused, nil for those that were not, and the end.
func (r *run) redrive(ctx context.Context, out *sfn.DescribeExecutionOutput) ([]*Fault, *sfn.DescribeExecutionOutput, error) {
	var faults []*Fault
	for _, step := range r.c.Redrives {
		if err := r.pass(ctx, step.After.duration()); err != nil {
			return faults, out, err
		}
		if len(step.Objects) > 0 {
			if err := r.put(step.Objects); err != nil {
				return faults, out, err
			}
		}
		before := r.player.held() // the tokens of before: new ones may be held before the call is answered
		_, err := r.client.RedriveExecution(ctx, &sfn.RedriveExecutionInput{ExecutionArn: &r.execution})
		var refused smithy.APIError
		switch {
		case errors.As(err, &refused):
			faults = append(faults, &Fault{Code: refused.ErrorCode(), Message: r.endpoint.toCase(refused.ErrorMessage())})
			continue
		case err != nil:
			return faults, out, err
		}
		faults = append(faults, nil)
		r.elapsed = 0
		for _, h := range before {
			h.todo = nil
		}
		if out, err = r.await(ctx); err != nil {
			return faults, out, err
		}
	}
	return faults, out, nil
}

// pass lets time pass.
func (r *run) pass(ctx context.Context, d time.Duration) error {
	for d > 0 {
		passed, err := r.clock.Advance(ctx, d)
		if err != nil {
			return err
		}
		d -= passed
	}
	return nil
}

// compareRedrives compares how redrives were refused.
func (m *matcher) compareRedrives(want []Redrive, got []*Fault) *Difference {
	for i, w := range want {
		var fault *Fault
		if i < len(got) {
			fault = got[i]
		}
		at := fmt.Sprintf("/redrive/%d", i)
		switch {
		case w.Refused == nil && fault != nil:
			return &Difference{at, "refused: " + fault.String(), "a redrive"}
		case w.Refused != nil && fault == nil:
			return &Difference{at + "/refused", "a redrive", w.Refused.String()}
		case w.Refused == nil:
			continue
		}
		if w.Refused.Code != fault.Code {
			return &Difference{at + "/refused/code", fault.String(), w.Refused.Code}
		}
		if w.Refused.Message != "" {
			if d := m.difference(at+"/refused/message", value.OfString(w.Refused.Message), value.OfString(fault.Message)); d != nil {
				return d
			}
		}
	}
	return nil
}

// redriveMembers adds what the API says about the redrives of a Map Run or of
// one of its children.
func redriveMembers(b *value.ObjectBuilder, count *int32, date *time.Time) {
	b.Set("redriveCount", value.OfInt(int64(aws.ToInt32(count))))
	if date != nil {
		b.Set("redriveDate", value.OfString(date.UTC().Format(timeForm)))
	}
}

package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// named returns a Runner that answers with its name.
func named(name string) Runner {
	return Handler(func(context.Context, value.Value) (value.Value, error) { return value.OfString(name), nil })
}

func resource(t testing.TB, text string) asl.Resource {
	t.Helper()
	r, err := asl.ParseResource(text)
	if err != nil {
		t.Fatal(text, err)
	}
	return r
}

func TestRegistry(t *testing.T) {
	var g Registry
	for _, pattern := range []string{"function", "lambda:invoke", "sns:*", "sqs:*", "sqs:sendMessage", "aws-sdk:*", "aws-sdk:s3:*", "aws-sdk:s3:getObject"} {
		g.Add(pattern, named("before"))
		g.Add(pattern, named(pattern))
	}
	tests := []struct{ resource, want string }{
		{"arn:aws:lambda:us-east-1:123456789012:function:f", "function"},
		{"arn:aws:states:::lambda:invoke", "lambda:invoke"},
		{"arn:aws:states:::lambda:invoke.waitForTaskToken", "lambda:invoke"},
		{"arn:aws:states:::sqs:sendMessage", "sqs:sendMessage"},
		{"arn:aws:states:::sns:publish.waitForTaskToken", "sns:*"},
		{"arn:aws:states:::aws-sdk:s3:getObject", "aws-sdk:s3:getObject"},
		{"arn:aws:states:::aws-sdk:s3:putObject", "aws-sdk:s3:*"},
		{"arn:aws:states:::aws-sdk:sqs:sendMessage", "aws-sdk:*"},
	}
	for _, tt := range tests {
		got, err := g.Run(context.Background(), &Call{Resource: resource(t, tt.resource)})
		if err != nil || got.Output.Text() != tt.want {
			t.Errorf("%s: got %v, %v, want %s", tt.resource, got, err, tt.want)
		}
	}
	if got, want := g.Patterns(), []string{"aws-sdk:*", "aws-sdk:s3:*", "aws-sdk:s3:getObject", "function", "lambda:invoke", "sns:*", "sqs:*", "sqs:sendMessage"}; !slices.Equal(got, want) {
		t.Errorf("got patterns %v, want %v", got, want)
	}
}

func TestRegistryUnsupported(t *testing.T) {
	var g Registry
	call := &Call{Resource: resource(t, "arn:aws:states:::glue:startJobRun.sync")}
	const start, end = "the resource arn:aws:states:::glue:startJobRun.sync cannot be called: aslocal calls only these: ",
		". --mocks FILE answers it from a test case, --missing hold lets it wait for an answer by hand; in Go tests, emulator.WithTask answers the resource"
	want := asl.Error{Name: "States.Runtime", Cause: start + "none" + end}
	for range 2 {
		_, err := g.Run(context.Background(), call)
		if got, ok := errors.AsType[*asl.Error](err); !ok || *got != want {
			t.Errorf("got %v, want %v", err, want)
		}
		g.Add("sns:*", named("sns"))
		g.Add("function", named("function"))
		want.Cause = start + "function, sns:*" + end
	}
}

func TestRegistryConcurrently(t *testing.T) {
	var g Registry
	g.Add("sqs:*", named("0"))
	call := &Call{Resource: resource(t, "arn:aws:states:::sqs:sendMessage")}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 100 {
				if i == 0 {
					g.Add("sqs:*", named(fmt.Sprint(j)))
				}
				if _, err := g.Run(context.Background(), call); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
)

// This file tests what a client does around its calls: pages, long polls, retries, many
// calls at once, host names, members that are newer than the emulator.

// A roundTripper is a function that sends requests.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// through is a client of the emulator whose requests go through send. What fails is tried
// again without a pause.
func (t *test) through(send roundTripper) *sfn.Client {
	return sfn.NewFromConfig(t.em.AWSConfig(), func(o *sfn.Options) {
		o.HTTPClient = &http.Client{Transport: send}
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	})
}

// pages collects what all pages of a paginator have.
func pages[Page any, Item any](t *testing.T, more func() bool, next func(context.Context, ...func(*sfn.Options)) (*Page, error), items func(*Page) []Item) (all []Item, sizes []int) {
	t.Helper()
	for more() {
		page, err := next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all, sizes = append(all, items(page)...), append(sizes, len(items(page)))
	}
	return all, sizes
}

// Each paginator of the SDK finds every item once, in pages of two.
func TestPaginators(t *testing.T) {
	x := newTest(t)
	var machines, activities []string
	for i := range 5 {
		machines = append(machines, *x.create(fmt.Sprint("m", i), wait))
		activities = append(activities, *must(x, x.client.CreateActivity, &sfn.CreateActivityInput{Name: aws.String(fmt.Sprint("a", i))}).ActivityArn)
	}
	var executions []string
	for i := range 5 {
		executions = append(executions, x.start(&machines[0], fmt.Sprint("e", i), "{}"))
	}
	twice := x.start(x.create("twice", `{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [`+
		strings.Join([]string{branchEach("One"), branchEach("Two"), branchEach("Three")}, ",")+`]}}}`), "", "[1]")
	machines = append(machines, machineARN("twice"))
	x.em.Settle()

	check := func(name string, got []string, sizes []int, want []string) {
		t.Helper()
		slices.Sort(got)
		if !slices.Equal(got, slices.Sorted(slices.Values(want))) || slices.Max(sizes) != 2 {
			t.Errorf("%s: got %q in pages of %v, want %q", name, got, sizes, want)
		}
	}
	p1 := sfn.NewListStateMachinesPaginator(x.client, &sfn.ListStateMachinesInput{MaxResults: 2})
	got, sizes := pages(t, p1.HasMorePages, p1.NextPage, func(p *sfn.ListStateMachinesOutput) (arns []string) {
		for _, m := range p.StateMachines {
			arns = append(arns, *m.StateMachineArn)
		}
		return arns
	})
	check("ListStateMachines", got, sizes, machines)

	p2 := sfn.NewListActivitiesPaginator(x.client, &sfn.ListActivitiesInput{MaxResults: 2})
	got, sizes = pages(t, p2.HasMorePages, p2.NextPage, func(p *sfn.ListActivitiesOutput) (arns []string) {
		for _, a := range p.Activities {
			arns = append(arns, *a.ActivityArn)
		}
		return arns
	})
	check("ListActivities", got, sizes, activities)

	p3 := sfn.NewListExecutionsPaginator(x.client, &sfn.ListExecutionsInput{StateMachineArn: &machines[0], MaxResults: 2})
	got, sizes = pages(t, p3.HasMorePages, p3.NextPage, func(p *sfn.ListExecutionsOutput) (arns []string) {
		for _, e := range p.Executions {
			arns = append(arns, *e.ExecutionArn)
		}
		return arns
	})
	check("ListExecutions", got, sizes, executions)

	p4 := sfn.NewListMapRunsPaginator(x.client, &sfn.ListMapRunsInput{ExecutionArn: &twice, MaxResults: 2})
	got, sizes = pages(t, p4.HasMorePages, p4.NextPage, func(p *sfn.ListMapRunsOutput) (labels []string) {
		for _, r := range p.MapRuns {
			labels = append(labels, *r.StateMachineArn)
		}
		return labels
	})
	check("ListMapRuns", got, sizes, []string{machineARN("twice/One"), machineARN("twice/Two"), machineARN("twice/Three")})

	p5 := sfn.NewGetExecutionHistoryPaginator(x.client, &sfn.GetExecutionHistoryInput{ExecutionArn: &twice, MaxResults: 2})
	got, sizes = pages(t, p5.HasMorePages, p5.NextPage, func(p *sfn.GetExecutionHistoryOutput) (ids []string) {
		for _, e := range p.Events {
			ids = append(ids, fmt.Sprint(e.Id))
		}
		return ids
	})
	var ids []string
	for _, e := range x.em.History(twice) {
		ids = append(ids, fmt.Sprint(e.ID))
	}
	check("GetExecutionHistory", got, sizes, ids)
}

// branchEach is a branch with a distributed Map of a label, whose children wait.
func branchEach(label string) string {
	return fmt.Sprintf(`{"StartAt": %q, "States": {%[1]q: {"Type": "Map", "Label": %[1]q, "End": true,
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Wait%[1]s", "States": {"Wait%[1]s": {"Type": "Wait", "Seconds": 3600, "End": true}}}}}}`, label)
}

// A worker that polls before there is work gets the task once a Wait is over. The times of
// the task are those of the virtual clock.
func TestLongPoll(t *testing.T) {
	x := newTest(t)
	activity := must(x, x.client.CreateActivity, &sfn.CreateActivityInput{Name: aws.String("work")}).ActivityArn
	polled := make(chan *sfn.GetActivityTaskOutput)
	go func() {
		out, err := x.client.GetActivityTask(x.ctx, &sfn.GetActivityTaskInput{ActivityArn: activity})
		if err != nil {
			t.Error(err)
		}
		polled <- out
	}()
	arn := x.start(x.create("m", `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "Next": "T"}, "T": {"Type": "Task", "Resource": "`+*activity+`", "End": true}}}`), "", `"in"`)
	x.em.Advance(time.Hour)
	work := <-polled
	x.em.Advance(time.Minute)
	must(x, x.client.SendTaskSuccess, &sfn.SendTaskSuccessInput{TaskToken: work.TaskToken, Output: aws.String(`"out"`)})
	if got := x.em.Wait(arn); aws.ToString(work.Input) != `"in"` || got.Output != `"out"` {
		t.Errorf("the worker got %s; the execution %+v", aws.ToString(work.Input), got)
	}
	events := x.em.History(arn)
	if scheduled, succeeded := events[4], events[6]; scheduled.Type != "ActivityScheduled" || succeeded.Type != "ActivitySucceeded" || succeeded.Timestamp.Sub(scheduled.Timestamp) != time.Minute {
		t.Errorf("history %q", historyTypes(events))
	}
}

// A poll that finds no task is answered after 60 seconds, with neither token nor input. Time
// is that of a synctest bubble, into which no network reaches: requests go to the handler.
func TestEmptyPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		em, err := emulator.New()
		if err != nil {
			t.Fatal(err)
		}
		defer em.Close()
		client := sfn.NewFromConfig(emulator.ClientConfig("http://localhost", "us-east-1"), func(o *sfn.Options) {
			o.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				w := httptest.NewRecorder()
				em.ServeHTTP(w, r)
				return w.Result(), nil
			})}
		})
		activity, err := client.CreateActivity(t.Context(), &sfn.CreateActivityInput{Name: aws.String("work")})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		out, err := client.GetActivityTask(t.Context(), &sfn.GetActivityTaskInput{ActivityArn: activity.ActivityArn})
		if err != nil || out.TaskToken != nil || out.Input != nil {
			t.Errorf("got %+v, %v", out, err)
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("the poll took %v, want a minute", took)
		}
	})
}

// An answer that gets lost is asked for again by the SDK. What it asked for has then
// happened once.
func TestRetries(t *testing.T) {
	x := newTest(t)
	var lost, asked atomic.Int64
	client := x.through(func(r *http.Request) (*http.Response, error) {
		asked.Add(1)
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err == nil && lost.Add(-1) >= 0 {
			answer.Body.Close()
			return nil, io.ErrUnexpectedEOF
		}
		return answer, err
	})
	lose := func(n int64) { lost.Store(n); asked.Store(0) }
	wantAsked := func(action string) {
		t.Helper()
		if got := asked.Load(); got != 3 {
			t.Errorf("%s was asked %d times, want 3", action, got)
		}
	}
	lose(2)
	machine := must(x, client.CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(wait), RoleArn: aws.String(role)}).StateMachineArn
	wantAsked("CreateStateMachine")
	lose(2)
	arn := must(x, client.StartExecution, &sfn.StartExecutionInput{StateMachineArn: machine, Name: aws.String("e"), Input: aws.String("1")}).ExecutionArn
	wantAsked("StartExecution")
	lose(2)
	must(x, client.StopExecution, &sfn.StopExecutionInput{ExecutionArn: arn})
	wantAsked("StopExecution")
	lose(2)
	must(x, client.RedriveExecution, &sfn.RedriveExecutionInput{ExecutionArn: arn}) // the SDK makes a clientToken
	wantAsked("RedriveExecution")
	if got := x.describe(*arn); aws.ToInt32(got.RedriveCount) != 1 || got.Status != types.ExecutionStatusRunning {
		t.Errorf("got %+v, want it to run for the second time", got)
	}
	if all := must(x, x.client.ListExecutions, &sfn.ListExecutionsInput{StateMachineArn: machine}); len(all.Executions) != 1 {
		t.Errorf("%d executions, want 1", len(all.Executions))
	}
}

// Many clients at a time: of those that ask for the same, one is the first, and all get the
// same answer.
func TestConcurrentCalls(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	const calls = 50
	started := make([]string, 2*calls)
	var all sync.WaitGroup
	for i := range started {
		all.Go(func() {
			in := &sfn.StartExecutionInput{StateMachineArn: machine, Input: aws.String(fmt.Sprint(i))}
			if i < calls {
				in.Name, in.StateMachineArn, in.Input = aws.String("same"), aws.String(machineARN("slow")), nil
				_, err := x.client.CreateStateMachine(x.ctx, &sfn.CreateStateMachineInput{Name: aws.String("slow"), Definition: aws.String(wait), RoleArn: aws.String(role)})
				if err != nil {
					t.Error(err)
				}
			}
			out, err := x.client.StartExecution(x.ctx, in)
			if err != nil {
				t.Error(err)
				return
			}
			started[i] = *out.ExecutionArn
		})
	}
	all.Wait()
	if same := slices.Compact(started[:calls]); !slices.Equal(same, []string{executionARN("slow:same")}) {
		t.Errorf("executions of one name: %q", same)
	}
	for i, arn := range started[calls:] {
		if got := x.em.Wait(arn); got.Output != fmt.Sprint(calls+i) {
			t.Errorf("%s has the output %s, want %d", arn, got.Output, calls+i)
		}
	}
	if list := must(x, x.client.ListExecutions, &sfn.ListExecutionsInput{StateMachineArn: machine, MaxResults: 1000}); len(list.Executions) != calls {
		t.Errorf("%d executions are listed, want %d", len(list.Executions), calls)
	}
}

// The SDK puts sync- before the host of StartSyncExecution and TestState, unless it is told
// not to. Where the name leads here, both work.
func TestHostPrefix(t *testing.T) {
	x := newTest(t)
	var hosts []string
	client := sfn.New(sfn.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://localhost:8083"), Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Host)
			return (&http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(x.em.URL(), "http://"))
			}}).RoundTrip(r)
		})},
	})
	machine := must(x, client.CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role), Type: types.StateMachineTypeExpress}).StateMachineArn
	if out := must(x, client.StartSyncExecution, &sfn.StartSyncExecutionInput{StateMachineArn: machine, Input: aws.String("1")}); aws.ToString(out.Output) != "1" {
		t.Errorf("StartSyncExecution: %+v", out)
	}
	if out := must(x, client.TestState, &sfn.TestStateInput{Definition: aws.String(`{"Type": "Pass", "End": true}`), Input: aws.String("2")}); aws.ToString(out.Output) != "2" {
		t.Errorf("TestState: %+v", out)
	}
	if want := []string{"localhost:8083", "sync-localhost:8083", "sync-localhost:8083"}; !slices.Equal(hosts, want) {
		t.Errorf("the hosts are %q, want %q", hosts, want)
	}
}

// A member that a newer client sends and the emulator does not know is passed over.
func TestUnknownMembers(t *testing.T) {
	x := newTest(t)
	client := x.through(func(r *http.Request) (*http.Response, error) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			return nil, err
		}
		body["memberOfTomorrow"] = map[string]any{"a": []int{1}}
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		newer := r.Clone(r.Context())
		newer.Body, newer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		return http.DefaultTransport.RoundTrip(newer)
	})
	machine := must(x, client.CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role)}).StateMachineArn
	arn := must(x, client.StartExecution, &sfn.StartExecutionInput{StateMachineArn: machine, Input: aws.String("1")}).ExecutionArn
	if got := x.em.Wait(*arn); got.Output != "1" {
		t.Errorf("got %+v", got)
	}
}

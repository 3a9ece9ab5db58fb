package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/google/uuid"

	"github.com/aslocal/aslocal/value"
)

// An Endpoint is a Target behind the Step Functions API. Several cases may run at
// once if Open opens a Step Functions of its own for each: activities, and the
// machines that others start, have the names that the cases give them.
type Endpoint struct {
	// Open connects to the API for one case, whose Lambda functions the player
	// plays.
	Open func(ctx context.Context, p *Player) (*Session, error)
	// Region and Account of the endpoint, if they are not us-east-1 and
	// 123456789012, which the cases have in their ARNs.
	Region, Account string
	// Patience is how long a case may take if time cannot be moved, beyond the
	// time that its execution takes; 10 seconds if not given.
	Patience time.Duration
}

// A Session is the connection to the API for one case.
type Session struct {
	Client *sfn.Client
	Clock  Clock
	Put    func(objects map[string]string) error // puts more objects into its S3, which has those of the case; nil: it has no S3
	Mock   func(configuration string) error      // replaces its mock configuration, a JSON text; nil: it has none
	Close  func()
}

// The place that cases speak of.
const (
	caseRegion  = "us-east-1"
	caseAccount = "123456789012"
)

// maxLasting is the longest time for which a case is run at an endpoint whose
// time cannot be moved.
const maxLasting = 5 // seconds

// Run implements Target.
func (e *Endpoint) Run(ctx context.Context, c *Case) (*Outcome, error) {
	player := NewPlayer(c)
	defer player.Close()
	s, err := e.Open(ctx, player)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if !s.Clock.Virtual() && c.Expect.Seconds.Float() > maxLasting {
		return nil, &Skip{fmt.Sprintf("takes %s seconds, and time cannot be moved", c.Expect.Seconds)}
	}
	if c.Objects != nil && s.Put == nil {
		return nil, &Skip{"needs objects in S3"}
	}
	if c.Mocks != nil && s.Mock == nil {
		return nil, &Skip{"needs a mock configuration"}
	}
	r := &run{endpoint: e, c: c, player: player, client: s.Client, clock: s.Clock, put: s.Put, mock: s.Mock, taken: make(map[string]int)}
	outcome, err := r.run(ctx)
	return outcome, errors.Join(err, r.cleanUp(ctx))
}

// A run is one case at an endpoint.
type run struct {
	endpoint *Endpoint
	c        *Case
	player   *Player
	client   *sfn.Client
	clock    Clock
	put      func(objects map[string]string) error
	mock     func(configuration string) error

	// What it has made, by ARN.
	activities, machines []string
	machine, machineName string
	execution            string

	elapsed seconds        // since the execution has started, or was redriven
	stopped bool           // StopExecution has been called
	taken   map[string]int // tasks, by activity
}

// toCase replaces region and account of the endpoint in a text by those that
// the cases have; toEndpoint is the inverse.
func (e *Endpoint) toCase(text string) string {
	region, account := e.place()
	return strings.ReplaceAll(text, region+":"+account, caseRegion+":"+caseAccount)
}

func (e *Endpoint) toEndpoint(text string) string {
	region, account := e.place()
	return strings.ReplaceAll(text, caseRegion+":"+caseAccount, region+":"+account)
}

func (e *Endpoint) place() (region, account string) {
	region, account = e.Region, e.Account
	if region == "" {
		region = caseRegion
	}
	if account == "" {
		account = caseAccount
	}
	return region, account
}

func (r *run) run(ctx context.Context) (*Outcome, error) {
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	if r.c.Test != nil {
		return r.test(ctx)
	}
	refusal, err := r.create(ctx)
	if err != nil || refusal != nil {
		return refusal, err
	}
	if r.c.Mocks != nil {
		if err := r.mock(r.c.mockConfiguration(r.machineName)); err != nil {
			return nil, err
		}
	}
	if r.c.Type == "EXPRESS" {
		return r.runExpress(ctx)
	}
	return r.runStandard(ctx)
}

// prepare makes what the state machine needs.
func (r *run) prepare(ctx context.Context) error {
	for name := range r.c.Tasks {
		if activity, ok := strings.CutPrefix(name, activityPrefix); ok {
			out, err := r.client.CreateActivity(ctx, &sfn.CreateActivityInput{Name: &activity})
			if err != nil {
				return err
			}
			r.activities = append(r.activities, aws.ToString(out.ActivityArn))
		}
	}
	for name, definition := range r.c.Machines {
		out, err := r.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
			Name: &name, Definition: aws.String(r.endpoint.toEndpoint(definition)), RoleArn: aws.String(role),
		})
		if err != nil {
			return err
		}
		r.machines = append(r.machines, aws.ToString(out.StateMachineArn))
	}
	return nil
}

// role is the one of all state machines here; nobody assumes it.
const role = "arn:aws:iam::" + caseAccount + ":role/conformance"

// create makes the state machine, or says why its definition is refused.
func (r *run) create(ctx context.Context) (*Outcome, error) {
	definition := r.endpoint.toEndpoint(r.c.Definition)
	r.machineName = strings.ReplaceAll(r.c.ID, "/", "-")
	r.machineName = r.machineName[:min(len(r.machineName), 60)] + "-" + uuid.NewString()[:8]
	out, err := r.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: &r.machineName, Definition: &definition, RoleArn: aws.String(role), Type: types.StateMachineType(r.c.Type),
	})
	if _, refused := errors.AsType[*types.InvalidDefinition](err); refused {
		return r.diagnose(ctx, definition)
	}
	if err != nil {
		return nil, err
	}
	r.machine = aws.ToString(out.StateMachineArn)
	if r.c.Expect.Invalid != nil {
		return &Outcome{}, nil // not refused: there are no diagnostics
	}
	return nil, nil
}

func (r *run) diagnose(ctx context.Context, definition string) (*Outcome, error) {
	out, err := r.client.ValidateStateMachineDefinition(ctx, &sfn.ValidateStateMachineDefinitionInput{
		Definition: &definition, Type: types.StateMachineType(r.c.Type),
	})
	if err != nil {
		return nil, err
	}
	o := &Outcome{Refused: true}
	for _, d := range out.Diagnostics {
		o.Diagnostics = append(o.Diagnostics, Diagnostic{
			Code: aws.ToString(d.Code), Message: r.endpoint.toCase(aws.ToString(d.Message)), Location: aws.ToString(d.Location),
		})
	}
	return o, nil
}

// runExpress needs no clock: a synchronous execution that would wait cannot be
// helped while its call is open.
func (r *run) runExpress(ctx context.Context) (*Outcome, error) {
	out, err := r.client.StartSyncExecution(ctx, &sfn.StartSyncExecutionInput{StateMachineArn: r.started(), Input: r.input()})
	if err != nil {
		return nil, err
	}
	o := r.outcome(aws.ToString(out.ExecutionArn), aws.ToString(out.Name))
	o.Status = string(out.Status)
	o.Output, o.Error, o.Cause = r.text(out.Output), r.text(out.Error), r.text(out.Cause)
	o.Lasted = lasted(aws.ToTime(out.StartDate), aws.ToTime(out.StopDate))
	return o, nil
}

func (r *run) runStandard(ctx context.Context) (*Outcome, error) {
	started, err := r.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: r.started(), Input: r.input()})
	if err != nil {
		return nil, err
	}
	r.execution = aws.ToString(started.ExecutionArn)
	out, err := r.await(ctx)
	if err != nil {
		return nil, err
	}
	faults, out, err := r.redrive(ctx, out)
	if err != nil {
		return nil, err
	}
	o := r.outcome(r.execution, aws.ToString(out.Name))
	o.Status = string(out.Status)
	o.Output, o.Error, o.Cause = r.text(out.Output), r.text(out.Error), r.text(out.Cause)
	o.Described, o.Redrives = describe(out), faults
	if out.StopDate != nil {
		o.Lasted = lasted(aws.ToTime(out.StartDate), *out.StopDate)
	}
	if o.MapRuns, err = r.mapRuns(ctx); err != nil {
		return nil, err
	}
	o.Events, err = r.history(ctx)
	return o, err
}

// testCase is the name of the test case that a case with mocks runs.
const testCase = "case"

// mockConfiguration is the configuration that has the case's mocks, for a state
// machine of that name.
func (c *Case) mockConfiguration(machine string) string {
	var states, responses value.ObjectBuilder
	for state, text := range c.Mocks {
		response, err := value.Parse(text)
		if err != nil {
			panic(err) // it was read from JSON
		}
		states.Set(state, value.OfString(state))
		responses.Set(state, response)
	}
	return value.OfMembers(
		"StateMachines", value.OfMembers(machine, value.OfMembers("TestCases", value.OfMembers(testCase, states.Value()))),
		"MockedResponses", responses.Value()).String()
}

// started is the ARN that the execution is started with.
func (r *run) started() *string {
	if r.c.Mocks == nil {
		return &r.machine
	}
	return aws.String(r.machine + "#" + testCase)
}

func (r *run) input() *string { return aws.String(r.endpoint.toEndpoint(r.c.Input)) }

func (r *run) outcome(execution, name string) *Outcome {
	return &Outcome{
		ExactTime: r.clock.Virtual(),
		Calls:     r.player.played(),
		Names: map[string]string{
			"execution": r.endpoint.toCase(execution), "name": name,
			"machine": r.endpoint.toCase(r.machine), "machineName": r.machineName, "role": role,
		},
	}
}

// text returns a text of an answer that may be absent.
func (r *run) text(s *string) value.Value {
	if s == nil {
		return value.Value{}
	}
	return value.OfString(r.endpoint.toCase(*s))
}

// forever is more than any execution may take.
const forever = 100 * 365 * 24 * time.Hour

// await returns when the execution has ended, or does not end by itself.
//
// When nothing happens outside, one move of a virtual clock is enough. Else it
// goes on by seconds, so that calls from outside come between the timers of the
// execution where they belong.
func (r *run) await(ctx context.Context) (*sfn.DescribeExecutionOutput, error) {
	step, limit := forever, seconds(0)
	switch {
	case !r.clock.Virtual():
		limit = seconds(r.patience().Seconds() + r.c.Expect.Seconds.Float())
	case r.c.Expect.Status == "RUNNING":
		step, limit = time.Second, 60 // nothing ends it: an end that comes is soon there
	case r.isTimed():
		step, limit = time.Second, 3600
	}
	for {
		if _, err := r.clock.Advance(ctx, 0); err != nil {
			return nil, err
		}
		out, err := r.client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &r.execution})
		if err != nil || out.Status != types.ExecutionStatusRunning || r.elapsed > limit {
			return out, err
		}
		if acted, err := r.act(ctx); err != nil {
			return nil, err
		} else if acted {
			continue
		}
		passed, err := r.clock.Advance(ctx, step)
		if err != nil {
			return nil, err
		}
		r.elapsed += seconds(passed.Seconds())
	}
}

func (r *run) patience() time.Duration {
	if r.endpoint.Patience > 0 {
		return r.endpoint.Patience
	}
	return 10 * time.Second
}

// isTimed reports whether somebody outside calls the API at a certain time, be it
// after the end.
func (r *run) isTimed() bool {
	if r.c.Stop != nil || r.c.Redrives != nil {
		return true
	}
	for _, answers := range r.c.Tasks {
		for _, a := range answers {
			if len(a.Callback) > 0 {
				return true
			}
		}
	}
	return false
}

// act makes the calls that are due now. It reports whether there was any.
func (r *run) act(ctx context.Context) (acted bool, err error) {
	if !r.isTimed() && len(r.activities) == 0 {
		return false, nil
	}
	events, err := r.history(ctx)
	if err != nil {
		return false, err
	}
	if acted, err = r.takeTasks(ctx, events); acted || err != nil {
		return acted, err
	}
	if acted, err = r.callBack(ctx, events); acted || err != nil {
		return acted, err
	}
	if s := r.c.Stop; s != nil && !r.stopped && s.After <= r.elapsed {
		r.stopped = true
		in := &sfn.StopExecutionInput{ExecutionArn: &r.execution, Error: given(s.Error), Cause: given(s.Cause)}
		_, err := r.client.StopExecution(ctx, in)
		return true, err
	}
	return false, nil
}

// takeTasks polls an activity for each task that the history says it has, so
// that no poll waits.
func (r *run) takeTasks(ctx context.Context, events []Event) (acted bool, err error) {
	for _, arn := range r.activities {
		name := arn[strings.LastIndexByte(arn, ':')+1:]
		scheduled := 0
		for _, e := range events {
			if e.Type == "ActivityScheduled" && e.Details.Get("resource").Text() == r.endpoint.toCase(arn) {
				scheduled++
			}
		}
		for ; r.taken[name] < scheduled; r.taken[name]++ {
			in := &sfn.GetActivityTaskInput{ActivityArn: &arn}
			if worker := r.player.worker(name); worker != "" {
				in.WorkerName = &worker
			}
			out, err := r.client.GetActivityTask(ctx, in)
			if err != nil {
				return acted, err
			}
			if out.TaskToken != nil { // else it has timed out in the queue
				r.player.work(name, *out.TaskToken, aws.ToString(out.Input))
			}
			acted = true
		}
	}
	return acted, nil
}

// callBack makes the calls that holders of tokens owe. A function got its token
// before its call was over; the history says when it may use it.
func (r *run) callBack(ctx context.Context, events []Event) (acted bool, err error) {
	submitted := 0
	for _, e := range events {
		if e.Type == "TaskSubmitted" {
			submitted++
		}
	}
	for _, h := range r.player.held() {
		if h.waits {
			if submitted--; submitted < 0 {
				continue
			}
		}
		for len(h.todo) > 0 {
			if !h.timing {
				h.timing, h.due = true, r.elapsed+h.todo[0].After
			}
			if h.due > r.elapsed {
				break
			}
			if err := r.send(ctx, h.token, h.todo[0]); err != nil {
				return acted, err
			}
			acted, h.timing, h.todo = true, false, h.todo[1:]
		}
	}
	return acted, nil
}

func (r *run) send(ctx context.Context, token string, c Callback) error {
	var err error
	switch {
	case c.Heartbeat:
		_, err = r.client.SendTaskHeartbeat(ctx, &sfn.SendTaskHeartbeatInput{TaskToken: &token})
	case c.Fail != nil:
		_, err = r.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: &token, Error: given(c.Fail.Error), Cause: given(c.Fail.Cause)})
	default:
		_, err = r.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(c.Succeed.String())})
	}
	return err
}

// given returns a string for the SDK; nil if there is none.
func given(v value.Value) *string {
	if !v.Exists() {
		return nil
	}
	return aws.String(v.Text())
}

func (r *run) history(ctx context.Context) ([]Event, error) {
	var events []Event
	pages := sfn.NewGetExecutionHistoryPaginator(r.client, &sfn.GetExecutionHistoryInput{ExecutionArn: &r.execution, MaxResults: 1000})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for i := range page.Events {
			e := eventOf(&page.Events[i])
			e.Details = r.homeIn(e.Details)
			events = append(events, e)
		}
	}
	return events, nil
}

// homeIn changes the place in all texts of an event.
func (r *run) homeIn(v value.Value) value.Value {
	switch v.Kind() {
	case value.String:
		if region, _ := r.endpoint.place(); v.Text() == region {
			return value.OfString(caseRegion)
		}
		return value.OfString(r.endpoint.toCase(v.Text()))
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			b.Set(name, r.homeIn(member))
		}
		return b.Value()
	}
	return v
}

// cleanUp removes what the case has made. An execution that still runs is
// stopped: it has shown that it does not end.
func (r *run) cleanUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var failures []error
	if r.execution != "" {
		if out, err := r.client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &r.execution}); err == nil && out.Status == types.ExecutionStatusRunning {
			_, err = r.client.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: &r.execution})
			failures = append(failures, err)
		}
	}
	machines := r.machines
	if r.machine != "" {
		machines = append(machines, r.machine)
	}
	for _, arn := range machines {
		_, err := r.client.DeleteStateMachine(ctx, &sfn.DeleteStateMachineInput{StateMachineArn: &arn})
		failures = append(failures, err)
	}
	for _, arn := range r.activities {
		_, err := r.client.DeleteActivity(ctx, &sfn.DeleteActivityInput{ActivityArn: &arn})
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

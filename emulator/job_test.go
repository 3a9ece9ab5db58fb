package emulator_test

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// A jobServer plays a service with one job, which goes through states: each poll
// shows the next one, and the last one stays.
type jobServer struct {
	*httptest.Server
	job    job
	states []string

	mu        sync.Mutex
	polls     int
	calls     []string // "Operation {input}"
	cancelled chan string
}

// A job is one kind of job.
type job struct {
	resource   string // "batch:submitJob"
	parameters string
	starts     string // "Operation answer"
	polls      string // STATUS stands for the state
	cancels    string // operation; ""
	running    string // a state that is no end; RUNNING if not given
	success    string // the state of success, and of failure
	failure    string
	result     string // of .sync; STATUS stands for the state
	cancelBody string
}

// restOperations are the operations of services in REST, by path, or by method and path.
var restOperations = map[string]string{"/v1/submitjob": "SubmitJob", "/v1/describejobs": "DescribeJobs", "/v1/terminatejob": "TerminateJob",
	"DELETE /clusters/c/fargate-profiles/f": "DeleteFargateProfile", "GET /clusters/c/fargate-profiles/f": "DescribeFargateProfile"}

// lowered writes members of ECS as its API does.
var lowered = strings.NewReplacer(`"LastStatus":`, `"lastStatus":`, `"Containers":`, `"containers":`, `"ExitCode":`, `"exitCode":`, `"Name":`, `"name":`)

func newJobServer(t *testing.T, j job, states ...string) *jobServer {
	s := &jobServer{job: j, states: states, cancelled: make(chan string, 1)}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *jobServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if operation == "" {
		operation = cmp.Or(restOperations[r.URL.Path], restOperations[r.Method+" "+r.URL.Path])
	}
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, operation+" "+string(body))
	starts, started, _ := strings.Cut(s.job.starts, " ")
	polls, shown, _ := strings.Cut(s.job.polls, " ")
	switch operation {
	case starts:
		io.WriteString(w, started)
	case polls:
		answer := strings.ReplaceAll(shown, "STATUS", lowered.Replace(s.states[min(s.polls, len(s.states)-1)]))
		if status, rest, _ := strings.Cut(answer, " "); len(status) == 3 { // an error
			code, _ := strconv.Atoi(status)
			w.WriteHeader(code)
			answer = rest
		}
		io.WriteString(w, answer)
		s.polls++
	case s.job.cancels:
		io.WriteString(w, "{}")
		s.cancelled <- string(body)
	default:
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"__type": "UnknownOperationException", "message": "no %s"}`, operation)
	}
}

// definition is a state machine with the job as its only task.
func (s *jobServer) definition(more string) string {
	return `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::` + s.job.resource + `.sync", "Parameters": ` +
		s.job.parameters + more + `, "End": true}}}`
}

var allJobs = []job{
	{
		resource: "batch:submitJob", parameters: `{"JobName": "n", "JobQueue": "q", "JobDefinition": "d"}`,
		starts: `SubmitJob {"jobArn": "arn", "jobId": "id", "jobName": "n"}`, polls: `DescribeJobs {"jobs": [{"jobId": "id", "status": "STATUS"}]}`, cancels: "TerminateJob",
		success: "SUCCEEDED", failure: "FAILED", result: `{"JobId":"id","Status":"STATUS"}`, cancelBody: `{"jobId":"id","reason":"REASON"}`,
	}, {
		resource: "ecs:runTask", parameters: `{"TaskDefinition": "d", "Cluster": "c"}`,
		starts: `RunTask {"failures": [], "tasks": [{"taskArn": "t", "clusterArn": "c"}]}`, polls: `DescribeTasks {"failures": [], "tasks": [{STATUS}]}`, cancels: "StopTask",
		running: `"lastStatus": "RUNNING"`,
		success: `"LastStatus":"STOPPED","Containers":[{"ExitCode":0},{"ExitCode":0}]`,
		failure: `"LastStatus":"STOPPED","Containers":[{"ExitCode":0},{"Name":"never began"}]`,
		result:  `{STATUS}`, cancelBody: `{"cluster":"c","task":"t","reason":"REASON"}`,
	}, {
		resource: "glue:startJobRun", parameters: `{"JobName": "n"}`,
		starts: `StartJobRun {"JobRunId": "r"}`, polls: `GetJobRun {"JobRun": {"Id": "r", "JobRunState": "STATUS"}}`, cancels: "BatchStopJobRun",
		success: "SUCCEEDED", failure: "TIMEOUT", result: `{"Id":"r","JobRunState":"STATUS"}`, cancelBody: `{"JobName":"n","JobRunIds":["r"]}`,
	}, {
		resource: "elasticmapreduce:addStep", parameters: `{"ClusterId": "c", "Step": {"Name": "s", "HadoopJarStep": {"Jar": "j"}}}`,
		starts: `AddJobFlowSteps {"StepIds": ["s-1"]}`, polls: `DescribeStep {"Step": {"Id": "s-1", "Status": {"State": "STATUS"}}}`, cancels: "CancelSteps",
		success: "COMPLETED", failure: "INTERRUPTED", result: `{"StepId":"s-1","Step":{"Id":"s-1","Status":{"State":"STATUS"}}}`,
		cancelBody: `{"ClusterId":"c","StepIds":["s-1"]}`,
	}, {
		resource: "codebuild:startBuild", parameters: `{"ProjectName": "p"}`,
		starts: `StartBuild {"build": {"id": "b"}}`, polls: `BatchGetBuilds {"builds": [{"id": "b", "buildStatus": "STATUS"}]}`, cancels: "StopBuild",
		success: "SUCCEEDED", failure: "FAULT", result: `{"Build":{"BuildStatus":"STATUS","Id":"b"}}`, cancelBody: `{"id":"b"}`,
	}, {
		resource:   "sagemaker:createTrainingJob",
		parameters: `{"TrainingJobName": "n", "RoleArn": "arn:aws:iam::123456789012:role/r", "OutputDataConfig": {"S3OutputPath": "s3://b/o"}}`,
		starts:     `CreateTrainingJob {"TrainingJobArn": "a"}`, polls: `DescribeTrainingJob {"TrainingJobName": "n", "TrainingJobStatus": "STATUS"}`, cancels: "StopTrainingJob",
		success: "Completed", failure: "Stopped", result: `{"TrainingJobName":"n","TrainingJobStatus":"STATUS"}`, cancelBody: `{"TrainingJobName":"n"}`,
	}, {
		resource: "athena:startQueryExecution", parameters: `{"QueryString": "SELECT 1"}`,
		starts: `StartQueryExecution {"QueryExecutionId": "q"}`, polls: `GetQueryExecution {"QueryExecution": {"QueryExecutionId": "q", "Status": {"State": "STATUS"}}}`,
		cancels: "StopQueryExecution", success: "SUCCEEDED", failure: "CANCELLED",
		result: `{"QueryExecution":{"QueryExecutionId":"q","Status":{"State":"STATUS"}}}`, cancelBody: `{"QueryExecutionId":"q"}`,
	},
}

// withJobs runs f for every kind of job.
func withJobs(t *testing.T, f func(t *testing.T, j job)) {
	for _, j := range allJobs {
		j.running = cmp.Or(j.running, "RUNNING")
		t.Run(j.resource, func(t *testing.T) { f(t, j) })
	}
}

// A job is polled on the clock of the executions until it ends; its description is the
// result, or the cause of States.TaskFailed.
func TestJobEnds(t *testing.T) {
	withJobs(t, func(t *testing.T, j job) {
		for _, end := range []string{j.success, j.failure} {
			s := newJobServer(t, j, j.running, j.running, end)
			x := newTest(t, emulator.WithServicesEndpoint(s.URL))
			arn := x.start(x.create("m", s.definition("")), "", `{}`)
			x.em.Settle()
			if got := x.em.Execution(arn); got.Status != "RUNNING" {
				t.Fatalf("before the first poll: %+v", got)
			}
			x.em.Advance(time.Minute)
			got := x.em.Execution(arn)
			want := emulator.Execution{Status: "SUCCEEDED", Output: strings.ReplaceAll(j.result, "STATUS", end)}
			if end == j.failure {
				want = emulator.Execution{Status: "FAILED", Error: "States.TaskFailed", Cause: strings.ReplaceAll(j.result, "STATUS", end)}
			}
			if got.Status != want.Status || got.Error != want.Error || !sameJSON(got.Output+got.Cause, want.Output+want.Cause) {
				t.Errorf("%s\n got %+v\nwant %+v", end, got, want)
			}
		}
	})
}

func sameJSON(a, b string) bool {
	v, err := value.Parse(a)
	return err == nil && value.Equal(v, value.MustParse(b))
}

// A job is cancelled when its task has timed out, and when its execution is stopped.
func TestJobIsCancelled(t *testing.T) {
	withJobs(t, func(t *testing.T, j job) {
		for _, why := range []string{"timeout", "stop"} {
			s := newJobServer(t, j, j.running)
			x := newTest(t, emulator.WithServicesEndpoint(s.URL))
			arn := x.start(x.create("m", s.definition(`, "TimeoutSeconds": 10`)), "", `{}`)
			x.em.Advance(5 * time.Second)
			if why == "stop" {
				if _, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: &arn}); err != nil {
					t.Fatal(err)
				}
			} else {
				x.em.Advance(10 * time.Second)
			}
			select {
			case body := <-s.cancelled:
				want := strings.ReplaceAll(j.cancelBody, "REASON", "The Task state in AWS Step Functions execution ["+arn+"] which was managing this resource was aborted")
				if !sameJSON(body, want) {
					t.Errorf("%s: cancelled with %s, want %s", why, body, want)
				}
			case <-x.ctx.Done():
				t.Fatalf("%s: it was not cancelled", why)
			}
			s.mu.Lock()
			polls := s.polls
			s.mu.Unlock()
			x.em.Advance(time.Hour)
			if s.polls != polls {
				t.Errorf("%s: it is polled when nobody waits any more", why)
			}
		}
	})
}

// After a restart, a job is followed to its end, and is not begun again.
func TestJobGoesOnAfterARestart(t *testing.T) {
	j := allJobs[0]
	s := newJobServer(t, j, "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED")
	kept := journal.NewMemory()
	x := newTest(t, emulator.WithServicesEndpoint(s.URL), emulator.WithStore(&tornStore{Store: kept, creates: 100}))
	arn := x.start(x.create("m", s.definition("")), "", `{}`)
	x.em.Advance(time.Second)
	if err := x.em.Close(); err != nil {
		t.Fatal(err)
	}
	y := newTest(t, emulator.WithServicesEndpoint(s.URL), emulator.WithStore(kept))
	y.em.Advance(time.Minute)
	if got := y.em.Execution(arn); got.Status != "SUCCEEDED" {
		t.Errorf("got %+v", got)
	}
	starts := 0
	for _, call := range s.calls {
		if strings.HasPrefix(call, "SubmitJob ") {
			starts++
		}
		if strings.HasPrefix(call, "TerminateJob ") {
			t.Errorf("the job was cancelled: %s", call)
		}
	}
	if starts != 1 {
		t.Errorf("the job was begun %d times", starts)
	}
}

// What Step Functions adds to the request is sent, and TaskScheduled shows it.
func TestJobSaysWhoHasBegunIt(t *testing.T) {
	for _, c := range []struct {
		job  job
		sent string
	}{
		{allJobs[0], `"environment":[{"name":"MANAGED_BY_AWS","value":"STARTED_BY_STEP_FUNCTIONS"}]`},
		{allJobs[1], `"startedBy":"AWS Step Functions"`},
	} {
		s := newJobServer(t, c.job, "RUNNING")
		x := newTest(t, emulator.WithServicesEndpoint(s.URL))
		arn := x.start(x.create("m", s.definition("")), "", `{}`)
		x.em.Settle()
		s.mu.Lock()
		if compact := value.MustParse(strings.SplitN(s.calls[0], " ", 2)[1]).String(); !strings.Contains(compact, c.sent) {
			t.Errorf("%s: sent %s, want %s", c.job.resource, compact, c.sent)
		}
		s.mu.Unlock()
		history, err := x.client.GetExecutionHistory(x.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn})
		if err != nil {
			t.Fatal(err)
		}
		shown := *history.Events[2].TaskScheduledEventDetails.Parameters
		if !strings.Contains(strings.ToLower(shown), strings.ToLower(c.sent)) {
			t.Errorf("%s: shows %s, want %s", c.job.resource, shown, c.sent)
		}
	}
}

// A clock that jumps over what nobody waits for does not jump over a job, which takes
// its time at a service.
func TestJobIsNotJumpedOver(t *testing.T) {
	s := newJobServer(t, allJobs[0], "RUNNING")
	begun := time.Now()
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if time.Since(begun) > 100*time.Millisecond {
			s.mu.Lock()
			s.states = []string{"SUCCEEDED"}
			s.mu.Unlock()
		}
		s.ServeHTTP(w, r)
	}))
	defer slow.Close()
	x := newTest(t, emulator.WithServicesEndpoint(slow.URL), emulator.WithAutoAdvance(begun))
	if got := x.em.Wait(x.start(x.create("m", s.definition(`, "TimeoutSeconds": 2`)), "", `{}`)); got.Status != "SUCCEEDED" {
		t.Errorf("got %+v", got)
	}
}

// Polls that fail for a reason that can pass are made again, but not for ever. A job that
// is gone is over where that is what was wanted.
func TestJobPollsThatFail(t *testing.T) {
	batch := allJobs[0]
	group := job{
		resource: "eks:deleteFargateProfile", parameters: `{"ClusterName": "c", "FargateProfileName": "f"}`,
		starts: `DeleteFargateProfile {"fargateProfile": {"clusterName": "c", "fargateProfileName": "f", "status": "DELETING"}}`, polls: "DescribeFargateProfile STATUS",
	}
	const there, gone = `{"fargateProfile": {"status": "DELETING"}}`, `404 {"__type": "ResourceNotFoundException", "message": "m"}`
	for _, c := range []struct {
		name   string
		job    job
		states []string // the answers to polls
		want   string
	}{
		{"twice", batch, []string{"500 ", "429 {}", `{"jobs": [{"status": "SUCCEEDED"}]}`}, `{"Status":"SUCCEEDED"}: `},
		{"for ever", batch, []string{"503 "}, "Batch.AWSBatchException: null (Service: AWSBatch; Status Code: 503; "},
		{"not JSON", batch, []string{"<html>"}, "Batch.SdkClientException: Unable to execute HTTP request: "},
		{"for good", batch, []string{`400 {"__type": "ClientException", "message": "no"}`}, "Batch.ClientException: no (Service: AWSBatch; "},
		{"not known yet", batch, []string{`{"jobs": []}`, `{"jobs": [{"status": "SUCCEEDED"}]}`}, `{"Status":"SUCCEEDED"}: `},
		{"never known", batch, []string{`{"jobs": []}`}, "States.TaskFailed: the job cannot be followed: the answer of DescribeJobs has no Jobs.Status: "},
		{"gone", group, []string{there, gone}, `{"FargateProfile":{"Status":"DELETING"}}: `},
		{"gone at once", group, []string{gone}, `{"FargateProfile":{"ClusterName":"c","FargateProfileName":"f","Status":"DELETING"}}: `},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.job.polls = strings.SplitN(c.job.polls, " ", 2)[0] + " STATUS"
			s := newJobServer(t, c.job, c.states...)
			x := newTest(t, emulator.WithServicesEndpoint(s.URL))
			arn := x.start(x.create("m", s.definition("")), "", `{}`)
			x.em.Advance(time.Hour)
			got := x.em.Execution(arn)
			if said := got.Output + got.Error + ": " + got.Cause; !strings.HasPrefix(said, c.want) {
				t.Errorf("got %s\nwant %s", said, c.want)
			}
		})
	}
}

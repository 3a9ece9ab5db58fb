package emulator_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// as returns the test with a client of another access key and region.
func (t *test) as(accessKey, region string) *test {
	c := t.em.AWSConfig()
	c.Region, c.Credentials = region, credentials.NewStaticCredentialsProvider(accessKey, "any", "")
	other := *t
	other.client = sfn.NewFromConfig(c)
	return &other
}

// machines lists the names of the state machines that the client sees.
func (t *test) machines() (names []string) {
	t.Helper()
	out, err := t.client.ListStateMachines(t.ctx, &sfn.ListStateMachinesInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range out.StateMachines {
		names = append(names, *m.Name+" "+*m.StateMachineArn)
	}
	return names
}

// Who a client is follows from its access key, where it is from the region that it signs
// for.
func TestWhoAndWhere(t *testing.T) {
	x := newTest(t, emulator.WithRegion("eu-west-1"), emulator.WithAccount("111111111111"), emulator.WithAccessKey("AKIDTESTING", "222222222222"))
	for _, c := range []struct{ key, region, want string }{
		{"test", "eu-west-1", "eu-west-1:111111111111"},
		{"test", "us-gov-west-1", "us-gov-west-1:111111111111"},
		{"AKIDTESTING", "eu-west-1", "eu-west-1:222222222222"},
		{"AKIDTESTING", "ap-southeast-2", "ap-southeast-2:222222222222"},
		{"333333333333", "eu-west-1", "eu-west-1:333333333333"},
		{"ASIAY34FZKBOKMUTVV7A", "eu-west-1", "eu-west-1:111111111111"}, // the id inside real keys does not count
		{"1111", "local", "eu-west-1:111111111111"},                     // no account and no region
	} {
		y := x.as(c.key, c.region)
		if got, want := *y.create("m", pass), "arn:aws:states:"+c.want+":stateMachine:m"; got != want {
			t.Errorf("%s in %s: %s, want %s", c.key, c.region, got, want)
		}
	}
}

// The same names in two accounts and two regions are different things.
func TestAccountsAndRegionsAreApart(t *testing.T) {
	x := newTest(t, emulator.WithTask("arn:aws:states:::sqs:sendMessage", func(context.Context, value.Value) (value.Value, error) {
		return value.Value{}, emulator.ErrNoAnswer
	}))
	homes := map[string]*test{
		"us-east-1:123456789012": x,
		"eu-west-1:123456789012": x.as("test", "eu-west-1"),
		"us-east-1:222222222222": x.as("222222222222", "us-east-1"),
		"eu-west-1:222222222222": x.as("222222222222", "eu-west-1"),
	}
	executions, activities := map[string]string{}, map[string]string{}
	for home, y := range homes {
		machine := y.create("order", contextOf)
		if got, want := y.machines(), []string{"order arn:aws:states:" + home + ":stateMachine:order"}; !slices.Equal(got, want) {
			t.Errorf("state machines of %s: %v, want %v", home, got, want)
		}
		executions[home] = y.start(machine, "first", `{}`)
		activity, err := y.client.CreateActivity(y.ctx, &sfn.CreateActivityInput{Name: aws.String("approve")})
		if err != nil {
			t.Fatal(err)
		}
		activities[home] = *activity.ActivityArn
		all, err := y.client.ListActivities(y.ctx, &sfn.ListActivitiesInput{})
		if err != nil || len(all.Activities) != 1 || *all.Activities[0].ActivityArn != "arn:aws:states:"+home+":activity:approve" {
			t.Errorf("activities of %s: %v, %v", home, all, err)
		}
	}
	for home, y := range homes {
		at := "arn:aws:states:" + home + ":"
		x.em.Wait(executions[home])
		out, err := y.client.DescribeExecution(y.ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String(executions[home])})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := aws.ToString(out.Output), `["`+at+`execution:order:first","`+at+`stateMachine:order"]`; got != want {
			t.Errorf("the context object in %s: %s, want %s", home, got, want)
		}
		for other, arn := range executions {
			if other == home {
				continue
			}
			_, err := y.client.StopExecution(y.ctx, &sfn.StopExecutionInput{ExecutionArn: aws.String(arn)})
			account := home[strings.IndexByte(home, ':')+1:]
			if strings.HasSuffix(other, account) {
				y.wantFault(err, "ExecutionDoesNotExist", "Execution Does Not Exist: '"+arn+"'")
			} else {
				y.wantFault(err, "AccessDeniedException", "User: arn:aws:iam::"+account+":root is not authorized to perform: states:StopExecution on resource: "+arn+
					" because no resource-based policy allows the states:StopExecution action")
			}
		}
	}
	y := homes["eu-west-1:222222222222"]
	if _, err := y.client.DeleteStateMachine(y.ctx, &sfn.DeleteStateMachineInput{StateMachineArn: aws.String("arn:aws:states:us-east-1:222222222222:stateMachine:order")}); err != nil {
		t.Errorf("deleting what is in another region: %v, want no error", err)
	}
	if got := homes["us-east-1:222222222222"].machines(); len(got) != 1 {
		t.Errorf("it was deleted from there: %v", got)
	}
}

// contextOf is a machine that returns where it runs.
const contextOf = `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true,
	"Parameters": {"a.$": "States.Array($$.Execution.Id, $$.StateMachine.Id)"}, "OutputPath": "$.a"}}}`

// Everything that a request can be about is answered as if it were not there, if it is in
// another region.
func TestWhatIsInAnotherRegion(t *testing.T) {
	x := newTest(t)
	machine := x.create("m", pass)
	version, err := x.client.PublishStateMachineVersion(x.ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: machine})
	if err != nil {
		t.Fatal(err)
	}
	routes := []types.RoutingConfigurationListItem{{StateMachineVersionArn: version.StateMachineVersionArn, Weight: 100}}
	alias, err := x.client.CreateStateMachineAlias(x.ctx, &sfn.CreateStateMachineAliasInput{Name: aws.String("live"), RoutingConfiguration: routes})
	if err != nil {
		t.Fatal(err)
	}
	y, c := x.as("test", "eu-west-1"), x.as("test", "eu-west-1").client
	notThere := func(what, arn string) string { return what + " Does Not Exist: '" + arn + "'" }
	for name, call := range map[string]struct {
		do            func() error
		code, message string // none: there is no error
	}{
		"describe": {func() error {
			_, err := c.DescribeStateMachine(y.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: machine})
			return err
		}, "StateMachineDoesNotExist", notThere("State Machine", *machine)},
		"update": {func() error {
			_, err := c.UpdateStateMachine(y.ctx, &sfn.UpdateStateMachineInput{StateMachineArn: machine, Definition: aws.String(wait)})
			return err
		}, "StateMachineDoesNotExist", notThere("State Machine", *machine)},
		"start of a version": {func() error {
			_, err := c.StartExecution(y.ctx, &sfn.StartExecutionInput{StateMachineArn: version.StateMachineVersionArn})
			return err
		}, "StateMachineDoesNotExist", notThere("State Machine", *version.StateMachineVersionArn)},
		"list of executions": {func() error {
			_, err := c.ListExecutions(y.ctx, &sfn.ListExecutionsInput{StateMachineArn: machine})
			return err
		}, "StateMachineDoesNotExist", notThere("State Machine", *machine)},
		"list of versions": {func() error {
			out, err := c.ListStateMachineVersions(y.ctx, &sfn.ListStateMachineVersionsInput{StateMachineArn: machine})
			if err == nil && len(out.StateMachineVersions) > 0 {
				t.Errorf("versions: %v", out.StateMachineVersions)
			}
			return err
		}, "", ""},
		"delete of an alias": {func() error {
			_, err := c.DeleteStateMachineAlias(y.ctx, &sfn.DeleteStateMachineAliasInput{StateMachineAliasArn: alias.StateMachineAliasArn})
			return err
		}, "", ""},
		"alias": {func() error {
			_, err := c.CreateStateMachineAlias(y.ctx, &sfn.CreateStateMachineAliasInput{Name: aws.String("live"), RoutingConfiguration: routes})
			return err
		}, "ResourceNotFound", "Request references a resource that does not exist."},
		"history": {func() error {
			_, err := c.GetExecutionHistory(y.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: aws.String("arn:aws:states:us-east-1:123456789012:execution:m:x")})
			return err
		}, "ExecutionDoesNotExist", notThere("Execution", "arn:aws:states:us-east-1:123456789012:execution:m:x")},
		"redrive": {func() error {
			_, err := c.RedriveExecution(y.ctx, &sfn.RedriveExecutionInput{ExecutionArn: aws.String("arn:aws:states:us-east-1:123456789012:execution:m:x")})
			return err
		}, "ExecutionDoesNotExist", notThere("Execution", "arn:aws:states:us-east-1:123456789012:execution:m:x")},
		"activity": {func() error {
			_, err := c.GetActivityTask(y.ctx, &sfn.GetActivityTaskInput{ActivityArn: aws.String("arn:aws:states:us-east-1:123456789012:activity:a")})
			return err
		}, "ActivityDoesNotExist", notThere("Activity", "arn:aws:states:us-east-1:123456789012:activity:a")},
		"tags": {func() error {
			_, err := c.ListTagsForResource(y.ctx, &sfn.ListTagsForResourceInput{ResourceArn: machine})
			return err
		}, "ResourceNotFound", "Resource not found: '" + *machine + "'"},
		"wrong kind of ARN": {func() error {
			_, err := c.DescribeStateMachine(y.ctx, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String("arn:aws:states:us-east-1:123456789012:execution:m:x")})
			return err
		}, "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: execution'"},
	} {
		t.Run(name, func(t *testing.T) {
			err := call.do()
			if call.code == "" {
				if err != nil {
					t.Errorf("got %v, want no error", err)
				}
				return
			}
			y := *y
			y.T = t
			y.wantFault(err, call.code, call.message)
		})
	}
	if _, err := x.client.DescribeStateMachineAlias(x.ctx, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: alias.StateMachineAliasArn}); err != nil {
		t.Errorf("the alias was deleted from another region: %v", err)
	}
}

// A token answers its task for clients of the region and account of the execution.
func TestTokensOfElsewhere(t *testing.T) {
	tokens := make(chan string, 1)
	x := newTest(t, emulator.WithTask("arn:aws:states:::lambda:invoke", func(_ context.Context, in value.Value) (value.Value, error) {
		tokens <- in.Get("Payload").Get("token").Text()
		return value.EmptyObject, nil
	}))
	y := x.as("222222222222", "eu-west-1")
	arn := y.start(y.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true,
		"Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}}}}}`), "x", "{}")
	token := <-tokens
	x.em.Settle()
	for _, z := range []*test{x, x.as("222222222222", "us-east-1"), x.as("test", "eu-west-1")} {
		_, err := z.client.SendTaskSuccess(z.ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String("1")})
		z.wantFault(err, "InvalidToken", "Invalid Token: 'Invalid token'")
		_, err = z.client.SendTaskFailure(z.ctx, &sfn.SendTaskFailureInput{TaskToken: &token})
		z.wantFault(err, "InvalidToken", "Invalid Token: 'Invalid token'")
		_, err = z.client.SendTaskHeartbeat(z.ctx, &sfn.SendTaskHeartbeatInput{TaskToken: &token})
		z.wantFault(err, "InvalidToken", "Invalid Token: 'Invalid token'")
	}
	if _, err := y.client.SendTaskSuccess(y.ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String("1")}); err != nil {
		t.Error(err)
	}
	x.em.Settle()
	if got := x.em.Execution(arn); got.Status != "SUCCEEDED" || got.Output != "1" {
		t.Errorf("got %+v", got)
	}
}

// A task acts as the account of its execution, or as that of the role in its Credentials;
// always in the region of its execution.
func TestTasksActAsTheirAccount(t *testing.T) {
	x := newTest(t)
	y := x.as("222222222222", "us-east-1")
	theirs := *y.create("theirs", pass)
	start := func(credentials string) string {
		return `{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true,
			` + credentials + `"Parameters": {"StateMachineArn": "` + theirs + `", "Input": {"n": 1}}, "ResultSelector": {"arn.$": "$.ExecutionArn", "out.$": "$.Output"}}}}`
	}
	sdk := func(credentials string) string {
		return `{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:listStateMachines", "End": true,
			` + credentials + `"Parameters": {}, "ResultSelector": {"arns.$": "$.StateMachines[*].StateMachineArn"}, "OutputPath": "$.arns"}}}`
	}
	const asThem = `"Credentials": {"RoleArn": "arn:aws:iam::222222222222:role/path/cross"}, `
	const asThird = `"Credentials": {"RoleArn": "arn:aws:iam::333333333333:role/path/cross"}, `

	denied := x.em.Wait(x.start(x.create("denied", start("")), "x", "{}"))
	if denied.Status != "FAILED" || denied.Error != "StepFunctions.AWSStepFunctionsException" || !strings.HasPrefix(denied.Cause,
		"User: arn:aws:iam::123456789012:root is not authorized to perform: states:StartExecution on resource: "+theirs+" because no resource-based policy") {
		t.Errorf("without Credentials: %+v", denied)
	}
	third := x.em.Wait(x.start(x.create("third", start(asThird)), "x", "{}"))
	if third.Status != "FAILED" || !strings.HasPrefix(third.Cause, "User: arn:aws:sts::333333333333:assumed-role/cross/aslocal is not authorized") {
		t.Errorf("with Credentials of another account: %+v", third)
	}
	out := x.em.Wait(x.start(x.create("allowed", start(asThem)), "x", "{}"))
	if v, err := value.Parse(out.Output); out.Status != "SUCCEEDED" || err != nil || v.Get("out").String() != `{"n":1}` ||
		!strings.HasPrefix(v.Get("arn").Text(), "arn:aws:states:us-east-1:222222222222:execution:theirs:") {
		t.Errorf("with Credentials: %+v", out)
	}
	if got, want := x.em.Wait(x.start(x.create("as-them", sdk(asThem)), "x", "{}")).Output, `["`+theirs+`"]`; got != want {
		t.Errorf("ListStateMachines as another account: %s, want %s", got, want)
	}
	z := x.as("444444444444", "ap-northeast-1")
	if got, want := x.em.Wait(z.start(z.create("own", sdk("")), "x", "{}")).Output, `["arn:aws:states:ap-northeast-1:444444444444:stateMachine:own"]`; got != want {
		t.Errorf("ListStateMachines as its own account: %s, want %s", got, want)
	}
}

// Everything is there after a restart, and executions of all regions and accounts go on.
func TestAccountsAfterRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	open := func() journal.Store {
		store, err := journal.OpenSQLite(file, journal.Process)
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	keys := []string{"test", "222222222222"}
	regions := []string{"us-east-1", "eu-west-1"}
	x := newTest(t, emulator.WithStore(open()))
	var arns []string
	for _, key := range keys {
		for _, region := range regions {
			y := x.as(key, region)
			arns = append(arns, y.start(y.create("m", wait), "x", "{}"))
			if _, err := y.client.CreateActivity(y.ctx, &sfn.CreateActivityInput{Name: aws.String(key + region)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	x.em.Settle()
	if err := x.em.Close(); err != nil {
		t.Fatal(err)
	}
	x = newTest(t, emulator.WithStore(open()))
	for _, key := range keys {
		for _, region := range regions {
			y := x.as(key, region)
			if got := y.machines(); len(got) != 1 {
				t.Errorf("state machines of %s in %s: %v", key, region, got)
			}
			all, err := y.client.ListActivities(y.ctx, &sfn.ListActivitiesInput{})
			if err != nil || len(all.Activities) != 1 || *all.Activities[0].Name != key+region {
				t.Errorf("activities of %s in %s: %+v, %v", key, region, all, err)
			}
		}
	}
	x.em.Advance(time.Hour)
	for _, arn := range arns {
		if got := x.em.Execution(arn); got.Status != "SUCCEEDED" {
			t.Errorf("%s: %+v", arn, got)
		}
	}
}

// A request without a signature is one of the owner: it creates in the default region and
// account, and sees everything.
func TestRequestsWithoutSignature(t *testing.T) {
	x := newTest(t)
	x.create("ours", pass)
	theirs := *x.as("222222222222", "eu-west-1").create("theirs", pass)
	call := func(action, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(x.ctx, http.MethodPost, x.em.URL(), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-amz-json-1.0")
		r.Header.Set("X-Amz-Target", "AWSStepFunctions."+action)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var b strings.Builder
		if err := response.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got := call("ListStateMachines", "{}"); !strings.Contains(got, "stateMachine:ours") || !strings.Contains(got, theirs) {
		t.Errorf("ListStateMachines: %s", got)
	}
	if got := call("DescribeStateMachine", `{"stateMachineArn": "`+theirs+`"}`); !strings.Contains(got, " 200 OK") {
		t.Errorf("DescribeStateMachine: %s", got)
	}
	if got := call("CreateActivity", `{"name": "a"}`); !strings.Contains(got, "arn:aws:states:us-east-1:123456789012:activity:a") {
		t.Errorf("CreateActivity: %s", got)
	}
}

// Services are called in the region of the execution, and at local endpoints as its
// account.
func TestServicesAreCalledAsTheAccount(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "mine")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	var mu sync.Mutex
	var signed []string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		parts := strings.Split(credential, "/")
		mu.Lock()
		signed = append(signed, parts[0]+" "+parts[2]+" "+parts[3])
		mu.Unlock()
		io.WriteString(w, `{"QueueUrls": []}`)
	}))
	defer service.Close()
	x := newTest(t, emulator.WithServiceEndpoint("sqs", service.URL))
	const list = `{"StartAt": "L", "States": {"L": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sqs:listQueues", "Parameters": {}, "End": true}}}`
	asAnother := strings.Replace(list, `"End"`, `"Credentials": {"RoleArn": "arn:aws:iam::222222222222:role/r"}, "End"`, 1)
	for _, c := range []struct{ key, region, definition, want string }{
		{"test", "us-east-1", list, "mine us-east-1 sqs"},
		{"test", "eu-west-1", list, "mine eu-west-1 sqs"},
		{"333333333333", "eu-west-1", list, "333333333333 eu-west-1 sqs"},
		{"333333333333", "eu-west-1", asAnother, "222222222222 eu-west-1 sqs"},
		{"222222222222", "us-east-1", strings.ReplaceAll(asAnother, "222222222222", "123456789012"), "mine us-east-1 sqs"},
	} {
		y := x.as(c.key, c.region)
		machine := y.create("m", c.definition)
		if end := x.em.Wait(y.start(machine, "", "{}")); end.Status != "SUCCEEDED" {
			t.Errorf("%+v: %+v", c, end)
		}
		if _, err := y.client.DeleteStateMachine(y.ctx, &sfn.DeleteStateMachineInput{StateMachineArn: machine}); err != nil {
			t.Error(err)
		}
		mu.Lock()
		if got := signed[len(signed)-1]; got != c.want {
			t.Errorf("%s in %s: signed as %q, want %q", c.key, c.region, got, c.want)
		}
		mu.Unlock()
	}
}

// The events of EventBridge go to the bus of the execution's region and account, log events
// to the log group of its ARN.
func TestEventsOfAccounts(t *testing.T) {
	var mu sync.Mutex
	sent := map[string]int{}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		parts := strings.Split(credential, "/")
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		body, err := value.ParseBytes(text)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		for _, entry := range body.Get("Entries").Items() {
			for _, execution := range entry.Get("Resources").Items() {
				sent[parts[0]+" "+parts[2]+" "+execution.Text()]++
			}
		}
		mu.Unlock()
		io.WriteString(w, `{"FailedEntryCount": 0}`)
	}))
	defer service.Close()
	em, err := emulator.New(emulator.WithServiceEndpoint("events", service.URL))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(em)
	defer server.Close()
	want := map[string]int{}
	for _, key := range []string{"test", "222222222222"} {
		for _, region := range []string{"us-east-1", "eu-west-1"} {
			c := emulator.ClientConfig(server.URL, region)
			c.Credentials = credentials.NewStaticCredentialsProvider(key, "any", "")
			client := sfn.NewFromConfig(c)
			machine, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: aws.String(pass), RoleArn: aws.String(role)})
			if err != nil {
				t.Fatal(err)
			}
			x, err := client.StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: machine.StateMachineArn})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := em.Wait(t.Context(), *x.ExecutionArn); err != nil {
				t.Fatal(err)
			}
			want[key+" "+region+" "+*x.ExecutionArn] = 2
		}
	}
	if err := em.Close(); err != nil { // which sends what waits
		t.Fatal(err)
	}
	if !maps.Equal(sent, want) {
		t.Errorf("events\n got %v\nwant %v", sent, want)
	}
}

// Who calls in another region or account is told in the log, once.
func TestCallersElsewhereAreTold(t *testing.T) {
	var log bytes.Buffer
	x := newTest(t, emulator.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	x.machines()
	if log.Len() > 0 {
		t.Errorf("of a client in the default region and account it is told %q", log.String())
	}
	for range 2 {
		x.as("test", "eu-west-1").machines()
		x.as("222222222222", "us-east-1").machines()
	}
	for _, want := range []string{"region=eu-west-1 account=123456789012", "region=us-east-1 account=222222222222"} {
		if strings.Count(log.String(), want) != 1 {
			t.Errorf("%s is not told once in %q", want, log.String())
		}
	}
}

// A wrong account of an access key is told when the emulator is made.
func TestAccessKeyWithoutAccount(t *testing.T) {
	_, err := emulator.New(emulator.WithAccessKey("AKID", "12"))
	if want := `emulator: the account of the access key AKID: expected twelve digits, got "12"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Each action that is about a resource is denied for one of another account. The body of
// the requests has every member that may be an ARN.
func TestEveryActionIsDeniedElsewhere(t *testing.T) {
	x := newTest(t)
	const at = "arn:aws:states:us-east-1:222222222222:"
	body := strings.NewReplacer("@", at, "'", `"`).Replace(`{'stateMachineArn': '@stateMachine:m', 'executionArn': '@execution:m:x', 'mapRunArn': '@mapRun:m/l:u', 'activityArn': '@activity:a',
		'resourceArn': '@activity:a', 'stateMachineAliasArn': '@stateMachine:m:live', 'stateMachineVersionArn': '@stateMachine:m:1', 'tags': [], 'tagKeys': [], 'name': 'n',
		'routingConfiguration': [{'stateMachineVersionArn': '@stateMachine:m:1', 'weight': 100}], 'definition': '{}', 'roleArn': 'arn:aws:iam::222222222222:role/r',
		'taskToken': 'x', 'output': '1'}`)
	aboutNone := []string{
		"CreateActivity", "CreateStateMachine", "ListActivities", "ListStateMachines", "SendTaskFailure", "SendTaskHeartbeat", "SendTaskSuccess", "TestState",
		"ValidateStateMachineDefinition",
	}
	client := reflect.TypeFor[*sfn.Client]()
	actions := 0
	for i := range client.NumMethod() {
		action := client.Method(i).Name
		if action == "Options" {
			continue
		}
		actions++
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, x.em.URL(), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-amz-json-1.0")
		r.Header.Set("X-Amz-Target", "AWSStepFunctions."+action)
		r.Header.Set("Authorization", signature)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		denied := strings.Contains(string(answer), "com.amazon.coral.service#AccessDeniedException") && strings.Contains(string(answer), "not authorized to perform: states:"+action+" on") &&
			response.StatusCode == http.StatusBadRequest
		if denied == slices.Contains(aboutNone, action) {
			t.Errorf("%s: denied is %v: %d %s", action, denied, response.StatusCode, answer)
		}
	}
	if actions != 37 {
		t.Errorf("%d actions were called, want 37", actions)
	}
}

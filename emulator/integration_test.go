package emulator_test

import (
	"encoding/base64"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
)

// A replay is a server that answers each request by its operation, or by its method and
// path, and notes what it was asked.
type replay struct {
	*httptest.Server
	answers map[string]string // the body, or the status before it: "404 {}"
	asked   []string
}

func newReplay(t *testing.T, answers map[string]string) *replay {
	r := &replay{answers: answers}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *replay) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	_, what, _ := strings.Cut(q.Header.Get("X-Amz-Target"), ".")
	if what == "" {
		what = q.Method + " " + q.URL.RequestURI()
	}
	body, _ := io.ReadAll(q.Body)
	r.asked = append(r.asked, strings.TrimSpace(what+" "+string(body)))
	answer, ok := r.answers[what]
	if !ok {
		answer = "404 none"
	}
	if status, rest, found := strings.Cut(answer, " "); found && len(status) == 3 {
		answer = rest
		w.WriteHeader(map[string]int{"404": 404, "403": 403, "201": 201}[status])
	}
	io.WriteString(w, answer)
}

// What integrations do beside calling one operation.
func TestIntegrations(t *testing.T) {
	for _, c := range []struct {
		name, resource, parameters string
		answers                    map[string]string
		want                       string // part of the output, or of "error: cause"
		asked                      string // the requests, one a line; "" if they do not matter
	}{
		{"events get the ARNs", "events:putEvents", `{"Entries": [{"Detail": {"a": 1}, "DetailType": "d", "Source": "s", "Resources": ["r"]}]}`,
			map[string]string{"PutEvents": `{"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}`}, `{"Entries":[{"EventId":"e"}],"FailedEntryCount":0}: `,
			`PutEvents {"Entries":[{"Source":"s","Resources":["r","MACHINE","EXECUTION"],"DetailType":"d","Detail":"{\"a\":1}"}]}`},
		{"an event is refused", "events:putEvents", `{"Entries": [{"Detail": "x"}]}`,
			map[string]string{"PutEvents": `{"FailedEntryCount": 1, "Entries": [{"ErrorCode": "c"}]}`},
			`EventBridge.FailedEntry: {"Entries":[{"ErrorCode":"c"}],"FailedEntryCount":1}`, ""},
		{"tasks that cannot be placed", "ecs:runTask.waitForTaskToken", `{"TaskDefinition": "d", "Overrides": {"ContainerOverrides": [{"Name": "n", "Environment": [{"Name": "t", "Value.$": "$$.Task.Token"}]}]}}`,
			map[string]string{"RunTask": `{"failures": [{"reason": "full"}], "tasks": []}`}, `AmazonECS.Unknown: {"Failures":[{"Reason":"full"}],"Tasks":[]}`, ""},
		{"tasks that cannot be placed and are not waited for", "ecs:runTask", `{"TaskDefinition": "d"}`,
			map[string]string{"RunTask": `{"failures": [{"reason": "full"}], "tasks": []}`}, `"Failures":[{"Reason":"full"}],"SdkHttpMetadata":{`, ""},
		{"glue names the job", "glue:startJobRun", `{"JobName": "j"}`, map[string]string{"StartJobRun": `{"JobRunId": "r"}`}, `{"JobName":"j","JobRunId":"r","SdkHttpMetadata":`, ""},
		{"a step of a cluster", "elasticmapreduce:addStep", `{"ClusterId": "c", "Step": {"Name": "s", "HadoopJarStep": {"Jar": "j"}}}`,
			map[string]string{"AddJobFlowSteps": `{"StepIds": ["s-1"]}`}, `"StepId":"s-1"`,
			`AddJobFlowSteps {"JobFlowId":"c","Steps":[{"Name":"s","HadoopJarStep":{"Jar":"j"}}]}`},
		{"a cluster is created", "elasticmapreduce:createCluster", `{"Name": "n", "Instances": {}}`, map[string]string{"RunJobFlow": `{"JobFlowId": "c", "ClusterArn": "a"}`},
			`{"ClusterId":"c","SdkHttpMetadata":`, `RunJobFlow {"Name":"n","Instances":{}}`},
		{"a cluster is terminated", "elasticmapreduce:terminateCluster", `{"ClusterId": "c"}`, map[string]string{"TerminateJobFlows": ``}, `"HttpStatusCode":200`,
			`TerminateJobFlows {"JobFlowIds":["c"]}`},
		{"a step is cancelled", "elasticmapreduce:cancelStep", `{"ClusterId": "c", "StepId": "s"}`,
			map[string]string{"CancelSteps": `{"CancelStepsInfoList": [{"StepId": "s", "Status": "SUBMITTED"}]}`}, `"CancelStepsInfo":{"Status":"SUBMITTED","StepId":"s"}`,
			`CancelSteps {"ClusterId":"c","StepIds":["s"]}`},
		{"a cluster is protected", "elasticmapreduce:setClusterTerminationProtection", `{"ClusterId": "c", "TerminationProtected": true}`,
			map[string]string{"SetTerminationProtection": ``}, `"HttpStatusCode":200`, `SetTerminationProtection {"JobFlowIds":["c"],"TerminationProtected":true}`},
		{"a fleet by its name", "elasticmapreduce:modifyInstanceFleetByName", `{"ClusterId": "c", "InstanceFleetName": "f", "InstanceFleet": {"TargetSpotCapacity": 2}}`,
			map[string]string{"ListInstanceFleets": `{"InstanceFleets": [{"Id": "if-1", "Name": "e"}, {"Id": "if-2", "Name": "f"}]}`, "ModifyInstanceFleet": ``}, `"HttpStatusCode":200`,
			"ListInstanceFleets {\"ClusterId\":\"c\"}\nModifyInstanceFleet {\"ClusterId\":\"c\",\"InstanceFleet\":{\"InstanceFleetId\":\"if-2\",\"TargetSpotCapacity\":2}}"},
		{"a group by its name", "elasticmapreduce:modifyInstanceGroupByName", `{"ClusterId": "c", "InstanceGroupName": "g", "InstanceGroup": {"InstanceCount": 2}}`,
			map[string]string{"ListInstanceGroups": `{"InstanceGroups": [{"Id": "ig-1", "Name": "g"}]}`, "ModifyInstanceGroups": ``}, `"HttpStatusCode":200`,
			"ListInstanceGroups {\"ClusterId\":\"c\"}\nModifyInstanceGroups {\"ClusterId\":\"c\",\"InstanceGroups\":[{\"InstanceGroupId\":\"ig-1\",\"InstanceCount\":2}]}"},
		{"a group that is not there", "elasticmapreduce:modifyInstanceGroupByName", `{"ClusterId": "c", "InstanceGroupName": "x", "InstanceGroup": {}}`,
			map[string]string{"ListInstanceGroups": `{"InstanceGroups": []}`}, `ElasticMapReduce.AmazonElasticMapReduceException: the cluster c has none of the name "x"`, ""},
		{"an application is started", "emr-serverless:startApplication", `{"ApplicationId": "a"}`, map[string]string{"POST /applications/a/start": `{}`}, `{"ApplicationId":"a","SdkHttpMetadata":`, ""},
		{"a model", "bedrock:invokeModel", `{"ModelId": "m", "Body": {"prompt": "p"}}`, map[string]string{"POST /model/m/invoke": `{"text": "t"}`}, `{"Body":{"text":"t"},`,
			`POST /model/m/invoke {"prompt":"p"}`},
		{"a model and S3", "bedrock:invokeModel", `{"ModelId": "m", "Input": {"S3Uri": "s3://bucket/in"}, "Output": {"S3Uri": "s3://bucket/out"}}`,
			map[string]string{"GET /bucket/in?x-id=GetObject": `{"prompt": "p"}`, "GET /bucket/in": `{"prompt": "p"}`, "POST /model/m/invoke": `{"text": "t"}`,
				"PUT /bucket/out?x-id=PutObject": ``, "PUT /bucket/out": ``}, `{"Body":"s3://bucket/out",`, ""},
		{"a model with two bodies", "bedrock:invokeModel", `{"ModelId": "m", "Body": {}, "Input": {"S3Uri": "s3://bucket/in"}}`, nil, "States.Runtime: ", ""},
		{"an action that streams", "bedrockagentcore:invokeHarness", `{"HarnessArn": "arn:aws:bedrock-agentcore:us-east-1:123456789012:harness/a-1234567890", "RuntimeSessionId": "s", "Messages": []}`, nil, "States.Runtime: ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newReplay(t, c.answers)
			x := newTest(t, emulator.WithServicesEndpoint(server.URL))
			machine := x.create("m", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::`+c.resource+`", "Parameters": `+c.parameters+`, "End": true}}}`)
			arn := x.start(machine, "", `{}`)
			got := x.em.Wait(arn)
			if said := got.Output + got.Error + ": " + got.Cause; !strings.Contains(said, c.want) {
				t.Errorf("got %s\nwant %s", said, c.want)
			}
			want := strings.NewReplacer("MACHINE", *machine, "EXECUTION", arn).Replace(c.asked)
			if asked := strings.Join(server.asked, "\n"); c.asked != "" && asked != want {
				t.Errorf("asked\n got %s\nwant %s", asked, want)
			}
		})
	}
}

// APIs are called by their names at an endpoint, or where they are.
func TestAPIGateway(t *testing.T) {
	server := newReplay(t, map[string]string{
		"GET /dev/pets?k=a&k=b": `[1]`, "POST /pets": `201 made`, "GET /none": `403 {"message":"Forbidden"}`, "PUT /pets/": `""`,
	})
	local := strings.TrimPrefix(server.URL, "http://")
	x := newTest(t, emulator.WithServiceEndpoint("apigateway", server.URL))
	const ofAWS = "a1b2.execute-api.us-east-1.amazonaws.com"
	for _, c := range []struct{ name, parameters, want, asked string }{
		{"at-the-endpoint", `"` + ofAWS + `", "Method": "GET", "Stage": "dev", "Path": "/pets", "QueryParameters": {"k": ["a", "b"]}`, `"ResponseBody":[1],"StatusCode":200,"StatusText":"OK"}`, ""},
		{"a-text-is-JSON", `"` + local + `", "Method": "POST", "Path": "pets", "RequestBody": "HelloWorld"`, `"ResponseBody":"made","StatusCode":201,"StatusText":"Created"}`, `POST /pets "HelloWorld"`},
		{"nulls-are-dropped", `"` + local + `", "Method": "POST", "Path": "pets", "RequestBody": {"a": null, "b": [{"c": null}]}`, `201`, `POST /pets {"b":[{}]}`},
		{"nulls-are-kept", `"` + local + `", "Method": "POST", "Path": "pets", "AllowNullValues": true, "RequestBody": {"a": null}`, `201`, `POST /pets {"a":null}`},
		{"an-empty-text", `"` + local + `", "Method": "PUT", "Path": "pets/", "RequestBody": null`, `"ResponseBody":""`, `PUT /pets/`},
		{"refused", `"` + local + `", "Method": "GET", "Path": "none"`, `ApiGateway.403: {"message":"Forbidden"}`, ""},
		{"a-body-with-GET", `"` + local + `", "Method": "GET", "RequestBody": {}`, `States.Runtime: `, ""},
		{"elsewhere", `"api.example.com", "Method": "GET", "Stage": "dev", "Path": "/pets", "QueryParameters": {"k": ["a", "b"]}`, `"StatusCode":200`, ""},
		{"nobody-there", `"127.0.0.1:1", "Method": "GET"`, `ApiGateway.SdkClientException: Unable to execute HTTP request: `, ""},
	} {
		got := x.em.Wait(x.start(x.create(c.name, `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::apigateway:invoke",
			"Parameters": {"ApiEndpoint": `+c.parameters+`}, "End": true}}}`), "", `{}`))
		if said := got.Output + got.Error + ": " + got.Cause; !strings.Contains(said, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.name, said, c.want)
		}
		if asked := server.asked[len(server.asked)-1]; c.asked != "" && asked != c.asked {
			t.Errorf("%s: asked %s, want %s", c.name, asked, c.asked)
		}
	}
}

// The Kubernetes API of a cluster is called, with its certificate authority, and runs jobs.
func TestEKS(t *testing.T) {
	polls := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answers := map[string]string{
			"GET /api/v1/pods?limit=1":               `{"kind": "PodList"}`,
			"POST /apis/batch/v1/namespaces/ns/jobs": `{"kind": "Job", "metadata": {"name": "pi"}}`,
			"GET /apis/batch/v1/namespaces/ns/jobs/pi": `{"kind": "Job", "metadata": {"name": "pi"}, "status": {"conditions": [{"type": "Complete", "status": "` +
				map[bool]string{true: "True", false: "False"}[polls > 1] + `"}]}}`,
			"GET /api/v1/namespaces/ns/pods?labelSelector=job-name%3Dpi": `{"items": [{"metadata": {"name": "pi-1"}, "spec": {"containers": [{"name": "c"}]}}]}`,
			"GET /api/v1/namespaces/ns/pods/pi-1/log?container=c":        `3.14`,
		}
		if strings.HasSuffix(r.URL.Path, "/jobs/pi") {
			polls++
		}
		answer, ok := answers[r.Method+" "+r.URL.RequestURI()]
		if !ok {
			w.WriteHeader(http.StatusUnauthorized)
			answer = `{"kind": "Status"}`
		}
		io.WriteString(w, answer)
	}))
	defer server.Close()
	authority := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	x := newTest(t)
	for _, c := range []struct{ name, resource, endpoint, more, want string }{
		{"call", "call", server.URL, `"Method": "GET", "Path": "/api/v1/pods", "QueryParameters": {"limit": ["1"]}`, `{"ResponseBody":{"kind":"PodList"},"StatusCode":200,"StatusText":"OK"}`},
		{"refused", "call", server.URL, `"Method": "GET", "Path": "/secrets"`, `EKS.401: {"ResponseBody":{"kind":"Status"},"StatusCode":401,"StatusText":"Unauthorized"}`},
		{"job", "runJob.sync", server.URL, `"Namespace": "ns", "Job": {"kind": "Job"}, "LogOptions": {"RetrieveLogs": true}`, `"logs":{"pods":{"pi-1":{"containers":{"c":{"log":3.14}}}}}`},
		{"at-AWS", "call", "https://x.eks.amazonaws.com", `"Method": "GET", "Path": "/"`, `EKS.SdkClientException: the cluster at x.eks.amazonaws.com is on another machine and is not called`},
		{"no-URL", "call", "cluster", `"Method": "GET", "Path": "/"`, `States.Runtime: `},
	} {
		arn := x.start(x.create(c.name, `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::eks:`+c.resource+`",
			"Parameters": {"ClusterName": "c", "CertificateAuthority": "`+authority+`", "Endpoint": "`+c.endpoint+`", `+c.more+`}, "End": true}}}`), "", `{}`)
		x.em.Advance(time.Minute)
		got := x.em.Execution(arn)
		if said := got.Output + got.Error + ": " + got.Cause; !strings.Contains(said, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.name, said, c.want)
		}
	}
}

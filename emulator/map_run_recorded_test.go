package emulator_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
)

// The recorded case of ListMapRuns and DescribeMapRun asks for a Map Run by placeholders
// instead of its ARN, so that its runner cannot pass. Here the ARN stands for them.
func TestRecordedMapRun(t *testing.T) {
	const file = "../../shared/corpus/cases/api_map_run/test_sfn_api_map_run.TestSnfApiMapRun.test_list_map_runs_and_describe_map_run.json"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Skip("there are no recordings: ", err)
	}
	var recorded struct {
		Steps []struct {
			Op     string
			Params map[string]string
		}
		Expected map[string]map[string]any
	}
	if err := json.Unmarshal(text, &recorded); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	x := newTest(t, emulator.WithS3Folder(folder))
	answers, execution, run := make(map[string]map[string]any), "", ""
	for _, step := range recorded.Steps {
		for name, param := range step.Params {
			step.Params[name] = strings.NewReplacer("${uid1}", "1", "${uid2}", "2", "${uid3}", "3", "${aws.account}", "123456789012",
				"${sm1.stateMachineArn}", "arn:aws:states:us-east-1:123456789012:stateMachine:statemachine_create_and_record_execution_2",
				"${ex1.executionArn}", execution, recordedRun, run).Replace(param)
		}
		switch step.Op {
		case "s3:CreateBucket":
			err = os.Mkdir(folder+"/"+step.Params["Bucket"], 0o700)
		case "s3:PutObject":
			err = os.WriteFile(folder+"/"+step.Params["Bucket"]+"/"+step.Params["Key"], []byte(step.Params["Body"]), 0o600)
		case "AwaitExecution":
			x.em.Wait(execution)
		default:
			params, _ := json.Marshal(step.Params)
			status, got := post(x.em.Emulator, step.Op, string(params))
			answer := make(map[string]any)
			if err = json.Unmarshal([]byte(got), &answer); status != 200 {
				t.Fatalf("%s: %d %s", step.Op, status, got)
			}
			answers[step.Op] = answer
		}
		if err != nil {
			t.Fatal(err)
		}
		if started, ok := answers["StartExecution"]; ok {
			execution = started["executionArn"].(string)
		}
		if listed, ok := answers["ListMapRuns"]; ok {
			run = listed["mapRuns"].([]any)[0].(map[string]any)["mapRunArn"].(string)
		}
	}
	got, want := answers["DescribeMapRun"], recorded.Expected["describe_map_run"]
	for _, counts := range []string{"itemCounts", "executionCounts"} { // the recording is older than redrives
		for _, name := range []string{"failuresNotRedrivable", "pendingRedrive"} {
			if got[counts].(map[string]any)[name] != 0.0 {
				t.Errorf("%s of %s: got %v, want 0", name, counts, got[counts])
			}
			delete(got[counts].(map[string]any), name)
		}
	}
	for name, member := range want {
		switch name {
		case "ResponseMetadata":
		case "executionArn", "mapRunArn", "startDate", "stopDate":
			if got[name] == nil {
				t.Errorf("there is no %s", name)
			}
		default:
			a, _ := json.Marshal(got[name])
			b, _ := json.Marshal(member)
			if string(a) != string(b) {
				t.Errorf("%s: got %s, want %s", name, a, b)
			}
		}
	}
	if len(got) != len(want) { // it has redriveCount instead of ResponseMetadata
		t.Errorf("members: got %v, want %v and redriveCount", got, want)
	}
}

// recordedRun is what the case has in place of the ARN.
const recordedRun = "arn:<partition>:states:<region>:111111111111:mapRun:<ArnPart_0idx>/<MapRunArnPart0_0idx>:<MapRunArnPart1_0idx>"

package emulator

import (
	"io"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
)

// actions is the table of the API: one row for each operation.
func (e *Emulator) actions() map[string]awsjson.Action {
	return map[string]awsjson.Action{
		"CreateActivity":                   awsjson.Handle(e.createActivity),
		"CreateStateMachine":               awsjson.Handle(e.createStateMachine),
		"CreateStateMachineAlias":          awsjson.Handle(e.createStateMachineAlias),
		"DeleteActivity":                   awsjson.Handle(e.deleteActivity),
		"DeleteStateMachine":               awsjson.Handle(e.deleteStateMachine),
		"DeleteStateMachineAlias":          awsjson.Handle(e.deleteStateMachineAlias),
		"DeleteStateMachineVersion":        awsjson.Handle(e.deleteStateMachineVersion),
		"DescribeActivity":                 awsjson.Handle(e.describeActivity),
		"DescribeExecution":                awsjson.Handle(e.describeExecution),
		"DescribeMapRun":                   awsjson.Handle(e.describeMapRun),
		"DescribeStateMachine":             awsjson.Handle(e.describeStateMachine),
		"DescribeStateMachineAlias":        awsjson.Handle(e.describeStateMachineAlias),
		"DescribeStateMachineForExecution": awsjson.Handle(e.describeStateMachineForExecution),
		"GetActivityTask":                  awsjson.Handle(e.getActivityTask),
		"GetExecutionHistory":              awsjson.Handle(e.getExecutionHistory),
		"ListActivities":                   awsjson.Handle(e.listActivities),
		"ListExecutions":                   awsjson.Handle(e.listExecutions),
		"ListMapRuns":                      awsjson.Handle(e.listMapRuns),
		"ListStateMachineAliases":          awsjson.Handle(e.listStateMachineAliases),
		"ListStateMachineVersions":         awsjson.Handle(e.listStateMachineVersions),
		"ListStateMachines":                awsjson.Handle(e.listStateMachines),
		"ListTagsForResource":              awsjson.Handle(e.listTagsForResource),
		"PublishStateMachineVersion":       awsjson.Handle(e.publishStateMachineVersion),
		"SendTaskFailure":                  awsjson.Handle(e.sendTaskFailure),
		"SendTaskHeartbeat":                awsjson.Handle(e.sendTaskHeartbeat),
		"SendTaskSuccess":                  awsjson.Handle(e.sendTaskSuccess),
		"StartExecution":                   awsjson.Handle(e.startExecution),
		"StartSyncExecution":               awsjson.Handle(e.startSyncExecution),
		"StopExecution":                    awsjson.Handle(e.stopExecution),
		"TagResource":                      awsjson.Handle(e.tagResource),
		"TestState":                        awsjson.Handle(e.testState),
		"UntagResource":                    awsjson.Handle(e.untagResource),
		"UpdateMapRun":                     awsjson.Handle(e.updateMapRun),
		"UpdateStateMachine":               awsjson.Handle(e.updateStateMachine),
		"UpdateStateMachineAlias":          awsjson.Handle(e.updateStateMachineAlias),
		"ValidateStateMachineDefinition":   awsjson.Handle(e.validateStateMachineDefinition),
	}
}

// newHandler routes: the API is POST /. Everything else is for later faces of
// the same port.
func (e *Emulator) newHandler(actions map[string]awsjson.Action) http.Handler {
	service := &awsjson.Service{Prefix: "AWSStepFunctions", Actions: actions, Log: e.log}
	router := mux.NewRouter()
	router.Path("/").Methods(http.MethodPost).Handler(service)
	router.Path("/").Handler(http.HandlerFunc(aboutPage))
	return router
}

// aboutPage tells people who come with a browser what this is.
func aboutPage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "the API takes POST requests", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "This is aslocal, a local AWS Step Functions. Point an AWS client at this URL:\n\n  aws stepfunctions list-state-machines --endpoint-url http://"+r.Host+"\n")
}

package task

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
)

var update = flag.Bool("update", false, "rewrite docs/services.md")

// docs/services.md is what the table of services says.
func TestServicesAreWrittenDown(t *testing.T) {
	const name = "../../../docs/services.md"
	want := servicesPage()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the table of services says: run make update", name)
	}
}

// servicesPage writes docs/services.md.
func servicesPage() string {
	var b strings.Builder
	b.WriteString(`# Services

Which services Task states can call, by ` + "`arn:aws:states:::SERVICE:ACTION`" + `. This page is written by ` + "`make update`" + ` from
[the table](../internal/service/services.txt) that validation, TestState and the runners read. Where a service is, [settings.md](settings.md#services) says.

An answer is waited for in every action. **.sync** also waits for the job, **token** (` + "`.waitForTaskToken`" + `) until somebody returns the task token. A job is
followed by the operation in the column *polls*, and stopped by the one in the column *cancels* when its task has timed out or its execution was stopped.

| action | .sync | token | calls | polls | has succeeded | has failed | cancels |
| --- | --- | --- | --- | --- | --- | --- | --- |
`)
	for _, a := range service.Actions() {
		if !a.ForTasks() {
			continue
		}
		cells := []string{"`" + a.String() + "`", mark(a, ".sync"), mark(a, ".waitForTaskToken"), callOfAction(a), "", "", "", ""}
		if j := a.Job; j != nil {
			cells[4], cells[5], cells[6], cells[7] = j.Poll, strings.Join(j.Succeeded, ", "), strings.Join(j.Failed, ", "), j.Cancel
			if j.Absent {
				cells[5] = "it is gone"
			}
			if a.String() == "ecs:runTask" {
				cells[5], cells[6] = "STOPPED, all exit codes 0", "STOPPED"
			}
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	b.WriteString("\n" + "`states:startExecution` has `.sync:2`, too. " + "`bedrockagentcore:invokeHarness` answers a stream of events, which aslocal does not read: a call fails.\n")
	fmt.Fprintf(&b, `
## Through the AWS SDK

%s calls any operation of the %d services that AWS's SDKs know, also with
%s; parameters and results are named as in AWS's SDK for Java 2. These are their names:

`, "`arn:aws:states:::aws-sdk:SERVICE:ACTION`", len(awsapi.SDKServices()), "`.waitForTaskToken`")
	b.WriteString(wrapped(awsapi.SDKServices(), 150))
	return b.String()
}

func mark(a *service.Action, pattern string) string {
	if a.Has(pattern) {
		return "yes"
	}
	return ""
}

// callOfAction is what an action calls.
func callOfAction(a *service.Action) string {
	switch {
	case a.Operation == "" && a.Service.Name == "eks":
		return "Kubernetes"
	case a.Operation == "":
		return "HTTP"
	case a.API != a.Service.Name:
		return a.API + " " + a.Operation
	}
	return a.Operation
}

// wrapped writes words in lines of a width.
func wrapped(words []string, width int) string {
	var b strings.Builder
	column := 0
	for _, w := range words {
		switch {
		case column == 0:
		case column+1+len(w) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(w)
		column += len(w)
	}
	b.WriteByte('\n')
	return b.String()
}

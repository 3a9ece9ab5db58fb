package task

import (
	"strings"
	"testing"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
)

// What the table of services says of operations, members and paths is in the models
// of the APIs.
func TestTableFitsModels(t *testing.T) {
	for _, a := range service.Actions() {
		if !a.ForTasks() || a.Operation == "" {
			continue
		}
		o, ok := awsapi.Describe(a.API, a.Operation)
		if !ok {
			t.Errorf("%s: no operation %s of %s", a, a.Operation, a.API)
			continue
		}
		f := fit{t: t, action: a}
		for _, p := range a.Parameters {
			if a.Sends == nil && !ownParameter[a.String()+" "+p.Name] {
				f.member(o.Input, p.Name)
			}
		}
		for _, s := range a.Sends {
			f.member(o.Input, s.Name)
			if !listed(a, s.From) {
				t.Errorf("%s makes %s of %s, which is no parameter", a, s.Name, s.From)
			}
		}
		f.mapping(a.Answers, nil, o)
		if a.Job != nil {
			f.job(a.Job, o)
		}
	}
}

// ownParameter are the parameters that the integration has and the operation has not.
var ownParameter = map[string]bool{
	"bedrock:invokeModel Input": true, "bedrock:invokeModel Output": true,
	"elasticmapreduce:modifyInstanceFleetByName InstanceFleetName": true,
	"elasticmapreduce:modifyInstanceGroupByName InstanceGroupName": true, "elasticmapreduce:modifyInstanceGroupByName InstanceGroup": true,
}

// A fit looks for what the table says of an action.
type fit struct {
	t      *testing.T
	action *service.Action
}

func (f fit) job(j *service.Job, o *awsapi.Operation) {
	poll, ok := awsapi.Describe(f.action.API, j.Poll)
	if !ok {
		f.t.Errorf("%s: no operation %s", f.action, j.Poll)
		return
	}
	f.mapping(j.PollWith, poll.Input, o)
	status := f.path(poll.Output, j.Status)
	if status != nil && status.Enum != nil {
		for _, s := range append(append([]string(nil), j.Succeeded...), j.Failed...) {
			if !strings.Contains(" "+strings.Join(status.Enum, " ")+" ", " "+s+" ") {
				f.t.Errorf("%s: %s is no status of %s", f.action, s, j.Poll)
			}
		}
	}
	if j.Result != "" {
		f.path(poll.Output, j.Result)
	}
	for _, a := range j.ResultOf {
		if from, ok := strings.CutPrefix(a.From, "submitted."); ok {
			f.submitted(o, from)
		} else {
			f.path(poll.Output, a.From)
		}
	}
	if j.Cancel == "" {
		return
	}
	cancel, ok := awsapi.Describe(f.action.API, j.Cancel)
	if !ok {
		f.t.Errorf("%s: no operation %s", f.action, j.Cancel)
		return
	}
	f.mapping(j.CancelWith, cancel.Input, o)
}

// mapping looks for the members that a mapping makes in into, which nil leaves out,
// and for those that it is made of.
func (f fit) mapping(m service.Mapping, into *awsapi.Shape, o *awsapi.Operation) {
	for _, a := range m {
		if into != nil {
			if s := f.member(into, a.Name); s != nil && a.List != (s.Kind == awsapi.List) {
				f.t.Errorf("%s: %s is a list: %t", f.action, a.Name, s.Kind == awsapi.List)
			}
		}
		if rest, ok := strings.CutPrefix(a.From, "request."); ok {
			if !listed(f.action, rest) {
				f.member(o.Input, rest)
			}
		} else if a.From != "reason" {
			if into == nil {
				f.path(o.Output, a.From)
			} else {
				f.submitted(o, a.From)
			}
		}
	}
}

// submitted looks for a path in the result of the first call.
func (f fit) submitted(o *awsapi.Operation, path string) {
	if f.action.Answers == nil {
		f.path(o.Output, path)
		return
	}
	for _, a := range f.action.Answers {
		if a.Name == path {
			return
		}
	}
	f.t.Errorf("%s: its result has no %s", f.action, path)
}

func (f fit) path(s *awsapi.Shape, path string) *awsapi.Shape {
	for _, name := range strings.Split(path, ".") {
		if s = f.member(s, name); s == nil {
			return nil
		}
		if s.Kind == awsapi.List {
			s = s.Element
		}
	}
	return s
}

func (f fit) member(s *awsapi.Shape, name string) *awsapi.Shape {
	m := s.Member(name, awsapi.PascalCase)
	if m == nil {
		f.t.Errorf("%s: there is no member %s", f.action, name)
		return nil
	}
	return m.Shape
}

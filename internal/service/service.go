package service

import (
	"maps"
	"slices"
	"strings"
	"sync"

	_ "embed"
)

// This file has the services and their actions.

// A Service is one that Step Functions calls by optimized integrations.
type Service struct {
	Name       string   // in a Resource: "elasticmapreduce"
	Protocol   string   // of its API: "json", "rest-json" or "query"; "" if it is none of AWS's APIs
	Prefix     string   // of the names of its errors: "ElasticMapReduce"
	Base       string   // class of the exceptions that its API does not declare: "AmazonElasticMapReduceException"
	Display    string   // its name in causes: "AmazonElasticMapReduce"; "" if not known
	Exceptions []string // those that its API declares; nil: any may be one
	Actions    []*Action
}

// An Action is one of a service.
type Action struct {
	Service    *Service
	Name       string      // in a Resource: "submitJob"
	Patterns   []string    // beside request and response, by their suffixes: ".sync", ".sync:2", ".waitForTaskToken"
	Parameters []Parameter // those that are known
	Open       bool        // it takes others than Parameters
	Job        *Job        // what .sync waits for; nil if there is none, or it is no job of the API
	Reads      bool        // an ItemReader may call it, and no Task
	Writes     bool        // a ResultWriter may call it, and no Task
}

// A Parameter is one of an action.
type Parameter struct {
	Name     string
	Required bool // no state machine is created without it
}

// A Job says how the job of an action is followed to its end.
type Job struct {
	Poll      string   // operation that describes it: "DescribeJobs"
	Status    string   // path of its status in the answer: "Jobs.Status"; a list on the way has one item
	Succeeded []string // statuses that are success; none with Absent
	Failed    []string // statuses that are failure
	Absent    bool     // it has succeeded when the poll does not find it
	Cancel    string   // operation that stops it; "" if nothing does
}

//go:embed services.txt
var servicesText string

// services is read when it is first asked.
var services = sync.OnceValue(func() map[string]*Service {
	t, err := parseServices(servicesText)
	if err != nil {
		panic("service: services.txt: " + err.Error()) // a test reads it
	}
	return t
})

// Lookup returns a service by its name in a Resource.
func Lookup(name string) (*Service, bool) {
	s, ok := services()[name]
	return s, ok
}

// Find returns an action by the names that a Resource gives it and its service.
func Find(service, action string) (*Action, bool) {
	s, ok := Lookup(service)
	if !ok {
		return nil, false
	}
	return s.Action(action)
}

// Actions returns all actions, those of a service together, the services in the
// order of their names.
func Actions() []*Action {
	var all []*Action
	for _, name := range slices.Sorted(maps.Keys(services())) {
		all = append(all, services()[name].Actions...)
	}
	return all
}

// Action returns an action of the service by its name in a Resource.
func (s *Service) Action(name string) (*Action, bool) {
	for _, a := range s.Actions {
		if a.Name == name {
			return a, true
		}
	}
	return nil, false
}

// Class returns the class of the exception that Step Functions makes of an error
// code of the service; the name of the error is Prefix, a dot and the class. A
// declared code is the class, with Exception behind it if it lacks that.
func (s *Service) Class(code string) string {
	class := strings.TrimSuffix(code, "Exception") + "Exception"
	if s.Exceptions != nil && !slices.Contains(s.Exceptions, class) {
		return s.Base
	}
	return class
}

// Has reports whether the action has a pattern, given by its suffix.
func (a *Action) Has(pattern string) bool {
	return pattern == "" || slices.Contains(a.Patterns, pattern)
}

// ForTasks reports whether Tasks may call the action.
func (a *Action) ForTasks() bool { return !a.Reads && !a.Writes }

// String returns the action as a Resource names it: "batch:submitJob".
func (a *Action) String() string { return a.Service.Name + ":" + a.Name }

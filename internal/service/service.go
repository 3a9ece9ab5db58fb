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
	API        string   // its name in botocore, and in package awsapi: "emr"
	Protocol   string   // of its API: "json", "rest-json" or "query"; "" if it is none of AWS's APIs
	Prefix     string   // of the names of its errors: "ElasticMapReduce"
	Base       string   // class of the exceptions that its API does not declare: "AmazonElasticMapReduceException"
	Display    string   // its name in causes: "AmazonElasticMapReduce"; "" if not known
	Metadata   bool     // results show the HTTP answer: SdkHttpMetadata, SdkResponseMetadata
	Exceptions []string // those that its API declares; nil: any may be one
	Actions    []*Action
}

// An Action is one of a service.
type Action struct {
	Service    *Service
	Name       string      // in a Resource: "submitJob"
	API        string      // the API of Operation: that of the service, but for a few
	Operation  string      // that it calls: "SubmitJob"; "" if it is none of an API of AWS
	Patterns   []string    // beside request and response, by their suffixes: ".sync", ".sync:2", ".waitForTaskToken"
	Parameters []Parameter // those that are known
	Open       bool        // it takes the other members of Operation's input, too
	Sends      Mapping     // members of the request, instead of the parameters that they are made of
	Answers    Mapping     // members of the result; nil: those of Operation's output
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
	Poll       string   // operation that describes it: "DescribeJobs"
	PollWith   Mapping  // the input of that
	Status     string   // path of its status in the answer: "Jobs.Status"; a list on the way has one item
	Where      string   // member by which an item of a list on the way is the job's; "": it is the first
	Succeeded  []string // statuses that are success; none with Absent
	Failed     []string // statuses that are failure
	Absent     bool     // it has succeeded when the poll does not find it
	Result     string   // path of the result in the answer of the poll; "": the whole, or ResultOf
	ResultOf   Mapping  // members of the result; nil: Result says it
	Cancel     string   // operation that stops it; "" if nothing does
	CancelWith Mapping  // the input of that
}

// A Mapping makes an object of parts of others.
type Mapping []Assignment

// An Assignment is a member of a Mapping. From is a path of names, of which a list
// on the way stands for its first item. It leads into an answer: that of Operation,
// or, in a ResultOf, that of the poll. With "request." before it, it leads into the
// parameters, with "submitted." into the result of the first call. In Sends, it leads
// into the parameters. "reason" is a sentence that says why a job is cancelled.
type Assignment struct {
	Name string
	From string
	List bool // the value is an array of what From leads to
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

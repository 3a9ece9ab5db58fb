package task

import (
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file looks at the parameters of optimized integrations before a task is
// scheduled, as Step Functions does: what it finds is States.Runtime, which no Catcher
// sees. The AWS SDK integrations send what they are given.

// CompleteParameters returns the parameters of an integration with what Step Functions
// adds to them, or says what is wrong with them: the first problem, in the words of
// the service. It is pure, for [machine.Program.CompleteParameters].
func CompleteParameters(r asl.Resource, parameters value.Value) (completed value.Value, problem string) {
	a, ok := service.Find(r.Service, r.Action)
	if !ok || r.SDK {
		return parameters, ""
	}
	if parameters.Kind() != value.Object {
		return parameters, "expected an object" // not known what the service says
	}
	for _, p := range a.Parameters {
		if p.Required && !parameters.Get(p.Name).Exists() {
			return parameters, missing(p.Name)
		}
	}
	if check := checks[a.String()]; check != nil {
		problem = check(a, parameters)
	} else {
		problem = checkInput(a, parameters)
	}
	if add := additions[a.String()]; add != nil && problem == "" && r.Pattern == asl.Sync {
		parameters = add(parameters)
	}
	return parameters, problem
}

// checks are the checks of integrations whose parameters are not those of an
// operation, and of those whose runners check them. All others are checked by
// checkInput.
var checks = map[string]func(*service.Action, value.Value) string{
	"apigateway:invoke":     checkInvoke,
	"eks:call":              checkListed,
	"eks:runJob":            checkListed,
	"http:invoke":           checkHTTPInvoke,
	"lambda:invoke":         unchecked,
	"states:startExecution": unchecked,
}

// unchecked leaves the check to the runner.
func unchecked(*service.Action, value.Value) string { return "" }

// checkListed refuses parameters that the table does not list.
func checkListed(a *service.Action, parameters value.Value) string {
	for name := range parameters.Members() {
		if !listed(a, name) {
			return notSupported(name)
		}
	}
	return ""
}

func listed(a *service.Action, name string) bool {
	for _, p := range a.Parameters {
		if p.Name == name {
			return true
		}
	}
	return false
}

// checkInput holds parameters to the input of the action's operation.
func checkInput(a *service.Action, parameters value.Value) string {
	operation, ok := awsapi.Describe(a.API, a.Operation)
	if !ok {
		return ""
	}
	for name, v := range parameters.Members() {
		m := operation.Input.Member(name, awsapi.PascalCase)
		if (m == nil || !a.Open) && !listed(a, name) {
			return notSupported(name)
		}
		if m == nil {
			continue // of the integration alone
		}
		if problem := checkShape(m.Shape, name, v); problem != "" {
			return problem
		}
	}
	return ""
}

// checkShape returns what is wrong with a value that belongs to a field. Null is
// passed on, and a text may be any array or object, which is sent as JSON (recorded).
func checkShape(s *awsapi.Shape, field string, v value.Value) string {
	if v.IsNull() {
		return ""
	}
	k := v.Kind()
	var want string
	switch s.Kind {
	case awsapi.Structure:
		want = wants(k == value.Object, "a STRUCTURE")
	case awsapi.Map:
		want = wants(k == value.Object, "a MAP")
	case awsapi.List:
		want = wants(k == value.Array, "a LIST")
	case awsapi.String:
		want = wants(k != value.Number && k != value.Bool, "a STRING")
	case awsapi.Integer:
		want = wants(v.IsInteger(), "an INTEGER")
	case awsapi.Float:
		want = wants(k == value.Number, "a NUMBER")
	case awsapi.Boolean:
		want = wants(k == value.Bool, "a BOOLEAN")
	case awsapi.Timestamp:
		want = wants(k == value.String || k == value.Number, "a TIMESTAMP")
	}
	if want != "" {
		return "The value for the field '" + field + "' must be " + want
	}
	switch s.Kind {
	case awsapi.Structure:
		for name, member := range v.Members() {
			m := s.Member(name, awsapi.PascalCase)
			if m == nil {
				return notSupported(name)
			}
			if problem := checkShape(m.Shape, name, member); problem != "" {
				return problem
			}
		}
	case awsapi.Map:
		for name, member := range v.Members() {
			if problem := checkShape(s.Element, name, member); problem != "" {
				return problem
			}
		}
	case awsapi.List:
		for _, item := range v.Items() {
			if problem := checkShape(s.Element, field, item); problem != "" {
				return problem
			}
		}
	}
	return ""
}

// wants returns what a value should be, unless it is that.
func wants(ok bool, what string) string {
	if ok {
		return ""
	}
	return what
}

// additions are what Step Functions adds to the parameters of a .sync task.
// TaskScheduled shows it.
var additions = map[string]func(value.Value) value.Value{
	"batch:submitJob": managedJob,
	"ecs:runTask": func(parameters value.Value) value.Value {
		return parameters.With("StartedBy", value.OfString("AWS Step Functions")) // recorded
	},
}

// managedJob tells a job of Batch who has started it.
func managedJob(parameters value.Value) value.Value {
	overrides := object(parameters.Get("ContainerOverrides"))
	return parameters.With("ContainerOverrides", overrides.With("Environment", appended(overrides.Get("Environment"),
		value.OfMembers("Name", value.OfString(managed), "Value", value.OfString(startedBy)))))
}

// The mark of what Step Functions has started.
const (
	managed   = "MANAGED_BY_AWS"
	startedBy = "STARTED_BY_STEP_FUNCTIONS"
)

// appended returns a list with one item more; of what is no list, a list of the item.
func appended(list value.Value, items ...value.Value) value.Value {
	all := make([]value.Value, 0, list.Len()+len(items))
	if list.Kind() == value.Array {
		for _, item := range list.Items() {
			all = append(all, item)
		}
	}
	return value.OfSlice(append(all, items...))
}

// checkInvoke checks the parameters of apigateway:invoke.
func checkInvoke(a *service.Action, parameters value.Value) string {
	if problem := checkListed(a, parameters); problem != "" {
		return problem
	}
	for _, field := range []string{"Headers", "QueryParameters"} {
		if v := parameters.Get(field); v.Exists() && !v.IsNull() && !listsOfTexts(v) {
			return invalidFormat(field)
		}
	}
	for name := range parameters.Get("Headers").Members() {
		if forbidden(name) {
			return invalidFormat("Headers")
		}
	}
	for field, fits := range map[string]func(string) bool{"ApiEndpoint": isAPIEndpoint, "Method": isMethod, "AuthType": isAuthType} {
		if v := parameters.Get(field); v.Exists() && !(v.Kind() == value.String && fits(v.Text())) {
			return invalidFormat(field)
		}
	}
	return ""
}

// listsOfTexts reports whether a value is an object of arrays of texts.
func listsOfTexts(v value.Value) bool {
	for _, list := range v.Members() {
		if list.Kind() != value.Array {
			return false
		}
		for _, item := range list.Items() {
			if item.Kind() != value.String {
				return false
			}
		}
	}
	return v.Kind() == value.Object
}

func notSupported(field string) string {
	return `The field "` + field + `" is not supported by Step Functions`
}

// forbidden reports whether a task must not send a header. Guide: "Create API Gateway
// REST APIs with Step Functions".
func forbidden(header string) bool {
	name := strings.ToLower(header)
	return strings.HasPrefix(name, "x-forwarded") || strings.HasPrefix(name, "x-amz") || forbiddenHeaders[name]
}

var forbiddenHeaders = map[string]bool{
	"authorization": true, "connection": true, "content-md5": true, "expect": true, "host": true, "max-forwards": true, "proxy-authenticate": true,
	"server": true, "te": true, "transfer-encoding": true, "trailer": true, "upgrade": true, "via": true, "www-authenticate": true,
}

package asl

import (
	"errors"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file checks Task states: what they call, and with which parameters.
// Spec: "Task State"; guide: "Integrating services".

// checkResource reports resources that the service does not have, and those
// that an Express state machine cannot use.
func (c *checker) checkResource(s *State) {
	text := s.Fields.Get("Resource").Text()
	if text == "" {
		return
	}
	at := s.at.member("Resource")
	r, err := ParseResource(text)
	switch {
	case err != nil && !isARN(text):
		c.report(at, notAResource().meantResource(text))
	case err != nil:
		c.report(at, unknownResource(text).meantResource(text))
	case c.express && r.Kind == Activity:
		c.report(at, activityInExpress())
	case c.express && r.Pattern != RequestResponse:
		c.report(at, notInExpress(r.Pattern))
	case r.SDK:
		if _, _, err := awsapi.FindSDK(r.Service, r.Action); err != nil && !retired[r.Service] {
			c.report(at, unknownResource(text).meantAction(r, err))
		}
	}
}

// retired are services that the AWS SDK integrations have had and AWS has closed.
// Their state machines are still there; only a call fails.
var retired = map[string]bool{
	"alexaforbusiness": true, "codestar": true, "elasticinference": true, "elastictranscoder": true, "evidently": true, "honeycode": true,
	"iot1clickprojects": true, "iotanalytics": true, "iotevents": true, "ioteventsdata": true, "iotfleethub": true, "lookoutvision": true, "macie": true,
	"mobile": true, "opsworks": true, "opsworkscm": true, "panorama": true, "qldb": true, "qldbsession": true, "robomaker": true, "sms": true,
}

// meantAction adds what is unknown about an action of the AWS SDK, and a guess.
func (m message) meantAction(r Resource, err error) message {
	unknown, ok := errors.AsType[*awsapi.UnknownError](err)
	switch {
	case !ok:
		return m
	case unknown.Hint == "":
		return m.withHint("%v", err)
	case unknown.Action != "":
		return m.withHint("did you mean %q?", integrationPrefix+sdkPrefix+r.Service+":"+unknown.Hint+r.suffix())
	}
	return m.withHint("did you mean %q?", integrationPrefix+sdkPrefix+unknown.Hint+":"+r.Action+r.suffix())
}

// isARN reports whether a text has the parts of an ARN.
func isARN(text string) bool {
	return strings.HasPrefix(text, "arn:") && strings.Count(text, ":") >= 5
}

// meantResource adds a guess at an unknown resource.
func (m message) meantResource(text string) message {
	rest, ok := strings.CutPrefix(text, integrationPrefix)
	switch {
	case strings.Contains(text, "${"):
		return m.withHint("what stands in ${} is for the deployment tool to replace")
	case !ok:
		return m.meantARN(text)
	}
	if rest, ok := strings.CutPrefix(rest, sdkPrefix); ok {
		return m.meantSDK(rest)
	}
	action, pattern, hasPattern := strings.Cut(rest, ".")
	prefix, name, _ := strings.Cut(action, ":")
	a, known := service.Find(prefix, name)
	if hasPattern && known && a.ForTasks() {
		if near := spell.Suggest("."+pattern, a.Patterns); near != "" {
			return m.withHint("did you mean %q?", integrationPrefix+action+near)
		}
		return m.withHint("%s has no pattern .%s%s", action, pattern, butHas(a.Patterns))
	}
	if near := spell.Suggest(name, actionsOf(prefix)); near != "" {
		return m.withHint("did you mean %q?", integrationPrefix+prefix+":"+near)
	}
	if _, known := service.Lookup(prefix); known && sdkActionOK(prefix, name) {
		return m.withHint("did you mean %q?", integrationPrefix+sdkPrefix+action)
	}
	if near := spell.Suggest(action, Integrations()); near != "" {
		return m.withHint("did you mean %q?", integrationPrefix+near)
	}
	return m
}

// actionsOf returns the actions of a service that Tasks may call.
func actionsOf(name string) []string {
	s, ok := service.Lookup(name)
	if !ok {
		return nil
	}
	var names []string
	for _, a := range s.Actions {
		if a.ForTasks() {
			names = append(names, a.Name)
		}
	}
	return names
}

// butHas lists the patterns that an integration has.
func butHas(patterns []string) string {
	if len(patterns) == 0 {
		return ""
	}
	return ", but " + strings.Join(patterns, ", ")
}

// meantSDK adds a guess at an unknown action of the AWS SDK, given as
// service:action.
func (m message) meantSDK(rest string) message {
	if stem, job := strings.CutSuffix(rest, syncSuffix); job && strings.Contains(stem, ":") {
		return m.withHint("the AWS SDK integrations have no pattern %s", syncSuffix)
	}
	service, name, ok := strings.Cut(rest, ":")
	if !ok || name == "" {
		return m.withHint("expected %sSERVICE:ACTION", integrationPrefix+sdkPrefix)
	}
	if meant := strings.ToLower(service) + ":" + strings.ToLower(name[:1]) + name[1:]; meant != rest {
		return m.withHint("did you mean %q?", integrationPrefix+sdkPrefix+meant)
	}
	return m
}

// meantARN adds a guess at an unknown resource that is no service integration.
func (m message) meantARN(text string) message {
	parts := strings.SplitN(text, ":", 6)
	switch {
	case strings.HasPrefix(text, "arn:aws:states::"):
		return m.withHint("a service integration is of the form %sSERVICE:ACTION", integrationPrefix)
	case isARN(text) && parts[2] == "states":
		return m.withHint("an activity is of the form arn:aws:states:REGION:ACCOUNT:activity:NAME")
	case isARN(text) && parts[2] != "lambda":
		return m.withHint("expected the ARN of a Lambda function, an activity or a service integration")
	}
	return m.withHint("a Lambda function is of the form arn:aws:lambda:REGION:ACCOUNT:function:NAME")
}

// checkParameters reports an integration without parameters, and parameters that
// it lacks or does not know.
func (c *checker) checkParameters(s *State) {
	r, err := ParseResource(s.Fields.Get("Resource").Text())
	if err != nil || r.Kind != Integration {
		return
	}
	name := s.argumentsField()
	at, given := s.at.member(name), s.Fields.Get(name)
	if !given.Exists() {
		c.report(s.at, argumentsRequired(name, r.Text))
		return
	}
	action, known := service.Find(r.Service, r.Action)
	if given.Kind() != value.Object || !known || r.SDK {
		return
	}
	if endpoint := given.Get("ApiEndpoint"); r.Service == "http" && endpoint.Exists() && !endpointOK(s, endpoint) {
		c.reportIn(at, at.member("ApiEndpoint"), badEndpoint())
	}
	var names []string
	for _, p := range action.Parameters {
		names = append(names, p.Name)
		if p.Required && !given.Get(p.Name).Exists() && !given.Get(p.Name+pathSuffix).Exists() {
			c.report(at, fieldRequired(p.Name))
		}
	}
	if action.Open {
		names = append(names, inputOf(action)...)
	}
	for parameter := range given.Members() {
		stem := parameter
		if s.QueryLanguage == JSONPath {
			stem = strings.TrimSuffix(parameter, pathSuffix)
		}
		if !slices.Contains(names, stem) {
			c.reportKeyIn(at, at.member(parameter), parameterNotSupported(stem).meant(stem, names))
		}
	}
}

// argumentsField returns the name of the field that holds what a state passes to the
// resource that it calls.
func (s *State) argumentsField() string {
	if s.QueryLanguage == JSONata {
		return "Arguments"
	}
	return "Parameters"
}

// inputOf returns the members of the input of an action's operation.
func inputOf(a *service.Action) []string {
	operation, ok := awsapi.Describe(a.API, a.Operation)
	if !ok {
		return nil
	}
	var names []string
	for name := range operation.Input.Members(awsapi.PascalCase) {
		names = append(names, name)
	}
	return names
}

// endpointOK reports whether the ApiEndpoint of an HTTP Task may be a URL. Which texts
// the service refuses is not known; these have characters that no URL has (F-148).
func endpointOK(s *State, endpoint value.Value) bool {
	text := endpoint.Text()
	return s.QueryLanguage == JSONata && isExpression(text) || !strings.ContainsAny(text, " \t\r\n\"'<>\\^`")
}

// checkCredentials reports Credentials without a role.
func (c *checker) checkCredentials(s *State) {
	v := s.Fields.Get("Credentials")
	if v.Kind() == value.Object && !v.Get("RoleArn").Exists() && (s.QueryLanguage == JSONata || !v.Get("RoleArn"+pathSuffix).Exists()) {
		c.report(s.at.member("Credentials"), fieldRequired("RoleArn"))
	}
}

// checkHeartbeat reports a heartbeat that the timeout leaves no time for.
func (c *checker) checkHeartbeat(s *State) {
	timeout, hasTimeout := s.Fields.Get("TimeoutSeconds").Int()
	heartbeat, hasHeartbeat := s.Fields.Get("HeartbeatSeconds").Int()
	if hasTimeout && hasHeartbeat && heartbeat >= timeout && timeout > 0 {
		c.report(s.at.member("HeartbeatSeconds"), heartbeatTooLong())
	}
}

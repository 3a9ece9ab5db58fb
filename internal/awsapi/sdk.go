package awsapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/spell"
)

// This file has the names that aws-sdk: gives services, actions and errors. They
// are those of the Java SDK v2.

// all are the embedded models.
var all = Open(embedded)

// Find returns a service by its name in botocore. The error is an *UnknownError.
func Find(service string) (*Service, error) { return all.Find(service) }

// FindSDK returns the service, by its name in botocore, and the operation that
// aws-sdk:<service>:<action> means: "stepfunctions" and "StartExecution" for
// aws-sdk:sfn:startExecution. The error is an *UnknownError.
func FindSDK(service, action string) (botocore, operation string, err error) {
	return all.FindSDK(service, action)
}

// Describe returns an operation of a service, both by their names in botocore. It
// is false if there is none.
func Describe(service, operation string) (*Operation, bool) {
	s, err := Find(service)
	if err != nil {
		return nil, false
	}
	o := s.Operation(operation)
	return o, o != nil
}

// SDKServices returns the services of aws-sdk:, in alphabetical order.
func SDKServices() []string { return all.SDKServices() }

// SDKActions returns the actions of a service of aws-sdk:, in alphabetical order,
// and nil for an unknown service.
func SDKActions(service string) []string {
	i, err := all.bySDK(service)
	if err != nil {
		return nil
	}
	return all.index().service(i).sdkActions()
}

// Resolve returns the name in botocore of a service that is named so, or as in
// aws-sdk:. The error is an *UnknownError.
func Resolve(service string) (string, error) {
	d := all.index()
	if _, ok := d.byName[service]; ok {
		return service, nil
	}
	i, err := all.bySDK(service)
	if err != nil {
		return "", err
	}
	return d.entries[i].name, nil
}

// ServiceID returns the serviceId of a service, named as in botocore: "SFN" for
// "stepfunctions". It is "" for an unknown service.
func ServiceID(service string) string {
	d := all.index()
	i, ok := d.byName[service]
	if !ok {
		return ""
	}
	return d.entries[i].id
}

// SDKName returns the service of aws-sdk: that a service of botocore is: "sfn" for
// "stepfunctions". It is "" for an unknown one.
func SDKName(service string) string { return strings.ToLower(SDKPrefix(service)) }

// SDKPrefix returns what begins the names of errors of a service, named as in
// botocore, when it is called through aws-sdk: "DynamoDb". It is "" for an unknown
// service.
func SDKPrefix(service string) string {
	return sdkPrefix(ServiceID(service))
}

// SDKError returns the error that a state sees when a service, named as in botocore,
// has answered a call through aws-sdk: with an exception of its model:
// "S3.NoSuchKeyException". The shape is "" for a code that the model does not have:
// "S3.S3Exception".
func SDKError(service, shape string) string {
	prefix := SDKPrefix(service)
	if shape == "" {
		return prefix + "." + prefix + "Exception"
	}
	return prefix + "." + SDKException(shape)
}

// SDKException returns the class by which the Java SDK v2 knows an exception of a
// model: "NoSuchKeyException" for NoSuchKey, "DbInstanceNotFoundException" for
// DBInstanceNotFoundFault.
func SDKException(shape string) string {
	if name, ok := strings.CutSuffix(shape, "Fault"); ok {
		return pascal(name) + "Exception"
	}
	if strings.HasSuffix(shape, "Exception") {
		return pascal(shape)
	}
	return pascal(shape) + "Exception"
}

// index returns the index of a catalog. A damaged file of models is a bug of ours.
func (c *Catalog) index() *directory {
	d, err := c.directory()
	if err != nil {
		panic(err)
	}
	return d
}

// Find returns a service by its name in botocore. The error is an *UnknownError.
func (c *Catalog) Find(service string) (*Service, error) {
	d := c.index()
	i, ok := d.byName[service]
	if !ok {
		if i, ok := d.bySDK[service]; ok { // eventbridge, sfn
			return nil, &UnknownError{Service: service, Hint: d.entries[i].name}
		}
		names := make([]string, len(d.entries))
		for i, e := range d.entries {
			names[i] = e.name
		}
		return nil, &UnknownError{Service: service, Hint: spell.Suggest(service, names)}
	}
	return d.service(i), nil
}

// FindSDK is the function of that name for the services of c.
func (c *Catalog) FindSDK(service, action string) (botocore, operation string, err error) {
	i, err := c.bySDK(service)
	if err != nil {
		return "", "", err
	}
	s := c.index().service(i)
	for _, o := range s.Operations {
		if uncapital(o.Name) == action && s.offers(o) {
			return s.Name, o.Name, nil
		}
	}
	return "", "", &UnknownError{Service: service, Action: action, Hint: spell.Suggest(action, s.sdkActions())}
}

// SDKServices is the function of that name for the services of c.
func (c *Catalog) SDKServices() []string {
	var names []string
	for name := range c.index().bySDK {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// bySDK returns the place of a service of aws-sdk: in the index.
func (c *Catalog) bySDK(service string) (int, error) {
	d := c.index()
	if i, ok := d.bySDK[service]; ok {
		return i, nil
	}
	hint := spell.Suggest(service, c.SDKServices())
	if i, ok := d.byName[service]; ok { // stepfunctions, elbv2, step-functions
		hint = sdkName(d.entries[i].id)
	}
	return 0, &UnknownError{Service: service, Hint: hint}
}

func (d *directory) service(i int) *Service {
	s, err := d.entries[i].service()
	if err != nil {
		panic(err)
	}
	return s
}

func (s *Service) sdkActions() []string {
	var names []string
	for _, o := range s.Operations {
		if s.offers(o) {
			names = append(names, uncapital(o.Name))
		}
	}
	slices.Sort(names)
	return names
}

// offers reports whether Step Functions offers an operation through aws-sdk:. Those
// that stream events it does not, and a few that the developer guide names.
func (s *Service) offers(o *Operation) bool {
	switch s.Name + " " + o.Name {
	case "comprehendmedical DetectEntities", "efs CreateTags", "emr DescribeJobFlows", "iotdeviceadvisor ListTestCases",
		"lambda InvokeAsync", "mediapackage RotateChannelCredentials", "rds-data ExecuteSql", "shield DeleteSubscription":
		return false
	}
	return !o.Streams
}

// sdkName returns the service of aws-sdk: that has a serviceId.
func sdkName(id string) string { return strings.ToLower(sdkPrefix(id)) }

// sdkPrefix returns the class name of a serviceId.
func sdkPrefix(id string) string {
	name := pascal(id)
	for _, prefix := range []string{"Amazon", "Aws"} {
		name = cmp.Or(strings.TrimPrefix(name, prefix), name)
	}
	return cmp.Or(strings.TrimSuffix(name, "Service"), name)
}

// pascal joins the words of a name, each with one capital: DBInstanceNotFound is
// DbInstanceNotFound, SESv2 is SesV2, IoT stays Iot.
func pascal(s string) string {
	var b strings.Builder
	first := true
	versionEnds := 0
	for i := range len(s) {
		c := s[i]
		if !isLetter(c) && !isDigit(c) {
			first = true
			continue
		}
		if i > 0 && !first {
			before := s[i-1]
			after := byte(' ')
			if i+1 < len(s) && !startsVersion(s, i+1) {
				after = s[i+1]
			}
			switch {
			case versionEnds > 0 && i == versionEnds:
				first = true
			case startsVersion(s, i):
				first = true
				for versionEnds = i + 1; versionEnds < len(s) && isDigit(s[versionEnds]); {
					versionEnds++
				}
			case isLower(before) && isUpper(c) && (isLetter(after) || isDigit(after)):
				first = true
			case isUpper(before) && isUpper(c) && isLower(after):
				first = true
			case isDigit(before) && isLetter(c):
				first = true
			}
		}
		switch {
		case first && isLower(c):
			c -= 'a' - 'A'
		case !first && isUpper(c):
			c += 'a' - 'A'
		}
		b.WriteByte(c)
		first = false
	}
	return b.String()
}

// startsVersion reports whether v2 or V2 stands at i, after two characters that
// are not of its case.
func startsVersion(s string, i int) bool {
	if i < 2 || i+1 >= len(s) || !isDigit(s[i+1]) {
		return false
	}
	switch s[i] {
	case 'v':
		return !isLower(s[i-1]) && !isLower(s[i-2])
	case 'V':
		return !isUpper(s[i-1]) && !isUpper(s[i-2])
	}
	return false
}

func isLetter(c byte) bool { return isUpper(c) || isLower(c) }

// An UnknownError says that there is no service, or no operation of a service, of
// a name.
type UnknownError struct {
	Service string
	Action  string // the unknown operation or action; "" if the service is unknown
	Hint    string // the name that was perhaps meant; ""
}

// Error names what is unknown.
func (e *UnknownError) Error() string {
	text := fmt.Sprintf("there is no AWS service %q", e.Service)
	if e.Action != "" {
		text = fmt.Sprintf("service %s has no action %q", e.Service, e.Action)
	}
	if e.Hint != "" {
		text += fmt.Sprintf(" (did you mean %q?)", e.Hint)
	}
	return text
}

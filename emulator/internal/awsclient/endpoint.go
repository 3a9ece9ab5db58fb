package awsclient

import (
	"strings"
)

// This file says where services are.

// Endpoints says where services are. The zero Endpoints names none. It is safe
// for concurrent use.
type Endpoints struct {
}

// Set names the endpoint of a service, instead of the one before: a URL (http://
// may be left out), or "aws" for real AWS with the credentials of AWS's tools. A
// service is named as in Request, or as in aws-sdk:<service>; "" names all
// services that have no endpoint of their own. An endpoint "" takes the setting
// back. The error says what is wrong with the service or the URL.
func (e *Endpoints) Set(service, endpoint string) error { return nil }

// FromEnvironment sets what the variables AWS_ENDPOINT_URL and
// AWS_ENDPOINT_URL_<SERVICE> say that AWS's SDKs read, for services that have no
// endpoint yet. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true turns them off.
func (e *Endpoints) FromEnvironment(lookup func(string) (string, bool)) error { return nil }

// URL returns the endpoint of a service, "aws" for real AWS, and "" if none is
// set.
func (e *Endpoints) URL(service string) string { return "" }

// EndpointVariable returns the environment variable of a service's endpoint:
// AWS_ENDPOINT_URL_DYNAMODB.
func EndpointVariable(service string) string {
	return "AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(service, "-", "_"))
}

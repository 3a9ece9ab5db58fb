package awsclient

import (
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/internal/awsapi"
)

// This file says where services are.

// realAWS is the endpoint that means real AWS.
const realAWS = "aws"

// Endpoints says where services are. The zero Endpoints names none. It is safe
// for concurrent use.
type Endpoints struct {
	mu      sync.RWMutex
	all     string            // of the services that have none of their own
	service map[string]string // by the name in botocore
	lookup  func(string) (string, bool)
}

// Set names the endpoint of a service, instead of the one before: a URL (http://
// may be left out), or "aws" for real AWS with the credentials of AWS's tools. A
// service is named as in Request, or as in aws-sdk:<service>; "" names all
// services that have no endpoint of their own. An endpoint "" takes the setting
// back. The error says what is wrong with the service or the URL.
func (e *Endpoints) Set(service, endpoint string) error {
	endpoint, err := parseEndpoint(endpoint)
	if err != nil {
		return err
	}
	if service != "" {
		if service, err = awsapi.Resolve(service); err != nil {
			return err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case service == "":
		e.all = endpoint
	case endpoint == "":
		delete(e.service, service)
	default:
		if e.service == nil {
			e.service = make(map[string]string)
		}
		e.service[service] = endpoint
	}
	return nil
}

// FromEnvironment lets the variables AWS_ENDPOINT_URL and
// AWS_ENDPOINT_URL_<SERVICE>, which AWS's SDKs read, name the endpoints of services
// that Set gives none; that of a service is looked up when the service is called.
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true turns them off. The error says what is
// wrong with the URL of AWS_ENDPOINT_URL.
func (e *Endpoints) FromEnvironment(lookup func(string) (string, bool)) error {
	if ignored, _ := lookup("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"); strings.EqualFold(ignored, "true") {
		return nil
	}
	if general, _ := lookup(generalVariable); general != "" {
		if _, err := parseEndpoint(general); err != nil {
			return fmt.Errorf("%s: %w", generalVariable, err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lookup = lookup
	return nil
}

const generalVariable = "AWS_ENDPOINT_URL"

// URL returns the endpoint of a service, named as in Request: "aws" for real AWS,
// and "" if none is set. What is most specific counts: Set for the service, then
// its variable, Set for all services, the variable for all. The error says which
// variable has no URL.
func (e *Endpoints) URL(service string) (string, error) {
	if e == nil {
		return "", nil
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	if endpoint := e.service[service]; endpoint != "" {
		return endpoint, nil
	}
	endpoint, err := e.variable(EndpointVariable(service))
	if endpoint != "" || err != nil {
		return endpoint, err
	}
	if e.all != "" {
		return e.all, nil
	}
	return e.variable(generalVariable)
}

func (e *Endpoints) variable(name string) (string, error) {
	if e.lookup == nil {
		return "", nil
	}
	text, _ := e.lookup(name)
	endpoint, err := parseEndpoint(text)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return endpoint, nil
}

// EndpointVariable returns the environment variable of the endpoint of a service,
// named as in Request: AWS_ENDPOINT_URL_SFN for stepfunctions.
func EndpointVariable(service string) string {
	return generalVariable + "_" + strings.ToUpper(strings.ReplaceAll(awsapi.ServiceID(service), " ", "_"))
}

// parseEndpoint returns the URL of an endpoint in full.
func parseEndpoint(text string) (string, error) {
	if text == "" || text == realAWS {
		return text, nil
	}
	full := text
	if !strings.Contains(full, "://") {
		full = "http://" + full
	}
	u, err := url.Parse(full)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("endpoint: expected a URL such as http://localhost:5000, or aws for real AWS, got %q", text)
	}
	return strings.TrimSuffix(full, "/"), nil
}

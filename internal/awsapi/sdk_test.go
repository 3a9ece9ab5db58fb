package awsapi

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSDKNames holds the names to the list that was collected from AWS's
// documentation and SDKs.
func TestSDKNames(t *testing.T) {
	const list = "../../../shared/spec/services/aws_sdk_services.json"
	content, err := os.ReadFile(list)
	if err != nil {
		t.Skipf("the list of services is not there: %v", err)
	}
	var collected struct {
		Services []struct {
			SDK            string            `json:"aws_sdk"`
			Prefix         string            `json:"prefix"`
			Botocore       string            `json:"botocore"`
			EndpointPrefix string            `json:"endpoint_prefix"`
			Unmodelled     string            `json:"unmodelled"`
			RenamedErrors  map[string]string `json:"renamed_errors"`
		} `json:"services"`
	}
	if err := json.Unmarshal(content, &collected); err != nil {
		t.Fatal(err)
	}
	if got := len(all.index().entries); got != len(collected.Services) {
		t.Errorf("%d services, want %d", got, len(collected.Services))
	}
	names := SDKServices()
	for _, want := range collected.Services {
		if got := SDKPrefix(want.Botocore); got != want.Prefix {
			t.Errorf("%s has the prefix %s, want %s", want.Botocore, got, want.Prefix)
		}
		if got := SDKName(want.Botocore); got != want.SDK || !slices.Contains(names, got) {
			t.Errorf("%s is %s, want %s", want.Botocore, got, want.SDK)
		}
		if got := SDKError(want.Botocore, ""); got != want.Unmodelled {
			t.Errorf("%s has the error %s, want %s", want.Botocore, got, want.Unmodelled)
		}
		s, err := Find(want.Botocore)
		if err != nil {
			t.Error(err)
			continue
		}
		if s.EndpointPrefix != want.EndpointPrefix {
			t.Errorf("%s has the endpoint prefix %s, want %s", want.Botocore, s.EndpointPrefix, want.EndpointPrefix)
		}
		codes := make(map[string]int)
		for _, e := range s.Exceptions {
			codes[e.Code]++
		}
		for _, e := range s.Exceptions {
			if codes[e.Code] > 1 {
				continue // the list has one of them
			}
			class := want.RenamedErrors[e.Code] // only those that are not named like their code
			if class == "" {
				class = e.Code
			}
			if got := SDKError(want.Botocore, e.Name); got != want.Prefix+"."+class {
				t.Errorf("%s: %s is %s, want %s.%s", want.Botocore, e.Name, got, want.Prefix, class)
			}
		}
		for _, action := range SDKActions(want.SDK) {
			service, operation, err := FindSDK(want.SDK, action)
			if err != nil || SDKName(service) != want.SDK || !strings.EqualFold(operation, action) {
				t.Errorf("aws-sdk:%s:%s is %s of %s, %v", want.SDK, action, operation, service, err)
			}
		}
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// This file finds out at which host real AWS answers for a service: the models say
// it by rules, which are run here for a region of each partition.

// A partition is a part of AWS with regions, accounts and domains of its own, and
// a region of it that no rule mentions.
type partition struct{ name, region, suffix, dualStackSuffix, global string }

var partitions = []partition{
	{"aws", "eu-none-1", "amazonaws.com", "api.aws", "us-east-1"},
	{"aws-cn", "cn-none-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1"},
	{"aws-us-gov", "us-gov-none-1", "amazonaws.com", "api.aws", "us-gov-west-1"},
}

// A host is where a service of a partition is, with {region} in the place of the
// region, and the region to sign for if that is always the same.
type host struct{ name, signingRegion string }

// hosts returns the host of a service in each partition. Where the rules name
// none, because they want to know more, it is the usual one.
func hosts(s service) ([]host, error) {
	var rules ruleSet
	if s.rules != nil {
		if err := json.Unmarshal(s.rules, &rules); err != nil {
			return nil, err
		}
	}
	var all []host
	for _, p := range partitions {
		usual := host{name: s.model.Metadata.EndpointPrefix + ".{region}." + p.suffix}
		found, err := rules.host(p)
		if err != nil {
			return nil, err
		}
		if found.name == "" {
			found = usual
		}
		all = append(all, found)
	}
	return all, nil
}

// A ruleSet is the content of an endpoint-rule-set-1.json.
type ruleSet struct {
	Parameters map[string]struct {
		Default any `json:"default"`
	} `json:"parameters"`
	Rules []rule `json:"rules"`
}

type rule struct {
	Type       string `json:"type"` // tree, endpoint or error
	Conditions []struct {
		call
		Assign string `json:"assign"`
	} `json:"conditions"`
	Rules    []rule `json:"rules"`
	Endpoint struct {
		URL        any `json:"url"`
		Properties struct {
			AuthSchemes []struct {
				Name          string `json:"name"`
				SigningRegion string `json:"signingRegion"`
			} `json:"authSchemes"`
		} `json:"properties"`
	} `json:"endpoint"`
}

type call struct {
	Function  string `json:"fn"`
	Arguments []any  `json:"argv"`
}

// host returns the host of a partition, and none if the rules end without one.
func (s *ruleSet) host(p partition) (host, error) {
	known := map[string]any{}
	for name, parameter := range s.Parameters {
		known[name] = parameter.Default
	}
	known["Region"] = p.region
	e := evaluation{p, nil}
	end := e.run(s.Rules, known)
	if e.err != nil || end.name == "" {
		return host{}, e.err
	}
	end.name = strings.ReplaceAll(strings.TrimPrefix(end.name, "https://"), p.region, "{region}")
	if end.signingRegion == p.region {
		end.signingRegion = ""
	}
	return end, nil
}

// An evaluation runs rules for a partition.
type evaluation struct {
	partition partition
	err       error
}

// run returns what the first rule whose conditions hold leads to; no name if that
// is an error.
func (e *evaluation) run(rules []rule, outer map[string]any) host {
next:
	for _, r := range rules {
		known := make(map[string]any, len(outer))
		for name, v := range outer {
			known[name] = v
		}
		for _, c := range r.Conditions {
			v := e.call(c.call, known)
			if v == nil || v == false {
				continue next
			}
			if c.Assign != "" {
				known[c.Assign] = v
			}
		}
		switch r.Type {
		case "tree":
			return e.run(r.Rules, known)
		case "endpoint":
			h := host{}
			h.name, _ = e.value(r.Endpoint.URL, known).(string)
			for _, scheme := range r.Endpoint.Properties.AuthSchemes {
				if scheme.Name == "sigv4" {
					h.signingRegion, _ = e.value(scheme.SigningRegion, known).(string)
				}
			}
			return h
		}
		return host{}
	}
	return host{}
}

// value returns what an expression is: a text with {names} in it, a reference, a
// call, or a literal.
func (e *evaluation) value(expression any, known map[string]any) any {
	switch x := expression.(type) {
	case string:
		return placeholder.ReplaceAllStringFunc(x, func(p string) string {
			name, member, _ := strings.Cut(strings.Trim(p, "{}"), "#")
			v := known[name]
			if member != "" {
				v = attribute(v, member)
			}
			return fmt.Sprint(v)
		})
	case map[string]any:
		if name, ok := x["ref"].(string); ok {
			return known[name]
		}
		if name, ok := x["fn"].(string); ok {
			arguments, _ := x["argv"].([]any)
			return e.call(call{name, arguments}, known)
		}
	}
	return expression
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

func attribute(v any, name string) any {
	members, _ := v.(map[string]any)
	return members[name]
}

// call returns what a function says, nil for nothing. Those that take a bucket or
// another ARN apart find nothing, since none is given.
func (e *evaluation) call(c call, known map[string]any) any {
	var arguments [2]any
	for i, a := range c.Arguments[:min(2, len(c.Arguments))] {
		arguments[i] = e.value(a, known)
	}
	switch c.Function {
	case "isSet":
		return arguments[0] != nil
	case "not":
		return arguments[0] == nil || arguments[0] == false
	case "booleanEquals", "stringEquals":
		return arguments[0] == arguments[1]
	case "getAttr":
		name, _ := arguments[1].(string)
		return attribute(arguments[0], name)
	case "isValidHostLabel":
		return true
	case "aws.partition":
		p := e.partition
		return map[string]any{
			"name": p.name, "dnsSuffix": p.suffix, "dualStackDnsSuffix": p.dualStackSuffix,
			"supportsFIPS": true, "supportsDualStack": true, "implicitGlobalRegion": p.global,
		}
	case "parseURL", "aws.parseArn", "substring", "aws.isVirtualHostableS3Bucket", "uriEncode":
		return nil
	}
	e.err = fmt.Errorf("the rules of its endpoints call %s, which is unknown here", c.Function)
	return nil
}

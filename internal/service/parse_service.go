package service

import "strings"

// This file reads services.txt. Its grammar:
//
//	table      = { "service" name "{" { fact | action } "}" }
//	fact       = "api" name | "protocol" name | "metadata"
//	           | "errors" prefix [ base [ display ] ]
//	           | "exceptions" "(" { name } ")"
//	action     = "action" name { suffix | "reads" | "writes" | "direct" | calls } [ parameters ]
//	             [ "sends" mapping ] [ "answers" mapping ] [ job ]
//	calls      = "calls" [ api ":" ] operation
//	mapping    = "{" { name "=" ( path | "[" path "]" ) } "}"
//	suffix     = ".sync" | ".sync:2" | ".waitForTaskToken"
//	parameters = "{" { name [ "*" ] } [ "..." ] "}"                             * marks what is required
//	job        = "job" poll mapping status [ "where" name ] "succeeded" "(" { status } | "absent" ")"
//	             [ "failed" "(" { status } ")" ] [ "result" ( path | mapping ) ] [ "cancel" operation mapping ]

// parseServices reads a table.
func parseServices(source string) (map[string]*Service, error) {
	p := &serviceParser{}
	found := make(map[string]*Service)
	for p.open(source); p.more(); {
		s := p.service()
		if found[s.Name] != nil {
			p.fail("%s is there twice", s.Name)
		}
		found[s.Name] = s
	}
	return found, p.err
}

type serviceParser struct{ tokens }

func (p *serviceParser) service() *Service {
	if !p.acceptName("service") {
		p.fail("expected a service, got %q", p.text)
	}
	s := &Service{Name: p.name("a service")}
	s.API = s.Name
	for p.expect('{'); p.err == nil && !p.accept('}'); {
		switch fact := p.name("a fact"); fact {
		case "api":
			s.API = p.name("an API")
		case "metadata":
			s.Metadata = true
		case "protocol":
			s.Protocol = p.name("a protocol")
		case "errors":
			p.errors(s)
		case "exceptions":
			s.Exceptions = p.names("an exception")
		case "action":
			a := p.action(s)
			if _, twice := s.Action(a.Name); twice {
				p.fail("%s is there twice", a)
			}
			s.Actions = append(s.Actions, a)
		default:
			p.fail("expected a fact or an action, got %q", fact)
		}
	}
	return s
}

// keywords begin what may follow errors.
var keywords = map[string]bool{"api": true, "protocol": true, "metadata": true, "errors": true, "exceptions": true, "action": true}

func (p *serviceParser) errors(s *Service) {
	s.Prefix = p.name("a prefix")
	for _, to := range []*string{&s.Base, &s.Display} {
		if p.token != '}' && !keywords[p.text] {
			*to = p.name("a name")
		}
	}
}

func (p *serviceParser) action(s *Service) *Action {
	a := &Action{Service: s, Name: p.name("an action"), API: s.API, Open: true}
	a.Operation = strings.ToUpper(a.Name[:min(1, len(a.Name))]) + a.Name[min(1, len(a.Name)):]
	for p.err == nil {
		switch {
		case p.text == ".sync", p.text == ".sync:2", p.text == ".waitForTaskToken":
			a.Patterns = append(a.Patterns, p.name("a pattern"))
		case p.acceptName("reads"):
			a.Reads = true
		case p.acceptName("writes"):
			a.Writes = true
		case p.acceptName("direct"):
			a.API, a.Operation = "", ""
		case p.acceptName("calls"):
			a.Operation = p.name("an operation")
			if api, operation, other := strings.Cut(a.Operation, ":"); other {
				a.API, a.Operation = api, operation
			}
		case p.acceptName("sends"):
			a.Sends = p.mapping()
		case p.acceptName("answers"):
			a.Answers = p.mapping()
		case p.accept('{'):
			p.parameters(a)
		case p.acceptName("job"):
			a.Job = p.job()
		default:
			return a
		}
	}
	return a
}

func (p *serviceParser) parameters(a *Action) {
	for a.Open = false; p.err == nil && !p.accept('}'); {
		if p.acceptName("...") {
			a.Open = true
			p.expect('}')
			return
		}
		name := p.name("a parameter")
		a.Parameters = append(a.Parameters, Parameter{Name: name, Required: p.accept('*')})
	}
}

func (p *serviceParser) job() *Job {
	j := &Job{Poll: p.name("an operation"), PollWith: p.mapping(), Status: p.name("a path")}
	if p.acceptName("where") {
		j.Where = p.name("a member")
	}
	if !p.acceptName("succeeded") {
		p.fail("expected succeeded, got %q", p.text)
	}
	j.Succeeded = p.names("a status")
	if len(j.Succeeded) == 1 && j.Succeeded[0] == "absent" {
		j.Succeeded, j.Absent = nil, true
	}
	if p.acceptName("failed") {
		j.Failed = p.names("a status")
	}
	if p.acceptName("result") {
		if p.token == '{' {
			j.ResultOf = p.mapping()
		} else {
			j.Result = p.name("a path")
		}
	}
	if p.acceptName("cancel") {
		j.Cancel, j.CancelWith = p.name("an operation"), p.mapping()
	}
	return j
}

func (p *serviceParser) mapping() Mapping {
	var m Mapping
	for p.expect('{'); p.err == nil && !p.accept('}'); {
		a := Assignment{Name: p.name("a member")}
		p.expect('=')
		a.List = p.accept('[')
		a.From = p.name("a path")
		if a.List {
			p.expect(']')
		}
		m = append(m, a)
	}
	return m
}

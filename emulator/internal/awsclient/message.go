package awsclient

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file writes requests: what each protocol puts into the method, the path,
// the query, the headers and the body.

// A message is a request before it is known where it goes.
type message struct {
	method string
	path   string // escaped
	query  string // encoded; ""
	header http.Header
	body   []byte
}

// messageOf writes the request of a call with a checked input.
func messageOf(s *awsapi.Service, o *awsapi.Operation, v value.Value) *message {
	m := &message{method: o.Method, path: o.URI, header: make(http.Header)}
	switch s.Protocol {
	case awsapi.JSON:
		m.header.Set("Content-Type", "application/x-amz-json-"+s.JSONVersion)
		m.header.Set("X-Amz-Target", s.TargetPrefix+"."+o.Name)
		m.body = appendJSON(nil, o.Input, v)
	case awsapi.Query, awsapi.EC2:
		m.header.Set("Content-Type", "application/x-www-form-urlencoded")
		m.body = formOf(s, o, v)
	case awsapi.CBOR:
		m.path = "/service/" + s.TargetPrefix + "/operation/" + o.Name
		m.header.Set("Smithy-Protocol", "rpc-v2-cbor")
		m.header.Set("Accept", "application/cbor")
		if len(o.Input.InOrder()) > 0 {
			m.header.Set("Content-Type", "application/cbor")
			m.body = appendCBOR(nil, o.Input, v)
		}
	default:
		m.rest(s, o, v)
	}
	switch {
	case s.QueryCompatible:
		m.header.Set("X-Amzn-Query-Mode", "true") // it sends the code that it had in Query
	case s.Name == "apigateway":
		m.header.Set("Accept", "application/json")
	case s.Name == "glacier":
		m.header.Set("X-Amz-Glacier-Version", s.APIVersion)
	}
	return m
}

// rest writes a request of REST: each member has its place.
func (m *message) rest(s *awsapi.Service, o *awsapi.Operation, v value.Value) {
	path, static, _ := strings.Cut(o.URI, "?")
	query := strings.FieldsFunc(static, func(r rune) bool { return r == '&' })
	body := false
	for _, of := range o.Input.InOrder() {
		member := v.Get(of.Name)
		switch of.Location {
		case awsapi.URI:
			label := plainText(of.Shape, member, awsapi.ISO8601)
			if s.Name == "route53" { // whose answers have ids such as /hostedzone/Z1
				label = label[strings.LastIndexByte(label, '/')+1:]
			}
			path = strings.Replace(path, "{"+of.WireName+"}", escapePath(label, false), 1)
			path = strings.Replace(path, "{"+of.WireName+"+}", escapePath(label, true), 1)
		case awsapi.QueryString:
			query = appendQuery(query, of, member)
		case awsapi.Header:
			if member.Exists() {
				m.setHeader(of, member)
			}
		case awsapi.Headers:
			for key, item := range member.Members() {
				m.header.Set(of.WireName+key, plainText(of.Shape.Element, item, awsapi.RFC822))
			}
		case awsapi.Body:
			body = true
		}
	}
	m.path, m.query = path, strings.Join(query, "&")
	if payload := o.Input.Payload; payload != nil {
		m.payload(s, payload, v.Get(payload.Name))
		return
	}
	if !body {
		return
	}
	if s.Protocol == awsapi.RestJSON {
		m.setType("application/json")
		m.body = appendJSONMembers(nil, o.Input, v, func(of *awsapi.Member) bool { return of.Location == awsapi.Body })
		return
	}
	name := o.InputName
	if name == "" {
		name = o.Name + "Request"
	}
	m.setType("application/xml")
	m.body = append(append(m.body, '<'), name...)
	if o.InputNamespace != "" {
		m.body = appendAttribute(m.body, "xmlns", o.InputNamespace)
	}
	m.body = appendEnd(appendXMLMembers(append(m.body, '>'), o.Input, v), name)
}

// setType sets the type of the body, if no member has.
func (m *message) setType(mime string) {
	if m.header.Get("Content-Type") == "" {
		m.header.Set("Content-Type", mime)
	}
}

// payload writes the member that is the whole body.
func (m *message) payload(s *awsapi.Service, of *awsapi.Member, v value.Value) {
	switch of.Shape.Kind {
	case awsapi.Blob:
		if v.Exists() {
			m.setType("application/octet-stream")
			m.body = []byte(v.Text())
		}
		return
	case awsapi.String:
		if v.Exists() {
			m.setType("text/plain")
			m.body = []byte(v.Text())
		}
		return
	}
	if s.Protocol == awsapi.RestJSON {
		m.setType("application/json")
		switch {
		case v.Exists():
			m.body = appendJSON(nil, of.Shape, v)
		case of.Shape.Kind == awsapi.Structure:
			m.body = []byte("{}")
		}
		return
	}
	if v.Exists() {
		m.setType("application/xml")
		m.body = appendXML(nil, of.WireName, of.Namespace, of.Shape, of.Flattened, v)
	}
}

func (m *message) setHeader(of *awsapi.Member, v value.Value) {
	if of.Shape.Kind == awsapi.List {
		var items []string
		for _, item := range v.Items() {
			items = append(items, quoteItem(of.Shape.Element, plainText(of.Shape.Element, item, awsapi.RFC822)))
		}
		m.header.Set(of.WireName, strings.Join(items, ", "))
		return
	}
	text := plainText(of.Shape, v, awsapi.RFC822)
	if of.JSONValue {
		text = base64.StdEncoding.EncodeToString([]byte(text))
	}
	if text != "" {
		m.header.Set(of.WireName, text)
	}
}

// quoteItem quotes an item of a list in a header if it would be read as two.
func quoteItem(s *awsapi.Shape, text string) string {
	if s.Kind == awsapi.String && strings.ContainsAny(text, `",`) {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	}
	return text
}

// appendQuery appends what a member puts into the query.
func appendQuery(query []string, of *awsapi.Member, v value.Value) []string {
	add := func(key string, s *awsapi.Shape, v value.Value) {
		if v.Exists() && !v.IsNull() {
			query = append(query, escape(key)+"="+escape(plainText(s, v, awsapi.ISO8601)))
		}
	}
	switch of.Shape.Kind {
	case awsapi.List:
		for _, item := range v.Items() {
			add(of.WireName, of.Shape.Element, item)
		}
	case awsapi.Map:
		for key, item := range v.Members() {
			if of.Shape.Element.Kind != awsapi.List {
				add(key, of.Shape.Element, item)
				continue
			}
			for _, item := range item.Items() {
				add(key, of.Shape.Element.Element, item)
			}
		}
	default:
		add(of.WireName, of.Shape, v)
	}
	return query
}

// escape escapes a text as signatures want it: all but letters, digits and -._~.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// escapePath escapes a part of a path, or several with the slashes between them.
func escapePath(text string, several bool) string {
	text = escape(text)
	if several {
		text = strings.ReplaceAll(text, "%2F", "/")
	}
	return text
}

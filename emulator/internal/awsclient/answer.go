package awsclient

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file reads answers.

// An answer is one of HTTP, with its whole body.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// requestID returns the id of the request, "" if the service has sent none in a
// header.
func (a *answer) requestID() string {
	for _, name := range []string{"X-Amzn-Requestid", "X-Amzn-Request-Id", "X-Amz-Request-Id"} {
		if id := a.headerText(name); id != "" {
			return id
		}
	}
	return ""
}

// response reads the answer of a call that has succeeded.
func (a *answer) response(s *awsapi.Service, o *awsapi.Operation, c awsapi.Casing) (Response, error) {
	r := Response{Status: a.status, Header: a.header, RequestID: a.requestID()}
	out := newMembers(o.Output)
	var err error
	switch s.Protocol {
	case awsapi.JSON, awsapi.CBOR:
		err = a.readBody(&out, s, o.Output, c)
	case awsapi.Query, awsapi.EC2:
		err = a.readResult(&out, s, o, c, &r)
	default:
		err = a.readREST(&out, s, o, c)
	}
	if err != nil {
		return Response{}, &Error{Status: a.status, RequestID: r.RequestID, Err: fmt.Errorf("the answer of %s cannot be read: %w", o.Name, err)}
	}
	r.Output = out.object(c)
	return r, nil
}

// readBody reads a body in JSON, CBOR or XML that has the members of a structure.
// An empty one has none.
func (a *answer) readBody(out *members, s *awsapi.Service, of *awsapi.Shape, c awsapi.Casing) error {
	if len(a.body) == 0 || len(of.InOrder()) == 0 {
		return nil
	}
	if s.Protocol == awsapi.RestXML {
		root, err := parseXML(a.body)
		if err != nil {
			return notA("XML", err, a.body)
		}
		return readXMLMembers(out, of, rootOf(of, root), c)
	}
	v, err := a.parse(s)
	if err != nil {
		return err
	}
	if v.Kind() != value.Object {
		return unexpected(of, v)
	}
	return at(jsonReader{c, s.Protocol == awsapi.CBOR}.members(out, of, v))
}

// parse reads a body in JSON or CBOR.
func (a *answer) parse(s *awsapi.Service) (value.Value, error) {
	if s.Protocol == awsapi.CBOR {
		v, err := parseCBOR(a.body)
		if err != nil {
			err = notA("CBOR", err, a.body)
		}
		return v, err
	}
	v, err := value.ParseBytes(a.body)
	if err != nil {
		err = notA("JSON", err, a.body)
	}
	return v, err
}

// rootOf returns the element that holds the members: the root, or one around it if
// the root is itself the only member, as with S3's GetBucketLocation.
func rootOf(of *awsapi.Shape, root *element) *element {
	if all := of.InOrder(); len(all) == 1 && all[0].WireName == root.name && root.child(root.name) == nil {
		return &element{children: []*element{root}}
	}
	return root
}

func notA(language string, err error, body []byte) error {
	return fmt.Errorf("it is not %s: %w: %s", language, err, describe(textOf(body)))
}

// at puts the root before the place in an error.
func at(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("$%w", err)
}

// readResult reads an answer of Query or EC2.
func (a *answer) readResult(out *members, s *awsapi.Service, o *awsapi.Operation, c awsapi.Casing, r *Response) error {
	if len(a.body) == 0 {
		return nil
	}
	root, err := parseXML(a.body)
	if err != nil {
		return notA("XML", err, a.body)
	}
	if r.RequestID == "" {
		r.RequestID = requestIDOf(root)
	}
	result := root
	if o.ResultWrapper != "" && root.name != o.ResultWrapper {
		if result = root.child(o.ResultWrapper); result == nil {
			return nil
		}
	}
	return at(readXMLMembers(out, o.Output, result, c))
}

func requestIDOf(root *element) string {
	if id := root.textOf("RequestId", "RequestID", "requestId"); id != "" {
		return id
	}
	return root.child("ResponseMetadata").textOf("RequestId")
}

// readREST reads an answer of REST: each member has its place.
func (a *answer) readREST(out *members, s *awsapi.Service, o *awsapi.Operation, c awsapi.Casing) error {
	for _, m := range o.Output.InOrder() {
		switch m.Location {
		case awsapi.StatusCode:
			out.set(m, value.OfInt(int64(a.status)))
		case awsapi.Header:
			out.set(m, a.headerMember(m, c))
		case awsapi.Headers:
			out.set(m, a.prefixed(m.WireName))
		}
	}
	payload := o.Output.Payload
	if payload == nil {
		return a.readBody(out, s, o.Output, c)
	}
	v, err := a.payload(s, payload, c)
	if err != nil {
		return err
	}
	out.set(payload, v)
	return nil
}

// payload reads the member that is the whole body; no value if it is empty.
func (a *answer) payload(s *awsapi.Service, m *awsapi.Member, c awsapi.Casing) (value.Value, error) {
	switch {
	case m.Shape.Kind == awsapi.Blob || m.Shape.Kind == awsapi.String:
		if len(a.body) == 0 && !isStream(m) {
			return value.Value{}, nil
		}
		return textOf(a.body), nil
	case len(a.body) == 0:
		return value.Value{}, nil
	case s.Protocol == awsapi.RestXML:
		root, err := parseXML(a.body)
		if err != nil {
			return value.Value{}, notA("XML", err, a.body)
		}
		v, err := readXML(m.Shape, root, c)
		return v, at(err)
	}
	v, err := a.parse(s)
	if err != nil {
		return value.Value{}, err
	}
	v, err = jsonReader{casing: c}.value(m.Shape, v)
	return v, at(err)
}

// headerMember reads a member from its header; no value if it is not there, or
// cannot be read, as S3's Expires.
func (a *answer) headerMember(m *awsapi.Member, c awsapi.Casing) value.Value {
	if len(a.header.Values(m.WireName)) == 0 {
		return value.Value{}
	}
	text := a.headerText(m.WireName)
	if m.Shape.Kind == awsapi.List {
		return headerItems(m.Shape.Element, text, c)
	}
	if m.JSONValue {
		m = &awsapi.Member{Shape: &awsapi.Shape{Kind: awsapi.Blob}}
	}
	v, err := scalar(m.Shape, text, c)
	if err != nil {
		return value.Value{}
	}
	return v
}

// headerText returns what all headers of a name have.
func (a *answer) headerText(name string) string {
	return textOf([]byte(strings.Join(a.header.Values(name), ", "))).Text()
}

// headerItems reads a list from a header: items are separated by commas, which
// stand also within times and within quotes.
func headerItems(s *awsapi.Shape, text string, c awsapi.Casing) value.Value {
	var items []value.Value
	for text != "" {
		var item string
		item, text = cutItem(text, s.Kind == awsapi.Timestamp && s.Format != awsapi.ISO8601 && s.Format != awsapi.UnixTimestamp)
		if v, err := scalar(s, item, c); err == nil {
			items = append(items, v)
		}
	}
	return value.OfSlice(items)
}

// cutItem cuts off the first item of a list in a header.
func cutItem(text string, time bool) (item, rest string) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, `"`) {
		var b strings.Builder
		for i := 1; i < len(text); i++ {
			switch {
			case text[i] == '\\' && i+1 < len(text):
				i++
				b.WriteByte(text[i])
			case text[i] == '"':
				_, rest, _ = strings.Cut(text[i:], ",")
				return b.String(), rest
			default:
				b.WriteByte(text[i])
			}
		}
		return b.String(), ""
	}
	end := strings.IndexByte(text, ',')
	if time && end >= 0 {
		if next := strings.IndexByte(text[end+1:], ','); next >= 0 {
			end += 1 + next
		} else {
			end = -1
		}
	}
	if end < 0 {
		return text, ""
	}
	return strings.TrimSpace(text[:end]), text[end+1:]
}

// prefixed returns what the headers have that begin with a prefix, by the rest of
// their names in small letters, as S3 gives its metadata.
func (a *answer) prefixed(prefix string) value.Value {
	var b value.ObjectBuilder
	names := make([]string, 0, len(a.header))
	for name := range a.header {
		if len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		b.Set(strings.ToLower(name[len(prefix):]), value.OfString(a.headerText(name)))
	}
	return b.Value()
}

// failure reads the answer of a call that has failed.
func (a *answer) failure(s *awsapi.Service, o *awsapi.Operation) *Error {
	e := &Error{Status: a.status, RequestID: a.requestID(), ExtendedRequestID: a.headerText("X-Amz-Id-2")}
	code := ""
	switch s.Protocol {
	case awsapi.Query, awsapi.EC2, awsapi.RestXML:
		a.readXMLError(e)
		code = e.Code
	default:
		code = a.readJSONError(s, e)
	}
	if s.Name == "s3" && len(a.body) == 0 && a.status == http.StatusNotFound {
		// Nothing answers a HEAD but its status; the SDK names what is not there.
		switch o.Name {
		case "HeadObject":
			code, e.Code = "NoSuchKey", "NoSuchKey"
		case "HeadBucket":
			code, e.Code = "NoSuchBucket", "NoSuchBucket"
		}
	}
	if exception, ok := s.Exception(code); ok {
		e.Shape = exception.Name
	} else if exception, ok := s.Exception(e.Code); ok {
		e.Shape = exception.Name
	}
	return e
}

// readJSONError reads an error in JSON or CBOR and returns the code by which the
// model knows it. That of e is another if the service spoke Query once.
func (a *answer) readJSONError(s *awsapi.Service, e *Error) string {
	v, err := a.parse(s)
	code := a.headerText("X-Amzn-Errortype")
	if err != nil {
		e.Message = shortenBody(a.body)
	}
	for _, name := range []string{"__type", "code", "Code"} {
		if code == "" {
			code = v.Get(name).Text()
		}
	}
	for _, name := range []string{"message", "Message", "errorMessage"} {
		if e.Message == "" {
			e.Message = v.Get(name).Text()
		}
	}
	code = shortCode(code)
	e.Code = code
	if s.QueryCompatible {
		if query, _, _ := strings.Cut(a.headerText("X-Amzn-Query-Error"), ";"); query != "" {
			e.Code = query
		}
	}
	return code
}

// shortCode takes the namespace before a code away, and the URI behind it:
// com.amazonaws.sqs#QueueDoesNotExist, AccessDeniedException:http://….
func shortCode(code string) string {
	code, _, _ = strings.Cut(code, ":")
	return strings.TrimSpace(code[strings.LastIndexByte(code, '#')+1:])
}

// readXMLError reads an error in XML: <Error>, <ErrorResponse><Error>, or
// <Response><Errors><Error>.
func (a *answer) readXMLError(e *Error) {
	root, err := parseXML(a.body)
	if err != nil {
		e.Message = shortenBody(a.body)
		return
	}
	found := root
	if inner := root.child("Error"); inner != nil {
		found = inner
	} else if inner := root.child("Errors").child("Error"); inner != nil {
		found = inner
	}
	e.Code = found.textOf("Code", "code")
	e.Message = found.textOf("Message", "message")
	if e.RequestID == "" {
		e.RequestID = requestIDOf(root)
	}
	if e.RequestID == "" {
		e.RequestID = requestIDOf(found)
	}
	if e.ExtendedRequestID == "" {
		e.ExtendedRequestID = found.textOf("HostId")
	}
}

// shortenBody returns the beginning of a body that is no error of AWS, such as the
// page of a proxy.
func shortenBody(body []byte) string {
	const longest = 1000
	text := strings.TrimSpace(textOf(body[:min(len(body), longest)]).Text())
	if len(body) > longest {
		text += "…"
	}
	return text
}

// failed reports whether an answer is an error. S3 begins some answers before it
// knows, so that an error has the status of a success.
func (a *answer) failed(s *awsapi.Service, o *awsapi.Operation) bool {
	if a.status < 200 || a.status >= 300 {
		return true
	}
	if payload := o.Output.Payload; payload != nil && isStream(payload) {
		return false // what is stored may be anything
	}
	if s.Name == "s3" && bytes.Contains(a.body[:min(len(a.body), 200)], []byte("<Error>")) {
		root, err := parseXML(a.body)
		return err == nil && root.name == "Error"
	}
	return false
}

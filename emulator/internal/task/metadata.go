package task

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file makes SdkHttpMetadata and SdkResponseMetadata, which the results of
// most optimized integrations carry. A local endpoint seldom sends the headers
// that AWS sends, so what is missing is made up, and what AWS does not send is
// left out: a state that selects from the result works here as it does there.

// metadataHeaders are the headers in the order of AllHttpHeaders, in AWS's
// spelling. HttpHeaders has them sorted without regard to case.
var (
	metadataHeaders = []string{"X-Amz-Log-Result", "X-Amz-Executed-Version", "x-amzn-Remapped-Content-Length", "Connection",
		"x-amzn-RequestId", "Content-Length", "Date", "X-Amzn-Trace-Id", "Content-Type"}
	sortedHeaders = []string{"Connection", "Content-Length", "Content-Type", "Date", "X-Amz-Executed-Version", "X-Amz-Log-Result",
		"x-amzn-Remapped-Content-Length", "x-amzn-RequestId", "X-Amzn-Trace-Id"}
)

var (
	httpMetadataShape     = value.NewShape("AllHttpHeaders", "HttpHeaders", "HttpStatusCode")
	responseMetadataShape = value.NewShape("RequestId")
)

// madeUp are the headers that an answer gets if it does not have them.
var madeUp = []struct {
	name string
	make func(*Call) string
}{
	{"x-amzn-Remapped-Content-Length", func(*Call) string { return "0" }},
	{"x-amzn-RequestId", (*Call).requestID},
	{"Date", func(c *Call) string { return c.now().Format(http.TimeFormat) }},
	{"X-Amzn-Trace-Id", (*Call).traceID},
	{"Content-Type", func(*Call) string { return "application/json" }},
}

// complete adds to the header of an answer what AWS would have sent.
func complete(h http.Header, c *Call, bodyLength int) {
	h.Set("Connection", "keep-alive")
	h.Set("Content-Length", strconv.Itoa(bodyLength))
	for _, header := range madeUp {
		if h.Get(header.name) == "" {
			h.Set(header.name, header.make(c))
		}
	}
}

// traceID is the trace header of the call: that of its execution (F-235), or one as
// X-Ray makes them, of the time and 96 random bits. Nothing is traced.
func (c *Call) traceID() string {
	if c.Trace != "" {
		return c.Trace
	}
	random := c.random()
	return fmt.Sprintf("Root=1-%08x-%016x%08x;Sampled=0", c.now().Unix(), random.Uint64(), uint32(random.Uint64()))
}

// httpMetadata returns SdkHttpMetadata.
func httpMetadata(h http.Header, status int) value.Value {
	var all, sorted value.ObjectBuilder
	for _, name := range metadataHeaders {
		if text := h.Get(name); text != "" {
			all.Set(name, value.OfItems(value.OfString(text)))
		}
	}
	for _, name := range sortedHeaders {
		if text := h.Get(name); text != "" {
			sorted.Set(name, value.OfString(text))
		}
	}
	return httpMetadataShape.New([]value.Value{all.Value(), sorted.Value(), value.OfInt(int64(status))})
}

// serviceHeaders are the headers that results of a service show, in AWS's order and
// spelling (recorded); "" is of all services that were not recorded.
var serviceHeaders = map[string][]string{
	"":         {"x-amzn-RequestId", "Content-Length", "Date", "Content-Type"},
	"dynamodb": {"Server", "Connection", "x-amzn-RequestId", "x-amz-crc32", "Content-Length", "Date", "Content-Type"},
	"sns":      {"x-amzn-RequestId", "connection", "Content-Length", "Date", "Content-Type"},
	"sqs":      {"x-amzn-RequestId", "connection", "Content-Length", "Date", "Content-Type"},
}

// contentTypes are those of answers, by the protocol of the service.
var contentTypes = map[string]string{"json": "application/x-amz-json-1.1", "rest-json": "application/json", "query": "text/xml"}

// serviceMetadata is the SdkHttpMetadata of the answer of a service.
func serviceMetadata(c *Call, s *service.Service, answer awsclient.Response, id string) value.Value {
	names := serviceHeaders[s.Name]
	if names == nil {
		names = serviceHeaders[""]
	}
	body := bodyOfAWS(c, s, answer, id)
	text := make(map[string]value.Value, len(names))
	var all, byName value.ObjectBuilder
	for _, name := range names {
		v := answer.Header.Get(name)
		switch name {
		case "x-amzn-RequestId":
			v = id
		case "connection", "Connection":
			v = "keep-alive"
		case "Server":
			v = name
		case "x-amz-crc32":
			v = cmp.Or(v, strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(body))), 10))
		case "Content-Length":
			v = strconv.Itoa(len(body))
		case "Date":
			v = cmp.Or(v, c.now().Format(http.TimeFormat))
		case "Content-Type":
			v = cmp.Or(v, contentTypes[s.Protocol])
		}
		text[name] = value.OfString(v)
		all.Set(name, value.OfItems(text[name]))
	}
	for _, name := range slices.SortedFunc(maps.Keys(text), func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }) {
		byName.Set(name, text[name])
	}
	return httpMetadataShape.New([]value.Value{all.Value(), byName.Value(), value.OfInt(int64(answer.Status))})
}

// bodyOfAWS is about the body that AWS would have sent: compact JSON, or what SNS
// makes of its members. Its length is shown, and that of a local endpoint's own body
// means nothing.
func bodyOfAWS(c *Call, s *service.Service, answer awsclient.Response, id string) string {
	if s.Protocol != "query" {
		return answer.Output.String()
	}
	operation := strings.ToUpper(c.Resource.Action[:1]) + c.Resource.Action[1:]
	var b strings.Builder
	fmt.Fprintf(&b, "<%sResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\n  <%[1]sResult>\n", operation)
	for name, member := range answer.Output.Members() {
		fmt.Fprintf(&b, "    <%s>%s</%[1]s>\n", name, member.Text())
	}
	fmt.Fprintf(&b, "  </%sResult>\n  <ResponseMetadata>\n    <RequestId>%s</RequestId>\n  </ResponseMetadata>\n</%[1]sResponse>\n", operation, id)
	return b.String()
}

// responseMetadata returns SdkResponseMetadata.
func responseMetadata(h http.Header) value.Value {
	return responseMetadataShape.New([]value.Value{value.OfString(h.Get("x-amzn-RequestId"))})
}

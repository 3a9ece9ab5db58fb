package task

import (
	"fmt"
	"net/http"
	"strconv"

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

// traceID makes a trace header as X-Ray has them: the time and 96 random bits.
// Nothing is traced.
func (c *Call) traceID() string {
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

// responseMetadata returns SdkResponseMetadata.
func responseMetadata(h http.Header) value.Value {
	return responseMetadataShape.New([]value.Value{value.OfString(h.Get("x-amzn-RequestId"))})
}

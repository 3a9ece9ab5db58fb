package caller

import (
	"net/http"
	"net/url"
	"strings"
)

// This file reads the scope of signatures.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html

// A Scope is what a signature is good for. Each part may be "" or anything else that a
// client has written.
type Scope struct {
	AccessKey string
	Region    string // "" with SigV4A, whose signatures are good for several
	Service   string // "states"
}

// ScopeOf returns the scope of a request's signature: in the header Authorization, or in
// the query of a request that is signed beforehand. It is false if there is none.
func ScopeOf(r *http.Request) (Scope, bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		return scopeOfHeader(header)
	}
	if !strings.Contains(r.URL.RawQuery, "X-Amz-Credential") {
		return Scope{}, false
	}
	query, _ := url.ParseQuery(r.URL.RawQuery) // what can be read of it
	return parseScope(query.Get("X-Amz-Credential"))
}

// scopeOfHeader reads
//
//	AWS4-HMAC-SHA256 Credential=KEY/20260131/eu-west-1/states/aws4_request, SignedHeaders=…, Signature=…
func scopeOfHeader(header string) (Scope, bool) {
	algorithm, parameters, _ := strings.Cut(header, " ")
	if !strings.HasPrefix(algorithm, "AWS4-") {
		return Scope{}, false
	}
	_, credential, ok := strings.Cut(parameters, "Credential=")
	credential, _, _ = strings.Cut(credential, ",")
	if !ok {
		return Scope{}, false
	}
	return parseScope(strings.TrimSpace(credential))
}

// parseScope reads KEY/date/region/service/aws4_request, or KEY/date/service/aws4_request
// of SigV4A. The end counts: only the key may have slashes.
func parseScope(credential string) (s Scope, ok bool) {
	rest, ok := strings.CutSuffix(credential, "/aws4_request")
	if !ok {
		return Scope{}, false
	}
	rest, s.Service = cutLast(rest)
	before, last := cutLast(rest)
	if !isDate(last) {
		s.Region = last
		before, last = cutLast(before)
	}
	if isDate(last) {
		s.AccessKey = before
	}
	return s, true
}

// cutLast returns what stands before the last slash, and what stands behind it.
func cutLast(text string) (before, after string) {
	i := strings.LastIndexByte(text, '/')
	return text[:max(i, 0)], text[i+1:]
}

// isDate reports whether a text is a date, as in 20260131.
func isDate(text string) bool {
	if len(text) != len("20260131") {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

package task

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file makes the request of http:invoke of the parameters of the state and of
// its connection, whose data goes before that of the state.

// An httpRequest is a request as Step Functions sends it.
type httpRequest struct {
	method  string
	url     *url.URL
	headers []httpField // names as they were written
	query   []httpField
	body    httpBody
}

// An httpField is a header or a parameter.
type httpField struct {
	name, text string
	secret     bool // the connection has added it
	encoded    bool // the text is percent-encoded already
}

// An httpBody is a body, and what TestState shows of it.
type httpBody struct{ text, shown string }

// hidden stands for a secret.
const hidden = "*****"

// newHTTPRequest makes a request of parameters that checkHTTPInvoke has found to
// be right.
func newHTTPRequest(in value.Value, c *foundConnection, authorization []httpField, region string) (*httpRequest, error) {
	u, err := parseAPIEndpoint(in.Get("ApiEndpoint").Text())
	if err != nil {
		return nil, badParameters(in, "The value for the 'ApiEndpoint' field is not valid")
	}
	r := &httpRequest{method: in.Get("Method").Text(), url: u}
	for name, v := range in.Get("Headers").Members() {
		texts, _ := headerTexts(v)
		for _, text := range texts {
			r.headers = append(r.headers, httpField{name: name, text: text})
		}
	}
	r.headers = override(override(r.headers, authorization, strings.EqualFold), fieldsOf(c.Headers), strings.EqualFold)
	r.query = override(queryFields(in.Get("QueryParameters")), fieldsOf(c.Query), func(a, b string) bool { return a == b })
	if r.body, err = bodyOfRequest(in, c.Body); err != nil {
		return nil, err
	}
	r.headers = override(r.headers, []httpField{
		{name: "User-Agent", text: "Amazon|StepFunctions|HttpInvoke|" + region}, {name: "Range", text: "bytes=0-262144"},
	}, strings.EqualFold)
	r.addQuery(r.query)
	contentType := "application/json; charset=UTF-8"
	if isURLEncoded(in) {
		contentType = formType
	}
	if r.body.text != "" && !slices.ContainsFunc(r.headers, func(f httpField) bool { return strings.EqualFold(f.name, "Content-Type") }) {
		r.headers = append(r.headers, httpField{name: "Content-Type", text: contentType})
	}
	return r, nil
}

// formType is the content type of forms.
const formType = "application/x-www-form-urlencoded"

// place is the request in messages. A query may have secrets in it.
func (r *httpRequest) place() string {
	return r.method + " " + r.url.Scheme + "://" + r.url.Host + r.url.EscapedPath()
}

// addQuery appends fields to the query of the URL.
func (r *httpRequest) addQuery(fields []httpField) {
	r.url.RawQuery = strings.Trim(r.url.RawQuery+"&"+encodedQuery(fields, false), "&")
}

// header returns the headers for a request to the host, which is "" for that of
// the target.
func (r *httpRequest) header(host string) http.Header {
	h := make(http.Header)
	for _, f := range r.headers {
		h.Add(f.name, f.text)
	}
	if host != "" {
		h.Set("Host", host)
	}
	return h
}

// override returns the fields with those of over, which replace the ones of the
// same name.
func override(fields, over []httpField, same func(a, b string) bool) []httpField {
	fields = slices.DeleteFunc(slices.Clone(fields), func(f httpField) bool {
		return slices.ContainsFunc(over, func(o httpField) bool { return same(f.name, o.name) })
	})
	return append(fields, over...)
}

// fieldsOf are the parameters of a connection as fields.
func fieldsOf(parameters []Parameter) []httpField {
	fields := make([]httpField, len(parameters))
	for i, p := range parameters {
		fields[i] = httpField{name: p.Key, text: p.Value, secret: true}
	}
	return fields
}

// queryFields are the QueryParameters as fields. Arrays repeat their key; which
// form the service gives them is not documented.
func queryFields(v value.Value) []httpField {
	var fields []httpField
	for name, member := range v.Members() {
		fields = appendFields(fields, name, member, formatRepeat)
	}
	return fields
}

// encodedQuery writes fields as a query; secrets are replaced if they are to be
// hidden.
func encodedQuery(fields []httpField, hide bool) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteByte('&')
		}
		text := f.text
		switch {
		case hide && f.secret:
			text = hidden
		case !f.encoded:
			text = percentEncoded(text)
		}
		b.WriteString(percentEncoded(f.name) + "=" + text)
	}
	return b.String()
}

// percentEncoded encodes all but letters, digits and "-_.~".
func percentEncoded(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// How a RequestBody is encoded.
const (
	bodyNone       = "NONE"
	bodyURLEncoded = "URL_ENCODED"
)

// How arrays are encoded in forms.
const (
	formatIndices  = "INDICES"
	formatRepeat   = "REPEAT"
	formatCommas   = "COMMAS"
	formatBrackets = "BRACKETS"
)

var arrayFormats = []string{formatIndices, formatRepeat, formatCommas, formatBrackets}

func isURLEncoded(in value.Value) bool {
	return in.Get("Transform").Get("RequestBodyEncoding").Text() == bodyURLEncoded
}

// bodyOfRequest merges RequestBody with the body parameters of the connection,
// and writes it: as JSON, a string as it is, or as a form.
func bodyOfRequest(in value.Value, added []Parameter) (httpBody, error) {
	body := in.Get("RequestBody")
	if body.IsNull() {
		body = value.Value{}
	}
	masked := body
	if len(added) > 0 {
		if body.Exists() && body.Kind() != value.Object {
			return httpBody{}, &asl.Error{Name: asl.ErrRuntime, Cause: "The RequestBody cannot be merged with the body parameters of the connection: it is no JSON object"}
		}
		if !body.Exists() {
			body, masked = value.EmptyObject, value.EmptyObject
		}
		for _, p := range added {
			body, masked = body.With(p.Key, value.OfString(p.Value)), masked.With(p.Key, value.OfString(hidden))
		}
	}
	write := func(v value.Value) string {
		switch {
		case !v.Exists():
			return ""
		case v.Kind() == value.String:
			return v.Text()
		case isURLEncoded(in):
			return form(v, in.Get("Transform").Get("RequestEncodingOptions").Get("ArrayFormat").Text())
		}
		return v.String()
	}
	return httpBody{text: write(body), shown: write(masked)}, nil
}

// form writes an object as an HTML form is sent.
func form(v value.Value, format string) string {
	if format == "" {
		format = formatIndices
	}
	var fields []httpField
	for name, member := range v.Members() {
		fields = appendFields(fields, name, member, format)
	}
	return encodedQuery(fields, false)
}

// appendFields appends the fields of a value. Members of objects have their names
// in brackets; what is null has no field.
func appendFields(fields []httpField, name string, v value.Value, format string) []httpField {
	switch v.Kind() {
	case value.Absent, value.Null:
		return fields
	case value.Object:
		for key, member := range v.Members() {
			fields = appendFields(fields, name+"["+key+"]", member, format)
		}
		return fields
	case value.Array:
		return appendItems(fields, name, v, format)
	}
	return append(fields, httpField{name: name, text: fieldText(v)})
}

// appendItems appends the fields of an array. With commas it is one field, whose
// items are JSON where they are no texts.
func appendItems(fields []httpField, name string, v value.Value, format string) []httpField {
	if format == formatCommas {
		texts := make([]string, v.Len())
		for i, item := range v.Items() {
			texts[i] = percentEncoded(fieldText(item))
		}
		return append(fields, httpField{name: name, text: strings.Join(texts, ","), encoded: true})
	}
	for i, item := range v.Items() {
		key := name
		switch format {
		case formatIndices:
			key += "[" + strconv.Itoa(i) + "]"
		case formatBrackets:
			key += "[]"
		}
		fields = appendFields(fields, key, item, format)
	}
	return fields
}

// fieldText is a value as the text of a field.
func fieldText(v value.Value) string {
	if v.Kind() == value.String {
		return v.Text()
	}
	return v.String()
}

// headerTexts are the values of a header, given as a string or an array of them.
func headerTexts(v value.Value) ([]string, bool) {
	if v.Kind() == value.String {
		return []string{v.Text()}, true
	}
	var texts []string
	for _, item := range v.Items() {
		if item.Kind() != value.String {
			return nil, false
		}
		texts = append(texts, item.Text())
	}
	return texts, v.Kind() == value.Array
}

// reserved are the headers that the state must not set. Guide: "HTTP Task fields".
var reserved = []string{
	"a-im", "accept-charset", "accept-datetime", "accept-encoding", "authorization", "cache-control", "connection", "content-encoding", "content-md5", "date",
	"expect", "forwarded", "from", "host", "http2-settings", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
	"max-forwards", "origin", "pragma", "proxy-authorization", "referer", "server", "te", "trailer", "transfer-encoding", "upgrade", "via", "warning",
}

func isReserved(header string) bool {
	name := strings.ToLower(header)
	return slices.Contains(reserved, name) || strings.HasPrefix(name, "x-forwarded-") || strings.HasPrefix(name, "x-amz-") || strings.HasPrefix(name, "x-amzn-")
}

// isToken reports whether a text can be the name of a header. RFC 9110, 5.6.2.
func isToken(text string) bool {
	for _, c := range text {
		if c <= ' ' || c > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c) {
			return false
		}
	}
	return text != ""
}

// hasControl reports whether a text has characters that no header may have.
func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}

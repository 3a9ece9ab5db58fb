package task

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file has the connections of EventBridge that http:invoke authorizes its
// calls with: those of the settings, and those of a service that plays EventBridge,
// with their secrets at one that plays Secrets Manager.

// A Connection authorizes calls and adds data to them. It has one of APIKey, Basic
// and OAuth, or none of them to add nothing but its parameters.
type Connection struct {
	APIKey *APIKey
	Basic  *BasicCredentials
	OAuth  *OAuth

	Headers, Query, Body []Parameter // of every call
}

// An APIKey is sent as a header.
type APIKey struct{ Name, Value string }

// BasicCredentials are sent as HTTP's Basic authentication has them.
type BasicCredentials struct{ Username, Password string }

// OAuth gets a token with the grant of client credentials.
type OAuth struct {
	Endpoint               string // URL that gives tokens
	Method                 string // GET, POST or PUT; "" is POST
	ClientID, ClientSecret string
	Headers, Query, Body   []Parameter // of the request for a token
}

// A Parameter is what a connection adds to a request.
type Parameter struct{ Key, Value string }

// A foundConnection is a connection with the key of its token.
type foundConnection struct {
	Connection
	name string // ARN
}

// connectionError is an error of the service that reads connections. Guide: "HTTP
// Task, connection errors".
func connectionError(reason, cause string) *asl.Error {
	return &asl.Error{Name: "Events.ConnectionResource." + reason, Cause: cause}
}

// connection finds a connection by its ARN.
func (h *HTTP) connection(ctx context.Context, arn string) (*foundConnection, error) {
	name := connectionName(arn)
	for _, key := range []string{arn, name} {
		if c, ok := h.settings.Connections[key]; ok {
			return &foundConnection{c, arn}, nil
		}
	}
	var missing *awsclient.MissingEndpoint
	err := error(&awsclient.MissingEndpoint{Service: "events"})
	if h.settings.AWS != nil {
		var c Connection
		if c, err = h.lookUp(ctx, name); err == nil {
			return &foundConnection{c, arn}, nil
		}
	}
	if errors.As(err, &missing) {
		return nil, &MissingError{Failure: connectionError("ResourceNotFound", "there is no connection "+name+
			": define it in aslocal.yaml (connections."+name+" with apiKey, basic or oauth); or "+missing.Error())}
	}
	return nil, err
}

// connectionName is the name in the ARN of a connection: connection/NAME/ID.
func connectionName(arn string) string {
	_, resource, ok := strings.Cut(arn, ":connection/")
	if !ok {
		return arn
	}
	name, _, _ := strings.Cut(resource, "/")
	return name
}

// lookUp reads a connection of EventBridge.
func (h *HTTP) lookUp(ctx context.Context, name string) (Connection, error) {
	described, err := h.callAWS(ctx, "events", "DescribeConnection", value.OfMembers("Name", value.OfString(name)))
	if err != nil {
		return Connection{}, err
	}
	switch state := described.Get("ConnectionState").Text(); state {
	case "AUTHORIZED", "":
	case "AUTHORIZING":
		return Connection{}, connectionError("AuthInProgress", "the connection "+name+" is being authorized")
	default:
		return Connection{}, connectionError("InvalidConnectionState", "the connection "+name+" is in the state "+state)
	}
	var secret value.Value
	if arn := described.Get("SecretArn"); arn.Kind() == value.String {
		out, err := h.callAWS(ctx, "secretsmanager", "GetSecretValue", value.OfMembers("SecretId", arn))
		if err != nil {
			return Connection{}, err
		}
		if secret, err = value.Parse(out.Get("SecretString").Text()); err != nil {
			return Connection{}, connectionError("InternalError", "the secret of the connection "+name+" is not JSON")
		}
	}
	return connectionOf(described.Get("AuthParameters"), secret), nil
}

// callAWS calls an operation. Its errors are those of connections.
func (h *HTTP) callAWS(ctx context.Context, api, operation string, in value.Value) (value.Value, error) {
	out, err := h.settings.AWS.Call(ctx, awsclient.Request{Service: api, Operation: operation, Casing: awsapi.PascalCase, Input: in})
	var missing *awsclient.MissingEndpoint
	var refused *awsclient.Error
	switch {
	case err == nil:
		return out.Output, nil
	case ctx.Err() != nil:
		return value.Value{}, ctx.Err()
	case errors.As(err, &missing) || !errors.As(err, &refused):
		return value.Value{}, err
	case strings.HasPrefix(refused.Code, "ResourceNotFound"):
		return value.Value{}, connectionError("ResourceNotFound", refused.Error())
	case strings.HasPrefix(refused.Code, "AccessDenied"):
		return value.Value{}, connectionError("AccessDenied", refused.Error())
	}
	return value.Value{}, connectionError("InternalError", operation+" of "+api+": "+refused.Error())
}

// connectionOf makes a connection of what EventBridge shows of it and of its
// secret, which has the values that EventBridge hides. The form of the secret is
// not documented, so its members are found wherever they are.
func connectionOf(shown, secret value.Value) Connection {
	text := func(name string) string {
		if v := findMember(secret, name); v.Kind() == value.String {
			return v.Text()
		}
		return findMember(shown, name).Text()
	}
	var c Connection
	switch {
	case shown.Get("ApiKeyAuthParameters").Exists():
		c.APIKey = &APIKey{text("ApiKeyName"), text("ApiKeyValue")}
	case shown.Get("BasicAuthParameters").Exists():
		c.Basic = &BasicCredentials{text("Username"), text("Password")}
	case shown.Get("OAuthParameters").Exists():
		c.OAuth = &OAuth{Endpoint: text("AuthorizationEndpoint"), Method: text("HttpMethod"), ClientID: text("ClientID"), ClientSecret: text("ClientSecret")}
		c.OAuth.Headers, c.OAuth.Query, c.OAuth.Body = parametersOf(shown, secret, "OAuthHttpParameters")
	}
	c.Headers, c.Query, c.Body = parametersOf(shown, secret, "InvocationHttpParameters")
	return c
}

// parametersOf reads a group of HTTP parameters: the values of the secret go before
// those that are shown.
func parametersOf(shown, secret value.Value, group string) (headers, query, body []Parameter) {
	shown, secret = findMember(shown, group), findMember(secret, group)
	list := func(name string) (out []Parameter) {
		for _, p := range findMember(shown, name).Items() {
			parameter := Parameter{findMember(p, "Key").Text(), findMember(p, "Value").Text()}
			for _, s := range findMember(secret, name).Items() {
				if v := findMember(s, "Value"); findMember(s, "Key").Text() == parameter.Key && v.Kind() == value.String {
					parameter.Value = v.Text()
				}
			}
			out = append(out, parameter)
		}
		return out
	}
	return list("HeaderParameters"), list("QueryStringParameters"), list("BodyParameters")
}

// findMember returns the first member of a name in an object, or in the objects within it
// (not those in arrays), whether it is spelled as in the API or in snake case:
// ApiKeyName or api_key_name. No value: there is none.
func findMember(v value.Value, name string) value.Value {
	if v.Kind() != value.Object {
		return value.Value{}
	}
	for key, member := range v.Members() {
		if strings.EqualFold(strings.ReplaceAll(key, "_", ""), name) {
			return member
		}
	}
	for _, member := range v.Members() {
		if found := findMember(member, name); found.Exists() {
			return found
		}
	}
	return value.Value{}
}

// authorize returns the headers that authorize a call.
func (h *HTTP) authorize(ctx context.Context, c *foundConnection) ([]httpField, error) {
	switch {
	case c.APIKey != nil:
		return []httpField{{name: c.APIKey.Name, text: c.APIKey.Value, secret: true}}, nil
	case c.Basic != nil:
		return authorization("Basic " + basic(c.Basic.Username, c.Basic.Password)), nil
	case c.OAuth != nil:
		token, err := h.token(ctx, c)
		return authorization("Bearer " + token), err
	}
	return nil, nil
}

func authorization(text string) []httpField {
	return []httpField{{name: "Authorization", text: text, secret: true}}
}

func basic(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

// CheckConnection returns what is wrong with a connection, nil if nothing is.
func CheckConnection(c Connection) error {
	authorizations := 0
	for _, is := range []bool{c.APIKey != nil, c.Basic != nil, c.OAuth != nil} {
		if is {
			authorizations++
		}
	}
	if authorizations > 1 {
		return errors.New("expected one of apiKey, basic and oauth")
	}
	if k := c.APIKey; k != nil && (!isToken(k.Name) || hasControl(k.Value)) {
		return errors.New("apiKey: expected the name of a header and a value of printable characters")
	}
	if b := c.Basic; b != nil && (b.Username == "" || strings.Contains(b.Username, ":")) {
		return errors.New("basic: expected a username without colon")
	}
	headers := c.Headers
	if o := c.OAuth; o != nil {
		if _, err := parseAPIEndpoint(o.Endpoint); err != nil && !localURL(o.Endpoint) {
			return errors.New("oauth: expected as endpoint a URL such as https://login.example.com/token")
		}
		if o.Method != "" && o.Method != http.MethodGet && o.Method != http.MethodPost && o.Method != http.MethodPut {
			return errors.New("oauth: expected GET, POST or PUT as method")
		}
		headers = append(headers[:len(headers):len(headers)], o.Headers...)
	}
	for _, p := range headers {
		if !isToken(p.Key) || hasControl(p.Value) {
			return errors.New("headers: expected names and values that a header can have, got " + p.Key)
		}
	}
	return nil
}

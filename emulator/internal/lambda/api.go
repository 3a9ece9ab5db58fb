package lambda

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// This file is Lambda's own API, as far as the clients of the SDKs need it to
// call functions: Invoke, ListFunctions, GetFunction and
// GetFunctionConfiguration. https://docs.aws.amazon.com/lambda/latest/api/

// APIPath is what the paths of the API begin with.
const APIPath = "/2015-03-31/functions"

// ServeHTTP answers a request of the API.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest := strings.Trim(strings.TrimPrefix(r.URL.EscapedPath(), APIPath), "/")
	escaped, action, _ := strings.Cut(rest, "/")
	text, err := url.PathUnescape(escaped)
	if err != nil {
		text = escaped
	}
	reference := ParseReference(text)
	if qualifier := r.URL.Query().Get("Qualifier"); qualifier != "" {
		reference.Qualifier = qualifier
	}
	switch {
	case r.Method == http.MethodGet && rest == "":
		h.listFunctions(w)
	case r.Method == http.MethodPost && action == "invocations":
		h.invoke(w, r, reference)
	case r.Method == http.MethodGet && action == "":
		h.getFunction(w, reference, func(f Function, c configuration) any {
			folder := &url.URL{Scheme: "file", Path: filepath.ToSlash(f.Folder)}
			return map[string]any{"Configuration": c, "Code": map[string]string{"Location": folder.String()}}
		})
	case r.Method == http.MethodGet && action == "configuration":
		h.getFunction(w, reference, func(_ Function, c configuration) any { return c })
	default:
		writeError(w, uuid.NewString(), &Error{http.StatusNotFound, "UnknownOperationException",
			"aslocal has these operations of Lambda: Invoke, ListFunctions, GetFunction, GetFunctionConfiguration; functions are defined in aslocal.yaml or a template"})
	}
}

// invoke is the operation Invoke.
func (h *Host) invoke(w http.ResponseWriter, r *http.Request, reference Reference) {
	id := uuid.NewString()
	event, err := io.ReadAll(io.LimitReader(r.Body, maxEvent+1))
	if err != nil {
		writeError(w, id, &Error{http.StatusBadRequest, "InvalidRequestContentException", "Could not read the request: " + err.Error()})
		return
	}
	if len(event) == 0 {
		event = []byte("{}")
	}
	result, err := h.Invoke(r.Context(), Invocation{
		Function: reference.Name, Qualifier: reference.Qualifier, Event: event, RequestID: id,
		Type: r.Header.Get("X-Amz-Invocation-Type"), ClientContext: r.Header.Get("X-Amz-Client-Context"),
		TraceID: r.Header.Get("X-Amzn-Trace-Id"), LogTail: r.Header.Get("X-Amz-Log-Type") == "Tail",
	})
	if err != nil {
		writeError(w, id, err)
		return
	}
	for name, text := range map[string]string{
		"X-Amz-Executed-Version": result.Executed, "X-Amz-Function-Error": result.FunctionError, "X-Amz-Log-Result": base64.StdEncoding.EncodeToString(result.Log),
	} {
		if text != "" {
			w.Header().Set(name, text)
		}
	}
	write(w, id, result.Status, result.Payload)
}

// A configuration is what the API shows of a function: what is known here.
type configuration struct {
	FunctionName, FunctionArn, Version   string
	Runtime, Handler, PackageType, State string
	StateReason                          string `json:",omitempty"`
	Timeout, MemorySize                  int
	Environment                          struct{ Variables map[string]string }
}

func (h *Host) configuration(s Status) configuration {
	f := s.Function
	c := configuration{
		FunctionName: f.Name, FunctionArn: h.home.arn(f.Name, ""), Version: latest, Runtime: f.Runtime, Handler: f.Handler, PackageType: "Zip",
		State: "Active", Timeout: int(f.Timeout.Seconds()), MemorySize: f.MemoryMB,
	}
	c.Environment.Variables = f.Environment
	if s.Problem != "" {
		c.State, c.StateReason = "Failed", s.Problem
	}
	return c
}

// listFunctions is the operation ListFunctions; all are on the first page.
func (h *Host) listFunctions(w http.ResponseWriter) {
	list := []configuration{}
	for _, s := range h.Functions() {
		list = append(list, h.configuration(s))
	}
	writeJSON(w, map[string]any{"Functions": list})
}

// getFunction answers with what show makes of a function.
func (h *Host) getFunction(w http.ResponseWriter, reference Reference, show func(Function, configuration) any) {
	p := h.pool(reference.Name)
	if p == nil {
		writeError(w, uuid.NewString(), notFound(h.home.arn(reference.Name, reference.Qualifier)))
		return
	}
	writeJSON(w, show(p.function, h.configuration(p.status())))
}

// writeError writes an error in the form of the API.
func writeError(w http.ResponseWriter, id string, err error) {
	var refused *Error
	if !errors.As(err, &refused) {
		refused = &Error{http.StatusInternalServerError, "ServiceException", err.Error()}
	}
	side := "User"
	if refused.Status >= 500 {
		side = "Service"
	}
	w.Header().Set("X-Amzn-ErrorType", refused.Code)
	body, _ := json.Marshal(map[string]string{"Type": side, "Message": refused.Message}) // text can always be written
	write(w, id, refused.Status, body)
}

func writeJSON(w http.ResponseWriter, document any) {
	body, err := json.Marshal(document)
	if err != nil {
		writeError(w, uuid.NewString(), err)
		return
	}
	write(w, uuid.NewString(), http.StatusOK, body)
}

func write(w http.ResponseWriter, id string, status int, body []byte) {
	w.Header().Set("X-Amzn-RequestId", id)
	w.Header().Set("Content-Type", "application/json")
	if status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	w.Write(body)
}

package main

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// A function is a Lambda handler: JSON in, JSON out, or an error.
type function func(event json.RawMessage) (any, error)

// A failure is an error that a state machine can tell apart by its type.
type failure struct{ errorType, message string }

func (f failure) Error() string { return f.message }

// serveFunction serves one function on a free port of the loopback interface,
// by the Lambda Invoke API, and returns the URL to invoke it at.
func serveFunction(f function) (url string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: invokeAPI(f), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener) // until the process ends
	return "http://" + listener.Addr().String(), nil
}

// invokeAPI answers POST /2015-03-31/functions/<name>/invocations as Lambda
// does, with one function under every name: an error of the function is an answer, too, with a header that says so.
func invokeAPI(f function) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", func(w http.ResponseWriter, r *http.Request) {
		event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 6<<20))
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		out, err := f(event)
		if err != nil {
			w.Header().Set("X-Amz-Function-Error", "Unhandled")
			out = errorPayload(err)
		}
		json.NewEncoder(w).Encode(out)
	})
	return mux
}

func errorPayload(err error) map[string]string {
	var f failure
	if errors.As(err, &f) {
		return map[string]string{"errorType": f.errorType, "errorMessage": f.message}
	}
	return map[string]string{"errorType": "Error", "errorMessage": err.Error()}
}

package emulator

import (
	"io"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
)

// newHandler routes: the API is POST /. Everything else is for later faces of
// the same port.
func newHandler(actions map[string]awsjson.Action, s *settings) http.Handler {
	service := &awsjson.Service{Prefix: "AWSStepFunctions", Actions: actions, Log: s.log}
	router := mux.NewRouter()
	router.Path("/").Methods(http.MethodPost).Handler(service)
	router.Path("/").Handler(http.HandlerFunc(aboutPage))
	return router
}

// aboutPage tells people who come with a browser what this is.
func aboutPage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "the API takes POST requests", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "This is aslocal, a local AWS Step Functions. Point an AWS client at this URL:\n\n  aws stepfunctions list-state-machines --endpoint-url http://"+r.Host+"\n")
}

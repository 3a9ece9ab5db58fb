package emulator

import (
	"io"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/lambda"
	"github.com/aslocal/aslocal/emulator/ui"
)

// newHandler routes requests: POST / is the API, GET / a page for browsers or a text about
// the API, below /_aslocal and /_ui is what is ours. Functions that run here answer the API of Lambda. All
// other requests are meant for other services of AWS.
func (e *Emulator) newHandler(s *settings) http.Handler {
	functions := e.tasks.local
	service := &awsjson.Service{Name: "Step Functions", Prefix: prefix, Actions: e.actions, Log: s.log, Context: e.contextOf, RequestID: s.random.For("requests").UUID, Seen: e.watchers.called}
	if e.pages != nil {
		service.Seen = func(x *awsjson.Exchange) {
			e.pages.called(x)
			e.watchers.called(x)
		}
	}
	router := mux.NewRouter()
	router.Path("/").MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool { return otherService(r) == "" }).HandlerFunc(aboutPage)
	router.Path(HealthPath).Methods(http.MethodGet, http.MethodHead).HandlerFunc(e.serveHealth)
	e.routePendingTasks(router)
	router.Path(RecordingsPath + "{arn:.+}").Methods(http.MethodGet).HandlerFunc(e.serveRecording)
	e.routeStreams(router)
	router.PathPrefix(lambda.APIPath).MatcherFunc(func(*http.Request, *mux.RouteMatch) bool { return !functions.Empty() }).Handler(functions)
	router.NotFoundHandler = http.HandlerFunc(e.refuseOther)
	return newAccess(s.allowedHosts, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case e.pages != nil && (strings.HasPrefix(r.URL.Path, ui.Path) || r.URL.Path == "/" && ui.WantsPage(r)):
			e.pages.ui.ServeHTTP(w, r)
		case r.Method != http.MethodPost || r.URL.Path != "/":
			router.ServeHTTP(w, r)
		case otherService(r) != "" || form(r):
			e.refuseOther(w, r)
		default: // past the router, which would copy the request
			service.ServeHTTP(w, r)
		}
	}), e.watchers.refused)
}

// aboutPage says to a person with a browser what this is.
func aboutPage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "the API takes POST requests", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "This is aslocal, a local AWS Step Functions. Point an AWS client at its URL:\n\n  aws stepfunctions list-state-machines --endpoint-url URL\n")
}

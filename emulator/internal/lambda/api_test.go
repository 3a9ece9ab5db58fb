package lambda

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPI(t *testing.T) {
	echo, fails := played("echo"), played("exit 3")
	echo.Handler = "app.handler"
	echo.Environment = map[string]string{playVariable: "echo"}
	fails.Name, fails.Broken = "image", "it is an image"
	h := newHost(t, Settings{}, echo, fails)
	server := httptest.NewServer(h)
	defer server.Close()
	folder, _ := filepath.Abs(".")
	location := (&url.URL{Scheme: "file", Path: filepath.ToSlash(folder)}).String()
	const (
		arn           = "arn:aws:lambda:us-east-1:123456789012:function:echo"
		configuration = `{"FunctionName":"echo","FunctionArn":"` + arn + `","Version":"$LATEST","Runtime":"provided.al2023","Handler":"app.handler",` +
			`"PackageType":"Zip","State":"Active","Timeout":3,"MemorySize":128,"Environment":{"Variables":{"` + playVariable + `":"echo"}}}`
	)
	for _, tt := range []struct {
		name, method, path, body string
		headers                  map[string]string
		status                   int
		want                     string
		wantHeaders              map[string]string
	}{
		{"Invoke", "POST", "echo/invocations", `{"a":1}`, nil, 200, `{"a":1}`, map[string]string{"X-Amz-Executed-Version": "$LATEST", "X-Amz-Function-Error": ""}},
		{"Invoke by ARN", "POST", url.PathEscape(arn+":7") + "/invocations", `1`, nil, 200, `1`, map[string]string{"X-Amz-Executed-Version": "7"}},
		{"Invoke with a qualifier", "POST", "echo/invocations?Qualifier=8", `1`, nil, 200, `1`, map[string]string{"X-Amz-Executed-Version": "8"}},
		{"Invoke without an event", "POST", "echo/invocations", ``, nil, 200, `{}`, nil},
		{"Event", "POST", "echo/invocations", `1`, map[string]string{"X-Amz-Invocation-Type": "Event"}, 202, ``, nil},
		{"DryRun", "POST", "echo/invocations", `1`, map[string]string{"X-Amz-Invocation-Type": "DryRun"}, 204, ``, nil},
		{"no function", "POST", "nobody/invocations", `1`, nil, 404, `{"Message":"Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody","Type":"User"}`,
			map[string]string{"X-Amzn-ErrorType": "ResourceNotFoundException"}},
		{"a function that cannot run", "POST", "image/invocations", `1`, nil, 502, `{"Message":"the function 'image' cannot run on this machine: it is an image","Type":"Service"}`,
			map[string]string{"X-Amzn-ErrorType": "InvalidRuntimeException"}},
		{"ListFunctions", "GET", "", ``, nil, 200, `{"Functions":[` + configuration + `,{"FunctionName":"image",`, nil},
		{"GetFunction", "GET", "echo", ``, nil, 200, `{"Code":{"Location":"` + location + `"},"Configuration":` + configuration + `}`, nil},
		{"GetFunctionConfiguration", "GET", "echo/configuration", ``, nil, 200, configuration, nil},
		{"GetFunction of one that cannot run", "GET", "image/configuration", ``, nil, 200, `{"FunctionName":"image",`, nil},
		{"GetFunction of none", "GET", "nobody", ``, nil, 404, `{"Message":"Function not found: `, nil},
		{"another operation", "DELETE", "echo", ``, nil, 404, `{"Message":"aslocal has these operations of Lambda: `, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := http.NewRequest(tt.method, server.URL+APIPath+"/"+tt.path, strings.NewReader(tt.body))
			for name, text := range tt.headers {
				r.Header.Set(name, text)
			}
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			if response.StatusCode != tt.status || !strings.HasPrefix(string(body), tt.want) || tt.want == "" && len(body) > 0 {
				t.Errorf("got  %d %s\nwant %d %s", response.StatusCode, body, tt.status, tt.want)
			}
			if response.Header.Get("X-Amzn-RequestId") == "" {
				t.Error("there is no request id")
			}
			for name, text := range tt.wantHeaders {
				if got := response.Header.Get(name); got != text {
					t.Errorf("%s: got %q, want %q", name, got, text)
				}
			}
		})
	}
}

func TestAPILogTail(t *testing.T) {
	h := newHost(t, Settings{}, played("echo"))
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, APIPath+"/echo/invocations", strings.NewReader(`1`))
	r.Header.Set("X-Amz-Log-Type", "Tail")
	h.ServeHTTP(w, r)
	log, err := base64.StdEncoding.DecodeString(w.Header().Get("X-Amz-Log-Result"))
	if want := "START RequestId: " + w.Header().Get("X-Amzn-RequestId") + " Version: $LATEST\nEND"; err != nil || !strings.HasPrefix(string(log), want) {
		t.Errorf("got %q, %v, want %q…", log, err, want)
	}
}

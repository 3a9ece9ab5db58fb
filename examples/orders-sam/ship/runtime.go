package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

// serve answers invocations by the Lambda Runtime API, on AWS as here. It is all that a
// function in Go needs, and spares this example a download. Elsewhere, use
// lambda.Start of github.com/aws/aws-lambda-go, which does more.
func serve(handle func(payload []byte) (any, error)) {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		next, err := http.Get(api + "next")
		if err != nil {
			log.Fatal(err)
		}
		payload, err := io.ReadAll(next.Body)
		next.Body.Close()
		if err != nil {
			log.Fatal(err)
		}
		action := "response"
		result, err := handle(payload)
		if err != nil {
			action, result = "error", map[string]string{"errorType": fmt.Sprintf("%T", err), "errorMessage": err.Error()}
		}
		body, err := json.Marshal(result)
		if err != nil {
			log.Fatal(err)
		}
		answer, err := http.Post(api+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/"+action, "application/json", bytes.NewReader(body))
		if err != nil {
			log.Fatal(err)
		}
		answer.Body.Close()
	}
}

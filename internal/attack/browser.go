package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// This file is the attack by a page in the user's browser: requests that come
// from another origin, or by a name that only the page's owner points here.

// pages are the requests that a browser would send for a page. What is not
// foreign must be served.
var pages = []struct {
	name    string
	host    string // with %s for the port; as it is served if ""
	headers map[string]string
	foreign bool
}{
	{name: "as the SDK sends it"},
	{name: "by the name localhost", host: "localhost:%s"},
	{name: "by the address", host: "127.0.0.1:%s"},
	{name: "by the name of synchronous executions", host: "sync-localhost:%s"},
	{name: "by a name below localhost", host: "states.localhost:%s"},
	{name: "from another origin", headers: map[string]string{"Origin": "http://evil.example"}, foreign: true},
	{name: "from no origin", headers: map[string]string{"Origin": "null"}, foreign: true},
	{name: "from another site", headers: map[string]string{"Sec-Fetch-Site": "cross-site"}, foreign: true},
	{name: "from another port of this machine", headers: map[string]string{"Origin": "http://localhost:1"}, foreign: true},
	{name: "by a foreign name", host: "evil.example:%s", foreign: true},
	{name: "by a foreign name that begins with localhost", host: "localhost.evil.example:%s", foreign: true},
	{name: "by a foreign name that is its own origin", host: "evil.example:%s", headers: map[string]string{"Origin": "http://evil.example:%s"}, foreign: true},
}

func attackBrowser(ctx context.Context, a *attack) error {
	s := a.newServer("http://127.0.0.1:1") // no function is called
	defer s.kill()
	if err := s.start(); err != nil {
		return err
	}
	address, err := url.Parse(s.url)
	if err != nil {
		return err
	}
	row := a.report.row("browser")
	for _, p := range pages {
		row.start()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader("{}"))
		if err != nil {
			return err
		}
		request.Header.Set("X-Amz-Target", "AWSStepFunctions.ListStateMachines")
		request.Header.Set("Content-Type", "application/x-amz-json-1.0")
		withPort := func(text string) string { return strings.ReplaceAll(text, "%s", address.Port()) }
		for name, text := range p.headers {
			request.Header.Set(name, withPort(text))
		}
		request.Host = withPort(p.host)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return err
		}
		switch served := answer.StatusCode == http.StatusOK; {
		case served && p.foreign:
			row.found(wrong, "a request %s is served", p.name)
		case !served && !p.foreign:
			row.found(wrong, "a request %s is refused: %d %.200s", p.name, answer.StatusCode, text)
		default:
			row.acknowledge()
		}
	}
	return nil
}

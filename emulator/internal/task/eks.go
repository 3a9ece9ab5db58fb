package task

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file calls the Kubernetes API of a cluster: eks:call makes a request of it, and
// eks:runJob runs a job. Guide: "Create and manage Amazon EKS clusters with Step
// Functions".

// EKS runs eks:call and eks:runJob at the Endpoint that their parameters name. A
// cluster on another machine is called only if AWS is set; there is no token for it, so
// it refuses what is not for everybody.
type EKS struct{ AWS bool }

// Run implements Runner.
func (k EKS) Run(ctx context.Context, c *Call) (Answer, error) {
	if c.Resource.Action == "runJob" {
		job, err := k.startJob(ctx, c)
		return Answer{Output: job}, err
	}
	in := c.Input
	var body string
	if b := in.Get("RequestBody"); b.Exists() && !b.IsNull() {
		body = payloadText(b)
	}
	answer, err := k.request(ctx, c, in.Get("Method").Text(), in.Get("Path").Text(), queryOf(in.Get("QueryParameters")), body)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Output: shownAnswer(answer)}, nil
}

// shownAnswer is what eks:call shows of an answer.
func shownAnswer(a *directAnswer) value.Value {
	return value.OfMembers("ResponseBody", a.content(), "StatusCode", value.OfInt(int64(a.status)), "StatusText", a.statusText())
}

// request makes a request of the cluster of a call. An answer that is no success is an
// error whose cause shows it.
func (k EKS) request(ctx context.Context, c *Call, method, path, query, body string) (*directAnswer, error) {
	target, err := url.Parse(c.Input.Get("Endpoint").Text())
	if err != nil || target.Host == "" || target.Scheme != "https" && target.Scheme != "http" {
		return nil, badParameters(c.Input, invalidFormat("Endpoint"))
	}
	if isElsewhere(target.Host) && !k.AWS {
		return nil, unreachedCluster(target.Host)
	}
	transport, err := clusterTransport(c.Input.Get("CertificateAuthority").Text())
	if err != nil {
		return nil, badParameters(c.Input, invalidFormat("CertificateAuthority"))
	}
	defer transport.CloseIdleConnections()
	target = target.JoinPath(path)
	target.RawQuery = query
	header := http.Header{"Accept": {"application/json"}}
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	answer, err := direct(ctx, transport, method, target.String(), header, body)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &unreachedError{&asl.Error{Name: "EKS.SdkClientException", Cause: "Unable to execute HTTP request: " + err.Error()}}
	case !answer.ok():
		return nil, failedWith(fmt.Sprintf("EKS.%d", answer.status), shownAnswer(answer))
	}
	return answer, nil
}

// An unreachedError says that a cluster has not answered, which can pass.
type unreachedError struct{ failure *asl.Error }

func (e *unreachedError) Error() string { return e.failure.Error() }

func (e *unreachedError) Unwrap() error { return e.failure }

// clusterTransport trusts the certificate authority of a cluster, given in base64.
func clusterTransport(authority string) (*http.Transport, error) {
	transport := newTransport()
	pem, err := base64.StdEncoding.DecodeString(authority)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if roots.AppendCertsFromPEM(pem) {
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	return transport, nil
}

func unreachedCluster(host string) error {
	return &asl.Error{Name: "EKS.SdkClientException", Cause: "the cluster at " + host + " is on another machine and is not called: " +
		"give the Endpoint of a local one, such as http://127.0.0.1:8001 of kubectl proxy, or set services.eks.endpoint to aws in aslocal.yaml"}
}

// startJob creates the job of eks:runJob.
func (k EKS) startJob(ctx context.Context, c *Call) (value.Value, error) {
	answer, err := k.request(ctx, c, http.MethodPost, jobsPath(c), "", payloadText(c.Input.Get("Job")))
	if err != nil {
		return value.Value{}, err
	}
	return answer.content(), nil
}

// jobsPath is the path of the jobs in the namespace of a call.
func jobsPath(c *Call) string { return "/apis/batch/v1/namespaces/" + namespaceOf(c) + "/jobs" }

func namespaceOf(c *Call) string {
	if n := c.Input.Get("Namespace").Text(); n != "" {
		return url.PathEscape(n)
	}
	return "default"
}

// Watch implements Runner: it looks at the job until it is complete or has failed. A
// job goes on when its execution is stopped.
func (k EKS) Watch(ctx context.Context, c *Call, submitted value.Value, done func(value.Value, error)) {
	name := submitted.Get("metadata").Get("name").Text()
	pause, lost := firstPoll, 0
	var poll func()
	next := func() {
		pause = min(pause*2, longestPoll)
		c.After(pause, poll)
	}
	poll = func() {
		answer, err := k.request(ctx, c, http.MethodGet, jobsPath(c)+"/"+url.PathEscape(name), "", "")
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if _, passes := errors.AsType[*unreachedError](err); passes && lost < maxLostPolls {
				lost++
				next()
				return
			}
			done(value.Value{}, err)
			return
		}
		lost = 0
		job := answer.content()
		switch jobState(job) {
		case "Complete":
			done(k.withLogs(ctx, c, job, name), nil)
		case "Failed":
			done(value.Value{}, failedWith(asl.ErrTaskFailed, k.withLogs(ctx, c, job, name)))
		default:
			next()
		}
	}
	c.After(pause, poll)
}

// jobState is the condition of a job that holds: Complete, Failed or another.
func jobState(job value.Value) string {
	for _, condition := range job.Get("status").Get("conditions").Items() {
		if kind := condition.Get("type").Text(); condition.Get("status").Text() == "True" && (kind == "Complete" || kind == "Failed") {
			return kind
		}
	}
	return ""
}

// withLogs adds to a job the logs of the containers of its pods, if LogOptions ask for
// them.
func (k EKS) withLogs(ctx context.Context, c *Call, job value.Value, name string) value.Value {
	options := c.Input.Get("LogOptions")
	if !options.Get("RetrieveLogs").Bool() || job.Kind() != value.Object {
		return job
	}
	pods := "/api/v1/namespaces/" + namespaceOf(c) + "/pods"
	answer, err := k.request(ctx, c, http.MethodGet, pods, url.Values{"labelSelector": {"job-name=" + name}}.Encode(), "")
	if err != nil {
		return job.With("logs", logFailure(err))
	}
	var logs value.ObjectBuilder
	for _, pod := range answer.content().Get("items").Items() {
		podName := pod.Get("metadata").Get("name").Text()
		var containers value.ObjectBuilder
		for _, container := range pod.Get("spec").Get("containers").Items() {
			containerName := container.Get("name").Text()
			query := queryOf(object(options.Get("LogParameters")).With("container", value.OfItems(value.OfString(containerName))))
			answer, err := k.request(ctx, c, http.MethodGet, pods+"/"+url.PathEscape(podName)+"/log", query, "")
			if err != nil {
				containers.Set(containerName, logFailure(err))
				continue
			}
			log := value.OfString(strings.ToValidUTF8(answer.body, "\uFFFD"))
			if !options.Get("RawLogs").Bool() {
				log = answer.content()
			}
			containers.Set(containerName, value.OfMembers("log", log))
		}
		logs.Set(podName, value.OfMembers("containers", containers.Value()))
	}
	return job.With("logs", value.OfMembers("pods", logs.Value()))
}

// logFailure stands for a log that cannot be read.
func logFailure(err error) value.Value {
	failed, ok := errors.AsType[*asl.Error](err)
	if !ok {
		failed = &asl.Error{Name: asl.ErrTaskFailed, Cause: err.Error()}
	}
	return value.OfMembers("error", value.OfString(failed.Name), "cause", value.OfString(failed.Cause))
}

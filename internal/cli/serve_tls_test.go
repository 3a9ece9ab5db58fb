package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
)

// These tests serve HTTPS from a process of its own, and talk to it as clients do.

// A tlsServer is such a process.
type tlsServer struct {
	t       *testing.T
	folder  string // of the project
	url     string
	banner  string
	log     bytes.Buffer
	command *exec.Cmd
}

func startTLS(t *testing.T, folder string, flags ...string) *tlsServer {
	t.Helper()
	s := &tlsServer{t: t, folder: folder}
	s.command = exec.Command(os.Args[0], append([]string{"serve", folder, "--port", "0", "--durability", "memory", "--quiet"}, flags...)...)
	s.command.Env = s.environment()
	s.command.Stderr = &s.log
	out, err := s.command.StdoutPipe()
	if err == nil {
		err = s.command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.end)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.banner += lines.Text() + "\n"
		if _, url, ok := strings.Cut(lines.Text(), "AWS_ENDPOINT_URL_SFN="); ok {
			s.url = url
		}
		if strings.Contains(lines.Text(), "Try it") {
			go io.Copy(io.Discard, out)
			return s
		}
	}
	s.command.Wait()
	t.Fatalf("aslocal serve ended without saying where it listens:\n%s", s.log.String())
	return nil
}

func (s *tlsServer) environment() []string {
	return append(os.Environ(), asAslocal+"=1", "ASLOCAL_TLS_DIR="+filepath.Join(s.folder, "tls"), "AWS_CA_BUNDLE=", "AWS_ENDPOINT_URL_SFN="+s.url)
}

// end ends the process as its user does.
func (s *tlsServer) end() {
	if s.command == nil {
		return
	}
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Error(err)
	}
	if err := s.command.Wait(); err != nil {
		s.t.Errorf("aslocal serve ended with %v:\n%s", err, s.log.String())
	}
	s.command = nil
}

// aslocal runs a command that asks the server.
func (s *tlsServer) aslocal(args ...string) (out string, err error) {
	c := exec.CommandContext(s.t.Context(), os.Args[0], args...)
	c.Env = s.environment()
	text, err := c.CombinedOutput()
	return string(text), err
}

// client trusts a file of roots, and reaches every host at the server.
func (s *tlsServer) client(roots string) *http.Client {
	s.t.Helper()
	text, err := os.ReadFile(roots)
	if err != nil {
		s.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.url, "https://"))
	transport := &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		},
	}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (s *tlsServer) roots() string { return filepath.Join(s.folder, "tls", "ca.pem") }

// project is a folder with a state machine, and a function that calls the API.
func project(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"order.asl.json": `{"StartAt": "F", "States": {"F": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:call", "End": true}}}`,
		"echo.asl.json":  `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`,
		"aslocal.yaml":   "functions: {call: {runtime: python3.12, handler: app.handler, folder: src, timeout: 60}}\nmachines: {echo: {type: EXPRESS}}\n",
		"src/app.py": `import os, urllib.request
def handler(event, context):
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL_SFN"], b"{}", {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AWSStepFunctions.ListActivities"})
    return urllib.request.urlopen(request).read().decode()
`,
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// SDKs and the commands of aslocal reach the server by HTTPS, under all its names, also for
// synchronous executions; streams come by HTTP/2.
func TestServeTLS(t *testing.T) {
	s := startTLS(t, project(t), "--tls", "--allow-host", "example.test")
	if !strings.HasPrefix(s.url, "https://localhost:") || !strings.Contains(s.banner, "clients trust "+s.roots()) || !strings.Contains(s.banner, "NODE_EXTRA_CA_CERTS="+s.roots()) {
		t.Errorf("the banner is\n%s", s.banner)
	}
	client := s.client(s.roots())
	for _, host := range []string{"localhost", "127.0.0.1", "states.localhost", "example.test"} {
		config := emulator.ClientConfig("https://"+host+":8083", "us-east-1")
		config.HTTPClient = client
		config.APIOptions = nil // the SDK puts sync- before the host
		sdk := sfn.NewFromConfig(config)
		if list, err := sdk.ListStateMachines(t.Context(), nil); err != nil || len(list.StateMachines) != 2 {
			t.Errorf("%s: got %v, %v", host, list, err)
		}
		if host == "127.0.0.1" {
			continue // no certificate is for sync-127.0.0.1, which resolves nowhere
		}
		out, err := sdk.StartSyncExecution(t.Context(), &sfn.StartSyncExecutionInput{
			StateMachineArn: aws.String("arn:aws:states:us-east-1:123456789012:stateMachine:echo"), Input: aws.String(`{"a":1}`)})
		if err != nil || aws.ToString(out.Output) != `{"a":1}` {
			t.Errorf("%s: got %v, %v", host, out, err)
		}
	}

	notices, err := client.Get(s.url + "/_aslocal/notices")
	if err != nil {
		t.Fatal(err)
	}
	defer notices.Body.Close()
	if notices.ProtoMajor != 2 {
		t.Errorf("notices come by %s", notices.Proto)
	}
	if out, err := s.aslocal("start", "echo", "--name", "seen"); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if line, err := bufio.NewReader(notices.Body).ReadString('\n'); err != nil || !json.Valid([]byte(line)) {
		t.Errorf("got %q, %v", line, err)
	}
	pages, err := client.Get(s.url + "/_ui/api/overview")
	if err != nil {
		t.Fatal(err)
	}
	pages.Body.Close()
	if pages.StatusCode != http.StatusOK || pages.ProtoMajor != 2 {
		t.Errorf("the pages: got %s %s", pages.Proto, pages.Status)
	}

	for _, args := range [][]string{{"ls"}, {"ls", "order"}, {"show", "order"}, {"pending"}} {
		if out, err := s.aslocal(args...); err != nil {
			t.Errorf("aslocal %s: %v: %s", strings.Join(args, " "), err, out)
		}
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Log("python3 is not on this machine: no function is called")
		return
	}
	if out, err := s.aslocal("start", "order", "--wait"); err != nil || !strings.Contains(out, "activities") {
		t.Errorf("a function that calls the API: got %s, %v", out, err)
	}
}

// Who speaks HTTP to the port of HTTPS is told so, and who does not trust the server is
// named in its log.
func TestWrongWaysToTalkToTLS(t *testing.T) {
	s := startTLS(t, t.TempDir(), "--tls")
	plain := strings.Replace(s.url, "https://", "http://", 1)
	const want = "aslocal speaks HTTPS here: the URL is "
	for _, body := range []string{"{}", strings.Repeat("x", 300_000)} {
		answer, err := http.Post(plain, "application/x-amz-json-1.0", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(text), want+s.url+",") {
			t.Errorf("got %s %s, %v", answer.Status, text, err)
		}
	}
	if out, err := s.aslocal("ls", "--endpoint", plain); err == nil || !strings.Contains(out, want+s.url+",") {
		t.Errorf("aslocal ls: got %s, %v", out, err)
	}
	other := exec.CommandContext(t.Context(), os.Args[0], "ls", "--endpoint", s.url)
	other.Env = append(s.environment(), "ASLOCAL_TLS_DIR="+t.TempDir())
	if out, err := other.CombinedOutput(); err == nil || !strings.Contains(string(out), "unknown authority") || !strings.Contains(string(out), "hint: AWS_CA_BUNDLE") {
		t.Errorf("without the roots: got %s, %v", out, err)
	}
	other.Process.Release()
	s.end()
	if got := s.log.String(); strings.Count(got, "a client does not trust the certificate") != 1 || strings.Contains(got, "EOF") {
		t.Errorf("the log is\n%s", got)
	}
}

// writePair writes a certificate for names that signs itself.
func writePair(t *testing.T, path string, names ...string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: names, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A certificate of the user's is served, and its names are those of the server.
func TestServeOwnCertificate(t *testing.T) {
	folder := t.TempDir()
	own := filepath.Join(folder, "own.pem")
	writePair(t, own, "*.dev.test", "dev.test")
	if err := os.WriteFile(filepath.Join(folder, "aslocal.yaml"), []byte("tls: {cert: own.pem}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, flags := range map[string][]string{"aslocal.yaml": nil, "flags": {"--tls-cert", own, "--tls-key", own}} {
		s := startTLS(t, folder, flags...)
		if !strings.HasPrefix(s.url, "https://dev.test:") || strings.Contains(s.banner, "AWS_CA_BUNDLE") {
			t.Errorf("%s: the banner is\n%s", name, s.banner)
		}
		client := s.client(own)
		for _, host := range []string{"dev.test", "a.dev.test"} {
			answer, err := client.Get(fmt.Sprintf("https://%s/", host))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Errorf("%s: %s: got %s", name, host, answer.Status)
			}
		}
		if _, err := os.Stat(filepath.Join(folder, "tls")); err == nil {
			t.Error("certificates of aslocal are made that nobody uses")
		}
		s.end()
	}
}

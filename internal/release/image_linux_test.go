package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

var imageBinary = flag.String("image", "", "build the image with this `FILE`, a static binary, and run it (make test-image)")

// An image is one that was built, as a tree of files.
type image struct {
	root        string // of its files
	user        uint32
	environment []string
	folder      string // where programs start
	program     []string
	arguments   []string
	healthCheck []string
}

// TestImage builds the image with buildah, and runs what is in it as an engine would: nothing
// but its files, as its user, as process 1.
func TestImage(t *testing.T) {
	if *imageBinary == "" {
		t.Skip("needs buildah and a binary: make test-image")
	}
	img := buildImage(t)
	if files := img.files(t); !slices.Equal(files, []string{"LICENSE", "NOTICE", "README.md", "THIRD_PARTY_LICENSES.txt", "aslocal", "data/README.txt"}) {
		t.Errorf("the image has the files %q", files)
	}

	first := img.serve(t)
	if code, said := img.run(t, append(img.healthCheck, "--endpoint", first.url)...); code != 0 || said != "" {
		t.Errorf("health of a server that is well: %d, %s", code, said)
	}
	machine := first.startOne(t)
	if code := first.stop(t); code != 0 {
		t.Errorf("SIGTERM: it ended with %d", code)
	}
	if code, said := img.run(t, append(img.healthCheck, "--endpoint", first.url)...); code != 1 || !strings.Contains(said, "no server listens at "+first.url) {
		t.Errorf("health of no server: %d, %s", code, said)
	}

	second := img.serve(t) // on the same data
	if got, err := second.client.DescribeStateMachine(t.Context(), &sfn.DescribeStateMachineInput{StateMachineArn: &machine}); err != nil || *got.Name != "greet" {
		t.Errorf("after a restart: %v", err)
	}
	if code := second.stop(t); code != 0 {
		t.Errorf("SIGTERM: it ended with %d", code)
	}
	for _, file := range img.files(t) {
		folder, name, _ := strings.Cut(file, "/")
		if folder == "data" && name != "README.txt" {
			info, err := os.Stat(filepath.Join(img.root, file))
			if err != nil || info.Sys().(*syscall.Stat_t).Uid != img.user {
				t.Errorf("%s does not belong to the user: %v", file, err)
			}
		}
		if folder != "data" && strings.Contains(file, "/") {
			t.Errorf("it has written %s", file)
		}
	}
	if code, said := img.run(t, "/aslocal", "validate", "/data/README.txt"); code != 3 {
		t.Errorf("another command: %d, %s", code, said)
	}
}

// buildImage builds the target prebuilt with the binary.
func buildImage(t *testing.T) *image {
	t.Helper()
	if _, err := exec.LookPath("buildah"); err != nil {
		t.Skip("there is no buildah: apt-get install buildah")
	}
	if os.Getuid() != 0 {
		t.Skip("only root can run what is in an image without an engine")
	}
	build := t.TempDir()
	binary, err := os.ReadFile(*imageBinary)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	files := []packed{{"aslocal", true, binary}, {"LICENSE", false, []byte("x")}, {"NOTICE", false, []byte("x")}, {"README.md", false, []byte("x")}, {licencesFile, false, []byte("x")}}
	if err := writeTar(&archive, files, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Dockerfile", ".dockerignore", "internal/release/image/data/README.txt"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		place(t, filepath.Join(build, name), text)
	}
	place(t, filepath.Join(build, "dist", "aslocal_0.0.0_linux_"+runtime.GOARCH+".tar.gz"), archive.Bytes())
	place(t, filepath.Join(build, "dist", "aslocal_0.0.0_linux_other.tar.gz"), []byte("of another platform"))

	store := t.TempDir()
	buildah := func(args ...string) string {
		t.Helper()
		c := exec.Command("buildah", append([]string{"--storage-driver", "vfs", "--root", filepath.Join(store, "root"), "--runroot", filepath.Join(store, "run")}, args...)...)
		out, err := output(c)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	buildah("build", "--isolation", "chroot", "--format", "docker", "--target", "prebuilt", "--quiet", "-t", "aslocal", build)
	container := buildah("from", "--pull-never", "aslocal")
	root := buildah("mount", container)
	t.Cleanup(func() { buildah("umount", container) })
	described, err := value.Parse(buildah("inspect", "--type", "image", "aslocal"))
	if err != nil {
		t.Fatal(err)
	}
	config := described.Get("Docker").Get("config")
	user, _, _ := strings.Cut(config.Get("User").Text(), ":")
	id, err := strconv.ParseUint(user, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	img := &image{
		root: root, user: uint32(id), environment: texts(config.Get("Env")), folder: config.Get("WorkingDir").Text(), program: texts(config.Get("Entrypoint")), arguments: texts(config.Get("Cmd")),
	}
	check := texts(config.Get("Healthcheck").Get("Test"))
	if len(check) < 2 || check[0] != "CMD" || len(img.program) != 1 {
		t.Fatalf("the image has the configuration %s", config)
	}
	img.healthCheck = check[1:]
	if !config.Get("Volumes").Get("/data").Exists() || !config.Get("ExposedPorts").Get("8083/tcp").Exists() {
		t.Errorf("the image has no volume, or no port: %s", config)
	}
	return img
}

func place(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, path, string(content))
}

func texts(list value.Value) (out []string) {
	for _, item := range list.Items() {
		out = append(out, item.Text())
	}
	return out
}

// files lists the regular files of the image.
func (img *image) files(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir(img.root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			name, _ := filepath.Rel(img.root, path)
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// command is a program of the image, which sees the image alone.
func (img *image) command(words ...string) *exec.Cmd {
	return &exec.Cmd{Path: words[0], Args: words, Env: img.environment, Dir: img.folder, SysProcAttr: &syscall.SysProcAttr{
		Chroot: img.root, Credential: &syscall.Credential{Uid: img.user, Gid: img.user}, Cloneflags: syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL,
	}}
}

// run runs a program of the image to its end.
func (img *image) run(t *testing.T, words ...string) (code int, said string) {
	t.Helper()
	out, err := img.command(words...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), string(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, string(out)
}

// A served image answers the API.
type served struct {
	url    string
	client *sfn.Client
	c      *exec.Cmd
	ended  chan error
}

// serve runs what the image runs, at a free port.
func (img *image) serve(t *testing.T) *served {
	t.Helper()
	s := &served{c: img.command(slices.Concat(img.program, img.arguments, []string{"--port", "0", "--log-format", "json"})...), ended: make(chan error, 1)}
	var said bytes.Buffer
	s.c.Stderr = &said
	out, err := s.c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.c.Process.Kill() })
	found := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if line, err := value.ParseBytes(lines.Bytes()); err == nil && line.Get("msg").Text() == "api" {
				found <- line.Get("text").Text()
			}
		}
		close(found)
		s.ended <- s.c.Wait()
	}()
	address, ok := <-found
	if !ok {
		t.Fatalf("it ended before it served: %s", &said)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://127.0.0.1:" + u.Port()
	// Requests come for the name of a service of Compose.
	config := emulator.ClientConfig("http://stepfunctions:"+u.Port(), "us-east-1")
	config.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+u.Port())
	}}}
	s.client = sfn.NewFromConfig(config)
	return s
}

// startOne runs an execution, and returns the ARN of its state machine.
func (s *served) startOne(t *testing.T) string {
	t.Helper()
	machine, err := s.client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("greet"), RoleArn: aws.String("arn:aws:iam::123456789012:role/r"), Type: types.StateMachineTypeExpress,
		Definition: aws.String(`{"StartAt": "Greet", "States": {"Greet": {"Type": "Pass", "Parameters": {"text.$": "States.Format('Hello, {}', $.name)"}, "End": true}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	ended, err := s.client.StartSyncExecution(t.Context(), &sfn.StartSyncExecutionInput{StateMachineArn: machine.StateMachineArn, Input: aws.String(`{"name": "Ada"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(ended.Output); got != `{"text":"Hello, Ada"}` {
		t.Errorf("the execution returned %s", got)
	}
	return *machine.StateMachineArn
}

// stop ends it as an engine does, and returns its exit code.
func (s *served) stop(t *testing.T) int {
	t.Helper()
	began := time.Now()
	if err := s.c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := <-s.ended
	t.Logf("it ended %s after SIGTERM", time.Since(began).Round(time.Millisecond))
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

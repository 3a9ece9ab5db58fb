package lambda

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// This file has functions in Go that behave badly. The test's own program plays
// them, so that they need nothing but the test.

// playVariable names the one to play.
const playVariable = "ASLOCAL_TEST_PLAY"

func TestMain(m *testing.M) {
	if name := os.Getenv(playVariable); name != "" {
		plays[name](connect())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// played is a function that plays one of plays. Home is what it dials.
func played(name string) Function {
	return Function{
		Name: name, Runtime: "provided.al2023", Folder: ".", Command: []string{os.Args[0]},
		Environment: map[string]string{playVariable: name},
	}
}

// A process is a client of the Runtime API.
type client struct{ address, base string }

func connect() *client {
	address := os.Getenv("AWS_LAMBDA_RUNTIME_API")
	return &client{address, "http://" + address + "/2018-06-01/runtime/"}
}

func (c *client) next() (id, event string) {
	response, err := http.Get(c.base + "invocation/next")
	if err != nil {
		os.Exit(1)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.Header.Get("Lambda-Runtime-Aws-Request-Id"), string(body)
}

// post returns the status and the body of the answer.
func (c *client) post(path, body string, headers ...string) string {
	r, _ := http.NewRequest(http.MethodPost, c.base+path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return strconv.Itoa(response.StatusCode) + " " + strings.TrimSpace(string(text))
}

func (c *client) answer(id, body string) string {
	return c.post("invocation/"+id+"/response", body)
}

// serve answers all events with what handle makes of them.
func (c *client) serve(handle func(id, event string) string) {
	for {
		id, event := c.next()
		c.answer(id, handle(id, event))
	}
}

// raw sends bytes on a connection of their own, and returns the first line of the
// answer.
func (c *client) raw(text string) string {
	conn, err := net.Dial("tcp", c.address)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	conn.Write([]byte(text))
	conn.(*net.TCPConn).CloseWrite()
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line)
}

// call home: the test sees when the process ends by the end of the connection.
func home() net.Conn {
	conn, err := net.Dial("tcp", os.Getenv("HOME_ADDRESS"))
	if err != nil {
		panic(err)
	}
	return conn
}

var plays = map[string]func(*client){
	"echo": func(c *client) { c.serve(func(_, event string) string { return event }) },
	"pid":  func(c *client) { c.serve(func(string, string) string { return strconv.Itoa(os.Getpid()) }) },
	"environment": func(c *client) {
		c.serve(func(string, string) string { return fmt.Sprintf("%q", os.Environ()) })
	},
	"text": func(c *client) { c.serve(func(string, string) string { return "not JSON" }) },
	"large": func(c *client) {
		said := "" // of the answer before
		c.serve(func(id, event string) string {
			if event == `"said"` {
				return strconv.Quote(said)
			}
			said = c.answer(id, strings.Repeat("x", maxPayload+1))
			return "" // refused
		})
	},
	"silent": func(c *client) { c.next(); select {} },
	"twice": func(c *client) {
		id, _ := c.next()
		c.answer(id, `1`)
		second := c.answer(id, `2`)
		c.serve(func(string, string) string { return strconv.Quote(second) })
	},
	"other id": func(c *client) {
		id, _ := c.next()
		c.answer(id, strconv.Quote(c.answer("0000", `1`)))
	},
	"order": func(c *client) {
		id, _ := c.next()
		said := c.post("init/error", `{}`)
		response, err := http.Get(c.base + "invocation/next")
		if err == nil {
			said += " / " + response.Status
		}
		c.answer(id, strconv.Quote(said))
	},
	"bad mode": func(c *client) {
		id, _ := c.next()
		c.answer(id, strconv.Quote(c.post("invocation/"+id+"/response", "1", "Lambda-Runtime-Function-Response-Mode", "odd")))
	},
	"page": func(c *client) { // what a page in a browser would send
		said := c.post("init/error", `{}`, "Origin", "http://example.test")
		said += " / " + c.raw("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n")
		id, _ := c.next()
		c.answer(id, strconv.Quote(said))
	},
	"init error": func(c *client) {
		c.post("init/error", `{"errorMessage":"no","errorType":"Custom"}`)
		os.Exit(1)
	},
	"exit 0 at start":     func(*client) {},
	"exit 7 at start":     func(*client) { os.Exit(7) },
	"exit 3":              func(c *client) { c.next(); os.Exit(3) },
	"killed":              func(c *client) { c.next(); kill(os.Getpid()) },
	"answers, then exits": func(c *client) { id, _ := c.next(); c.answer(id, `"bye"`); os.Exit(1) },
	"never asks":          func(*client) { select {} },
	"never asks, home":    func(*client) { home(); select {} },
	"never asks again":    func(c *client) { id, _ := c.next(); c.answer(id, `"bye"`); select {} },
	"ignores SIGTERM":     func(c *client) { signal.Ignore(syscall.SIGTERM); home(); c.next(); select {} },
	"leaves a child": func(c *client) {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), playVariable+"=child")
		here, _ := child.StdoutPipe()
		c.next()
		if err := child.Start(); err != nil {
			panic(err)
		}
		here.Read(make([]byte, 1))
		os.Exit(0)
	},
	"child": func(*client) { home(); fmt.Print("here"); select {} },
	"exits when told": func(c *client) {
		conn := home()
		go func() {
			conn.Read(make([]byte, 1))
			os.Exit(5)
		}()
		c.serve(func(string, string) string { return strconv.Itoa(os.Getpid()) })
	},
	"closes its connection": func(c *client) { // after the first answer
		id, _ := c.next()
		c.answer(id, `"well"`)
		conn, _ := net.Dial("tcp", c.address)
		fmt.Fprintf(conn, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", c.address)
		conn.Close()
		c.serve(func(string, string) string { return `"well"` })
	},
	"huge headers": func(c *client) {
		said := c.raw("GET /ping HTTP/1.1\r\nHost: " + c.address + "\r\nX-Cause: " + strings.Repeat("x", 3<<20) + "\r\nConnection: close\r\n\r\n")
		id, _ := c.next()
		c.post("invocation/"+id+"/error", `{"errorType":"Long","errorMessage":"`+said+`"}`, "Lambda-Runtime-Function-XRay-Error-Cause", strings.Repeat("x", 1<<20))
	},
	"cut short": func(c *client) {
		id, _ := c.next()
		said := c.raw("POST /2018-06-01/runtime/invocation/" + id + "/response HTTP/1.1\r\nHost: " + c.address + "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")
		c.serve(func(string, string) string { return strconv.Quote(said) })
	},
	"error in a stream": func(c *client) {
		id, _ := c.next()
		body := base64.StdEncoding.EncodeToString([]byte(`{"errorType":"Late","errorMessage":"oh"}`))
		c.raw("POST /2018-06-01/runtime/invocation/" + id + "/response HTTP/1.1\r\nHost: " + c.address + "\r\nTransfer-Encoding: chunked\r\n" +
			"Lambda-Runtime-Function-Response-Mode: streaming\r\nTrailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n" +
			"3\r\nhel\r\n0\r\nLambda-Runtime-Function-Error-Type: Late\r\nLambda-Runtime-Function-Error-Body: " + body + "\r\n\r\n")
		c.next()
	},
	"logs": func(c *client) { // as many bytes as the event says, in lines of 64
		c.serve(func(_, event string) string {
			bytesLeft, _ := strconv.Atoi(event)
			line := append(bytes.Repeat([]byte("l"), 63), '\n')
			w := bufio.NewWriterSize(os.Stdout, 1<<16)
			for ; bytesLeft > 0; bytesLeft -= len(line) {
				w.Write(line)
			}
			w.WriteString("last, without an end")
			w.Flush()
			return event
		})
	},
	"one endless line": func(c *client) {
		c.serve(func(_, event string) string {
			os.Stdout.Write(bytes.Repeat([]byte("x"), 2*maxLine+10))
			return event
		})
	},
	// A program with functions of its own, which the test kills.
	"aslocal": func(*client) {
		h := NewHost(Settings{})
		f := played(os.Getenv("CALLED"))
		f.Environment["HOME_ADDRESS"] = os.Getenv("HOME_ADDRESS")
		h.Set([]Function{f})
		h.Invoke(context.Background(), Invocation{Function: f.Name, Event: []byte("1")})
	},
	"in the middle": func(c *client) { c.next(); home(); select {} },
	"in the middle of a child": func(c *client) {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), playVariable+"=child")
		c.next()
		if err := child.Run(); err != nil {
			panic(err)
		}
	},
}

func kill(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		p.Kill()
	}
	select {}
}

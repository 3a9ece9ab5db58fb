// A function in Go that answers each event with it, without a library.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
)

func main() {
	address := os.Getenv("AWS_LAMBDA_RUNTIME_API")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		os.Exit(1)
	}
	reader := bufio.NewReader(conn)
	const base = "/2018-06-01/runtime/invocation/"
	for {
		fmt.Fprintf(conn, "GET %snext HTTP/1.1\r\nHost: %s\r\n\r\n", base, address)
		id, event := read(reader)
		answer := greeting + event
		fmt.Fprintf(conn, "POST %s%s/response HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", base, id, address, len(answer), answer)
		read(reader)
	}
}

// read reads an answer of the Runtime API: the id in it, and its body.
func read(r *bufio.Reader) (id, body string) {
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			os.Exit(1)
		}
		name, text, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch strings.ToLower(name) {
		case "lambda-runtime-aws-request-id":
			id = text
		case "content-length":
			length, _ = strconv.Atoi(text)
		case "":
			content := make([]byte, length)
			io.ReadFull(r, content)
			return id, string(content)
		}
	}
}

const greeting = ""

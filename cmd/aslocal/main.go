// Command aslocal is a local AWS Step Functions: it serves the API, runs and
// checks state machines.
package main

import (
	"os"

	"github.com/aslocal/aslocal/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

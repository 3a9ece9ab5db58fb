//go:build unix

package regular

import "syscall"

// nonblock makes opening a FIFO return at once, whether or not somebody writes to
// it. It changes nothing about a regular file.
const nonblock = syscall.O_NONBLOCK

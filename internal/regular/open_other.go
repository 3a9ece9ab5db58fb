//go:build !unix

package regular

// nonblock is nothing: there are no FIFOs among the files.
const nonblock = 0

// Package lsp is the language server of state machines: what package assist and
// package asl know, in the Language Server Protocol.
//
//	err := lsp.Serve(ctx, os.Stdin, os.Stdout, lsp.Options{})
//
// Messages are read in order and answered in order. Diagnostics of a document are
// published when no further message is waiting, so that none are made of a text that
// has changed meanwhile.
//
// frame.go reads and writes messages, protocol.go has their forms, server.go calls what
// they ask for. document.go holds the texts; the other files have a request each.
// Positions are in UTF-16 code units, as the protocol has them unless both sides agree
// on others.
package lsp

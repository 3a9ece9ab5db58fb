// Package caller finds out who has sent a request: the region is that of its
// signature, the account that of its access key. Signatures are not verified, so a
// Caller is who it says it is.
package caller

import (
	"context"
	"net/http"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/arn"
)

// A Caller is somebody who calls the API.
type Caller struct {
	arn.Home // where the request is sent to, and whose resources it is about

	Role string // ARN of the role that a task has assumed; "" if none has
}

// Principal is the ARN of the caller for messages. Who of an account it is is not known,
// unless it has assumed a role.
func (c *Caller) Principal() string {
	if _, role, ok := strings.Cut(c.Role, ":role/"); ok {
		return "arn:aws:sts::" + c.Account + ":assumed-role/" + role[strings.LastIndexByte(role, '/')+1:] + "/aslocal"
	}
	return "arn:aws:iam::" + c.Account + ":root"
}

// A Directory knows the accounts of access keys.
type Directory struct {
	Default  arn.Home          // of those who do not say where, or who, they are
	Accounts map[string]string // by access key
}

// With returns the context of a request, which has its Caller; of one without a
// signature, as curl and aslocal itself send them, that of the HTTP server.
func (d *Directory) With(r *http.Request) context.Context {
	scope, ok := ScopeOf(r)
	if !ok {
		return r.Context()
	}
	return With(r.Context(), d.caller(scope))
}

// caller is who signs with a scope. An access key of twelve digits is that account.
func (d *Directory) caller(s Scope) Caller {
	c := Caller{Home: d.Default}
	if s.Region != c.Region && arn.IsRegion(s.Region) {
		c.Region = s.Region
	}
	if account, ok := d.Accounts[s.AccessKey]; ok {
		c.Account = account
	} else if arn.IsAccount(s.AccessKey) {
		c.Account = s.AccessKey
	}
	return c
}

// With returns a context that has a Caller.
func With(ctx context.Context, c Caller) context.Context { return &called{ctx, c} }

// Of returns the Caller of a context. Nil is the emulator itself, or its owner: it may do
// everything, everywhere.
func Of(ctx context.Context) *Caller {
	c, _ := ctx.Value(key{}).(*Caller)
	return c
}

// key is the key of the Caller in contexts.
type key struct{}

// called is a context with a Caller, in one piece of memory.
type called struct {
	context.Context
	caller Caller
}

// Value implements context.Context.
func (c *called) Value(k any) any {
	if k == (key{}) {
		return &c.caller
	}
	return c.Context.Value(k)
}

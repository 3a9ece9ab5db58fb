package emulator

import (
	"context"
	"net/http"
	"sync"

	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/emulator/internal/caller"
)

// This file finds out who calls the API, and tells who does not see what they may expect.

// WithRegion sets the default region; us-east-1 if not given. It is that of requests
// whose signature names none, and of what Go programs and the pages create. A client
// whose requests are signed for another region is in that region, and has the state
// machines, executions and activities of that region only.
func WithRegion(region string) Option { return func(s *settings) { s.region = region } }

// ProfileRegion returns the region in which AWS's tools on this machine call without being
// told another one: that of the profile AWS_PROFILE, or of the default one, in
// ~/.aws/config. "" if there is none.
func ProfileRegion() string {
	if region := awsclient.ProfileRegion(); arn.IsRegion(region) {
		return region
	}
	return ""
}

// WithAccount sets the default account; 123456789012 if not given, as in Step
// Functions Local. It is that of all access keys but those of [WithAccessKey], and those
// that are the id of an account themselves. Signatures are not verified.
func WithAccount(account string) Option { return func(s *settings) { s.account = account } }

// WithAccessKey says which account an access key is of. Each account has state machines,
// executions and activities of its own, in each region. An access key of twelve digits is
// the account of that id without this option. New fails if the account is not twelve
// digits.
func WithAccessKey(accessKey, account string) Option {
	return func(s *settings) { s.accounts[accessKey] = account }
}

// callers are those who call the API.
type callers struct {
	caller.Directory

	mu   sync.Mutex
	told map[arn.Home]bool // but the default one
}

// maxTold is of how many regions and accounts it is told that somebody calls there.
const maxTold = 100

// contextOf returns the context of a request, with its caller.
func (e *Emulator) contextOf(r *http.Request) context.Context {
	ctx := e.callers.With(r)
	if c := caller.Of(ctx); c != nil && c.Home != e.home && e.callers.isNew(c.Home) {
		e.log.Info("a client calls in another region or account than the default ones: it sees only what was created there; its region and access key decide",
			"region", c.Region, "account", c.Account, "defaultRegion", e.home.Region, "defaultAccount", e.home.Account)
	}
	return ctx
}

// isNew reports whether it is to be told that somebody calls in a region and account.
func (c *callers) isNew(home arn.Home) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told[home] || len(c.told) >= maxTold {
		return false
	}
	if c.told == nil {
		c.told = make(map[arn.Home]bool)
	}
	c.told[home] = true
	return true
}

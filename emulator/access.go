package emulator

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
)

// This file decides which requests are let in. An emulator asks nobody who they
// are, so the pages in the browser of its user must not reach it: neither by a
// request across origins, nor under a name that its owner lets point to this
// machine (DNS rebinding). Go's http.CrossOriginProtection looks at requests
// that change something; here reading is refused, too.

// WithAllowedHosts lets requests for these hosts in, beside those for localhost,
// names below it, and loopback addresses: names of this machine that others use,
// such as a container's or host.docker.internal. "*.example.test" allows the
// names below one, "*" every name without a dot, as the services of Docker Compose
// have, and an unspecified address ("0.0.0.0") every address. Ports do not matter.
//
// Hardly a name without a dot is in the public DNS, so "*" trusts those who answer such
// names in the network of a browser that can reach this emulator.
func WithAllowedHosts(hosts ...string) Option {
	return func(s *settings) { s.allowedHosts = append(s.allowedHosts, hosts...) }
}

// access lets the requests through that a program on this machine, or the
// emulator's own page, sends.
type access struct {
	next      http.Handler
	hosts     map[string]bool // allowed by name
	below     []string        // allowed with what is below, with the dot: ".localhost"
	addresses bool            // every address is allowed
	plain     bool            // every name without a dot is allowed
	refused   func(r *http.Request, status int, why string)
}

func newAccess(allowed []string, next http.Handler, refused func(r *http.Request, status int, why string)) *access {
	a := &access{next: next, refused: refused, hosts: map[string]bool{"localhost": true}, below: []string{".localhost"}}
	for _, host := range allowed {
		host = hostname(host)
		if address, err := netip.ParseAddr(host); err == nil && address.IsUnspecified() {
			a.addresses = true
		}
		switch rest, ok := strings.CutPrefix(host, "*."); {
		case ok:
			a.below = append(a.below, "."+rest)
		case host == "*":
			a.plain = true
		default:
			a.hosts[host] = true
		}
	}
	return a
}

// ServeHTTP refuses a request, in the API's own form, or lets it through.
func (a *access) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if why := a.refusal(r); why != "" {
		a.refused(r, http.StatusForbidden, why)
		awsjson.Refuse(w, &awsjson.Error{Name: "com.amazon.coral.service#AccessDeniedException", Message: why, Status: http.StatusForbidden})
		return
	}
	a.next.ServeHTTP(w, r)
}

// refusal is why the request is refused; "" if it is let in.
func (a *access) refusal(r *http.Request) string {
	if !a.allows(r.Host) {
		host := hostname(r.Host)
		return fmt.Sprintf("aslocal answers requests for localhost, and this one is for the host %q; if that is a name of this machine, "+
			"allow it with --allow-host %s (in Go: emulator.WithAllowedHosts)", host, strings.TrimPrefix(host, "sync-"))
	}
	origin := r.Header.Get("Origin")
	if origin != "" && origin != "http://"+r.Host && origin != "https://"+r.Host {
		return fmt.Sprintf("aslocal does not answer web pages from elsewhere, and this request comes from %q", origin)
	}
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "", "none", "same-origin":
	default:
		if !navigation(r) {
			return fmt.Sprintf("aslocal does not answer web pages from elsewhere, and the browser calls this request %q", site)
		}
	}
	return ""
}

// navigation reports whether a browser follows a link to a page here, of which
// the page with the link sees nothing.
func navigation(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// allows reports whether a request may be for the host. One without a host, as
// HTTP/1.0 has it, comes from no browser.
func (a *access) allows(host string) bool {
	if host == "" {
		return true
	}
	name := hostname(host)
	return a.allowsName(name) || a.allowsName(strings.TrimPrefix(name, "sync-")) // SDKs put that before the host for StartSyncExecution (F-230)
}

func (a *access) allowsName(name string) bool {
	if a.hosts[name] {
		return true
	}
	if address, err := netip.ParseAddr(name); err == nil {
		return a.addresses || address.Unmap().IsLoopback()
	}
	if a.plain && plainName(name) {
		return true
	}
	for _, suffix := range a.below {
		if strings.HasSuffix(name, suffix) && len(name) > len(suffix) {
			return true
		}
	}
	return false
}

// plainName reports whether the text is a name without a dot. Docker allows the underscore.
func plainName(text string) bool {
	for _, r := range text {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return text != ""
}

// hostname is the host without port, brackets and the dot of the root, in small
// letters.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

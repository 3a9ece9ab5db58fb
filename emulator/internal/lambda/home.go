package lambda

import "maps"

// This file has the functions of several accounts and regions: each is in all of them, as
// if it had been deployed there, with processes of its own.

// A Home is the region and the account that a function is in.
type Home struct{ Region, Account string }

// arn is the ARN of a function, with the qualifier if there is one.
func (h Home) arn(name, qualifier string) string {
	arn := "arn:aws:lambda:" + h.Region + ":" + h.Account + ":function:" + name
	if qualifier != "" {
		arn += ":" + qualifier
	}
	return arn
}

// setVariables sets the variables that say to a function where it is, and as whom it calls
// services. Those in the host's own home have credentials without an account, which
// local services take; others are their account by their access key.
func (h Home) setVariables(all map[string]string, host Home) {
	accessKey := "test"
	if h.Account != host.Account {
		accessKey = h.Account
	}
	maps.Copy(all, map[string]string{
		"AWS_REGION": h.Region, "AWS_DEFAULT_REGION": h.Region,
		"AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "test",
	})
}

// in returns the pool of the same function in another home.
func (p *pool) in(home Home) *pool {
	if home == p.home {
		return p
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	other := p.others[home]
	if other == nil {
		other = newPool(p.host, p.function, home)
		other.place, other.retired = p.place, p.retired
		if p.others == nil {
			p.others = make(map[Home]*pool)
		}
		p.others[home] = other
	}
	return other
}

// elsewhere returns the pools of the same function in other homes.
func (p *pool) elsewhere() []*pool {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*pool
	for _, other := range p.others {
		all = append(all, other)
	}
	return all
}

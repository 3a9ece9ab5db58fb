package lambda

import "strings"

// A Reference is what names a function: what the API takes as FunctionName.
type Reference struct {
	Name      string
	Qualifier string // version or alias, "" if not given
	Region    string // these two are "" if only a name is given
	Account   string
}

// ParseReference reads the forms that Lambda takes: name, function:name,
// account:function:name, and the ARN; each may end with a qualifier. Anything
// else is treated as a name.
func ParseReference(text string) Reference {
	parts := strings.Split(text, ":")
	var r Reference
	if len(parts) >= 7 && parts[0] == "arn" && parts[2] == "lambda" && parts[5] == "function" {
		r.Region, r.Account = parts[3], parts[4]
		parts = parts[6:]
	} else if len(parts) >= 3 && parts[1] == "function" {
		r.Account = parts[0]
		parts = parts[2:]
	} else if len(parts) >= 2 && parts[0] == "function" {
		parts = parts[1:]
	}
	r.Name, r.Qualifier = parts[0], strings.Join(parts[1:], ":")
	return r
}

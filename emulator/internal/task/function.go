package task

import "strings"

// A function is what an ARN or the parameter FunctionName refers to.
type function struct {
	name      string
	qualifier string // version or alias, "" if not given
	region    string // these two are "" if only a name is given
	account   string
}

// parseFunction reads the forms that Lambda takes: name, function:name,
// account:function:name, and the ARN; each may end with a qualifier. What is
// none of them is taken for a name, to which the endpoint will say its word.
func parseFunction(text string) function {
	parts := strings.Split(text, ":")
	var f function
	if len(parts) >= 7 && parts[0] == "arn" && parts[2] == "lambda" && parts[5] == "function" {
		f.region, f.account = parts[3], parts[4]
		parts = parts[6:]
	} else if len(parts) >= 3 && parts[1] == "function" {
		f.account = parts[0]
		parts = parts[2:]
	} else if len(parts) >= 2 && parts[0] == "function" {
		parts = parts[1:]
	}
	f.name, f.qualifier = parts[0], strings.Join(parts[1:], ":")
	return f
}

// arn returns the function's ARN without qualifier.
func (f function) arn() string {
	return "arn:aws:lambda:" + f.region + ":" + f.account + ":function:" + f.name
}

// key returns what a setting for the function is kept under: its name if the
// setting does not tell regions and accounts apart.
func (f function) key() string {
	key := f.name
	if f.region != "" && f.account != "" {
		key = f.arn()
	}
	if f.qualifier != "" {
		key += ":" + f.qualifier
	}
	return key
}

// keys returns those of the settings that apply to the function, the most
// special first.
func (f function) keys() [4]string {
	arn := f.arn()
	return [4]string{arn + ":" + f.qualifier, arn, f.name + ":" + f.qualifier, f.name}
}

// version returns the qualifier, or the one that Lambda uses if none is given.
func (f function) version() string {
	if f.qualifier == "" {
		return "$LATEST"
	}
	return f.qualifier
}

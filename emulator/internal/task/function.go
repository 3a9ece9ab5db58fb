package task

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/lambda"
)

// This file knows how functions are named. API of Lambda: Invoke, FunctionName.

// A function is what an ARN or the parameter FunctionName refers to.
type function struct {
	name      string
	qualifier string // version or alias, "" if not given
	region    string // these two are "" if only a name is given
	account   string
}

// What the API takes for FunctionName.
const (
	maxFunctionName     = 170
	functionNamePattern = `(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?` +
		`([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`
)

var functionName = regexp.MustCompile("^(?:" + functionNamePattern + ")$")

// checkFunctionName refuses what the API would refuse as a FunctionName. (The
// constraint is documented, the words are inferred from other services.)
func checkFunctionName(c *Call, name string) error {
	const wrong = "1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: "
	switch {
	case isPlainName(name):
		return nil
	case len(name) > maxFunctionName:
		return refused(c, "ValidationException", fmt.Sprintf(wrong+"Member must have length less than or equal to %d", name, maxFunctionName))
	case !functionName.MatchString(name):
		return refused(c, "ValidationException", fmt.Sprintf(wrong+"Member must satisfy regular expression pattern: %s", name, functionNamePattern))
	}
	return nil
}

// isPlainName saves most names the regular expression.
func isPlainName(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c|0x20) < 'a' || (c|0x20) > 'z' {
			if (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// check refuses a function that cannot exist: one whose name is only dots, which
// the pattern allows and a path would take for a folder.
func (f function) check(c *Call) error {
	if err := checkFunctionName(c, f.name); err != nil {
		return err
	}
	if strings.Trim(f.name, ".") == "" {
		return serviceError{
			status: http.StatusNotFound, code: "ResourceNotFoundException", message: "Function not found: " + f.arn() + ":" + f.version(), requestID: c.requestID(),
		}.optimized("lambda")
	}
	return nil
}

// parseFunction reads the forms that Lambda takes.
func parseFunction(text string) function {
	r := lambda.ParseReference(text)
	return function{name: r.Name, qualifier: r.Qualifier, region: r.Region, account: r.Account}
}

// in returns the function with the region and the account of a call, where it names none.
func (f function) in(home arn.Home) function {
	f.region, f.account = cmp.Or(f.region, home.Region), cmp.Or(f.account, home.Account)
	return f
}

// arn returns the function's ARN without qualifier.
func (f function) arn() string {
	return "arn:aws:lambda:" + f.region + ":" + f.account + ":function:" + f.name
}

// key returns the key under which settings of the function are kept: its name if
// the setting is for all regions and accounts, else its ARN.
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

// keys returns the keys of the settings that apply to the function, the most
// specific first.
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

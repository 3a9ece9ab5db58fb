package awsapi

import (
	"slices"
	"strings"
)

// Casing is how the members of structures are named. Keys of maps are never
// changed.
type Casing uint8

// The casings.
const (
	PascalCase Casing = iota // of optimized integrations: clusterArn is ClusterArn
	JavaV2                   // of aws-sdk:, as the setters of the Java SDK v2: DBInstanceIdentifier is DbInstanceIdentifier
	API                      // as the service's model names them
)

// Name returns what a member is named in c.
func (c Casing) Name(m *Member) string {
	switch c {
	case PascalCase:
		return capital(m.Name)
	case JavaV2:
		name := uncapital(m.Name)
		switch {
		case m.Name == "NULL": // of DynamoDB
			return "Nul"
		case contains(reserved, strings.ToLower(name)), contains(methods, name):
			name += "Value"
		}
		return capital(name)
	}
	return m.Name
}

// reserved are the words that Java keeps for itself, sorted.
var reserved = []string{
	"abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue", "default", "do",
	"double", "else", "enum", "extends", "false", "final", "finally", "float", "for", "goto", "if", "implements", "import",
	"instanceof", "int", "interface", "long", "native", "new", "null", "package", "private", "protected", "public", "return",
	"short", "static", "strictfp", "super", "switch", "synchronized", "this", "throw", "throws", "transient", "true", "try",
	"void", "volatile", "while",
}

// methods are those that every class of the Java SDK v2 has, sorted.
var methods = []string{
	"builder", "equals", "finalize", "getClass", "hashCode", "notify", "notifyAll", "overrideConfiguration", "sdkFields",
	"sdkHttpResponse", "toBuilder", "toString", "wait",
}

func contains(sorted []string, word string) bool {
	_, found := slices.BinarySearch(sorted, word)
	return found
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// uncapital makes the first letter a small one, and goes on while the next is a
// capital that no small letter follows: DBInstance is dbInstance, and ListX listX.
func uncapital(s string) string {
	b := []byte(s)
	for i, c := range b {
		if !isUpper(c) || i > 0 && i+1 < len(b) && isLower(b[i+1]) {
			break
		}
		b[i] = c - 'A' + 'a'
	}
	return string(b)
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

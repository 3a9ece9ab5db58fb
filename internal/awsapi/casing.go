package awsapi

import "strings"

// Casing is how the members of structures are named. Keys of maps are never
// changed.
type Casing uint8

// The casings.
const (
	PascalCase Casing = iota // of optimized integrations: clusterArn is ClusterArn
	JavaV2                   // of aws-sdk:, as the setters of the Java SDK v2: DBInstanceIdentifier is DbInstanceIdentifier
	API                      // as the service's model names them
)

// name returns what a member of the model is named in c.
func (c Casing) name(member string) string {
	switch c {
	case PascalCase:
		return capital(member)
	case JavaV2:
		name := uncapital(member)
		switch {
		case member == "NULL": // of DynamoDB
			return "Nul"
		case reserved[strings.ToLower(name)], methods[name]:
			name += "Value"
		}
		return capital(name)
	}
	return member
}

// reserved are the words that Java keeps for itself.
var reserved = setOf(`abstract assert boolean break byte case catch char class const continue default do double else enum
	extends false final finally float for goto if implements import instanceof int interface long native new null package
	private protected public return short static strictfp super switch synchronized this throw throws transient true try
	void volatile while`)

// methods are those that every class of the Java SDK v2 has.
var methods = setOf(`equals finalize getClass hashCode notify notifyAll toString wait builder sdkFields toBuilder
	overrideConfiguration sdkHttpResponse`)

func setOf(words string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
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

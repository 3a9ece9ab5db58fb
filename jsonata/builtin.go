package jsonata

import "github.com/aslocal/aslocal/value"

// This file is the table of the built-in functions. Their code is in the other
// builtin files, by what they work on.

// builtins are the functions of JSONata 2.0.6, with its signatures and numbers
// of parameters.
var builtins = []Function{
	{"sum", "<a<n>:n>", 1, sum},
	{"count", "<a:n>", 1, count},
	{"max", "<a<n>:n>", 1, largest},
	{"min", "<a<n>:n>", 1, smallest},
	{"average", "<a<n>:n>", 1, average},

	{"string", "<x-b?:s>", 1, stringOf},
	{"substring", "<s-nn?:s>", 3, substring},
	{"substringBefore", "<s-s:s>", 2, substringBefore},
	{"substringAfter", "<s-s:s>", 2, substringAfter},
	{"lowercase", "<s-:s>", 1, lowercase},
	{"uppercase", "<s-:s>", 1, uppercase},
	{"length", "<s-:n>", 1, length},
	{"trim", "<s-:s>", 1, trim},
	{"pad", "<s-ns?:s>", 3, pad},
	{"match", "<s-f<s:o>n?:a<o>>", 3, matchAll},
	{"contains", "<s-(sf):b>", 2, containsText},
	{"replace", "<s-(sf)(sf)n?:s>", 4, replace},
	{"split", "<s-(sf)n?:a<s>>", 3, split},
	{"join", "<a<s>s?:s>", 2, join},
	{"base64encode", "<s-:s>", 1, base64Encode},
	{"base64decode", "<s-:s>", 1, base64Decode},
	{"encodeUrlComponent", "<s-:s>", 1, urlEncoder("encodeUrlComponent", "")},
	{"encodeUrl", "<s-:s>", 1, urlEncoder("encodeUrl", urlReserved)},
	{"decodeUrlComponent", "<s-:s>", 1, urlDecoder("decodeUrlComponent", "")},
	{"decodeUrl", "<s-:s>", 1, urlDecoder("decodeUrl", urlReserved)},

	{"formatNumber", "<n-so?:s>", 3, formatNumber},
	{"formatBase", "<n-n?:s>", 2, formatBase},
	{"formatInteger", "<n-s:s>", 2, formatInteger},
	{"parseInteger", "<s-s:n>", 2, parseInteger},
	{"number", "<(nsb)-:n>", 1, toNumber},
	{"floor", "<n-:n>", 1, floor},
	{"ceil", "<n-:n>", 1, ceil},
	{"round", "<n-n?:n>", 2, round},
	{"abs", "<n-:n>", 1, absolute},
	{"sqrt", "<n-:n>", 1, squareRoot},
	{"power", "<n-n:n>", 2, power},
	{"random", "<:n>", 0, random},

	{"boolean", "<x-:b>", 1, booleanOf},
	{"not", "<x-:b>", 1, not},

	{"map", "<af>", 2, mapItems},
	{"zip", "<a+>", 0, zip},
	{"filter", "<af>", 2, filterItems},
	{"single", "<af?>", 2, single},
	{"reduce", "<afj?:j>", 3, reduce},
	{"sift", "<o-f?:o>", 2, sift},
	{"each", "<o-f:a>", 2, each},
	{"sort", "<af?:a>", 2, sortItems},

	{"keys", "<x-:a<s>>", 1, keys},
	{"lookup", "<x-s:x>", 2, lookup},
	{"spread", "<x-:a<o>>", 1, spread},
	{"merge", "<a<o>:o>", 1, merge},
	{"type", "<x:s>", 1, typeOf},
	{"clone", "<(oa)-:o>", 1, clone},

	{"append", "<xx:a>", 2, appendItems},
	{"exists", "<x:b>", 1, exists},
	{"reverse", "<a:a>", 1, reverse},
	{"shuffle", "<a:a>", 1, shuffle},
	{"distinct", "<x:x>", 1, distinct},

	{"error", "<s?:x>", 1, throw},
	{"assert", "<bs?:x>", 2, assert},

	{"toMillis", "<s-s?:n>", 2, toMillis},
	{"fromMillis", "<n-s?s?:s>", 3, fromMillis},
	{"now", "<s?s?:s>", 2, now},
	{"millis", "<:n>", 0, millis},
}

// builtinFunctions are the values of the built-in functions, by name.
var builtinFunctions = func() map[string]value.Value {
	functions := make(map[string]value.Value, len(builtins))
	for _, f := range builtins {
		v, err := f.value()
		if err != nil {
			panic("jsonata: " + f.Name + ": " + err.Error())
		}
		functions[f.Name] = v
	}
	return functions
}()

// Builtins returns the functions of JSONata 2.0.6, save $eval.
func Builtins() []Function { return append([]Function(nil), builtins...) }

// value returns the value of a function.
func (f Function) value() (value.Value, error) {
	fn := &function{name: f.Name, arity: f.Arity, call: f.Call, builtin: true}
	if f.Signature != "" {
		s, err := parseSignature(f.Signature)
		if err != nil {
			return value.Value{}, err
		}
		fn.signature = s
		fn.calls = s.functions()
	}
	return ofFunction(fn), nil
}

package reader

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file reads a ReaderConfig. The validator has seen its constants; what
// expressions have made of it is new.

// maxItems is how many items a Map Run may have. Quotas: "Maximum number of
// items".
const maxItems = 100_000_000

// config is a ReaderConfig.
type config struct {
	inputType string // a key of formats; "" for what needs none
	inventory bool   // the object is the manifest of an S3 inventory
	athena    bool   // the object is the manifest of an Athena query
	flatten   bool   // the objects of a listing hold the items
	headers   []string
	delimiter byte
	pointer   string
	maxItems  int
}

var delimiters = map[string]byte{"": ',', "COMMA": ',', "PIPE": '|', "SEMICOLON": ';', "SPACE": ' ', "TAB": '\t'}

// sets are the fields with a fixed set of values; "" stands for one that is
// absent.
var sets = []struct {
	field  string
	values []string
}{
	{"InputType", []string{"", "CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"}},
	{"ManifestType", []string{"", "ATHENA_DATA", "S3_INVENTORY"}},
	{"Transformation", []string{"", "NONE", "LOAD_AND_FLATTEN"}},
	{"CSVHeaderLocation", []string{"", "FIRST_ROW", "GIVEN"}},
	{"CSVDelimiter", []string{"", "COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"}},
	{"ItemsPointer", nil},
}

func parseConfig(v value.Value) (config, error) {
	text := make(map[string]string, len(sets))
	for _, set := range sets {
		member := v.Get(set.field)
		if member.Exists() && !member.IsNull() && member.Kind() != value.String {
			return config{}, failed("%s: expected a string, got %s", set.field, member.Kind())
		}
		text[set.field] = member.Text()
		if set.values != nil && !slices.Contains(set.values, member.Text()) {
			return config{}, failed("%s: expected one of %s, got %q", set.field, strings.Join(set.values[1:], ", "), member.Text())
		}
	}
	c := config{
		inputType: text["InputType"],
		athena:    text["ManifestType"] == "ATHENA_DATA",
		inventory: text["ManifestType"] == "S3_INVENTORY",
		flatten:   text["Transformation"] == "LOAD_AND_FLATTEN",
		delimiter: delimiters[text["CSVDelimiter"]],
		pointer:   text["ItemsPointer"],
	}
	if c.inputType == "MANIFEST" { // alone, it is the older way to say S3_INVENTORY
		c.inputType, c.inventory = "", !c.athena
	}
	if c.inputType == "" {
		c.inputType = "JSON"
		if c.athena {
			c.inputType = "CSV"
		}
	}
	var err error
	if c.headers, err = parseHeaders(v.Get("CSVHeaders"), text["CSVHeaderLocation"]); err != nil {
		return c, err
	}
	c.maxItems, err = parseMaxItems(v.Get("MaxItems"))
	return c, err
}

// parseMaxItems reads MaxItems: 0 and none are all (F-062).
func parseMaxItems(v value.Value) (int, error) {
	n, ok := v.Int()
	switch {
	case !v.Exists() || v.IsNull():
		return maxItems, nil
	case !ok:
		return 0, failed("MaxItems: expected an integer, got %s", v)
	case n < 0:
		return 0, failed("field MaxItems must be positive")
	case n == 0 || n > maxItems:
		return maxItems, nil
	}
	return int(n), nil
}

// parseHeaders reads CSVHeaders; nil says that the first row has them.
func parseHeaders(v value.Value, location string) ([]string, error) {
	if location == "FIRST_ROW" || location == "" && (!v.Exists() || v.IsNull()) {
		return nil, nil
	}
	if v.Kind() != value.Array {
		return nil, failed("CSVHeaders: expected an array of strings, got %s", v.Kind())
	}
	headers := make([]string, 0, v.Len())
	for i, name := range v.Items() {
		if name.Kind() != value.String {
			return nil, failed("CSVHeaders/%d: expected a string, got %s", i, name.Kind())
		}
		headers = append(headers, name.Text())
	}
	return headers, checkHeaders(headers)
}

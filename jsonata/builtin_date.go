package jsonata

import (
	"github.com/aslocal/aslocal/jsonata/internal/picture"
	"github.com/aslocal/aslocal/value"
)

// This file has the functions of dates and times: $now, $millis, $fromMillis and
// $toMillis. Package picture formats and reads them.

// now is $now.
func now(c Call, args []value.Value) (value.Value, error) {
	return formatMillis(c, float64(c.Now().UnixMilli()), args)
}

// millis is $millis.
func millis(c Call, _ []value.Value) (value.Value, error) {
	return value.OfFloat(float64(c.Now().UnixMilli())), nil
}

// fromMillis is $fromMillis.
func fromMillis(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	f, _ := numberOf(args[0])
	return formatMillis(c, f, args[1:])
}

// formatMillis writes a time. The arguments are a picture and a time zone,
// "+0530"; both may be missing.
func formatMillis(c Call, millis float64, args []value.Value) (value.Value, error) {
	zone := 0.0
	if len(args) > 1 && args[1].Exists() {
		zone = picture.Zone(args[1].Text())
	}
	var text string
	var err error
	if len(args) > 0 && args[0].Exists() {
		text, err = picture.FormatDate(millis, zone, args[0].Text())
	} else {
		text, err = picture.FormatISO(millis, zone)
	}
	if err != nil {
		return value.Value{}, pictureError(err)
	}
	return str(c, text)
}

// toMillis is $toMillis: in ISO 8601, or by a picture.
func toMillis(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	text := args[0].Text()
	if len(args) > 1 && args[1].Exists() {
		f, ok, err := picture.ReadDate(text, args[1].Text(), float64(c.Now().UnixMilli()))
		if err != nil || !ok {
			return value.Value{}, pictureError(err)
		}
		return number(f), nil
	}
	f, ok := picture.ReadISO(text)
	if !ok {
		return value.Value{}, fail("D3110", args[0])
	}
	return number(f), nil
}

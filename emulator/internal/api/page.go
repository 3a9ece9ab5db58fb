package api

import (
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
)

// This file cuts lists into pages (maxResults and nextToken).

// pageSize is how many items a page has at most; 0 is the default.
func pageSize(maxResults int) int64 {
	if maxResults == 0 {
		return 100
	}
	return int64(maxResults)
}

// pageOf cuts one page out of a list that is in memory; shown makes what the
// page has of an item.
func pageOf[T, S any](all []T, maxResults int, token optionalString, of string, shown func(T) S) (page []S, next optionalString, err error) {
	start := int64(1)
	if token.Set {
		if start, err = pageStart(token.Value, of); err != nil {
			return nil, next, err
		}
	}
	from := min(start-1, int64(len(all)))
	to := min(from+pageSize(maxResults), int64(len(all)))
	if to < int64(len(all)) {
		next = pageToken(to+1, of)
	}
	page = make([]S, 0, to-from)
	for _, item := range all[from:to] {
		page = append(page, shown(item))
	}
	return page, next, nil
}

// pageToken and pageStart write and read where the next page begins, a number
// from 1. A token is bound to what is being listed.
func pageToken(start int64, of string) optionalString {
	return awsjson.Some(strconv.FormatInt(start, 36) + "." + fingerprint(of))
}

func pageStart(token, of string) (int64, error) {
	at, list, _ := strings.Cut(token, ".")
	start, err := strconv.ParseInt(at, 36, 64)
	if err != nil || start < 1 || list != fingerprint(of) {
		return 0, fault.InvalidToken()
	}
	return start, nil
}

// fingerprint tells the tokens of different lists apart.
func fingerprint(of string) string {
	h := fnv.New64a()
	h.Write([]byte(of))
	return strconv.FormatUint(h.Sum64(), 36)
}

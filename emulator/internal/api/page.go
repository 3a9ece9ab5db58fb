package api

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"iter"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
)

// This file cuts lists into pages (maxResults and nextToken).
//
// A token says after which item of the list its page begins, by what the list is
// ordered by, so that items that come or go between two pages make no other item come
// twice or get lost. It belongs to one action with its arguments, but for maxResults
// (F-157), and is valid for a day of the emulator's clock (F-220).

// tokenAge is how long a token is valid.
const tokenAge = int64(24 * time.Hour / time.Millisecond)

// pageSize is how many items a page has at most; 0 is the default.
func pageSize(maxResults int) int {
	if maxResults == 0 {
		return 100
	}
	return maxResults
}

// pageOf shows the first items of what is left of a list, and makes the token of the
// next page if there are more. position says where an item is in the list.
func pageOf[T, S any](a *API, rest iter.Seq[T], maxResults int, list []string, position func(T) string, shown func(T) S) (page []S, next optionalString) {
	page = []S{}
	var last T
	for item := range rest {
		if len(page) == pageSize(maxResults) {
			return page, a.token(position(last), list...)
		}
		page, last = append(page, shown(item)), item
	}
	return page, next
}

// token makes the token of the page after a position of a list: the action and its
// arguments. To clients it means nothing.
func (a *API) token(position string, list ...string) optionalString {
	made := binary.AppendVarint(make([]byte, fingerprintSize), a.now())
	made = append(made, position...)
	binary.BigEndian.PutUint64(made, fingerprint(made[fingerprintSize:], list))
	return awsjson.Some(base64.RawURLEncoding.EncodeToString(made))
}

// position reads a token of the same list: "" if there is none. Any other text is
// InvalidToken.
func (a *API) position(token optionalString, list ...string) (string, error) {
	if !token.Set {
		return "", nil
	}
	read, err := base64.RawURLEncoding.Strict().DecodeString(token.Value)
	if err != nil || len(read) < fingerprintSize || binary.BigEndian.Uint64(read) != fingerprint(read[fingerprintSize:], list) {
		return "", fault.InvalidToken()
	}
	made, n := binary.Varint(read[fingerprintSize:])
	if n <= 0 || a.now()-made >= tokenAge {
		return "", fault.InvalidToken()
	}
	return string(read[fingerprintSize+n:]), nil
}

const fingerprintSize = 8

// fingerprint tells the tokens of different lists apart, and from other texts.
func fingerprint(token []byte, list []string) uint64 {
	h := fnv.New64a()
	for _, argument := range list {
		h.Write(binary.AppendUvarint(nil, uint64(len(argument))))
		h.Write([]byte(argument))
	}
	h.Write(token)
	return h.Sum64()
}

// number writes and readNumber reads a position that is a number from 0; a token has
// no other.
func number(n int64) string { return string(binary.AppendUvarint(nil, uint64(n))) }

func readNumber(position string) int64 {
	n, _ := binary.Uvarint([]byte(position))
	return int64(n)
}

// Package edit holds the documents that an editor changes.
package edit

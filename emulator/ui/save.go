package ui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// This file saves what was edited. A file is written whole or not at all, in its own folder
// and below the served one, and only if it holds what the editor has read: what somebody else
// has written meanwhile is shown, not lost.

// save writes a text.
func (u *UI) save(ctx context.Context, in *Save) (*Saved, error) {
	switch {
	case (in.ARN == "") == (in.Path == ""):
		return nil, refuse("expected one of arn and path")
	case len(in.Text) > maxText:
		return nil, refuse("text: expected %d bytes at most, got %d", maxText, len(in.Text))
	case in.ARN != "":
		return u.update(ctx, in)
	}
	folder, err := u.folder()
	if err != nil {
		return nil, err
	}
	u.saving.Lock()
	defer u.saving.Unlock()
	if err := writeFile(folder, in); err != nil {
		return nil, err
	}
	return &Saved{Hash: hashOf([]byte(in.Text))}, nil
}

// update updates a state machine that has no file.
func (u *UI) update(ctx context.Context, in *Save) (*Saved, error) {
	at := value.OfMembers("stateMachineArn", value.OfString(in.ARN))
	m, err := u.api.Call(ctx, "DescribeStateMachine", at)
	if err != nil {
		return nil, err
	}
	if now := m.Get("definition").Text(); hashOf([]byte(now)) != in.Hash {
		return nil, conflict("the definition has changed since it was opened", now)
	}
	definition := in.Text
	if in.Format == formatYAML {
		d, problems := asl.ParseFile("definition.yaml", []byte(in.Text))
		if problems.HasErrors() {
			return nil, refuse("the text cannot be read: %v", problems.Errors()[0].Message)
		}
		definition = d.JSON()
	}
	if _, err := u.api.Call(ctx, "UpdateStateMachine", at.With("definition", value.OfString(definition))); err != nil {
		return nil, err
	}
	u.hub.touch(topicMachines)
	return &Saved{Hash: hashOf([]byte(definition))}, nil
}

// publish makes a version of a state machine as it is registered.
func (u *UI) publish(ctx context.Context, in *Publish) (*Reference, error) {
	call := value.OfMembers("stateMachineArn", value.OfString(in.ARN))
	if in.Description != "" {
		call = call.With("description", value.OfString(in.Description))
	}
	v, err := u.api.Call(ctx, "PublishStateMachineVersion", call)
	if err != nil {
		return nil, err
	}
	arn := v.Get("stateMachineVersionArn").Text()
	return &Reference{ARN: arn, Name: arn[strings.LastIndexByte(arn, ':')+1:], Created: unix(v.Get("creationDate"))}, nil
}

// conflict refuses to write over what somebody else has written; text is that.
func conflict(message, text string) error {
	return &refusal{status: http.StatusConflict, code: "Conflict", message: message, text: text, hash: hashOf([]byte(text))}
}

// writeFile writes the file of a folder, if it holds what it held when it was read.
func writeFile(folder string, in *Save) error {
	if err := editable(in.Path); err != nil {
		return err
	}
	before, err := readFile(folder, in.Path)
	known, missing := errors.AsType[*refusal](err)
	missing = missing && known.status == http.StatusNotFound
	switch {
	case missing && in.Hash != "":
		return &refusal{status: http.StatusConflict, code: "Gone", message: in.Path + " is gone: save it again to make it anew"}
	case missing && !isDefinition(in.Path):
		return refuse("path: expected the name of a definition, which ends in .asl.json, .asl.yaml or .asl.yml, got %q", in.Path)
	case !missing && err != nil:
		return err
	case !missing && in.Hash == "":
		return conflict(in.Path+" is there already", string(before))
	case !missing && hashOf(before) != in.Hash:
		return conflict(in.Path+" has changed since it was opened", string(before))
	}
	name, err := target(folder, in.Path)
	if err == nil {
		err = replace(folder, name, []byte(in.Text))
	}
	if known, ok := errors.AsType[*refusal](err); ok {
		return known
	}
	if err != nil {
		return Refused(http.StatusConflict, fmt.Sprintf("%s cannot be written: %v", in.Path, plain(err)))
	}
	return nil
}

// target is the name of the file in the folder that a path leads to. A link to another file of
// the folder stays a link.
func target(folder, name string) (string, error) {
	base, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return "", err
	}
	path := filepath.Join(base, filepath.FromSlash(name))
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return filepath.FromSlash(name), nil
	}
	if err != nil {
		return "", err
	}
	inside, err := filepath.Rel(base, real)
	if err != nil || !filepath.IsLocal(inside) {
		return "", Refused(http.StatusForbidden, sourcefile.ErrOutside.Error())
	}
	return inside, nil
}

// replace writes a file of the folder whole: what reads it meanwhile sees the old or the new
// content. Everything happens below the folder, whatever its links lead to.
func replace(folder, name string, text []byte) (err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	mode := fs.FileMode(0o644)
	before, err := root.Stat(name)
	if err == nil {
		mode = before.Mode().Perm()
	} else if parent := filepath.Dir(name); parent != "." {
		if err := root.MkdirAll(parent, 0o755); err != nil {
			return err
		}
	}
	temporary := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+hashOf(text)[:8]+".tmp")
	root.Remove(temporary) // of a process that has ended while it wrote
	file, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			root.Remove(temporary)
		}
	}()
	_, err = file.Write(text)
	if err == nil && before != nil {
		err = file.Chmod(mode) // whatever the mask of the process is
	}
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = root.Rename(temporary, name)
	}
	return err
}

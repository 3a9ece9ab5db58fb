package emulator

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps the versions of state machines, and finds what the ARN of a
// state machine refers to.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html

// A version is a revision of a state machine that was published. It never
// changes, and its number is not given again, not even when it is deleted.
type version struct {
	arn         string
	number      int64
	description optionalString
	created     int64         // Unix milliseconds
	machine     *stateMachine // as it stood
}

// maxVersions is how many versions a state machine may have.
const maxVersions = 1000

// document is the version as the store keeps it.
func (v *version) document() journal.Document {
	o := value.OfMembers("number", value.OfInt(v.number), "created", value.OfInt(v.created), "revision", value.OfString(v.machine.revision))
	if v.description.Set {
		o = o.With("description", value.OfString(v.description.Value))
	}
	return journal.Document{Kind: kindVersion, Key: v.arn, Data: o.AppendJSON(nil)}
}

// loadVersions reads what the store keeps. Revisions are there already.
func (e *Emulator) loadVersions() error {
	err := e.read(kindVersion, func(doc journal.Document) error {
		v, err := e.readVersion(doc.Key, doc.Data)
		if err != nil {
			return err
		}
		e.versions[v.machine.arn] = append(e.versions[v.machine.arn], v)
		return nil
	})
	for _, all := range e.versions {
		slices.SortFunc(all, func(a, b *version) int { return cmp.Compare(a.number, b.number) })
	}
	return err
}

func (e *Emulator) readVersion(arn string, doc []byte) (*version, error) {
	o, err := value.ParseBytes(doc)
	if err != nil {
		return nil, err
	}
	v := &version{arn: arn, description: optionalText(o.Get("description"))}
	v.number, _ = o.Get("number").Int()
	v.created, _ = o.Get("created").Int()
	v.machine, err = e.revision(o.Get("revision").Text())
	return v, err
}

// publish stores a state machine as put does, and makes a version of it unless
// its revision has one already, which it returns (F-040). The caller holds e.mu.
func (e *Emulator) publish(ctx context.Context, m *stateMachine, program *machine.Program, description optionalString) (*version, error) {
	all := e.versions[m.arn]
	if i := slices.IndexFunc(all, func(v *version) bool { return v.machine.revision == m.revision }); i >= 0 {
		return all[i], e.put(ctx, m, program, nil)
	}
	if len(all) >= maxVersions {
		return nil, fault.ServiceQuotaExceeded("versions", maxVersions)
	}
	m.lastVersion++
	v := &version{arn: m.arn + ":" + strconv.FormatInt(m.lastVersion, 10), number: m.lastVersion, description: description, created: e.now(), machine: m}
	if err := e.put(ctx, m, program, v); err != nil {
		return nil, err
	}
	e.versions[m.arn] = append(all, v)
	return v, nil
}

// versionAt returns the version of that ARN, or nil. The caller holds e.mu.
func (e *Emulator) versionAt(arn string) *version {
	machineARN, _ := splitQualifier(arn)
	all := e.versions[machineARN]
	if i := slices.IndexFunc(all, func(v *version) bool { return v.arn == arn }); i >= 0 {
		return all[i]
	}
	return nil
}

// A reference is what the ARN of a state machine refers to: to the state machine
// itself if there is neither a version nor an alias.
type reference struct {
	machine *stateMachine // as it stands
	version *version
	alias   *alias
}

// refer finds what an ARN refers to, or says StateMachineDoesNotExist.
func (e *Emulator) refer(arn string) (reference, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.find(arn)
}

// find is refer for callers that hold e.mu.
func (e *Emulator) find(arn string) (reference, error) {
	machineARN, _ := splitQualifier(arn)
	r := reference{machine: e.machines[machineARN]}
	if r.machine != nil && machineARN != arn {
		r.version, r.alias = e.versionAt(arn), e.aliasAt(arn)
	}
	if r.machine == nil || machineARN != arn && r.version == nil && r.alias == nil {
		return reference{}, fault.StateMachineDoesNotExist(arn)
	}
	return r, nil
}

// referToStart is refer for an execution that is about to start: an alias has
// chosen a version for it, which is there, since versions that aliases go to
// cannot be deleted.
func (e *Emulator) referToStart(arn string) (reference, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	r, err := e.find(arn)
	if r.alias != nil {
		r.version = e.versionAt(r.alias.choose(e.draw(100)))
	}
	return r, err
}

// runs is the state machine as executions of the reference run it. If that is
// an alias, it must have chosen.
func (r reference) runs() *stateMachine {
	if r.version != nil {
		return r.version.machine
	}
	return r.machine
}

// versionARN is that of the version, or "".
func (r reference) versionARN() string {
	if r.version == nil {
		return ""
	}
	return r.version.arn
}

// aliasARN is that of the alias, or "".
func (r reference) aliasARN() string {
	if r.alias == nil {
		return ""
	}
	return r.alias.arn
}

package registry

import (
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/random"
)

// This file finds what the ARN of a state machine refers to.

// A Reference is what the ARN of a state machine refers to: to the state machine
// itself if there is neither a version nor an alias.
type Reference struct {
	Machine *StateMachine
	Version *Version
	Alias   *Alias
}

// Resolve finds the state machine, version or alias of an ARN. It fails with
// StateMachineDoesNotExist, or with InvalidArn.
func (r *Registry) Resolve(text string) (Reference, error) {
	a, err := arn.ParseKind(text, arn.StateMachine)
	if err != nil {
		return Reference{}, err
	}
	return r.find(a)
}

// ResolveProcessor is Resolve for an ARN that may have the label of a distributed
// Map of the state machine: then it returns what the children of that run, too.
func (r *Registry) ResolveProcessor(a arn.ARN) (ref Reference, p *Processor, err error) {
	if a.Label == "" || a.Qualifier != "" {
		ref, err = r.find(a)
		return ref, nil, err
	}
	if ref.Machine = r.Machine(a.Base()); ref.Machine != nil {
		p, err = ref.Machine.Processor(a.Label)
	}
	if p == nil && err == nil {
		err = fault.StateMachineDoesNotExist(a.String())
	}
	return ref, p, err
}

func (r *Registry) find(a arn.ARN) (Reference, error) {
	ref := Reference{Machine: r.Machine(a.Base())}
	found := ref.Machine != nil && a.Base() == a.String()
	if ref.Machine != nil && !found {
		ref.Version, ref.Alias = ref.Machine.version(a.String()), ref.Machine.alias(a.String())
		found = ref.Version != nil || ref.Alias != nil
	}
	if !found {
		return Reference{}, fault.StateMachineDoesNotExist(a.String())
	}
	return ref, nil
}

// ResolveForStart is Resolve for an execution that is about to start: of an
// alias, one of its versions is chosen at random, and the store keeps the
// revision. An ARN with a label is refused.
func (r *Registry) ResolveForStart(text string, random *random.Source) (Reference, error) {
	a, err := arn.ParseMachine(text)
	if err != nil {
		return Reference{}, err
	}
	for {
		ref, err := r.find(a)
		if err != nil {
			return ref, err
		}
		if ref.Alias != nil { // the version is there: aliases keep theirs from being deleted
			ref.Version = ref.Machine.version(ref.Alias.choose(random.Below(100)))
		}
		if ref.Revision().pin() {
			return ref, nil
		} // else another revision has taken its place by now
	}
}

// Revision is what executions of the reference run. An alias must have chosen.
func (ref Reference) Revision() *Revision {
	if ref.Version != nil {
		return ref.Version.Revision
	}
	return ref.Machine.Revision
}

// VersionARN is the ARN of the version, or "".
func (ref Reference) VersionARN() string {
	if ref.Version == nil {
		return ""
	}
	return ref.Version.ARN
}

// AliasARN is the ARN of the alias, or "".
func (ref Reference) AliasARN() string {
	if ref.Alias == nil {
		return ""
	}
	return ref.Alias.ARN
}

// Aliases returns the aliases of a state machine, or those that route to a
// version, in the order of their creation (F-042).
func (r *Registry) Aliases(text string) ([]*Alias, error) {
	a, err := arn.ParseMachine(text)
	if err != nil {
		return nil, err
	}
	ref, err := r.find(a)
	switch {
	case err != nil:
		return nil, err
	case ref.Alias != nil:
		return nil, fault.StateMachineDoesNotExist(text)
	case ref.Version == nil:
		return ref.Machine.Aliases, nil
	}
	var routed []*Alias
	for _, alias := range ref.Machine.Aliases {
		if alias.RoutesTo(text) {
			routed = append(routed, alias)
		}
	}
	return routed, nil
}

package api

import (
	"cmp"
	"context"
	"errors"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/value"
)

// Rerun starts an execution like another one, with the name, which is made up if it is "",
// the input, and the test case: of the definition that the other one runs, or if now is true,
// of the one that its alias, version or state machine has now. It returns the ARN, and fails
// as StartExecution does.
func (a *API) Rerun(ctx context.Context, execution, name, input, testCase string, now bool) (string, error) {
	old, err := a.Execution(execution)
	if err != nil {
		return "", err
	}
	if name == "" {
		name = a.random.UUID()
	}
	if !validName(name) {
		return "", fault.InvalidName(name)
	}
	r := engine.Request{Revision: old.Revision}
	version, alias := old.Start.Version, old.Start.Alias
	if now {
		ref, err := a.registry.ResolveForStart(cmp.Or(alias, version, old.Start.MachineARN), a.random)
		if err != nil {
			return "", err
		}
		r.Revision, version, alias = ref.Revision().Key, ref.VersionARN(), ref.AliasARN()
	}
	if r.Input, err = value.Parse(input); err != nil {
		return "", invalidInput(input, err)
	}
	if r.Input.Size() > machine.MaxPayload {
		return "", fault.InvalidExecutionInput("")
	}
	if r.Program, err = a.registry.Program(r.Revision); err != nil {
		return "", err
	}
	at, err := arn.Parse(execution)
	if err != nil {
		return "", err
	}
	r.Start = machine.Start{
		ARN: arn.HomeOf(execution).Execution(old.Start.Machine, name), Name: name, MachineARN: old.Start.MachineARN, Machine: old.Start.Machine, RoleARN: old.Start.RoleARN,
		InputText: input, Version: version, Alias: alias, TestCase: testCase,
	}
	_, err = a.engine.Start(ctx, r)
	if errors.Is(err, engine.ErrExists) {
		return "", fault.ExecutionAlreadyExists(r.Start.ARN)
	}
	return r.Start.ARN, a.executionError(at, err)
}

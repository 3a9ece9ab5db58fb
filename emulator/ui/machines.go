package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/graph"
	"github.com/aslocal/aslocal/value"
)

// This file shows what is set up and which state machines there are.

// overview says what runs here.
func (u *UI) overview(ctx context.Context, q *query) (*Overview, error) {
	o := &Overview{
		Version: u.version, Remote: u.remote, ReadOnly: u.own == nil,
		Services: []Service{}, Functions: []Function{}, Clients: []Client{}, Problems: []Problem{}, Demos: []DemoInfo{},
	}
	list, err := u.listMachines(ctx)
	if err != nil {
		return nil, err
	}
	o.Machines = len(list)
	if u.own == nil {
		return o, nil
	}
	f := u.own.Facts()
	o.Region, o.Account, o.Started, o.Now, o.Virtual, o.Folder, o.Store, o.ByHand = f.Region, f.Account, f.Started, u.own.Now(), f.Virtual, f.Folder, f.Store, f.ByHand
	o.Services, o.Functions = append(o.Services, f.Services...), append(o.Functions, f.Functions...)
	o.Clients, o.Problems, o.Demos = append(o.Clients, f.Clients...), append(o.Problems, f.Problems...), append(o.Demos, u.own.Demos()...)
	tasks, err := u.waiting(ctx)
	o.Pending = len(tasks)
	return o, err
}

// The most state machines that are listed, and of which the last runs are looked up.
const (
	maxMachines     = 10_000
	maxMachinesRuns = 500
	shownRuns       = 30
)

// machines lists the state machines with their last runs.
func (u *UI) machines(ctx context.Context, _ *query) (*Machines, error) {
	list, err := u.listMachines(ctx)
	if err != nil {
		return nil, err
	}
	for i := range min(len(list), maxMachinesRuns) {
		if err := u.addRuns(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	out := &Machines{Machines: list, Problems: []Problem{}}
	if u.own != nil {
		out.Problems = append(out.Problems, u.own.Facts().Problems...)
	}
	return out, nil
}

// listMachines lists the state machines without their runs.
func (u *UI) listMachines(ctx context.Context) ([]Machine, error) {
	list := []Machine{}
	err := u.pages(ctx, "ListStateMachines", value.OfMembers("maxResults", value.OfInt(1000)), "stateMachines", func(m value.Value) bool {
		list = append(list, Machine{
			ARN: m.Get("stateMachineArn").Text(), Name: m.Get("name").Text(), Type: m.Get("type").Text(), Created: unix(m.Get("creationDate")),
			Note: m.Get("note").Text(), Runs: []Run{}, P50: -1,
		})
		return len(list) < maxMachines
	})
	slices.SortStableFunc(list, func(a, b Machine) int { return cmp.Compare(a.Name, b.Name) })
	return list, err
}

// addRuns adds the last runs of a state machine, and the file that defines it.
func (u *UI) addRuns(ctx context.Context, m *Machine) error {
	var err error
	if m.Source, err = u.sourceOf(ctx, m.ARN); err != nil || m.Type == "EXPRESS" {
		return err
	}
	page, _, err := u.listExecutions(ctx, listing{machine: m.ARN, limit: shownRuns}, "")
	if err != nil {
		return goneMeanwhile(err)
	}
	var took []int64
	for _, row := range page {
		m.Runs = append(m.Runs, row.Run)
		if row.Status == "SUCCEEDED" {
			took = append(took, row.Stopped-row.Started)
		}
	}
	if len(took) > 0 {
		slices.Sort(took)
		m.P50 = took[(len(took)-1)/2]
	}
	return nil
}

// goneMeanwhile drops the error of a state machine that was deleted since it was listed.
func goneMeanwhile(err error) error {
	if f, ok := errors.AsType[fault](err); ok && (strings.HasSuffix(f.Type(), "StateMachineDoesNotExist") || strings.HasSuffix(f.Type(), "ResourceNotFound")) {
		return nil
	}
	return err
}

// placeTag is the tag of a state machine that says which file defines it.
const placeTag = "aslocal:file"

// sourceOf returns the file that defines a state machine, "" if that is not known.
func (u *UI) sourceOf(ctx context.Context, arn string) (string, error) {
	out, err := u.api.Call(ctx, "ListTagsForResource", value.OfMembers("resourceArn", value.OfString(arn)))
	if err != nil {
		return "", goneMeanwhile(err)
	}
	for _, tag := range out.Get("tags").Items() {
		if tag.Get("key").Text() == placeTag {
			return tag.Get("value").Text(), nil
		}
	}
	return "", nil
}

// machine shows one state machine, or a version of it.
func (u *UI) machine(ctx context.Context, q *query) (*MachineDetail, error) {
	m, err := u.api.Call(ctx, "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(q.text("arn"))))
	if err != nil {
		return nil, err
	}
	out := &MachineDetail{
		Machine: Machine{
			ARN: m.Get("stateMachineArn").Text(), Name: m.Get("name").Text(), Type: m.Get("type").Text(), Created: unix(m.Get("creationDate")),
			Note: m.Get("note").Text(), Runs: []Run{}, P50: -1,
		},
		RoleARN: m.Get("roleArn").Text(), Revision: m.Get("revisionId").Text(), Definition: m.Get("definition").Text(),
		Versions: []Reference{}, Aliases: []Reference{}, TestCases: []string{},
	}
	if err := u.addRuns(ctx, &out.Machine); err != nil {
		return nil, err
	}
	definition := parsed(out.Definition)
	out.Comment, out.Graph, out.Skeleton = definition.Comment, drawing(definition), skeleton(definition)
	base := value.OfMembers("stateMachineArn", value.OfString(machineOf(out.ARN)))
	err = u.pages(ctx, "ListStateMachineVersions", base, "stateMachineVersions", func(v value.Value) bool {
		arn := v.Get("stateMachineVersionArn").Text()
		out.Versions = append(out.Versions, Reference{ARN: arn, Name: arn[strings.LastIndexByte(arn, ':')+1:], Created: unix(v.Get("creationDate"))})
		return len(out.Versions) < maxMachines
	})
	if err != nil {
		return nil, err
	}
	err = u.pages(ctx, "ListStateMachineAliases", base, "stateMachineAliases", func(v value.Value) bool {
		arn := v.Get("stateMachineAliasArn").Text()
		out.Aliases = append(out.Aliases, Reference{ARN: arn, Name: arn[strings.LastIndexByte(arn, ':')+1:], Created: unix(v.Get("creationDate"))})
		return len(out.Aliases) < maxMachines
	})
	if u.own != nil {
		out.TestCases = append(out.TestCases, u.own.TestCases(out.Name)...)
	}
	return out, err
}

// machineOf is the ARN of a state machine without version or alias.
func machineOf(arn string) string {
	parts := strings.SplitN(arn, ":", 8)
	if len(parts) < 8 {
		return arn
	}
	return strings.Join(parts[:7], ":")
}

// nameOf is the name of a state machine, by its ARN; that of a child of a Map Run has the
// label behind a slash.
func nameOf(arn string) string {
	machine := machineOf(arn)
	name := machine[strings.LastIndexByte(machine, ':')+1:]
	name, _, _ = strings.Cut(name, "/")
	return name
}

// parsed reads a definition. It may have mistakes.
func parsed(text string) *asl.Definition {
	d, _ := asl.Parse(text)
	if d == nil {
		d = &asl.Definition{}
	}
	return d
}

// drawing is the graph of a definition in JSON.
func drawing(d *asl.Definition) json.RawMessage {
	text, err := json.Marshal(graph.Layout(d, graph.Options{}))
	if err != nil {
		return nil // numbers that are no numbers: there is nothing to draw
	}
	return text
}

// thumbnail draws a state machine as a picture.
func (u *UI) thumbnail(ctx context.Context, q *query) (*rendered, error) {
	theme := graph.Theme(cmp.Or(q.text("theme"), string(graph.Auto)))
	if !slices.Contains([]graph.Theme{graph.Light, graph.Dark, graph.Auto}, theme) {
		return nil, refuse("theme: expected light, dark or auto, got %q", theme)
	}
	m, err := u.api.Call(ctx, "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(q.text("arn"))))
	if err != nil {
		return nil, err
	}
	picture := graph.Layout(parsed(m.Get("definition").Text()), graph.Options{}).SVG(theme)
	// The picture has its own styles, and is no page: nothing in it may run.
	return &rendered{kind: "image/svg+xml", text: picture, policy: "default-src 'none'; style-src 'unsafe-inline'; sandbox"}, nil
}

// pages calls an action of a list until it has no further page, and yield for the items
// until it returns false.
func (u *UI) pages(ctx context.Context, action string, in value.Value, member string, yield func(value.Value) bool) error {
	for {
		out, err := u.api.Call(ctx, action, in)
		if err != nil {
			return err
		}
		for _, item := range out.Get(member).Items() {
			if !yield(item) {
				return nil
			}
		}
		token := out.Get("nextToken")
		if token.Text() == "" {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		in = in.With("nextToken", token)
	}
}

// unix is a time of the API in Unix milliseconds; 0 if there is none.
func unix(v value.Value) int64 {
	if ms := math.Round(v.Float() * 1000); math.Abs(ms) < 1e15 {
		return int64(ms)
	}
	return 0
}

// logs are the lines of functions that an execution has called.
func (u *UI) logs(_ context.Context, q *query) (*Logs, error) {
	return &Logs{Lines: append([]LogLine{}, u.own.Logs(q.text("arn"))...)}, nil
}

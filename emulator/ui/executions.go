package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file lists executions, and describes one.

// A listing says which executions are listed.
type listing struct {
	machine string // ARN of a state machine, version or alias; "": of all
	mapRun  string // ARN of a Map Run, whose children are listed
	status  string // "": any
	limit   int
}

// listExecutions returns a page of executions and the token of the next page, "" after
// the last: all there are by start, those of a state machine or a Map Run as
// ListExecutions has them.
func (u *UI) listExecutions(ctx context.Context, l listing, token string) ([]Row, string, error) {
	if l.machine == "" && l.mapRun == "" {
		return u.listAll(ctx, l, token)
	}
	in := value.OfMembers("maxResults", value.OfInt(int64(l.limit)))
	for _, m := range []struct{ name, text string }{{"stateMachineArn", l.machine}, {"mapRunArn", l.mapRun}, {"statusFilter", l.status}, {"nextToken", token}} {
		if m.text != "" {
			in = in.With(m.name, value.OfString(m.text))
		}
	}
	out, err := u.api.Call(ctx, "ListExecutions", in)
	if err != nil {
		return nil, "", err
	}
	rows := []Row{}
	for _, x := range out.Get("executions").Items() {
		rows = append(rows, rowOf(x))
	}
	return rows, out.Get("nextToken").Text(), nil
}

// rowOf reads an execution as ListExecutions and DescribeExecution show it.
func rowOf(x value.Value) Row {
	row := Row{
		Run: Run{
			ARN: x.Get("executionArn").Text(), Name: x.Get("name").Text(), Status: x.Get("status").Text(),
			Started: unix(x.Get("startDate")), Stopped: unix(x.Get("stopDate")),
		},
		Machine: x.Get("stateMachineArn").Text(), Version: x.Get("stateMachineVersionArn").Text(), Alias: x.Get("stateMachineAliasArn").Text(),
		MapRun: x.Get("mapRunArn").Text(), Redriven: unix(x.Get("redriveDate")),
	}
	row.MachineName = nameOf(row.Machine)
	row.Items, _ = x.Get("itemCount").Int()
	row.Redrives, _ = x.Get("redriveCount").Int()
	return row
}

// listAll lists the executions of all state machines. Another server can only be asked for
// those of one: then there is one page, of the newest of each.
func (u *UI) listAll(ctx context.Context, l listing, token string) ([]Row, string, error) {
	if u.own != nil {
		before, err := int64(0), error(nil)
		if token != "" {
			if before, err = strconv.ParseInt(token, 10, 64); err != nil || before <= 0 {
				return nil, "", refuse("next: not a token of this list")
			}
		}
		rows, next, err := u.own.Executions(l.status, before, l.limit)
		if next == 0 || err != nil {
			return rows, "", err
		}
		return rows, strconv.FormatInt(next, 10), nil
	}
	machines, err := u.listMachines(ctx)
	if err != nil {
		return nil, "", err
	}
	rows := []Row{}
	for _, m := range machines[:min(len(machines), maxMachinesRuns)] {
		if m.Type == "EXPRESS" {
			continue
		}
		page, _, err := u.listExecutions(ctx, listing{machine: m.ARN, status: l.status, limit: l.limit}, "")
		if err := goneMeanwhile(err); err != nil {
			return nil, "", err
		}
		rows = append(rows, page...)
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return int(min(max(b.Started-a.Started, -1), 1)) })
	return rows[:min(len(rows), l.limit)], "", nil
}

// The pages of lists, and how many executions a search looks at in one request.
const (
	defaultPage = 50
	maxPage     = 200
	maxSearched = 5000
)

var statuses = []string{"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"}

// executions lists executions: q is looked for in names and ARNs, in whatever case; status
// may be several with commas between; from and to limit the start.
func (u *UI) executions(ctx context.Context, q *query) (*Executions, error) {
	return u.search(ctx, q, listing{machine: q.text("machine")})
}

// children lists the child executions of a Map Run.
func (u *UI) children(ctx context.Context, q *query) (*Executions, error) {
	if q.text("arn") == "" {
		return nil, refuse("arn: expected the ARN of a Map Run")
	}
	return u.search(ctx, q, listing{mapRun: q.text("arn")})
}

func (u *UI) search(ctx context.Context, q *query, l listing) (*Executions, error) {
	limit := int(q.number("limit", defaultPage, 1, maxPage))
	from, to := q.number("from", 0, 0, 1<<53), q.number("to", 1<<53, 0, 1<<53)
	var wanted []string
	for status := range strings.SplitSeq(q.text("status"), ",") {
		switch {
		case status == "":
		case !slices.Contains(statuses, status):
			q.wrong("status: expected some of %s, got %q", strings.Join(statuses, ", "), status)
		default:
			wanted = append(wanted, status)
		}
	}
	if q.err != nil {
		return nil, q.err
	}
	if len(wanted) == 1 {
		l.status = wanted[0]
	}
	needle := strings.ToLower(q.text("q"))
	l.limit = limit
	if needle != "" || len(wanted) > 1 || from > 0 || to < 1<<53 {
		l.limit = maxPage // what fits may be far apart
	}
	out, token := &Executions{Executions: []Row{}}, q.text("next")
	token, skip, err := startOf(token)
	if err != nil {
		return nil, err
	}
	for looked := 0; ; {
		rows, next, err := u.listExecutions(ctx, l, token)
		if err != nil {
			return nil, err
		}
		for i, row := range rows {
			if i < skip || row.Started > to || len(wanted) > 1 && !slices.Contains(wanted, row.Status) ||
				needle != "" && !strings.Contains(strings.ToLower(row.Name+" "+row.ARN), needle) {
				continue
			}
			if row.Started < from && row.Redriven == 0 {
				return out, nil // all others are older
			}
			if row.Started < from {
				continue
			}
			if len(out.Executions) == limit {
				out.Next = strconv.Itoa(i) + "~" + token
				return out, nil
			}
			out.Executions = append(out.Executions, row)
		}
		looked, skip, token = looked+l.limit, 0, next
		if token == "" {
			return out, nil
		}
		if len(out.Executions) == limit || looked >= maxSearched {
			out.Next, out.Partial = "0~"+token, len(out.Executions) < limit
			return out, nil
		}
	}
}

// startOf takes the token of a page of a search apart: that of the list, and how many of its
// rows were looked at.
func startOf(token string) (inner string, skip int, err error) {
	if token == "" {
		return "", 0, nil
	}
	number, inner, ok := strings.Cut(token, "~")
	skip, err = strconv.Atoi(number)
	if !ok || err != nil || skip < 0 {
		return "", 0, refuse("next: not a token of this list")
	}
	return inner, skip, nil
}

// execution describes one execution.
func (u *UI) execution(ctx context.Context, q *query) (*Execution, error) {
	arn := q.text("arn")
	in := value.OfMembers("executionArn", value.OfString(arn))
	x, err := u.api.Call(ctx, "DescribeExecution", in)
	if err != nil {
		return nil, err
	}
	if strings.Contains(arn, ":express:") {
		return nil, refuse("an Express execution has no history; `aws stepfunctions describe-execution` shows input, output and error of this child of a Map Run")
	}
	out := &Execution{
		Row: rowOf(x), Input: x.Get("input").Text(), Output: x.Get("output").Text(), Error: x.Get("error").Text(), Cause: x.Get("cause").Text(),
		Redrivable: x.Get("redriveStatus").Text() == "REDRIVABLE", RedriveNote: x.Get("redriveStatusReason").Text(), Children: []Link{},
	}
	m, err := u.api.Call(ctx, "DescribeStateMachineForExecution", in)
	if err != nil {
		return nil, err
	}
	out.Definition = m.Get("definition").Text()
	definition := parsed(out.Definition)
	out.Graph = drawing(definition)
	if err := u.addMachine(ctx, out); err != nil {
		return nil, err
	}
	b, err := u.book(ctx, arn, definition, nil)
	if err != nil {
		return nil, err
	}
	out.Events = b.last
	if err := u.addFamily(ctx, out, b); err != nil {
		return nil, err
	}
	if u.own != nil {
		out.Paused = u.own.Paused(arn)
	}
	return out, nil
}

// addMachine adds what is known of the state machine of an execution now.
func (u *UI) addMachine(ctx context.Context, x *Execution) (err error) {
	if x.MapRun != "" {
		return nil
	}
	if x.Source, err = u.sourceOf(ctx, x.Machine); err != nil {
		return err
	}
	now, err := u.api.Call(ctx, "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(x.Machine)))
	if err != nil {
		x.Changed = goneMeanwhile(err) == nil // it is gone
		return goneMeanwhile(err)
	}
	x.Changed = now.Get("definition").Text() != x.Definition
	return nil
}

// maxChildren is how many nested executions are looked up.
const maxChildren = 200

// addFamily adds the executions and Map Runs that an execution has to do with.
func (u *UI) addFamily(ctx context.Context, x *Execution, b *book) error {
	if x.MapRun != "" {
		run, err := u.api.Call(ctx, "DescribeMapRun", value.OfMembers("mapRunArn", value.OfString(x.MapRun)))
		if err != nil {
			return err
		}
		parent := run.Get("executionArn").Text()
		x.Parent = &Link{Kind: "execution", ARN: parent, Name: parent[strings.LastIndexByte(parent, ':')+1:], Visit: -1}
	}
	if u.own != nil {
		start, _, err := u.own.Start(x.ARN)
		if err != nil {
			return err
		}
		x.RerunOf, x.TestCase = u.own.RerunOf(start.TestCase)
		if start.Caller != "" {
			x.Parent = &Link{Kind: "execution", ARN: start.Caller, Name: start.Caller[strings.LastIndexByte(start.Caller, ':')+1:], Visit: -1}
		}
	}
	for i, v := range b.builder.Visits() {
		if len(x.Children) == maxChildren {
			break
		}
		switch started := b.nested[i]; {
		case v.MapRun != "":
			run, err := u.api.Call(ctx, "DescribeMapRun", value.OfMembers("mapRunArn", value.OfString(v.MapRun)))
			if err != nil {
				return err
			}
			x.Children = append(x.Children, Link{Kind: "mapRun", ARN: v.MapRun, Name: v.State, Status: run.Get("status").Text(), State: v.State, Visit: i})
		case started != "":
			link := Link{Kind: "execution", ARN: started, Name: started[strings.LastIndexByte(started, ':')+1:], State: v.State, Visit: i}
			// One of an Express state machine, or elsewhere, is not known here.
			if child, err := u.api.Call(ctx, "DescribeExecution", value.OfMembers("executionArn", value.OfString(started), "includedData", value.OfString("METADATA_ONLY"))); err == nil {
				link.Status = child.Get("status").Text()
			}
			x.Children = append(x.Children, link)
		}
	}
	return nil
}

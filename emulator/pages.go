package emulator

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// This file gives the pages in a browser (package ui) what they show and do beside the API.

// A UI is what the pages in a browser show of the program that serves them.
type UI struct {
	Version string // of the program
	Folder  string // that is served; "" if none
}

// WithUI says what the pages show of the program.
func WithUI(u UI) Option { return func(s *settings) { s.ui = u } }

// WithoutUI leaves the pages and their private API out. If it is not given, a browser gets
// them at the URL of the emulator.
func WithoutUI() Option { return func(s *settings) { s.withoutUI = true } }

// SetProblems says what is wrong with files that define state machines, as texts for
// people; one that begins with "file:line:column: " shows that as the place. They replace
// those given before.
func (e *Emulator) SetProblems(texts []string) {
	if e.pages == nil {
		return
	}
	problems := make([]ui.Problem, len(texts))
	for i, text := range texts {
		problems[i] = problemOf(text)
	}
	e.pages.problems.Store(&problems)
	e.pages.ui.MachinesChanged()
}

// placeOfProblem is a place that a text begins with.
var placeOfProblem = regexp.MustCompile(`^(\S[^:\n]*(?::\d+){0,2}):\s+`)

func problemOf(text string) ui.Problem {
	text = strings.TrimSpace(text)
	if at := placeOfProblem.FindStringSubmatch(text); at != nil {
		return ui.Problem{Place: at[1], Text: text[len(at[0]):]}
	}
	return ui.Problem{Text: text}
}

// pages implements ui.Own, and ui.API.
type pages struct {
	em       *Emulator
	ui       *ui.UI
	folder   string // that is served; "" if none
	problems atomic.Pointer[[]ui.Problem]
	clients  clients
	lines    logRing

	mu     sync.Mutex
	facts  ui.Facts                // those that seldom change
	paused map[string]*engine.Hold // by ARN of the execution
}

var (
	_ ui.Own = (*pages)(nil)
	_ ui.API = (*pages)(nil)
)

func newPages(e *Emulator, s *settings) *pages {
	_, virtual := s.clock.(*engine.VirtualClock)
	p := &pages{em: e, folder: s.ui.Folder, paused: make(map[string]*engine.Hold)}
	p.facts = ui.Facts{
		Region: s.region, Account: s.account, Started: time.Now().UnixMilli(), Virtual: virtual, Folder: s.ui.Folder, Store: s.store.Path(), ByHand: s.byHand,
		Services: servicesOf(s), Handlers: handlersOf(s),
	}
	p.ui = ui.New(ui.Config{API: p, Own: p, Version: s.ui.Version, Until: e.streams.root, Log: s.log})
	return p
}

// servicesOf are the endpoints that tasks call.
func servicesOf(s *settings) []ui.Service {
	var all []ui.Service
	add := func(name, where string) {
		if where == "" {
			return
		}
		all = append(all, ui.Service{Name: name, URL: withoutPassword(where)})
	}
	add("lambda", cmp.Or(s.lambdaEndpoint, s.localEndpoint("lambda", "AWS_ENDPOINT_URL_LAMBDA")))
	add("s3", cmp.Or(s.s3.Folder, s.s3.Endpoint, s.localEndpoint("s3", "AWS_ENDPOINT_URL_S3")))
	for function, where := range s.functionURLs {
		add(function, where)
	}
	for service, where := range s.serviceEndpoints {
		add(cmp.Or(service, "*"), where)
	}
	slices.SortFunc(all, func(a, b ui.Service) int { return cmp.Compare(a.Name, b.Name) })
	return slices.Compact(all)
}

// withoutPassword is a URL as it can be shown.
func withoutPassword(where string) string {
	if u, err := url.Parse(where); err == nil && u.User != nil {
		return u.Redacted()
	}
	return where
}

// handlersOf are the names of the functions that the program or an endpoint answers, in order.
func handlersOf(s *settings) []string {
	var all []string
	for resource := range s.handlers {
		if _, name, ok := strings.Cut(resource, ":function:"); ok {
			resource = name
		}
		if !strings.Contains(resource, ":") {
			all = append(all, resource)
		}
	}
	for name := range s.functionURLs {
		all = append(all, name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// began tells the pages of an execution that begins, or goes on.
func (p *pages) began(start *machine.Start, started int64, redrives int, redriven int64) {
	if p.shows(start) {
		p.changed(rowOfStart(start, machine.Running, started, 0, redrives, redriven))
	}
}

// ended tells them of its end, and forgets that it was paused.
func (p *pages) ended(v *engine.View) {
	p.mu.Lock()
	hold := p.paused[v.Start.ARN]
	delete(p.paused, v.Start.ARN)
	p.mu.Unlock()
	if hold != nil {
		hold.Release()
	}
	if p.shows(v.Start) {
		p.changed(rowOfStart(v.Start, v.Status, v.Started, v.Stopped, v.Redrives, v.Redriven))
	}
}

// shows reports whether the pages are to be told of an execution: nothing is kept of those
// of Express state machines, those of Map Runs have pages of their own, and trial runs are in no
// list.
func (p *pages) shows(start *machine.Start) bool {
	return p.ui.Listening() && !start.Express && start.MapRun == "" && !isTrial(start.Machine)
}

func (p *pages) changed(row ui.Row) {
	p.ui.Changed(row)
	p.ui.PendingChanged()
}

func rowOfStart(s *machine.Start, status machine.Status, started, stopped int64, redrives int, redriven int64) ui.Row {
	return ui.Row{
		Run:     ui.Run{ARN: s.ARN, Name: s.Name, Status: status.String(), Started: started, Stopped: stopped},
		Machine: s.MachineARN, MachineName: s.Machine, Version: s.Version, Alias: s.Alias, Redrives: int64(redrives), Redriven: redriven,
	}
}

// called looks at a call of the API: who is new here, and what changes state machines.
func (p *pages) called(x *awsjson.Exchange) {
	if x.Request.RemoteAddr == "" {
		return
	}
	p.clients.seen(x.Request.UserAgent(), x.Operation)
	switch x.Operation {
	case "CreateStateMachine", "UpdateStateMachine", "DeleteStateMachine":
		p.ui.MachinesChanged()
	}
}

// clients are those that have called the API, by their User-Agent.
type clients struct {
	known sync.Map // the whole text: true
	mu    sync.Mutex
	all   []ui.Client
}

// maxClients is how many are shown.
const maxClients = 50

func (c *clients) seen(agent, action string) {
	if _, known := c.known.Load(agent); known {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) >= maxClients {
		return
	}
	if _, known := c.known.LoadOrStore(agent, true); known {
		return
	}
	name := clientName(agent)
	if slices.ContainsFunc(c.all, func(other ui.Client) bool { return other.Name == name }) {
		return
	}
	c.all = append(c.all, ui.Client{Name: name, Action: action, At: time.Now().UnixMilli()})
}

func (c *clients) list() []ui.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.all)
}

// maxAgent is how much of a User-Agent is shown.
const maxAgent = 60

// clientName is the part of a User-Agent that says which SDK or tool it is.
func clientName(agent string) string {
	fields := strings.Fields(agent)
	for _, want := range []string{"aws-cli/", "Boto3/", "aws-sdk-", "Botocore/"} {
		for _, f := range fields {
			if strings.HasPrefix(f, want) {
				return f[:min(len(f), maxAgent)]
			}
		}
	}
	if len(fields) == 0 {
		return "a client without a name"
	}
	return fields[0][:min(len(fields[0]), maxAgent)]
}

// The bounds of the lines of functions that are kept, in lines and in bytes of one.
const (
	maxLines    = 2000
	maxLineText = 4096
)

// A logRing keeps the last lines of functions. It grows with them.
type logRing struct {
	mu    sync.Mutex
	lines []FunctionLogEntry
	next  int // the oldest, once it is full
}

func (r *logRing) add(line FunctionLogEntry) {
	if len(line.Text) > maxLineText {
		line.Text = strings.ToValidUTF8(line.Text[:maxLineText], "") + "…"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) < maxLines {
		r.lines = append(r.lines, line)
		return
	}
	r.lines[r.next] = line
	r.next = (r.next + 1) % maxLines
}

func (r *logRing) of(execution string) (lines []ui.LogLine) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.lines {
		l := &r.lines[(r.next+i)%len(r.lines)]
		if l.Execution == execution {
			lines = append(lines, ui.LogLine{At: l.Time.UnixMilli(), Function: l.Function, Request: l.RequestID, Text: l.Text, Platform: l.Platform})
		}
	}
	return lines
}

// Call implements ui.API.
func (p *pages) Call(ctx context.Context, action string, in value.Value) (value.Value, error) {
	return p.em.call(ctx, action, in)
}

// Facts implements ui.Own.
func (p *pages) Facts() ui.Facts {
	p.mu.Lock()
	f := p.facts
	p.mu.Unlock()
	f.Clients = p.clients.list()
	for _, one := range p.em.Functions() {
		f.Functions = append(f.Functions, ui.Function{
			Name: one.Function.Name, Runtime: one.Function.Runtime, Place: one.Function.Place, Processes: one.Environments,
			Problem: cmp.Or(one.Function.Broken, one.Problem), Note: one.Note,
		})
	}
	if problems := p.problems.Load(); problems != nil {
		f.Problems = *problems
	}
	return f
}

// Now implements ui.Own.
func (p *pages) Now() int64 { return p.em.engine.Now() }

// maxRows is how many rows of the store one page of executions looks at: there may be many
// children of Map Runs among them.
const maxRows = 5000

// Executions implements ui.Own.
func (p *pages) Executions(status string, before int64, limit int) (rows []ui.Row, next int64, err error) {
	rows = []ui.Row{}
	for looked := 0; looked < maxRows; looked += limit {
		page, next, err := p.em.engine.List(journal.Query{Status: status, After: journal.Cursor{ID: before}, Limit: limit - len(rows)})
		if err != nil {
			return nil, 0, err
		}
		for _, r := range page {
			if r.MapRun == "" && !isTrial(machineName(r.MachineARN)) {
				rows = append(rows, ui.Row{
					Run:     ui.Run{ARN: r.ARN, Name: r.Name, Status: r.Status.String(), Started: r.Started, Stopped: r.Stopped},
					Machine: r.MachineARN, MachineName: machineName(r.MachineARN), Version: r.Version, Alias: r.Alias, Redrives: r.Redrives, Redriven: r.Redriven,
				})
			}
		}
		if before = next.ID; before == 0 || len(rows) == limit {
			break
		}
	}
	return rows, before, nil
}

func machineName(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// Records implements ui.Own.
func (p *pages) Records(arn string, yield func(int64, *machine.Event) bool) error {
	if _, err := p.em.api.Execution(arn); err != nil {
		return err
	}
	return p.em.engine.Records(arn, func(r engine.Record) bool { return yield(r.Number, &r.Event) })
}

// Start implements ui.Own.
func (p *pages) Start(arn string) (*machine.Start, int64, error) {
	v, err := p.em.api.Execution(arn)
	return v.Start, v.Events, err
}

// Follow implements ui.Own.
func (p *pages) Follow(arn string) ui.Follower {
	return follower{p.em.engine.Subscribe(engine.Filter{Execution: arn}, 1)}
}

type follower struct{ *engine.Subscription }

// Next implements ui.Follower.
func (f follower) Next(ctx context.Context) (*machine.Event, timeline.Path, error) {
	h, err := f.Subscription.Next(ctx)
	return &h.Event, h.Path, err
}

// Held implements ui.Own.
func (p *pages) Held() []ui.PendingTask {
	var tasks []ui.PendingTask
	for _, t := range p.em.PendingTasks() {
		tasks = append(tasks, ui.PendingTask{
			ID: t.ID, Execution: t.Execution, Machine: t.StateMachine, State: t.State, Resource: t.Resource, Input: t.Input, Token: t.TaskToken,
			Since: t.Since.UnixMilli(), Missing: t.Missing, Function: t.Function, Service: t.Service,
		})
	}
	return tasks
}

// AnswerHeld implements ui.Own.
func (p *pages) AnswerHeld(ctx context.Context, id, output string) error {
	return heldRefusal(p.em.AnswerTask(ctx, id, output))
}

// FailHeld implements ui.Own.
func (p *pages) FailHeld(ctx context.Context, id, name, cause string) error {
	return heldRefusal(p.em.FailTask(ctx, id, name, cause))
}

func heldRefusal(err error) error {
	switch {
	case err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, ErrNotPending):
		return ui.Refused(http.StatusNotFound, err.Error())
	}
	return ui.Refused(http.StatusBadRequest, err.Error())
}

// pageWorker is the name of the worker that takes tasks which a page answers.
const pageWorker = "aslocal"

// TakeOffered implements ui.Own.
func (p *pages) TakeOffered(ctx context.Context, token string) error {
	err := p.em.engine.TakeOffered(ctx, token, pageWorker)
	switch {
	case errors.Is(err, engine.ErrUnknownToken):
		return ui.Refused(http.StatusNotFound, "no task that waits has this id or token")
	case errors.Is(err, engine.ErrStale):
		return ui.Refused(http.StatusConflict, "the task does not wait any more")
	}
	return err
}

// SkipSleep implements ui.Own.
func (p *pages) SkipSleep(ctx context.Context, arn string, frame int32) error {
	err := p.em.engine.SkipSleep(ctx, arn, frame)
	if errors.Is(err, engine.ErrNotFound) || errors.Is(err, engine.ErrNotSleeping) || errors.Is(err, engine.ErrStale) {
		return ui.Refused(http.StatusConflict, "the state does not wait for a time now")
	}
	return err
}

// Pause implements ui.Own. A pause is not kept over a restart.
func (p *pages) Pause(arn string) error {
	v, err := p.em.api.Execution(arn)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if v.Status != machine.Running {
		return ui.Refused(http.StatusConflict, "the execution has ended")
	}
	if p.paused[arn] == nil {
		p.paused[arn] = p.em.engine.Hold(engine.Filter{Execution: arn})
	}
	return nil
}

// Resume implements ui.Own.
func (p *pages) Resume(arn string) error {
	p.mu.Lock()
	hold := p.paused[arn]
	delete(p.paused, arn)
	p.mu.Unlock()
	if hold == nil {
		return ui.Refused(http.StatusConflict, "the execution is not paused")
	}
	hold.Release()
	return nil
}

// Paused implements ui.Own.
func (p *pages) Paused(arn string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paused[arn] != nil
}

// Advance implements ui.Own.
func (p *pages) Advance(ctx context.Context, d time.Duration) error { return p.em.Advance(ctx, d) }

// TestCases implements ui.Own.
func (p *pages) TestCases(machine string) []string { return p.em.api.TestCases(machine) }

// Logs implements ui.Own.
func (p *pages) Logs(arn string) []ui.LogLine { return p.lines.of(arn) }

// Demos implements ui.Own.
func (p *pages) Demos() []ui.DemoInfo {
	all := make([]ui.DemoInfo, len(demos))
	for i, d := range demos {
		all[i] = d.DemoInfo
	}
	return all
}

// Demo implements ui.Own.
func (p *pages) Demo(_ context.Context, name string) (machine, input string, err error) {
	return p.em.createDemo(name)
}

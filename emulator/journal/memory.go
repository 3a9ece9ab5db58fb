// This file implements the memory store: fast, compact, and gone with the
// process. It serves --durability memory, tests, and Express executions.

package journal

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Memory is a [Store] that keeps all in memory.
//
// A Write is applied by the Commit that brings it, under one lock. Only its
// done waits for a goroutine, which lives as long as there are some to call:
// that costs below a microsecond, and gives callers the order, and the freedom
// to hold locks, that a store on disk gives them. What works with one works
// with the other.
type Memory struct {
	mu         sync.RWMutex
	executions map[int64]*memoryExecution
	byARN      map[string]*memoryExecution
	all        *list
	lists      map[listKey]*list
	origins    map[[4]string]*origin
	documents  map[string]map[string][]byte // by kind and key
	last       int64
	closed     bool

	waiting []outcome  // whose done is to be called, in commit order
	calling bool       // a goroutine is calling them
	idle    *sync.Cond // of mu: calling became false
}

// A memoryExecution is an Execution and its batches in less space: what many
// executions have in common is their origin.
type memoryExecution struct {
	id               int64
	arn, name        string
	status           string
	started, stopped int64
	redrives         int64
	redriven         int64 // Unix milliseconds
	record           []byte
	origin           *origin
	batches          []memoryBatch // only ever appended to, so a reader may keep a part
}

// A memoryBatch begins where the one before it ended.
type memoryBatch struct {
	last int64
	data []byte
}

// An origin is where executions come from: machine, version, alias and Map
// Run, as in Execution; and the lists that they are on.
type origin struct {
	arns       [4]string
	lists      []*list
	executions int
}

// A list holds the executions of one ARN, or all there are, with the part of
// each status.
type list struct {
	byID     bool // it is that of all, whose order is that of IDs
	all      part
	byStatus map[string]*part
}

func newList() *list { return &list{byStatus: map[string]*part{}} }

// A part holds executions that were redriven apart from those that were not.
type part struct{ fresh, redriven cursorSet }

// A listKey names a list by the place of its ARN in an origin.
type listKey struct {
	place int
	arn   string
}

// An outcome is what a done will be told.
type outcome struct {
	done func(error)
	err  error
}

// NewMemory gives an empty memory store.
func NewMemory() *Memory {
	m := &Memory{
		executions: map[int64]*memoryExecution{},
		byARN:      map[string]*memoryExecution{},
		all:        &list{byID: true, byStatus: map[string]*part{}},
		lists:      map[listKey]*list{},
		origins:    map[[4]string]*origin{},
		documents:  map[string]map[string][]byte{},
	}
	m.idle = sync.NewCond(&m.mu)
	return m
}

// Commit implements [Store]. The write is seen as soon as Commit returns.
func (m *Memory) Commit(w Write, done func(error)) {
	err := w.check()
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		err = ErrClosed
	case err == nil:
		err = m.apply(&w)
	}
	if done == nil {
		return
	}
	m.waiting = append(m.waiting, outcome{done, err})
	if !m.calling {
		m.calling = true
		go m.call()
	}
}

// call calls every done that waits, and those that come meanwhile.
func (m *Memory) call() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for calls := []outcome(nil); len(m.waiting) > 0; {
		clear(calls)
		calls, m.waiting = m.waiting, calls[:0]
		m.mu.Unlock()
		for _, c := range calls {
			c.done(c.err)
		}
		m.mu.Lock()
	}
	m.calling = false
	m.idle.Broadcast()
}

// apply applies a write that passed check, or refuses it and changes nothing.
func (m *Memory) apply(w *Write) error {
	if x := w.Create; x != nil {
		if m.executions[x.ID] != nil || m.byARN[x.ARN] != nil {
			return errExists(x)
		}
		m.create(x)
	}
	if b := w.Batch; b != nil {
		x, err := m.open(b.Execution, w.Create != nil || w.Update != nil && w.Update.Reopen)
		if err != nil {
			return err
		}
		if last := x.last(); b.First != last+1 {
			return errOrder(b, last)
		}
		x.batches = append(x.batches, memoryBatch{b.Last, clip(b.Data)})
	}
	if u := w.Update; u != nil {
		x, err := m.open(u.ID, u.Reopen)
		if err != nil {
			return err
		}
		m.update(x, u)
	}
	if x := m.executions[w.Delete]; x != nil {
		m.delete(x)
	}
	for _, d := range w.Documents {
		m.put(d)
	}
	return nil
}

// open gives an execution that may be changed: one that has not ended, or that
// the write may reopen.
func (m *Memory) open(id int64, reopen bool) (*memoryExecution, error) {
	x := m.executions[id]
	if x == nil {
		return nil, errNotFound(id)
	}
	if x.status != Running && !reopen {
		return nil, errEnded(id, x.status)
	}
	return x, nil
}

func (m *Memory) create(x *Execution) {
	e := &memoryExecution{
		id: x.ID, arn: x.ARN, name: x.Name, status: x.Status,
		started: x.Started, stopped: x.Stopped, redrives: x.Redrives, redriven: x.Redriven, record: clip(x.Record),
		origin: m.origin([4]string{x.MachineARN, x.VersionARN, x.AliasARN, x.MapRunARN}),
	}
	if strings.HasSuffix(x.ARN, x.Name) {
		e.name = x.ARN[len(x.ARN)-len(x.Name):] // the same bytes
	}
	m.executions[e.id] = e
	m.byARN[e.arn] = e
	m.last = max(m.last, e.id)
	e.origin.executions++
	for _, l := range e.origin.lists {
		c := l.cursor(e)
		l.all.of(e).add(c)
		l.of(e.status).of(e).add(c)
	}
}

func (m *Memory) update(e *memoryExecution, u *Update) {
	before := *e
	e.status, e.stopped = u.Status, u.Stopped
	if u.Reopen {
		e.redrives, e.redriven = u.Redrives, u.Redriven
	}
	if u.Record != nil {
		e.record = clip(u.Record)
	}
	for _, l := range e.origin.lists {
		was, is := l.cursor(&before), l.cursor(e)
		move(was, is, l.all.of(&before), l.all.of(e))
		move(was, is, l.of(before.status).of(&before), l.of(e.status).of(e))
	}
}

func move(was, is Cursor, from, to *cursorSet) {
	if from != to || was != is {
		from.remove(was)
		to.add(is)
	}
}

func (m *Memory) delete(e *memoryExecution) {
	delete(m.executions, e.id)
	delete(m.byARN, e.arn)
	for _, l := range e.origin.lists {
		c := l.cursor(e)
		l.all.of(e).remove(c)
		l.of(e.status).of(e).remove(c)
	}
	if e.origin.executions--; e.origin.executions > 0 {
		return
	}
	delete(m.origins, e.origin.arns)
	for place, arn := range e.origin.arns {
		// A list that is empty is on no origin that has executions.
		if key := (listKey{place, arn}); m.lists[key] != nil && m.lists[key].all.empty() {
			delete(m.lists, key)
		}
	}
}

func (m *Memory) put(d Document) {
	if d.Data == nil {
		delete(m.documents[d.Kind], d.Key)
		return
	}
	if m.documents[d.Kind] == nil {
		m.documents[d.Kind] = map[string][]byte{}
	}
	m.documents[d.Kind][d.Key] = clip(d.Data)
}

// origin gives the one origin with these ARNs, and makes its lists.
func (m *Memory) origin(arns [4]string) *origin {
	if o := m.origins[arns]; o != nil {
		return o
	}
	o := &origin{arns: arns, lists: []*list{m.all}}
	for place, arn := range arns {
		if arn == "" {
			continue
		}
		key := listKey{place, arn}
		if m.lists[key] == nil {
			m.lists[key] = newList()
		}
		o.lists = append(o.lists, m.lists[key])
	}
	m.origins[arns] = o
	return o
}

func (l *list) of(status string) *part {
	p := l.byStatus[status]
	if p == nil {
		p = &part{}
		l.byStatus[status] = p
	}
	return p
}

// cursor gives the place of an execution in the list.
func (l *list) cursor(e *memoryExecution) Cursor {
	if l.byID {
		return Cursor{ID: e.id}
	}
	x := Execution{ID: e.id, Started: e.started, Stopped: e.stopped, Redriven: e.redriven}
	return x.Cursor()
}

func (p *part) of(e *memoryExecution) *cursorSet {
	if e.redrives > 0 {
		return &p.redriven
	}
	return &p.fresh
}

func (p *part) empty() bool { return len(p.fresh.chunks) == 0 && len(p.redriven.chunks) == 0 }

// Execution implements [Store].
func (m *Memory) Execution(arn string) (Execution, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return Execution{}, ErrClosed
	}
	e := m.byARN[arn]
	if e == nil {
		return Execution{}, errARNNotFound(arn)
	}
	return e.row(), nil
}

// Executions implements [Store].
func (m *Memory) Executions(q Query) (page []Execution, next Cursor, err error) {
	if err := q.check(); err != nil {
		return nil, next, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, next, ErrClosed
	}
	after := q.after()
	if q.arns() == [4]string{} {
		after.Recent = 0 // as in the list of all
	}
	for c := range m.selected(q).below(after, q.Redriven) {
		if len(page) == q.Limit {
			return page, page[len(page)-1].Cursor(), nil
		}
		page = append(page, m.executions[c.ID].row())
	}
	return page, next, nil
}

// selected gives the part of a list that the query's ARN and status select.
func (m *Memory) selected(q Query) *part {
	l := m.all
	for place, arn := range q.arns() {
		if arn != "" {
			l = m.lists[listKey{place, arn}]
		}
	}
	switch {
	case l == nil:
		return &part{}
	case q.Status == "":
		return &l.all
	case l.byStatus[q.Status] == nil:
		return &part{}
	}
	return l.byStatus[q.Status]
}

// below gives the cursors below c that the filter selects, the greatest first.
func (p *part) below(c Cursor, filter RedriveFilter) iter.Seq[Cursor] {
	switch filter {
	case Redriven:
		return p.redriven.below(c)
	case NotRedriven:
		return p.fresh.below(c)
	}
	return merge(p.fresh.below(c), p.redriven.below(c), func(a, b Cursor) bool { return a.Compare(b) > 0 })
}

// above gives the cursors above c, the least first.
func (p *part) above(c Cursor) iter.Seq[Cursor] {
	return merge(p.fresh.above(c), p.redriven.above(c), func(a, b Cursor) bool { return a.Compare(b) < 0 })
}

// merge gives what two sequences give that are ordered by before, in that order.
func merge(a, b iter.Seq[Cursor], before func(a, b Cursor) bool) iter.Seq[Cursor] {
	return func(yield func(Cursor) bool) {
		next, stop := iter.Pull(b)
		defer stop()
		y, ok := next()
		for x := range a {
			for ; ok && before(y, x); y, ok = next() {
				if !yield(y) {
					return
				}
			}
			if !yield(x) {
				return
			}
		}
		for ; ok && yield(y); y, ok = next() {
		}
	}
}

// Unfinished implements [Store].
func (m *Memory) Unfinished() iter.Seq2[History, error] {
	return func(yield func(History, error) bool) {
		for after := int64(0); ; {
			// The lock is not held while the caller looks at what it got.
			some, err := m.unfinished(after)
			if err != nil {
				yield(History{}, err)
				return
			}
			if len(some) == 0 {
				return
			}
			for _, h := range some {
				if !yield(h, nil) {
					return
				}
			}
			after = some[len(some)-1].Execution.ID
		}
	}
}

func (m *Memory) unfinished(after int64) (some []History, err error) {
	const most = 256
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, ErrClosed
	}
	for c := range m.selected(Query{Status: Running}).above(Cursor{ID: after}) {
		e := m.executions[c.ID]
		some = append(some, History{e.row(), e.from(1)})
		if len(some) == most {
			break
		}
	}
	return some, nil
}

// Batches implements [Store]. It gives those there are when the loop begins.
func (m *Memory) Batches(execution, from int64) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		var batches []Batch
		m.mu.RLock()
		closed := m.closed
		if e := m.executions[execution]; e != nil {
			batches = e.from(from)
		}
		m.mu.RUnlock()
		if closed {
			yield(Batch{}, ErrClosed)
			return
		}
		for _, b := range batches {
			if !yield(b, nil) {
				return
			}
		}
	}
}

// Document implements [Store].
func (m *Memory) Document(kind, key string) (Document, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return Document{}, ErrClosed
	}
	data, ok := m.documents[kind][key]
	if !ok {
		return Document{}, errDocumentNotFound(kind, key)
	}
	return Document{kind, key, data}, nil
}

// Documents implements [Store].
func (m *Memory) Documents(kind string) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		m.mu.RLock()
		closed := m.closed
		documents := maps.Clone(m.documents[kind])
		m.mu.RUnlock()
		if closed {
			yield(Document{}, ErrClosed)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(documents)) {
			if !yield(Document{kind, key, documents[key]}, nil) {
				return
			}
		}
	}
}

// LastID implements [Store].
func (m *Memory) LastID() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.last
}

// Path implements [Store]. It is "".
func (m *Memory) Path() string { return "" }

// Close implements [Store]. What the store held is gone.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.executions, m.byARN, m.documents = nil, nil, nil
	m.all, m.lists, m.origins = nil, nil, nil
	for m.calling {
		m.idle.Wait()
	}
	return nil
}

func (e *memoryExecution) row() Execution {
	return Execution{
		ID: e.id, ARN: e.arn, Name: e.name, Status: e.status,
		MachineARN: e.origin.arns[0], VersionARN: e.origin.arns[1],
		AliasARN: e.origin.arns[2], MapRunARN: e.origin.arns[3],
		Started: e.started, Stopped: e.stopped, Redrives: e.redrives, Redriven: e.redriven, Record: e.record,
	}
}

// last gives the number of the last event.
func (e *memoryExecution) last() int64 {
	if len(e.batches) == 0 {
		return 0
	}
	return e.batches[len(e.batches)-1].last
}

// from gives the batches from the one that holds the event.
func (e *memoryExecution) from(event int64) []Batch {
	i, _ := slices.BinarySearchFunc(e.batches, event, func(b memoryBatch, event int64) int {
		return cmp.Compare(b.last, event)
	})
	batches := make([]Batch, 0, len(e.batches)-i)
	for ; i < len(e.batches); i++ {
		first := int64(1)
		if i > 0 {
			first = e.batches[i-1].last + 1
		}
		batches = append(batches, Batch{e.id, first, e.batches[i].last, e.batches[i].data})
	}
	return batches
}

// clip gives the bytes without the room that their buffer left for more.
func clip(b []byte) []byte {
	if cap(b)-len(b) > len(b)/4 {
		return slices.Clone(b)
	}
	return b
}

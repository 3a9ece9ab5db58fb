package machine

import (
	"hash/fnv"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/value"
)

// This file has the fields of a Map state in DISTRIBUTED mode: where its items
// come from (ItemReader), how they are grouped (ItemBatcher), how many may fail,
// and where the results go (ResultWriter). The Map Run itself is in map_run.go. Guide: "Using Map state in Distributed mode".

// A distributedMap is a Map state in DISTRIBUTED mode.
type distributedMap struct {
	mapState
	label               string // in the ARNs of the Map Run and of its children
	express             bool   // the children are Express executions
	reader              *itemReader
	batcher             *itemBatcher
	writer              *resultWriter
	toleratedCount      operand
	toleratedPercentage operand
}

func compileDistributedMap(c *compiler, st *state, m mapState) *distributedMap {
	st.childLabel = Label(c.source)
	return &distributedMap{
		mapState:            m,
		label:               st.childLabel,
		express:             c.source.ItemProcessor.ExecutionType == "EXPRESS",
		reader:              compileItemReader(c, c.field("ItemReader")),
		batcher:             compileItemBatcher(c, c.field("ItemBatcher")),
		writer:              compileResultWriter(c, c.field("ResultWriter")),
		toleratedCount:      c.number("ToleratedFailureCount"),
		toleratedPercentage: c.number("ToleratedFailurePercentage"),
	}
}

// run begins the Map Run of the state (F-071).
func (d *distributedMap) run(x *Execution, f *frame) *Failure {
	if mock := x.mock(f); mock != nil {
		if failure := d.rehearse(x, f, mock); failure != nil {
			return failure
		}
		return x.mocked(f, mock)
	}
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return failure
	}
	concurrency, failure := d.limit(x, f, in)
	if failure != nil {
		return failure
	}
	var values value.Value
	if d.reader == nil { // which makes Items and ItemsPath void (F-078)
		if values, failure = d.items.items(x, f, in); failure != nil {
			return failure
		}
	}
	x.emit(Event{Type: MapStateStarted, Frame: f.id, Prev: f.prev, Doc: values})
	limits, failure := d.limits(x.env(f, in))
	if failure != nil {
		return failure
	}
	limits.MaxConcurrency = concurrency
	if _, failure = d.batcher.eval(x.env(f, in)); failure != nil {
		return failure
	}
	var reading *ItemReading
	if d.reader != nil {
		if reading, failure = d.reader.request(x.env(f, in)); failure != nil {
			return failure
		}
	}
	x.emit(Event{Type: MapRunStarted, Frame: f.id, Prev: f.prev, Run: &MapRunEvent{ARN: x.mapRunARN(d.label), Limits: limits}})
	if reading != nil {
		x.ask(f, Command{Kind: ReadItems, Reading: reading})
		return nil
	}
	x.again(f)
	return nil
}

func (d *distributedMap) open(_ *Execution, _ *frame, e *Event) openState {
	return &mapRun{d: d, items: itemsOf(e.Doc, nil)}
}

func (d *distributedMap) restore() openState { return &mapRun{d: d} }

// Label returns the name of a distributed Map state in the ARNs of its Map Runs:
// its Label field. A state without one gets a UUID, as in the service, but always
// the same.
func Label(s *asl.State) string {
	if label := s.Fields.Get("Label").Text(); label != "" {
		return label
	}
	h := fnv.New64a()
	h.Write([]byte(s.Pointer))
	r := intrinsic.NewSource(h.Sum64())
	return r.UUID()
}

// limits evaluates how many items may fail. A value out of range is a
// States.Runtime, in the words of the service.
func (d *distributedMap) limits(e *env) (MapRunLimits, *Failure) {
	l := MapRunLimits{ToleratedCount: -1, ToleratedPercentage: -1}
	var failure *Failure
	if d.toleratedCount != nil {
		if l.ToleratedCount, failure = integer(d.toleratedCount, e, "ToleratedFailureCount"); failure != nil {
			return l, failure
		}
		if l.ToleratedCount < 0 {
			return l, e.f.runtime("ToleratedFailureCount cannot be negative.")
		}
	}
	if d.toleratedPercentage != nil {
		if l.ToleratedPercentage, failure = float(d.toleratedPercentage, e, "ToleratedFailurePercentage"); failure != nil {
			return l, failure
		}
		if !(l.ToleratedPercentage >= 0 && l.ToleratedPercentage <= 100) {
			return l, e.f.runtime("ToleratedFailurePercentage must be between 0 and 100.")
		}
	}
	return l, nil
}

// storage is what ItemReader and ResultWriter share: an API of S3, and the
// arguments of its call.
type storage struct {
	resource  string
	arguments body
}

func (c *compiler) storage(field string, v value.Value) storage {
	arguments := "Parameters"
	if c.source.QueryLanguage == asl.JSONata {
		arguments = "Arguments"
	}
	return storage{v.Get("Resource").Text(), c.bodyOf(field+"/"+arguments, v.Get(arguments))}
}

func (s *storage) eval(e *env) (value.Value, *Failure) {
	if s.arguments == nil {
		return value.EmptyObject, nil
	}
	return s.arguments.eval(e)
}

// An itemReader reads the items from S3 instead of the state's input.
type itemReader struct {
	storage
	config   body // ReaderConfig without MaxItems
	maxItems operand
}

func compileItemReader(c *compiler, v value.Value) *itemReader {
	if v.Kind() != value.Object {
		return nil
	}
	config := v.Get("ReaderConfig")
	r := &itemReader{storage: c.storage("ItemReader", v), maxItems: c.numberIn("ItemReader/ReaderConfig/", config, "MaxItems")}
	var rest value.ObjectBuilder
	for name, member := range config.Members() {
		if name != "MaxItems" && name != "MaxItemsPath" {
			rest.Set(name, member)
		}
	}
	r.config = c.bodyOf("ItemReader/ReaderConfig", rest.Value())
	return r
}

// request evaluates what to read. The limits of MaxItems are the reader's
// business: what is out of range fails the Map Run, not the state.
func (r *itemReader) request(e *env) (*ItemReading, *Failure) {
	config, failure := r.config.eval(e)
	if failure == nil && r.maxItems != nil {
		var n int64
		if n, failure = integer(r.maxItems, e, "MaxItems"); failure == nil {
			config = config.With("MaxItems", value.OfInt(n))
		}
	}
	if failure != nil {
		return nil, failure
	}
	arguments, failure := r.eval(e)
	return &ItemReading{Resource: r.resource, Config: config, Arguments: arguments}, failure
}

// An itemBatcher gives several items to one child.
type itemBatcher struct {
	maxItems, maxBytes operand // at least one
	input              body
}

func compileItemBatcher(c *compiler, v value.Value) *itemBatcher {
	if v.Kind() != value.Object {
		return nil
	}
	return &itemBatcher{
		maxItems: c.numberIn("ItemBatcher/", v, "MaxItemsPerBatch"),
		maxBytes: c.numberIn("ItemBatcher/", v, "MaxInputBytesPerBatch"),
		input:    c.bodyOf("ItemBatcher/BatchInput", v.Get("BatchInput")),
	}
}

// batching is an ItemBatcher with its fields evaluated; the zero batching gives
// every child one bare item.
type batching struct {
	on       bool
	maxItems int64 // 0: no limit
	maxBytes int64
	input    value.Value // BatchInput, or no value
}

func (b *itemBatcher) eval(e *env) (out batching, failure *Failure) {
	if b == nil {
		return out, nil
	}
	out.on = true
	for _, limit := range []struct {
		operand
		field string
		to    *int64
	}{{b.maxItems, "MaxItemsPerBatch", &out.maxItems}, {b.maxBytes, "MaxInputBytesPerBatch", &out.maxBytes}} {
		if limit.operand == nil {
			continue
		}
		if *limit.to, failure = integer(limit.operand, e, limit.field); failure != nil {
			return out, failure
		}
		if *limit.to <= 0 {
			return out, e.f.runtime("%s must be a positive integer but was: %d", limit.field, *limit.to)
		}
	}
	if out.maxBytes == 0 || out.maxBytes > MaxPayload {
		out.maxBytes = MaxPayload
	}
	if b.input != nil {
		out.input, failure = b.input.eval(e)
	}
	return out, failure
}

// wrap is a child's input: the bare item, or the batch.
func (b *batching) wrap(items []value.Value) value.Value {
	switch {
	case !b.on:
		return items[0]
	case b.input.Exists():
		return value.OfMembers("BatchInput", b.input, "Items", value.OfSlice(items))
	}
	return value.OfMembers("Items", value.OfSlice(items))
}

// overhead is the size of a batch without its items.
func (b *batching) overhead() int { return b.wrap(nil).Size() }

// A resultWriter writes the results to S3, or only says in which form the state
// has them.
type resultWriter struct {
	storage
	config    body
	transform string // NONE, COMPACT or FLATTEN
}

func compileResultWriter(c *compiler, v value.Value) *resultWriter {
	if v.Kind() != value.Object {
		return nil
	}
	config := v.Get("WriterConfig")
	if !config.Exists() {
		config = value.EmptyObject
	}
	w := &resultWriter{storage: c.storage("ResultWriter", v), config: c.bodyOf("ResultWriter/WriterConfig", config), transform: config.Get("Transformation").Text()}
	if w.transform == "" {
		w.transform = "NONE"
	}
	return w
}

// exports reports whether the results go to S3.
func (w *resultWriter) exports() bool { return w != nil && w.resource != "" }

// request evaluates where to write.
func (w *resultWriter) request(e *env) (*ResultWriting, *Failure) {
	config, failure := w.config.eval(e)
	if failure != nil {
		return nil, failure
	}
	arguments, failure := w.eval(e)
	return &ResultWriting{Resource: w.resource, Config: config, Arguments: arguments}, failure
}

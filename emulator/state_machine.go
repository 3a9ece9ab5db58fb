package emulator

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/fault"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
	"github.com/google/uuid"
)

// This file keeps state machines: in memory for every request, and as
// documents of the store for the next start.

// The kinds of documents in the store.
const (
	kindMachine  = "machine"
	kindRevision = "revision"
	kindVersion  = "version"
	kindAlias    = "alias"
	kindActivity = "activity"
)

// A stateMachine is a registered state machine. It is replaced as a whole when
// it changes, so whoever holds one may read it without a lock.
type stateMachine struct {
	arn, name    string
	machineType  string // STANDARD or EXPRESS
	roleARN      string
	definition   string
	revision     string      // key of the revision document that holds the definition
	revisionID   string      // shown; "" until the first update
	created      int64       // Unix milliseconds
	updated      int64       //
	logging      value.Value // as given, or no value
	tracing      value.Value
	encryption   value.Value
	tags         value.Value // object: key to value
	variableRefs value.Value // object, or no value

	lastVersion int64          // number of the version that was published last
	published   bool           // by CreateStateMachine
	description optionalString // of the version that this made
}

func (m *stateMachine) express() bool { return m.machineType == typeExpress }

const (
	typeStandard = "STANDARD"
	typeExpress  = "EXPRESS"
)

// document is the state machine as the store keeps it.
func (m *stateMachine) document() journal.Document {
	return journal.Document{Kind: kindMachine, Key: m.arn, Data: m.record().AppendJSON(nil)}
}

// record is what its document and those of its versions hold.
func (m *stateMachine) record() value.Value {
	var b value.ObjectBuilder
	for _, s := range []struct{ name, text string }{
		{"name", m.name}, {"type", m.machineType}, {"roleArn", m.roleARN}, {"revision", m.revision}, {"revisionId", m.revisionID},
	} {
		b.Set(s.name, value.Str(s.text))
	}
	b.Set("created", value.Int(m.created))
	b.Set("updated", value.Int(m.updated))
	b.Set("lastVersion", value.Int(m.lastVersion))
	b.Set("published", value.OfBool(m.published))
	if m.description.Set {
		b.Set("description", value.Str(m.description.Value))
	}
	for _, s := range []struct {
		name string
		v    value.Value
	}{{"logging", m.logging}, {"tracing", m.tracing}, {"encryption", m.encryption}, {"tags", m.tags}} {
		if s.v.Exists() {
			b.Set(s.name, s.v)
		}
	}
	return b.Value()
}

// load reads what the store keeps.
func (e *Emulator) load() error {
	for doc, err := range e.store.Documents(kindRevision) {
		if err != nil {
			return fmt.Errorf("emulator: reading the definitions: %w", err)
		}
		e.revisions[doc.Key] = string(doc.Data)
	}
	for doc, err := range e.store.Documents(kindMachine) {
		if err != nil {
			return fmt.Errorf("emulator: reading the state machines: %w", err)
		}
		v, err := value.ParseBytes(doc.Data)
		if err != nil {
			return fmt.Errorf("emulator: the state machine %s: %w", doc.Key, err)
		}
		m, err := e.readMachine(doc.Key, v)
		if err != nil {
			return fmt.Errorf("emulator: the state machine %s: %w", doc.Key, err)
		}
		e.machines[m.arn] = m
	}
	if err := e.loadVersions(); err != nil {
		return err
	}
	if err := e.loadAliases(); err != nil {
		return err
	}
	for doc, err := range e.store.Documents(kindActivity) {
		if err != nil {
			return fmt.Errorf("emulator: reading the activities: %w", err)
		}
		a, err := readActivity(doc.Key, doc.Data)
		if err != nil {
			return fmt.Errorf("emulator: the activity %s: %w", doc.Key, err)
		}
		e.activities[a.arn] = a
	}
	return nil
}

func (e *Emulator) readMachine(arn string, v value.Value) (m *stateMachine, err error) {
	m = &stateMachine{
		arn: arn, name: v.Get("name").Text(), machineType: v.Get("type").Text(), roleARN: v.Get("roleArn").Text(),
		revision: v.Get("revision").Text(), revisionID: v.Get("revisionId").Text(),
		logging: v.Get("logging"), tracing: v.Get("tracing"), encryption: v.Get("encryption"), tags: v.Get("tags"),
		published: v.Get("published").Bool(), description: optionalText(v.Get("description")),
	}
	m.created, _ = v.Get("created").Int()
	m.updated, _ = v.Get("updated").Int()
	m.lastVersion, _ = v.Get("lastVersion").Int()
	if m.definition, err = e.revisionText(m.revision); err != nil {
		return nil, err
	}
	definition, diagnostics := asl.Parse(m.definition)
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	m.variableRefs = variableReferences(definition)
	return m, nil
}

// revisionText returns the definition that a revision holds.
func (e *Emulator) revisionText(revision string) (string, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	text, ok := e.revisions[revision]
	if !ok {
		return "", fmt.Errorf("emulator: there is no definition of the revision %q", revision)
	}
	return text, nil
}

// program returns the compiled definition of a revision, or what the children
// of one of its distributed Maps run. The engine asks for it when an execution
// starts, and when one goes on after a restart.
func (e *Emulator) program(revision string) (*machine.Program, error) {
	e.programs.mu.Lock()
	defer e.programs.mu.Unlock()
	root, labels, _ := strings.Cut(revision, "#")
	p := e.programs.compiled[root]
	if p == nil {
		text, err := e.revisionText(root)
		if err != nil {
			return nil, err
		}
		definition, diagnostics := asl.Parse(text)
		if diagnostics.HasErrors() {
			return nil, diagnostics
		}
		if p, err = compile(definition); err != nil {
			return nil, err
		}
		e.programs.keep(root, p)
	}
	for label := range strings.SplitSeq(labels, "#") {
		if label == "" {
			break // the machine itself
		}
		if p = p.Child(label); p == nil {
			return nil, fmt.Errorf("emulator: the definition %s has no distributed Map labelled %q", root, label)
		}
	}
	return p, nil
}

func (p *programs) keep(revision string, program *machine.Program) {
	if p.compiled == nil {
		p.compiled = make(map[string]*machine.Program)
	}
	p.compiled[revision] = program
}

// A checked definition is one that may become a revision.
type checked struct {
	program      *machine.Program
	variableRefs value.Value
}

// check validates and compiles a definition. What is wrong with it is an
// InvalidDefinition that lists every error.
func (e *Emulator) check(text, machineType string) (checked, error) {
	definition, diagnostics := asl.Parse(text)
	if !diagnostics.HasErrors() {
		diagnostics = append(diagnostics, asl.Validate(definition, asl.Options{Express: machineType == typeExpress})...)
	}
	if errs := diagnostics.Errors(); len(errs) > 0 {
		return checked{}, invalidDefinition(errs)
	}
	program, err := compile(definition)
	if err != nil {
		return checked{}, fault.InvalidDefinition(fmt.Sprintf("%s: %v", asl.SchemaValidationFailed, err))
	}
	return checked{program: program, variableRefs: variableReferences(definition)}, nil
}

// invalidDefinition words the errors of a definition as CreateStateMachine does.
func invalidDefinition(errs asl.Diagnostics) error {
	texts := make([]string, len(errs))
	for i, d := range errs {
		texts[i] = d.Code + ": " + d.Message
		if d.Pointer != "" {
			texts[i] += " at " + d.Pointer
		}
	}
	return fault.InvalidDefinition(texts...)
}

func variableReferences(d *asl.Definition) value.Value {
	refs := asl.VariableReferences(d)
	if len(refs) == 0 {
		return value.Value{}
	}
	var b value.ObjectBuilder
	for _, state := range slices.Sorted(maps.Keys(refs)) {
		names := make([]value.Value, len(refs[state]))
		for i, name := range refs[state] {
			names[i] = value.Str(name)
		}
		b.Set(state, value.OfSlice(names))
	}
	return b.Value()
}

// machine returns a registered state machine.
func (e *Emulator) machine(arn string) (*stateMachine, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if m := e.machines[arn]; m != nil {
		return m, nil
	}
	return nil, fault.StateMachineDoesNotExist(arn)
}

// put stores a state machine and makes it the one that requests see; if its
// definition is new, program is what it compiles to, and it becomes a revision.
// A version that was made of it is stored with it. The caller holds e.mu.
func (e *Emulator) put(ctx context.Context, m *stateMachine, program *machine.Program, made *version) error {
	var documents []journal.Document
	if program != nil {
		m.revision = uuid.NewString()
		documents = append(documents, journal.Document{Kind: kindRevision, Key: m.revision, Data: []byte(m.definition)})
	}
	documents = append(documents, m.document())
	if made != nil {
		documents = append(documents, made.document())
	}
	if err := e.keep(ctx, documents...); err != nil {
		return err
	}
	if program != nil {
		e.revisions[m.revision] = m.definition
		e.programs.mu.Lock()
		e.programs.keep(m.revision, program)
		e.programs.mu.Unlock()
	}
	e.machines[m.arn] = m
	return nil
}

// remove deletes a document. The caller holds e.mu.
func (e *Emulator) remove(ctx context.Context, kind, key string) error {
	return e.keep(ctx, journal.Document{Kind: kind, Key: key})
}

// keep writes documents. It does not give up when the client goes away: the write
// would happen all the same, and memory would not know.
func (e *Emulator) keep(ctx context.Context, documents ...journal.Document) error {
	return journal.Do(context.WithoutCancel(ctx), e.store, journal.Write{Documents: documents})
}

package machine

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file moves data through states in JSONPath mode:
//
//	raw input → InputPath → Parameters → (the state's work) → result
//	result → ResultSelector → ResultPath (into the raw input) → OutputPath → output
//
// Assign sees the result before ResultSelector. Spec: "Input and Output
// Processing".

// pathFlow is the data flow of one state; nil fields stand for their defaults.
type pathFlow struct {
	inputPath      pathField
	parameters     *template
	resultSelector *template
	resultPath     *jsonpath.Path // nil for "$"
	discard        bool           // ResultPath is null
	outputPath     pathField
	assign         *template
}

// A pathField is InputPath or OutputPath: absent ("$"), a Path, or null.
type pathField struct {
	path *jsonpath.Path
	null bool
}

func compilePathFlow(c *compiler) *pathFlow {
	d := &pathFlow{
		inputPath:      c.pathField("InputPath"),
		resultSelector: c.template("ResultSelector"),
		outputPath:     c.pathField("OutputPath"),
		assign:         c.template("Assign"),
	}
	if c.source.Type != asl.Map { // there it is the old name of ItemSelector
		d.parameters = c.template("Parameters")
	}
	d.resultPath, d.discard = c.resultPath(c.field("ResultPath"))
	return d
}

func (c *compiler) pathField(field string) pathField {
	p := pathField{path: c.path(field), null: c.field(field).IsNull()}
	if p.path != nil && p.path.String() == "$" {
		p.path = nil
	}
	return p
}

// resultPath compiles the ResultPath of a state or a Catcher.
func (c *compiler) resultPath(v value.Value) (path *jsonpath.Path, discard bool) {
	if v.Kind() != value.String || v.Text() == "$" {
		return nil, v.IsNull()
	}
	path, err := jsonpath.Compile(v.Text())
	if err != nil {
		c.fail("ResultPath", "%v", err)
	}
	return path, false
}

// written are the steps whose fields the definition has.
func (d *pathFlow) written() (steps []Step) {
	for _, field := range []struct {
		step Step
		has  bool
	}{
		{AfterInputPath, d.inputPath != pathField{}}, {AfterParameters, d.parameters != nil},
		{AfterResultSelector, d.resultSelector != nil}, {AfterResultPath, d.resultPath != nil || d.discard},
	} {
		if field.has {
			steps = append(steps, field.step)
		}
	}
	return steps
}

// effective is what InputPath selects of the raw input.
func (d *pathFlow) effective(x *Execution, f *frame) (value.Value, *Failure) {
	in, failure := d.inputPath.apply(x, f, f.raw)
	x.note(f, AfterInputPath, in)
	return in, failure
}

func (p *pathField) apply(x *Execution, f *frame, data value.Value) (value.Value, *Failure) {
	switch {
	case p.null:
		return value.EmptyObject, nil
	case p.path == nil:
		return data, nil
	}
	v, err := p.path.Eval(x.env(f, data))
	if err != nil {
		return value.Value{}, f.invalidPath(p.path.String(), err)
	}
	return v, nil
}

func (d *pathFlow) arguments(x *Execution, f *frame) (value.Value, *Failure) {
	in, failure := d.effective(x, f)
	if failure == nil && d.parameters != nil {
		e := x.env(f, in)
		e.task = x.nextTaskToken(f)
		in, failure = d.parameters.eval(e)
	}
	if failure == nil {
		x.note(f, AfterParameters, in)
	}
	return in, failure
}

func (d *pathFlow) output(x *Execution, f *frame, result value.Value) (out, assigned value.Value, failure *Failure) {
	if d.assign != nil {
		if assigned, failure = d.assign.eval(x.env(f, result)); failure != nil {
			return out, assigned, failure
		}
	}
	if d.resultSelector != nil {
		if result, failure = d.resultSelector.eval(x.env(f, result)); failure != nil {
			return out, assigned, failure
		}
	}
	x.note(f, AfterResultSelector, result)
	merged, failure := f.merge(d.resultPath, d.discard, result)
	if failure != nil {
		return out, assigned, failure
	}
	x.note(f, AfterResultPath, merged)
	out, failure = d.outputPath.apply(x, f, merged)
	return out, assigned, failure
}

// merge places the result in the raw input where ResultPath says.
func (f *frame) merge(path *jsonpath.Path, discard bool, result value.Value) (value.Value, *Failure) {
	switch {
	case discard:
		return f.raw, nil
	case path == nil:
		return result, nil
	}
	out, err := path.Set(f.raw, result)
	if err != nil {
		return value.Value{}, pathConflict("ReferencePath "+path.String(), f.raw)
	}
	return out, nil
}

// pathCatch is what a Catcher in JSONPath mode leaves behind: the Error Output
// placed in the raw input by the Catcher's ResultPath. The state's own
// ResultSelector and OutputPath do not apply.
type pathCatch struct {
	resultPath *jsonpath.Path
	discard    bool
	assign     *template
}

func compilePathCatch(c *compiler, k *asl.Catcher) *pathCatch {
	p := &pathCatch{}
	p.resultPath, p.discard = c.resultPath(k.ResultPath)
	if k.Assign.Exists() {
		p.assign = c.templateOf("Catch/Assign", k.Assign)
	}
	return p
}

func (p *pathCatch) caught(x *Execution, f *frame, errorOutput value.Value) (out, assigned value.Value, failure *Failure) {
	if p.assign != nil {
		if assigned, failure = p.assign.eval(x.env(f, errorOutput)); failure != nil {
			return out, assigned, failure
		}
	}
	out, failure = f.merge(p.resultPath, p.discard, errorOutput)
	return out, assigned, failure
}

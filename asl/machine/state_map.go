package machine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file has what both modes of a Map state share: its processor runs once
// for each item, at most MaxConcurrency at a time; its result is the array of
// the outputs in the order of the items. map_inline.go runs iterations in the
// execution itself, map_distributed.go starts child executions. Spec: "Map
// State".

// A mapState is the part of a Map that both modes share.
type mapState struct {
	items       mapItems
	selector    body    // ItemSelector; nil: the item itself
	concurrency operand // MaxConcurrency; nil: no limit
}

// mapItems finds what a Map iterates over. One implementation for each query
// language.
type mapItems interface {
	items(x *Execution, f *frame, in value.Value) (value.Value, *Failure)
}

func compileMap(c *compiler, st *state) kind {
	p := c.source.ItemProcessor
	if p == nil {
		c.fail("ItemProcessor", "missing")
		return &inlineMap{}
	}
	distributed := p.Mode == "DISTRIBUTED"
	m := mapState{concurrency: c.number("MaxConcurrency"), items: c.mapItems(distributed), selector: c.body("ItemSelector")}
	if m.selector == nil && c.source.QueryLanguage != asl.JSONata {
		m.selector = c.body("Parameters") // the old name
	}
	flow, err := compileWorkflow(&p.Workflow)
	if err != nil && c.err == nil {
		c.err = err
	}
	st.processor = flow
	if distributed {
		return compileDistributedMap(c, st, m)
	}
	return &inlineMap{mapState: m, processor: flow, unsupported: c.hasAny("ItemReader", "ItemBatcher", "ResultWriter")}
}

// limit is MaxConcurrency; 0 if it does not limit anything.
func (m *mapState) limit(x *Execution, f *frame, in value.Value) (int64, *Failure) {
	if m.concurrency == nil {
		return 0, nil
	}
	n, failure := integer(m.concurrency, x.env(f, in), "MaxConcurrency")
	if failure == nil && n < 0 {
		failure = f.runtime("MaxConcurrency cannot be negative.")
	}
	return n, failure
}

// item is item i as the ItemSelector makes it.
func (m *mapState) item(x *Execution, f *frame, in value.Value, of *items, i int) (value.Value, *Failure) {
	if m.selector == nil {
		return of.at(i), nil
	}
	e := x.env(f, in)
	e.item = of.describe(i)
	return m.selector.eval(e)
}

// items are what a Map works on, and where they are from.
type items struct {
	values  value.Value  // an array, or an object
	sources []ItemSource // none: of an inline Map
}

// fromInput are the sources of items that are not read from S3.
var fromInput = []ItemSource{{Source: stateData}}

// itemsOf are the items of a distributed Map.
func itemsOf(values value.Value, sources []ItemSource) items {
	if len(sources) == 0 {
		sources = fromInput
	}
	return items{values, sources}
}

func (s *items) len() int { return s.values.Len() }

var keyedItem = value.NewShape("Key", "Value")

// at is item i as a child gets it: of an object, the name and the value of its i-th
// member (F-119).
func (s *items) at(i int) value.Value {
	if s.values.Kind() == value.Object {
		key, v := s.values.Member(i)
		return keyedItem.New([]value.Value{value.OfString(key), v})
	}
	return s.values.Index(i)
}

// describe is item i as the context object shows it.
func (s *items) describe(i int) *mapItem {
	item := &mapItem{index: int32(i)}
	if s.values.Kind() == value.Object {
		item.key, item.value = s.values.Member(i)
		item.keyed = true
	} else {
		item.value = s.values.Index(i)
	}
	if len(s.sources) > 0 {
		item.source = s.sourceOf(i)
	}
	return item
}

// sourceOf is where item i is from, as $$.Map.Item.Source shows it.
func (s *items) sourceOf(i int) string {
	at, found := slices.BinarySearchFunc(s.sources, i, func(from ItemSource, i int) int { return from.From - i })
	if !found {
		at--
	}
	return s.sources[max(at, 0)].Source
}

// pathItems is ItemsPath.
type pathItems struct {
	path    pathField
	objects bool // an object can be mapped over, too: in the distributed mode (F-055, F-119)
}

func (c *compiler) mapItems(distributed bool) mapItems {
	if c.source.QueryLanguage == asl.JSONata {
		return &queryItems{query: c.query("Items"), objects: distributed}
	}
	return &pathItems{path: c.pathField("ItemsPath"), objects: distributed}
}

func (p *pathItems) items(x *Execution, f *frame, in value.Value) (value.Value, *Failure) {
	items, text := in, "$"
	if path := p.path.path; path != nil {
		e, err := x.env(f, in), error(nil)
		if items, err = path.Eval(e); err != nil {
			return items, itemsMissing(f, path, e.shown(path), err)
		}
		text = path.String()
		if path.Root() == jsonpath.Context {
			text = text[1:] // so it is shown (F-026)
		}
	}
	if k := items.Kind(); k != value.Array && (k != value.Object || !p.objects) {
		return items, NewFailure(asl.ErrRuntime, fmt.Sprintf("Reference path \"%s\" must point to array.", text))
	}
	x.note(f, AfterItemsPath, items)
	return items, nil
}

// itemsMissing is an ItemsPath that leads nowhere: the service names its last
// step (F-022).
func itemsMissing(f *frame, path *jsonpath.Path, input value.Value, err error) *Failure {
	text := path.String()
	if _, ok := err.(*jsonpath.NotFoundError); !ok || !path.IsReference() {
		return f.invalidPath(text, err)
	}
	step := strings.Trim(text[strings.LastIndexAny(text, ".[")+1:], `'"]`)
	return pathConflict(`step "`+step+`"`, input)
}

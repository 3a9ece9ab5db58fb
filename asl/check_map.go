package asl

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file checks Map states. Spec: "Map State"; guide: "Using Map state in
// Distributed mode".

// The fields of which a Map state has one: the new name and the old one.
var (
	processorFields = []string{"ItemProcessor", "Iterator"}
	selectorFields  = []string{"ItemSelector", "Parameters"}
)

// checkItemProcessor reports a Map state without a processor, or with the old and
// the new name of a field.
func (c *checker) checkItemProcessor(s *State) {
	switch count(s.Fields, processorFields) {
	case 0:
		c.report(s.at, noneOf(processorFields...))
	case 2:
		c.report(s.at, severalOf(processorFields...))
	}
	if count(s.Fields, selectorFields) == 2 {
		c.report(s.at, severalOf(selectorFields...))
	}
}

// failingInline are the fields with which an inline Map state fails when it is
// entered; the service accepts them (F-147). It accepts the tolerated failures, too.
var failingInline = []string{"ItemReader", "ItemBatcher", "ResultWriter"}

// checkProcessingMode checks the fields that depend on the processing mode.
func (c *checker) checkProcessingMode(s *State) {
	p := s.ItemProcessor
	if p == nil {
		return
	}
	config := p.at.member("ProcessorConfig")
	switch p.Mode {
	case distributed:
		if p.ExecutionType == "" {
			c.report(config, fieldsRequired("ExecutionType"))
		}
		if c.express {
			c.report(config.member("Mode"), distributedInExpress())
		}
	case inline:
		if p.Fields.Get("ProcessorConfig").Get("ExecutionType").Exists() {
			c.reportKeyIn(config, config.member("ExecutionType"), fieldNotSupported("ExecutionType"))
		}
		for _, name := range failingInline {
			if s.Fields.Get(name).Exists() {
				c.reportKeyIn(s.at, s.at.member(name), failsInline())
			}
		}
		if s.Fields.Get("Label").Exists() {
			c.reportKeyIn(s.at, s.at.member("Label"), onlyDistributed("Label"))
		}
	}
}

// checkItemReader checks where a distributed Map reads its items.
func (c *checker) checkItemReader(s *State) {
	reader, at := s.Fields.Get("ItemReader"), s.at.member("ItemReader")
	if reader.Kind() != value.Object {
		return
	}
	config := readerConfig{c: c, at: at.member("ReaderConfig"), fields: reader.Get("ReaderConfig")}
	switch resource := c.checkStorage(at, reader, readerResources()); {
	case resource == "": // reported, or missing
	case strings.HasSuffix(resource, ":listObjectsV2"):
		if !config.checkListing() {
			return
		}
	default:
		config.checkObject()
	}
	config.checkFormat()
}

// A readerConfig is the ReaderConfig of an ItemReader under check.
type readerConfig struct {
	c      *checker
	at     *place
	fields value.Value
}

func (r readerConfig) has(name string) bool    { return r.fields.Get(name).Exists() }
func (r readerConfig) text(name string) string { return r.fields.Get(name).Text() }

// refuse reports a field that the service does not accept, for the reason given.
func (r readerConfig) refuse(name, why string) {
	r.c.reportKeyIn(r.at, r.at.member(name), fieldNotSupported(name).withHint("%s", why))
}

// flattens reports whether the objects of a listing are read, not only listed.
func (r readerConfig) flattens() bool { return r.text("Transformation") == "LOAD_AND_FLATTEN" }

// checkListing checks the fields for listObjectsV2: its items have no format of
// their own, unless they are flattened. It reports whether they may have one.
func (r readerConfig) checkListing() bool {
	switch {
	case r.has("InputType") && !r.flattens():
		r.refuse("InputType", "listObjectsV2 has it only with Transformation LOAD_AND_FLATTEN")
		return false
	case !r.has("InputType") && r.flattens():
		r.c.report(r.at, fieldsRequired("InputType"))
	}
	return true
}

// checkObject checks the fields for getObject, which needs to know the format.
func (r readerConfig) checkObject() {
	switch {
	case r.flattens():
		r.refuse("Transformation", "LOAD_AND_FLATTEN is for listObjectsV2")
	case !r.has("InputType") && !r.has("ManifestType"):
		r.c.report(r.at, fieldsRequired("InputType"))
	}
}

// formatFields are the fields of ReaderConfig that only some InputTypes have (F-146).
var formatFields = []struct {
	name   string
	inputs []string
}{
	{"ManifestType", []string{"CSV", "JSONL", "PARQUET", "MANIFEST"}},
	{"CSVHeaderLocation", []string{"CSV", "MANIFEST"}},
	{"CSVHeaders", []string{"CSV", "MANIFEST"}},
	{"CSVDelimiter", []string{"CSV", "MANIFEST"}},
	{"ItemsPointer", []string{"JSON"}},
}

// checkFormat checks the fields that belong to some formats only.
func (r readerConfig) checkFormat() {
	input := r.text("InputType")
	for _, f := range formatFields {
		if r.has(f.name) && r.has("InputType") && !slices.Contains(f.inputs, input) {
			r.refuse(f.name, "InputType is "+input)
		}
	}
	if input == "CSV" && !r.has("CSVHeaderLocation") {
		r.c.report(r.at, headerLocationRequired())
	}
	if pointer := r.text("ItemsPointer"); pointer != "" && pointer[0] != '/' && !isExpression(pointer) {
		r.c.report(r.at.member("ItemsPointer"), notAPointer())
	}
	if input != "" && input != "CSV" && input != "MANIFEST" {
		return // the fields of CSV are reported
	}
	switch header := r.text("CSVHeaderLocation"); {
	case header == "FIRST_ROW" && r.has("CSVHeaders"):
		r.refuse("CSVHeaders", "CSVHeaderLocation is FIRST_ROW")
	case header == "GIVEN" && !r.has("CSVHeaders"):
		r.c.report(r.at, fieldsRequired("CSVHeaders"))
	}
}

// checkStorage reports an ItemReader or ResultWriter whose Resource is not among
// the resources, and returns its action, such as "s3:getObject", or "".
func (c *checker) checkStorage(at *place, v value.Value, resources []string) string {
	text := v.Get("Resource").Text()
	if text == "" {
		return ""
	}
	for _, r := range resources {
		part := strings.SplitN(text, ":", 6)
		if len(part) == 6 && part[0] == "arn" && partitionOK(part[1]) && part[2] == "states" && part[5] == r {
			return r
		}
	}
	var arns []string
	for _, r := range resources {
		arns = append(arns, integrationPrefix+r)
	}
	c.report(at.member("Resource"), unknownMapResource().withHint("expected %s", strings.Join(arns, " or ")))
	return ""
}

// checkItemBatcher reports an ItemBatcher that does not limit its batches.
func (c *checker) checkItemBatcher(s *State) {
	batcher := s.Fields.Get("ItemBatcher")
	if batcher.Kind() != value.Object {
		return
	}
	for _, name := range []string{"MaxItemsPerBatch", "MaxInputBytesPerBatch"} {
		if batcher.Get(name).Exists() || batcher.Get(name+"Path").Exists() {
			return
		}
	}
	c.report(s.at.member("ItemBatcher"), atLeastOneOf("MaxItemsPerBatch", "MaxInputBytesPerBatch"))
}

// checkResultWriter reports a ResultWriter that is empty or has no destination.
func (c *checker) checkResultWriter(s *State) {
	writer, at := s.Fields.Get("ResultWriter"), s.at.member("ResultWriter")
	if writer.Kind() != value.Object {
		return
	}
	c.checkStorage(at, writer, writerResources())
	where := s.argumentsField()
	switch resource, target := writer.Get("Resource").Exists(), writer.Get(where).Exists(); {
	case writer.Len() == 0:
		c.report(at, emptyValue())
	case resource && !target:
		c.report(at, fieldsRequired(where))
	case target && !resource:
		c.report(at, fieldsRequired("Resource"))
	}
	if config := writer.Get("WriterConfig"); config.Kind() == value.Object && !config.Get("OutputType").Exists() {
		c.report(at.member("WriterConfig"), fieldsRequired("OutputType"))
	}
}

const (
	maxLabel       = 40 // characters
	labelForbidden = "? * < > { } [ ] : ; , \\ | ^ ~ $ # % & ` \""
)

// checkLabels reports Labels that cannot be part of the name of a Map Run, and
// Labels that several Map states have.
func (c *checker) checkLabels() {
	count := make(map[string]int)
	c.d.AllStates(func(_ *Workflow, s *State) {
		if v := s.Fields.Get("Label"); s.Type == Map && v.Kind() == value.String {
			count[v.Text()]++
		}
	})
	c.d.AllStates(func(_ *Workflow, s *State) {
		text, at := s.Fields.Get("Label").Text(), s.at.member("Label")
		if s.Type != Map || text == "" {
			return
		}
		if !labelOK(text) {
			c.report(at, badLabel(text))
		}
		if count[text] > 1 {
			c.report(at, duplicateLabel(text))
		}
	})
}

func labelOK(text string) bool {
	if utf8.RuneCountInString(text) > maxLabel {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(labelForbidden, r)
	})
}

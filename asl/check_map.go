package asl

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file checks Map states. Spec: "Map State"; guide: "Using Map state in
// Distributed mode".

// checkItemProcessor reports a Map state without a processor, or with the old and
// the new name of a field. (In JSONata the schema has the new names only.)
func (c *checker) checkItemProcessor(s *State) {
	if s.QueryLanguage != JSONPath {
		return
	}
	has := func(name string) bool { return s.Fields.Get(name).Exists() }
	switch {
	case !has("ItemProcessor") && !has("Iterator"):
		c.report(s.at, fieldsRequired("ItemProcessor"))
	case has("ItemProcessor") && has("Iterator"):
		c.report(s.at, onlyOneOf("ItemProcessor", "Iterator"))
	}
	if has("ItemSelector") && has("Parameters") {
		c.report(s.at, onlyOneOf("ItemSelector", "Parameters"))
	}
}

// distributedFields belong to Map states in DISTRIBUTED mode. So do the tolerated
// failures, but the service accepts them in any Map state.
var distributedFields = []string{"ItemReader", "ItemBatcher", "ResultWriter", "Label"}

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
		for _, name := range distributedFields {
			if s.Fields.Get(name).Exists() {
				c.reportKeyIn(s.at, s.at.member(name), onlyDistributed(name))
			}
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
		config.checkListing()
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

// refuse reports a field that the service does not accept for the reason given.
func (r readerConfig) refuse(name, why string) {
	r.c.reportKeyIn(r.at, r.at.member(name), readerField(name, why))
}

// flattens reports whether the objects of a listing are read, not only listed.
func (r readerConfig) flattens() bool { return r.text("Transformation") == "LOAD_AND_FLATTEN" }

// checkListing checks the fields for listObjectsV2: its items have no format of
// their own, unless they are flattened.
func (r readerConfig) checkListing() {
	switch {
	case r.has("InputType") && !r.flattens():
		r.refuse("InputType", "for listObjectsV2 without Transformation LOAD_AND_FLATTEN")
	case !r.has("InputType") && r.flattens():
		r.c.report(r.at, fieldsRequired("InputType"))
	}
}

// checkObject checks the fields for getObject, which needs to know the format.
func (r readerConfig) checkObject() {
	switch {
	case r.flattens():
		r.refuse("Transformation", "for getObject")
	case !r.has("InputType") && !r.has("ManifestType"):
		r.c.report(r.at, fieldsRequired("InputType"))
	}
}

// checkFormat checks the fields that belong to one format.
func (r readerConfig) checkFormat() {
	header, input := r.text("CSVHeaderLocation"), r.text("InputType")
	if r.has("CSVHeaders") && header == "FIRST_ROW" {
		r.refuse("CSVHeaders", "with CSVHeaderLocation FIRST_ROW")
	}
	if !r.has("CSVHeaders") && header == "GIVEN" {
		r.c.report(r.at, fieldsRequired("CSVHeaders"))
	}
	if r.has("ItemsPointer") && r.has("InputType") && input != "JSON" {
		r.refuse("ItemsPointer", "for InputType "+input)
	}
	if r.text("ManifestType") == "S3_INVENTORY" && r.has("InputType") && input != "MANIFEST" {
		r.refuse("InputType", "with ManifestType S3_INVENTORY")
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
	c.report(at.member("Resource"), unknownResource(text).withHint("expected %s", strings.Join(arns, " or ")))
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
	where := "Parameters"
	if s.QueryLanguage == JSONata {
		where = "Arguments"
	}
	switch resource, target := writer.Get("Resource").Exists(), writer.Get(where).Exists(); {
	case writer.Len() == 0:
		c.report(at, emptyValue())
	case resource && !target:
		c.report(at, fieldsRequired(where))
	case target && !resource:
		c.report(at, fieldsRequired("Resource"))
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

package asl

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file checks Map states. Spec: "Map State"; guide: "Using Map state in
// Distributed mode".

// checkItemProcessor reports a Map state without a processor, or with old and
// new names of a field. (In JSONata the schema knows the new names only.)
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

// distributedFields are for Map states in DISTRIBUTED mode. The tolerated
// failures are, too, but the service takes them in any Map state.
var distributedFields = []string{"ItemReader", "ItemBatcher", "ResultWriter", "Label"}

// checkProcessingMode checks what depends on how the items are processed.
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
	resource := c.checkStorage(at, reader, readerResources())
	config := reader.Get("ReaderConfig")
	at = at.member("ReaderConfig")
	text := func(name string) string { return config.Get(name).Text() }
	has := func(name string) bool { return config.Get(name).Exists() }
	refuse := func(name, why string) {
		c.reportKeyIn(at, at.member(name), readerField(name, why))
	}
	flattens := text("Transformation") == "LOAD_AND_FLATTEN"
	lists := strings.HasSuffix(resource, ":listObjectsV2")
	switch {
	case lists && has("InputType") && !flattens:
		refuse("InputType", "for listObjectsV2 without Transformation LOAD_AND_FLATTEN")
	case lists && flattens && !has("InputType"):
		c.report(at, fieldsRequired("InputType"))
	case resource != "" && !lists && flattens:
		refuse("Transformation", "for getObject")
	case resource != "" && !lists && !has("InputType") && !has("ManifestType"):
		c.report(at, fieldsRequired("InputType"))
	}
	if has("CSVHeaders") && text("CSVHeaderLocation") == "FIRST_ROW" {
		refuse("CSVHeaders", "with CSVHeaderLocation FIRST_ROW")
	}
	if text("CSVHeaderLocation") == "GIVEN" && !has("CSVHeaders") {
		c.report(at, fieldsRequired("CSVHeaders"))
	}
	if has("ItemsPointer") && has("InputType") && text("InputType") != "JSON" {
		refuse("ItemsPointer", "for InputType "+text("InputType"))
	}
	if text("ManifestType") == "S3_INVENTORY" && has("InputType") && text("InputType") != "MANIFEST" {
		refuse("InputType", "with ManifestType S3_INVENTORY")
	}
}

// checkStorage reports an ItemReader or ResultWriter whose Resource is none of
// those, and returns the resource's action, "s3:getObject", or "".
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

// checkResultWriter reports a ResultWriter that is empty, or lacks where to
// write.
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

// checkLabels reports Labels that are not what one can name a Map Run by, and
// those that several Map states share.
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

// Package reader reads the items of a distributed Map from S3: one object
// that holds them (JSON, JSON Lines, CSV, Parquet), several that a manifest or a
// listing names, or the listing itself.
//
//	r := reader.New(buckets)
//	items, err := r.Read(ctx, reader.Request{
//		Resource:  "arn:aws:states:::s3:getObject",
//		Config:    value.MustParse(`{"InputType": "CSV", "MaxItems": 100}`),
//		Arguments: value.MustParse(`{"Bucket": "orders", "Key": "2026/november.csv.gz"}`),
//	})
//
// Each format has a file. Failures are States.ItemReaderFailed. Guide:
// "ItemReader (Map)".
package reader

import (
	"context"
	"iter"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// Buckets is where objects are; a *s3.Storage.
type Buckets interface {
	Get(ctx context.Context, o s3.Object) (*s3.Content, error)
	List(ctx context.Context, o s3.Object) iter.Seq2[s3.Entry, error]
}

// A Reader reads items. It is safe for concurrent use.
type Reader struct {
	buckets Buckets
	memory  int64 // that the items of one Map Run may take
	piece   int   // bytes of JSON that are parsed at once
}

// maxMemory is what the items of one Map Run may take, all of which are held.
// The service reads objects of up to 10 GB piece by piece.
const maxMemory = 1 << 30

// New returns a reader of objects in the buckets.
func New(b Buckets) *Reader { return &Reader{buckets: b, memory: maxMemory, piece: pieceJSON} }

// A Request is an ItemReader with its fields evaluated.
type Request struct {
	Resource  string
	Config    value.Value // ReaderConfig; MaxItems is a number
	Arguments value.Value // Arguments or Parameters
}

// Items are what was read.
type Items struct {
	Value   value.Value // an array, or the object that a JSON file holds
	Sources []Source    // one, but of LOAD_AND_FLATTEN one for each object that has items
}

// A Source says where items are from, as $$.Map.Item.Source shows it: those from
// number From on, up to the next Source.
type Source struct {
	From   int
	Source string
}

// Read reads the items. The error is an *asl.Error, or that of ctx.
func (r *Reader) Read(ctx context.Context, in Request) (Items, error) {
	c, err := parseConfig(in.Config)
	if err != nil {
		return Items{}, err
	}
	action := in.Resource[strings.LastIndexByte(in.Resource, ':')+1:]
	arguments, err := parseArguments(in.Arguments, action)
	if err != nil {
		return Items{}, err
	}
	reading := &reading{ctx: ctx, buckets: r.buckets, config: c, memory: r.memory, piece: r.piece}
	source := sourceOf(arguments)
	switch {
	case action == "listObjectsV2" && c.flatten:
		err = reading.flatten(arguments)
	case action == "listObjectsV2":
		source = "s3://" + arguments.Bucket
		err = reading.list(arguments)
	case action != "getObject":
		err = failed("ItemReader cannot call the resource %s: expected s3:getObject or s3:listObjectsV2", in.Resource)
	case arguments.Key == "":
		err = missing("Key")
	case c.inputType == "PARQUET" && arguments.Version != "":
		err = failed("S3 Version ID selection is not currently supported for PARQUET files") // recorded
	case c.inventory:
		err = reading.inventory(arguments)
	case c.athena:
		err = reading.athena(arguments)
	default:
		err = reading.object(arguments)
	}
	if ended := ctx.Err(); ended != nil {
		return Items{}, ended
	}
	if err != nil && err != errEnough {
		return Items{}, wordedAt(arguments, err)
	}
	if len(reading.sources) == 0 {
		reading.sources = []Source{{Source: source}}
	}
	return Items{Value: reading.result(), Sources: reading.sources}, nil
}

// sourceOf is the URI of an object in the form that the service gives it.
func sourceOf(o s3.Object) string { return "s3://" + o.Bucket + "/" + o.Key }

// parseArguments reads the parameters of an action. The prefix of a listing is
// the Key of what it returns.
func parseArguments(v value.Value, action string) (s3.Object, error) {
	var o s3.Object
	key := "Key"
	if action == "listObjectsV2" {
		key = "Prefix"
	}
	for _, field := range []struct {
		name string
		to   *string
	}{{"Bucket", &o.Bucket}, {key, &o.Key}, {"VersionId", &o.Version}, {"ExpectedBucketOwner", &o.Owner}} {
		switch member := v.Get(field.name); {
		case member.Kind() == value.String:
			*field.to = member.Text()
		case member.Exists() && !member.IsNull():
			return o, failed("%s: expected a string, got %s", field.name, member.Kind())
		}
	}
	if o.Bucket == "" {
		return o, missing("Bucket")
	}
	return o, nil
}

// A reading is one Read under way: the items so far, and what may still come.
type reading struct {
	ctx     context.Context
	buckets Buckets
	config  config
	memory  int64 // left
	piece   int   // bytes of JSON that are parsed at once
	items   []value.Value
	whole   value.Value // an object that is iterated as it is, or no value
	sources []Source    // only of LOAD_AND_FLATTEN
}

// maxItem is how large an item may be before its ItemSelector. Quotas: "Maximum
// size of an individual item".
const maxItem = 8 << 20

// How much memory an item takes beside its text, an array or object in it, and
// each value in one of those.
const (
	itemRoom  = 64
	nodeRoom  = 64
	valueRoom = 24
)

// add adds an item of one level. It is errEnough when no more are wanted.
func (r *reading) add(item value.Value) error {
	if err := r.spend(int64(valueRoom * item.Len())); err != nil {
		return err
	}
	return r.keep(item)
}

// keep is add for an item for whose values memory is spent already.
func (r *reading) keep(item value.Value) error {
	if err := r.spend(itemRoom); err != nil {
		return err
	}
	r.items = append(r.items, item)
	if len(r.items) >= r.config.maxItems {
		return errEnough
	}
	return nil
}

// spend takes from the memory that is left.
func (r *reading) spend(n int64) error {
	if r.memory -= n; r.memory < 0 {
		return tooMuch()
	}
	return nil
}

func (r *reading) result() value.Value {
	if r.whole.Exists() {
		return r.whole
	}
	return value.OfSlice(r.items)
}

// object reads the items of one object in the format of the config.
func (r *reading) object(o s3.Object) error {
	f, err := r.open(o)
	if err != nil {
		return err
	}
	defer f.Close()
	return formats[r.config.inputType](r, f)
}

// formats are the InputTypes of objects that hold items. Each reads the items
// of one object and adds them.
var formats = map[string]func(r *reading, f *object) error{
	"CSV":     (*reading).csv,
	"JSON":    (*reading).json,
	"JSONL":   (*reading).jsonLines,
	"PARQUET": (*reading).parquet,
}

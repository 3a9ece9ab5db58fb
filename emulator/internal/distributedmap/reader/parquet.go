package reader

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/aslocal/aslocal/value"
)

// This file reads Parquet files. A row is an object of its columns; nested
// groups are objects, lists arrays, maps objects. The service does not say how
// it writes types that JSON has none for; that is inferred (F-067).
//
// A row comes as the values of its leaf columns, each with two levels: the
// definition level says down to which optional or repeated column on the way
// there is something, the repetition level which repeated column it continues.
// (Melnik et al., "Dremel", 2010; the column type below puts them together.)

// What the service reads of a file. Guide: "ItemReader (Map)", "PARQUET".
const (
	maxFooter   = 5 << 20
	maxRowGroup = 256 << 20
)

func (r *reading) parquet(f *object) (err error) {
	file, size, err := f.file()
	if err != nil {
		return &objectError{f.Object, err}
	}
	defer file.close()
	defer func() { // the library panics on a file that is not Parquet
		if bad := recover(); bad != nil {
			err = &objectError{f.Object, fmt.Errorf("the Parquet file is damaged: %v", bad)}
		}
	}()
	if err := checkFooter(file, size); err != nil {
		return err
	}
	p, err := parquet.OpenFile(file, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return &objectError{f.Object, err}
	}
	for i, group := range p.Metadata().RowGroups {
		if group.TotalByteSize > maxRowGroup {
			return failed("row group %d of the Parquet file has %d bytes, more than the %d MB that an ItemReader reads", i, group.TotalByteSize, maxRowGroup>>20)
		}
	}
	root, err := newColumn(p.Root(), 0, 0)
	if err != nil {
		return &objectError{f.Object, err}
	}
	for _, group := range p.RowGroups() {
		if err := r.rows(f, group, root); err != nil {
			return err
		}
	}
	return nil
}

// rows adds the rows of a row group.
func (r *reading) rows(f *object, group parquet.RowGroup, root *column) error {
	rows := group.Rows()
	defer rows.Close()
	buffer := make([]parquet.Row, 64)
	leaves := &leaves{values: make([][]parquet.Value, root.to)}
	for {
		n, err := rows.ReadRows(buffer)
		for _, row := range buffer[:n] {
			leaves.fill(row)
			item := root.present(leaves)
			if err := r.spend(leaves.bytes); err != nil {
				return err
			}
			if err := r.add(item); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &objectError{f.Object, err}
		case n == 0:
			return &objectError{f.Object, io.ErrNoProgress}
		case r.ctx.Err() != nil:
			return r.ctx.Err()
		}
	}
}

// parquetFile is a file that can be read at any place.
type parquetFile struct {
	io.ReaderAt
	remove func()
}

func (f *parquetFile) close() { f.remove() }

// file is the object as a file: itself, or a copy that close removes.
func (f *object) file() (*parquetFile, int64, error) {
	at, ok := f.content.ReadCloser.(io.ReaderAt)
	if ok && f.expand == nil && f.content.Size >= 0 {
		return &parquetFile{at, func() {}}, f.content.Size, nil
	}
	copied, err := os.CreateTemp("", "aslocal-*.parquet")
	if err != nil {
		return nil, 0, err
	}
	remove := func() {
		copied.Close()
		os.Remove(copied.Name())
	}
	from := io.Reader(f.content) // on disk it takes no memory
	if f.expand != nil {
		from = f.Reader
	}
	size, err := io.Copy(copied, io.LimitReader(from, maxObject))
	if err != nil {
		remove()
		return nil, 0, err
	}
	return &parquetFile{copied, remove}, size, nil
}

// checkFooter looks at the length of the metadata before it is read: a file ends
// with that and the letters PAR1.
func checkFooter(f io.ReaderAt, size int64) error {
	var end [8]byte
	if size < 12 {
		return failed("the object is no Parquet file: it has %d bytes", size)
	}
	if _, err := f.ReadAt(end[:], size-8); err != nil || string(end[4:]) != "PAR1" {
		return failed("the object is no Parquet file: it does not end with PAR1")
	}
	if n := binary.LittleEndian.Uint32(end[:4]); n > maxFooter {
		return failed("the footer of the Parquet file has %d bytes, more than the %d MB that an ItemReader reads", n, maxFooter>>20)
	}
	return nil
}

// leaves are the values of a row by leaf column, those that are still to be read.
type leaves struct {
	values [][]parquet.Value
	bytes  int64 // of the row
}

func (l *leaves) fill(row parquet.Row) {
	l.bytes = 0
	clear(l.values)
	row.Range(func(i int, values []parquet.Value) bool {
		l.values[i] = values
		for _, v := range values {
			l.bytes += valueRoom
			if k := v.Kind(); k == parquet.ByteArray || k == parquet.FixedLenByteArray {
				l.bytes += int64(len(v.ByteArray()))
			}
		}
		return true
	})
}

// A column is one of the schema.
type column struct {
	from, to int // leaf columns below it
	def, rep int // levels of what is there, and of what repeats
	optional bool
	repeated bool
	fields   []*column
	shape    *value.Shape // of a group
	inner    bool         // the group between a list or map and what it holds
	mapped   bool         // a map: its only field repeats a key and a value
	ofLeaf   func(parquet.Value) value.Value
}

// newColumn compiles a column whose parent has the levels.
func newColumn(c *parquet.Column, def, rep int) (*column, error) {
	out := &column{def: def, rep: rep, optional: c.Optional(), repeated: c.Repeated()}
	if out.repeated {
		out.rep++
	}
	if out.optional || out.repeated {
		out.def++
	}
	if c.Leaf() {
		out.from, out.to, out.ofLeaf = c.Index(), c.Index()+1, converter(c.Type())
		return out, nil
	}
	var names []string
	seen := make(map[string]bool)
	for _, field := range c.Columns() {
		if seen[field.Name()] {
			return nil, fmt.Errorf("the Parquet file has two columns %q", field.Name())
		}
		seen[field.Name()] = true
		below, err := newColumn(field, out.def, out.rep)
		if err != nil {
			return nil, err
		}
		names, out.fields = append(names, field.Name()), append(out.fields, below)
	}
	if len(out.fields) == 0 {
		return nil, fmt.Errorf("the Parquet file has a group %q without columns", c.Name())
	}
	out.shape = value.NewShape(names...)
	out.from, out.to = out.fields[0].from, out.fields[len(out.fields)-1].to
	out.unwrap(c)
	return out, nil
}

// unwrap finds the lists and maps: groups around one repeated group. Format:
// "Nested Types".
func (c *column) unwrap(of *parquet.Column) {
	if len(c.fields) != 1 || !c.fields[0].repeated || of.Type().LogicalType() == nil {
		return
	}
	below := c.fields[0]
	switch logical := of.Type().LogicalType(); {
	case logical.List != nil:
		c.inner = true
		below.inner = len(below.fields) == 1 // else the repeated column is the element, as older writers have it
	case logical.Map != nil:
		c.mapped = len(below.fields) == 2
	}
}

// read takes the next value of the column.
func (c *column) read(l *leaves) value.Value {
	next := l.values[c.from]
	if (c.optional || c.repeated) && (len(next) == 0 || next[0].DefinitionLevel() < c.def) {
		for i := c.from; i < c.to; i++ {
			l.values[i] = l.values[i][min(1, len(l.values[i])):]
		}
		if c.repeated {
			return value.EmptyArray
		}
		return value.NullValue
	}
	if !c.repeated {
		return c.present(l)
	}
	items := []value.Value{c.present(l)}
	for next := l.values[c.from]; len(next) > 0 && next[0].RepetitionLevel() == c.rep; next = l.values[c.from] {
		items = append(items, c.present(l))
	}
	return value.OfSlice(items)
}

// present takes the next value of a column that is known to have one.
func (c *column) present(l *leaves) value.Value {
	switch {
	case c.ofLeaf != nil:
		next := l.values[c.from]
		if len(next) == 0 {
			return value.NullValue
		}
		l.values[c.from] = next[1:]
		return c.ofLeaf(next[0])
	case c.inner:
		return c.fields[0].read(l)
	case c.mapped:
		return entries(c.fields[0].read(l))
	}
	members := make([]value.Value, len(c.fields))
	for i, field := range c.fields {
		members[i] = field.read(l)
	}
	return c.shape.New(members)
}

// entries makes an object of the entries of a map.
func entries(list value.Value) value.Value {
	var b value.ObjectBuilder
	for _, entry := range list.Items() {
		var pair []value.Value
		for _, member := range entry.Members() {
			pair = append(pair, member)
		}
		name := pair[0].Text()
		if pair[0].Kind() != value.String {
			name = pair[0].String()
		}
		b.Set(name, pair[1])
	}
	return b.Value()
}

// converter returns how values of a type are written as JSON.
func converter(t parquet.Type) func(parquet.Value) value.Value {
	convert := plain
	if l := t.LogicalType(); l != nil {
		switch {
		case l.Decimal != nil:
			convert = func(v parquet.Value) value.Value { return decimal(v, int(l.Decimal.Scale)) }
		case l.Date != nil:
			convert = func(v parquet.Value) value.Value {
				return value.OfString(time.Unix(0, 0).UTC().AddDate(0, 0, int(v.Int32())).Format(time.DateOnly))
			}
		case l.Timestamp != nil:
			layout := "2006-01-02T15:04:05.999999999"
			if l.Timestamp.IsAdjustedToUTC {
				layout += "Z"
			}
			convert = func(v parquet.Value) value.Value {
				return value.OfString(instant(v.Int64(), l.Timestamp.Unit).Format(layout))
			}
		case l.Time != nil:
			convert = func(v parquet.Value) value.Value {
				n := v.Int64()
				if v.Kind() == parquet.Int32 {
					n = int64(v.Int32())
				}
				return value.OfString(instant(n, l.Time.Unit).Format("15:04:05.999999999"))
			}
		case l.Integer != nil:
			if !l.Integer.IsSigned {
				convert = unsigned
			}
		case l.UUID != nil:
			convert = func(v parquet.Value) value.Value {
				if id, err := uuid.FromBytes(v.ByteArray()); err == nil {
					return value.OfString(id.String())
				}
				return plain(v)
			}
		}
	}
	return func(v parquet.Value) value.Value {
		if v.IsNull() {
			return value.NullValue
		}
		return convert(v)
	}
}

// plain is a value by its physical type. Bytes that are no text are in Base64.
func plain(v parquet.Value) value.Value {
	switch v.Kind() {
	case parquet.Boolean:
		return value.OfBool(v.Boolean())
	case parquet.Int32:
		return value.OfInt(int64(v.Int32()))
	case parquet.Int64:
		return value.OfInt(v.Int64())
	case parquet.Int96: // a timestamp, as Hive and Spark wrote it: nanoseconds of the day, Julian day
		n := v.Int96()
		const epoch = 2440588 // Julian day of 1970-01-01
		at := time.Unix((int64(n[2])-epoch)*24*60*60, int64(uint64(n[1])<<32|uint64(n[0]))).UTC()
		return value.OfString(at.Format("2006-01-02T15:04:05.999999999Z"))
	case parquet.Float:
		short, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v.Float()), 'g', -1, 32), 64) // 0.1, not 0.10000000149011612
		return number(short)
	case parquet.Double:
		return number(v.Double())
	}
	if b := v.ByteArray(); utf8.Valid(b) {
		return value.OfString(string(b))
	}
	return value.OfString(base64.StdEncoding.EncodeToString(v.ByteArray()))
}

// number is a float, or null if JSON has none for it.
func number(f float64) value.Value {
	if v := value.OfFloat(f); v.Exists() {
		return v
	}
	return value.NullValue
}

func unsigned(v parquet.Value) value.Value {
	if v.Kind() == parquet.Int32 {
		return value.OfInt(int64(v.Uint32()))
	}
	return parsed(new(big.Int).SetUint64(v.Uint64()).String())
}

// decimal is an integer with the point moved.
func decimal(v parquet.Value, scale int) value.Value {
	n := new(big.Int)
	switch v.Kind() {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default: // two's complement, the highest byte first
		b := v.ByteArray()
		if n.SetBytes(b); len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	if scale <= 0 || scale > 1000 {
		return parsed(n.String())
	}
	digits := new(big.Int).Abs(n).String()
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	text := digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	if n.Sign() < 0 {
		text = "-" + text
	}
	return parsed(text)
}

// parsed is a number by its text.
func parsed(text string) value.Value {
	v, err := value.Parse(text)
	if err != nil {
		return value.OfString(text)
	}
	return v
}

// instant is a number of units since 1970, or since midnight.
func instant(n int64, unit format.TimeUnit) time.Time {
	switch {
	case unit.Millis != nil:
		return time.UnixMilli(n).UTC()
	case unit.Micros != nil:
		return time.UnixMicro(n).UTC()
	}
	return time.Unix(0, n).UTC()
}

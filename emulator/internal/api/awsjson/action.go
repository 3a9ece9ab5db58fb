package awsjson

import (
	"context"
	"net/http"
	"reflect"

	"github.com/aslocal/aslocal/value"
)

// An Action is one operation of a service, see Handle.
type Action struct {
	call    func(ctx context.Context, in value.Value, header http.Header, dst []byte) ([]byte, error)
	request *structCodec
}

// Handle makes an action of a function. A nil *Out is an empty answer, {}. How
// In is read and Out written is worked out here, once; Handle panics if a type
// or tag is not as the package doc says, since no request decides that.
func Handle[In, Out any](f func(context.Context, *In) (*Out, error)) Action {
	in, out := codecsOf(reflect.TypeFor[In](), reflect.TypeFor[Out]())
	call := func(ctx context.Context, body value.Value, header http.Header, dst []byte) ([]byte, error) {
		to := new(In)
		if err := decode(in, body, header, reflect.ValueOf(to).Elem()); err != nil {
			return dst, err
		}
		from, err := f(ctx, to)
		if err != nil {
			return dst, err
		}
		if from == nil {
			return append(dst, "{}"...), nil
		}
		return out.write(dst, reflect.ValueOf(from).Elem()), nil
	}
	return Action{call, in}
}

// Call runs the action without HTTP: it reads in, which is checked like a
// request's body, and appends the JSON of the answer to dst. The header, for
// fields that have one, may be nil. The error is a Fault if the request is
// refused.
func (a Action) Call(ctx context.Context, in value.Value, header http.Header, dst []byte) ([]byte, error) {
	return a.call(ctx, in, header, dst)
}

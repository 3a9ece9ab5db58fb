package lambda

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "app.py"), []byte("import sys\nprint('loading')\ndef handler(e,c):\n  print('hello', e)\n  return {'got': e, 'v': sys.version}\ndef bad(e,c):\n  raise KeyError('x')\n"), 0o600)
	os.WriteFile(filepath.Join(dir, "index.mjs"), []byte("console.log('load'); export const handler = async (e,c) => { console.log('hi', e); return {got: e, v: process.version} }; export const bad = async()=>{throw new TypeError('x')}"), 0o600)
	h := NewHost(Settings{Log: func(e Entry) { t.Log(e.Function, e.RequestID, e.Platform, e.Text) }})
	defer h.Close()
	h.Set([]Function{{Name: "py", Runtime: "python3.11", Handler: "app.handler", Folder: dir}, {Name: "pybad", Runtime: "python3.12", Handler: "app.bad", Folder: dir},
		{Name: "node", Runtime: "nodejs20.x", Handler: "index.handler", Folder: dir}, {Name: "nodebad", Runtime: "nodejs24.x", Handler: "index.bad", Folder: dir}})
	for _, s := range h.Functions() {
		t.Logf("%+v", s)
	}
	for _, n := range []string{"py", "py", "pybad", "node", "node", "nodebad", "py"} {
		b := time.Now()
		r, err := h.Invoke(context.Background(), Invocation{Function: n, Event: []byte(`{"a":1}`), LogTail: true})
		t.Log(n, time.Since(b), err, fmt.Sprintf("%s %s %d", r.Payload, r.FunctionError, r.Status), len(r.Log))
	}
}

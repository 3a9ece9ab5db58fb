package browsertest

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// This file makes the pictures of README.md from a server that runs (make pictures).

var (
	pictures = flag.String("pictures", "", "folder to write the pictures of README.md to")
	binary   = flag.String("aslocal", "", "program whose pages the pictures show, and whose CPU time is measured")
)

func TestPictures(t *testing.T) {
	if *pictures == "" || *binary == "" {
		t.Skip("make pictures makes the pictures of README.md")
	}
	_, url := serve(t, "../../../examples/orders-sam", "--durability", "memory", "--wait-time-scale", "0.05")
	p := openTabAt(t, url, "#/machines")
	p.size(1360, 850)
	const machine = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
	order := `{"id": "order-1", "items": [{"sku": "lamp", "quantity": 2}, {"sku": "desk", "quantity": 1}]}`

	p.eval(`localStorage.setItem('aslocal.theme', 'light')`, nil)
	p.open(p.start(machine+"#CardStolen", "order-1-card-stolen", order), "")
	p.see("status", "Failed")
	p.see("failure-error", "CardStolen")
	p.picture("failed.png")

	p.eval(`localStorage.setItem('aslocal.theme', 'dark')`, nil)
	busy := p.start(machine+"#TableBusy", "order-1-table-busy", order)
	p.open(busy, "")
	p.see("status", "Succeeded")
	var event int // the second failure of Store order
	p.eval(`fetch('/_ui/api/history?arn=`+busy+`').then(r => r.json()).then(h => h.events.filter(e => e.type === 'TaskFailed')[1].id)`, &event)
	p.visit(pageOf("x", busy) + "?tab=variables&event=" + fmt.Sprint(event))
	p.see("past", "")
	p.see("variables", "receipt")
	p.until(`document.querySelector('[data-testid="node-Store order"]').closest('.node').querySelector('.badge').title.startsWith('1 retr')`)
	p.picture("time-travel.png")
}

// serve serves a folder with the program of -aslocal until the test ends, and gives its
// process and URL.
func serve(t *testing.T, folder string, flags ...string) (*exec.Cmd, string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, *binary, append([]string{"serve", folder, "--port", "0", "-q"}, flags...)...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) } // so that its functions end, too
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = c.Wait() // an interrupt is how it ends
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url := regexp.MustCompile(`http://localhost:\d+`).FindString(lines.Text()); url != "" {
			go func() {
				for lines.Scan() {
				}
			}()
			return c, url
		}
	}
	t.Fatal("the server printed no URL")
	return nil, ""
}

// picture writes what the tab shows to a file, as small as PNG allows.
func (p *tab) picture(name string) {
	p.t.Helper()
	p.eval(`document.activeElement.blur(); new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`, nil)
	var shot []byte
	p.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		shot, err = page.CaptureScreenshot().Do(ctx)
		return err
	}))
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		p.t.Fatal(err)
	}
	var file bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&file, picture); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*pictures, name), file.Bytes(), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

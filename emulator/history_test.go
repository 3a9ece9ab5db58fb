package emulator_test

import (
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// chain is a machine of Pass states.
func chain(states int) string {
	var b strings.Builder
	b.WriteString(`{"StartAt": "S0", "States": {`)
	for i := range states {
		fmt.Fprintf(&b, `"S%d": {"Type": "Pass", "Next": "S%d"}, `, i, i+1)
	}
	fmt.Fprintf(&b, `"S%d": {"Type": "Succeed"}}}`, states)
	return b.String()
}

// largeHistory starts an execution whose events hold about so many KiB each.
func (t *test) largeHistory(states, kib int) (arn string) {
	t.Helper()
	arn = t.start(t.create("large", chain(states)), "", `"`+strings.Repeat("x", kib<<10)+`"`)
	t.em.Settle()
	return arn
}

// A page of large events ends early; the pages together are the history.
func TestHistoryPagesAreBoundedInBytes(t *testing.T) {
	const wantPages = 2
	x := newTest(t)
	arn := x.largeHistory(25, 200)
	last := int64(len(x.em.History(arn)))

	n, pages, token := 0, 0, ""
	for more := true; more; pages++ {
		_, answer := post(x.em.Emulator, "GetExecutionHistory", fmt.Sprintf(`{"executionArn": %q, "maxResults": 1000%s}`, arn, token))
		if len(answer) > 9<<20 {
			t.Errorf("a page of %d bytes", len(answer))
		}
		n += strings.Count(answer, `"previousEventId":`)
		_, token, more = strings.Cut(answer, `"nextToken":`)
		token = `, "nextToken":` + strings.TrimSuffix(token, "}")
	}
	if int64(n) != last || pages != wantPages {
		t.Errorf("%d pages with %d events, want %d with %d", pages, n, wantPages, last)
	}

	// Backwards, with the SDK.
	backwards := sfn.NewGetExecutionHistoryPaginator(x.client, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1000, ReverseOrder: true})
	next := last
	for pages = 0; backwards.HasMorePages(); pages++ {
		page, err := backwards.NextPage(x.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			if e.Id != next {
				t.Fatalf("backwards: event %d where %d is expected", e.Id, next)
			}
			next--
		}
	}
	if next != 0 || pages != wantPages {
		t.Errorf("backwards: %d pages down to event %d, want %d down to 1", pages, next+1, wantPages)
	}
}

// Clients that do not read their pages hold a bounded amount of memory.
func TestUnreadHistoriesAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("large answers")
	}
	const clients = 8
	x := newTest(t)
	arn := x.largeHistory(250, 200) // 100 MB in 500 events
	before := heap()
	body := fmt.Sprintf(`{"executionArn": %q, "maxResults": 1000}`, arn)
	for range clients {
		conn, err := net.Dial("tcp", strings.TrimPrefix(x.em.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.GetExecutionHistory\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n%s",
			len(body), body)
		if _, err := conn.Read(make([]byte, 1)); err != nil { // it is being answered
			t.Fatal(err)
		}
	}
	if got, limit := heap()-before, int64(clients*20<<20); got > limit {
		t.Errorf("%d clients hold %d MiB, want %d at most", clients, got>>20, limit>>20)
	}
}

// heap is how many bytes are in use.
func heap() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// Pages of one event go through the history in both directions.
func TestHistoryPagesOfOneEvent(t *testing.T) {
	x := newTest(t)
	arn := x.largeHistory(1, 10)
	ids := func(reverse bool) (ids []int64) {
		for token := (*string)(nil); ; {
			out, err := x.client.GetExecutionHistory(x.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1, NextToken: token, ReverseOrder: reverse})
			if err != nil {
				t.Fatal(err)
			}
			if len(out.Events) != 1 {
				t.Errorf("a page of %d events, want 1", len(out.Events))
			}
			ids = append(ids, out.Events[0].Id)
			if token = out.NextToken; token == nil {
				return ids
			}
		}
	}
	backwards := ids(true)
	slices.Reverse(backwards)
	if forwards := ids(false); !slices.Equal(forwards, []int64{1, 2, 3, 4, 5, 6}) || !slices.Equal(forwards, backwards) {
		t.Errorf("forwards %v, backwards %v", forwards, backwards)
	}
}

package ingest_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"daybook/services/ingest"
)

// typical makes n events of the kind that applications send, as lines of about 420 bytes, each with an id of its own.
func typical(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"id":"%s","actor":{"id":"user-%d","name":"Bilal Yilmaz","type":"user","email":"bilal.yilmaz.%d@example.com"},"action":"updated","resource":{"type":"file","id":"docs/page-%d.md","name":"page-%d.md"},"project":{"id":"docs","name":"docs"},"changes":[{"field":"lines","before":%d,"after":%d}],"metadata":{"commit":"959403ad3ee90bdb8e666c7e41f06efc26517691","size":%d},"occurred_at":"2025-05-19T23:59:25+02:00"}`+"\n",
			uuid.NewString(), i%100, i%100, i%1000, i%1000, i, i+7, i*3)
	}
	return b.Bytes()
}

func perSecond(b *testing.B, events int) {
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}

// Reading and writing, without a journal behind it: b.N streams of 10,000 lines.
func BenchmarkSendLines(b *testing.B) {
	const lines = 10000
	p := newPlace(b)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		p.exec(`TRUNCATE inbox, event_ids`)
		body := bytes.NewReader(typical(lines))
		b.StartTimer()
		r, err := p.in.SendLines(b.Context(), p.token(), body, ingest.Stream{Ready: ready, Bad: stop})
		if err != nil || r.Accepted != lines {
			b.Fatal(r, err)
		}
	}
	perSecond(b, lines*b.N)
}

// The same lines again: nothing new, every content compared.
func BenchmarkSendLinesAgain(b *testing.B) {
	const lines = 10000
	p := newPlace(b)
	text := typical(lines)
	send := func() ingest.Receipt {
		r, err := p.in.SendLines(b.Context(), p.token(), bytes.NewReader(text), ingest.Stream{Ready: ready, Bad: stop})
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	send()
	for b.Loop() {
		if r := send(); r.Duplicates != lines {
			b.Fatal(r)
		}
	}
	perSecond(b, lines*b.N)
}

func BenchmarkSendArray(b *testing.B) {
	p := newPlace(b)
	for b.Loop() {
		b.StopTimer()
		text := "[" + strings.ReplaceAll(strings.TrimSpace(string(typical(1000))), "\n", ",") + "]"
		b.StartTimer()
		if r, err := p.array(text); err != nil || r.Accepted != 1000 {
			b.Fatal(r, err)
		}
	}
	perSecond(b, 1000*b.N)
}

// One sender, one event at a time.
func BenchmarkSendOne(b *testing.B) {
	p := newPlace(b)
	text := []byte(with(`"entity_type": "a", "metadata": {"size": 42}`))
	for b.Loop() {
		if _, err := p.in.SendOne(b.Context(), p.token(), text, ""); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, b.N)
}

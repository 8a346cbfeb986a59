package torture

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// A generator makes events with the shape of real ones: bursts at one instant, backdated rows with the zones of their senders, a few actors
// who do most and many who do little, names that several share, projects, changes, a failure now and then.
type generator struct {
	random *rand.Rand
	name   string
	clock  time.Time
	n      int
}

func newGenerator(name string, seed uint64) *generator {
	return &generator{random: rand.New(rand.NewPCG(seed, 2)), name: name, clock: time.Date(2014, 3, 1, 0, 0, 0, 0, time.UTC)}
}

var zones = []*time.Location{time.UTC, time.FixedZone("", 2*3600), time.FixedZone("", -5*3600), time.FixedZone("", 5*3600+1800), time.FixedZone("", 8*3600)}

// event writes one event as a line of JSON, without the line's end, and gives its id.
func (g *generator) event(to *bytes.Buffer) uuid.UUID {
	r := g.random
	g.n++
	if r.IntN(12) == 0 { // else it belongs to the same burst
		g.clock = g.clock.Add(time.Duration(r.ExpFloat64() * float64(5*time.Hour)))
		if g.clock.After(time.Now()) {
			g.clock = g.clock.AddDate(-10, 0, 0)
		}
	}
	at := g.clock
	if r.IntN(20) == 0 {
		at = at.AddDate(0, 0, -r.IntN(400))
	}
	id := g.id()
	actor, file, project := int(1500*r.Float64()*r.Float64()*r.Float64()), r.IntN(3000), r.IntN(8)
	action := [...]string{"updated", "updated", "updated", "created", "deleted", "renamed"}[r.IntN(6)]
	fmt.Fprintf(to, `{"id":"%s","actor":{"id":"user-%d","name":"Person %d","type":"%s","email":"person.%d@example.com"},"action":"%s",`,
		id, actor, actor%1400, [...]string{"user", "agent"}[actor%30/29], actor, action)
	fmt.Fprintf(to, `"resource":{"type":"file","id":"project-%d/%d.go","name":"%d.go"},"project":{"id":"project-%d","name":"Project %d"},`, project, file, file, project, project)
	if r.IntN(4) == 0 {
		fmt.Fprintf(to, `"changes":[{"field":"lines","before":%d,"after":%d.5},{"field":"state","before":null,"after":"“done” <&>"}],`, r.IntN(900), r.IntN(900))
	}
	if r.IntN(50) == 0 {
		fmt.Fprintf(to, `"outcome":"failure","ip_address":"2001:db8::%x","on_behalf_of":{"id":"user-%d"},`, r.IntN(65000), r.IntN(50))
	}
	fmt.Fprintf(to, `"metadata":{"by":"%s","n":%d,"share":%.3f},"occurred_at":"%s"}`, g.name, g.n, r.Float64(), at.In(zones[actor%len(zones)]).Format(time.RFC3339))
	return id
}

// id is that of an event.
func (g *generator) id() (id uuid.UUID) {
	for i := range 2 {
		for b, v := 0, g.random.Uint64(); b < 8; b, v = b+1, v>>8 {
			id[8*i+b] = byte(v)
		}
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// batch is a request's worth of events.
type batch struct {
	kind string // Content-Type
	body []byte
	ids  []uuid.UUID
}

// batch makes a single event, an array or lines.
func (g *generator) batch() batch {
	switch pick := g.random.IntN(20); {
	case pick < 13:
		return g.single()
	case pick < 18:
		return g.array(2 + g.random.IntN(20))
	}
	return g.lines(1 + g.random.IntN(mostLines))
}

func (g *generator) single() batch {
	var text bytes.Buffer
	ids := []uuid.UUID{g.event(&text)}
	return batch{kind: "application/json", body: text.Bytes(), ids: ids}
}

// array makes an array of n events.
func (g *generator) array(n int) batch {
	b := batch{kind: "application/json"}
	var text bytes.Buffer
	for i := range n {
		text.WriteByte("[,"[min(i, 1)])
		b.ids = append(b.ids, g.event(&text))
	}
	text.WriteByte(']')
	b.body = text.Bytes()
	return b
}

func (g *generator) lines(n int) batch {
	b := batch{kind: "application/x-ndjson"}
	var text bytes.Buffer
	for range n {
		b.ids = append(b.ids, g.event(&text))
		text.WriteByte('\n')
	}
	b.body = text.Bytes()
	return b
}

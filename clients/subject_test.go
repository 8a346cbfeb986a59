package clients_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"daybook/clients/daybook"
)

// object is one in JSON.
type object = map[string]any

// reply is what a subject answers a command with.
type reply struct {
	IDs      []string      `json:"ids"` // "" or null: dropped
	Took     float64       `json:"took_ms"`
	Done     bool          `json:"done"`
	Stats    daybook.Stats `json:"stats"`
	Problems []problem     `json:"problems"`
}

type problem struct {
	Reason, Message string
	Count           int
	Event           string
	Status          int
}

// subject is one of the clients, which does what the scenarios say.
type subject struct {
	testing.TB
	call func(command object) reply
	end  func() // ends its program as programs end, without closing the client
}

// languages are the three clients.
var languages = map[string]func(t *testing.T) *subject{
	"go": goSubject,
	"python": func(t *testing.T) *subject {
		return program(t, "The tests of the Python client need Python 3.8 or newer: apt-get install python3", "python3", "-B", "testdata/driver.py")
	},
	"javascript": func(t *testing.T) *subject {
		return program(t, "The tests of the JavaScript client need Node 18 or newer: apt-get install nodejs", "node", "testdata/driver.mjs")
	},
}

// program starts a driver.
func program(t *testing.T, needed, name string, args ...string) *subject {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatal(needed)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, name, args...)
	c.Stderr = os.Stderr
	c.WaitDelay = time.Second
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	s := &subject{TB: t}
	s.call = func(command object) reply {
		s.Helper()
		write(s, in, command)
		line, err := lines.ReadBytes('\n')
		if err != nil {
			s.Fatalf("%v is answered with %q, %v", command["do"], line, err)
		}
		var r reply
		if err := json.Unmarshal(line, &r); err != nil {
			s.Fatalf("%v is answered with %q: %v", command["do"], line, err)
		}
		return r
	}
	s.end = func() {
		s.Helper()
		write(s, in, object{"do": "end"})
		if err := c.Wait(); err != nil {
			s.Fatalf("%s ended with %v", name, err)
		}
	}
	return s
}

func write(t testing.TB, to io.Writer, command object) {
	t.Helper()
	if err := json.NewEncoder(to).Encode(command); err != nil {
		t.Fatal(err)
	}
}

// goSubject is the Go client, in this process.
func goSubject(t *testing.T) *subject {
	d := &goDriver{t: t}
	t.Cleanup(func() {
		if d.client != nil {
			d.within(0, d.client.Close)
		}
	})
	return &subject{TB: t, call: d.call}
}

type goDriver struct {
	t        testing.TB
	client   *daybook.Client
	problems chan problem
	told     []problem
	throwing bool
	nesting  bool
}

func (d *goDriver) call(command object) reply {
	switch command["do"] {
	case "new":
		d.begin(command)
	case "send":
		return reply{IDs: []string{d.client.Send(eventOf(d.t, command["event"]))}}
	case "many":
		r, began := reply{}, time.Now()
		e := eventOf(d.t, command["event"])
		for i := range command["n"].(int) {
			e.Metadata = object{"n": i}
			r.IDs = append(r.IDs, d.client.Send(e))
		}
		r.Took = float64(time.Since(began).Milliseconds())
		return r
	case "changed":
		e := eventOf(d.t, command["event"])
		e.Metadata = object{"when": "sent"}
		id := d.client.Send(e)
		e.Metadata["when"], e.Action, e.Actor.ID = "afterwards", "deleted", "nobody"
		return reply{IDs: []string{id}}
	case "halves":
		e := eventOf(d.t, command["event"])
		e.Metadata = object{"text": "a\xff|\\ud83d|😀"}
		return reply{IDs: []string{d.client.Send(e)}}
	case "odd":
		endless := object{}
		endless["again"] = endless
		r := reply{}
		for _, value := range []any{make(chan int), func() {}, endless, panics{}, json.RawMessage("{")} {
			r.IDs = append(r.IDs, d.client.Send(daybook.Event{Action: "a", Metadata: object{"a": value}}))
		}
		return r
	case "throw":
		d.throwing = true
	case "nest":
		d.nesting = true
	case "flush":
		return reply{Done: d.within(command["ms"].(int), d.client.Flush)}
	case "close":
		return reply{Done: d.within(command["ms"].(int), d.client.Close)}
	case "stats":
		return reply{Stats: d.client.Stats()}
	case "problems":
		for len(d.problems) > 0 {
			d.told = append(d.told, <-d.problems)
		}
		return reply{Problems: d.told}
	}
	return reply{}
}

type panics struct{}

func (panics) MarshalJSON() ([]byte, error) { panic("no text") }

func (d *goDriver) begin(command object) {
	d.problems = make(chan problem, 10_000)
	o := daybook.Options{OnError: func(p daybook.Problem) {
		d.problems <- problem(p)
		if d.nesting {
			d.callBack()
		}
		if d.throwing {
			panic("OnError has a mistake")
		}
	}}
	for name, value := range command["options"].(object) {
		n, _ := value.(int)
		pause := time.Duration(n) * time.Millisecond
		switch name {
		case "queue_size":
			o.QueueSize = n
		case "queue_bytes":
			o.QueueBytes = n
		case "batch_size":
			o.BatchSize = n
		case "batch_bytes":
			o.BatchBytes = n
		case "interval_ms":
			o.Interval = pause
		case "timeout_ms":
			o.Timeout = pause
		case "pause_ms":
			o.Pause = pause
		case "longest_pause_ms":
			o.LongestPause = pause
		}
	}
	d.client = daybook.New(command["url"].(string), command["workspace"].(string), command["token"].(string), o)
}

// callBack does in OnError what leads to OnError.
func (d *goDriver) callBack() {
	for range 2 {
		d.client.Send(daybook.Event{Action: "a", Metadata: object{"a": make(chan int)}})
	}
	_ = d.client.Flush(context.Background())
}

// within does something that may take so many milliseconds, and tells whether it was done.
func (d *goDriver) within(ms int, do func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(ms)*time.Millisecond)
	defer cancel()
	return do(ctx) == nil
}

func eventOf(t testing.TB, event any) (e daybook.Event) {
	t.Helper()
	text, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

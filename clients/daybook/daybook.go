// Package daybook sends what happens in an application to Daybook, and never gets in the application's way.
//
//	activity := daybook.New("https://daybook.example.com", "acme", token, daybook.Options{})
//	defer activity.Close(ctx)
//	activity.Send(daybook.Event{Actor: &daybook.Actor{ID: "user-123", Name: "Amara Okafor"}, Action: "created",
//		Resource: &daybook.Resource{Type: "project", ID: "42", Name: "New Website"}})
//
// One file, Go 1.22 or newer, the standard library alone: copy it to where your code is. Send only puts the event into a queue; a goroutine,
// started by the first event, sends what is queued, again and again until it is acknowledged. It never panics, waits for the network, or grows
// without bound: what cannot be kept is dropped, counted in Stats, and told to OnError. Nothing runs at the end of a program by itself: call Close,
// also on SIGTERM.
//
// An event gets its ID and OccurredAt when Send is called, so that sending it twice over the network is harmless. follow.go, beside this file, reads.
package daybook

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limits of the server, and how long it may make us wait by Retry-After.
const (
	maxEvent         = 64 << 10 // bytes
	maxBatch         = 1000     // events of a request
	maxBatchBytes    = 8 << 20
	longestRequested = 5 * time.Minute
	maxReceipt       = 1 << 20 // bytes of an answer to a request that are read
)

// How OnError is called.
const (
	mostUntold   = 100         // problems that wait for it; further ones are put together with those of the same reason
	tellBurst    = 200         // problems without a pause: OnError may bring about the next one itself
	tellPause    = time.Second // after that many
	tellingAtEnd = time.Second // for how long Close waits for it
)

// Why an event was dropped. Retrying is no such reason: nothing was.
const (
	Invalid   = "invalid"    // it cannot be written as JSON
	TooLarge  = "too_large"  // more than 64 KiB
	QueueFull = "queue_full" // there was no room for it
	Refused   = "refused"    // by the server
	Closed    = "closed"     // it came after Close
	Unsent    = "unsent"     // time ran out in Close
	Retrying  = "retrying"
)

// Event is something that happened. Action is required, and of service tokens Actor.ID. What is empty is left out.
type Event struct {
	ID            string         `json:"id"` // a UUID; made when it is empty
	Actor         *Actor         `json:"actor,omitempty"`
	OnBehalfOf    *Actor         `json:"on_behalf_of,omitempty"`
	Action        string         `json:"action"`
	Resource      *Resource      `json:"resource,omitempty"`
	Project       *Project       `json:"project,omitempty"`
	Description   string         `json:"description,omitempty"`
	Changes       []Change       `json:"changes,omitempty"`
	Metadata      map[string]any `json:"metadata,omitempty"`
	Outcome       string         `json:"outcome,omitempty"` // success, failure or denied
	System        bool           `json:"system,omitempty"`
	CorrelationID string         `json:"correlation_id,omitempty"`
	IPAddress     string         `json:"ip_address,omitempty"`
	UserAgent     string         `json:"user_agent,omitempty"`
	OccurredAt    time.Time      `json:"occurred_at"` // now, when it is zero
}

// Actor is who did it, by the application's own id. Type is user, agent or system.
type Actor struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Type  string `json:"type,omitempty"`
	Email string `json:"email,omitempty"`
	Role  string `json:"role,omitempty"`
}

// Resource is what it was done to. URL leads back to it.
type Resource struct {
	Type string `json:"type"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Project is where it belongs; access is given by project.
type Project struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Change is a field that has another value now.
type Change struct {
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// Options change how a Client works. What is zero has the value that is named.
type Options struct {
	QueueSize    int           // events that may wait, 10,000; beyond it the newest is dropped
	QueueBytes   int           // 64 MiB; the same
	BatchSize    int           // events of a request, 500; at most 1,000
	BatchBytes   int           // 1 MiB; at most 8 MiB
	Interval     time.Duration // how long an event waits for others, 1 s
	Timeout      time.Duration // of a request, 30 s
	Pause        time.Duration // after the first failure, 1 s; it doubles with each further one
	LongestPause time.Duration // 1 min
	OnError      func(Problem) // from a goroutine of its own, one at a time; without it problems are warnings of slog
	Transport    http.RoundTripper
}

// Problem is what OnError is told.
type Problem struct {
	Reason  string // one of the constants
	Message string
	Count   int    // how many events it is about
	Event   string // the id of the event, when it is about a single one that has an id
	Status  int    // of the server's answer, if there was one
}

// Stats are counts of events. Their sum is how often Send was called.
type Stats struct {
	Queued     int            `json:"queued"`
	Sent       int            `json:"sent"`       // acknowledged as new
	Duplicates int            `json:"duplicates"` // acknowledged as known: the answer to an earlier request was lost
	Dropped    map[string]int `json:"dropped"`    // by reason
}

// Client sends to one workspace. Make one for the whole program; all goroutines may use it.
type Client struct {
	address, token string
	options        Options
	http           *http.Client
	ctx            context.Context // of requests; ends when Close gives up
	cancel         context.CancelFunc
	wake           chan struct{}

	mu         sync.Mutex
	changed    chan struct{} // closed, and replaced, when something was settled
	running    bool
	closed     bool
	queue      []queued // nothing leaves it before it is settled
	bytes      int      // of the queue
	number     int      // of the last event taken
	flushTo    int      // events up to this number are in a hurry
	limit      int      // events of the next request; less while something is refused
	batchBytes int
	failures   int // since something was acknowledged
	tried      time.Time
	notBefore  time.Time
	toldToWait bool
	toldFull   bool
	toldClosed bool
	toldInVain vain // the last problem of something that is flushed
	untold     []Problem
	told       chan struct{} // closed when nothing is untold; nil: nothing is
	stats      Stats
}

type queued struct {
	number int
	id     string
	text   []byte
	taken  time.Time
}

// vain is a problem of what was flushed up to an event.
type vain struct {
	flushTo int
	detail  string
}

// New makes a Client. It does not look whether the server is there.
func New(address, workspace, token string, o Options) *Client {
	o.QueueSize, o.QueueBytes = or(o.QueueSize, 10_000), or(o.QueueBytes, 64<<20)
	o.BatchSize, o.BatchBytes = min(or(o.BatchSize, 500), maxBatch), min(or(o.BatchBytes, 1<<20), maxBatchBytes)
	o.Interval, o.Timeout = or(o.Interval, time.Second), or(o.Timeout, 30*time.Second)
	o.Pause, o.LongestPause = or(o.Pause, time.Second), or(o.LongestPause, time.Minute)
	if o.OnError == nil {
		o.OnError = warn
	}
	c := &Client{
		address: strings.TrimRight(address, "/") + "/api/v1/workspaces/" + url.PathEscape(workspace) + "/activity", token: strings.TrimSpace(token), options: o,
		wake: make(chan struct{}, 1), changed: make(chan struct{}), limit: o.BatchSize, batchBytes: o.BatchBytes, stats: Stats{Dropped: map[string]int{}},
		// A POST that is redirected arrives as a GET, and a token elsewhere.
		http: &http.Client{Timeout: o.Timeout, Transport: o.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	for _, reason := range []string{Invalid, TooLarge, QueueFull, Refused, Closed, Unsent} {
		c.stats.Dropped[reason] = 0
	}
	return c
}

func or[N int | time.Duration](n, fallback N) N {
	if n <= 0 {
		return fallback
	}
	return n
}

func warn(p Problem) {
	slog.Warn("daybook: "+p.Message, "reason", p.Reason, "events", p.Count, "event", p.Event, "status", p.Status)
}

// Send takes an event and gives its id, or "" when it was dropped.
func (c *Client) Send(e Event) (id string) {
	if e.ID == "" {
		e.ID = newID()
	}
	if c.isClosed() {
		return c.drop(Problem{Reason: Closed, Message: "the client is closed", Event: e.ID})
	}
	if e.OccurredAt.IsZero() {
		e.OccurredAt = time.Now()
	}
	e.OccurredAt = e.OccurredAt.UTC().Truncate(time.Microsecond)
	text, err := written(e)
	if err != nil {
		return c.drop(Problem{Reason: Invalid, Message: "an event cannot be written as JSON: " + err.Error(), Event: e.ID})
	}
	if len(text) > maxEvent {
		return c.drop(Problem{Reason: TooLarge, Message: fmt.Sprintf("an event has %d bytes; at most %d are accepted", len(text), maxEvent), Event: e.ID})
	}
	if p := c.take(e.ID, text); p != nil {
		return c.drop(*p)
	}
	return e.ID
}

func (c *Client) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// written gives an event as JSON. A value of the application's that writes itself may panic.
func written(e Event) (text []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false) // escaped, markup would be six times as long
	err = encoder.Encode(e)
	return bytes.TrimSuffix(line.Bytes(), []byte("\n")), err
}

// take puts an event into the queue, or says why not.
func (c *Client) take(id string, text []byte) *Problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return &Problem{Reason: Closed, Message: "the client is closed", Event: id}
	case len(c.queue) >= c.options.QueueSize || c.bytes+len(text) > c.options.QueueBytes:
		return &Problem{Reason: QueueFull, Message: "the queue is full: events are dropped until there is room", Event: id}
	}
	c.number++
	c.queue = append(c.queue, queued{number: c.number, id: id, text: text, taken: time.Now()})
	c.bytes += len(text)
	if !c.running {
		c.running = true
		go c.run()
	}
	if len(c.queue) == 1 || c.fullBatch() {
		c.stir()
	}
	return nil
}

func (c *Client) stir() {
	select {
	case c.wake <- struct{}{}:
	default: // it is on its way
	}
}

// drop counts an event that is not kept, and tells of it: of a full queue once, until something is acknowledged, and that the client is closed once
// for all.
func (c *Client) drop(p Problem) (id string) {
	c.mu.Lock()
	p.Count = max(p.Count, 1)
	c.stats.Dropped[p.Reason] += p.Count
	told := p.Reason == QueueFull && c.toldFull || p.Reason == Closed && c.toldClosed
	c.toldFull, c.toldClosed = c.toldFull || p.Reason == QueueFull, c.toldClosed || p.Reason == Closed
	c.mu.Unlock()
	if !told {
		c.tell(p)
	}
	return ""
}

// tell lets a goroutine of its own call OnError: it may send, flush and close, so neither who sends nor what sends may wait for it.
func (c *Client) tell(p Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.untold = with(c.untold, p)
	if c.told == nil {
		c.told = make(chan struct{})
		go c.tellAll()
	}
}

// with adds a problem to those that wait, of which there are never many more than allowed.
func with(untold []Problem, p Problem) []Problem {
	i := slices.IndexFunc(untold, func(q Problem) bool { return q.Reason == p.Reason })
	if len(untold) < mostUntold || i < 0 {
		return append(untold, p)
	}
	if p.Reason != Retrying { // those are the same events
		p.Count, p.Event = p.Count+untold[i].Count, ""
	}
	untold[i] = p
	return untold
}

func (c *Client) tellAll() {
	for n := 1; ; n++ {
		p, ok := c.nextUntold()
		if !ok {
			return
		}
		c.call(p)
		if n%tellBurst == 0 {
			select {
			case <-time.After(tellPause):
			case <-c.ctx.Done():
			}
		}
	}
}

func (c *Client) nextUntold() (p Problem, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.untold) == 0 {
		close(c.told)
		c.told = nil
		return p, false
	}
	p, c.untold = c.untold[0], c.untold[1:]
	return p, true
}

func (c *Client) call(p Problem) {
	defer func() { _ = recover() }() // what OnError does must not end the program
	c.options.OnError(p)
}

// untilTold waits until OnError was called for everything, but not for ever: it may be what calls this.
func (c *Client) untilTold() {
	c.mu.Lock()
	told := c.told
	c.mu.Unlock()
	if told == nil {
		return
	}
	select {
	case <-told:
	case <-time.After(tellingAtEnd):
	}
}

// Flush sends what was taken so far without waiting for more. It gives an error when the context ends before all of it is acknowledged, refused, or given
// up by Close.
func (c *Client) Flush(ctx context.Context) error {
	c.mu.Lock()
	number := c.number
	c.flushTo = max(c.flushTo, number)
	c.mu.Unlock()
	c.stir()
	for {
		c.mu.Lock()
		settled, changed := len(c.queue) == 0 || c.queue[0].number > number, c.changed
		c.mu.Unlock()
		if settled {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close sends what is left, and ends. What is still queued when the context ends is dropped as unsent. OnError has a second for what it is to be told.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	err := c.Flush(ctx)
	c.mu.Lock()
	left := len(c.queue)
	c.queue, c.bytes = nil, 0
	c.wakeFlushes()
	c.mu.Unlock()
	c.cancel()
	if left > 0 {
		c.drop(Problem{Reason: Unsent, Message: fmt.Sprintf("time ran out with events that are not acknowledged: %d", left), Count: left})
	}
	c.untilTold()
	return err
}

// Stats tells what became of the events so far.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Queued, s.Dropped = len(c.queue), map[string]int{}
	for reason, n := range c.stats.Dropped {
		s.Dropped[reason] = n
	}
	return s
}

// run sends until the client is closed and nothing is left.
func (c *Client) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		batch, wait, done := c.next()
		if done {
			return
		}
		if batch != nil {
			c.attempt(batch)
			continue
		}
		timer.Reset(wait)
		select {
		case <-c.wake:
		case <-timer.C:
		case <-c.ctx.Done():
		}
	}
}

// next gives the batch that is due, or how long to wait for it.
func (c *Client) next() (batch []queued, wait time.Duration, done bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		return nil, time.Hour, c.closed
	}
	if wait = time.Until(c.due()); wait > 0 {
		return nil, wait, false
	}
	size, count := 2, 0
	for _, q := range c.queue {
		if size += len(q.text) + 1; count > 0 && (size > c.batchBytes || count >= c.limit) {
			break
		}
		count++
	}
	return slices.Clone(c.queue[:count]), 0, false
}

func (c *Client) due() time.Time {
	hurry, due, pause := c.hurry(), c.queue[0].taken, c.notBefore
	if !hurry && !c.fullBatch() {
		due = due.Add(c.options.Interval)
	}
	if soon := c.tried.Add(c.options.Pause); hurry && !c.toldToWait && pause.After(soon) {
		pause = soon
	}
	if pause.After(due) {
		return pause
	}
	return due
}

func (c *Client) hurry() bool { return c.queue[0].number <= c.flushTo }

func (c *Client) fullBatch() bool { return len(c.queue) >= c.limit || c.bytes >= c.batchBytes }

// attempt sends a batch, and does what the answer says.
func (c *Client) attempt(batch []queued) {
	a := c.post(batch)
	c.mu.Lock()
	var problems []Problem
	if len(c.queue) > 0 && c.queue[0].number == batch[0].number { // else the client was closed meanwhile
		c.tried = time.Now()
		problems = c.settle(batch, a)
	}
	c.wakeFlushes()
	c.mu.Unlock()
	for _, p := range problems {
		c.tell(p)
	}
}

func (c *Client) wakeFlushes() {
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *Client) post(batch []queued) answer {
	texts := make([][]byte, len(batch))
	for i, q := range batch {
		texts[i] = q.text
	}
	body := slices.Concat([]byte("["), bytes.Join(texts, []byte(",")), []byte("]"))
	r, err := http.NewRequestWithContext(c.ctx, http.MethodPost, c.address, bytes.NewReader(body))
	if err != nil || r.URL.Host == "" {
		return answer{Detail: "no answer: " + errAddress.Error(), RetryAfter: -1}
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"daybook-go/1"}}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return ask(c.http, r, maxReceipt)
}

// settle does what the answer says, and gives the problems to tell of.
func (c *Client) settle(batch []queued, a answer) []Problem {
	if accepted, ok := a.acknowledges(len(batch)); ok {
		c.stats.Sent += accepted
		c.stats.Duplicates += len(batch) - accepted
		c.limit = min(c.options.BatchSize, c.limit*2)
		c.failures, c.notBefore, c.toldFull = 0, time.Time{}, false
		c.remove(batch)
		return nil
	}
	wrong := a.wrong(len(batch))
	switch {
	case len(wrong) > 0:
	case !a.refuses():
		return c.retry(len(batch), a)
	case len(batch) == 1:
		wrong[0] = a.Detail
	case a.Status == 413: // of something between, which takes less than the server
		c.batchBytes = sizeOf(batch) / 2
	}
	c.limit = max(1, len(batch)/2) // what is wrong must not take the rest with it, or be sent along many times
	c.failures, c.notBefore = 0, time.Time{}
	var gone []queued
	var problems []Problem
	for i, q := range batch {
		if message, ok := wrong[i]; ok {
			gone = append(gone, q)
			problems = append(problems, Problem{Refused, message, 1, q.id, a.Status})
		}
	}
	c.remove(gone)
	c.stats.Dropped[Refused] += len(gone)
	return problems
}

func (c *Client) remove(gone []queued) {
	numbers := make(map[int]bool, len(gone))
	for _, q := range gone {
		numbers[q.number] = true
	}
	c.queue = slices.DeleteFunc(c.queue, func(q queued) bool { return numbers[q.number] })
	c.bytes -= sizeOf(gone)
}

func sizeOf(batch []queued) (n int) {
	for _, q := range batch {
		n += len(q.text)
	}
	return n
}

// retry pauses, and tells so; of what is flushed in vain, once for each text.
func (c *Client) retry(count int, a answer) []Problem {
	c.failures++
	pause := backOff(c.options.Pause, c.options.LongestPause, c.failures)
	if a.needsSomebody() {
		pause = backOff(c.options.LongestPause, c.options.LongestPause, 1)
	}
	if c.toldToWait = a.RetryAfter >= 0; c.toldToWait {
		pause = max(pause, a.RetryAfter)
	}
	c.notBefore = c.tried.Add(pause)
	if about := (vain{c.flushTo, a.Detail}); c.hurry() {
		if about == c.toldInVain {
			return nil
		}
		c.toldInVain = about
	}
	return []Problem{{Retrying, nextAttempt(a.Detail, c.due().Sub(c.tried)), count, "", a.Status}}
}

func nextAttempt(detail string, pause time.Duration) string {
	return fmt.Sprintf("%s; the next attempt is in %.1f s", strings.TrimSuffix(detail, "."), pause.Seconds())
}

// backOff is a pause that grows with the failures, and is not everybody's.
func backOff(first, longest time.Duration, failures int) time.Duration {
	pause, doublings := longest, min(failures-1, 62)
	if first <= longest>>doublings { // else it would be longer, or more than an int64 holds
		pause = first << doublings
	}
	return time.Duration(float64(pause) * (0.5 + mathrand.Float64()/2))
}

// answer is what came back: a receipt, a problem, or nothing at all (Status 0).
type answer struct {
	Accepted, Duplicates *int
	Detail               string
	Errors               []struct {
		Index          *int
		Field, Message string
	}
	Said       int           `json:"status"` // by the body of a problem
	Status     int           `json:"-"`
	RetryAfter time.Duration `json:"-"` // below 0: not told
	Body       []byte        `json:"-"`
	Link       string        `json:"-"`
}

// errAddress says what is wrong without the address, which may hold a password.
var errAddress = errors.New("the address of Daybook is none")

// ask makes a request, and reads so much of what comes back. That there is no answer is one too.
func ask(client *http.Client, r *http.Request, most int64) (a answer) {
	response, err := client.Do(r)
	if err != nil {
		if about := (*url.Error)(nil); errors.As(err, &about) {
			err = about.Err // the address may hold a password
		}
		return answer{Detail: "no answer: " + err.Error(), RetryAfter: -1}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return answer{Detail: "half an answer: " + err.Error(), RetryAfter: -1}
	}
	if json.Unmarshal(body, &a) != nil {
		a = answer{}
	}
	if a.Detail == "" {
		a.Detail = fmt.Sprintf("the answer is %d and not one of Daybook", response.StatusCode)
	}
	a.Status, a.Body, a.Link, a.RetryAfter = response.StatusCode, body, response.Header.Get("Link"), retryAfter(response.Header.Get("Retry-After"))
	return a
}

// retryAfter reads a number of seconds, or a date; below 0: neither.
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, longestRequested)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(time.Until(at), 0), longestRequested)
	}
	return -1
}

// acknowledges tells how many events were new, of an answer that acknowledges so many. Any proxy may answer 200.
func (a answer) acknowledges(count int) (accepted int, ok bool) {
	if a.Status != http.StatusOK && a.Status != http.StatusCreated || a.Accepted == nil || a.Duplicates == nil || *a.Accepted < 0 || *a.Duplicates < 0 || *a.Accepted+*a.Duplicates != count {
		return 0, false
	}
	return *a.Accepted, true
}

// isDaybooks tells whether it is a problem as Daybook tells of one. What stands between answers errors, too, which say nothing of the events.
func (a answer) isDaybooks() bool {
	return a.Detail != "" && a.Said == a.Status && a.Errors != nil
}

// refuses tells whether so many events are not taken, or one of them, whichever it is.
func (a answer) refuses() bool {
	return a.Status == 413 || (a.Status == 400 || a.Status == 422) && a.isDaybooks()
}

// wrong tells what is wrong with which events of the batch.
func (a answer) wrong(count int) map[int]string {
	found := map[int]string{}
	if a.Status < 400 || a.Status >= 500 || !a.isDaybooks() {
		return found
	}
	for _, e := range a.Errors {
		if e.Index == nil || *e.Index < 0 || *e.Index >= count {
			continue
		}
		if _, told := found[*e.Index]; !told {
			found[*e.Index] = e.Field + ": " + e.Message
		}
	}
	return found
}

// needsSomebody tells whether waiting alone mends nothing: a token, an address, a workspace that is archived.
func (a answer) needsSomebody() bool {
	return a.Status >= 300 && a.Status < 500 && a.Status != 408 && a.Status != 425 && a.Status != 429
}

// newID makes a UUID of version 7, RFC 9562: the time in milliseconds, and random bits.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[6:])
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(time.Now().UnixMilli()))
	copy(id[:6], at[2:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

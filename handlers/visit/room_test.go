package visit

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/models"
	"daybook/services/access"
)

// listing serves lists of so many rows, of readers that the query names. Lists wait for go on.
type listing struct {
	room   *Room
	app    *fiber.App
	inside chan struct{}
	goOn   chan struct{}
}

func newListing() *listing {
	l := &listing{room: NewRoom(), app: fiber.New(), inside: make(chan struct{}, 100), goOn: make(chan struct{}, 100)}
	l.app.Use(func(c *fiber.Ctx) error {
		defer LeaveMade(c)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		c.SetUserContext(ctx)
		if err := c.Next(); err != nil {
			return ProblemOf(c, err).Send(c)
		}
		return nil
	})
	l.app.Get("/", func(c *fiber.Ctx) error {
		Of(c).Principal = access.Principal{Token: &models.Token{ID: int64(c.QueryInt("who"))}}
		if err := l.room.Enter(c.UserContext(), c, c.QueryInt("rows")); err != nil {
			return err
		}
		l.inside <- struct{}{}
		<-l.goOn
		return c.SendString(strings.Repeat("x", c.QueryInt("bytes")))
	})
	return l
}

// told is an answer, read to its end.
type told struct {
	status      int
	retry       string
	said, bytes int64
}

func tell(t *testing.T, app *fiber.App, target string) told {
	a, err := app.Test(httptest.NewRequestWithContext(t.Context(), "GET", target, nil), -1)
	if err != nil {
		t.Error(err)
		return told{}
	}
	defer a.Body.Close()
	n, err := io.Copy(io.Discard, a.Body)
	if err != nil {
		t.Error(err)
	}
	return told{a.StatusCode, a.Header.Get("Retry-After"), a.ContentLength, n}
}

func (l *listing) get(t *testing.T, who, rows, bytes int) <-chan told {
	out := make(chan told, 1)
	go func() { out <- tell(t, l.app, fmt.Sprintf("/?who=%d&rows=%d&bytes=%d", who, rows, bytes)) }()
	return out
}

func (l *listing) taken(who int) (rows, of int) {
	l.room.mu.Lock()
	defer l.room.mu.Unlock()
	return l.room.rows, l.room.of[fmt.Sprint("token ", who)]
}

func TestSoManyLongListsAtOnce(t *testing.T) {
	l := newListing()
	first := l.get(t, 1, mostOfOne, 2<<20)
	<-l.inside
	if rows, of := l.taken(1); rows != mostOfOne || of != mostOfOne {
		t.Fatal(rows, of)
	}
	full := <-l.get(t, 1, 1, 0) // of one reader
	if full.status != 503 || full.retry != "2" {
		t.Errorf("%+v", full)
	}
	others := []<-chan told{l.get(t, 2, mostOfOne, 9), l.get(t, 3, mostOfOne, 9)}
	<-l.inside
	<-l.inside
	if a := <-l.get(t, 4, 1, 0); a.status != 503 { // of all
		t.Errorf("%+v", a)
	}
	waiting := l.get(t, 4, 50, 9)
	for range 4 {
		l.goOn <- struct{}{}
	}
	for _, a := range append(others, waiting, first) {
		if answer := <-a; answer.status != 200 || answer.bytes != answer.said || answer.said != 9 && answer.said != 2<<20 {
			t.Errorf("%+v", answer)
		}
	}
	for who := range 5 {
		if rows, of := l.taken(who); rows != 0 || of != 0 {
			t.Errorf("%d keeps %d and %d", who, rows, of)
		}
	}
	if len(l.room.of) != 0 {
		t.Error(l.room.of)
	}
}

// What a slow client has not taken yet counts as what it weighs, for its reader alone.
func TestAnAnswerOnItsWayCountsForItsReader(t *testing.T) {
	room, app := NewRoom(), fiber.New()
	app.Get("/:bytes", func(c *fiber.Ctx) error {
		bytes, _ := c.ParamsInt("bytes")
		if err := room.Enter(c.UserContext(), c, 200); err != nil {
			return err
		}
		c.Response().SetBodyRaw(make([]byte, bytes))
		LeaveMade(c)
		want := 0
		if bytes >= lightAnswer {
			want = (bytes + placeBytes - 1) / placeBytes
		}
		if room.rows != 0 || room.of["nobody"] != want {
			t.Errorf("%d bytes: %d, %d", bytes, room.rows, room.of["nobody"])
		}
		return nil
	})
	for _, bytes := range []int{0, lightAnswer - 1, lightAnswer, 3 << 20, 200*placeBytes + placeBytes} {
		if a := tell(t, app, fmt.Sprint("/", bytes)); a.said != int64(bytes) || a.bytes != a.said {
			t.Errorf("%+v", a)
		}
		if len(room.of) != 0 {
			t.Error(room.of, "are left")
		}
	}
}

package report_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/report"
)

// Whoever takes theirs slowly has one at a time, of whomever, and keeps nobody else from one.
func TestOneReportAtATime(t *testing.T) {
	h := newHouse(t)
	h.reports.WaitAtMost(time.Millisecond)
	begin := func(u *models.User) (*report.Report, error) {
		made, err := h.reports.Own(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		return made, made.Begin(t.Context())
	}
	first, err := begin(h.amara)
	if err != nil {
		t.Fatal(err)
	}
	slow := first.Stream(t.Context())
	if _, err := slow.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	admin := account.CommandLine(&h.acme)
	admin.Role, admin.User, admin.Ref = access.Instance, h.amara, models.UserActor(h.amara)
	another, err := h.reports.Of(t.Context(), admin, 0, h.bola.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := another.Begin(t.Context()); models.KindOf(err) != models.TooMany || retryAfter(err) <= 0 {
		t.Errorf("one of somebody else beside it: %v", err)
	}
	second, err := begin(h.bola)
	if err != nil {
		t.Errorf("somebody else waits: %v", err)
	}
	if err := second.Write(t.Context(), io.Discard); err != nil {
		t.Error(err)
	}
	slow.BreakOff()
	made := recorded(t, h)
	again, err := begin(h.amara)
	for ends := time.Now().Add(10 * time.Second); models.KindOf(err) == models.TooMany && time.Now().Before(ends); {
		again, err = begin(h.amara)
	}
	if err != nil {
		t.Fatalf("after it was broken off: %v", err)
	}
	if err := again.Write(t.Context(), io.Discard); err != nil {
		t.Error(err)
	}
	if now := recorded(t, h); made != 2 || now != 3 {
		t.Errorf("%d reports are recorded, then %d: those that were refused, too", made, now)
	}
}

// Who finds all turns taken is told so, before anything is recorded.
func TestReportsWaitForOthersForAWhile(t *testing.T) {
	h := newHouse(t)
	h.reports.WaitAtMost(time.Millisecond)
	var slow []*report.Report
	for n := range 4 {
		made, err := h.reports.Own(t.Context(), h.User(t, fmt.Sprint("slow", n), false))
		if err != nil || made.Begin(t.Context()) != nil {
			t.Fatal(err)
		}
		slow = append(slow, made)
	}
	made, err := h.reports.Own(t.Context(), h.amara)
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Begin(t.Context()); models.KindOf(err) != models.TooMany || retryAfter(err) <= 0 {
		t.Errorf("with all turns taken: %v", err)
	}
	if err := slow[0].Write(t.Context(), io.Discard); err != nil {
		t.Error(err)
	}
	if err := made.Write(t.Context(), io.Discard); err != nil {
		t.Errorf("with a turn given back: %v", err)
	}
	if n := recorded(t, h); n != 5 {
		t.Errorf("%d reports are recorded", n)
	}
}

func retryAfter(err error) time.Duration {
	var e *models.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.RetryAfter
}

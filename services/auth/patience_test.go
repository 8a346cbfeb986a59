package auth_test

import (
	"errors"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/auth"
)

func TestLinksThatOpenNothingAreTriedMoreAndMoreSlowly(t *testing.T) {
	p := newPlace(t)
	from := auth.From{IP: "192.0.2.1"}
	try := func(s *auth.Service, from auth.From, answer error) error {
		return s.TryLink(t.Context(), from, func() error { return answer })
	}
	nothing := models.Errorf(models.NotFound, "Nothing.")
	for range 100 { // what is found costs nothing, nor does what is wrong with a form, nor a database that is away
		for _, answer := range []error{nil, models.FieldErrorf(models.Invalid, "password", "is short"), errors.New("the connection is lost")} {
			if err := try(p.auth, from, answer); err != answer { //nolint:errorlint // the very same
				t.Fatal(err)
			}
		}
	}
	for range 21 {
		if err := try(p.service(), from, nothing); models.KindOf(err) != models.NotFound { // whichever process is asked
			t.Fatal(err)
		}
	}
	var waits *models.Error
	if err := try(p.auth, from, nil); !errors.As(err, &waits) || waits.Kind != models.TooMany || waits.RetryAfter != time.Second || waits.Detail != "Too many failed tries. Try again in a second." {
		t.Errorf("%v", err)
	}
	if err := try(p.auth, auth.From{IP: "192.0.2.2"}, nil); err != nil {
		t.Errorf("elsewhere: %v", err)
	}
	if err := p.auth.TryAddress(t.Context(), &models.User{ID: 1}, func() error { return nil }); err != nil {
		t.Errorf("another matter: %v", err)
	}
	p.wait(time.Second)
	if err := try(p.auth, from, models.FieldErrorf(models.Conflict, "email", "is here")); models.KindOf(err) != models.Conflict {
		t.Error(err)
	}
	if err := try(p.auth, from, nil); !errors.As(err, &waits) || waits.RetryAfter != 2*time.Second {
		t.Errorf("whoever learns that somebody is here has failed, too: %v", err)
	}
	p.wait(25 * time.Hour)
	if err := try(p.auth, from, nothing); models.KindOf(err) != models.NotFound {
		t.Error(err)
	}
	if err := try(p.auth, from, nothing); models.KindOf(err) != models.NotFound {
		t.Errorf("a day later it is not forgotten: %v", err)
	}
}

func TestAskingForAddressesIsFreeForWhoMayListThem(t *testing.T) {
	p := newPlace(t)
	for _, who := range []*models.User{nil, {ID: 1, InstanceAdmin: true}} {
		for range 50 {
			err := p.auth.TryAddress(t.Context(), who, func() error { return models.Errorf(models.NotFound, "Nobody.") })
			if models.KindOf(err) != models.NotFound {
				t.Fatal(err)
			}
		}
	}
}

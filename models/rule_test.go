package models_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
)

func TestEmailAddresses(t *testing.T) {
	for given, want := range map[string]string{
		"amara@example.com": "amara@example.com", " Amara@Example.COM\n": "amara@example.com", "a+b@sub.example.com": "a+b@sub.example.com", "ÄRGER@example.com": "ärger@example.com", "root@localhost": "root@localhost",
	} {
		if got, err := models.NormaliseEmail(given); got != want || err != nil {
			t.Errorf("%q: %q, %v", given, got, err)
		}
	}
	for _, bad := range []string{"", "amara", "@example.com", "amara@", "a b@example.com", "Amara <amara@example.com>", "a@b@c", "a@example.com,b@example.com", "a\x00@example.com", "a@exa\nmple.com", "\xff@example.com",
		strings.Repeat("a", 243) + "@example.com", `"a b"@example.com`} {
		if got, err := models.NormaliseEmail(bad); models.KindOf(err) != models.Invalid {
			t.Errorf("%q: %q, %v", bad, got, err)
		}
	}
}

func TestPasswordsNamesAndIDs(t *testing.T) {
	password := func(s string) error { return models.CheckPassword("f", s) }
	name := func(s string) error { return models.CheckName("f", s) }
	person := func(s string) error { return models.CheckPersonName("f", s) }
	id := func(s string) error { return models.CheckID("f", s) }
	for i, c := range []struct {
		check func(string) error
		text  string
		good  bool
	}{
		{password, strings.Repeat("x", 10), true}, {password, strings.Repeat("x", 9), false}, {password, strings.Repeat("é", 9), false}, {password, strings.Repeat("é", 10), true},
		{password, strings.Repeat("x", 1024), true}, {password, strings.Repeat("x", 1025), false}, {password, "", false},
		{name, "Zoë 日本", true}, {name, "", false}, {name, " \t", false}, {name, "a\nb", false}, {name, "a\x00b", false}, {name, "\xff", false}, {name, strings.Repeat("x", 500), true}, {name, strings.Repeat("x", 501), false},
		{person, strings.Repeat("漢", 200), true}, {person, strings.Repeat("🎁", 200), true}, {person, strings.Repeat("漢", 201), false}, {person, " ", false}, {person, "a\nb", false}, {person, "\xff", false},
		{id, "u-1", true}, {id, " ", true}, {id, "日本", true}, {id, "", false}, {id, "a\x00", false}, {id, "\xff", false}, {id, strings.Repeat("x", 255), true}, {id, strings.Repeat("x", 256), false},
	} {
		err := c.check(c.text)
		var e *models.Error
		if c.good != (err == nil) || !c.good && (!errors.As(err, &e) || e.Fields[0].Field != "f" || e.Kind != models.Invalid) {
			t.Errorf("%d: %.20q: %v", i, c.text, err)
		}
	}
}

func TestSlugsAndRoles(t *testing.T) {
	for slug, good := range map[string]bool{
		"acme": true, "a": true, "acme-studio-2": true, "0": true, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false, "": false, "-a": false, "a-": false, "Acme": false, "a_b": false, "a b": false, "ä": false,
		"a\n": false, uuid.NewString(): false, strings.ReplaceAll(uuid.NewString(), "-", ""): false,
	} {
		if err := models.CheckSlug(slug); (err == nil) != good {
			t.Errorf("%q: %v", slug, err)
		}
	}
	for role, good := range map[string]bool{"owner": true, "admin": true, "member": true, "": false, "Owner": false, "instance": false} {
		if got, err := models.ParseRole(role); (err == nil) != good || good && string(got) != role {
			t.Errorf("%q: %q, %v", role, got, err)
		}
	}
}

func TestTokensHaveTheirScopes(t *testing.T) {
	token := models.Token{Scopes: "activity:write  activity:read"}
	for scope, has := range map[string]bool{models.ScopeWrite: true, models.ScopeRead: true, models.ScopeAdmin: false, "": false, "activity": false, "activity:write  activity:read": false} {
		if token.Has(scope) != has {
			t.Errorf("%q", scope)
		}
	}
	if (models.Token{}).Has("") {
		t.Error("no scope is one")
	}
}

func TestOurOwnActors(t *testing.T) {
	ref := models.UserActor(&models.User{ID: 5, Name: "Amara"})
	if ref.ID != "daybook:user:5" || ref.Name != "Amara" || ref.Type != models.ActorUser || *ref.UserID != 5 {
		t.Errorf("%+v", ref)
	}
	for _, ref := range []models.ActorRef{ref, models.CommandLine, models.Itself} {
		if !strings.HasPrefix(ref.ID, models.OwnActorPrefix) {
			t.Errorf("%+v", ref)
		}
	}
	if models.BuiltInWorkspace.String() != "00000000-0000-7000-8000-00000000da1b" {
		t.Error("the migration makes another workspace")
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("a disk")
	err := fmt.Errorf("doing: %w", models.Errorf(models.Gone, "It is %s.", "gone").Because(cause))
	if models.KindOf(err) != models.Gone || !errors.Is(err, cause) || err.Error() != "doing: It is gone.: a disk" {
		t.Errorf("%v", err)
	}
	if models.KindOf(cause) != models.Internal || models.KindOf(nil) != models.Internal {
		t.Error("what is not ours is internal")
	}
	one, two := models.FieldErrorf(models.Conflict, "slug", "is %s", "taken"), models.FieldErrorf(models.Invalid, "name", "is empty")
	if one.Detail != "slug: is taken" || one.Fields[0] != (models.FieldError{Index: -1, Field: "slug", Message: "is taken"}) {
		t.Errorf("%+v", one)
	}
	for _, c := range []struct {
		errs []error
		want string
	}{
		{nil, ""}, {[]error{nil, nil}, ""}, {[]error{nil, one}, "slug"}, {[]error{one, nil, two, one}, "slug name slug"}, {[]error{models.JoinFields(one, two), two}, "slug name name"},
	} {
		joined := models.JoinFields(c.errs...)
		var e *models.Error
		if c.want == "" {
			if joined != nil {
				t.Errorf("%v", joined)
			}
			continue
		}
		var names []string
		for errors.As(joined, &e); len(names) < len(e.Fields); {
			names = append(names, e.Fields[len(names)].Field)
		}
		if strings.Join(names, " ") != c.want || e.Kind != models.KindOf(one) {
			t.Errorf("%v instead of %s", names, c.want)
		}
	}
	if !errors.Is(models.JoinFields(one, cause, two), cause) || len(one.Fields) != 1 {
		t.Error("an error that is not about fields is lost, or joining changed what it joined")
	}
	prefixed := models.PrefixFields("workspace_", models.JoinFields(one, two))
	var e *models.Error
	if !errors.As(prefixed, &e) || e.Fields[0].Field != "workspace_slug" || e.Fields[1].Field != "workspace_name" || one.Fields[0].Field != "slug" {
		t.Errorf("%+v", prefixed)
	}
	if !errors.Is(models.PrefixFields("x", cause), cause) || models.PrefixFields("x", nil) != nil {
		t.Error("what has no fields changes")
	}
}

func TestDaysBegin(t *testing.T) {
	for _, c := range []struct {
		zone, at string
		days     int
		want     string
	}{
		{"UTC", "2026-01-31T23:59:59Z", 0, "2026-01-31T00:00:00Z"},
		{"UTC", "2026-01-31T00:00:00Z", 1, "2026-02-01T00:00:00Z"},
		{"UTC", "2028-03-01T12:00:00Z", -1, "2028-02-29T00:00:00Z"},
		{"Canada/Newfoundland", "2026-01-31T03:29:59Z", 0, "2026-01-30T03:30:00Z"},
		{"Europe/Amsterdam", "2026-03-29T12:00:00Z", 0, "2026-03-28T23:00:00Z"}, // a day of 23 hours
		{"Europe/Amsterdam", "2026-03-29T12:00:00Z", 1, "2026-03-29T22:00:00Z"},
		{"Europe/Amsterdam", "2026-10-25T00:30:00Z", 1, "2026-10-25T23:00:00Z"},  // of 25
		{"America/Sao_Paulo", "2018-11-04T15:00:00Z", 0, "2018-11-04T03:00:00Z"}, // without a midnight: begins at one
		{"Africa/Cairo", "2024-04-26T15:00:00Z", 0, "2024-04-25T22:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := models.StartOfDay(at.In(zone), c.days).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s %s %+d: %s instead of %s", c.zone, c.at, c.days, got, c.want)
		}
	}
}

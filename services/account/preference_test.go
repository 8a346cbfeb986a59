package account_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/account"
)

func (p *place) preferences(u *models.User) string {
	p.t.Helper()
	return ask[string](p, `SELECT name || '|' || time_zone || '|' || theme || '|' || date_format FROM users WHERE id = $1`, u.ID)
}

func TestPreferences(t *testing.T) {
	p := newPlace(t)
	if got := p.preferences(p.bob); got != "Bob||system|words" {
		t.Errorf("at first: %s", got)
	}
	save := func(n account.Preferences) func() error {
		return func() error { return p.accounts.SavePreferences(t.Context(), p.bob, n) }
	}
	acts := p.acts(func() {
		if err := save(account.Preferences{Name: " Bob ", Theme: "dark", DateFormat: "iso"})(); err != nil {
			t.Fatal(err)
		}
	})
	if len(acts) != 0 {
		t.Errorf("how pages look is recorded: %+v", acts)
	}
	if got := p.preferences(p.bob); got != "Bob||dark|iso" {
		t.Error(got)
	}
	a := p.theAct(save(account.Preferences{Name: "بوب <b>", TimeZone: "Asia/Kathmandu", Theme: "light", DateFormat: "american"}))
	if a.Workspace != models.BuiltInWorkspace || !a.System || said(a) != `updated, name: "Bob" → "بوب <b>", time_zone: null → "Asia/Kathmandu"` || *a.Entity.Name != "بوب <b>" || a.Entity.Type != "user" {
		t.Errorf("%s %+v", said(a), a)
	}
	if got := p.preferences(p.bob); got != "بوب <b>|Asia/Kathmandu|light|american" {
		t.Error(got)
	}
	if got := p.preferences(p.amara); got != "Amara||system|words" {
		t.Error("somebody else's:", got)
	}
}

func TestPreferencesThatAreNotSaved(t *testing.T) {
	p := newPlace(t)
	good := account.Preferences{Name: "Robert", TimeZone: "Europe/Berlin", Theme: "dark", DateFormat: "iso"}
	with := func(change func(*account.Preferences)) account.Preferences {
		n := good
		change(&n)
		return n
	}
	for wrong, n := range map[string]account.Preferences{
		"name":                              with(func(n *account.Preferences) { n.Name = "  " }),
		"name ":                             with(func(n *account.Preferences) { n.Name = strings.Repeat("ä", 201) }),
		"name  ":                            with(func(n *account.Preferences) { n.Name = "a\nb" }),
		"time_zone":                         with(func(n *account.Preferences) { n.TimeZone = "Europe/Nowhere" }),
		"time_zone ":                        with(func(n *account.Preferences) { n.TimeZone = "Local" }),
		"time_zone  ":                       with(func(n *account.Preferences) { n.TimeZone = "../../etc/passwd" }),
		"theme":                             with(func(n *account.Preferences) { n.Theme = "sepia" }),
		"date_format":                       with(func(n *account.Preferences) { n.DateFormat = "" }),
		"name,time_zone,theme,date_format ": {TimeZone: "x"},
	} {
		p.nothing(func() {
			err := p.accounts.SavePreferences(t.Context(), p.bob, n)
			var ours *models.Error
			var fields []string
			if errors.As(err, &ours) {
				for _, f := range ours.Fields {
					fields = append(fields, f.Field)
				}
			}
			if strings.Join(fields, ",") != strings.TrimSpace(wrong) {
				t.Errorf("%q: %v", wrong, err)
			}
		})
	}
	if got := p.preferences(p.bob); got != "Bob||system|words" {
		t.Errorf("something was written: %s", got)
	}
	if err := p.accounts.SavePreferences(t.Context(), p.bob, with(func(n *account.Preferences) { n.Name = strings.Repeat("ä", 200) })); err != nil {
		t.Error("200 characters are welcome, in any script:", err)
	}
}

func TestTheme(t *testing.T) {
	p := newPlace(t)
	if acts := p.acts(func() {
		if err := p.accounts.SetTheme(t.Context(), p.bob, "dark"); err != nil {
			t.Fatal(err)
		}
	}); len(acts) != 0 {
		t.Errorf("it is recorded: %+v", acts)
	}
	p.nothing(func() {
		if err := p.accounts.SetTheme(t.Context(), p.bob, "sepia"); models.KindOf(err) != models.Invalid {
			t.Error(err)
		}
	})
	if got := p.preferences(p.bob); got != "Bob||dark|words" {
		t.Error(got)
	}
}

func TestTimeZones(t *testing.T) {
	p := newPlace(t)
	zones, err := p.accounts.TimeZones(t.Context())
	if err != nil || len(zones) < 300 || len(zones) > 600 || !slices.IsSorted(zones) || len(slices.Compact(slices.Clone(zones))) != len(zones) {
		t.Fatal(len(zones), err)
	}
	for _, name := range []string{"UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Argentina/Buenos_Aires"} {
		if !slices.Contains(zones, name) {
			t.Errorf("%s is not offered", name)
		}
	}
	for _, name := range zones {
		if _, err := time.LoadLocation(name); err != nil || strings.HasPrefix(name, "posix") || strings.HasPrefix(name, "Etc/") {
			t.Errorf("%s is offered: %v", name, err)
		}
	}
	// Every one that is offered can be chosen; PostgreSQL is asked for a few, each takes a statement.
	for i := 0; i < len(zones); i += 40 {
		if err := p.accounts.SavePreferences(t.Context(), p.bob, account.Preferences{Name: "Bob", TimeZone: zones[i], Theme: "system", DateFormat: "words"}); err != nil {
			t.Errorf("%s: %v", zones[i], err)
		}
	}
}

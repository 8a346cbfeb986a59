package account_test

import (
	"context"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/ingest"
)

// settings are acme's, as somebody sees them.
func (p *place) settings() account.Settings {
	p.t.Helper()
	w, err := p.accounts.Workspace(p.t.Context(), p.acme.ID.String())
	if err != nil {
		p.t.Fatal(err)
	}
	return account.SettingsOf(w)
}

// save changes acme's settings.
func (p *place) save(d account.Doer, change func(*account.Settings)) error {
	s := p.settings()
	change(&s)
	_, err := p.accounts.SaveSettings(context.Background(), d, s)
	return err
}

func TestSettingsAreOneActThatSaysWhatChanged(t *testing.T) {
	p := newPlace(t)
	d := p.as(p.amara)
	if s := p.settings(); s.WeekStart != 1 || s.Statistics != models.ForMembers || !s.Rankings || s.TimeZone != "Canada/Newfoundland" || s.Version != 1 {
		t.Errorf("%+v", s)
	}
	a := p.theAct(func() error {
		return p.save(d, func(s *account.Settings) {
			s.Name, s.Slug, s.TimeZone, s.WeekStart, s.Statistics, s.Rankings = " Acme Studio ", "acme-studio", "Asia/Kolkata", 7, models.ForAdmins, false
		})
	})
	if said(a) != `settings_updated, name: "ACME" → "Acme Studio", slug: "acme" → "acme-studio", time_zone: "Canada/Newfoundland" → "Asia/Kolkata", week_start: 1 → 7, statistics: "members" → "admins", rankings: true → false` ||
		a.System || a.Workspace != p.acme.ID || *a.Entity.Name != "Acme Studio" {
		t.Errorf("%+v", a)
	}
	a = p.theAct(func() error {
		return p.save(d, func(s *account.Settings) {
			s.Addresses, s.Agents, s.DeniedKeys = models.Truncate, models.Drop, " *secret*\r\n\r\npin\npin \n"
		})
	})
	was := strings.ReplaceAll(models.DefaultDeniedKeys, "\n", `", "`)
	if said(a) != `settings_updated, addresses: "keep" → "truncate", agents: "keep" → "drop", denied_keys: ["`+was+`"] → ["*secret*", "pin"]` {
		t.Error(said(a))
	}
	w, err := p.accounts.Workspace(t.Context(), "acme-studio")
	if err != nil || w.TimeZone != "Canada/Newfoundland" || *w.NextTimeZone != "Asia/Kolkata" || account.SettingsOf(w).TimeZone != "Asia/Kolkata" || w.Version != 3 || w.DeniedKeys != "*secret*\npin" {
		t.Errorf("%+v, %v", w, err)
	}
	_, err = p.accounts.Workspace(t.Context(), "acme")
	refused(t, err, models.NotFound, "workspace")
	p.nothing(func() {
		if err := p.save(d, func(*account.Settings) {}); err != nil {
			t.Error(err)
		}
	})
	// Back to the zone that it still has: nothing is to be counted any more.
	a = p.theAct(func() error {
		return p.save(d, func(s *account.Settings) { s.TimeZone = "Canada/Newfoundland" })
	})
	if said(a) != `settings_updated, time_zone: "Asia/Kolkata" → "Canada/Newfoundland"` || ask[int](p, `SELECT count(*) FROM workspaces WHERE next_time_zone IS NOT NULL`) != 0 {
		t.Error(said(a))
	}
}

func TestSettingsThatAreNotSaved(t *testing.T) {
	p := newPlace(t)
	p.role(p.charlie, models.Admin)
	p.workspace("globex")
	p.nothing(func() {
		d := p.as(p.amara)
		refused(t, p.save(d, func(s *account.Settings) {
			s.Name, s.Slug, s.TimeZone, s.WeekStart, s.Statistics = "", "A b", "Mars/Base", 8, "everybody"
		}), models.Invalid, "name", "slug", "time_zone", "week_start", "statistics")
		refused(t, p.save(d, func(s *account.Settings) { s.Addresses, s.Agents, s.DeniedKeys = "", models.Truncate, "fine\n*" }), models.Invalid, "addresses", "agents", "denied_keys")
		for _, zone := range []string{"", "Local"} {
			refused(t, p.save(d, func(s *account.Settings) { s.TimeZone = zone }), models.Invalid, "time_zone")
		}
		refused(t, p.save(d, func(s *account.Settings) { s.Slug = "globex" }), models.Conflict, "slug")
		refused(t, p.save(d, func(s *account.Settings) { s.Slug = "daybook" }), models.Conflict, "slug")
		err := p.save(d, func(s *account.Settings) { s.Name, s.Version = "X", 7 })
		refused(t, err, models.Conflict, "version")
		if err == nil || !strings.Contains(err.Error(), "ACME (acme), open, time zone Canada/Newfoundland") {
			t.Error(err)
		}
		refused(t, p.save(p.as(p.bob), func(s *account.Settings) { s.Name = "X" }), models.Forbidden)
		builtIn := account.CommandLine(&models.Workspace{ID: models.BuiltInWorkspace})
		_, err = p.accounts.SaveSettings(t.Context(), builtIn, account.Settings{Name: "X", Slug: "x", TimeZone: "UTC", WeekStart: 1, Statistics: models.ForMembers, Addresses: models.Keep, Agents: models.Keep})
		refused(t, err, models.Invalid, "slug")
	})
	if err := p.save(p.as(p.charlie), func(s *account.Settings) { s.Name = "By an admin" }); err != nil {
		t.Error(err)
	}
}

func TestAnArchivedWorkspaceIsReadAndTakesNothing(t *testing.T) {
	p := newPlace(t)
	p.role(p.charlie, models.Admin)
	saw := p.settings().Version
	p.nothing(func() {
		refused(t, p.accounts.ArchiveWorkspace(t.Context(), p.as(p.bob), true, 0), models.Forbidden)
		refused(t, p.accounts.ArchiveWorkspace(t.Context(), p.as(p.charlie), true, 0), models.Forbidden) // for owners
		refused(t, p.accounts.ArchiveWorkspace(t.Context(), account.CommandLine(&models.Workspace{ID: models.BuiltInWorkspace}), true, 0), models.Invalid, "workspace")
	})
	a := p.theAct(func() error { return p.accounts.ArchiveWorkspace(context.Background(), p.as(p.amara), true, saw) })
	if said(a) != `archived, archived_at: null → "2026-01-31T12:00:00Z"` || a.Workspace != p.acme.ID {
		t.Error(said(a))
	}
	p.nothing(func() {
		refused(t, p.accounts.ArchiveWorkspace(t.Context(), p.as(p.amara), false, saw), models.Conflict, "version")
		if err := p.accounts.ArchiveWorkspace(t.Context(), p.as(p.amara), true, 0); err != nil {
			t.Error(err)
		}
		v, err := access.New(p.db).Enter(t.Context(), access.Principal{User: p.bob}, "acme")
		if err != nil {
			t.Fatal("reading:", err)
		}
		from := ingest.Sender{Workspace: v.Workspace, Source: ingest.ImportSource(v.Workspace.ID)}
		event := []byte(`{"actor": {"id": "a"}, "action": "created"}`)
		_, one := p.in.SendOne(t.Context(), from, event, "")
		_, array := p.in.SendArray(t.Context(), from, []byte("["+string(event)+"]"))
		_, lines := p.in.SendLines(t.Context(), from, strings.NewReader(string(event)), ingest.Stream{Ready: func(context.Context) error { return nil }})
		for how, err := range map[string]error{"one": one, "an array": array, "lines": lines} {
			if models.KindOf(err) != models.Conflict || !strings.Contains(err.Error(), "archived") {
				t.Errorf("%s: %v", how, err)
			}
		}
	})
	if a := p.theAct(func() error { return p.accounts.ArchiveWorkspace(context.Background(), p.as(p.amara), false, 0) }); said(a) != `unarchived, archived_at: "2026-01-31T12:00:00Z" → null` {
		t.Error(said(a))
	}
}

// Whoever streams when the workspace is archived is told with the next lines that are to be committed.
func TestLinesUnderWayWhenAWorkspaceIsArchived(t *testing.T) {
	p := newPlace(t)
	from := ingest.Sender{Workspace: *p.acme, Source: ingest.ImportSource(p.acme.ID)}
	lines := strings.Repeat(`{"actor": {"id": "a"}, "action": "created"}`+"\n", 1200)
	commits := 0
	r, err := p.in.SendLines(t.Context(), from, strings.NewReader(lines), ingest.Stream{Ready: func(context.Context) error {
		if commits++; commits == 2 {
			return p.accounts.ArchiveWorkspace(context.Background(), p.as(p.amara), true, 0)
		}
		return nil
	}})
	if models.KindOf(err) != models.Conflict || r.Accepted != 500 || r.Lines != 500 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWorkspacesAreFoundedByInstanceAdmins(t *testing.T) {
	p := newPlace(t)
	root := account.CommandLine(nil)
	n := account.NewWorkspace{Slug: "initech", Name: "Initech", TimeZone: "Asia/Kolkata"}
	p.nothing(func() {
		for who, d := range map[string]account.Doer{"an owner": p.as(p.amara), "nobody": account.InstanceDoer(access.Principal{}), "a user": account.InstanceDoer(access.Principal{User: p.amara})} {
			if _, err := p.accounts.FoundWorkspace(t.Context(), d, n, nil); models.KindOf(err) != models.Forbidden {
				t.Errorf("%s: %v", who, err)
			}
			if _, err := p.accounts.FoundWorkspaceOf(t.Context(), d, n, ""); models.KindOf(err) != models.Forbidden {
				t.Errorf("%s: %v", who, err)
			}
		}
		_, err := p.accounts.FoundWorkspace(t.Context(), root, account.NewWorkspace{Slug: "acme", Name: "Acme"}, nil)
		refused(t, err, models.Conflict, "slug")
	})
	acts := p.acts(func() {
		if _, err := p.accounts.FoundWorkspace(t.Context(), root, n, p.charlie); err != nil {
			t.Fatal(err)
		}
	})
	if len(acts) != 2 || acts[0].Action != "created" || said(acts[1]) != `member_added, role: null → "owner"` {
		t.Errorf("%+v", acts)
	}
	list, _, err := p.accounts.WorkspaceLines(t.Context(), root, account.ListFilter{})
	if err != nil || len(list) != 3 || list[0].Slug != "acme" || list[2].Slug != "initech" {
		t.Errorf("%+v, %v", list, err)
	}
}

package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/ingest"
	"daybook/services/journal"
)

// mark is the instance setting that makes a database a demo. Its value is the moment its story was told for.
const mark = "demo"

// Filler fills a database, through the services that real users and applications go through.
type Filler struct {
	Database *database.Database
	Auth     *auth.Service
	Ingest   *ingest.Service
	Journal  *journal.Journal
	Keys     auth.Keys // passwords are made from them, so that each data folder has its own
}

// SignIn is an account of the demo.
type SignIn struct {
	Name, Email, Password, Hint string
}

// IsDemo tells whether a database was filled by us.
func IsDemo(ctx context.Context, accounts *account.Service) (bool, error) {
	told, err := accounts.Setting(ctx, mark)
	return told != "", err
}

// Fill fills an empty database and gives the accounts. A database that is a demo already is left as it is, but for what a Fill that was
// interrupted did not reach. Any other database is refused.
func (f Filler) Fill(ctx context.Context, accounts *account.Service, now time.Time) ([]SignIn, error) {
	told, err := accounts.Setting(ctx, mark)
	if err != nil {
		return nil, err
	}
	if told == "" {
		empty, err := accounts.IsEmpty(ctx)
		if err != nil {
			return nil, err
		}
		if !empty {
			return nil, models.Errorf(models.Conflict, "This database is in use and is no demo. Choose another data folder for a demo, with DAYBOOK_DATA.")
		}
		told = now.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
		if err := accounts.Set(ctx, mark, told); err != nil {
			return nil, err
		}
	}
	at, err := time.Parse(time.RFC3339Nano, told)
	if err != nil {
		return nil, fmt.Errorf("the mark of the demo: %w", err)
	}
	story := Tell(at)
	signIns := f.signIns(story)
	if done, err := accounts.Setting(ctx, mark+"_filled"); err != nil || done != "" {
		return signIns, err
	}
	if err := f.settle(ctx, story, signIns, at); err != nil {
		return nil, err
	}
	return signIns, accounts.Set(ctx, mark+"_filled", "true")
}

func (f Filler) signIns(story Story) []SignIn {
	var out []SignIn
	for _, p := range story.People {
		if p.SignIn {
			out = append(out, SignIn{Name: p.Name, Email: p.Email, Password: passphrase(f.Keys.For("demo/" + p.Email)), Hint: p.Hint})
		}
	}
	return out
}

// settle makes workspace, users, projects and access as of the day the story begins, and then sends its events. What is there already is passed over.
func (f Filler) settle(ctx context.Context, story Story, signIns []SignIn, at time.Time) error {
	begin := at.AddDate(0, 0, -Days)
	accounts := account.New(f.Database, f.Ingest, f.Auth, func() time.Time { return begin })
	w, err := accounts.CreateWorkspace(ctx, account.NewWorkspace{Slug: story.Workspace.Slug, Name: story.Workspace.Name, TimeZone: story.Workspace.TimeZone}, models.Itself)
	if models.KindOf(err) == models.Conflict {
		w, err = accounts.Workspace(ctx, story.Workspace.Slug)
	}
	if err != nil {
		return err
	}
	if err := settlePeople(ctx, accounts, w, story, signIns); err != nil {
		return err
	}
	for _, p := range story.Projects {
		if err := settleProject(ctx, accounts, w, p); err != nil {
			return err
		}
	}
	return f.tellAll(ctx, w, story.Events)
}

func settlePeople(ctx context.Context, accounts *account.Service, w *models.Workspace, story Story, signIns []SignIn) error {
	next := 0
	for _, p := range story.People {
		if !p.SignIn {
			continue
		}
		user, err := accounts.CreateUser(ctx, account.NewUser{
			Email: p.Email, Name: p.Name, Username: p.Username, Password: signIns[next].Password, InstanceAdmin: p.InstanceAdmin,
		}, models.Itself)
		next++
		if models.KindOf(err) == models.Conflict {
			user, err = accounts.User(ctx, p.Email)
		}
		if err != nil {
			return err
		}
		if err := accounts.AddMember(ctx, account.NewMember{Workspace: w, User: user, Role: p.Role, Actor: p.ActorID}, models.Itself); err != nil {
			return err
		}
	}
	return nil
}

func settleProject(ctx context.Context, accounts *account.Service, w *models.Workspace, p Project) error {
	for _, member := range p.Members {
		if err := accounts.Grant(ctx, account.Access{Workspace: w, Project: p.ExternalID, Actor: member}, models.Itself); err != nil {
			return err
		}
	}
	// Last, for nobody gets access to a project that is archived.
	wanted := models.Project{ExternalID: p.ExternalID, Visibility: p.Visibility, ArchivedAt: p.ArchivedAt}
	return accounts.ArrangeProject(ctx, w, wanted, models.Itself)
}

// tellAll sends the events as an application would: as lines.
func (f Filler) tellAll(ctx context.Context, w *models.Workspace, events []models.Event) error {
	r, lines := io.Pipe()
	defer func() { _ = r.Close() }() // whatever ends the sending ends the telling too
	go func() {
		enc := json.NewEncoder(lines)
		var err error
		for i := range events {
			if err = enc.Encode(wire(&events[i])); err != nil {
				break
			}
		}
		_ = lines.CloseWithError(err)
	}()
	_, err := f.Ingest.SendLines(ctx, ingest.Sender{Workspace: *w, Source: ingest.ImportSource(w.ID)}, r, ingest.Stream{
		Ready: func(ctx context.Context) error { return f.Journal.WaitUntilReady(ctx, time.Minute) },
		Bad:   func(line int, err error) error { return errors.Join(fmt.Errorf("event %d of the story", line), err) },
	})
	if err != nil {
		return err
	}
	return f.Journal.Drain(ctx)
}

// wire is an event in the form that applications send (design.md §7.1).
func wire(ev *models.Event) map[string]any {
	out := map[string]any{
		"id": ev.UUID, "actor": wireActor(&ev.Actor), "action": ev.Action, "description": ev.Description, "changes": ev.Changes, "outcome": ev.Outcome, "system": ev.System,
		"correlation_id": ev.CorrelationID, "ip_address": ev.IP, "user_agent": ev.UserAgent, "occurred_at": ev.OccurredAt, "resource": ev.Entity, "project": ev.Project,
	}
	if ev.Metadata != nil {
		out["metadata"] = ev.Metadata
	}
	if ev.OnBehalfOf != nil {
		out["on_behalf_of"] = wireActor(ev.OnBehalfOf)
	}
	return out
}

func wireActor(a *models.ActorRef) map[string]any {
	return map[string]any{"id": a.ID, "name": a.Name, "type": a.Type, "email": a.Email, "role": a.Role}
}

// passphrase spells a key as four short groups that can be typed.
func passphrase(key []byte) string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789" // none that look alike
	out := make([]byte, 0, 19)
	for i := range 16 {
		if i > 0 && i%4 == 0 {
			out = append(out, '-')
		}
		out = append(out, letters[int(key[i])%len(letters)])
	}
	return string(out)
}

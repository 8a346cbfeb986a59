package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/database"
	"daybook/services/erasure"
	"daybook/services/ingest"
	"daybook/services/vocabulary"
)

// Parts are what the service works with.
type Parts struct {
	Access  *access.Service
	Account *account.Service
	Ingest  *ingest.Service
}

// Service makes personal reports.
type Service struct {
	Parts
	pool  *pgxpool.Pool
	words *vocabulary.Reader
	now   func() time.Time
	turns chan struct{}
	busy  sync.Map // by user, for whom a report is being made

	waitAtMost time.Duration
}

// New makes the service.
func New(db *database.Database, p Parts, now func() time.Time) *Service {
	return &Service{Parts: p, pool: db.Pool, words: vocabulary.NewReader(db.Pool), now: now, turns: make(chan struct{}, mostAtOnce), waitAtMost: waitAtMost}
}

// Report is a report that somebody may have.
type Report struct {
	service *Service
	by      account.Doer
	asked   asked
	who     erasure.Identity
	places  []*place
	at      time.Time
	end     func() // ends its turn; nil: it has none
}

// Of prepares the report of an actor of the doer's workspace, or of a user, for whoever may manage them. By whom they are not managed wholly, by what they left in
// this workspace and at sign-in.
func (s *Service) Of(ctx context.Context, d account.Doer, actor, user int64) (*Report, error) {
	if d.Workspace == nil {
		switch {
		case d.Role < access.Instance:
			return nil, models.Errorf(models.Forbidden, "Only instance admins may do this.")
		case user == 0:
			return nil, nobody()
		}
		return s.begin(ctx, d, asked{user: user, all: true})
	}
	p, err := s.Account.PersonOf(ctx, d, actor, user)
	if err != nil {
		return nil, err
	}
	ask := asked{workspace: d.Workspace.ID, all: d.Role >= access.Instance}
	for _, a := range p.Actors {
		ask.actors = append(ask.actors, a.ID)
	}
	switch {
	case p.Kind == account.Anonymised:
		return nil, nothingLeft()
	case p.Kind == account.Agents:
		return nil, models.Errorf(models.Invalid, "%s is no person. Reports are of people.", p.Name)
	case p.UserID == nil:
		return s.begin(ctx, d, ask)
	}
	ask.user = *p.UserID
	may, err := s.Account.PowersOver(ctx, d, p)
	if err != nil {
		return nil, err
	}
	if !may.Manage && !isSelf(d, p) {
		return nil, models.Errorf(models.Forbidden, "%s", may.WhyNot)
	}
	ask.all = ask.all || isSelf(d, p)
	return s.begin(ctx, d, ask)
}

func isSelf(d account.Doer, p *account.Person) bool {
	return d.User != nil && p.UserID != nil && *p.UserID == d.User.ID
}

// Own prepares somebody's report of themselves.
func (s *Service) Own(ctx context.Context, u *models.User) (*Report, error) {
	return s.begin(ctx, account.Doer{User: u, Ref: models.UserActor(u)}, asked{user: u.ID, all: true})
}

func nobody() error { return models.Errorf(models.NotFound, "There is no such person here.") }

func nothingLeft() error {
	return models.Errorf(models.Gone, "This person was anonymised. Nothing is left to report.")
}

// asked is of whom a report is.
type asked struct {
	user      int64
	actors    []int64
	workspace uuid.UUID // where it was asked for; uuid.Nil: nowhere
	all       bool      // it tells of other workspaces, too
}

func (s *Service) begin(ctx context.Context, d account.Doer, ask asked) (*Report, error) {
	r := &Report{service: s, by: d, asked: ask, at: s.now().UTC()}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var err error
		r.who, err = erasure.Identify(ctx, database.PgxTx(tx), ask.user, ask.actors)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case r.who.User == nil && len(r.who.Actors) == 0:
		return nil, nobody()
	case r.who.Erased:
		return nil, nothingLeft()
	}
	return r, r.findPlaces(ctx, ask)
}

// record records that the report is made: in the workspace where it was asked for, else in the built-in one.
func (r *Report) record(ctx context.Context) error {
	act := ingest.Act{Workspace: models.BuiltInWorkspace, Part: "privacy", Event: models.Event{Actor: r.by.Ref, Action: "report_made"}}
	id, kind := r.who.UserID, "user"
	if r.asked.workspace != uuid.Nil {
		act.Workspace = r.asked.workspace
		for _, a := range r.who.Actors {
			if a.WorkspaceID == r.asked.workspace && a.MergedInto == nil {
				id, kind = a.ExternalID, "actor"
			}
		}
	}
	name := r.who.Name
	act.Event.Entity = &models.EntityRef{Type: kind, ID: &id, Name: &name}
	err := pgx.BeginFunc(ctx, r.service.pool, func(tx pgx.Tx) error { return r.service.Ingest.Record(ctx, database.PgxTx(tx), act) })
	if err != nil {
		return fmt.Errorf("record a report: %w", err)
	}
	return nil
}

// FileName is what the file is called: without a name in it, for folders of downloads are seen by others.
func (r *Report) FileName() string {
	return "personal-report-" + strings.ReplaceAll(r.at.Format(time.DateOnly), ":", "") + ".zip"
}

// Called is Of for somebody by what the sending application calls them.
func (s *Service) Called(ctx context.Context, d account.Doer, externalID string) (*Report, error) {
	unknown := models.FieldErrorf(models.NotFound, "actor", "there is nobody who is called %q by applications", externalID)
	if models.CheckID("actor", externalID) != nil {
		return nil, unknown // no text that the database could hold
	}
	var id int64
	err := s.pool.QueryRow(ctx, `SELECT id FROM actors WHERE workspace_id = $1 AND external_id = $2`, d.Workspace.ID, externalID).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknown
	} else if err != nil {
		return nil, fmt.Errorf("find an actor: %w", err)
	}
	return s.Of(ctx, d, id, 0)
}

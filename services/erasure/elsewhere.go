package erasure

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/database"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/journal"
	"daybook/services/mention"
	"daybook/services/privacy"
	"daybook/services/savedview"
	"daybook/services/vocabulary"
)

// rewriter replaces in texts of a workspace that stand beside activities.
type rewriter func(ctx context.Context, tx database.Tx, p database.Piece, r database.Replace) (database.Done, error)

// rewriters are those of everything that people typed in a workspace, by what is counted; what belongs to nobody else's kind is not counted.
var rewriters = []struct {
	kind    string
	rewrite rewriter
}{
	{"project_names", account.RewriteProjects},
	{"", account.RewriteWorkspace},
	{"", account.RewriteActors},
	{"", auth.RewriteTokens},
	{"others_views", savedview.Rewrite},
	{"", export.Rewrite},
	{"", privacy.RewritePurges},
	{"", privacy.RewriteHolds},
	{"words", vocabulary.Rewrite},
}

// elsewhere replaces what stands beside activities: in events that were rejected, filters, and what things are called. It tells whether there is more for
// the next turn.
func (s *Service) elsewhere(ctx context.Context, tx pgx.Tx, g *going) (more bool, err error) {
	for i := range g.parts {
		if more, err := s.beside(ctx, tx, g, &g.parts[i]); more || err != nil {
			return more, err
		}
	}
	return false, nil
}

// beside goes on with what stands beside the activities of one workspace, one kind after the other, for as long as the turn lasts.
func (s *Service) beside(ctx context.Context, tx pgx.Tx, g *going, p *part) (more bool, err error) {
	if p.beside > len(rewriters) {
		return false, nil
	}
	d := s.decisionsOf(g)
	if err := d.read(ctx, tx, g.ID, p.workspace, nil); err != nil {
		return false, err
	}
	w := &writing{looking: newLooking(p.workspace, g.terms.Workspaces[p.workspace], d.verdict)}
	for begun := false; p.beside <= len(rewriters) && !(begun && g.isOver()); begun = true {
		kind, done, err := w.piece(ctx, tx, p, g.isOver)
		if err != nil {
			return false, err
		}
		if kind != "" && done.Changed > 0 {
			g.Elsewhere[kind] += done.Changed
		}
		if p.besideAfter = done.Last; !done.More {
			p.beside, p.besideAfter = p.beside+1, ""
		}
	}
	if more = p.beside <= len(rewriters); !more {
		if err := auth.ForgetMessages(ctx, database.PgxTx(tx), w.looking.isIn); err != nil {
			return false, err
		}
	}
	if err := g.keep(ctx, tx, w.doubts, d); err != nil {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE erasure_workspaces SET beside = $3, beside_after = $4 WHERE erasure_id = $1 AND workspace_id = $2`, g.ID, p.workspace, p.beside, p.besideAfter)
	if err != nil {
		return false, fmt.Errorf("save how far an erasure is: %w", err)
	}
	return more, nil
}

// piece does the next piece of the kind that is next, and tells as what it is counted. The last kind is the events that were rejected.
func (w *writing) piece(ctx context.Context, tx pgx.Tx, p *part, enough func() bool) (kind string, done database.Done, err error) {
	piece := database.Piece{Workspace: p.workspace, After: p.besideAfter, Enough: enough}
	if p.beside == len(rewriters) {
		done, err = journal.RewriteRejected(ctx, tx, piece, w.event)
		return rejectedTarget, done, err
	}
	next := rewriters[p.beside]
	done, err = next.rewrite(ctx, database.PgxTx(tx), piece, w.replace)
	return next.kind, done, err
}

// besideAgain has an erasure go once more through what stands beside activities.
func besideAgain(ctx context.Context, tx database.Tx, id uuid.UUID) error {
	if _, err := tx.Exec(ctx, `UPDATE erasure_workspaces SET beside = 0, beside_after = '' WHERE erasure_id = $1`, id); err != nil {
		return fmt.Errorf("look again for somebody: %w", err)
	}
	return nil
}

// writing replaces in texts, and collects what is doubtful.
type writing struct {
	looking *looking
	only    map[[2]string]bool // the things whose finds are wanted, by target and id; nil: none
	doubts  []place
	finds   map[place]mention.Find
}

// isIn tells whether the person is, or may be, named in a text.
func (l *looking) isIn(text string) bool {
	_, finds := l.finder.Text("", text, mention.Context{}, nil)
	return len(finds) > 0
}

// rejectedTarget is the target of places in rejected events.
const rejectedTarget = "rejected"

func (w *writing) event(id int64, ev models.Event) (models.Event, bool) {
	number := strconv.FormatInt(id, 10)
	is, f := w.looking.event(ev, rejectedTarget, number)
	w.note(f, rejectedTarget, number)
	return is, f.changed
}

func (w *writing) replace(at database.Place, text string) string {
	l := w.looking
	var f found
	decide := l.decide(&f, at.Target, at.ID)
	var is string
	var finds []mention.Find
	switch {
	case strings.HasSuffix(at.Path, "/query"):
		is, finds = l.inFilter(at.Path, text, decide)
	case strings.HasSuffix(at.Path, "/selection"):
		var value json.RawMessage
		value, finds = l.finder.JSON(at.Path, json.RawMessage(text), mention.Context{AnyCase: true}, decide)
		is = string(value)
	case at.Target == actorTarget && at.Path == nameOfActor:
		is, finds = l.otherName(at.Path, text, decide)
	case at.Path == "/id" || at.Path == "/entity_id":
		is, finds = l.finder.Text(at.Path, text, mention.Context{}, decide)
	default:
		is, finds = l.finder.Text(at.Path, text, mention.Context{}, decide)
	}
	l.note(&f, finds)
	w.note(f, at.Target, at.ID)
	if !f.changed {
		return text
	}
	return is
}

func (w *writing) note(f found, target, id string) {
	w.doubts = append(w.doubts, w.looking.open(f, target, id)...)
	if !w.only[[2]string{target, id}] {
		return
	}
	for _, each := range f.doubtful {
		p := place{w.looking.workspace, target, id, each.Place, string(each.Kind)}
		if _, there := w.finds[p]; !there {
			w.finds[p] = each
		}
	}
}

// inFilter looks at a filter in its canonical text. Where it asks for actors, who is named is known; the rest of it is text.
func (l *looking) inFilter(path, text string, decide mention.Decide) (string, []mention.Find) {
	query, err := url.ParseQuery(text)
	c := mention.Context{AnyCase: true}
	if err != nil {
		return l.finder.Text(path, text, c, decide)
	}
	f, err := feed.Parse(query, time.Unix(0, 0).UTC())
	if err != nil {
		return l.finder.Text(path, text, c, decide)
	}
	var finds []mention.Find
	for _, names := range []*[]string{&f.Actors, &f.ActorNames, &f.Not.Actors, &f.Not.ActorNames} {
		for i, name := range *names {
			value, some := l.finder.JSON(path+"/actor", personAt(name), c, decide)
			finds = append(finds, some...)
			(*names)[i] = nameIn(value, name)
		}
	}
	is := f.String()
	if len(finds) == 0 {
		is = text
	}
	again, some := l.finder.Text(path, is, c, decide)
	finds = append(finds, some...)
	if again == is {
		return is, finds
	}
	return canonical(again), finds
}

// personAt puts a name where the key says that it is somebody's.
func personAt(name string) json.RawMessage {
	value, _ := json.Marshal(map[string]string{"actor": name}) // texts always can be
	return value
}

func nameIn(value json.RawMessage, name string) string {
	var read map[string]string
	if json.Unmarshal(value, &read) != nil || read["actor"] == "" {
		return name
	}
	return read["actor"]
}

// canonical writes a filter that was replaced in as filters are written. One that cannot be read any more asks for nothing.
func canonical(text string) string {
	query, err := url.ParseQuery(text)
	if err != nil {
		return ""
	}
	f, err := feed.Parse(query, time.Unix(0, 0).UTC())
	if err != nil {
		return ""
	}
	return f.String()
}

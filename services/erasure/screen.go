package erasure

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/journal"
	"daybook/services/mention"
)

// Screen takes those who were forgotten out of events that are about to be posted: as the actor, the one it was done for, or a person it was done to.
// They are known by the hashes of external ids and addresses alone, so a text that names them without being about them is posted as it is.
func (s *Service) Screen(ctx context.Context, tx pgx.Tx, events []journal.Screened) error {
	wary, err := waryWorkspaces(ctx, tx, events)
	if err != nil || len(wary) == 0 {
		return err
	}
	ours, err := ourSources(ctx, tx, events)
	if err != nil {
		return err
	}
	asked := s.inquire(events, wary, ours)
	if err := asked.lookUp(ctx, tx); err != nil || len(asked.found) == 0 {
		return err
	}
	for i := range events {
		if !wary[events[i].Workspace] {
			continue
		}
		screened := screening{Event: *events[i].Event, workspace: events[i].Workspace, ours: ours[events[i].Source], asked: asked}
		if screened.takeOut() {
			*events[i].Event, events[i].Changed = screened.Event, true
		}
	}
	return nil
}

// waryWorkspaces are those of the events in which anybody was forgotten.
func waryWorkspaces(ctx context.Context, tx pgx.Tx, events []journal.Screened) (map[uuid.UUID]bool, error) {
	all := map[uuid.UUID]bool{}
	var ids []uuid.UUID
	for _, e := range events {
		if !all[e.Workspace] {
			all[e.Workspace] = true
			ids = append(ids, e.Workspace)
		}
	}
	rows, err := tx.Query(ctx, `SELECT id FROM unnest($1::uuid[]) AS w (id) WHERE EXISTS (SELECT FROM forgotten f WHERE f.workspace_id = w.id)`, ids)
	if err != nil {
		return nil, fmt.Errorf("look for who was forgotten: %w", err)
	}
	wary := map[uuid.UUID]bool{}
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
		wary[id] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for who was forgotten: %w", err)
	}
	return wary, nil
}

// ourSources are those of the sources of the events that are parts of Daybook.
func ourSources(ctx context.Context, tx pgx.Tx, events []journal.Screened) (map[int64]bool, error) {
	all, ours := map[int64]bool{}, map[int64]bool{}
	for _, e := range events {
		all[e.Source] = true
	}
	rows, err := tx.Query(ctx, `SELECT id FROM sources WHERE id = ANY ($1) AND `+isOurs, slices.Collect(maps.Keys(all)))
	if err != nil {
		return nil, fmt.Errorf("look for Daybook's own sources: %w", err)
	}
	var id int64
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
		ours[id] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for Daybook's own sources: %w", err)
	}
	return ours, nil
}

// named is what an event calls somebody.
type named struct {
	workspace uuid.UUID
	id        string // external id; empty: the address is meant
	email     string
	tagged    string // the address as it is, with something behind a plus that email is without
}

// inquiry asks for all that the events of a batch call people, at once.
type inquiry struct {
	keys  keys
	asked map[named]bool
	found map[named]string // the external ids of who they are now
}

// inquire collects what is to be asked.
func (s *Service) inquire(events []journal.Screened, wary map[uuid.UUID]bool, ours map[int64]bool) *inquiry {
	q := &inquiry{keys: s.keys, asked: map[named]bool{}, found: map[named]string{}}
	for _, e := range events {
		if !wary[e.Workspace] {
			continue
		}
		q.askRef(e.Workspace, &e.Event.Actor)
		q.askRef(e.Workspace, e.Event.OnBehalfOf)
		for _, n := range namesOfEntity(e.Workspace, e.Event.Entity, ours[e.Source]) {
			q.asked[n] = true
		}
	}
	return q
}

func (q *inquiry) askRef(workspace uuid.UUID, ref *models.ActorRef) {
	for _, n := range namesOfRef(workspace, ref) {
		q.asked[n] = true
	}
}

// namesOfRef are the names that tell who an actor is. An external id may be an address.
func namesOfRef(workspace uuid.UUID, ref *models.ActorRef) []named {
	if ref == nil {
		return nil
	}
	names := namesOf(workspace, ref.ID)
	if ref.Email != nil && *ref.Email != "" {
		names = append(names, addressOf(workspace, *ref.Email)...)
	}
	return names
}

// namesOfEntity are those of something that an event was done to, if that is a person. Daybook's own records name who can sign in by the number of their record,
// which is no id of an application.
func namesOfEntity(workspace uuid.UUID, entity *models.EntityRef, ours bool) (names []named) {
	if entity == nil || !mention.PersonType(entity.Type) {
		return nil
	}
	if ours && mention.Numbered(entity.Type) {
		return namesOf(workspace, idOfRecord(entity))
	}
	if entity.ID != nil {
		names = namesOf(workspace, *entity.ID)
	}
	if entity.Name != nil && strings.Contains(*entity.Name, "@") {
		names = append(names, addressOf(workspace, *entity.Name)...)
	}
	return names
}

// idOfRecord is the external id that Daybook gives the user whom a record of its own names by number; empty: it names none.
func idOfRecord(entity *models.EntityRef) string {
	if entity.ID == nil {
		return ""
	}
	id, err := strconv.ParseInt(*entity.ID, 10, 64)
	if err != nil {
		return ""
	}
	return models.UserActor(&models.User{ID: id}).ID
}

func namesOf(workspace uuid.UUID, id string) (names []named) {
	if id != "" {
		names = append(names, named{workspace: workspace, id: id})
	}
	if strings.Contains(id, "@") {
		names = append(names, addressOf(workspace, id)...)
	}
	return names
}

// whoIs gives the external id that somebody who was forgotten has now; empty: nobody was.
func (q *inquiry) whoIs(names []named) string {
	for _, n := range names {
		if is := q.found[n]; is != "" {
			return is
		}
	}
	return ""
}

// screening is one event being looked at.
type screening struct {
	models.Event
	workspace uuid.UUID
	ours      bool // Daybook itself records it
	asked     *inquiry
}

// takeOut replaces who was forgotten, and tells whether anybody was. What the event itself calls them goes from its texts too.
func (s *screening) takeOut() bool {
	own := s.takeOutRef(&s.Actor)
	if own.found {
		if s.IP != nil {
			own.Addresses = append(own.Addresses, mention.NetAddress{Text: *s.IP})
		}
		s.IP, s.UserAgent = nil, nil
	}
	if s.OnBehalfOf != nil {
		ref := *s.OnBehalfOf
		s.OnBehalfOf = &ref
		own.merge(s.takeOutRef(&ref))
	}
	if own.found {
		s.replace(own, true)
	}
	return s.takeOutEntity() || own.found
}

// takenOut is what an event called somebody who was taken out of it.
type takenOut struct {
	mention.Person
	found bool
}

func (t *takenOut) merge(other takenOut) {
	t.found = t.found || other.found
	t.Names, t.Emails, t.IDs = append(t.Names, other.Names...), append(t.Emails, other.Emails...), append(t.IDs, other.IDs...)
}

// add notes what somebody was called. A name that is the id, or an address, is sought as such.
func (t *takenOut) add(id, is, name string) {
	t.found = true
	if strings.Contains(id, "@") {
		t.Emails = append(t.Emails, id)
	} else if id != "" && id != is {
		t.IDs = append(t.IDs, mention.ID{Text: id, Is: is})
	}
	switch {
	case strings.Contains(name, "@"):
		t.Emails = append(t.Emails, name)
	case name != "" && name != models.DeletedName && name != id:
		t.Names = append(t.Names, mention.Name{Text: name})
	}
}

func (s *screening) takeOutRef(ref *models.ActorRef) (t takenOut) {
	is := s.asked.whoIs(namesOfRef(s.workspace, ref))
	if is == "" {
		return t
	}
	t.add(ref.ID, is, ref.Name)
	if ref.Email != nil {
		t.Emails = append(t.Emails, *ref.Email)
	}
	*ref = models.ActorRef{ID: is, Name: models.DeletedName, Type: ref.Type}
	return t
}

func (s *screening) takeOutEntity() bool {
	is := s.asked.whoIs(namesOfEntity(s.workspace, s.Entity, s.ours))
	if is == "" {
		return false
	}
	id, name, deleted := "", "", models.DeletedName
	if s.Entity.ID != nil {
		id = *s.Entity.ID
	}
	if s.Entity.Name != nil {
		name = *s.Entity.Name
	}
	numbered := s.ours && mention.Numbered(s.Entity.Type) // the record stays, and keeps its number
	if numbered {
		id = idOfRecord(s.Entity)
	}
	var t takenOut
	t.add(id, is, name)
	s.replace(t, false)
	entity := *s.Entity
	if entity.Name, s.Entity = &deleted, &entity; !numbered {
		entity.ID = &is
	}
	return true
}

// replace has what somebody was called replaced in the texts of the event. Nobody can be asked: in events of their own, what is called like them is taken
// for them; in those of others, only what is certain.
func (s *screening) replace(t takenOut, own bool) {
	decide := func(_ string, kind mention.Kind) bool { return own && kind == mention.FullName }
	c := mention.Context{Own: own}
	if s.ours {
		c.Numbers = mention.Daybooks
	}
	finder := mention.NewFinder(t.Person)
	s.Event, _ = finder.Event(s.Event, c, decide)
	s.Actor.Name = t.inName(finder, s.Actor.Name)
	if s.OnBehalfOf != nil {
		behalf := *s.OnBehalfOf
		behalf.Name = t.inName(finder, behalf.Name)
		s.OnBehalfOf = &behalf
	}
}

// inName replaces them, for certain, in what somebody else is called. Who is called the same is a namesake.
func (t takenOut) inName(finder *mention.Finder, name string) string {
	if slices.ContainsFunc(t.Names, func(n mention.Name) bool { return folded(n.Text) == folded(name) }) {
		return name
	}
	is, _ := finder.Text("", name, mention.Context{Others: name}, nil)
	return is
}

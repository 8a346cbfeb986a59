package erasure

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/mention"
	"daybook/services/proof"
)

// place is where the person may be meant.
type place struct {
	workspace              uuid.UUID
	target, id, path, kind string
}

// activityTarget is the target of places in activities; their id is the number (seq).
const activityTarget = "activity"

// verdict says of a place whether it is replaced, and whether anybody has decided that.
type verdict func(p place) (replace, decided bool)

// looking looks for a person in a workspace.
type looking struct {
	workspace uuid.UUID
	known     known
	finder    *mention.Finder
	names     map[string]bool // folded: whether somebody else of the workspace is called so
	ids       map[string]bool // external ids, as they were and are
	ours      map[int64]bool  // the sources that are parts of Daybook
	verdict   verdict
	calm      map[string]bool // names of others in which the person is not
	asked     map[place]bool  // doubts in names of others that were told already
}

func newLooking(workspace uuid.UUID, k known, v verdict) *looking {
	l := &looking{workspace: workspace, known: k, finder: mention.NewFinder(k.Person), names: map[string]bool{}, ids: map[string]bool{}, verdict: v, calm: map[string]bool{}, asked: map[place]bool{}}
	for _, name := range k.Person.Names {
		l.names[folded(name.Text)] = name.Shared
	}
	l.ours = map[int64]bool{}
	for _, source := range k.Ours {
		l.ours[source] = true
	}
	for _, id := range k.Person.IDs {
		l.ids[id.Text], l.ids[id.Is] = true, true
	}
	return l
}

// found is what there is of the person in an activity, or in something else.
type found struct {
	is       proof.Subject // what it is to be; of an activity
	own      bool          // it is the person's own
	changed  bool          // it is to be another one
	replaced int           // places that are replaced
	certain  []mention.Find
	doubtful []mention.Find
	actor    string         // of an activity that is not their own: whose it is
	inName   []mention.Find // and what is doubtful in what they are called
	sure     map[place]bool // doubtful places (path and kind) that are no doubt where they stand
}

// isSure tells of a doubtful place that there is no doubt here.
func (f *found) isSure(path, kind string) bool {
	return f.sure[place{path: path, kind: kind}]
}

// in looks at an activity.
func (l *looking) in(s proof.Subject) (f found) {
	a := s.Activity
	own, f0 := l.known.Actors[a.ActorID]
	f.own = f0
	behalf, forThem := "", false
	if a.OnBehalfOfID != nil {
		behalf, forThem = l.known.Actors[*a.OnBehalfOfID]
	}
	theirs := f.own || forThem
	context, id := l.context(a, theirs), strconv.FormatInt(a.Seq, 10)
	read := *a
	if f.own { // which go, whatever is in them
		read.ActorRole, read.UserAgent = nil, nil
	}
	is, finds := l.finder.Activity(read, context, l.decide(&f, activityTarget, id))
	if f.sure = l.surely(finds, theirs, l.ours[a.SourceID]); f.sure != nil {
		f.replaced, f.changed = 0, false
		is, finds = l.finder.Activity(read, context, l.decide(&f, activityTarget, id))
	}
	l.note(&f, finds)
	if !f.own {
		is.ActorName = l.inActorName(&f, a)
	}
	f.is = proof.Subject{Activity: &is, ActorID: s.ActorID, OnBehalfOf: s.OnBehalfOf}
	if f.own {
		if s.ActorID != own && !isTampered(s) || a.ActorName != models.DeletedName || a.ActorRole != nil || a.IP != nil || a.UserAgent != nil {
			f.changed = true
		}
		f.is.ActorID, is.ActorName, is.ActorRole, is.IP, is.UserAgent = own, models.DeletedName, nil, nil, nil
	}
	if forThem && (s.OnBehalfOf == nil || *s.OnBehalfOf != behalf) {
		f.is.OnBehalfOf, f.changed = &behalf, true
	}
	return f
}

// isTampered tells of an activity that was erased, and that nothing verifies, for it was changed behind everybody's back: who it was by is gone as far as it
// can go.
func isTampered(s proof.Subject) bool {
	if !s.IsErased(proof.Who) {
		return false
	}
	same, err := proof.Verify(s)
	return err != nil || !same
}

// context says what is known of where an activity's texts stand. What was done to the person is about them, whoever did it: applications name them by their
// ids, and Daybook names who can sign in by the number of their record.
func (l *looking) context(a *models.Activity, own bool) mention.Context {
	c := mention.Context{Own: own}
	if l.ours[a.SourceID] {
		c.Numbers = mention.Daybooks
	}
	switch {
	case own:
	case l.isCalledLikeThem(a.ActorName):
		c.Namesake = true
	case a.EntityID == nil:
	case l.ours[a.SourceID] && mention.Numbered(a.EntityType):
		c.Own = l.known.User != "" && *a.EntityID == l.known.User
		c.Entity = c.Own
	default:
		c.Own = mention.PersonType(a.EntityType) && l.ids[*a.EntityID]
		c.Entity = c.Own
	}
	actor, _ := l.otherName(actorNamePut, a.ActorName, nil)
	c.Others = notTheirs(actor, c, a.EntityType, a.EntityName)
	return c
}

// isCalledLikeThem tells whether a name is one of the person's: of an actor who is somebody else, it tells a namesake.
func (l *looking) isCalledLikeThem(name string) bool {
	_, is := l.names[folded(name)]
	return is
}

// surely gives the places that are doubtful in general and not where they stand: in what was done by the person, or for them, whatever is called like them,
// but for what may be a part of a longer name, and for ids, which may be those of things; and in what Daybook itself records a value that is nothing but an id of theirs, or a name that nobody else has. nil: there are none.
func (l *looking) surely(finds []mention.Find, theirs, ours bool) (sure map[place]bool) {
	for _, f := range finds {
		if f.Certain || f.Longer || isOfAThing(f.Place) || !(theirs && l.isTheirName(f) || ours && l.isAllThere(f)) {
			continue
		}
		if sure == nil {
			sure = map[place]bool{}
		}
		sure[place{path: f.Place, kind: string(f.Kind)}] = true
	}
	for _, f := range finds { // who decides, decides of a whole place
		if f.Longer {
			delete(sure, place{path: f.Place, kind: string(f.Kind)})
		}
	}
	if len(sure) == 0 {
		return nil
	}
	return sure
}

// isTheirName tells of what was found in their own whether it is their name: one that is their id but for case is, where it is written as the name is ("Lulu", for lulu).
func (l *looking) isTheirName(f mention.Find) bool {
	if f.Kind != mention.ExternalID {
		return l.isCalledLikeThem(f.Was)
	}
	return !l.ids[f.Was] && slices.ContainsFunc(l.known.Person.Names, func(n mention.Name) bool { return n.Text == f.Was })
}

// isOfAThing tells of a doubtful place that the id of what something was done to stands there, which is no person: a ticket may have the id of one.
func isOfAThing(path string) bool {
	return strings.HasSuffix(path, "/entity/id") || strings.HasSuffix(path, "/entity_id") || strings.HasSuffix(path, "/resource_id")
}

// isAllThere tells of a doubtful place whether it is a whole value that is an id, and no mere number, or a name that nobody else has.
func (l *looking) isAllThere(f mention.Find) bool {
	if f.Lead != "" || f.Tail != "" {
		return false
	}
	switch f.Kind {
	case mention.Part: // others have first names, too
		return false
	case mention.FullName:
		return !l.names[folded(f.Was)]
	}
	_, err := strconv.ParseInt(f.Was, 10, 64)
	return err != nil
}

// decide tells of the doubtful places of something which are replaced, and counts them.
func (l *looking) decide(f *found, target, id string) mention.Decide {
	return func(path string, kind mention.Kind) bool {
		replace, _ := l.verdict(place{l.workspace, target, id, path, string(kind)})
		if replace = replace || f.isSure(path, string(kind)); replace {
			f.replaced++
			f.changed = true
		}
		return replace
	}
}

// note sorts what was found.
func (l *looking) note(f *found, finds []mention.Find) {
	for _, each := range finds {
		if each.Certain {
			f.replaced++
			f.changed = true
			f.certain = append(f.certain, each)
			continue
		}
		f.doubtful = append(f.doubtful, each)
	}
}

// open are the doubts of something that nobody has decided, each place once.
func (l *looking) open(f found, target, id string) (open []place) {
	seen := map[place]bool{}
	for _, each := range f.doubtful {
		p := place{l.workspace, target, id, each.Place, string(each.Kind)}
		if _, decided := l.verdict(p); !decided && !seen[p] && !f.isSure(p.path, p.kind) {
			seen[p] = true
			open = append(open, p)
		}
	}
	return append(open, l.openNames(f)...)
}

// event looks at an event that is not posted: whose it is, it says by external id.
func (l *looking) event(ev models.Event, target, id string) (models.Event, found) {
	var f found
	ids := map[string]string{}
	for _, each := range l.known.Person.IDs {
		ids[each.Text] = each.Is
	}
	own, isOwn := ids[ev.Actor.ID]
	f.own = isOwn
	c := mention.Context{Own: isOwn, Namesake: !isOwn && l.isCalledLikeThem(ev.Actor.Name), Numbers: numbersIn(&ev)}
	var behalf string
	if ev.OnBehalfOf != nil {
		if is, theirs := ids[ev.OnBehalfOf.ID]; theirs {
			behalf, c.Own, c.Namesake = is, true, false
		}
	}
	actor, _ := l.otherName(actorNamePut, ev.Actor.Name, nil)
	if ev.Entity != nil {
		c.Others = notTheirs(actor, c, ev.Entity.Type, ev.Entity.Name)
	} else {
		c.Others = notTheirs(actor, c, "", nil)
	}
	if isOwn {
		ev.Actor.Role, ev.UserAgent = nil, nil
	}
	is, finds := l.finder.Event(ev, c, l.decide(&f, target, id))
	if f.sure = l.surely(finds, c.Own, false); f.sure != nil {
		f.replaced, f.changed = 0, false
		is, finds = l.finder.Event(ev, c, l.decide(&f, target, id))
	}
	l.note(&f, finds)
	if isOwn {
		is.Actor = models.ActorRef{ID: own, Name: models.DeletedName, Type: ev.Actor.Type}
		is.IP, is.UserAgent, f.changed = nil, nil, true
	} else {
		is.Actor = *l.inRef("/actor/name", &is.Actor, &f, l.decide(&f, target, id))
	}
	if behalf != "" {
		is.OnBehalfOf, f.changed = &models.ActorRef{ID: behalf, Name: models.DeletedName, Type: ev.OnBehalfOf.Type}, true
	} else if is.OnBehalfOf != nil {
		is.OnBehalfOf = l.inRef("/on_behalf_of/name", is.OnBehalfOf, &f, l.decide(&f, target, id))
	}
	return is, f
}

// numbersIn says whose the numbers are in an event of which nobody knows any more who sent it: Daybook's own are system rows, or about members.
func numbersIn(ev *models.Event) mention.Numbers {
	if ev.System || ev.Entity != nil && ev.Entity.Type == "workspace_member" {
		return mention.Unknown
	}
	return mention.Applications
}

package mention

import (
	"encoding/json"
	"slices"
	"strconv"

	"daybook/models"
)

// Activity gives a copy of an activity with the person replaced, and where they were, in the order of entity (id, name, address), description, changes,
// metadata, correlation id, role of the actor, agent. The actor's name and address are the caller's. The activity itself is not changed.
func (f *Finder) Activity(a models.Activity, c Context, d Decide) (models.Activity, []Find) {
	e := models.Event{
		Actor: models.ActorRef{Name: a.ActorName, Role: a.ActorRole}, UserAgent: a.UserAgent, Action: a.Action, Entity: &models.EntityRef{Type: a.EntityType, ID: a.EntityID, Name: a.EntityName, URL: a.EntityURL},
		Description: a.Description, Changes: a.Changes, Metadata: a.Metadata, Outcome: a.Outcome, CorrelationID: a.CorrelationID,
	}
	e, finds := f.Event(e, c, d)
	if len(finds) > 0 {
		a.EntityID, a.EntityName, a.EntityURL = e.Entity.ID, e.Entity.Name, e.Entity.URL
		a.Description, a.Changes, a.Metadata, a.CorrelationID = e.Description, e.Changes, e.Metadata, e.CorrelationID
		a.ActorRole, a.UserAgent = e.Actor.Role, e.UserAgent
	}
	return a, finds
}

// Event does the same of an event, one that was rejected or is about to be posted, and of the name and id of its project. Who is actor, and for whom, is the
// caller's.
func (f *Finder) Event(e models.Event, c Context, d Decide) (models.Event, []Find) {
	if !c.Entity && !f.mayHold(&e) {
		return e, nil
	}
	r := replacing{c: c, d: d}
	was := e
	finds := f.entity(&e, r)
	description, inDescription := f.field("/description", e.Description, r)
	inParts := f.changes(&e, r)
	metadata, inMetadata := f.JSON("/metadata", e.Metadata, c, d)
	e.Metadata = metadata
	e.Description = description
	if len(finds)+len(inParts)+len(inMetadata) > 0 {
		if inMade, again := f.describeAgain(&e, was, r); again { // what was doubtful in the old one is not there any more
			inDescription = slices.DeleteFunc(inDescription, func(f Find) bool { return !f.Certain })
			inDescription = append(inDescription, slices.DeleteFunc(inMade, func(f Find) bool { return f.Certain })...)
		}
	}
	finds = append(append(append(finds, inDescription...), inParts...), inMetadata...)
	finds = append(finds, f.optional("/correlation_id", &e.CorrelationID, r)...)
	finds = append(finds, f.optional("/actor_role", &e.Actor.Role, r)...)
	finds = append(finds, f.optional("/user_agent", &e.UserAgent, r)...)
	if e.OnBehalfOf != nil {
		behalf := *e.OnBehalfOf
		e.OnBehalfOf = &behalf
		finds = append(finds, f.optional("/on_behalf_of/role", &behalf.Role, r)...)
	}
	if e.Project != nil {
		project := *e.Project
		e.Project = &project
		id, inID := f.field("/project/id", project.ID, r)
		name, inName := f.field("/project/name", project.Name, r)
		project.ID, project.Name = id, name
		finds = append(append(finds, inID...), inName...)
	}
	return e, finds
}

// mayHold tells quickly whether an event has to be looked at closely.
func (f *Finder) mayHold(e *models.Event) bool {
	for _, text := range []*string{&e.Description, e.CorrelationID, e.Actor.Role, e.UserAgent} {
		if text != nil && mayHold(&f.sieve, *text) {
			return true
		}
	}
	if e.OnBehalfOf != nil && e.OnBehalfOf.Role != nil && mayHold(&f.sieve, *e.OnBehalfOf.Role) {
		return true
	}
	if e.Entity != nil {
		for _, text := range []*string{e.Entity.ID, e.Entity.Name, e.Entity.URL} {
			if text != nil && mayHold(&f.sieve, *text) {
				return true
			}
		}
	}
	if e.Project != nil && (mayHold(&f.sieve, e.Project.ID) || mayHold(&f.sieve, e.Project.Name)) {
		return true
	}
	for _, c := range e.Changes {
		if mayHold(&f.sieve, c.Field) || mayHold(&f.sieve, c.Before) || mayHold(&f.sieve, c.After) {
			return true
		}
	}
	return mayHold(&f.sieve, e.Metadata)
}

// Numbered tells whether Daybook's own records name entities of a type by its numbers for people.
func Numbered(entityType string) bool {
	return entityType == "user" || entityType == "workspace_member"
}

// entity replaces the person in what the event was done to, which may be the person.
func (f *Finder) entity(e *models.Event, r replacing) []Find {
	if e.Entity == nil {
		return nil
	}
	person := PersonType(e.Entity.Type)
	entity := *e.Entity
	e.Entity = &entity
	ofID, ofName, ofURL := r, r, r
	ofID.s = setting{person: person, id: true}
	ofName.s = setting{person: person}
	ofURL.s = setting{url: true, last: person}
	ofID.s.ours = Numbered(entity.Type)
	if !person && entity.ID != nil && number([]rune(*entity.ID)) {
		ofID.s = setting{} // its type says that it is something else
	}
	finds := f.optional("/entity/id", &entity.ID, ofID)
	if entity.Name != nil && *entity.Name != DeletedName && (r.c.Entity || person && isAllOf(finds)) { // whatever it calls them
		name := DeletedName
		finds = append(finds, Find{Place: "/entity/name", Kind: FullName, Certain: true, Was: *entity.Name, Is: name})
		entity.Name = &name
	}
	finds = append(finds, f.optional("/entity/name", &entity.Name, ofName)...)
	return append(finds, f.optional("/entity/url", &entity.URL, ofURL)...)
}

// isAllOf tells whether what was found is the whole text, for certain.
func isAllOf(finds []Find) bool {
	return slices.ContainsFunc(finds, func(f Find) bool { return f.Certain && f.Lead == "" && f.Tail == "" })
}

func (f *Finder) field(place, text string, r replacing) (string, []Find) {
	r.place = place
	return f.text(text, r)
}

// optional replaces the person in a text that may be absent.
func (f *Finder) optional(place string, text **string, r replacing) []Find {
	if *text == nil {
		return nil
	}
	after, finds := f.field(place, **text, r)
	if after != **text {
		*text = &after
	}
	return finds
}

func (f *Finder) changes(e *models.Event, r replacing) []Find {
	var finds []Find
	e.Changes = slices.Clone(e.Changes)
	for i := range e.Changes {
		c := &e.Changes[i]
		place := "/changes/" + strconv.Itoa(i)
		under := r
		under.s = settingOf(c.Field)
		field, inField := f.field(place+"/field", c.Field, r)
		before, inBefore := f.json(place+"/before", c.Before, under)
		after, inAfter := f.json(place+"/after", c.After, under)
		c.Field, c.Before, c.After = field, before, after
		finds = append(append(append(finds, inField...), inBefore...), inAfter...)
	}
	return finds
}

// describeAgain makes the description again where Daybook made it of the parts, in which something was replaced: it tells values without saying what they are,
// and shortens them. It gives what is found in the new one, and whether there is one.
func (f *Finder) describeAgain(e *models.Event, was models.Event, r replacing) (finds []Find, again bool) {
	for _, by := range []models.ActorType{was.Actor.Type, models.ActorUser, models.ActorSystem} {
		was.Actor.Type = by
		if was.Description != models.Describe(&was) {
			continue
		}
		made := *e
		made.Actor.Type = by
		e.Description, finds = f.field("/description", models.Describe(&made), r)
		return finds, true
	}
	return nil, false
}

// Text does the same of a text that stands somewhere else.
func (f *Finder) Text(place, text string, c Context, d Decide) (string, []Find) {
	return f.text(text, replacing{place: place, c: c, d: d})
}

// JSON does the same of a JSON value that stands somewhere else.
func (f *Finder) JSON(place string, text json.RawMessage, c Context, d Decide) (json.RawMessage, []Find) {
	return f.json(place, text, replacing{place: place, c: c, d: d})
}

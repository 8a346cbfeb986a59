package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"daybook/models"
)

// actor reads the actor from its object, or from the short forms actor_id and user_id.
func (p parser) actor(o *object) models.ActorRef {
	shortField, short := o.take(p.out, "actor_id", "user_id")
	field, value := o.take(p.out, "actor")
	if field == "" {
		return models.ActorRef{ID: p.actorID(shortField, short), Type: models.ActorUser}
	}
	if shortField != "" {
		p.out.add(shortField, "says the same as actor.id; send one of them")
	}
	return p.actorRef(field, value)
}

func (p parser) onBehalf(field string, value json.RawMessage) *models.ActorRef {
	if field == "" {
		return nil
	}
	ref := p.actorRef(field, value)
	if ref.ID == "" {
		p.out.add(field+".id", "is required")
	}
	return &ref
}

func (p parser) actorRef(path string, value json.RawMessage) models.ActorRef {
	ref := models.ActorRef{Type: models.ActorUser}
	o := readObject(value, path, p.out)
	if o == nil {
		return ref
	}
	take := func(name string) (string, json.RawMessage) { return o.within(p.out, path, name) }
	ref.ID = p.actorID(take("id"))
	if name := p.text(models.MaxNameBytes)(take("name")); name != nil {
		ref.Name = *name
	}
	ref.Role = p.text(models.MaxTypeBytes)(take("role"))
	field, email := take("email")
	if s := p.text(models.MaxIDBytes)(field, email); s != nil {
		address, err := models.NormaliseEmail(*s)
		if err != nil {
			p.out.add(field, "must be an e-mail address, like amara@example.com")
		}
		ref.Email = &address
	}
	if field, kind := take("type"); field != "" {
		ref.Type = p.actorType(field, kind)
	}
	o.rest(path, p.out, "an actor")
	return ref
}

func (p parser) actorType(field string, value json.RawMessage) models.ActorType {
	s, _ := unquote(value)
	switch t := models.ActorType(s); t {
	case models.ActorUser, models.ActorAgent, models.ActorSystem:
		return t
	}
	p.out.add(field, "must be user, agent or system")
	return ""
}

// entity reads what it was done to: resource, or the flat names of the seeds.
func (p parser) entity(o *object) *models.EntityRef {
	typeField, kind := o.take(p.out, "entity_type", "resource_type")
	idField, id := o.take(p.out, "entity_id", "resource_id")
	nameField, name := o.take(p.out, "entity_name")
	field, value := o.take(p.out, "resource")
	if field == "" {
		if typeField == "" && (strings.HasPrefix(idField, "entity") || nameField != "") {
			typeField = "entity_type" // the name to ask for is the one that goes with the others
		} else if typeField == "" {
			typeField = "resource_type"
		}
		return p.entityRef(typeField, kind, &models.EntityRef{ID: p.name(idField, id), Name: p.text(models.MaxNameBytes)(nameField, name)})
	}
	for _, flat := range []string{typeField, idField, nameField} {
		if flat != "" {
			p.out.add(flat, "says the same as resource; send one of them")
		}
	}
	r := readObject(value, field, p.out)
	if r == nil {
		return nil
	}
	take := func(name string) (string, json.RawMessage) { return r.within(p.out, field, name) }
	ref := &models.EntityRef{
		ID:   p.name(take("id")),
		Name: p.text(models.MaxNameBytes)(take("name")),
		URL:  p.text(models.MaxURLBytes)(take("url")),
	}
	_, kind = take("type")
	r.rest(field, p.out, "a resource")
	return p.entityRef(field+".type", kind, ref)
}

// entityRef completes an entity with its type, which every entity needs; field is the one to blame.
func (p parser) entityRef(field string, kind json.RawMessage, ref *models.EntityRef) *models.EntityRef {
	if kind == nil && *ref == (models.EntityRef{}) {
		return nil
	}
	if kind == nil {
		p.out.add(field, "is required: what sort of thing it is, such as project")
		return ref
	}
	ref.Type = p.word(field, kind, typePattern, "1 to 64 of a-z, 0-9, _, . and -")
	return ref
}

func (p parser) project(path string, value json.RawMessage) *models.ProjectRef {
	if path == "" {
		return nil
	}
	o := readObject(value, path, p.out)
	if o == nil {
		return nil
	}
	ref := &models.ProjectRef{}
	if id := p.name(o.within(p.out, path, "id")); id != nil {
		ref.ID = *id
	} else {
		p.out.add(path+".id", "is required")
	}
	if name := p.text(models.MaxNameBytes)(o.within(p.out, path, "name")); name != nil {
		ref.Name = *name
	}
	o.rest(path, p.out, "a project")
	return ref
}

func (p parser) changes(path string, value json.RawMessage) []models.Change {
	if path == "" {
		return nil
	}
	list, ok := items(value)
	if !ok {
		p.out.add(path, "must be a list of {field, before, after}, not %s", jsonKind(value))
		return nil
	}
	if len(list) > models.MaxChanges {
		p.out.add(path, "has %d items; at most %d are accepted", len(list), models.MaxChanges)
		return nil
	}
	changes := make([]models.Change, 0, len(list))
	for i, item := range list {
		changes = append(changes, p.change(fmt.Sprintf("%s[%d]", path, i), item))
	}
	return changes
}

func (p parser) change(path string, value json.RawMessage) models.Change {
	var c models.Change
	o := readObject(value, path, p.out)
	if o == nil {
		return c
	}
	if name := p.text(models.MaxIDBytes)(o.within(p.out, path, "field")); name != nil {
		c.Field = *name
	} else {
		p.out.add(path+".field", "is required")
	}
	c.Before = p.free(o.within(p.out, path, "before"))
	c.After = p.free(o.within(p.out, path, "after"))
	o.rest(path, p.out, "a change")
	return c
}

func (p parser) metadata(path string, value json.RawMessage) json.RawMessage {
	if path == "" {
		return nil
	}
	if jsonKind(value) != "an object" {
		p.out.add(path, "must be an object, not %s", jsonKind(value))
		return nil
	}
	if text := bytes.Trim(value[1:len(value)-1], blanks); len(text) == 0 {
		return nil
	}
	return p.free(path, value)
}

// free reads a value of the sender's own making, whose depth alone has a limit: the value itself is its first level.
func (p parser) free(path string, value json.RawMessage) json.RawMessage {
	if _, levels := skip(value, 0); levels > models.MaxMetadataDepth {
		p.out.add(path, "is nested deeper than %d levels", models.MaxMetadataDepth)
		return nil
	}
	return value
}

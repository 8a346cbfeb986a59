package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/feed"
	"daybook/views"
)

// userPath is what admins manage of somebody who can sign in.
func userPath(slug string, id int64) string {
	return feedPath(slug) + "/users/" + strconv.FormatInt(id, 10)
}

// actorPath is what admins manage of an actor of nobody's.
func actorPath(slug string, id int64) string {
	return feedPath(slug) + "/actors/" + strconv.FormatInt(id, 10)
}

// managePath is what admins manage of a person of the list.
func managePath(slug string, p *account.Person) string {
	if p.UserID != nil {
		return userPath(slug, *p.UserID)
	}
	return actorPath(slug, p.Actors[0].ID)
}

// personRows are lines of the list of people.
func (w *Web) personRows(c *fiber.Ctx, d account.Doer, list []account.Person) []views.PersonRow {
	var most int64 = 1
	for i := range list {
		most = max(most, list[i].Recent)
	}
	rows := make([]views.PersonRow, len(list))
	for i := range list {
		p := &list[i]
		rows[i] = views.PersonRow{
			Face: faceOf(p), Name: p.Name, You: p.UserID != nil && d.User != nil && *p.UserID == d.User.ID, Href: managePath(d.Workspace.Slug, p), Email: p.Email, Role: roleOf(p),
			Seen: p.LastSeen, Recent: p.Recent, Share: int(p.Recent * 100 / most), State: stateOf(p), Links: rowLinks(d, p),
		}
		r := &rows[i]
		if r.Seen == nil {
			r.SeenOn = p.LastActive
		}
		if p.Namesake {
			r.Note, r.NoteTwice = apart(p), p.Email != "" || p.Kind != account.Agents
		}
		switch {
		case p.ErasedAt != nil:
			r.AnonymisedAt = p.ErasedAt
		case p.Email != "":
		case p.Served > 0:
			r.About = "for " + views.PeopleCount(p.Served)
		case p.Kind == account.Agents:
			r.About = "on its own"
		default:
			r.About, r.Code = p.Actors[0].ExternalID, true
		}
		if len(p.Actors) > 0 {
			r.Activities = w.recentPath(c, p)
		}
	}
	return rows
}

// faceOf is the avatar of a person: that of the actor, as in the feed, where there is one.
func faceOf(p *account.Person) views.Face {
	if len(p.Actors) > 0 {
		a := p.Actors[0]
		return views.Face{Actor: &models.Actor{ID: a.ID, ExternalID: a.ExternalID, Type: a.Type, Name: p.Name}}
	}
	return views.Face{User: *p.UserID}
}

// apart is what tells two people of one name apart.
func apart(p *account.Person) string {
	if p.Email != "" || len(p.Actors) == 0 {
		return p.Email
	}
	return p.Actors[0].ExternalID
}

// roleOf is what somebody is in the workspace.
func roleOf(p *account.Person) string {
	switch {
	case p.Role != "":
		return models.Title(string(p.Role))
	case p.InstanceAdmin:
		return "Instance admin"
	case p.Kind == account.Agents:
		return models.Title(string(p.Actors[0].Type))
	}
	return "None"
}

func stateOf(p *account.Person) views.PersonState {
	switch p.Kind {
	case account.Anonymised:
		return views.PersonState{Word: "Anonymised", Dot: "dot-ring"}
	case account.Deactivated:
		return views.PersonState{Word: "Deactivated", Dot: "dot-danger"}
	case account.Outside:
		return views.PersonState{Word: "No access", Dot: "dot-ring"}
	case account.OnlyRecorded:
		return views.PersonState{Word: "Cannot sign in", Dot: "dot-ring"}
	case account.Agents:
		return views.PersonState{Word: "Software", Dot: "dot-ring"}
	}
	return views.PersonState{Word: "Active", Dot: "dot-ok"}
}

// rowLinks are what one can do with a person; what the viewer may not do is left out.
func rowLinks(d account.Doer, p *account.Person) []views.RowLink {
	slug, at := d.Workspace.Slug, managePath(d.Workspace.Slug, p)
	links := []views.RowLink{{Label: "Open", Icon: "person", Href: at}}
	if len(p.Actors) > 0 {
		links = append(links, views.RowLink{Label: "Activities", Icon: "feed", Href: personPath(slug, p.Actors[0].ID)})
	}
	if p.Kind == account.Anonymised {
		return links
	}
	if p.Kind != account.Agents {
		links = append(links, views.RowLink{Label: "Projects and access", Icon: "project", Href: at + "/projects"})
	}
	switch {
	case d.MayChange(p.Role):
		links = append(links, views.RowLink{Label: "Change role…", Icon: "shield", Href: at + "#role", Rule: true}, views.RowLink{Label: "Remove from workspace…", Icon: "lock", Href: at + "#remove", Danger: true})
	case p.UserID == nil && isMergeable(p):
		links = append(links, views.RowLink{Label: "Merge…", Icon: "people", Href: at + "/merge", Rule: true})
		if p.Kind == account.OnlyRecorded {
			links = append(links, views.RowLink{Label: "Link to a member…", Icon: "link", Href: at + "/link"})
		}
	}
	if d.MayAnonymise(p) && (p.UserID != nil || isMergeable(p)) {
		links = append(links, views.RowLink{Label: "Anonymise…", Icon: "anonymised", Href: at + "/anonymise", Rule: true, Danger: true})
	}
	return links
}

// isMergeable tells whether a person could be the same as another one: what Daybook does itself is nobody else's.
func isMergeable(p *account.Person) bool {
	return len(p.Actors) > 0 && !strings.HasPrefix(p.Actors[0].ExternalID, models.OwnActorPrefix)
}

// recentPath is the feed of what a person did in the last days, under whichever of their actors.
func (w *Web) recentPath(c *fiber.Ctx, p *account.Person) string {
	v := visit.Of(c).Viewer
	f := w.recentFilter(v)
	for _, a := range p.Actors {
		if a.MergedInto == nil {
			f.Actors = append(f.Actors, a.ExternalID)
		}
	}
	return filteredPath(v.Workspace.Slug, f)
}

// recentFilter selects what happened in the last days.
func (w *Web) recentFilter(v access.Viewer) feed.Filter {
	h := history{viewer: v, page: views.HistoryPage{Now: w.config.Now()}}
	return h.recent()
}

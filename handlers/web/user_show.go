package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/views"
	"daybook/views/component"
)

// UserPage shows somebody who can sign in, with what the viewer may do to them.
func (w *Web) UserPage(c *fiber.Ctx) error {
	s, err := w.userOf(c)
	if err != nil {
		return err
	}
	return w.userPage(s, nil, nil)
}

// userPage is the page after a form of it was refused: with what was wrong, and with what was typed.
func (w *Web) userPage(s subject, refusal *views.Refusal, typed url.Values) (err error) {
	page := views.PersonPage{WhyNot: s.may.WhyNot}
	if page.PersonFrame, err = w.frame(s, tabPerson); err != nil {
		return err
	}
	page.Refusal = refusal
	if s.who.ErasedAt != nil {
		page.WhyNot = anonymisedOn(*s.who.ErasedAt, component.NewClock(page.Now, page.Locale))
	}
	if page.Actors = s.knownAs(); !s.may.Actors {
		for i := range page.Actors {
			page.Actors[i].Unlink, page.Actors[i].Unmerge = "", ""
		}
	}
	at := s.path()
	if s.who.Role != "" && s.may.Actors {
		page.Link, page.LinkLabel = at+"/link", "Link an actor…"
	}
	if s.may.Manage {
		page.Record = &views.RecordForm{Action: at + "/edit", Name: s.who.Name, Email: s.who.Email, Username: s.who.Username, Version: s.who.UserVersion}
		if refusal != nil && refusal.Form == "edit" {
			page.Record.Name, page.Record.Email, page.Record.Username = typed.Get("name"), typed.Get("email"), typed.Get("username")
		}
		if page.SignIn, err = w.signInActs(s); err != nil {
			return err
		}
	}
	if len(s.may.Roles) > 0 {
		page.Role = &views.RoleForm{Action: at + "/role", Role: s.who.Role, Roles: s.may.Roles, Version: s.who.MemberVersion, Workspace: s.doer.Workspace.Name}
		if refusal != nil && refusal.Form == "role" && refusal.Outdated == "" {
			page.Role.Role = models.Role(typed.Get("role"))
		}
	}
	if s.may.Instance {
		page.Instance = &views.InstanceForm{Action: at + "/instance-admin", Is: s.who.InstanceAdmin, Version: s.who.UserVersion}
	}
	if s.may.Remove {
		if page.Remove, err = w.removeForm(s); err != nil {
			return err
		}
	}
	return send(s.c, views.Person(page))
}

// knownAs are the actors that somebody is, with how to take each off them.
func (s subject) knownAs() (list []views.KnownAs) {
	named := map[int64]string{}
	along, ours := map[int64]int{}, map[int64]bool{}
	for _, a := range s.who.Actors {
		root := a.ID
		if a.MergedInto != nil {
			root = *a.MergedInto
			along[root]++
		} else {
			named[a.ID] = a.Name
		}
		if s.who.UserID != nil && a.ExternalID == models.UserActor(&models.User{ID: *s.who.UserID}).ID {
			ours[root] = true
		}
	}
	for _, a := range s.who.Actors {
		k := views.KnownAs{
			Actor: models.Actor{ID: a.ID, ExternalID: a.ExternalID, Type: a.Type, Name: a.Name}, Href: personPath(s.slug, a.ID), Version: a.Version, Along: along[a.ID],
		}
		switch {
		case a.MergedInto != nil:
			k.Note, k.Unmerge = "merged into "+named[*a.MergedInto], actorPath(s.slug, a.ID)+"/unmerge"
		case ours[a.ID] && a.ExternalID == models.UserActor(&models.User{ID: *s.who.UserID}).ID:
			k.Note = "Daybook’s own name for them"
		case s.who.UserID != nil && !ours[a.ID]:
			k.Note, k.Unlink = "linked", actorPath(s.slug, a.ID)+"/unlink"
		case s.who.UserID != nil:
			k.Note = "linked"
		case len(s.who.Actors) > 1:
			k.Note = "stands for all of them"
		}
		if s.who.ErasedAt != nil {
			k.Note, k.Unlink, k.Unmerge = "", "", ""
		}
		list = append(list, k)
	}
	return list
}

// signInActs are what an admin does about somebody's way in.
func (w *Web) signInActs(s subject) (*views.SignInActs, error) {
	sessions, tokens, err := w.credentialsOf(s)
	if err != nil {
		return nil, err
	}
	at := s.path()
	a := &views.SignInActs{Version: s.who.UserVersion, Deactivated: s.who.Deactivated, SessionsHref: at + "/sessions", Sessions: len(sessions), Tokens: len(goodTokens(tokens, w.config.Now()))}
	if s.who.Deactivated {
		a.Reactivate = at + "/reactivate"
		return a, nil
	}
	a.Deactivate = at + "/deactivate"
	if !s.isSelf() { // who changes their own on the account page
		a.PasswordLink = at + "/password-link"
	}
	if a.Sessions+a.Tokens > 0 {
		a.SignOut = at + "/sign-out"
	}
	return a, nil
}

func (w *Web) removeForm(s subject) (*views.RemoveForm, error) {
	f := &views.RemoveForm{Action: s.path() + "/remove", Version: s.who.MemberVersion, Workspace: s.doer.Workspace.Name, Own: s.isSelf()}
	projects, err := w.Account.ProjectsOfPerson(s.c.UserContext(), s.doer, s.who, "")
	if err != nil {
		return nil, err
	}
	for _, p := range projects {
		if p.Granted {
			f.Projects++
		}
	}
	f.Tokens, err = w.Account.TokensBoundHere(s.c.UserContext(), s.doer, *s.who.UserID)
	return f, err
}

// changeUser reads a form about somebody, does what it asks for, and leads back to their page: with what was done, or with the form and what was
// wrong.
func (w *Web) changeUser(c *fiber.Ctx, f userForm) error {
	s, said, done, err := w.tryUser(c, f)
	if !done {
		return err
	}
	if s.isSelf() && (f.name == "deactivate" || f.name == "sign-out") {
		return w.leave(c)
	}
	return w.done(c, s.path(), said)
}

// leave forgets the session of somebody who has just ended it.
func (w *Web) leave(c *fiber.Ctx) error {
	v := visit.Of(c)
	v.Session.Options.MaxAge = -1
	if err := w.saveSession(c, v.Session); err != nil {
		return err
	}
	return c.Redirect("/sign-in?out=everywhere", fiber.StatusSeeOther)
}

// userForm is a form about somebody: its name, which ends its address, its fields besides the version, and what it does.
type userForm struct {
	name   string
	fields []string
	change func(s subject, sent url.Values, version int64) (said string, err error)
}

// tryUser does what a form asks for. What was not done is answered already, or is the error.
func (w *Web) tryUser(c *fiber.Ctx, f userForm) (s subject, said string, done bool, err error) {
	sent, err := formOf(c)
	if err != nil {
		return s, "", false, err
	}
	if s, err = w.userOf(c); err != nil {
		return s, "", false, err
	}
	version, err := versionOf(sent)
	err = models.JoinFields(err, onlyFields(sent, append(f.fields, "version")...))
	if err == nil {
		said, err = f.change(s, sent, version)
	}
	if err == nil {
		return s, said, true, nil
	}
	refused, ok := refusedForm(c, err)
	if !ok {
		return s, "", false, err
	}
	if s, err = w.userOf(c); err != nil { // as it is now
		return s, "", false, err
	}
	return s, "", false, w.userPage(s, w.refusal(s, f.name, refused, s.record(f.name)), sent)
}

// record is what a form is about, as the log names it.
func (s subject) record(form string) models.EntityRef {
	id := strconv.FormatInt(*s.who.UserID, 10)
	if form == "role" || form == "remove" {
		return models.EntityRef{Type: "workspace_member", ID: &id}
	}
	return models.EntityRef{Type: "user", ID: &id}
}

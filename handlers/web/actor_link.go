package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/models"
	"daybook/services/account"
	"daybook/views"
	"daybook/views/component"
)

// candidatesOnPage is how many there are to choose from; a search finds the others.
const candidatesOnPage = 50

// LinkActorPage lists the actors of nobody's, for a user to be linked to one.
func (w *Web) LinkActorPage(c *fiber.Ctx) error {
	s, err := w.userOf(c)
	if err != nil {
		return err
	}
	page := views.SamePersonPage{
		Here: s.path() + "/link", Title: "Link an actor to " + s.who.Name,
		Text: "Applications know people by ids of their own. Choose whom an application means when it means them: what that actor did is theirs to read then, at once.",
	}
	unlinked := false
	return w.samePage(s, page, account.PeopleFilter{Kind: account.OnlyRecorded, Linked: &unlinked}, func(p *account.Person) views.Candidate {
		a := p.Actors[0]
		return views.Candidate{
			Face: faceOf(p), Name: p.Name, Code: a.ExternalID, Note: activityNote(p), Action: actorPath(s.slug, a.ID) + "/link", Button: "Link", User: *s.who.UserID, Vers: a.Version,
			Says: linkSays(p.Name, s.who),
		}
	})
}

// LinkMemberPage lists the members, for an actor to be linked to one.
func (w *Web) LinkMemberPage(c *fiber.Ctx) error {
	s, err := w.actorOf(c)
	if err != nil {
		return err
	}
	page := views.SamePersonPage{Here: s.path() + "/link", Title: "Who is " + s.who.Name + "?", Text: "Choose the member that this actor is: what it did is theirs to read then, at once, and so are its projects."}
	a := s.who.Actors[0]
	return w.samePage(s, page, account.PeopleFilter{Kind: account.CanSignIn}, func(p *account.Person) views.Candidate {
		if p.Role == "" {
			return views.Candidate{}
		}
		return views.Candidate{
			Face: faceOf(p), Name: p.Name, Note: p.Email + ", " + string(p.Role), Action: actorPath(s.slug, a.ID) + "/link", Button: "Link", User: *p.UserID, Vers: a.Version, Says: linkSays(s.who.Name, p),
		}
	})
}

func linkSays(actor string, who *account.Person) string {
	return who.Name + " (" + who.Email + ") can read everything that " + actor + " did or that was done for them, and the projects they have access to. Nothing that is recorded changes; the link can be taken back."
}

// activityNote tells people of one name apart by what they do.
func activityNote(p *account.Person) string {
	note := models.Thousands(p.Activities) + " activities"
	if p.Activities == 1 {
		note = "1 activity"
	}
	if p.Email != "" {
		note = p.Email + ", " + note
	}
	return note
}

// samePage is a list to choose somebody from.
func (w *Web) samePage(s subject, page views.SamePersonPage, f account.PeopleFilter, candidate func(*account.Person) views.Candidate) error {
	q, err := params.Of(s.c)
	if err != nil {
		return err
	}
	f.Search, f.Limit = q.Get("q"), candidatesOnPage
	list, next, err := w.Account.People(s.c.UserContext(), s.doer, f)
	if err != nil {
		return err
	}
	for i := range list {
		if one := candidate(&list[i]); one.Button != "" && list[i].ErasedAt == nil {
			page.Candidates = append(page.Candidates, one)
		}
	}
	page.More = next != ""
	page.Search = component.Search{Action: page.Here, Label: "Search people", Placeholder: "Name, e-mail or id in the sending application", Value: q.Get("q")}
	if page.PersonFrame, err = w.frame(s, tabPerson); err != nil {
		return err
	}
	page.Shell.Crumbs[len(page.Shell.Crumbs)-1].Href = s.path()
	return send(s.c, views.SamePerson(page))
}

// LinkActor says that an actor is a member.
func (w *Web) LinkActor(c *fiber.Ctx) error {
	sent, err := formOf(c)
	if err != nil {
		return err
	}
	s, err := w.actorOf(c)
	if err != nil {
		return err
	}
	version, user, err := linkSent(sent)
	if err == nil {
		err = w.Account.Link(c.UserContext(), s.doer, idParam(c, "id"), user, version)
	}
	if err == nil {
		return w.done(c, userPath(s.slug, user)+"#actors", s.who.Name+" is linked.")
	}
	refused, ok := refusedForm(c, err)
	if !ok {
		return err
	}
	if s, err = w.actorOf(c); err != nil { // as it is now
		return err
	}
	return w.actorPage(s, w.refusal(s, "unlink", refused, s.actorRecord(idParam(c, "id"))))
}

func linkSent(sent url.Values) (version, user int64, err error) {
	version, err = versionOf(sent)
	user, no := strconv.ParseInt(sent.Get("user"), 10, 64)
	if no != nil || user < 1 {
		err = models.JoinFields(err, models.FieldErrorf(models.Invalid, "user", "must be chosen"))
	}
	return version, user, models.JoinFields(err, onlyFields(sent, "version", "user"))
}

package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/services/feed"
	"daybook/views"
)

// mergeRows is how many activities a preview shows.
const mergeRows = 5

// MergePage lists whom an actor can be merged with, or, with one chosen, says what that would do.
func (w *Web) MergePage(c *fiber.Ctx) error {
	s, err := w.actorOf(c)
	if err != nil {
		return err
	}
	q, err := params.Of(c)
	if err != nil {
		return err
	}
	if text := q.Get("into"); text != "" {
		into, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return models.FieldErrorf(models.Malformed, "into", "must be a number")
		}
		return w.mergePreview(s, into, nil)
	}
	page := views.SamePersonPage{
		Here: actorPath(s.slug, idParam(c, "id")) + "/merge", Title: "Merge " + s.who.Name + " with…",
		Text: "For one person, or one program, of whom applications tell under several ids. Choose who is the same, and see what it would do before it is done.",
	}
	var f account.PeopleFilter
	if s.who.Kind == account.Agents {
		f.Kind = account.Agents
	}
	actor := idParam(c, "id")
	return w.samePage(s, page, f, func(p *account.Person) views.Candidate {
		if !isMergeable(p) || p.Actors[0].Type != s.who.Actors[0].Type || p.Actors[0].ID == s.who.Actors[0].ID {
			return views.Candidate{}
		}
		return views.Candidate{
			Face: faceOf(p), Name: p.Name, Code: p.Actors[0].ExternalID, Note: activityNote(p), Button: "Choose",
			Href: actorPath(s.slug, actor) + "/merge?" + url.Values{"into": {strconv.FormatInt(p.Actors[0].ID, 10)}}.Encode(),
		}
	})
}

// mergePreview says what merging would do, or why it cannot be.
func (w *Web) mergePreview(s subject, into int64, refused *models.Error) error {
	actor := idParam(s.c, "id")
	page := views.MergePage{Action: actorPath(s.slug, actor) + "/merge", Back: actorPath(s.slug, actor) + "/merge"}
	both, err := w.Account.MergePair(s.c.UserContext(), s.doer, actor, into)
	if err != nil {
		return err
	}
	page.Actor, page.Into = both[0], both[1]
	preview, err := w.Account.PreviewMerge(s.c.UserContext(), s.doer, actor, into)
	if why, ok := refusedForm(s.c, err); err != nil && ok {
		page.Problem = sentenceOf(why)
	} else if err != nil {
		return err
	}
	if err == nil {
		page.Actor, page.Into, page.Along = preview.Actor, preview.Into, len(preview.Along)
		page.Activities, page.OnBehalf, page.Projects = preview.Activities, preview.OnBehalf, preview.Projects
		if preview.User != nil {
			page.User = preview.User.Name
		}
		if err := w.mergeSamples(s, &page); err != nil {
			return err
		}
	}
	if page.PersonFrame, err = w.frame(s, tabPerson); err != nil {
		return err
	}
	page.Shell.Crumbs[len(page.Shell.Crumbs)-1].Href = s.path()
	if refused != nil && page.Problem == "" {
		page.Outdated = sentenceOf(refused)
		s.c.Status(visit.ProblemOf(s.c, refused).Status)
	}
	return send(s.c, views.Merge(page))
}

// mergeSamples adds the last of what would count as somebody else's.
func (w *Web) mergeSamples(s subject, page *views.MergePage) error {
	v := visit.Of(s.c).Viewer
	f := feed.Filter{System: true, Criteria: feed.Criteria{Actors: []string{page.Actor.ExternalID}}}
	page.Feed = filteredPath(s.slug, f)
	found, err := w.Parts.Feed.Page(s.c.UserContext(), v.Scope(true), feed.Ask{Filter: f, Limit: mergeRows, Hasty: true})
	if err != nil {
		return err
	}
	page.Rows = linkedRows(v, found.Entries)
	return nil
}

// MergeActor says that two actors are one person.
func (w *Web) MergeActor(c *fiber.Ctx) error {
	sent, err := formOf(c)
	if err != nil {
		return err
	}
	s, err := w.actorOf(c)
	if err != nil {
		return err
	}
	m, err := mergeSent(idParam(c, "id"), sent)
	if err == nil {
		err = w.Account.Merge(c.UserContext(), s.doer, m)
	}
	if err == nil {
		if s, err = w.actorOf(c); err != nil { // whoever it is now
			return err
		}
		return w.done(c, s.path(), "They are one now.")
	}
	refused, ok := refusedForm(c, err)
	if !ok {
		return err
	}
	if m.Into == 0 {
		return w.actorPage(s, w.refusal(s, "unmerge", refused, models.EntityRef{}))
	}
	return w.mergePreview(s, m.Into, refused)
}

func mergeSent(actor int64, sent url.Values) (m account.Merging, err error) {
	m.Actor = actor
	m.Version, err = versionOf(sent)
	for name, into := range map[string]*int64{"into": &m.Into, "into_version": &m.IntoVersion} {
		n, no := strconv.ParseInt(sent.Get(name), 10, 64)
		if no != nil || n < 1 {
			err = models.JoinFields(err, models.FieldErrorf(models.Invalid, name, "is missing: choose again"))
			continue
		}
		*into = n
	}
	return m, models.JoinFields(err, onlyFields(sent, "version", "into", "into_version"))
}

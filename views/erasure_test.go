package views_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"daybook/models"
	"daybook/views"
	"daybook/views/component"
	"daybook/views/layout"
)

func erasureClock() component.Clock {
	return component.NewClock(now, component.Locale{Zone: "Europe/Oslo"})
}

// detail is the shell of a page that has a heading of its own.
func detail(title string) layout.Shell {
	s := shell(title)
	s.Crumbs = []layout.Crumb{{Label: "Privacy", Href: "/w/tidewell/privacy"}, {Label: title}}
	return s
}

func mentionsOfTomasz() []views.Mention {
	at := now.Add(-48 * time.Hour)
	return []views.Mention{
		{Href: "/w/tidewell/activities/1", MentionSample: models.MentionSample{Place: "/description", Lead: "assigned to ", Was: "Tomasz <Wrona>", Is: models.DeletedName, Tail: ".", OccurredAt: at, Certain: true}},
		{MentionSample: models.MentionSample{Place: "/metadata/team/0", Lead: `["`, Was: "tomasz", Is: "deleted", Tail: `"]`, OccurredAt: at}},
	}
}

func anonymisePage() views.AnonymisePage {
	return views.AnonymisePage{
		Shell: detail("Anonymise Tomasz Wrona"), Clock: erasureClock(), Name: "Tomasz Wrona", Samples: mentionsOfTomasz(), Action: "/w/tidewell/users/5/anonymise", Back: "/w/tidewell/users/5",
		Preview: models.ErasurePreview{
			Name: "Tomasz Wrona", UserID: ptr(int64(5)), Workspaces: []string{"Tidewell Studio"}, Activities: 3182, Mentions: 214, Doubts: 12, Looked: 500, Of: 500, Sessions: 2, Tokens: 1, Exports: 1,
		},
	}
}

func erasurePage(state models.ErasureState) views.ErasurePage {
	const self = "/w/tidewell/erasures/0197"
	return views.ErasurePage{
		Shell: detail("Anonymising"), Clock: erasureClock(), Self: self, Look: self + "?state=" + string(state), Decide: self + "/decide", List: "/w/tidewell/privacy",
		Erasure: models.Erasure{
			ID: uuid.New(), State: state, Activities: 1, Mentions: 34, DoneSeq: 40, TotalSeq: 100, Elsewhere: map[string]int64{"sessions": 2, "odd_things": 3}, CreatedAt: now,
			AskedBy: models.ActorRef{Name: "Ingrid Solheim"},
		},
	}
}

// What holds for every page, in every state there is.
func TestEveryPageOfAnonymising(t *testing.T) {
	held, refused, empty, open, none := anonymisePage(), anonymisePage(), anonymisePage(), erasurePage(models.ErasureOpen), erasurePage(models.ErasureOpen)
	held.Preview.Held, held.Preview.Holds, held.Holds = 3, []string{"Wrona v. Tidewell"}, "/w/tidewell/holds"
	refused.Problem = "Somebody is the last owner."
	empty.Preview, empty.Samples = models.ErasurePreview{Name: "Tomasz Wrona"}, nil
	open.Erasure.Doubts, open.Erasure.Held = 73, 2
	open.Doubts = []views.DoubtLine{{Doubt: models.Doubt{ID: 1, Target: "activity", Kind: "name"}, Mention: &mentionsOfTomasz()[0]}, {Doubt: models.Doubt{ID: 2, Target: "rejected", Kind: "id"}}}
	open.Next, open.Back, open.People = open.Self+"?after=2#doubts", open.Self+"#doubts", []views.ErasedPerson{{Label: "deleted-12", Href: "/w/tidewell/people/12"}}
	none.Erasure.Doubts, none.Others = 1, 1
	privacy := views.PrivacyPage{Shell: shell("Privacy"), Clock: erasureClock(), People: "/w/tidewell/people", Ways: []views.PrivacyWay{{Title: "Purge", Text: "Deletes.", Icon: "deleted"}}}
	listed := privacy
	listed.Erasures = []views.ErasureLine{{Erasure: open.Erasure, Href: open.Self}}
	for name, page := range map[string]templ.Component{
		"ask": views.Anonymise(anonymisePage()), "held": views.Anonymise(held), "refused": views.Anonymise(refused), "empty": views.Anonymise(empty),
		"waiting": views.Erasure(erasurePage(models.ErasureWaiting)), "running": views.Erasure(erasurePage(models.ErasureRunning)), "open": views.Erasure(open), "none": views.Erasure(none),
		"tidying": views.Erasure(erasurePage(models.ErasureTidying)), "done": views.Erasure(erasurePage(models.ErasureDone)), "privacy": views.Privacy(privacy), "listed": views.Privacy(listed),
	} {
		t.Run(name, func(t *testing.T) {
			doc, _ := render(t, page)
			checkInert(t, doc)
			checkHeadings(t, doc)
			checkFields(t, doc)
			checkIDs(t, doc)
		})
	}
}

func TestAnonymisingSaysWhatStaysAndWhatGoes(t *testing.T) {
	doc, html := render(t, views.Anonymise(anonymisePage()))
	for _, want := range []string{"3,182 activities keep", "214 activities of others", "12 places that may mean them", "2 sessions end", "1 token ends", "1 file of an export", "user record is emptied"} {
		if got := text(doc.Find(".erase-list")); !strings.Contains(got, want) {
			t.Errorf("it does not say %q: %s", want, got)
		}
	}
	if !strings.Contains(html, "assigned to <del>Tomasz &lt;Wrona&gt;</del><ins>Deleted User</ins>.") {
		t.Error("a sample has the words around it as they are, and never markup")
	}
	if code := doc.Find(".mention code del"); code.Text() != "tomasz" {
		t.Errorf("what is data is shown as code: %q", code.Text())
	}
	if doc.Find("[name=keep_held]").Length() != 0 {
		t.Error("nothing is held, and it asks about holds")
	}
	for _, honest := range []string{"write-ahead log", "daybook erasure replay", "standby", "downloaded"} {
		if !strings.Contains(text(doc.Find("main")), honest) {
			t.Errorf("it does not say what stays for a while: %s", honest)
		}
	}
}

func TestARefusedAnonymisingKeepsWhatWasTyped(t *testing.T) {
	p := anonymisePage()
	p.Preview.Held, p.Preview.Holds, p.Preview.Looked = 3, []string{"Wrona v. Tidewell"}, 100
	p.Typed, p.KeepHeld = "Tomas", true
	p.Errors = []models.FieldError{{Field: "confirm", Message: "must be Tomasz Wrona"}, {Field: "keep_held", Message: "some of it is held"}, {Field: "other", Message: "is no field of this form"}}
	doc, _ := render(t, views.Anonymise(p))
	if doc.Find("#confirm").AttrOr("value", "") != "Tomas" || text(doc.Find("#confirm-error")) != "Must be Tomasz Wrona." || text(doc.Find("#keep_held-error")) != "Some of it is held." {
		t.Error("errors stand at their fields, and what was typed is kept")
	}
	if _, on := doc.Find("[name=keep_held]").Attr("checked"); !on {
		t.Error("the box is as it was")
	}
	if got := text(doc.Find(".purge-confirm [role=alert]")); got != "Other is no field of this form." {
		t.Errorf("what no field shows stands above: %q", got)
	}
	if got := text(doc.Find(".erase-list")); !strings.Contains(got, "214+") || strings.Contains(got, "3,182+") {
		t.Errorf("what was not looked at to the end is a least number: %s", got)
	}
}

func TestAnErasureIsFollowedWhileItGoesOn(t *testing.T) {
	for state, every := range map[models.ErasureState]string{
		models.ErasureWaiting: "every 2s", models.ErasureRunning: "every 2s", models.ErasureTidying: "every 2s", models.ErasureOpen: "every 10s", models.ErasureDone: "",
	} {
		page := erasurePage(state)
		if state == models.ErasureOpen {
			page.Erasure.Doubts = 1
		}
		doc, _ := render(t, views.Erasure(page))
		if got := doc.Find("#progress").AttrOr("hx-trigger", ""); got != every {
			t.Errorf("%s: asked %q, not %q", state, got, every)
		}
		bar := doc.Find("#progress progress")
		if has := bar.Length() == 1; has != (state == models.ErasureWaiting || state == models.ErasureRunning) {
			t.Errorf("%s: %d bars", state, bar.Length())
		}
		if doc.Find("#progress").Find("a, button, form").Length() != 0 {
			t.Errorf("%s: what is exchanged has something to press", state)
		}
	}
	decided, _ := render(t, views.Erasure(erasurePage(models.ErasureOpen)))
	if got := decided.Find("#progress").AttrOr("hx-trigger", ""); got != "every 2s" {
		t.Errorf("after the last decision it is asked %q", got)
	}
	done, _ := render(t, views.ErasureProgress(erasurePage(models.ErasureDone)))
	if got := text(done.Find(".erase-list")); !strings.Contains(got, "2 sessions ended") || !strings.Contains(got, "3 of odd things") {
		t.Errorf("what went elsewhere: %s", got)
	}
}

func TestSomebodyWhoIsGoneHasNoInitials(t *testing.T) {
	for name, avatar := range map[string]templ.Component{
		"user": component.UserAvatar(5, models.DeletedName), "small": component.SmallUserAvatar(5, models.DeletedName), "large": component.LargeUserAvatar(5, models.DeletedName),
		"actor": component.LargeAvatar(models.Actor{ID: 5, Type: models.ActorUser}, models.DeletedName),
		"for":   component.Avatar(models.Actor{ID: 6, Type: models.ActorAgent}, "Assistant", &models.Actor{ID: 5, Name: models.DeletedName}),
	} {
		doc, html := render(t, avatar)
		if doc.Find(".av-deleted").Length() != 1 || strings.Contains(html, "DU") {
			t.Errorf("%s: %s", name, html)
		}
	}
}

// TestAnErasureSaysAllThatItWaitsFor: decisions, a hold, or both.
func TestAnErasureSaysAllThatItWaitsFor(t *testing.T) {
	for says, of := range map[string][2]int64{"Waits for decisions<": {2, 0}, "Waits for a hold<": {0, 3}, "Waits for decisions and a hold<": {2, 3}} {
		p := erasurePage(models.ErasureOpen)
		p.Erasure.Doubts, p.Erasure.Held = of[0], of[1]
		if _, html := render(t, views.Erasure(p)); !strings.Contains(html, says) {
			t.Errorf("%v: it does not say %q", of, says)
		}
	}
}

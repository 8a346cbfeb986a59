package views

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// ActivityPage is everything there is to know about one activity.
type ActivityPage struct {
	Shell  layout.Shell // Title and Crumbs are set by the view, but for the first crumb: the feed
	Now    time.Time    // the moment the page is made
	Locale component.Locale

	Row         FeedRow // Entry is set; the hrefs are where its names lead
	ActionHref  string  // the feed of this action
	OutcomeHref string  // the feed of this outcome
	Origin      models.Origin
	ShowContext bool // address and agent, for those who may see them
	Standing    models.Standing

	Permalink string   // with host
	Holds     []string // the legal holds that it is under, for those who administer
	HoldsHref string   // where they are, or empty
	JSON      string   // where the same is as JSON
	Newer     string   // the next activity of the reader's feed, or empty
	Older     string   // the one before, or empty

	History *EntityHistory // nil: it is about nothing in particular
	Same    []FeedRow      // others of the same correlation, in feed order
}

// EntityHistory is what happened to one thing around an activity.
type EntityHistory struct {
	Name  string
	Rows  []FeedRow // in feed order, the activity itself among them
	Href  string    // the page of the thing
	Total Total
}

// InsideOf is what a row of the feed opens to.
type InsideOf struct {
	Now    time.Time
	Locale component.Locale
	Row    FeedRow // Entry, Href and EntityHref are used
}

func (p ActivityPage) clock() component.Clock { return component.NewClock(p.Now, p.Locale) }

func (p ActivityPage) reading() component.Reading {
	return component.Reading{Clock: p.clock(), Whole: true}
}

func (p ActivityPage) shell() layout.Shell {
	s := p.Shell
	e := p.Row.Entry
	s.Title = models.Text(models.Sentence(e))
	if p.History != nil {
		s.Crumbs = append(s.Crumbs, layout.Crumb{Label: called(p.History.Name), Href: p.History.Href})
	} else if e.Project != nil {
		s.Crumbs = append(s.Crumbs, layout.Crumb{Label: projectName(e.Project), Href: p.Row.ProjectHref})
	}
	s.Crumbs = append(s.Crumbs, layout.Crumb{Label: "no. " + thousands(e.Seq)})
	s.End = activityEnd(p)
	return s
}

func (p ActivityPage) links() component.Links {
	return component.Links{Actor: p.Row.ActorHref, OnBehalf: p.Row.OnBehalfHref, Entity: p.Row.EntityHref}
}

// fields counts what changed.
func (p ActivityPage) fields() string {
	if n := len(p.Row.Entry.Changes); n != 1 {
		return thousands(int64(n)) + " fields"
	}
	return "1 field"
}

// hasContext tells whether there is an address or an agent to show.
func (p ActivityPage) hasContext() bool {
	e := p.Row.Entry
	return p.ShowContext && (e.IP != nil && e.IP.IsValid() || e.UserAgent != nil)
}

func (p ActivityPage) browser() string {
	if p.Row.Entry.UserAgent == nil {
		return ""
	}
	return component.Browser(*p.Row.Entry.UserAgent)
}

// leaf writes it in groups of eight digits.
func (p ActivityPage) leaf() string {
	text := hex.EncodeToString(p.Row.Entry.Leaf)
	var groups []string
	for len(text) > 8 {
		groups, text = append(groups, text[:8]), text[8:]
	}
	return strings.Join(append(groups, text), " ")
}

// verdict says what a look at the leaf has found, no more than it can know.
type verdict struct{ icon, class, strong, text string }

func (p ActivityPage) verdict() verdict {
	switch p.Standing {
	case models.Intact:
		return verdict{"completed", "proof-line is-ok", "As it was recorded.", "Its content was hashed just now, and gives the leaf that is stored with it."}
	case models.Erased:
		return verdict{"anonymised", "proof-line", "Part of it was erased.", "What stands there now, and the record of the erasure, were hashed just now, and give the leaf that is stored with it."}
	}
	return verdict{"failed", "proof-line is-danger", "Not as it was recorded.", "Its content does not give the leaf that is stored with it: it was changed past Daybook. Tell whoever runs this instance."}
}

// outcomeWord says how it ended.
func outcomeWord(o models.Outcome) string {
	switch o {
	case models.Denied:
		return "Denied: it was tried and not allowed"
	case models.Failure:
		return "Failed: it was tried and did not work"
	}
	return "Success"
}

// kindWord is what sort of actor it is, where that is no person.
func kindWord(a models.Actor) string {
	switch a.Type {
	case models.ActorAgent:
		return "agent"
	case models.ActorSystem:
		return "system"
	}
	return ""
}

// aboutIt is a sentence in the history of the thing it is about, which need not be named again.
func aboutIt(e *models.Entry) []models.Part {
	parts := models.Sentence(e)
	for i, part := range parts {
		if part.Kind != models.PartEntity || i == 0 || parts[i-1].Kind != models.PartText {
			continue
		}
		before := parts[i-1].Text
		if label := e.Vocabulary.Label(models.TypeTerm, e.EntityType); label != "" {
			before = strings.TrimSuffix(before, label+" ")
		}
		if of, found := strings.CutSuffix(before, " of "); found {
			parts[i-1].Text, parts[i] = of, models.Part{}
		} else {
			parts[i-1].Text, parts[i] = before, models.Part{Kind: models.PartText, Text: "it"}
		}
		return parts
	}
	return parts
}

// mostSame is how many activities of a correlation are given at most; then there may be more.
const mostSame = 20

func (p ActivityPage) sameNote() string {
	n := thousands(int64(len(p.Same)))
	if len(p.Same) >= mostSame {
		return "the nearest " + n
	}
	return n
}

// isThis tells whether a row of a history is the activity whose page it is on.
func isThis(row FeedRow, id uuid.UUID) bool { return row.Entry.UUID == id }

func (i InsideOf) clock() component.Clock { return component.NewClock(i.Now, i.Locale) }

func (i InsideOf) reading() component.Reading { return component.Reading{Clock: i.clock()} }

// historyName is what to call the thing whose history one may go on to.
func (i InsideOf) historyName() string { return called(i.Row.Entry.EntityNameOrID()) }

// short is "64 activities" after "All", or just "activities" where nobody counted to the end.
func (t Total) short() string {
	if t.Over || t.AtLeast {
		return "activities"
	}
	return t.String()
}

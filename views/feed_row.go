package views

import (
	"strconv"
	"strings"

	"daybook/models"
	"daybook/views/component"
)

// rowView is a row with what is worked out once and used in several places.
type rowView struct {
	FeedRow
	parts   []models.Part
	remark  string // what the sender's description says beyond the sentence
	outside string // the entity's own address, safe to link to
	host    string
}

func newRowView(row FeedRow) rowView {
	v := rowView{FeedRow: row}
	if row.Run != nil {
		v.parts = models.RunSentence(row.Entry, row.Run.Facts)
		if !row.Run.Facts.OneEntity {
			v.EntityHref = ""
		}
		return v
	}
	v.parts, v.remark = models.Sentence(row.Entry), models.Remark(row.Entry)
	v.outside, v.host = component.WebAddress(row.Entry.OutsideURL())
	return v
}

func (v rowView) class() string {
	class := "entry"
	if v.Entry.System || v.Entry.Actor.Type == models.ActorSystem {
		class += " is-system"
	}
	if v.New {
		class += " is-new"
	}
	return class
}

// icon is that of the action, or layers where there are many.
func (v rowView) icon() string {
	if v.Run != nil {
		return "run"
	}
	return v.Entry.Icon()
}

// allOfRun is "All 312", or "All" where nobody counted to the end.
func (v rowView) allOfRun() string {
	if v.Run.Facts.Over {
		return "All"
	}
	return "All " + thousands(int64(v.Run.Facts.Count))
}

func (v rowView) markClass() string {
	if hue, chosen := v.Entry.Vocabulary.Hue(v.Entry.Action, v.Entry.Outcome); chosen {
		return "entry-mark mark-hue hue-" + strconv.Itoa(hue)
	}
	switch models.ToneOf(v.Entry.Action, v.Entry.Outcome) {
	case models.Good:
		return "entry-mark mark-ok"
	case models.Bad:
		return "entry-mark mark-danger"
	}
	return "entry-mark"
}

// aside is the second line: the reason why something was refused or failed, and the words of a comment. Other descriptions wait inside.
func (v rowView) aside() string {
	if v.Entry.Outcome == models.Denied || v.Entry.Outcome == models.Failure || v.isComment() {
		return v.remark
	}
	return ""
}

func (v rowView) isComment() bool { return v.Entry.Action == "commented" }

func (v rowView) asideClass() string {
	if v.isComment() {
		return "aside quote"
	}
	return "aside"
}

// hasInside tells whether there is more to see than the row itself.
func (v rowView) hasInside() bool {
	e := v.Entry
	return len(e.Changes) > 0 || component.HasMetadata(e.Metadata) || len(v.facts()) > 0 || v.outside != ""
}

// fact is a label and a value.
type fact struct{ label, value string }

// facts are the things beside changes and metadata that are there.
func (v rowView) facts() []fact {
	e := v.Entry
	var facts []fact
	add := func(label, value string) {
		if value = strings.TrimSpace(value); value != "" {
			facts = append(facts, fact{label, value})
		}
	}
	if v.aside() == "" {
		add("Description", v.remark)
	}
	if e.CorrelationID != nil {
		add("Correlation", *e.CorrelationID)
	}
	if e.IP != nil && e.IP.IsValid() {
		add("Address", e.IP.String())
	}
	if e.UserAgent != nil {
		add("Browser", *e.UserAgent)
	}
	return facts
}

// opens tells whether the row has a button.
func (v rowView) opens() bool { return v.Run != nil || v.Href != "" && v.Opens && v.hasInside() }

// id is that of the sentence, which names the row's button among others. A run and its newest activity may stand on one page.
func (v rowView) id() string {
	if v.Run != nil {
		return "r" + strconv.FormatInt(v.Entry.Seq, 10)
	}
	return "n" + strconv.FormatInt(v.Entry.Seq, 10)
}

package views

import (
	"strings"

	"daybook/models"
	"daybook/views/layout"
)

// FilterPage is the filter as a page of its own, for browsers that run no scripts.
type FilterPage struct {
	Shell layout.Shell
	Panel FilterPanel
}

// FilterPanel is everything the feed can be filtered by: a GET form that leads to the feed.
type FilterPanel struct {
	Action   string         // the feed's own path
	Hidden   []FilterHidden // parameters that are on and have no control here
	Lists    []FilterList   // actions, types
	Choices  []FilterChoice // who, project, outcome
	Switches []FilterSwitch
	Clear    string   // the feed without any filter
	Back     string   // the feed as it is
	Problems []string // what of the address could not be read
}

// FilterList is a list of which several can be chosen.
type FilterList struct {
	Name    string // of the parameter
	Label   string // "Type"
	Options []FilterOption
	More    int // so many are there besides, and are not offered
}

// FilterChoice is a menu of which one is chosen. More that are on already are offered as a list below it.
type FilterChoice struct {
	Name    string // of the parameter
	Label   string // "Who"
	Any     string // the first choice: "Anybody"
	Options []FilterOption
}

// FilterOption is one line of a list or menu.
type FilterOption struct {
	Value  string
	Label  string // empty: the value, as words
	Count  *int64 // how many activities, if known
	Active bool
}

// FilterSwitch is on or off; on sends Value, off sends nothing.
type FilterSwitch struct {
	Name, Value, Label string
	On                 bool
}

func (o FilterOption) label() string {
	if o.Label != "" {
		return called(o.Label)
	}
	if title := models.Title(o.Value); title != "" {
		return title
	}
	return called(o.Value)
}

// long lists get a box to search them, if scripts run.
func (l FilterList) long() bool { return len(l.Options) > 10 }

// on are the options of a menu that are chosen already.
func (c FilterChoice) on() []FilterOption {
	var on []FilterOption
	for _, o := range c.Options {
		if o.Active {
			on = append(on, o)
		}
	}
	return on
}

// several tells whether a menu with one answer cannot say what is on.
func (c FilterChoice) several() bool { return len(c.on()) > 1 }

// first is what the menu says when nothing in it is chosen.
func (c FilterChoice) first() string {
	if c.several() {
		return "Another one …"
	}
	return c.Any
}

// optionLabel keeps the menu from being as wide as the longest name in it.
func (o FilterOption) optionLabel() string {
	const most = 60
	if runes := []rune(o.label()); len(runes) > most {
		return strings.TrimSpace(string(runes[:most])) + "…"
	}
	return o.label()
}

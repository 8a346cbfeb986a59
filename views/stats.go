package views

import (
	"strconv"

	"daybook/models"
	"daybook/views/component"
	"daybook/views/layout"
)

// StatsPage is what went on in a workspace in a period: figures, a chart, rankings. Of what is empty nothing is shown.
type StatsPage struct {
	Shell    layout.Shell // Title "Statistics"; Views and End are what stands in its head
	Chips    []FilterChip // what is on besides the period
	Clear    string       // the page without any filter
	InFeed   string       // the feed of exactly these activities
	Problems []string     // what of the address could not be read, in sentences
	Notes    []string     // something else to say: whose activities these are, what could not be counted
	Scope    string       // whose activities these are, where not everybody's
	Zone     StatsZone
	Range    string // "22 October – 20 November 2025"
	AsOf     string // when it was counted, in full
	Empty    *StatsEmpty
	Figures  []StatsFigure
	Series   *StatsSeries
	Ranks    []StatsRanking
	Heat     *StatsHeat
	Quiet    []StatsQuiet
}

// StatsZone says whose days these are.
type StatsZone struct {
	Name  string // of the workspace
	Other string // that in which the reader reads times, if it is another one
}

// StatsPeriod is the choice of a period, in the head of the page.
type StatsPeriod struct {
	Tabs   []component.Tab
	Free   bool   // none of them is on
	Action string // of the form for any other
	Hidden []FilterHidden
	From   FilterDate
	To     FilterDate
}

// StatsTools stand at the end of the head.
type StatsTools struct {
	Projects []PeriodPreset // the menu of projects, all of them first
	Project  string         // what is on; empty: all
	Export   string         // where this is exported; empty: nowhere
}

// StatsEmpty is shown in place of everything else, where there is nothing to count, or too much.
type StatsEmpty struct {
	Icon    string
	Title   string
	Text    string
	Actions []StatsAction
}

// StatsAction is something to do about it.
type StatsAction struct{ Label, Href string }

// StatsFigure is a number with its change. Href is where its activities are.
type StatsFigure struct {
	Label  string
	Value  int64
	Href   string
	Change StatsChange
}

// StatsChange says how a number differs from the one of the period before: an arrow, a strong word, and the rest.
type StatsChange struct{ Icon, Strong, Rest string }

// StatsSeries is the chart of activities over time, or its table.
type StatsSeries struct {
	Title   string // "Activities per day"
	Chart   component.Chart
	Table   bool
	Column  string         // what a line of the table is: "Day"
	Shows   []PeriodPreset // chart, table
	Stacks  []PeriodPreset // ways to divide the bars
	Units   []PeriodPreset // lengths of a bar
	Compare PeriodPreset   // the switch
	Note    string         // what is not shown, and why
}

// StatsRanking is a list of counts with bars.
type StatsRanking struct {
	ID    string // of the section
	Title string
	Items []RankItem // without an address it is no link
	Total int64      // what the shares are of
	More  StatsAction
	Note  string
}

// StatsHeat counts by weekday and hour.
type StatsHeat struct {
	Zone string
	Days []StatsHeatDay // that which begins the week first
	Note string         // in place of the days
}

// StatsHeatDay is a weekday with its 24 hours.
type StatsHeatDay struct {
	Name  string
	Cells []StatsHeatCell
	Sum   int64
	Href  string
}

// StatsHeatCell is an hour of a weekday. An empty address is no link.
type StatsHeatCell struct {
	Count int64
	Level int // 0 to 5
	Href  string
}

// StatsQuiet is a project in which nothing happened.
type StatsQuiet struct {
	Project models.Project
	Href    string
	Last    string // the day of the last activity
	Day     string // the same for machines
	Before  int64  // activities before
}

// Change compares a number with the one of the period before.
func Change(now, then int64) StatsChange {
	diff := now - then
	c := StatsChange{Icon: "arrow-up", Rest: "from " + thousands(then)}
	if diff < 0 {
		c.Icon = "arrow-down"
	}
	percent := (max(diff, -diff)*200 + then) / max(2*then, 1)
	switch {
	case diff == 0 && now == 0:
		return StatsChange{Rest: "none before either"}
	case diff == 0:
		return StatsChange{Rest: "as many as before"}
	case then == 0:
		return StatsChange{Icon: "arrow-up", Rest: "from none"}
	case max(now, then) < 100 || percent == 0:
		c.Strong, c.Rest = thousands(diff)+" more", "than before"
		if diff < 0 {
			c.Strong = thousands(-diff) + " fewer"
		}
	default:
		c.Strong = thousands(percent) + "\u00a0%"
	}
	return c
}

func (c StatsChange) way() string {
	switch c.Icon {
	case "arrow-up":
		return "up "
	case "arrow-down":
		return "down "
	}
	return ""
}

// bar is how long an item's bar is, in percent of the longest.
func (r StatsRanking) bar(item RankItem) string { return Ranking{Items: r.Items}.share(item) }

// share is what part of all activities an item is.
func (r StatsRanking) share(item RankItem) string {
	if r.Total <= 0 || item.Count <= 0 {
		return ""
	}
	percent := (item.Count*200 + r.Total) / (2 * r.Total)
	if percent == 0 {
		return "<\u00a01\u00a0%"
	}
	return strconv.FormatInt(percent, 10) + "\u00a0%"
}

// says is what a screen reader hears of a cell.
func (d StatsHeatDay) says(hour int, cell StatsHeatCell) string {
	return d.Name + " " + clockHour(hour) + " to " + clockHour(hour+1) + ", " + activities(cell.Count)
}

func clockHour(hour int) string { return hourName(hour) + ":00" }

func hourName(hour int) string { return strconv.Itoa(100 + hour)[1:] }

// activities is a number of them.
func activities(n int64) string { return Total{Count: n}.String() }

// rows are the bars as a table has them: the newest first.
func (s StatsSeries) rows() []component.ChartBar {
	rows := make([]component.ChartBar, 0, len(s.Chart.Bars))
	for i := len(s.Chart.Bars) - 1; i >= 0; i-- {
		rows = append(rows, s.Chart.Bars[i])
	}
	return rows
}

// divided tells whether the bars have parts worth a column each.
func (s StatsSeries) divided() bool { return len(s.Chart.Keys) > 1 }

func (t StatsTools) project() string {
	if t.Project == "" {
		return "All projects"
	}
	return t.Project
}

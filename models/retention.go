package models

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Bounds of retention.
const (
	MaxKeepDays       = 36_500
	MaxRetentionRules = 20
	MaxRuleWords      = 50 // types, or actions, of a rule
)

// Retention says how long a workspace keeps its activities: the first rule that fits an activity decides, and what no rule fits is kept.
type Retention struct {
	WorkspaceID uuid.UUID
	Version     int64 // 0: nobody has made rules yet
	Hour        int   // of the workspace's zone, when the rules are carried out
	Rules       []RetentionRule
	NextRun     *time.Time // nil: no rule deletes anything
	LastRun     *time.Time
	Waiting     bool // somebody asked for a run that has not begun
	Erasing     bool // no run begins: somebody is being anonymised in the workspace, and that has not ended
}

// Deletes tells whether some rule deletes something, some day.
func (r Retention) Deletes() bool {
	return slices.ContainsFunc(r.Rules, func(r RetentionRule) bool { return r.KeepDays != nil })
}

// RetentionRule is how long some activities are kept. An empty list asks for nothing.
type RetentionRule struct {
	KeepDays *int      `json:"keep_days"` // since they were recorded; nil: for ever
	Types    []string  `json:"types"`
	Actions  []string  `json:"actions"`
	Outcomes []Outcome `json:"outcomes"`
	System   *bool     `json:"system"`  // nil: whether or not
	Archive  bool      `json:"archive"` // a copy is kept in a file before they go
}

// Fits tells whether the rule decides about an activity, if none before it does.
func (r RetentionRule) Fits(a Activity) bool {
	return (len(r.Types) == 0 || slices.Contains(r.Types, a.EntityType)) && (len(r.Actions) == 0 || slices.Contains(r.Actions, a.Action)) &&
		(len(r.Outcomes) == 0 || slices.Contains(r.Outcomes, a.Outcome)) && (r.System == nil || *r.System == a.System)
}

// FitsAll tells whether the rule fits whatever there is.
func (r RetentionRule) FitsAll() bool {
	return len(r.Types) == 0 && len(r.Actions) == 0 && len(r.Outcomes) == 0 && r.System == nil
}

// Same tells whether two rules say the same.
func (r RetentionRule) Same(o RetentionRule) bool { return r.String() == o.String() }

// String says the rule in a line: "90 days: created, updated of task; archived first".
func (r RetentionRule) String() string {
	what := "for ever"
	if r.KeepDays != nil {
		what = fmt.Sprintf("%d %s", *r.KeepDays, map[bool]string{true: "day", false: "days"}[*r.KeepDays == 1])
	}
	what += ": " + r.Subject()
	if r.Archive {
		what += "; archived first"
	}
	return what
}

// Subject says what the rule is about.
func (r RetentionRule) Subject() string {
	if r.FitsAll() {
		return "everything"
	}
	var parts []string
	if len(r.Actions) > 0 {
		parts = append(parts, strings.Join(r.Actions, ", "))
	}
	if len(r.Types) > 0 {
		parts = append(parts, "of "+strings.Join(r.Types, ", "))
	}
	if len(r.Outcomes) > 0 {
		words := make([]string, len(r.Outcomes))
		for i, o := range r.Outcomes {
			words[i] = string(o)
		}
		parts = append(parts, "with outcome "+strings.Join(words, ", "))
	}
	switch {
	case r.System == nil:
	case *r.System:
		parts = append(parts, "system rows")
	default:
		parts = append(parts, "no system rows")
	}
	return strings.Join(parts, " ")
}

// CheckRules refuses rules that say nothing sensible. The errors name the rule by its place, from 0: rules[0].keep_days.
func CheckRules(rules []RetentionRule) error {
	var errs []error
	if len(rules) > MaxRetentionRules {
		errs = append(errs, FieldErrorf(Invalid, "rules", "are more than %d", MaxRetentionRules))
		rules = rules[:MaxRetentionRules]
	}
	for i, r := range rules {
		errs = append(errs, r.check(fmt.Sprintf("rules[%d].", i))...)
		if r.FitsAll() && i < len(rules)-1 {
			errs = append(errs, FieldErrorf(Invalid, fmt.Sprintf("rules[%d].types", i), "fits everything, so that the rules behind it never decide; put it last"))
			break
		}
	}
	return JoinFields(errs...)
}

func (r RetentionRule) check(at string) (errs []error) {
	wrong := func(field, format string, args ...any) {
		errs = append(errs, FieldErrorf(Invalid, at+field, format, args...))
	}
	if r.KeepDays != nil && (*r.KeepDays < 1 || *r.KeepDays > MaxKeepDays) {
		wrong("keep_days", "must be 1 to 36,500")
	}
	if r.KeepDays == nil && r.Archive {
		wrong("archive", "is for rules that delete: what is kept for ever needs no copy")
	}
	for _, list := range []struct {
		field string
		kind  TermKind
		words []string
	}{{"types", TypeTerm, r.Types}, {"actions", ActionTerm, r.Actions}} {
		if len(list.words) > MaxRuleWords {
			wrong(list.field, "are more than %d", MaxRuleWords)
			continue
		}
		for i, word := range list.words {
			if CheckTermName(list.kind, word) != nil {
				wrong(list.field, "has %q, which is none: lower-case letters, digits, _ and .", shorten(oneLine(word), briefRunes))
			} else if slices.Contains(list.words[:i], word) {
				wrong(list.field, "has %s twice", word)
			}
		}
	}
	for i, o := range r.Outcomes {
		switch {
		case o != Success && o != Failure && o != Denied:
			wrong("outcomes", "has %q; there are success, failure and denied", shorten(oneLine(string(o)), briefRunes))
		case slices.Contains(r.Outcomes[:i], o):
			wrong("outcomes", "has %s twice", o)
		}
	}
	return errs
}

// ArchiveState says what can be done with an archive.
type ArchiveState string

// The states of an archive.
const (
	ArchiveWriting   ArchiveState = "writing"   // its run goes on
	ArchiveDone      ArchiveState = "done"      // it can be downloaded
	ArchiveRewriting ArchiveState = "rewriting" // somebody is taken out of it; a little later it is done again
	ArchiveRemoved   ArchiveState = "removed"
)

// Archive is a file with the activities that a run of retention deleted: gzip of lines of JSON that can be imported.
type Archive struct {
	ID                uuid.UUID
	WorkspaceID       uuid.UUID
	PurgeID           int64 // the run
	State             ArchiveState
	Rows, Bytes       int64
	FirstSeq, LastSeq int64  // numbers of its first and last activity
	SHA256            []byte // of all bytes, when it is done
	CreatedAt         time.Time
	EndedAt           *time.Time
	ChangedAt         *time.Time // when somebody was last taken out of it
	RemovedAt         *time.Time
}

package models

import "testing"

func runOf(action, kind, name string) *Entry {
	e := &Entry{Actor: Actor{Name: "Sven Okafor", Type: ActorUser}}
	e.Action, e.EntityType, e.Outcome = action, kind, Success
	if name != "" {
		e.EntityName, e.EntityID = &name, &name
	}
	return e
}

func TestRunSentence(t *testing.T) {
	pgx := &Project{ExternalID: "1", Name: "pgx"}
	many, one := RunFacts{Count: 312}, RunFacts{Count: 12, OneEntity: true}
	for _, c := range []struct {
		action, kind, name string
		facts              RunFacts
		change             func(*Entry)
		want               string
	}{
		{"updated", "file", "conn.go", many, func(e *Entry) { e.Project = pgx }, "Sven Okafor updated 312 files in pgx"},
		{"updated", "project", "Website redesign", one, func(e *Entry) { e.Project = pgx }, "Sven Okafor made 12 changes to project Website redesign"},
		{"updated", "project", "Website redesign", one, func(e *Entry) { e.Outcome = Denied }, "Sven Okafor tried to make 12 changes to project Website redesign (Denied)"},
		{"updated", "file", "conn.go", RunFacts{Count: 5000, Over: true}, nil, "Sven Okafor updated over 5,000 files"},
		{"updated", "file", "conn.go", RunFacts{Count: 1}, nil, "Sven Okafor updated file conn.go"},
		{"updated", "", "", many, nil, "Sven Okafor updated something 312 times"},
		{"updated", "", "conn.go", many, nil, "Sven Okafor updated 312 things"},
		{"commented", "task", "Wireframes", one, nil, "Sven Okafor commented on task Wireframes 12 times"},
		{"commented", "comment", "C1", many, nil, "Sven Okafor wrote 312 comments"},
		{"created", "time_entry", "A", many, nil, "Sven Okafor created 312 time entries"},
		{"started", "time_entry", "A", many, nil, "Sven Okafor started the timer 312 times"},
		{"stopped", "timer", "A", one, nil, "Sven Okafor stopped the timer 12 times"},
		{"deleted", "invoice", "Invoice 38", one, func(e *Entry) { e.Outcome = Denied }, "Sven Okafor tried to delete Invoice 38 12 times (Denied)"},
		{"deleted", "invoice", "Invoice 38", many, func(e *Entry) { e.Outcome = Failure }, "Sven Okafor could not delete 312 invoices (Failed)"},
		{"status_changed", "task", "A", many, nil, "Sven Okafor changed the status of 312 tasks"},
		{"paid", "invoice", "A", many, nil, "Sven Okafor recorded the payment of 312 invoices"},
		{"role_changed", "workspace_member", "A", many, nil, "Sven Okafor changed the role of 312 workspace members"},
		{"signed_in", "user", "A", many, nil, "Sven Okafor signed in 312 times"},
		{"sign_in_failed", "user", "A", many, func(e *Entry) { e.Outcome = Failure }, "Sven Okafor could not sign in 312 times (Failed)"},
		{"access_denied", "page", "A", many, func(e *Entry) { e.Outcome = Denied }, "Sven Okafor tried to open 312 pages (Denied)"},
		{"agent_failed", "issue", "A", many, nil, "Sven Okafor could not process 312 issues"},
		{"exported", "export", "A", many, nil, "Sven Okafor made 312 exports"},
		{"sync", "file", "A", many, nil, `Sven Okafor performed "sync" on 312 files`},
		{"frobnicated", "api", "A", many, nil, "Sven Okafor frobnicated 312 APIs"},
		{"created", "project", "pgx", many, func(e *Entry) { e.Project = pgx; e.EntityID = &pgx.ExternalID }, "Sven Okafor created 312 projects"},
		{"matched", "payment", "A", many, func(e *Entry) {
			e.Actor.Type, e.OnBehalfOf, e.Project = ActorAgent, &Actor{Name: "Mateo Quispe"}, &Project{ExternalID: "p\x00"}
		}, "Sven Okafor for Mateo Quispe matched 312 payments in p"},
	} {
		e := runOf(c.action, c.kind, c.name)
		if c.change != nil {
			c.change(e)
		}
		if got := Text(RunSentence(e, c.facts)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Every action of the vocabulary makes a sentence of every type, with what came of it and the count in it.
func TestRunSentenceOfTheVocabulary(t *testing.T) {
	for _, action := range BuiltInActions {
		for _, kind := range append([]string{""}, BuiltInTypes...) {
			for _, outcome := range Outcomes {
				for _, one := range []bool{true, false} {
					e := runOf(action, kind, "The name")
					e.Outcome = outcome
					count := 0
					for _, p := range RunSentence(e, RunFacts{Count: 1234, OneEntity: one}) {
						if p.Kind == PartValue {
							count++
							if p.Text[:6] != "1,234 " || len(p.Text) == 6 {
								t.Errorf("%s %s: %q", action, kind, p.Text)
							}
						}
						if p.Text == "" {
							t.Errorf("%s %s: an empty part", action, kind)
						}
					}
					if count != 1 {
						t.Errorf("%s %s: the count is there %d times: %s", action, kind, count, Text(RunSentence(e, RunFacts{Count: 1234, OneEntity: one})))
					}
				}
			}
		}
	}
}

func TestPlural(t *testing.T) {
	for one, want := range map[string]string{
		"file": "files", "time entry": "time entries", "company": "companies", "day": "days", "person": "people", "workspace member": "workspace members", "sales person": "sales people",
		"status": "statuses", "analysis": "analyses", "box": "boxes", "branch": "branches", "address": "addresses", "tasks": "tasks", "settings": "settings", "API": "APIs", "metadata": "metadata",
		"child": "children", "chairman": "chairmen", "human": "humans", "bus": "buses", "photo": "photos", "hero": "heroes", "knife": "knives", "criterion": "criteria", "": "", "y": "ys",
		"Übung": "Übungs", "issue": "issues", "feedback": "feedback", "quiz": "quizzes", "v2": "v2s",
	} {
		if got := Plural(one); got != want {
			t.Errorf("%s: %s, want %s", one, got, want)
		}
	}
}

package demo

import (
	"time"

	"daybook/models"
)

// planChapters puts the happenings on the agenda that are told once: who comes and goes, what begins and ends, what goes wrong.
func (t *teller) planChapters() {
	t.planAgents()
	t.planPeople()
	t.planProjects()
	t.planDenials()
	t.planExports()
	t.planSettings()
	t.planKeepsakes()
	t.planYesterday()
}

func (t *teller) planAgents() {
	for _, line := range []struct {
		id        string
		days      int
		purpose   string
		onBehalf  bool
		authority []string
	}{
		{bank, 84, "Reads bank statements and matches payments to invoices", true, []string{"invoices", "payments"}},
		{assistant, 80, "Proposes time entries from people's calendars", true, []string{"time entries"}},
		{reviewer, 73, "Checks tasks in review and looks into issues", false, []string{"tasks", "issues", "comments"}},
	} {
		t.plan(t.daysAgo(line.days, 10.5), func() {
			a := t.software[line.id]
			a.here = true
			t.by(t.person(ingrid), "agent_created", thing("agent", a.ActorID, a.Name)).change("enabled", nil, true).
				change("may_write", []string{}, line.authority).meta("purpose", line.purpose).meta("on_behalf", line.onBehalf)
		})
	}
}

func (t *teller) planPeople() {
	by := t.person(ingrid)
	t.plan(t.daysAgo(79, 9.2), func() { t.welcome(by, t.person(leilani)) })
	t.plan(t.daysAgo(13, 9.1), func() { t.welcome(by, t.person(chiara)) })
	t.plan(t.daysAgo(25, 16.7), func() { t.leave(by, t.person(annaAbroad)) })
	t.plan(t.daysAgo(66, 11.3), func() { t.changeRole(by, t.person(hana), "admin") })
	t.plan(t.daysAgo(52, 15.1), func() { t.changeRole(by, t.person(hana), "member") })
}

// welcome lets somebody into the workspace and into their projects that run already.
func (t *teller) welcome(by, a *actor) {
	operation := t.operation("invitation")
	t.join(by, a, operation)
	for _, p := range t.projects {
		if p.open() && p.has(a) {
			t.by(by, "member_added", p.thing()).in(p).tied(operation).change("member", nil, a.Name).meta("member_id", a.ActorID)
		}
	}
}

func (t *teller) planProjects() {
	t.plan(t.daysAgo(58, 9.6), func() {
		t.createClient(t.person(leilani), clientLine{orchardID, "Orchard Lane Films", "Bristol", "office@orchard-lane.example"})
	})
	t.plan(t.daysAgo(58, 13.5), func() {
		p := t.projectBy(festival)
		p.client = t.clientBy(orchardID)
		t.startProject(t.person(p.lead), p, t.operation("project"))
	})
	t.plan(t.daysAgo(44, 14.2), t.importPages)
	t.plan(t.daysAgo(34, 10.1), func() { t.renameProject(t.person(amara), t.projectBy(checkout), "Checkout audit") })
	t.plan(t.daysAgo(30, 17.6), func() { t.archiveProject(t.person(siobhan), t.projectBy(campaign)) })
	t.plan(t.daysAgo(53, 16.2), func() { t.archiveProject(t.person(amara), t.projectBy(booking)) })
	t.plan(t.daysAgo(49, 9.4), func() { t.unarchiveProject(t.person(amara), t.projectBy(booking)) })
	t.plan(t.daysAgo(22, 11.2), func() {
		c := t.clientBy("34")
		before := c.name
		c.name = "Fenwick Stone LLP"
		t.by(t.person(leilani), "updated", c.thing()).change("name", before, c.name).change("vat_id", nil, "GB 999 9999 73")
	})
	for _, days := range []int{60, 38, 17} {
		t.plan(t.daysAgo(days, 10.8), func() { t.estimateRun(t.person(dmitri), t.projectBy(website), 12) })
	}
}

// importPages makes forty tasks within a second.
func (t *teller) importPages() {
	p, by, operation := t.projectBy(intranet), t.person(siobhan), t.operation("import")
	for _, department := range importedDepartments {
		for _, page := range importedPages {
			k, n := t.createTask(by, p, "Move page: "+department+", "+page)
			k.hours = 1
			n.tied(operation).meta("imported_from", "pages.csv").meta("estimate_hours", k.hours)
		}
	}
}

func (t *teller) planDenials() {
	tokens := thing("settings", "tokens", "Tokens")
	for _, line := range []struct {
		who, action, why string
		entity           models.EntityRef
		days             int
		hour             float64
	}{
		{kwame, "opened", "Only admins and owners manage tokens.", tokens, 71, 15.3},
		{junseo, "exported", "Freelancers may not export time entries.", thing("export", "time-entries", "All time entries"), 47, 18.4},
		{annaAbroad, "opened", "Only members of a project may open it.", thing("project", booking, "Booking form"), 33, 9.9},
		{leilani, "role_changed", "Only owners make admins.", thing("workspace_member", leilani, "Leilani Kahale"), 26, 13.7},
		{tomasz, "opened", "Only members of a project may open it.", thing("project", intranet, "Intranet migration"), 19, 16.1},
		{priya, "updated", "Hourly rates are set by admins.", thing("user", priya, "Priya Raman"), 15, 10.4},
	} {
		t.plan(t.daysAgo(line.days, line.hour), func() { t.by(t.person(line.who), line.action, line.entity).ended(models.Denied, "%s", line.why) })
	}
}

func (t *teller) planExports() {
	for i, days := range []int{77, 63, 46, 32, 18, 4} {
		t.plan(t.daysAgo(days, 16.3), func() {
			n := t.export(t.person([]string{ingrid, yusuf}[i%2]), []string{"Time entries of the month", "Open invoices"}[i%2], t.between(40, 1900))
			if i == 3 {
				n.ended(models.Failure, "The disk for exports is full: 0 of 1,204 rows were written.")
			}
		})
	}
}

func (t *teller) planSettings() {
	by := t.person(ingrid)
	t.plan(t.daysAgo(68, 12.9), func() {
		t.by(by, "settings_updated", workspaceThing()).change("hourly_rate", money(9_500), money(9_800)).change("round_to_minutes", 15, 5)
	})
	t.plan(t.daysAgo(29, 9.7), func() {
		t.by(by, "settings_updated", workspaceThing()).change("require_two_factor", false, true).change("weekly_summary_to", nil, []string{"ingrid.solheim", "siobhan.daly"})
	})
	t.plan(t.daysAgo(9, 14.6), func() {
		t.by(by, "settings_updated", workspaceThing()).change("invoice_footer",
			"Payable within 30 days. Tidewell Studio, Hafenstraße 12, Hamburg.",
			"Payable within 14 days, without deduction. Please give the number of the invoice. Tidewell Studio, Hafenstraße 12, Hamburg.")
	})
}

// planKeepsakes makes early what the last hours will need, so that even those rows have a history.
func (t *teller) planKeepsakes() {
	for _, line := range []struct {
		name, project, by, to string
	}{
		{keyboardTask, website, amara, priya},
		{basketTask, mobile, amara, noor},
		{reviewTaskName, mobile, amara, mateo},
		{coverTask, brand, siobhan, ""},
		{statementTask, intranet, siobhan, maximiliane},
		{prototypeTask, mobile, amara, ""},
	} {
		t.plan(t.daysAgo(10, 11), func() {
			k, _ := t.createTask(t.person(line.by), t.projectBy(line.project), line.name)
			k.kept = true
			if line.to != "" {
				t.assignTo(t.person(line.by), k, t.person(line.to))
			}
		})
	}
	t.plan(t.daysAgo(48, 10.2), func() { t.draftInvoice(t.person(siobhan), t.projectBy(brand), invoiceOverdue).terms = 14 })
	t.plan(t.daysAgo(40, 15.4), func() { t.draftInvoice(t.person(amara), t.projectBy(checkout), "") })
	t.plan(t.daysAgo(15, 13.2), func() { t.draftInvoice(t.person(siobhan), t.projectBy(intranet), invoiceSent).terms = 30 })
}

// planYesterday is the end of the last working day before the last hours.
func (t *teller) planYesterday() {
	day := t.lastWorkday()
	at := func(hour float64, act func()) { t.plan(t.hour(day, hour).Add(t.minutes(0, 3)), act) }
	at(10.1, func() { t.draftInvoice(t.person(amara), t.projectBy(website), invoiceDraft) })
	at(11.1, func() {
		t.by(t.person(ravi), "opened", thing("settings", "tokens", "Tokens")).ended(models.Denied, "Only admins and owners manage tokens.")
	})
	at(11.6, func() { t.export(t.person(ingrid), "Activities of the quarter", len(t.notes)) })
	at(14.3, func() {
		k := t.keepsake(prototypeTask)
		k.deleted = true
		t.by(t.person(junseo), "deleted", k.thing()).in(k.project).meta("reason", "out of scope")
	})
	at(15.5, func() {
		t.commentOn(t.person(maximiliane), t.keepsake(statementTask), "The tender asks for the statement in easy language too. I took the second draft to the works council.")
	})
	at(16.7, func() {
		t.createClient(t.person(leilani), clientLine{"39", "Museum Harbour Trust", "Tromsø", "post@museum-harbour.example"})
	})
}

// lastHours is the stretch before now that is told act by act.
const lastHours = 5*time.Hour + 30*time.Minute

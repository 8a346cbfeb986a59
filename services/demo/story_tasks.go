package demo

import (
	"fmt"
	"strings"

	"daybook/models"
)

// The states of a task, in the agency's words.
const (
	taskOpen     = "open"
	taskProgress = "in progress"
	taskReview   = "review"
	taskDone     = "done"
)

type task struct {
	id, name string
	project  *project
	status   string
	assignee *actor
	hours    int    // estimated; 0: not yet
	due      string // a date; empty: none
	kept     bool   // for the last hours: nobody else may close, rename or delete it
	deleted  bool
}

func (k *task) thing() models.EntityRef { return thing("task", k.id, k.name) }

func (k *task) live() bool { return !k.deleted && k.status != taskDone && k.project.open() }

func (k *task) free() bool { return k.live() && !k.kept }

// freshName is the name of a task the project has not had yet.
func (t *teller) freshName(p *project) string {
	if len(p.fresh) == 0 {
		p.round++
		suffix := ""
		if p.round > 1 {
			suffix = fmt.Sprintf(", round %d", p.round)
		}
		for _, name := range p.work.special {
			p.fresh = append(p.fresh, name+suffix)
		}
		for _, kind := range p.work.kinds {
			for _, subject := range p.work.subjects {
				p.fresh = append(p.fresh, fmt.Sprintf(kind, subject)+suffix)
			}
		}
		t.dice.Shuffle(len(p.fresh), func(i, j int) { p.fresh[i], p.fresh[j] = p.fresh[j], p.fresh[i] })
	}
	name := p.fresh[0]
	p.fresh = p.fresh[1:]
	return name
}

func (t *teller) createTask(by *actor, p *project, name string) (*task, *note) {
	k := &task{id: fmt.Sprint(2000 + t.serial("task")), name: name, project: p, status: taskOpen}
	t.tasks = append(t.tasks, k)
	return k, t.by(by, "created", k.thing()).in(p).meta("status", k.status)
}

// taskFor draws a task that fits: first a project of somebody's, busy ones more often, then one of its tasks, their own more often.
// Nil if there is none.
func (t *teller) taskFor(a *actor, fits func(*task) bool) *task {
	byProject := map[*project][]*task{}
	for _, k := range t.tasks {
		if !k.free() || !k.project.has(a) || !fits(k) {
			continue
		}
		byProject[k.project] = append(byProject[k.project], k)
		if k.assignee == a {
			byProject[k.project] = append(byProject[k.project], k, k, k, k)
		}
	}
	if p := t.projectFor(a, func(p *project) bool { return len(byProject[p]) > 0 }); p != nil {
		return pick(t, byProject[p])
	}
	return nil
}

func anyTask(*task) bool { return true }

func (t *teller) makeTask(a *actor) {
	p := t.projectFor(a, anyProject)
	if p == nil {
		return
	}
	k, n := t.createTask(a, p, t.freshName(p))
	if t.chance(0.4) {
		k.hours = t.between(1, 12) * 2
		n.meta("estimate_hours", k.hours)
	}
	if t.chance(0.3) {
		t.plan(t.clock.Add(t.minutes(1, 6)), func() { t.assignTo(a, k, t.colleague(a, p)) })
	}
}

// projectFor draws an open project of somebody's, busy ones more often. Nil if there is none.
func (t *teller) projectFor(a *actor, fits func(*project) bool) *project {
	var lots []*project
	for _, p := range t.projects {
		if p.open() && p.has(a) && fits(p) {
			for range p.weight {
				lots = append(lots, p)
			}
		}
	}
	if len(lots) == 0 {
		return nil
	}
	return pick(t, lots)
}

func anyProject(*project) bool { return true }

func forClient(p *project) bool { return p.client != nil }

// colleague draws one who works on the project's tasks.
func (t *teller) colleague(a *actor, p *project) *actor {
	var lots []*actor
	for _, m := range p.members {
		if m.here && m != a && m.rhythm.craft == maker && m.ActorID != chiara {
			lots = append(lots, m)
		}
	}
	if len(lots) == 0 {
		return a
	}
	return pick(t, lots)
}

func (t *teller) assignTo(by *actor, k *task, to *actor) {
	if !k.live() || k.assignee == to || !to.here || !k.project.has(to) {
		return
	}
	var before any
	if k.assignee != nil {
		before = k.assignee.Name
	}
	k.assignee = to
	t.by(by, "assigned", k.thing()).in(k.project).change("assignee", before, to.Name).meta("assignee_id", to.ActorID)
}

func (t *teller) assignTask(a *actor) {
	k := t.taskFor(a, func(k *task) bool { return k.assignee == nil })
	if k == nil {
		k = t.taskFor(a, func(k *task) bool { return k.status == taskOpen })
	}
	if k != nil {
		t.assignTo(a, k, t.colleague(a, k.project))
	}
}

func (t *teller) moveTask(a *actor) {
	next := map[string]string{taskOpen: taskProgress, taskProgress: taskReview, taskReview: taskProgress}
	if k := t.taskFor(a, anyTask); k != nil {
		before := k.status
		k.status = next[before]
		t.by(a, "status_changed", k.thing()).in(k.project).change("status", before, k.status)
	}
}

func (t *teller) completeTask(a *actor) {
	k := t.taskFor(a, func(k *task) bool { return k.status != taskOpen })
	if k == nil {
		k = t.taskFor(a, anyTask)
	}
	if k != nil {
		t.complete(a, k)
	}
}

func (t *teller) complete(a *actor, k *task) {
	before := k.status
	k.status = taskDone
	n := t.by(a, "completed", k.thing()).in(k.project).change("status", before, taskDone)
	if k.hours > 0 {
		n.meta("estimate_hours", k.hours)
	}
}

func (t *teller) deleteTask(a *actor) {
	k := t.taskFor(a, func(k *task) bool { return k.status == taskOpen })
	if k != nil && !t.timed(k) {
		k.deleted = true
		t.by(a, "deleted", k.thing()).in(k.project).meta("reason", pick(t, []string{"duplicate", "out of scope", "created by mistake"}))
	}
}

// timed tells whether somebody's timer runs on a task.
func (t *teller) timed(k *task) bool {
	for _, p := range t.people {
		if p.running != nil && p.running.task == k {
			return true
		}
	}
	return false
}

// editTask changes one or two fields: an estimate, a date, a switch, a list, or the name.
func (t *teller) editTask(a *actor) {
	k := t.taskFor(a, anyTask)
	if k == nil {
		return
	}
	switch lot := t.dice.IntN(10); {
	case lot < 4:
		t.estimate(a, k)
	case lot < 7:
		before, days := k.due, t.between(3, 24)
		if k.due = t.date(days); k.due == before {
			k.due = t.date(days + 1)
		}
		t.by(a, "updated", k.thing()).in(k.project).change("due_date", unset(before), k.due)
	case lot < 8 && k.project.client != nil:
		t.turn(t.by(a, "updated", k.thing()).in(k.project), "billable", true, false)
	case lot < 9:
		n := t.by(a, "updated", k.thing()).in(k.project)
		t.turn(n, "tags", []string{}, []string{"design"}, []string{"design", "client", "urgent"}, []string{"phone", "urgent"})
		t.turn(n, "priority", "normal", "high", "low")
	default:
		before := k.name
		k.name = rename(before)
		t.by(a, "updated", k.thing()).in(k.project).change("name", before, k.name)
	}
}

// rename makes a name better the way people do, and back again.
func rename(name string) string {
	if short, ok := strings.CutSuffix(name, " (v2)"); ok {
		return short
	}
	return name + " (v2)"
}

func (t *teller) estimate(a *actor, k *task) *note {
	var before any
	if k.hours > 0 {
		before = k.hours
	}
	k.hours += t.between(1, 6)
	return t.by(a, "updated", k.thing()).in(k.project).change("estimate_hours", before, k.hours)
}

// estimateRun is somebody going through a project's board: the same action a dozen times within a few minutes.
func (t *teller) estimateRun(a *actor, p *project, most int) {
	operation, at := t.operation("planning"), t.clock
	for _, k := range t.tasks {
		if k.project != p || !k.free() || most == 0 {
			continue
		}
		most--
		at = at.Add(t.minutes(0, 1))
		t.plan(at, func() {
			if k.live() {
				t.estimate(a, k).tied(operation)
			}
		})
	}
}

func (t *teller) comment(a *actor) {
	if k := t.taskFor(a, anyTask); k != nil {
		t.commentOn(a, k, pick(t, comments))
	}
}

// commentOn sometimes has an aftermath: the comment is mended or withdrawn, as a comment of its own id.
func (t *teller) commentOn(a *actor, k *task, text string) {
	id := fmt.Sprint(9000 + t.serial("comment"))
	t.by(a, "commented", k.thing()).in(k.project).saying("%s", text).meta("comment_id", id)
	if !t.chance(0.08) {
		return
	}
	mended := t.chance(0.6)
	t.plan(t.clock.Add(t.minutes(1, 9)), func() {
		if !k.project.open() || !a.here {
			return
		}
		if entity := thing("comment", id, "Comment on "+k.name); mended {
			t.by(a, "updated", entity).in(k.project).change("text", text, text+" (Edit: until Thursday.)").meta("task_id", k.id)
		} else {
			t.by(a, "deleted", entity).in(k.project).meta("task_id", k.id)
		}
	})
}

package access_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// surfaces asks every read surface for one reader and compares each with a plain loop over all rows.
type surfaces struct {
	*testing.T
	cast   *feedtest.Cast
	random *rand.Rand
	stats  *stats.Service
	says   string // who asks for what
}

func TestEverySurfaceShowsExactlyWhatOneMayRead(t *testing.T) {
	r := feedtest.Random(t)
	s := surfaces{T: t, cast: feedtest.NewCast(t, r, 150), random: r}
	s.stats = stats.New(s.cast.World.DB, s.cast.World.Feed)
	for _, p := range s.cast.Principals() {
		for _, ws := range s.cast.Workspaces {
			s.workspace(p, ws)
		}
		s.together(p)
	}
}

func (s surfaces) expect(what string, got, want any) {
	s.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		s.Fatalf("%s: %s\n got %s\nwant %s", s.says, what, g, w)
	}
}

// workspace compares what a principal gets in one workspace.
func (s surfaces) workspace(p access.Principal, ws models.Workspace) {
	o, ctx := s.cast.Oracle, s.Context()
	s.says = describe(p) + " in " + ws.Slug
	v, err := s.cast.World.Access.Enter(ctx, p, feedtest.Pick(s.random, ws.Slug, ws.ID.String()))
	if o.Role(p, ws.ID) == feedtest.Stranger {
		s.expect("entering", models.KindOf(err), models.NotFound)
		s.expect("the viewer", v.Role, access.Outsider)
		return
	}
	if err != nil {
		s.Fatal(s.says, err)
	}
	for range 3 {
		f := s.cast.AnyFilter(s.random)
		s.says = fmt.Sprintf("%s in %s asks for %q", describe(p), ws.Slug, f)
		want := o.Find(func(r feedtest.Row) bool {
			return r.WorkspaceID == ws.ID && o.May(p, r, f.System) && feedtest.Selects(f, o.As(p, r))
		})
		s.lists(v.Scope(f.System), f, want)
		s.follow(v, f, want)
	}
	s.one(p, v)
	s.allows(v.Scope(true), func(r feedtest.Row) bool { return r.WorkspaceID == ws.ID && o.May(p, r, true) })
	s.owned(p, v)
	s.narrow(p, v)
}

// lists compares every surface that takes a scope and a filter.
func (s surfaces) lists(scope access.Scope, f feed.Filter, want []feedtest.Row) {
	ids := feedtest.InFeedOrder(want)
	s.expect("by cursor", s.byCursor(scope, f), ids)
	s.expect("by offset", s.byOffset(scope, f), ids)
	total, err := s.stats.Total(s.Context(), scope, f)
	if err != nil || total == nil {
		s.Fatal(s.says, "total", total, err)
	}
	s.expect("total", *total, len(want))
	s.summary(scope, f, want)
}

func (s surfaces) byCursor(scope access.Scope, f feed.Filter) []int64 {
	ids := []int64{}
	hasty := s.random.IntN(2) == 0
	for cursor, limit := "", 1+s.random.IntN(60); ; {
		page, err := s.cast.World.Feed.Page(s.Context(), scope, feed.Ask{Filter: f, Limit: limit, Cursor: cursor, Hasty: hasty})
		if err != nil {
			s.Fatal(s.says, err)
		}
		for _, e := range page.Entries {
			ids = append(ids, e.ID)
			if e.IP != nil && !scope.ShowsAddresses(e.WorkspaceID) {
				s.Fatal(s.says, "shows an address")
			}
		}
		if cursor = page.Older; cursor == "" {
			return ids
		}
	}
}

func (s surfaces) byOffset(scope access.Scope, f feed.Filter) []int64 {
	ids := []int64{}
	for limit := 1 + s.random.IntN(60); ; {
		page, err := s.cast.World.Feed.Page(s.Context(), scope, feed.Ask{Filter: f, Limit: limit, Offset: len(ids)})
		if err != nil {
			s.Fatal(s.says, err)
		}
		if len(page.Entries) == 0 {
			return ids
		}
		for _, e := range page.Entries {
			ids = append(ids, e.ID)
		}
	}
}

func (s surfaces) summary(scope access.Scope, f feed.Filter, want []feedtest.Row) {
	sum, err := s.stats.Summarise(s.Context(), scope, f, 100)
	if err != nil {
		s.Fatal(s.says, err)
	}
	types, actions, actors := map[string]int64{}, map[string]int64{}, map[int64]int64{}
	for _, r := range want {
		if r.EntityType != "" {
			types[r.EntityType]++
		}
		actions[r.Action]++
		actors[r.Person]++
	}
	s.expect("sum", sum.Total, len(want))
	s.expect("types", sum.Types, types)
	s.expect("actions", sum.Actions, actions)
	busy := map[int64]int64{}
	for i, a := range sum.Actors {
		busy[a.ID] = a.Count
		if i > 0 && sum.Actors[i-1].Count < a.Count {
			s.Fatal(s.says, "the busiest are not in order")
		}
	}
	s.expect("actors", busy, actors)
}

// follow reads from the first row of the workspace on, and the latest rows.
func (s surfaces) follow(v access.Viewer, f feed.Filter, want []feedtest.Row) {
	first := s.cast.Oracle.Find(func(r feedtest.Row) bool { return r.WorkspaceID == v.Workspace.ID })[0]
	got, limit := []int64{}, 1+s.random.IntN(60)
	for after := first.UUID.String(); ; {
		entries, err := s.cast.World.Follow(s.Context(), v, f, after, limit)
		if err != nil {
			s.Fatal(s.says, err)
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			got, after = append(got, e.ID), e.UUID.String()
		}
	}
	all := feedtest.IDs(want)
	s.expect("following", got, slices.DeleteFunc(slices.Clone(all), func(id int64) bool { return id == first.ID }))
	latest, err := s.cast.World.Follow(s.Context(), v, f, "", limit)
	if err != nil {
		s.Fatal(s.says, err)
	}
	s.expect("the latest", idsOf(latest), all[max(0, len(all)-limit):])
}

// one asks for single rows of all workspaces.
func (s surfaces) one(p access.Principal, v access.Viewer) {
	o := s.cast.Oracle
	for range 20 {
		r := feedtest.Pick(s.random, o.Rows...)
		e, err := s.cast.World.Feed.One(s.Context(), v.Scope(true), r.UUID)
		if r.WorkspaceID == v.Workspace.ID && o.May(p, r, true) {
			s.expect("one", e.ID, r.ID)
			s.expect("its address", e.IP != nil, r.HasAddress && o.Role(p, r.WorkspaceID) == feedtest.Reader)
		} else {
			s.expect("one that is not theirs", models.KindOf(err), models.NotFound)
		}
	}
}

// allows compares the predicate in Go.
func (s surfaces) allows(scope access.Scope, may func(feedtest.Row) bool) {
	some := false
	for _, r := range s.cast.Oracle.Rows {
		some = some || may(r)
		s.expect(fmt.Sprintf("allows %+v", r), scope.Allows(activity(r)), may(r))
	}
	if some && scope.Empty() {
		s.Fatal(s.says, "an empty scope has rows")
	}
}

func activity(r feedtest.Row) *models.Activity {
	a := &models.Activity{ID: r.ID, WorkspaceID: r.WorkspaceID, ActorID: r.ActorID, System: r.System}
	if r.OnBehalfOf != 0 {
		a.OnBehalfOfID = &r.OnBehalfOf
	}
	if r.ProjectID != 0 {
		a.ProjectID = &r.ProjectID
	}
	return a
}

func (s surfaces) owned(p access.Principal, v access.Viewer) {
	o, f := s.cast.Oracle, s.cast.AnyFilter(s.random)
	mine := func(r feedtest.Row) bool {
		return r.WorkspaceID == v.Workspace.ID && o.May(p, r, false) && o.Own(p, r)
	}
	s.says = fmt.Sprintf("%s in %s asks for their own %q", describe(p), v.Workspace.Slug, f)
	s.lists(access.OwnedTogether([]access.Viewer{v}, false), f, o.Find(func(r feedtest.Row) bool { return mine(r) && feedtest.Selects(f, o.As(p, r)) }))
	s.allows(access.OwnedTogether([]access.Viewer{v}, false), mine)

	mineToo := func(r feedtest.Row) bool {
		return r.WorkspaceID == v.Workspace.ID && o.May(p, r, f.System) && o.Own(p, r)
	}
	s.says += ", with system rows if asked for"
	together := access.OwnedTogether([]access.Viewer{v, v}, f.System)
	s.lists(together, f, o.Find(func(r feedtest.Row) bool { return mineToo(r) && feedtest.Selects(f, o.As(p, r)) }))
	s.allows(together, mineToo)
}

// narrow keeps exactly the rows of some projects, again and again, also of projects elsewhere and named twice.
func (s surfaces) narrow(p access.Principal, v access.Viewer) {
	o, f := s.cast.Oracle, s.cast.AnyFilter(s.random)
	var all []int64
	for _, project := range o.Projects {
		all = append(all, project.ID, project.ID)
	}
	scope, kept := v.Scope(f.System), [][]int64{}
	for range 1 + s.random.IntN(2) {
		some := feedtest.Some(s.random, 0.4, all...)
		scope, kept = scope.Narrow(some), append(kept, some)
	}
	may := func(r feedtest.Row) bool {
		for _, projects := range kept {
			if !slices.Contains(projects, r.ProjectID) {
				return false
			}
		}
		return r.WorkspaceID == v.Workspace.ID && o.May(p, r, f.System)
	}
	s.says = fmt.Sprintf("%s in %s, narrowed to %v, asks for %q", describe(p), v.Workspace.Slug, kept, f)
	s.lists(scope, f, o.Find(func(r feedtest.Row) bool { return may(r) && feedtest.Selects(f, o.As(p, r)) }))
	s.allows(scope, may)
}

// together compares what a principal gets over all workspaces.
func (s surfaces) together(p access.Principal) {
	o := s.cast.Oracle
	viewers, err := s.cast.World.Access.EnterAll(s.Context(), p)
	if err != nil {
		s.Fatal(err)
	}
	var got, want []uuid.UUID
	for _, v := range viewers {
		got = append(got, v.Workspace.ID)
	}
	for _, ws := range o.Workspaces {
		if o.Role(p, ws.ID) != feedtest.Stranger {
			want = append(want, ws.ID)
		}
	}
	byText := func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }
	slices.SortFunc(got, byText)
	slices.SortFunc(want, byText)
	s.says = describe(p)
	s.expect("workspaces", got, want)
	for range 3 {
		f := s.cast.AnyFilter(s.random)
		s.says = fmt.Sprintf("%s asks everywhere for %q", describe(p), f)
		s.lists(access.Together(viewers, f.System), f, o.Find(func(r feedtest.Row) bool { return o.May(p, r, f.System) && feedtest.Selects(f, o.As(p, r)) }))
	}
}

func TestTheZeroScopeSeesNothing(t *testing.T) {
	r := feedtest.Random(t)
	s := surfaces{T: t, cast: feedtest.NewCast(t, r, 20), random: r, says: "nobody"}
	s.stats = stats.New(s.cast.World.DB, s.cast.World.Feed)
	for _, scope := range []access.Scope{{}, access.Viewer{Workspace: s.cast.Workspaces[0]}.Scope(true), access.Together(nil, true), access.OwnedTogether([]access.Viewer{{}}, false), access.Scope{}.Narrow([]int64{1})} {
		for range 10 {
			s.lists(scope, s.cast.AnyFilter(r), nil)
		}
		s.allows(scope, func(feedtest.Row) bool { return false })
		if !scope.Empty() {
			t.Error("is not empty")
		}
		for _, row := range s.cast.Oracle.Rows {
			if _, err := s.cast.World.Feed.One(context.Background(), scope, row.UUID); models.KindOf(err) != models.NotFound {
				t.Fatal(err)
			}
		}
	}
	for range 5 {
		latest, err := s.cast.World.Follow(t.Context(), access.Viewer{Workspace: s.cast.Workspaces[0]}, s.cast.AnyFilter(r), "", 10)
		if err != nil || len(latest) > 0 {
			t.Fatal(latest, err)
		}
	}
}

func describe(p access.Principal) string {
	text := "nobody"
	if p.User != nil {
		text = p.User.Name
	}
	if p.Token != nil {
		text += fmt.Sprintf(" with a token (%s, %v)", p.Token.Scopes, p.Token.WorkspaceID)
	}
	return text
}

func idsOf(entries []models.Entry) []int64 {
	ids := []int64{}
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

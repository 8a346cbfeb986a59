package access_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed/feedtest"
)

// Whoever is said to be covered may read every row of what they began with, and gets back just that.
func TestACoveredRegionHoldsNothingElse(t *testing.T) {
	random := feedtest.Random(t)
	cast := feedtest.NewCast(t, random, 1)
	covered, not := 0, 0
	type viewed struct {
		access.Viewer
		scope access.Scope
	}
	var all []viewed
	for _, p := range cast.Principals() {
		for _, ws := range cast.Workspaces {
			v, err := cast.World.Access.Enter(t.Context(), p, ws.Slug)
			if err != nil {
				continue
			}
			own := access.OwnedTogether([]access.Viewer{v}, false)
			for _, scope := range []access.Scope{v.Scope(true), v.Scope(false), own, v.Scope(true).Narrow([]int64{1, 2, 3}), own.Narrow([]int64{1, 5})} {
				all = append(all, viewed{v, scope})
			}
		}
	}
	for range 4000 {
		now, then := feedtest.Pick(random, all...), feedtest.Pick(random, all...)
		for _, r := range then.scope.Regions() {
			addresses := then.scope.ShowsAddresses(r.Workspace)
			again, ok := now.Again(r, addresses)
			if !ok && !again.Empty() || ok && again.ShowsAddresses(r.Workspace) != addresses || ok && addresses && !now.ReadsAll() {
				t.Fatalf("%+v of %+v: %v", r, now, ok)
			}
			if !ok {
				not++
				continue
			}
			covered++
			for range 20 {
				a := anyRow(random, r.Workspace)
				if then.scope.Allows(&a) != again.Allows(&a) || again.Allows(&a) && !now.Scope(true).Allows(&a) {
					t.Fatalf("%+v: %+v is said to cover %+v", a, now, r)
				}
			}
		}
		for _, r := range now.scope.Regions() {
			if _, ok := now.Again(r, now.scope.ShowsAddresses(r.Workspace)); !ok {
				t.Fatalf("%+v does not cover itself", r)
			}
		}
	}
	if covered == 0 || not == 0 {
		t.Errorf("%d were covered, %d were not", covered, not)
	}
}

func anyRow(r *rand.Rand, ws uuid.UUID) models.Activity {
	a := models.Activity{WorkspaceID: ws, ActorID: r.Int64N(40), System: r.IntN(5) == 0}
	if r.IntN(2) == 0 {
		on := r.Int64N(40)
		a.OnBehalfOfID = &on
	}
	if r.IntN(3) > 0 {
		p := r.Int64N(24)
		a.ProjectID = &p
	}
	return a
}

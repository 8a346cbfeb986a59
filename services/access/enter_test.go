package access_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed/feedtest"
)

func TestWhatIsNoAddressIsNoWorkspace(t *testing.T) {
	w := feedtest.New(t)
	root := w.User(t, "root", true)
	for _, address := range []string{"", "nowhere", uuid.NewString(), "a\x00b", "\xff", "ACME", "acme ", strings.Repeat("é", 100), "acme'--", "../acme"} {
		v, err := w.Access.Enter(t.Context(), access.Principal{User: root}, address)
		if models.KindOf(err) != models.NotFound || v.Role != access.Outsider {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := w.Access.Enter(t.Context(), access.Principal{User: root}, models.BuiltInSlug); err != nil {
		t.Error("instance admins read Daybook's own workspace like any other:", err)
	}
}

// What each kind of principal is in a workspace, by how they are there.
func TestRoles(t *testing.T) {
	w := feedtest.New(t)
	here, elsewhere := w.Workspace(t, "here", "UTC"), w.Workspace(t, "elsewhere", "UTC")
	users := map[string]*models.User{}
	for name, role := range map[string]models.Role{"owner": models.Owner, "admin": models.Admin, "member": models.Member, "outsider": "", "root": ""} {
		users[name] = w.User(t, name, name == "root")
		if role != "" {
			w.Member(t, here, users[name], role)
		}
	}
	service := func(ws *uuid.UUID, scopes string) access.Principal {
		return access.Principal{Token: &models.Token{ID: 1, WorkspaceID: ws, Scopes: scopes}}
	}
	personal := func(name string, ws *uuid.UUID, scopes string) access.Principal {
		return access.Principal{User: users[name], Token: &models.Token{ID: 2, WorkspaceID: ws, UserID: &users[name].ID, Scopes: scopes}}
	}
	for name, c := range map[string]struct {
		p    access.Principal
		role access.Role
	}{
		"nobody":                              {access.Principal{}, access.Outsider},
		"owner":                               {access.Principal{User: users["owner"]}, access.Owner},
		"admin":                               {access.Principal{User: users["admin"]}, access.Admin},
		"member":                              {access.Principal{User: users["member"]}, access.Member},
		"outsider":                            {access.Principal{User: users["outsider"]}, access.Outsider},
		"instance admin":                      {access.Principal{User: users["root"]}, access.Instance},
		"owner's token":                       {personal("owner", nil, "activity:read"), access.Program},
		"owner's token, admin":                {personal("owner", nil, "activity:read admin"), access.Owner},
		"owner's token, bound here":           {personal("owner", &here.ID, "admin"), access.Owner},
		"owner's token, bound elsewhere":      {personal("owner", &elsewhere.ID, "admin"), access.Outsider},
		"member's token, admin":               {personal("member", nil, "activity:read admin"), access.Member},
		"outsider's token, admin":             {personal("outsider", &here.ID, "activity:read admin"), access.Outsider},
		"instance admin's token":              {personal("root", nil, "activity:read"), access.Program},
		"instance admin's token, admin":       {personal("root", nil, "admin"), access.Instance},
		"instance admin's token, bound here":  {personal("root", &here.ID, "admin"), access.Owner},
		"service token":                       {service(&here.ID, "activity:write"), access.Program},
		"service token, admin":                {service(&here.ID, "admin"), access.Program},
		"service token of another workspace":  {service(&elsewhere.ID, "activity:read"), access.Outsider},
		"service token that is bound nowhere": {service(nil, "activity:read"), access.Outsider}, // the database refuses such a one
	} {
		v, err := w.Access.Enter(t.Context(), c.p, "here")
		if v.Role != c.role || (c.role == access.Outsider) != (models.KindOf(err) == models.NotFound && err != nil) {
			t.Errorf("%s: role %d, %v", name, v.Role, err)
		}
		all, err := w.Access.EnterAll(t.Context(), c.p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		at := slices.IndexFunc(all, func(v access.Viewer) bool { return v.Workspace.ID == here.ID })
		if (at >= 0) != (c.role != access.Outsider) || at >= 0 && all[at].Role != c.role {
			t.Errorf("%s: among all it is %+v", name, all)
		}
		if v.Administers() != (c.role >= access.Admin) || v.ReadsAll() != (c.role >= access.Program) {
			t.Errorf("%s: administers %v, reads all %v", name, v.Administers(), v.ReadsAll())
		}
	}
}

func TestLosingAccessTakesEffectAtOnce(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	bo := w.User(t, "bo", false)
	w.Member(t, ws, bo, models.Member)
	me, p := w.Actor(t, ws, "bo", bo), w.Project(t, ws, "p", models.VisibleToMembers)
	w.Grant(t, p, me)
	row := &models.Activity{WorkspaceID: ws.ID, ActorID: me.ID + 1, ProjectID: &p.ID}
	if !w.Viewer(t, bo, ws).Scope(false).Allows(row) {
		t.Error("what was granted is not seen")
	}
	if err := w.DB.Gorm.Delete(&models.ProjectMember{WorkspaceID: ws.ID, ProjectID: p.ID, ActorID: me.ID}).Error; err != nil {
		t.Fatal(err)
	}
	if w.Viewer(t, bo, ws).Scope(false).Allows(row) {
		t.Error("what was revoked is seen")
	}
	if err := w.DB.Gorm.Delete(&models.Membership{WorkspaceID: ws.ID, UserID: bo.ID}).Error; err != nil {
		t.Fatal(err)
	}
	if _, err := w.Access.Enter(t.Context(), access.Principal{User: bo}, "acme"); models.KindOf(err) != models.NotFound {
		t.Error("who was removed may enter:", err)
	}
}

// EnterAll stands on every page, so it must not ask once for each workspace.
func TestManyWorkspacesAreEnteredWithFewQuestions(t *testing.T) {
	w := feedtest.New(t)
	bo, root := w.User(t, "bo", false), w.User(t, "root", true)
	for i := range 30 {
		ws := w.Workspace(t, fmt.Sprint("ws-", i), "UTC")
		w.Member(t, ws, bo, []models.Role{models.Member, models.Admin}[i%2])
		w.Project(t, ws, "p", models.VisibleToWorkspace)
		w.Actor(t, ws, "bo", bo)
	}
	for _, u := range []*models.User{bo, root} {
		asked := 0
		err := w.DB.Gorm.Callback().Query().After("gorm:query").Replace("count", func(*gorm.DB) { asked++ })
		err = errors.Join(err, w.DB.Gorm.Callback().Row().After("gorm:row").Replace("count", func(*gorm.DB) { asked++ }))
		if err != nil {
			t.Fatal(err)
		}
		all, err := w.Access.EnterAll(t.Context(), access.Principal{User: u})
		if err != nil || len(all) < 30 {
			t.Fatal(len(all), err)
		}
		if asked == 0 || asked > 5 {
			t.Errorf("%d questions for %d workspaces", asked, len(all))
		}
		for _, v := range all {
			if u == bo && (len(v.Own()) != 1 || v.Role == access.Member && len(v.Projects()) != 1 || v.Role == access.Admin && len(v.Projects()) != 0) {
				t.Errorf("%s: %v, %v", v.Workspace.Slug, v.Own(), v.Projects())
			}
		}
	}
}

func TestScopesDoNotShareWhatTheyHold(t *testing.T) {
	w := feedtest.New(t)
	ws := w.Workspace(t, "acme", "UTC")
	v := w.Viewer(t, w.User(t, "root", true), ws)
	asked := []int64{3, 1, 3}
	narrow := v.Scope(false).Narrow(asked)
	asked[0], asked[1] = 7, 7
	seven, three := int64(7), int64(3)
	if narrow.Allows(&models.Activity{WorkspaceID: ws.ID, ProjectID: &seven}) || !narrow.Allows(&models.Activity{WorkspaceID: ws.ID, ProjectID: &three}) {
		t.Error("a scope changed with the list that narrowed it")
	}
	if narrow.Narrow(nil).Empty() != true || v.Scope(false).Narrow(nil).Empty() != true {
		t.Error("narrowed to nothing, there is something")
	}
	twice := access.Together([]access.Viewer{v, v}, true)
	if len(twice.Regions()) != 1 {
		t.Error("a workspace counts twice")
	}
	if own := v.Own(); own == nil {
		t.Error("no actors is not any actor")
	}
}

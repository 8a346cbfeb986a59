package models

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// own are sentences of what Daybook itself records, as its services record it.
var own = []struct {
	want, action, kind, name, changes, metadata string
}{
	{"invited lars@example.com as member", "invited", "invitation", "lars@example.com", `[{"field": "role", "before": null, "after": "member"}]`, ""},
	{"made an invitation for an admin", "invited", "invitation", "", `[{"field": "role", "before": null, "after": "admin"}]`, ""},
	{"withdrew the invitation of lars@example.com as owner", "invitation_revoked", "invitation", "lars@example.com", `[{"field": "role", "before": "owner", "after": null}]`, ""},
	{"withdrew an invitation for a member", "invitation_revoked", "invitation", "", `[{"field": "role", "before": "member", "after": null}]`, ""},
	{"invited board meeting Monday", "invited", "board_meeting", "Monday", ``, ""}, // an application's
	{"added Lars to the workspace as member", "member_added", "workspace_member", "Lars", `[{"field": "role", "before": null, "after": "member"}]`, `{"invitation": 4}`},
	{"changed the role of Lars from member to admin", "role_changed", "workspace_member", "Lars", `[{"field": "role", "before": "member", "after": "admin"}]`, ""},
	{"made Lars an instance admin", "role_changed", "user", "Lars", `[{"field": "instance_admin", "before": false, "after": true}]`, ""},
	{"took from Lars the role of an instance admin", "role_changed", "user", "Lars", `[{"field": "instance_admin", "before": true, "after": false}]`, ""},
	{"removed Lars from the workspace", "member_removed", "workspace_member", "Lars", `[{"field": "role", "before": "member", "after": null}]`, ""},
	{"deactivated Lars", "deactivated", "user", "Lars", `[{"field": "deactivated_at", "before": null, "after": "2026-01-31T12:00:00Z"}]`, `{"sessions": 1, "tokens": 2}`},
	{"reactivated Lars", "reactivated", "user", "Lars", `[{"field": "deactivated_at", "before": "2026-01-31T12:00:00Z", "after": null}]`, ""},
	{"ended all sessions and tokens of Lars", "signed_out_everywhere", "user", "Lars", `[{"field": "sessions", "before": 1, "after": 0}]`, ""},
	{"made a password link for Lars", "password_link_made", "user", "Lars", `[{"field": "expires_at", "before": null, "after": "2026-01-31T12:00:00Z"}]`, ""},
	{"changed their password", "password_changed", "user", "Ingrid Solheim", ``, `{"sessions": 1}`},
	{"set a new password by a link", "password_changed", "user", "Ingrid Solheim", ``, `{"by": "link", "sessions": 1}`},
	{"ended 3 sessions of theirs", "sessions_ended", "", "", ``, `{"sessions": 3}`},
	{"ended sessions", "sessions_ended", "", "", ``, `{"sessions": 0}`},
	{"linked actor L. Brandt to Lars", "linked", "actor", "L. Brandt", `[{"field": "user_id", "before": null, "after": 5}]`, `{"user_id": 5, "user_name": "Lars", "by": "hand"}`},
	{"linked actor L. Brandt to a member", "linked", "actor", "L. Brandt", `[{"field": "user_id", "before": null, "after": 5}]`, `{"user_id": 5, "by": "hand"}`},
	{"linked actor L. Brandt to the member with the same e-mail address", "linked", "actor", "L. Brandt", ``, `{"user_id": 5, "by": "email"}`},
	{"unlinked actor L. Brandt from its member", "unlinked", "actor", "L. Brandt", `[{"field": "user_id", "before": 5, "after": null}]`, ""},
	{"merged actor L. Brandt into lars", "merged", "actor", "L. Brandt", `[{"field": "merged_into", "before": null, "after": "lars"}]`, ""},
	{"undid the merge of actor L. Brandt into lars", "merge_undone", "actor", "L. Brandt", `[{"field": "merged_into", "before": "lars", "after": null}]`, ""},
	{"merged pull request 4", "merged", "pull_request", "4", ``, ""}, // an application's
	{"gave Bob access to project Audit", "access_changed", "project", "Audit", ``, `{"added": 1, "removed": 0, "added_names": ["Bob"]}`},
	{"gave Bob, Ada and Lars access to project Audit and took it from 12 people", "access_changed", "project", "Audit", ``, `{"added": 3, "removed": 12, "added_names": ["Bob", "Ada", "Lars"]}`},
	{"took from Bob and Ada the access to project Audit", "access_changed", "project", "Audit", ``, `{"added": 0, "removed": 2, "removed_names": ["Bob", "Ada"]}`},
	{"took from 1 person the access to project Audit", "access_changed", "project", "Audit", ``, `{"added": 0, "removed": 1, "removed_names": "x"}`},
	{"changed who has access to project Audit", "access_changed", "project", "Audit", ``, ""},
	{"archived project Audit", "updated", "project", "Audit", `[{"field": "archived_at", "before": null, "after": "2026-01-31T12:00:00Z"}]`, ""},
	{"unarchived project Audit", "updated", "project", "Audit", `[{"field": "archived_at", "before": "2026-01-31T12:00:00Z", "after": null}]`, ""},
	{"opened project Audit to the whole workspace", "updated", "project", "Audit", `[{"field": "visibility", "before": "members", "after": "workspace"}]`, ""},
	{"closed project Audit to all but its members", "updated", "project", "Audit", `[{"field": "visibility", "before": "workspace", "after": "members"}]`, ""},
	{"archived workspace Tidewell", "archived", "workspace", "Tidewell", `[{"field": "archived_at", "before": null, "after": "2026-01-31T12:00:00Z"}]`, ""},
	{"changed rankings of workspace Tidewell from true to false", "settings_updated", "workspace", "Tidewell", `[{"field": "rankings", "before": true, "after": false}]`, ""},
	{"created token Time tracker", "created", "token", "Time tracker", `[{"field": "scopes", "before": null, "after": "activity:write"}]`, ""},
	{"revoked token Time tracker", "revoked", "token", "Time tracker", ``, ""},
	{"retried a rejected event", "retried", "rejected_event", "", ``, ""},
	{"dismissed a rejected event", "dismissed", "rejected_event", "", ``, ""},
	{"shared saved view Overdue", "shared", "saved_view", "Overdue", ``, ""},
	{"stopped sharing saved view Overdue", "unshared", "saved_view", "Overdue", ``, ""},
	{"exported 12,480 activities as CSV", "exported", "export", "", ``, `{"rows": 12480, "format": "csv", "kind": "stream"}`},
	{"exported 1 activity as NDJSON", "exported", "export", "Books", ``, `{"rows": 1, "format": "ndjson", "kind": "file"}`},
	{"removed the file of an export of 7 activities as JSON", "export_removed", "export", "", ``, `{"rows": 7, "format": "json", "kind": "file"}`},
	{"cancelled an export of activities as JSON", "export_cancelled", "export", "", ``, `{"rows": 7, "format": "json", "kind": "file"}`},
	{"downloaded an export of 3 activities as CSV", "downloaded", "export", "", ``, `{"rows": 3, "format": "csv", "kind": "file"}`},
	{"exported report Q3", "exported", "report", "Q3", ``, ""}, // an application's
	{"started Purge 3", "purge_started", "purge", "Purge 3", ``, `{"filter": "", "up_to": 9}`},
	{"purged 12,480 activities with Purge 3", "purged", "purge", "Purge 3", ``, `{"activities": 12480}`},
	{"purged no activities with Purge 3", "purged", "purge", "Purge 3", ``, `{"activities": 0}`},
	{"cancelled Purge 3 after 1 activity", "purge_cancelled", "purge", "Purge 3", ``, `{"activities": 1}`},
	{"purged 3 activities with Retention run 4", "purged", "purge", "Retention run 4", ``, `{"activities": 3}`},
	{"placed hold Litigation 12", "hold_placed", "hold", "Litigation 12", ``, `{"person": 5}`},
	{"lifted hold Litigation 12", "hold_lifted", "hold", "Litigation 12", ``, `{"person": 5}`},
	{"changed how long activities are kept", "retention_changed", "retention", "Retention", `[{"field": "rules", "before": [], "after": ["90 days: everything"]}]`, ""},
	{"changed when retention runs", "retention_changed", "retention", "Retention", `[{"field": "hour", "before": 2, "after": 3}]`, ""},
	{"started a run of retention", "retention_started", "retention", "Retention", ``, ""},
	{"deleted Archive of retention run 4", "archive_removed", "archive", "Archive of retention run 4", ``, `{"rows": 3}`},
	{"took a person out of Archive of retention run 4", "archive_rewritten", "archive", "Archive of retention run 4", ``, `{"changed": 3}`},
	{"downloaded Archive of retention run 4", "downloaded", "archive", "Archive of retention run 4", ``, `{"rows": 3}`},
	{"began to anonymise a person", "anonymise_started", "erasure", "Anonymised person", ``, ""},
	{"did not anonymise a person", "anonymise_ended", "erasure", "Anonymised person", ``, ""},
	{"anonymised a person in 1,202 activities", "anonymised", "erasure", "Anonymised person", ``, `{"activities": 1200, "mentions": 2}`},
	{"anonymised a person", "anonymised", "erasure", "Anonymised person", ``, `{}`},
	{"anonymised dataset Q3", "anonymised", "dataset", "Q3", ``, ""},     // an application's
	{"purged cache Thumbnails", "purged", "cache", "Thumbnails", ``, ""}, // an application's
	{"changed label and icon of vocabulary term deployed", "settings_updated", "vocabulary_term", "deployed", `[{"field": "label", "before": "deployed", "after": "shipped"}, {"field": "icon", "before": "", "after": "sent"}]`, ""},
	{"tried to change a role (Denied)", "access_denied", "page", "POST /w/:ws/members/:id/role", ``, `{"attempt": "change a role"}`},
	{"tried to open page Tokens (Denied)", "access_denied", "page", "Tokens", ``, ""}, // of before
}

func TestOwnSentences(t *testing.T) {
	for _, test := range own {
		e := &Entry{}
		e.ActorName, e.Action, e.EntityType, e.Outcome = "Ingrid Solheim", test.action, test.kind, Success
		if test.action == "access_denied" {
			e.Outcome = Denied
		}
		if test.name != "" {
			e.EntityName = &test.name
		}
		if test.changes != "" {
			if err := json.Unmarshal([]byte(test.changes), &e.Changes); err != nil {
				t.Fatal(err)
			}
		}
		e.Metadata = json.RawMessage(test.metadata)
		if got := Text(Sentence(e)); got != "Ingrid Solheim "+test.want {
			t.Errorf("%s of %s:\n got %s\nwant Ingrid Solheim %s", test.action, test.kind, got, test.want)
		}
	}
}

func TestAnExportThatFailed(t *testing.T) {
	e := &Entry{}
	e.ActorName, e.Action, e.EntityType, e.Outcome = "Ingrid", "exported", "export", Failure
	for metadata, want := range map[string]string{
		`{"rows": 300, "format": "csv", "kind": "stream"}`: "Ingrid exported only 300 activities as CSV (Failed)",
		`{"rows": 300, "format": "csv", "kind": "file"}`:   "Ingrid could not export activities as CSV (Failed)",
	} {
		if e.Metadata = json.RawMessage(metadata); Text(Sentence(e)) != want {
			t.Errorf("%s is not %s", Text(Sentence(e)), want)
		}
	}
}

func TestARunOfRefusedAttempts(t *testing.T) {
	e := &Entry{}
	name := "POST /w/:ws/members/:id/role"
	e.ActorName, e.Action, e.EntityType, e.EntityName, e.Outcome, e.Metadata = "Ingrid", "access_denied", "page", &name, Denied, json.RawMessage(`{"attempt": "change a role"}`)
	if got := Text(RunSentence(e, RunFacts{Count: 3, OneEntity: true})); got != "Ingrid tried to change a role 3 times (Denied)" {
		t.Error(got)
	}
	e.Action, e.EntityType, e.Outcome = "retried", "rejected_event", Success
	if got := Text(RunSentence(e, RunFacts{Count: 30})); got != "Ingrid retried 30 rejected events" {
		t.Error(got)
	}
}

// Whatever Daybook records has words of its own: an action that is new in a service is found here before a reader finds `performed "…" on`.
func TestEveryActionOfOursHasAVerb(t *testing.T) {
	found := recordedActions(t)
	if len(found) < 30 {
		t.Fatalf("only %d actions were found: %v", len(found), found)
	}
	for action, where := range found {
		_, known := knownVerb(normalAction(action))
		if _, framed := frames[normalAction(action)]; !known && !framed {
			t.Errorf("%s records %q, which has no verb: give it one in sentence_own.go", where, action)
		}
	}
	for _, action := range []string{"invited", "merge_undone", "access_changed", "retried", "dismissed", "archived", "unarchived", "revoked", "linked", "unlinked", "reactivated", "access_denied", "signed_in"} {
		if found[action] == "" {
			t.Errorf("the search has not found %q, so it does not look at everything", action)
		}
	}
}

// recordedActions finds the actions that the code of our services and handlers names: where an event is written out, where a variable or a field
// called action is set, and where a function that takes one is called.
func recordedActions(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, root := range []string{"../services", "../handlers"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch name := filepath.Base(path); {
			case err != nil:
				return err
			case entry.IsDir():
				if name == "demo" || name == "dbtest" || name == "testdata" || name == "torture" || name == "e2e" || name == "widget" {
					return filepath.SkipDir
				}
				actionsOfPackage(t, path, found)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func actionsOfPackage(t *testing.T, dir string, found map[string]string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	takes := map[string]int{} // which argument of a function is an action
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				noteAction(f, takes)
			}
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			for _, e := range actionsIn(n, takes) {
				if text, ok := e.(*ast.BasicLit); ok && text.Kind == token.STRING {
					if action, err := strconv.Unquote(text.Value); err == nil && isAction(action) && found[action] == "" {
						found[action] = dir
					}
				}
			}
			return true
		})
	}
}

// isAction tells an action from an address that a form is sent to.
func isAction(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789_.") == ""
}

// noteAction remembers which argument of a function is an action.
func noteAction(f *ast.FuncDecl, takes map[string]int) {
	at := 0
	for _, p := range f.Type.Params.List {
		for _, name := range p.Names {
			if name.Name == "action" {
				takes[f.Name.Name] = at
			}
			at++
		}
	}
}

// actionsIn gives the expressions of a node that are an action.
func actionsIn(n ast.Node, takes map[string]int) (out []ast.Expr) {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(key.Name, "action") {
			out = append(out, n.Value)
		}
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			name := ""
			switch to := to.(type) {
			case *ast.Ident:
				name = to.Name
			case *ast.SelectorExpr:
				name = to.Sel.Name
			}
			if strings.EqualFold(name, "action") && i < len(n.Rhs) {
				out = append(out, n.Rhs[i])
			}
		}
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		if at, ok := takes[name]; ok && at < len(n.Args) {
			out = append(out, n.Args[at])
		}
	}
	return out
}

func TestWhatWasErased(t *testing.T) {
	e := &Entry{}
	e.ActorName, e.Action, e.EntityType, e.Outcome = "Ingrid", "erased", "erasure", Success
	for metadata, want := range map[string]string{
		`{"rows": 1200, "groups": {"who": 1200}}`: "Ingrid erased personal content of 1,200 activities", `{"rows": 1}`: "Ingrid erased personal content of 1 activity",
	} {
		if e.Metadata = json.RawMessage(metadata); Text(Sentence(e)) != want {
			t.Errorf("%s is %s", metadata, Text(Sentence(e)))
		}
	}
}

package mention_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/mention"
)

func TestJSON(t *testing.T) {
	for _, test := range []struct{ name, json, want, doubts string }{
		{"keys that name a person", `{"user_id": 5, "assignee":"5", "createdBy": 5, "reviewer_ids":[3, 5], "ownerId":"5", "on_behalf_of": {"id": 5}}`,
			`{"user_id": "deleted-8", "assignee":"deleted-8", "createdBy": "deleted-8", "reviewer_ids":[3, "deleted-8"], "ownerId":"deleted-8", "on_behalf_of": {"id": "deleted-8"}}`, ""},
		{"lists in a text", `{"notified": "3, 5;amara", "reviewers": "5 people"}`, `{"notified": "3, deleted-8;deleted", "reviewers": "5 people"}`, ""},
		{"keys that name something else", `{"n": 5, "total": "5", "files": [5], "price": 5.0, "user_agent": "5", "sort_by": "5", "project": {"id": 5}}`,
			`{"n": 5, "total": "5", "files": [5], "price": 5.0, "user_agent": "5", "sort_by": "5", "project": {"id": 5}}`, ""},
		{"how many", `{"users": 5, "members": "5", "increased_by": 5, "logins": 5, "notified": 5}`,
			`{"users": 5, "members": "5", "increased_by": 5, "logins": 5, "notified": 5}`, "/users id, /members id, /increased_by id, /logins id, /notified id"},
		{"several", `{"users": [5, 50, {"id": 5, "n": 5}], "members": {"5": true}}`, `{"users": ["deleted-8", 50, {"id": "deleted-8", "n": 5}], "members": {"deleted-8": true}}`, ""},
		{"ids of something", `{"invoice_id": 5, "team_id": "amara", "x_id": "ab12cd34ef"}`, `{"invoice_id": 5, "team_id": "amara", "x_id": "deleted-7"}`, "/invoice_id id, /team_id username"},
		{"before and after", `{"assignee": {"from": 5, "to": 6}}`, `{"assignee": {"from": "deleted-8", "to": 6}}`, ""},
		{"an object that says what it is", `[{"type": "user", "id": 5}, {"type": "invoice", "id": 5}, {"target_type": "User", "target_id": "5", "size": 5}]`,
			`[{"type": "user", "id": "deleted-8"}, {"type": "invoice", "id": 5}, {"target_type": "User", "target_id": "deleted-8", "size": 5}]`, ""},
		{"a name in two parts", `{"first_name": "Amára", "last_name": "OKAFOR"}`, `{"first_name": "Deleted", "last_name": "User"}`, ""},
		{"a namesake's part", `{"first_name": "Amara", "last_name": "Obi"}`, `{"first_name": "Amara", "last_name": "Obi"}`, "/first_name part"},
		{"keys", `{"Amara Okafor": 1, "deleted": 2, "amara": {"amara.okafor@example.com": {"n": "Amara Okafor"}}, "AO@example.com": 3}`,
			`{"Deleted User": 1, "deleted": 2, "amara": {"deleted": {"n": "Deleted User"}}, "deleted-2": 3}`, "/deleted username"},
		{"written otherwise", "{ \"a\" : 1.50e3,\n\t\"b\\u0061\": \"\\u00e9 <&>\", \"c\": \"\\u0041mara Okafor\" , \"d\":[ ] }",
			"{ \"a\" : 1.50e3,\n\t\"b\\u0061\": \"\\u00e9 <&>\", \"c\": \"Deleted User\" , \"d\":[ ] }", ""},
		{"JSON in JSON", `{"raw": "{\"user_id\": 5, \"n\": 5}"}`, `{"raw": "{\"user_id\": \"deleted-8\", \"n\": 5}"}`, ""},
		{"a text", `"Amara Okafor"`, `"Deleted User"`, ""},
		{"no JSON", `{"a": "Amara Okafor"`, `{"a": "Deleted User"`, ""},
		{"nothing", ``, ``, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, finds := mention.NewFinder(amara).JSON("", json.RawMessage(test.json), mention.Context{}, nil)
			if string(got) != test.want {
				t.Errorf("%s\n instead of %s", got, test.want)
			}
			doubts := ""
			for _, f := range finds {
				if !f.Certain {
					doubts += ", " + f.Place + " " + string(f.Kind)
				}
			}
			if want := test.doubts; doubts != "" && doubts[2:] != want || doubts == "" && want != "" {
				t.Errorf("doubts%s instead of %s", doubts, want)
			}
		})
	}
}

func TestPersonType(t *testing.T) {
	for kind, want := range map[string]bool{
		"user": true, "users": true, "team_member": true, "Contact": true, "user_account": true, "customer-profile": true, "people": true, "patient": true,
		"account": false, "profile": false, "client": false, "invoice": false, "": false, "user_story": false, "member_fee": false, "manager": true, "package_manager": false, "file_watcher": false, "login": false, "mention": false,
	} {
		if got := mention.PersonType(kind); got != want {
			t.Errorf("%q: %v", kind, got)
		}
	}
}

// To is the pointer to a value.
func to[T any](v T) *T { return &v }

func TestActivity(t *testing.T) {
	a := models.Activity{
		ActorName: "Bola Obi", Action: "assigned", EntityType: "user", EntityID: to("5"), EntityName: to("amara okafor"), EntityURL: to("https://app.example.com/u/5?tab=5"),
		Description: "Amara Okafor has 5 tasks", Metadata: json.RawMessage(`{"notified": ["ab12cd34ef"]}`), CorrelationID: to("amara-ab12cd34ef"),
		Changes: []models.Change{{Field: "owner", Before: json.RawMessage(`5`), After: json.RawMessage(`"3"`)}, {Field: "files", Before: json.RawMessage(`5`)}},
	}
	before, _ := json.Marshal(a)
	got, finds := mention.NewFinder(amara).Activity(a, mention.Context{}, nil)
	if after, _ := json.Marshal(a); string(after) != string(before) {
		t.Errorf("the activity itself was changed: %s", after)
	}
	want := a
	want.EntityID, want.EntityName, want.EntityURL = to("deleted-8"), to("Deleted User"), to("https://app.example.com/u/deleted-8?tab=deleted-8")
	want.Description, want.Metadata, want.CorrelationID = "Deleted User has 5 tasks", json.RawMessage(`{"notified": ["deleted-7"]}`), to("amara-deleted-7")
	want.Changes = []models.Change{{Field: "owner", Before: json.RawMessage(`"deleted-8"`), After: json.RawMessage(`"3"`)}, {Field: "files", Before: json.RawMessage(`5`)}}
	wanted, _ := json.Marshal(want)
	if text, _ := json.Marshal(got); string(text) != string(wanted) {
		t.Errorf("%s\n instead of %s", text, wanted)
	}
	places := ""
	for _, f := range finds {
		places += " " + f.Place
	}
	if places != " /entity/id /entity/name /entity/url /entity/url /description /changes/0/before /metadata/notified/0 /correlation_id /correlation_id" {
		t.Errorf("in the order%s", places)
	}
}

func TestActivityOfSomethingElse(t *testing.T) {
	for _, kind := range []string{"invoice", "file", ""} {
		a := models.Activity{EntityType: kind, EntityID: to("5"), EntityName: to("5"), EntityURL: to("/invoices/5"), Description: "Deleted 5 files", CorrelationID: to("5")}
		if _, finds := mention.NewFinder(amara).Activity(a, mention.Context{Own: true}, nil); len(finds) > 0 {
			t.Errorf("%s 5: %+v", kind, finds)
		}
	}
}

// What Daybook itself records names users and members by its own numbers, which are no ids of applications. What an application sent stands there as a text.
func TestDaybooksOwnNumbers(t *testing.T) {
	act := models.Activity{
		EntityType: "workspace_member", EntityID: to("5"), EntityName: to("Carl"), Description: "Changed the role of Carl, see /w/acme/users/5",
		Changes:  []models.Change{{Field: "user_id", Before: json.RawMessage(`null`), After: json.RawMessage(`5`)}, {Field: "username", Before: json.RawMessage(`"amara"`), After: json.RawMessage(`"carl"`)}},
		Metadata: json.RawMessage(`{"user_id": 5, "person": 5, "added": ["5"], "users": ["5", "ab12cd34ef"], "filter": "actor_id=5"}`),
	}
	const kept, sent = "/entity/id /changes/0/after /metadata/user_id /metadata/person /description", "/changes/1/before /metadata/users/0 /metadata/users/1 /metadata/filter"
	for numbers, want := range map[mention.Numbers][2]string{
		mention.Daybooks: {sent, ""}, mention.Unknown: {sent, kept}, mention.Applications: {kept + " " + sent + " /entity/name", ""},
	} {
		var certain, doubts []string
		is, finds := mention.NewFinder(amara).Activity(act, mention.Context{Numbers: numbers}, nil)
		for _, f := range finds {
			if f.Certain {
				certain = append(certain, f.Place)
			} else {
				doubts = append(doubts, f.Place)
			}
		}
		for i, got := range [][]string{certain, doubts} {
			wanted := strings.Fields(want[i])
			slices.Sort(got)
			slices.Sort(wanted)
			if !slices.Equal(got, wanted) {
				t.Errorf("numbers %d: %v instead of %v", numbers, got, wanted)
			}
		}
		if numbers != mention.Applications && *is.EntityID != "5" {
			t.Errorf("numbers %d: member %s", numbers, *is.EntityID)
		}
	}
	act.EntityType = "actor" // whom applications named
	if is, _ := mention.NewFinder(amara).Activity(act, mention.Context{Numbers: mention.Daybooks}, nil); *is.EntityID != "deleted-8" {
		t.Errorf("actor %s", *is.EntityID)
	}
}

// A description that Daybook made tells the values without their keys, and shortens them. It is made again.
func TestMadeDescription(t *testing.T) {
	ev := models.Event{
		Action: "updated", Entity: &models.EntityRef{Type: "issue", ID: to("5"), Name: to("Crash")}, Outcome: models.Success,
		Changes: []models.Change{{Field: "assignee_id", Before: json.RawMessage(`5`), After: json.RawMessage(`6`)}, {Field: "points", Before: json.RawMessage(`5`), After: json.RawMessage(`8`)}},
	}
	ev.Description = models.Describe(&ev)
	got, _ := mention.NewFinder(amara).Event(ev, mention.Context{}, nil)
	ev.Changes[0].Before = json.RawMessage(`"deleted-8"`)
	if want := models.Describe(&ev); got.Description != want {
		t.Errorf("%q instead of %q", got.Description, want)
	}
	got.Description = "Somebody wrote: 5 → 6"
	if again, _ := mention.NewFinder(amara).Event(got, mention.Context{}, nil); again.Description != got.Description {
		t.Errorf("the sender's own became %q", again.Description)
	}
}

func TestNamesakes(t *testing.T) {
	shared := mention.Person{Names: []mention.Name{{Text: "Amara Okafor", Shared: true}}, Emails: amara.Emails}
	const text = "Amara Okafor (ao@example.com)"
	for _, test := range []struct {
		name string
		p    mention.Person
		c    mention.Context
		want string
	}{
		{"nobody else's name", amara, mention.Context{}, "Deleted User (deleted)"},
		{"somebody else's, too", shared, mention.Context{}, "Amara Okafor (deleted)"},
		{"in the person's own", shared, mention.Context{Own: true}, "Deleted User (deleted)"},
		{"in the namesake's", shared, mention.Context{Namesake: true}, "Amara Okafor (deleted)"},
	} {
		got, finds := mention.NewFinder(test.p).Text("", text, test.c, nil)
		if got != test.want {
			t.Errorf("%s: %s", test.name, got)
		}
		if wantDoubt := test.name == "somebody else's, too"; (len(finds) == 2 && !finds[0].Certain) != wantDoubt {
			t.Errorf("%s: %+v", test.name, finds)
		}
	}
	metadata := json.RawMessage(`{"assignee": "Amara Okafor"}`)
	if got, finds := mention.NewFinder(shared).JSON("", metadata, mention.Context{}, nil); string(got) != string(metadata) || len(finds) != 1 {
		t.Errorf("under a key, of two: %s, %+v", got, finds)
	}
}

func TestSingleNames(t *testing.T) {
	will := mention.NewFinder(mention.Person{Names: []mention.Name{{Text: "Will"}, {Text: "王伟"}, {Text: "王小明"}, {Text: "Al Li"}}})
	for _, test := range []struct {
		text, key string
		c         mention.Context
		want      string
	}{
		{"it will be", "", mention.Context{}, "it ((will)) be"},
		{"it will be", "", mention.Context{Own: true}, "it ((will)) be"},
		{"Will did it", "", mention.Context{Own: true}, "[[Will]] did it"},
		{"Will", "assignee", mention.Context{}, "[[Will]]"},
		{"Ask Will", "assignee", mention.Context{}, "Ask ((Will))"},
		{"由王小明创建", "", mention.Context{}, "由[[王小明]]创建"},
		{"由王伟创建", "", mention.Context{}, "由((王伟))创建"},
		{"al li, Al Li", "", mention.Context{}, "((al li)), [[Al Li]]"},
	} {
		var finds []mention.Find
		if test.key == "" {
			_, finds = will.Text("", test.text, test.c, nil)
		} else {
			value, _ := json.Marshal(map[string]string{test.key: test.text})
			_, finds = will.JSON("", value, test.c, nil)
		}
		if got := inBrackets(test.text, finds); got != test.want {
			t.Errorf("%s instead of %s", got, test.want)
		}
	}
}

// Somebody is found although they are called like what stands in their place.
func TestCalledLikeWhatStandsInTheirPlace(t *testing.T) {
	f := mention.NewFinder(mention.Person{Emails: []string{"deleted@example.com"}, IDs: []mention.ID{{Text: "deleted-user-ab12cd34", Is: "deleted-9"}, {Text: "deleted", Is: "deleted-9"}}})
	got, _ := f.Text("", "deleted-user-ab12cd34, deleted@example.com, user_id=deleted-9", mention.Context{}, nil)
	if got != "deleted-9, deleted, user_id=deleted-9" {
		t.Error(got)
	}
}

// One finder for several people takes all of them out, and puts the same in the place of each.
func TestFinderAs(t *testing.T) {
	f := mention.NewFinderAs(mention.Person{Names: []mention.Name{{Text: "Amara Okafor"}, {Text: "Bola Obi"}}, IDs: []mention.ID{{Text: "5", Is: "?"}}}, "a colleague")
	value := json.RawMessage(`{"owner": 5, "note": "Bola Obi told Amara Okafor, a colleague"}`)
	got, _ := f.JSON("", value, mention.Context{}, nil)
	if want := `{"owner": "a colleague", "note": "a colleague told a colleague, a colleague"}`; string(got) != want {
		t.Errorf("%s instead of %s", got, want)
	}
}

func TestDecide(t *testing.T) {
	f := mention.NewFinder(amara)
	value := json.RawMessage(`{"a": "with amara", "b": "with amara", "invoice_id": 5}`)
	got, finds := f.JSON("/metadata", value, mention.Context{}, func(place string, kind mention.Kind) bool {
		return place == "/metadata/b" && kind == mention.Username || kind == mention.ExternalID
	})
	if want := `{"a": "with amara", "b": "with deleted", "invoice_id": "deleted-8"}`; string(got) != want {
		t.Errorf("%s instead of %s", got, want)
	}
	if len(finds) != 3 || finds[1].Certain {
		t.Errorf("%+v", finds)
	}
}

func TestFindShowsWhatIsBeside(t *testing.T) {
	_, finds := mention.NewFinder(amara).Text("/description", "Ünder the bridge that goes över the river, far away: Amara Okafor met Bola Obi, and they ate a lot of cake.", mention.Context{}, nil)
	if len(finds) != 1 || finds[0].Lead != "…dge that goes över the river, far away: " || finds[0].Tail != " met Bola Obi, and they ate a lot of cak…" {
		t.Errorf("%+v", finds)
	}
}

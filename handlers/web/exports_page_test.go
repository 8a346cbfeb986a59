package web_test

import (
	"net/url"
	"strings"
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// exporting is the form as a browser sends it.
func exporting(as string, more ...string) Request {
	form := url.Values{"format": {"csv"}, "zone": {"UTC"}, "name": {"Mine"}, "columns": {"timestamp", "actor", "action"}, "order": {"timestamp,actor,action"}, "actions": {"created"}}
	for i := 0; i < len(more); i += 2 {
		form[more[i]] = strings.Split(more[i+1], "|")
	}
	return Request{As: as, Method: "POST", Path: "/w/acme/exports", Form: form}
}

func TestTheFormOfAnExport(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "x", "name": "X <b>"}, "action": "created", "project": {"id": "p1"}}`)
	w.Recorded()
	w.Run(t, []Scenario{
		{Name: "nothing chosen", Request: Request{As: "ada", Path: "/w/acme/exports"}, Status: 200, Has: []string{"Everything you may see", "There are none yet", `value="ip_address"`, "Make export"}},
		{Name: "of the filter", Request: Request{As: "ada", Path: "/w/acme/exports?actions=created&actor_id=x"}, Status: 200,
			Has: []string{"<b>1 activity</b>", "X &lt;b&gt;", `name="actions" value="created"`, "Download now"}, Lacks: []string{"X <b>"}},
		{Name: "members export no addresses", Request: Request{As: "bob", Path: "/w/acme/exports?include_system=true"}, Status: 200, Has: []string{"System rows are for those"}, Lacks: []string{`value="ip_address"`, "of everybody"}},
		{Name: "a filter that cannot be read", Request: Request{As: "bob", Path: "/w/acme/exports?outcome=red"}, Status: 400, Has: []string{"Outcome: an outcome is success"}},
		{Name: "no column", Request: exporting("bob", "columns", ""), Status: 400, Has: []string{`id="columns-error"`, `value="Mine"`}},
		{Name: "no zone", Request: exporting("bob", "zone", "Mars"), Status: 400, Has: []string{`id="zone-error"`}},
		{Name: "no format", Request: exporting("bob", "format", ""), Status: 422},
		{Name: "another field", Request: exporting("bob", "colour", "red"), Status: 422},
		{Name: "a long name", Request: exporting("bob", "name", strings.Repeat("é", 121)), Status: 422, Has: []string{`id="name-error"`}},
		{Name: "a column goes up", Request: exporting("bob", "up", "action"), Status: 200, Has: []string{`name="order" value="timestamp,action,actor"`, `<details class="columns-order for-csv" open`}},
		{Name: "few are downloaded at once", Request: exporting("bob", "direct", "true"), Status: 303,
			Headers: map[string]string{"Location": "/w/acme/export?actions=created&columns=timestamp%2Cactor%2Caction&format=csv&zone=UTC"}},
		{Name: "what was chosen is remembered", Request: exporting("bob", "order", "action,timestamp,actor", "make", "true", "gzip", "true"), Status: 303, Headers: map[string]string{"Location": "/w/acme/exports"}},
		{Name: "then the form begins with it", Request: Request{As: "bob", Path: "/w/acme/exports"}, Status: 200,
			Has: []string{"The export is being made", `name="order" value="action,timestamp,actor"`, `name="gzip" value="true" checked`, "Waiting", "Mine", "Created"}},
	})
}

// A table's column is offered under one name. Who chose it by another one, long ago or by an address, has it.
func TestNoColumnStandsTwice(t *testing.T) {
	w := New(t)
	w.Do(Request{As: "bob", Path: "/w/acme/exports"}).Expect(t, 200, `value="actor"`, `value="timestamp"`).Lacks(t, `value="actor.name"`, `value="created_at"`)
	w.Do(exporting("bob", "columns", "actor.name|created_at|timestamp|action", "order", "actor.name,created_at,timestamp,action", "make", "true")).Expect(t, 303)
	w.Exec(`UPDATE export_choices SET choices = jsonb_set(choices, '{columns}', '["actor.name", "created_at", "timestamp", "action"]')`)
	w.Do(Request{As: "bob", Path: "/w/acme/exports"}).Expect(t, 200, `name="order" value="actor,timestamp,action"`).Lacks(t, `value="actor.name"`, `value="created_at"`)
}

func TestTheListOfExports(t *testing.T) {
	w := New(t)
	w.Send(`{"actor": {"id": "x"}, "action": "created", "project": {"id": "p1"}}`)
	w.Recorded()
	w.Do(exporting("bob", "name", "<i>Bob</i>", "make", "true")).Expect(t, 303)
	id := Ask[string](w, `SELECT id::text FROM exports`)
	list := Request{As: "bob", Path: "/w/acme/exports", Header: map[string]string{"HX-Request": "true"}}
	w.Do(list).Expect(t, 200, `hx-get="/w/acme/exports"`, "Waiting", "&lt;i&gt;Bob", "/w/acme/exports/"+id+"/remove").Lacks(t, "/file", "<html")
	w.MakeFiles()
	w.Do(list).Expect(t, 200, "Done", "/w/acme/exports/"+id+"/file", "SHA-256").Lacks(t, "hx-get")
	w.Do(Request{As: "ada", Path: "/w/acme/exports"}).Expect(t, 200, "&lt;i&gt;Bob", "of everybody").Lacks(t, id+"/file")
	w.Do(Request{As: "bob", Path: "/w/acme/exports/" + id + "/file"}).Expect(t, 200, "timestamp,actor,action\r\n", ",x,created\r\n")
	w.Do(post("bob", "/w/acme/exports/"+id+"/again")).Expect(t, 303)
	w.MakeFiles()
	w.Do(post("ada", "/w/acme/exports/"+id+"/remove")).Expect(t, 303)
	w.Do(Request{As: "bob", Path: "/w/acme/exports/" + id + "/file"}).Expect(t, 410, "That is gone")
	w.Do(Request{As: "bob", Path: "/w/acme/exports"}).Expect(t, 200, "Removed, ", ">today ", "SHA-256", "Make again", "Done").Lacks(t, "Expired")
	for range 3 {
		w.Do(exporting("bob", "make", "true")).Expect(t, 303)
	}
	w.Do(exporting("bob", "make", "true")).Expect(t, 429, "under way already", `value="Mine"`)
	w.Do(post("bob", "/w/acme/exports/"+id+"/again")).Expect(t, 303)
	w.Do(list).Expect(t, 200, "before it")
}

// What is remembered is what the form can show: columns that there are, each once.
func TestWhatIsRememberedOfAForm(t *testing.T) {
	w := New(t)
	w.Do(exporting("bob", "format", "json", "columns", "id|seq|id|bogus|a\x00b|entity_type|resource_type", "order", "", "make", "true")).Expect(t, 303)
	if got := Ask[string](w, `SELECT (choices->'columns')::text FROM export_choices`); got != `["id", "seq", "resource_type"]` {
		t.Error(got)
	}
	w.Do(Request{As: "bob", Path: "/w/acme/exports"}).Expect(t, 200, `name="order" value="id,seq,resource_type"`)
}

package manage_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/handlers/handlerstest"
)

// answered reads an answer.
func answered[T any](t *testing.T, a handlerstest.Answer) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		t.Fatalf("%v: %s", err, a.Body)
	}
	return v
}

type erasureSeen struct {
	ID         string
	State      string
	Percent    int
	Activities int64
	Mentions   int64
	Held       int64
	Doubts     int64
	ActorIDs   []int64 `json:"actor_ids"`
	UserID     *int64  `json:"user_id"`
	EndedAt    *string `json:"ended_at"`
}

// until follows an erasure to a state.
func until(t *testing.T, w *handlerstest.World, as, path, state string) (e erasureSeen) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); e.State != state; {
		if err := w.Erasures.Tidy(context.Background()); err != nil {
			t.Fatal(err)
		}
		if e = answered[erasureSeen](t, w.Do(handlerstest.Request{As: as, Path: path}).Expect(t, 200)); time.Now().After(deadline) {
			t.Fatalf("it is %s, not %s", e.State, state)
		}
	}
	return e
}

func TestAnonymisingOverJSON(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "kimlee", "name": "Kim Lee"}, "action": "created", "resource": {"type": "file", "id": "1"}}`)
	w.Send(`{"actor": {"id": "ada"}, "action": "commented", "resource": {"type": "file", "id": "1"}, "description": "Kim Lee said so", "metadata": {"notified": ["kimlee"]}}`)
	w.Send(`{"actor": {"id": "ada"}, "action": "commented", "resource": {"type": "file", "id": "1"}, "description": "kimlee again"}`)
	kim := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'kimlee'`)
	at := fmt.Sprintf("/actors/%d/anonymise", kim)
	w.Recorded()
	w.Run(t, []handlerstest.Scenario{
		{
			Name: "the preview", Request: request("ada-admin", "GET", at, ""), Status: 200,
			Has: []string{`"name":"Kim Lee"`, `"activities":1`, `"mentions":1`, `"doubts":1`, `"was":"Kim Lee","is":"Deleted User"`, `"place":"/metadata/notified/0"`, `"certain":false`, `"user_id":null`, `"holds":[]`},
		},
		{Name: "no name", Request: request("ada-admin", "POST", at, `{}`), Status: 422, Fields: []string{"confirm"}},
		{Name: "another name", Request: request("ada-admin", "POST", at, `{"confirm": "Kim"}`), Status: 422, Fields: []string{"confirm"}},
		{Name: "a key that is none", Request: request("ada-admin", "POST", at, `{"confirm": "Kim Lee", "force": true}`), Status: 400, Fields: []string{"force"}},
		{Name: "nobody", Request: request("ada-admin", "POST", "/actors/424242/anonymise", `{"confirm": "Kim Lee"}`), Status: 404},
		{Name: "oneself", Request: request("ada-admin", "POST", "/users/%d/anonymise", `{"confirm": "Ada Person"}`, w.Ada.ID), Status: 409},
		{Name: "a user of nobody's", Request: request("ada-admin", "GET", "/users/%d/anonymise", "", w.Charlie.ID), Status: 404},
	})
	if n := handlerstest.Ask[int64](w, `SELECT count(*) FROM erasures`); n != 0 {
		t.Fatalf("%d erasures were begun", n)
	}
	begun := w.Do(request("ada-admin", "POST", at, `{"confirm": "Kim Lee"}`)).Expect(t, 202, `"activities":`)
	made := answered[erasureSeen](t, begun)
	path := acme + "/erasures/" + made.ID
	if got := begun.Header.Get("Location"); !strings.HasSuffix(got, "/erasures/"+made.ID) {
		t.Errorf("Location %q", got)
	}
	if e := until(t, w, "ada-admin", path, "open"); e.Activities != 1 || e.Mentions != 1 || e.Doubts != 1 || e.Percent != 100 || len(e.ActorIDs) != 1 || e.ActorIDs[0] != kim {
		t.Errorf("%+v", e)
	}
	type doubts struct {
		Doubts []struct {
			ID     int64
			Kind   string
			Sample struct{ Was, Tail string }
		}
	}
	list := answered[doubts](t, w.Do(handlerstest.Request{As: "ada-admin", Path: path + "/doubts"}).Expect(t, 200, `"target":"activity"`))
	if len(list.Doubts) != 1 || list.Doubts[0].Sample.Was != "kimlee" || list.Doubts[0].Sample.Tail != " again" {
		t.Fatalf("%+v", list)
	}
	one := list.Doubts[0]
	w.Recorded()
	w.Run(t, []handlerstest.Scenario{
		{Name: "the doubts behind", Request: request("ada-admin", "GET", "/erasures/"+made.ID+"/doubts?after=%d", "", one.ID), Status: 200, Has: []string{`"doubts":[]`}},
		{Name: "after what", Request: request("ada-admin", "GET", "/erasures/"+made.ID+"/doubts?after=x", ""), Status: 400, Fields: []string{"after"}},
		{Name: "no answer", Request: request("ada-admin", "POST", "/erasures/"+made.ID+"/decisions", `{"doubts": [%d]}`, one.ID), Status: 422, Fields: []string{"replace"}},
		{Name: "nothing", Request: request("ada-admin", "POST", "/erasures/"+made.ID+"/decisions", `{"replace": true}`), Status: 422, Fields: []string{"doubts"}},
		{Name: "both", Request: request("ada-admin", "POST", "/erasures/"+made.ID+"/decisions", `{"replace": true, "kind": "id", "doubts": [%d]}`, one.ID), Status: 422, Fields: []string{"kind"}},
		{Name: "no such kind", Request: request("ada-admin", "POST", "/erasures/"+made.ID+"/decisions", `{"replace": true, "kind": "shoe"}`), Status: 422, Fields: []string{"kind"}},
		{Name: "another workspace's", Request: handlerstest.Request{As: "ina-admin", Path: "/api/v1/workspaces/other/erasures/" + made.ID}, Status: 404},
		{Name: "before what", Request: request("ada-admin", "GET", "/erasures?before=1", ""), Status: 400, Fields: []string{"before"}},
	})
	w.Do(request("ada-admin", "POST", "/erasures/"+made.ID+"/decisions", `{"doubts": [%d], "replace": true}`, one.ID)).Expect(t, 204)
	if e := until(t, w, "ada-admin", path, "done"); e.Doubts != 0 || e.EndedAt == nil {
		t.Errorf("%+v", e)
	}
	w.Do(request("ada-admin", "GET", "/erasures", "")).Expect(t, 200, made.ID).Lacks(t, "Kim", "kimlee")
	w.Do(request("ada-admin", "GET", "/erasures?before="+made.ID, "")).Expect(t, 200, `"erasures":[]`)
	w.Do(handlerstest.Request{As: "ina-admin", Path: "/api/v1/instance/erasures/" + made.ID}).Expect(t, 200, `"state":"done"`)
	w.Do(handlerstest.Request{As: "ada-admin", Path: acme + "/people?kind=anonymised"}).Expect(t, 200, `"kind":"anonymised"`, `"name":"Deleted User"`, `"erased_at":"20`).Lacks(t, "Kim", "kimlee")
	again := w.Do(request("ada-admin", "POST", at, `{"confirm": "Deleted User"}`)).Expect(t, 202)
	if got := answered[erasureSeen](t, again); got.ID != made.ID {
		t.Errorf("twice is %s, not %s", got.ID, made.ID)
	}
	w.Do(request("ada-admin", "GET", at, "")).Expect(t, 409)
}

// Who was anonymised is nobody's to change any more.
func TestNobodyIsMadeOfSomebodyWhoIsGone(t *testing.T) {
	w := handlerstest.New(t)
	for _, who := range []string{"kimlee", "other1"} {
		w.Send(`{"actor": {"id": %q, "name": "Kim Lee"}, "action": "created"}`, who)
	}
	kim := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'kimlee'`)
	other := handlerstest.Ask[int64](w, `SELECT id FROM actors WHERE external_id = 'other1'`)
	p1 := handlerstest.Ask[int64](w, `SELECT id FROM projects WHERE external_id = 'p1'`)
	made := answered[erasureSeen](t, w.Do(request("ada-admin", "POST", "/actors/%d/anonymise", `{"confirm": "Kim Lee"}`, kim)).Expect(t, 202))
	until(t, w, "ada-admin", acme+"/erasures/"+made.ID, "done")
	v := handlerstest.Ask[int64](w, `SELECT version FROM actors WHERE id = $1`, kim)
	gone := fmt.Sprintf("deleted-%d", kim)
	w.Recorded()
	w.Run(t, []handlerstest.Scenario{
		{Name: "link", Request: request("alice", "POST", "/actors/%d/link", `{"user_id": %d, "version": %d}`, kim, w.Bob.ID, v), Status: 409, Fields: []string{"actor"}},
		{Name: "merge", Request: request("alice", "POST", "/actors/%d/merge", `{"into": %d, "version": %d, "into_version": 1}`, kim, other, v), Status: 409, Fields: []string{"actor"}},
		{Name: "merge into", Request: request("alice", "POST", "/actors/%d/merge", `{"into": %d, "version": 1, "into_version": %d}`, other, kim, v), Status: 409, Fields: []string{"into"}},
		{Name: "what a merge would do", Request: request("alice", "GET", "/actors/%d/merge-preview?into=%d", "", other, kim), Status: 409, Fields: []string{"into"}},
		{Name: "grant", Request: request("alice", "POST", "/actors/%d/projects", `{"grant": [%d]}`, kim, p1), Status: 409, Fields: []string{"actor"}},
		{Name: "grant by a project", Request: request("alice", "POST", "/projects/%d/access", `{"grant": [%d]}`, p1, kim), Status: 409, Fields: []string{"grant"}},
		{Name: "grant by an application", Request: request("service-access", "PUT", "/projects/p1/members", `{"actor_ids": [%q]}`, gone), Status: 409, Fields: []string{"actor_ids"}},
	})
	// An application goes on naming them: they are left out, and nobody is made of the old id.
	w.Do(request("service-access", "PUT", "/projects/p1/members", `{"actor_ids": ["kimlee", "other1"]}`)).Expect(t, 200, `"added":1`)
	w.Do(request("alice", "POST", "/members", `{"user": "charlie@example.com", "role": "member", "actor": "kimlee"}`)).Expect(t, 409, "anonymised")
	if n := handlerstest.Ask[int64](w, `SELECT count(*) FROM actors WHERE external_id = 'kimlee'`); n != 0 {
		t.Error("the old id is back")
	}
	w.Do(handlerstest.Request{As: "ada", Path: fmt.Sprintf("/w/acme/projects/%d/access", p1)}).Expect(t, 200).Lacks(t, gone)
	w.Do(handlerstest.Request{As: "ada", Path: fmt.Sprintf("/w/acme/actors/%d/merge", other)}).Expect(t, 200).Lacks(t, gone)
}

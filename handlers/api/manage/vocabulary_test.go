package manage_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"daybook/handlers/handlerstest"
)

// TestTheVocabularyOverJSON changes words, is refused, and reads rows that stay as they were sent.
func TestTheVocabularyOverJSON(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "bob"}, "action": "shipped", "resource": {"type": "parcel", "id": "7"}}`)
	w.Recorded()
	const shipped, parcel = "/vocabulary/actions/shipped", "/vocabulary/types/parcel"
	w.Run(t, []handlerstest.Scenario{
		{Request: request("ada", "GET", shipped, ""), Status: 200, Has: []string{`"label":null`, `"version":0`}},
		{Request: request("ada", "PUT", shipped, `{"label": "Dispatched", "sentence": "{actor} dispatched {entity}", "icon": "sent", "hue": 4, "version": 0}`), Status: 200,
			Has: []string{`"label":"Dispatched"`, `"hue":4`, `"version":1`}, Records: []string{"acme ada settings_updated"}},
		{Request: request("ada-admin", "PUT", parcel, `{"url": "https://app.example/{id}", "version": 0}`), Status: 200, Records: []string{"acme ada settings_updated"}},
		{Request: request("ada", "GET", "/vocabulary", ""), Status: 200, Has: []string{`"shipped"`, `"parcel"`}},
		{Request: handlerstest.Request{As: "ada", Path: acme + "/activity?action=shipped"}, Status: 200, Has: []string{`"action":"shipped"`, `"url":null`}, Lacks: []string{"ispatched"}},
		{Request: handlerstest.Request{As: "bob", Path: "/w/acme?actions=shipped"}, Status: 200, Has: []string{"dispatched", "hue-4"}},
		{Request: request("ada", "PUT", shipped, `{"label": "X", "version": 0}`), Status: 409, Fields: []string{"version"}},
		{Request: request("ada", "PUT", shipped, `{"label": "X"}`), Status: 422, Fields: []string{"version"}},
		{Request: request("ada", "PUT", shipped, `{"sentence": "<b>{actor}</b>", "hue": 12, "version": 1}`), Status: 422, Fields: []string{"sentence", "hue"}},
		{Request: request("ada", "PUT", parcel, `{"url": "javascript:alert(1)", "version": 1}`), Status: 422, Fields: []string{"url"}},
		{Request: request("ada", "PUT", "/vocabulary/actions/Not%%20One", `{"label": "X", "version": 0}`), Status: 422, Fields: []string{"name"}},
		{Request: request("ada", "PUT", shipped, `{"workspace_id": "x", "version": 1}`), Status: 400, Fields: []string{"workspace_id"}},
		{Request: request("ada", "DELETE", shipped+"?version=1", ""), Status: 200, Has: []string{`"label":null`, `"version":2`}, Records: []string{"acme ada settings_updated"}},
		{Request: request("ada", "DELETE", shipped+"?version=1", ""), Status: 409, Fields: []string{"version"}},
		{Request: handlerstest.Request{As: "bob", Path: "/w/acme?actions=shipped"}, Status: 200, Lacks: []string{"dispatched"}},
	})
}

// TestAPurgeOverJSON looks, is refused, purges and reads what is left.
func TestAPurgeOverJSON(t *testing.T) {
	w := handlerstest.New(t)
	for _, day := range []string{"2024-01-10", "2024-01-20", "2024-02-10"} {
		w.Send(`{"actor": {"id": "bob"}, "action": "created", "resource": {"type": "file", "id": %q}, "occurred_at": %q}`, day, day+"T12:00:00Z")
	}
	w.Recorded()
	query := "?" + url.Values{"end_date": {"2024-01-31"}, "q": {"type:file"}}.Encode()
	var made struct{ ID int64 }
	w.Run(t, []handlerstest.Scenario{
		{Request: request("alice", "POST", "/purges/preview?end_date=2024-01-31&type=file", ""), Status: 400, Fields: []string{"type"}},
		{Request: request("alice", "POST", "/purges/preview?start_date=2024-02-01&end_date=2024-01-31", ""), Status: 400, Fields: []string{"start_date"}},
		{Request: request("alice", "POST", "/purges/preview?end_date=soon", ""), Status: 400, Fields: []string{"end_date"}},
		{Request: request("alice", "POST", "/purges/preview", ""), Status: 422, Fields: []string{"end_date"}},
		{Request: handlerstest.Request{As: "alice", Method: "POST", Path: acme + "/purges/preview" + query}, Status: 200,
			Has: []string{`"activities":2`, `"counts":[{"month":"2024-01","type":"file","count":2}]`, `"first_day":"2024-01-10"`, `"last_day":"2024-01-20"`, `"time_zone":"` + w.Acme.TimeZone + `"`}},
		{Request: handlerstest.Request{As: "alice", Method: "POST", Path: acme + "/purges" + query, Body: `{"confirm": "acme", "time_zone": "Asia/Tokyo"}`}, Status: 409, Has: []string{w.Acme.TimeZone + " now"}},
		{Request: handlerstest.Request{As: "ada", Method: "POST", Path: acme + "/purges" + query, Body: `{"confirm": "acme"}`}, Status: 403, Records: []string{"acme ada access_denied denied"}},
		{Request: handlerstest.Request{As: "alice", Method: "POST", Path: acme + "/purges" + query, Body: `{"confirm": "other"}`}, Status: 422, Fields: []string{"confirm"}},
	})
	w.Do(handlerstest.Request{As: "alice", Method: "POST", Path: acme + "/purges" + query, Body: fmt.Sprintf(`{"confirm": "acme", "time_zone": %q}`, w.Acme.TimeZone)}).
		Expect(t, 202, `"state":"waiting"`, `"end":"2024-0`).Read(t, &made)
	for deadline := time.Now().Add(time.Minute); handlerstest.Ask[string](w, `SELECT state FROM purges`) != "done"; {
		if time.Now().After(deadline) {
			t.Fatal("it is not done")
		}
	}
	if got := w.Recorded(); !slices.Equal(got, []string{"acme Alice Person purge_started", "acme Alice Person purged"}) {
		t.Errorf("%q", got)
	}
	w.Run(t, []handlerstest.Scenario{
		{Request: request("alice", "GET", "/purges/%d", "", made.ID), Status: 200, Has: []string{`"state":"done"`, `"purged":2`, `"by_type":{"file":2}`, `"by_month":{"2024-01":2}`}},
		{Request: request("ina", "GET", "/purges", ""), Status: 200, Has: []string{`"purged":2`}},
		{Request: request("ina", "GET", "/purges?before=x", ""), Status: 400, Fields: []string{"before"}},
		{Request: request("ina", "GET", "/purges?after=1", ""), Status: 400, Fields: []string{"after"}},
		{Request: request("alice", "POST", "/purges/%d/cancel", "", made.ID), Status: 409},
		{Request: handlerstest.Request{As: "alice", Path: acme + "/activity?resource_type=file"}, Status: 200, Has: []string{"2024-02-10"}, Lacks: []string{"2024-01"}},
	})
}

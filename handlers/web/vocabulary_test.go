package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"daybook/handlers/handlerstest"
)

const words = "/w/acme/vocabulary"

func TestWordsAreListedChangedAndSetBack(t *testing.T) {
	w := handlerstest.New(t)
	w.Send(`{"actor": {"id": "bob", "name": "Bob"}, "action": "shipped", "resource": {"type": "parcel", "id": "7", "name": "<b>Box</b>"}, "metadata": {"city": "<i>Bonn</i>"}}`)
	w.Recorded()
	form := func(pairs ...string) url.Values {
		v := url.Values{"label": {""}, "sentence": {""}, "icon": {""}, "hue": {""}, "url": {""}, "version": {"0"}, "do": {"save"}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	const shipped, parcel = words + "/actions/shipped", words + "/types/parcel"
	sentence := "{actor} sent {entity} off to {metadata.city}"
	w.Run(t, []handlerstest.Scenario{
		{Request: handlerstest.Request{As: "ada", Path: words}, Status: 200, Has: []string{shipped, words + "/actions/status_changed"}, Lacks: []string{"parcel"}},
		{Request: handlerstest.Request{As: "ada", Path: words + "?kind=type"}, Status: 200, Has: []string{parcel, words + "/types/time_entry"}},
		{Request: handlerstest.Request{As: "ada", Path: words + "?q=ship"}, Status: 200, Has: []string{shipped}, Lacks: []string{"status_changed"}},
		{Request: handlerstest.Request{As: "ada", Path: words + "?q=nowhere"}, Status: 200, Has: []string{"No word like that"}},
		{Request: handlerstest.Request{As: "ada", Path: shipped}, Status: 200, Has: []string{"How the latest read", "shipped parcel", "{metadata.city}", "&lt;b&gt;Box"}, Lacks: []string{"<b>Box", "Set back"}},
		{Request: handlerstest.Request{As: "ada", Path: words + "/actions/never_sent"}, Status: 200, Has: []string{"invented example"}},
		{Name: "a preview saves nothing", Request: handlerstest.Request{As: "ada", Method: "POST", Path: shipped, Form: form("sentence", sentence, "do", "preview")}, Status: 200,
			Has: []string{"would read", "off to", "&lt;i&gt;Bonn"}, Lacks: []string{"<i>Bonn"}},
		{Name: "what is wrong is shown again", Request: handlerstest.Request{As: "ada", Method: "POST", Path: shipped, Form: form("sentence", "{actor} {whom}", "label", "Typed")}, Status: 422,
			Has: []string{`value="Typed"`, "{whom}, which is no placeholder", `aria-invalid="true"`}},
		{Request: handlerstest.Request{As: "ada", Method: "POST", Path: shipped, Form: form("workspace_id", "x")}, Status: 422},
		{Request: handlerstest.Request{As: "ada", Method: "POST", Path: shipped, Form: form("sentence", sentence, "label", "Dispatch", "hue", "3", "icon", "sent")}, Status: 303,
			Headers: map[string]string{"Location": shipped}, Records: []string{"acme ada settings_updated"}},
		{Request: handlerstest.Request{As: "ada", Method: "POST", Path: parcel, Form: form("label", "Consignment", "url", "https://app.example/{id}")}, Status: 303, Records: []string{"acme ada settings_updated"}},
		{Request: handlerstest.Request{As: "bob", Path: "/w/acme?actions=shipped"}, Status: 200, Has: []string{"off to", "consignment", "hue-3", ">dispatch<"}, Lacks: []string{"<i>Bonn"}},
		{Request: handlerstest.Request{As: "bob", Path: "/w/acme/filter"}, Status: 200, Has: []string{"Dispatch", "Consignment"}},
		{Request: handlerstest.Request{As: "bob", Path: "/w/acme/entity?type=parcel&id=7"}, Status: 200, Has: []string{"Consignment", "https://app.example/7"}},
		{Name: "a second editor learns of the first", Request: handlerstest.Request{As: "alice", Method: "POST", Path: shipped, Form: form("label", "Mine")}, Status: 409,
			Has: []string{"somebody else changed this word meanwhile", "label is Dispatch", `value="Mine"`, `name="version" value="1"`}},
		{Request: handlerstest.Request{As: "ada", Method: "POST", Path: shipped + "/reset", Form: url.Values{"version": {"1"}}}, Status: 303, Records: []string{"acme ada settings_updated"}},
		{Request: handlerstest.Request{As: "bob", Path: "/w/acme?actions=shipped"}, Status: 200, Lacks: []string{"off to", ">dispatch<"}},
		{Request: handlerstest.Request{As: "ada", Method: http.MethodPost, Path: shipped + "/reset", Form: url.Values{"version": {"1"}}}, Status: 303}, // told on the next page
		{Request: handlerstest.Request{As: "ada", Path: shipped}, Status: 200, Has: []string{"somebody else changed this word"}},
	})
}

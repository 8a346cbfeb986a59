package ingest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/ingest"
)

// stores changes what the workspace stores.
func (p *place) stores(addresses, agents models.Keeping, denied string) {
	p.t.Helper()
	p.exec(`UPDATE workspaces SET addresses = $2, agents = $3, denied_keys = $4 WHERE id = $1`, p.ws.ID, addresses, agents, denied)
	p.ws.Addresses, p.ws.Agents, p.ws.DeniedKeys = addresses, agents, denied
}

func TestANewWorkspaceDeniesTheDefaultKeys(t *testing.T) {
	p := newPlace(t)
	if p.ws.Addresses != models.Keep || p.ws.Agents != models.Keep || p.ws.DeniedKeys != models.DefaultDeniedKeys {
		t.Errorf("%q, %q, %q", p.ws.Addresses, p.ws.Agents, p.ws.DeniedKeys)
	}
}

const secretive = `{"id": %q, "actor": {"id": "u1"}, "action": "updated", "ip_address": "203.0.113.77", "user_agent": "curl/8",
	"changes": [{"field": "status", "before": "open", "after": "done"}, {"field": "Api-Key", "before": null, "after": "hunter2"},
		{"field": "settings", "before": {"n": 1.0, "access_token": "hunter2"}, "after": [{"cookie" : ["hunter2", {"a": "hunter2"}]}]}, {"field": "password", "before": {"x": "hunter2"}, "after": false}],
	"metadata": {"note": "\"password\": \"mine\"", "a": [1e2, {"pass\u0077ord" : "hunter2 \"}", "secrets": {"deep": ["hunter2"]}, "pwd": null}], "TOKEN": 7, "last": [[]], "token ": true}}`

func TestWhatIsNotStored(t *testing.T) {
	p := newPlace(t)
	p.stores(models.Truncate, models.Drop, models.DefaultDeniedKeys)
	text := func() string { return strings.ReplaceAll(fmt.Sprintf(secretive, uuid.NewString()), "\n", " ") }
	one := p.one(text())
	many, err := p.in.SendArray(t.Context(), p.importer(), []byte("["+text()+"]"))
	if err != nil {
		t.Fatal(err)
	}
	line := text()
	if _, err := p.in.SendLines(t.Context(), p.token(), strings.NewReader(line), ingest.Stream{Ready: ready, Bad: stop}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []uuid.UUID{one.IDs[0], many.IDs[0], uuid.MustParse(line[8:44])} {
		r := p.stored(id)
		if strings.Contains(r.text, "hunter2") || r.event.IP == nil || *r.event.IP != "203.0.113.0" || r.event.UserAgent != nil {
			t.Error(r.text)
		}
		sameJSON(t, r.event.Metadata, json.RawMessage(`{"a":[100,{"pwd":null,"secrets":"[removed]","password":"[removed]"}],"last":[[]],"note":"\"password\": \"mine\"","TOKEN":"[removed]","token ":"[removed]"}`))
		sameJSON(t, r.event.Changes, json.RawMessage(`[{"field":"status","before":"open","after":"done"},{"field":"Api-Key","before":null,"after":"[removed]"},
			{"field":"settings","before":{"n":1.0,"access_token":"[removed]"},"after":[{"cookie":"[removed]"}]},{"field":"password","before":"[removed]","after":"[removed]"}]`))
		if !strings.Contains(r.event.Description, "status open → done") || !strings.Contains(r.event.Description, models.Removed) {
			t.Errorf("the description is %q", r.event.Description)
		}
	}
}

func TestAddressesAndAgentsOfRequestsAndActs(t *testing.T) {
	p := newPlace(t)
	for _, c := range []struct {
		addresses, agents models.Keeping
		address, agent    any
	}{{models.Keep, models.Keep, "192.0.2.7", "a browser"}, {models.Truncate, models.Keep, "192.0.2.0", "a browser"}, {models.Drop, models.Drop, nil, nil}} {
		p.stores(c.addresses, c.agents, "*field*")
		r, err := p.in.SendOne(t.Context(), p.person(1, "Amara"), []byte(`{"action": "created"}`), "")
		if err != nil {
			t.Fatal(err)
		}
		sent := p.stored(r.IDs[0]).event
		address, agent := "192.0.2.7", "a browser"
		act := p.act("settings_updated")
		act.Event.IP, act.Event.UserAgent, act.Event.Changes = &address, &agent, []models.Change{{Field: "a field", Before: json.RawMessage(`"then"`), After: json.RawMessage(`"now"`)}}
		p.record(act)
		own, _, _ := p.last()
		for _, ev := range []models.Event{sent, own} {
			sameJSON(t, []any{ev.IP, ev.UserAgent}, []any{c.address, c.agent})
		}
		if string(own.Changes[0].After) != `"now"` || address != "192.0.2.7" {
			t.Errorf("an admin hides what they did, or the caller's event is changed: %+v", own)
		}
		// Whose workspace stores other things is not concerned.
		act.Workspace = models.BuiltInWorkspace
		p.record(act)
		if own, _, _ = p.last(); own.IP == nil || *own.IP != address {
			t.Errorf("%+v", own)
		}
	}
}

// What is not stored is not in the fingerprint either, so that nobody can try values until one fits; what is stored is.
func TestAGuessOfWhatIsNotStored(t *testing.T) {
	p := newPlace(t)
	p.stores(models.Truncate, models.Drop, models.DefaultDeniedKeys)
	text := fmt.Sprintf(secretive, uuid.NewString())
	p.one(text)
	p.nothingWritten(func() {
		for _, guess := range []string{text, strings.ReplaceAll(text, "hunter2", "hunter3"), strings.ReplaceAll(text, "113.77", "113.78"), strings.ReplaceAll(text, "curl/8", "curl/9")} {
			if r := p.one(guess); r.Duplicates != 1 {
				t.Errorf("%+v", r)
			}
		}
		for _, other := range []string{strings.ReplaceAll(text, "open", "shut"), strings.ReplaceAll(text, "113.77", "114.77"), strings.ReplaceAll(text, "mine", "yours"), strings.ReplaceAll(text, "TOKEN", "token")} {
			_, err := p.in.SendOne(t.Context(), p.token(), []byte(other), "")
			refused(t, err, models.Conflict, -1, "id")
		}
	})
}

// An event that is sent again is the same event, though the settings are others by now.
func TestARetryAfterTheSettingsWereChanged(t *testing.T) {
	p := newPlace(t)
	lists := []string{"", models.DefaultDeniedKeys, "note\n*secret*"}
	for i, was := range []struct {
		addresses, agents models.Keeping
		denied            int
	}{{models.Keep, models.Keep, 0}, {models.Keep, models.Keep, 1}, {models.Truncate, models.Drop, 1}, {models.Drop, models.Keep, 0}, {models.Drop, models.Drop, 2}} {
		for _, now := range []struct {
			addresses, agents models.Keeping
			denied            int
		}{{models.Keep, models.Keep, 0}, {models.Truncate, models.Drop, 1}, {models.Drop, models.Drop, 2}} {
			if was.denied == 2 && now.denied != 2 {
				continue // a list of which nobody knows any more
			}
			text := fmt.Sprintf(secretive, uuid.NewString())
			p.stores(was.addresses, was.agents, lists[was.denied])
			p.one(text)
			p.stores(now.addresses, now.agents, lists[now.denied])
			p.nothingWritten(func() {
				if r, err := p.in.SendOne(t.Context(), p.token(), []byte(text), ""); err != nil || r.Duplicates != 1 {
					t.Errorf("%d, %+v: %+v, %v", i, now, r, err)
				}
				_, err := p.in.SendOne(t.Context(), p.token(), []byte(strings.Replace(text, "open", "shut", 1)), "")
				refused(t, err, models.Conflict, -1, "id")
			})
		}
	}
}

// Lines that are sent for hours heed what is set meanwhile, also those that were read before.
func TestSettingsChangedBetweenLines(t *testing.T) {
	p := newPlace(t)
	line := func(n int) string {
		return with(fmt.Sprintf(`"ip_address": "203.0.113.77", "metadata": {"n": %d, "plan": "x"}`, n)) + "\n"
	}
	var first, rest strings.Builder
	for n := range 1300 {
		if n < 500 {
			first.WriteString(line(n))
		} else {
			rest.WriteString(line(n))
		}
	}
	from, changed := p.token(), false
	_, err := p.in.SendLines(t.Context(), from, io.MultiReader(strings.NewReader(first.String()), strings.NewReader(rest.String())), ingest.Stream{Ready: ready, Bad: stop, Progress: func(ingest.Receipt) {
		if !changed {
			p.stores(models.Drop, models.Keep, "plan")
			changed = true
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	var stored int
	if err := p.db.Pool.QueryRow(t.Context(), `SELECT count(*) FROM inbox WHERE event->>'ip' IS NOT NULL OR event #>> '{metadata,plan}' = 'x'`).Scan(&stored); err != nil || stored != 500 {
		t.Errorf("%d lines are stored as they were sent, %v", stored, err)
	}
}

// TestMinimisingEqualsALoop takes values out of random metadata, and out of the same as a tree.
func TestMinimisingEqualsALoop(t *testing.T) {
	p := newPlace(t)
	seed := rand.Uint64()
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 20 {
		list, want := []string{}, []any{}
		for range 50 {
			tree := map[string]any{"k": anyTree(r, 4), keys[r.IntN(len(keys))]: anyTree(r, 4)}
			text, err := json.Marshal(tree)
			if err != nil {
				t.Fatal(err)
			}
			list, want = append(list, with(`"metadata": `+string(text))), append(want, without(tree))
		}
		receipt, err := p.in.SendArray(t.Context(), p.token(), []byte("["+strings.Join(list, ",")+"]"))
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range receipt.IDs {
			var got any
			if err := json.Unmarshal(p.stored(id).event.Metadata, &got); err != nil {
				t.Fatal(err)
			}
			sameJSON(t, got, want[i])
		}
	}
}

var keys = []string{"password", "Pass_Word", "x", "token", "a.token", `"`, `token\`, "{", "set-cookie", "", "ключ", "tokens"}

var denied = map[string]bool{"password": true, "Pass_Word": true, "token": true, "a.token": true, "set-cookie": true}

func anyTree(r *rand.Rand, depth int) any {
	switch n := r.IntN(8); {
	case n < 2 && depth > 0:
		tree := map[string]any{}
		for range r.IntN(4) {
			tree[keys[r.IntN(len(keys))]] = anyTree(r, depth-1)
		}
		return tree
	case n < 4 && depth > 0:
		list := []any{}
		for range r.IntN(4) {
			list = append(list, anyTree(r, depth-1))
		}
		return list
	case n == 4:
		return r.IntN(1000)
	case n == 5:
		return nil
	case n == 6:
		return r.IntN(2) == 0
	}
	return []string{"", `"password": "x"`, "token", `\`, `"`, "}", models.Removed}[r.IntN(7)]
}

func without(tree any) any {
	switch tree := tree.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range tree {
			if out[key] = without(value); denied[key] && value != nil {
				out[key] = models.Removed
			}
		}
		return out
	case []any:
		out := []any{}
		for _, value := range tree {
			out = append(out, without(value))
		}
		return out
	}
	return tree
}

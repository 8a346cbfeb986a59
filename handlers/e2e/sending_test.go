//go:build e2e

package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// sending: an admin makes a project and a token, sends the first event with it, and sees it arrive; then gives access and looks at what there is
// to administer. Everything is done with what the pages offer.
func sending(t *testing.T, w *world) {
	w.run(t, "", "workspace", "create", "--slug", "quayside", "--name", "Quayside")
	b := w.as(t, "ingrid").open("/w/quayside/sending").check("sending-waiting")
	b.hold(desktop, "light")
	b.want("document.querySelector('.is-waiting').innerText.includes('Waiting for your first event')", "nothing has come")
	b.follow(b.mark(saying("main .btn", "Make a token"))).check("token-new")
	b.hold(desktop, "light")
	b.fill("#name", " ").followAs("main .btn-primary", 422)
	b.want("document.querySelector('#name-error') !== null", "a name is asked for at its field")
	b.fill("#name", "Harbour office").click("[name=expires][value=date]")
	b.want("document.querySelector('#until').offsetParent !== null", "the day is asked for when it counts")
	b.click("[name=expires][value='90']").follow("main .btn-primary")
	b.want("document.querySelector('#secret').innerText.startsWith('dbk_')", "the token is shown")
	b.check("token-made")
	b.hold(desktop, "light")
	firstEvent(t, w, b)

	b.open("/w/quayside/tokens").check("tokens")
	b.hold(desktop, "light")
	b.want("!document.body.innerText.includes('dbk_')", "the token is shown no more")
	b.click(".confirm > summary").checkOn("token-revoke", desktop, phone)
	b.hold(desktop, "light")
	b.follow(b.mark(saying("main .btn", "Revoke token")))
	b.want("document.querySelector('.flash').innerText.includes('revoked') && document.querySelector('.records').innerText.includes('Revoked')", "it is revoked")
	b.open("/w/quayside/rejected").check("rejected-none")
	b.hold(desktop, "light")
	projects(b)
}

// firstEvent sends an event with the token that the page shows, and waits for the page to notice.
func firstEvent(t *testing.T, w *world, b *tab) {
	t.Helper()
	token := b.text("#secret")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.base+"/api/v1/workspaces/quayside/activity",
		strings.NewReader(`{"actor": {"id": "h-1", "name": "Harbour Master"}, "action": "created", "resource": {"type": "berth", "id": "7", "name": "Berth 7"}, "project": {"id": "north", "name": "North quay"}}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("the token sends with %d", answer.StatusCode)
	}
	b.soon("document.querySelector('.is-here')?.innerText.includes('Harbour Master created Berth 7')", "the page turns green by itself")
	b.glance("sending-arrived")
	b.hold(desktop, "light")
}

// projects: somebody is given access to one, and loses it.
func projects(b *tab) {
	b.open("/w/quayside/projects").check("projects")
	b.hold(desktop, "light")
	b.click(".records .menu > summary").checkOn("project-menu", desktop, phone)
	b.hold(desktop, "light")
	b.open("/w/quayside/projects").follow(".records .num a").glance("project-access-nobody")
	b.hold(desktop, "light")
	b.click("#others .check input").follow(b.mark(saying("#others .btn-primary", "Give access")))
	b.want("document.querySelector('.flash').innerText.includes('One person was given access')", "it is said")
	b.want("document.querySelector('#granted').innerText.includes('Harbour Master')", "they have access")
	b.click("#granted .check input").click("#granted .confirm > summary").check("project-access")
	b.hold(desktop, "light")
	b.follow(b.mark(saying("#granted .btn-primary", "Take access away")))
	b.want("document.querySelector('.flash').innerText.includes('One person lost access')", "it is taken")
	b.follow(b.mark(saying(".page-tools .btn", "Edit"))).check("project-edit")
	b.hold(desktop, "light")
	b.click(".confirm > summary").checkOn("project-archive", desktop, phone)
	b.hold(desktop, "light")
	b.follow(b.mark(saying("#archive .btn-primary", "Archive project")))
	b.want("document.querySelector('#archive').innerText.includes('Nobody gets access to it')", "it is archived")
	b.open("/w/quayside/projects/new").fill("#external_id", " ").followAs("main .btn-primary", 422).glance("project-new-mistake")
}

//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// comingIn: an admin invites somebody, who makes an account and sees the workspace; and what is around that: settings, tokens, the instance.
func comingIn(t *testing.T, w *world) {
	b := w.as(t, "ingrid").open("/w/tidewell/invitations").check("invitations-none")
	b.hold(desktop, "light")
	for _, way := range []string{"/w/tidewell/members/add", "/w/tidewell/members/new", "/w/tidewell/invitations/new"} {
		b.open(way).check("add" + strings.ReplaceAll(way[len("/w/tidewell"):], "/", "-"))
		b.hold(desktop, "light")
	}
	b.fill("#email", "lars@newcomer.example").followAs(".form-page .btn-primary", 200)
	link := b.text("#secret")
	b.check("invitation-made")
	b.hold(desktop, "light")
	b.open("/w/tidewell/invitations").want("document.querySelector('.records').innerText.includes('lars@newcomer.example')", "the invitation is listed")
	b.check("invitations")

	path := link[strings.Index(link, "/invitation/"):]
	lars := w.tab(t).open(path).check("invitation")
	lars.hold(desktop, "light")
	lars.fill("#name", "Lars Åkesson").fill("#password", "short").followAs("form .btn-primary", 422)
	lars.want("document.querySelector('#password-error') && document.querySelector('#name').value === 'Lars Åkesson'", "the mistake stands at its field, what was typed is kept")
	lars.check("invitation-mistake")
	lars.hold(desktop, "light")
	lars.fill("#password", "a newcomer's password").follow("form .btn-primary")
	if at := lars.where(); at != "/w/tidewell" {
		t.Errorf("accepting leads to %s", at)
	}
	lars.openAs(path, 404).check("invitation-over")
	w.around(t)
}

// around looks at the pages beside.
func (w *world) around(t *testing.T) {
	t.Helper()
	b := w.as(t, "ingrid")
	b.open("/w/tidewell/settings").check("settings")
	b.hold(desktop, "light")
	b.fill("#slug", "Not A Slug").followAs(".form-page .btn-primary", 422).check("settings-mistake")
	b.open("/instance/workspaces").check("instance-workspaces")
	b.open("/instance/workspaces/new").check("instance-workspace-new")
	b.open("/instance/users").check("instance-users")
	b.hold(desktop, "light")
	b.follow(b.mark(saying(".records th a", "Lars Åkesson"))).check("instance-user")
	b.hold(desktop, "light")
	b.click(b.mark(saying(".confirm > summary", "Link to set a password…"))).follow(b.mark(saying(".confirm[open] .btn-primary", "Make link")))
	path := b.text("#secret")
	b.check("password-link-made")
	path = path[strings.Index(path, "/password/"):]
	w.tab(t).open(path).check("password-link")
	b.hold(desktop, "light")
	b.open("/account/tokens").check("tokens-none")
	b.hold(desktop, "light")
	b.fill("#name", "Backup").followAs("form.form-narrow .btn-primary", 200).want("document.querySelector('#secret').innerText.startsWith('dbk_')", "the token is shown")
	b.check("token-made")
}

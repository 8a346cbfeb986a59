package account_test

import (
	"fmt"
	"testing"

	"daybook/models"
	"daybook/services/account"
)

// Whoever administers one workspace could ask for addresses and usernames of the whole instance by trying to take them: each one that somebody
// has counts, and after a score of them they wait.
func TestTakenNamesAreAskedForMoreAndMoreSlowly(t *testing.T) {
	for what, try := range map[string]func(p *place, d account.Doer, i int) error{
		"an edit": func(p *place, d account.Doer, _ int) error {
			return p.accounts.EditUser(t.Context(), d, p.bob.ID, account.UserEdit{Name: "Bob", Email: "charlie@example.com"})
		},
		"an edit with a username known to be taken": func(p *place, d account.Doer, i int) error {
			return p.accounts.EditUser(t.Context(), d, p.bob.ID, account.UserEdit{Name: "Bob", Email: fmt.Sprintf("guess%d@example.com", i), Username: ptr("charlie")})
		},
		"a new member": func(p *place, d account.Doer, _ int) error {
			_, err := p.accounts.CreateMember(t.Context(), d, account.NewUser{Email: "charlie@example.com", Name: "New", Password: fresh}, account.NewMember{Role: models.Member})
			return err
		},
		"a new member by link": func(p *place, d account.Doer, i int) error {
			_, _, err := p.accounts.CreateMemberByLink(t.Context(), d, account.NewUser{Email: fmt.Sprintf("guess%d@example.com", i), Name: "New", Username: "charlie"}, account.NewMember{Role: models.Member})
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			p := newPlace(t)
			p.role(p.amara, models.Admin)
			d := p.as(p.amara)
			kind, tries := models.Conflict, 0
			for ; kind == models.Conflict && tries < 40; tries++ {
				kind = models.KindOf(try(p, d, tries))
			}
			if kind != models.TooMany || tries < 10 {
				t.Errorf("after %d tries it is of kind %d", tries, kind)
			}
			if err := try(p, account.CommandLine(p.acme), 99); models.KindOf(err) != models.Conflict {
				t.Errorf("whoever may list everybody waits, too: %v", err)
			}
		})
	}
}

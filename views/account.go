package views

import (
	"daybook/models"
	"daybook/views/layout"
)

// AccountPage shows the viewer what is known of them and lets them change the password. The form posts "current_password" and
// "new_password"; the errors carry the same names.
type AccountPage struct {
	Shell         layout.Shell // Title "Account"
	Name          string
	Email         string
	Username      string // or empty
	InstanceAdmin bool
	Memberships   []AccountMembership
	Action        string // where the form posts to
	Errors        []models.FieldError
}

// AccountMembership is a workspace the viewer belongs to.
type AccountMembership struct {
	Workspace string
	Href      string // its feed
	Role      models.Role
}

package platform

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/proof"
)

// signedIn is the answer to a sign-in.
type signedIn struct {
	Token     string `json:"token"`
	ExpiresAt string `json:"expires_at"`
	User      user   `json:"user"`
}

// user is a person as clients know one.
type user struct {
	ID            string  `json:"id"`
	Email         string  `json:"email"`
	Username      *string `json:"username"`
	Name          string  `json:"name"`
	AvatarURL     *string `json:"avatar_url"` // there is none, ever
	TimeZone      *string `json:"time_zone"`  // null: each workspace's
	InstanceAdmin bool    `json:"instance_admin"`
	CreatedAt     string  `json:"created_at"`
}

func userOf(u *models.User) user {
	shown := user{ID: strconv.FormatInt(u.ID, 10), Email: u.Email, Username: u.Username, Name: u.Name, InstanceAdmin: u.InstanceAdmin, CreatedAt: proof.Time(u.CreatedAt)}
	if u.TimeZone != "" {
		shown.TimeZone = &u.TimeZone
	}
	return shown
}

// SignIn begins a session with an e-mail address, or username, and a password.
func (p *Platform) SignIn(c *fiber.Ctx) error {
	var body struct{ Email, Password string }
	text, err := visit.SignInBody(c, fiber.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	if err := params.LenientObject(text, &body); err != nil { // clients send all kinds of things with a password
		return err
	}
	if err := models.JoinFields(visit.Given("email", body.Email), visit.Given("password", body.Password)); err != nil {
		return err
	}
	from := visit.Of(c).From
	u, err := p.Auth.SignIn(c.UserContext(), body.Email, body.Password, from)
	if err != nil {
		return err
	}
	token, ends, err := p.Auth.BeginBearer(c.UserContext(), u, from)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(signedIn{Token: token, ExpiresAt: proof.Time(ends), User: userOf(u)})
}

// Me tells who asks.
func (p *Platform) Me(c *fiber.Ctx) error {
	u, err := visit.Person(c)
	if err != nil {
		return err
	}
	return visit.SendCached(c, userOf(u))
}

// workspace is a workspace as clients know one.
type workspace struct {
	ID          uuid.UUID `json:"id"`
	Slug        string    `json:"slug"`
	Name        string    `json:"name"`
	Description *string   `json:"description"` // there is none, ever
	TimeZone    string    `json:"time_zone"`
	Role        string    `json:"role"`
	ArchivedAt  *string   `json:"archived_at"`
	CreatedAt   string    `json:"created_at"`
}

// roles are what the caller is in a workspace, with what they ask by: a token without the scope admin reads and administers nothing.
var roles = map[access.Role]string{access.Member: "member", access.Program: "reader", access.Admin: "admin", access.Owner: "owner", access.Instance: "instance_admin"}

// Workspaces lists those that the caller may see, by slug.
func (p *Platform) Workspaces(c *fiber.Ctx) error {
	viewers, err := p.Access.EnterAll(c.UserContext(), visit.Of(c).Principal)
	if err != nil {
		return err
	}
	own, err := p.Access.Memberships(c.UserContext(), visit.Of(c).Principal)
	if err != nil {
		return err
	}
	list := make([]workspace, 0, len(viewers))
	for _, v := range viewers {
		w, role := v.Workspace, roles[v.Role]
		if membership, ok := own[w.ID]; ok && v.Role == access.Instance { // what somebody is there goes before what they are everywhere
			role = string(membership)
		}
		list = append(list, workspace{ID: w.ID, Slug: w.Slug, Name: w.Name, TimeZone: w.TimeZone, Role: role, ArchivedAt: at(w.ArchivedAt), CreatedAt: proof.Time(w.CreatedAt)})
	}
	return visit.SendCached(c, list)
}

func at(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := proof.Time(*t)
	return &text
}

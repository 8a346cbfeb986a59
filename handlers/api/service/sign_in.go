package service

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/auth"
)

// token is the answer to a sign-in (RFC 6749, 5.1).
type token struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
}

// SignIn begins a session with a username, or e-mail address, and a password (RFC 6749, 4.3). Fields that are not known are passed over.
func (s *Service) SignIn(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := params.Once(form, "grant_type", "username", "password"); err != nil {
		return err
	}
	if grant := form.Get("grant_type"); grant != "" && grant != "password" {
		return models.FieldErrorf(models.Malformed, "grant_type", "must be password")
	}
	if err := models.JoinFields(visit.Given("username", form.Get("username")), visit.Given("password", form.Get("password"))); err != nil {
		return err
	}
	from := visit.Of(c).From
	user, err := s.Auth.SignIn(c.UserContext(), form.Get("username"), form.Get("password"), from)
	if err != nil {
		return err
	}
	text, _, err := s.Auth.BeginBearer(c.UserContext(), user, from)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(token{AccessToken: text, TokenType: "bearer", ExpiresIn: seconds(auth.BearerLife)})
}

func readForm(c *fiber.Ctx) (url.Values, error) {
	text, err := visit.SignInBody(c, fiber.MIMEApplicationForm)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return nil, models.FieldErrorf(models.Malformed, "body", "must be a form").Because(err)
	}
	return form, nil
}

// me is who asks, as gateways of that product tell it.
type me struct {
	Sub      string   `json:"sub"`
	Username string   `json:"username"`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Groups   []string `json:"groups"` // slugs of the workspaces that they may see
	Roles    []string `json:"roles"`
}

// Me tells who asks.
func (s *Service) Me(c *fiber.Ctx) error {
	user, err := visit.Person(c)
	if err != nil {
		return err
	}
	p := visit.Of(c).Principal
	viewers, err := s.Access.EnterAll(c.UserContext(), p)
	if err != nil {
		return err
	}
	m := me{Sub: strconv.FormatInt(user.ID, 10), Username: user.Email, Email: user.Email, Name: user.Name, Groups: []string{}, Roles: []string{"user"}}
	if user.Username != nil {
		m.Username = *user.Username
	}
	if p.InstanceAdmin() {
		m.Roles = append(m.Roles, "admin")
	}
	for _, v := range viewers {
		m.Groups = append(m.Groups, v.Workspace.Slug)
	}
	return visit.SendCached(c, m)
}

package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/auth"
)

// WorkspaceCreate makes a workspace.
type WorkspaceCreate struct {
	Slug     string `required:"" help:"Short name in addresses, like acme-studio."`
	Name     string `required:"" help:"Name for people."`
	TimeZone string `name:"time-zone" default:"UTC" help:"Zone of its days in statistics, like Europe/Amsterdam."`
}

// Run does it.
func (w WorkspaceCreate) Run(ctx context.Context, c Config) error {
	return with(ctx, c, func(a *app) error {
		made, err := a.account.CreateWorkspace(ctx, account.NewWorkspace{Slug: w.Slug, Name: w.Name, TimeZone: w.TimeZone}, models.CommandLine)
		if err == nil {
			fmt.Println("Workspace", made.Slug, "is there:", made.ID)
		}
		return err
	})
}

// UserCreate makes somebody who can sign in.
type UserCreate struct {
	Email         string `required:"" help:"E-mail address to sign in with."`
	Name          string `required:"" help:"Name for people."`
	Username      string `help:"Another name to sign in with."`
	Admin         bool   `help:"May administer the whole instance."`
	PasswordStdin bool   `name:"password-stdin" required:"" help:"Read the password from standard input (the only way to give one: arguments can be seen by others)."`
}

// Run does it.
func (u UserCreate) Run(ctx context.Context, c Config) error {
	password, err := bufio.NewReader(io.LimitReader(interruptible(ctx, os.Stdin), 2*models.MaxPassword)).ReadString('\n')
	if err != nil && err != io.EOF {
		return fmt.Errorf("read the password: %w", err)
	}
	return with(ctx, c, func(a *app) error {
		made, err := a.account.CreateUser(ctx, account.NewUser{
			Email: u.Email, Name: u.Name, Username: u.Username, Password: strings.TrimRight(password, "\r\n"), InstanceAdmin: u.Admin,
		}, models.CommandLine)
		if err == nil {
			fmt.Println(made.Email, "can sign in.")
			err = a.warnOfForgotten(ctx, models.BuiltInWorkspace, made.Email)
		}
		return err
	})
}

// MemberAdd makes a user a member of a workspace, or gives a member another role.
type MemberAdd struct {
	Workspace string `required:"" help:"Slug or id."`
	User      string `required:"" help:"E-mail address or username."`
	Role      string `required:"" enum:"owner,admin,member" help:"owner, admin or member."`
	Actor     string `placeholder:"EXTERNAL_ID" help:"What the sending application calls them, so that they see what they did."`
}

// Run does it.
func (m MemberAdd) Run(ctx context.Context, c Config) error {
	return with(ctx, c, func(a *app) error {
		w, err := a.account.Workspace(ctx, m.Workspace)
		if err != nil {
			return err
		}
		u, err := a.account.User(ctx, m.User)
		if err != nil {
			return err
		}
		if err := a.account.AddMember(ctx, account.NewMember{Workspace: w, User: u, Role: models.Role(m.Role), Actor: m.Actor}, models.CommandLine); err != nil {
			return err
		}
		fmt.Println(u.Email, "is", m.Role, "of", w.Slug+".")
		return a.warnOfForgotten(ctx, w.ID, u.Email)
	})
}

// warnOfForgotten says what follows when somebody has the address of somebody who was anonymised: nobody sees it from what is missing.
func (a *app) warnOfForgotten(ctx context.Context, workspace uuid.UUID, email string) error {
	forgotten, err := a.account.WasForgotten(ctx, workspace, email)
	if err == nil && forgotten {
		fmt.Fprintln(os.Stderr, "Somebody with the address", email, "was anonymised. What applications send with this address stays anonymous.")
	}
	return err
}

// ProjectAccess names a project and somebody.
type ProjectAccess struct {
	Workspace string `required:"" help:"Slug or id."`
	Project   string `required:"" placeholder:"EXTERNAL_ID" help:"What the sending application calls the project."`
	User      string `xor:"who" required:"" help:"E-mail address or username; or"`
	Actor     string `xor:"who" required:"" placeholder:"EXTERNAL_ID" help:"what the sending application calls them."`
}

func (p ProjectAccess) run(ctx context.Context, c Config, do func(*app, account.Access) error, done string) error {
	return with(ctx, c, func(a *app) error {
		w, err := a.account.Workspace(ctx, p.Workspace)
		if err != nil {
			return err
		}
		who := account.Access{Workspace: w, Project: p.Project, Actor: p.Actor}
		if p.User != "" {
			if who.User, err = a.account.User(ctx, p.User); err != nil {
				return err
			}
		}
		if err := do(a, who); err != nil {
			return err
		}
		fmt.Printf("%s%s %s %s.\n", p.User, p.Actor, done, p.Project)
		return nil
	})
}

// ProjectGrant gives access to a project.
type ProjectGrant struct{ ProjectAccess }

// Run does it.
func (p ProjectGrant) Run(ctx context.Context, c Config) error {
	return p.run(ctx, c, func(a *app, who account.Access) error { return a.account.Grant(ctx, who, models.CommandLine) }, "has access to")
}

// ProjectRevoke takes access to a project away.
type ProjectRevoke struct{ ProjectAccess }

// Run does it.
func (p ProjectRevoke) Run(ctx context.Context, c Config) error {
	return p.run(ctx, c, func(a *app, who account.Access) error { return a.account.Revoke(ctx, who, models.CommandLine) }, "has no access any more to")
}

// TokenCreate makes a token and prints it alone.
type TokenCreate struct {
	Service   string `xor:"whose" required:"" placeholder:"NAME" help:"A service token for an application of this name; or"`
	User      string `xor:"whose" required:"" help:"a personal token of this user."`
	Workspace string `help:"The workspace it is bound to; required for a service token."`
	Scope     string `required:"" help:"What it may do, with commas: activity:write, activity:read, access:write, viewer:mint, admin."`
	Expires   string `placeholder:"90d" help:"How long it is good, like 90d or 12h; without it, until it is revoked."`
}

// Run does it.
func (t TokenCreate) Run(ctx context.Context, c Config) error {
	life, err := parseLife(t.Expires)
	if err != nil {
		return err
	}
	return with(ctx, c, func(a *app) error {
		n := auth.NewToken{Name: t.Service, Scopes: strings.FieldsFunc(t.Scope, func(r rune) bool { return r == ',' || r == ' ' }), Expires: life, By: models.CommandLine}
		if t.Workspace != "" {
			w, err := a.account.Workspace(ctx, t.Workspace)
			if err != nil {
				return err
			}
			n.Workspace = &w.ID
		}
		if t.User != "" {
			u, err := a.account.User(ctx, t.User)
			if err != nil {
				return err
			}
			n.User, n.Name = u, "Command line"
		}
		text, err := a.auth.MakeToken(ctx, n)
		if err == nil {
			fmt.Println(text)
		}
		return err
	})
}

// parseLife reads 90d, 12h, 30m.
func parseLife(text string) (time.Duration, error) {
	wrong := models.FieldErrorf(models.Invalid, "expires", "must be a time like 90d, 12h or 30m, not %q", text)
	if text == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > 36500 {
			return 0, wrong
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, wrong
	}
	return d, nil
}

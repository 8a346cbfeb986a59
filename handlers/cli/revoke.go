package cli

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"daybook/models"
	"daybook/services/account"
)

// MemberRemove ends a membership.
type MemberRemove struct {
	Workspace string `required:"" help:"Slug or id."`
	User      string `required:"" help:"E-mail address or username."`
}

// Run does it.
func (m MemberRemove) Run(ctx context.Context, c Config) error {
	return with(ctx, c, func(a *app) error {
		w, err := a.account.Workspace(ctx, m.Workspace)
		if err != nil {
			return err
		}
		u, err := a.account.User(ctx, m.User)
		if err != nil {
			return err
		}
		if err := a.account.RemoveMember(ctx, account.CommandLine(w), u.ID, 0); err != nil {
			return err
		}
		fmt.Println(u.Email, "is no member of", w.Slug, "any more.")
		return nil
	})
}

// TokensOf says whose tokens are meant: a workspace's service tokens, or somebody's own.
type TokensOf struct {
	Workspace string `xor:"whose" required:"" help:"The service tokens of this workspace; or"`
	User      string `xor:"whose" required:"" help:"the personal tokens of this user."`
}

// whose finds the workspace or the user.
func (t TokensOf) whose(ctx context.Context, a *app) (w *models.Workspace, u *models.User, err error) {
	if t.User != "" {
		u, err = a.account.User(ctx, t.User)
		return nil, u, err
	}
	w, err = a.account.Workspace(ctx, t.Workspace)
	return w, nil, err
}

// TokenList lists tokens with their numbers.
type TokenList struct{ TokensOf }

// Run does it.
func (t TokenList) Run(ctx context.Context, c Config) error {
	return with(ctx, c, func(a *app) error {
		w, u, err := t.whose(ctx, a)
		if err != nil {
			return err
		}
		var list []models.Token
		if u != nil {
			list, err = a.account.OwnTokens(ctx, u)
		} else {
			list, err = a.account.ServiceTokens(ctx, account.CommandLine(w))
		}
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "ID\tNAME\tSCOPES\tLAST USED\tEXPIRES\tREVOKED")
		for _, row := range list {
			fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\t%s\n", row.ID, row.Name, row.Scopes, moment(row.LastUsedAt), moment(row.ExpiresAt), moment(row.RevokedAt))
		}
		return out.Flush()
	})
}

func moment(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}

// TokenRevoke ends a token at once.
type TokenRevoke struct {
	TokensOf
	ID int64 `required:"" help:"Its number, as token list gives it."`
}

// Run does it.
func (t TokenRevoke) Run(ctx context.Context, c Config) error {
	return with(ctx, c, func(a *app) error {
		w, u, err := t.whose(ctx, a)
		if err != nil {
			return err
		}
		if u != nil {
			err = a.account.RevokeTokenOf(ctx, account.CommandLine(nil), u, t.ID)
		} else {
			err = a.account.RevokeServiceToken(ctx, account.CommandLine(w), t.ID)
		}
		if err == nil {
			fmt.Println("Token", t.ID, "is worth nothing any more.")
		}
		return err
	})
}

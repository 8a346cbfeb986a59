package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/report"
)

// UserReport writes everything that is kept about somebody to a file.
type UserReport struct {
	User      string `xor:"who" required:"" help:"E-mail address or username: somebody who can sign in, wherever they are known; or"`
	Actor     string `xor:"who" required:"" placeholder:"EXTERNAL_ID" help:"what the sending application calls them, with --workspace."`
	Workspace string `help:"Slug or id, with --actor."`
	File      string `arg:"" help:"File to write, a ZIP; it must not exist."`
}

// Validate refuses what cannot be meant.
func (u UserReport) Validate() error {
	if (u.Actor == "") != (u.Workspace == "") {
		return errors.New("--actor and --workspace go together")
	}
	return nil
}

// Run does it.
func (u UserReport) Run(ctx context.Context, c Config) error {
	return with(ctx, c, func(a *app) error {
		made, err := u.begin(ctx, a)
		if err != nil {
			return err
		}
		if err := writeWhole(u.File, func(f *os.File) error { return made.Write(ctx, f) }); err != nil {
			return err
		}
		fmt.Println("The report is in", u.File+".")
		return nil
	})
}

func (u UserReport) begin(ctx context.Context, a *app) (*report.Report, error) {
	if _, err := os.Lstat(u.File); err == nil { // before anything is recorded
		return nil, models.Errorf(models.Conflict, "%s exists already. Name another file.", u.File)
	}
	reports := report.New(a.db, report.Parts{Access: a.access, Account: a.account, Ingest: a.ingest}, time.Now)
	if u.User != "" {
		of, err := a.account.User(ctx, u.User)
		if err != nil {
			return nil, err
		}
		return reports.Of(ctx, account.CommandLine(nil), 0, of.ID)
	}
	w, err := a.account.Workspace(ctx, u.Workspace)
	if err != nil {
		return nil, err
	}
	if _, err := a.erasures.ActorCalled(ctx, w.ID, u.Actor); err != nil { // which knows who was anonymised
		return nil, err
	}
	return reports.Called(ctx, account.CommandLine(w), u.Actor)
}

// writeWhole writes a file that only its owner reads; when that fails there is none.
func writeWhole(path string, write func(*os.File) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return models.Errorf(models.Invalid, "The file cannot be written: %v.", err)
	}
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

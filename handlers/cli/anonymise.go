package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/mattn/go-isatty"

	"daybook/models"
	"daybook/services/account"
	"daybook/services/erasure"
)

// UserAnonymise has a person forgotten while the record stays whole.
type UserAnonymise struct {
	User      string `xor:"who" required:"" help:"E-mail address or username: somebody who can sign in, wherever they are known; or"`
	Actor     string `xor:"who" required:"" placeholder:"EXTERNAL_ID" help:"what the sending application calls them, with --workspace."`
	Workspace string `help:"Slug or id, with --actor."`
	Preview   bool   `help:"Say what would be done, and do nothing."`
	Yes       bool   `help:"Do it. It cannot be undone."`
	KeepHeld  bool   `name:"keep-held" help:"Go on although some of it is under a hold: that waits until the hold is lifted."`
}

// Run does it. It waits until it is done, or until the rest waits for somebody; whoever interrupts it keeps nothing from being done.
func (u UserAnonymise) Run(ctx context.Context, c Config) error {
	if (u.Actor == "") != (u.Workspace == "") {
		return models.Errorf(models.Invalid, "--actor and --workspace go together.")
	}
	return with(ctx, c, func(a *app) error {
		d, target, err := u.target(ctx, a)
		if err != nil {
			return err
		}
		preview, err := a.erasures.Preview(ctx, d, target)
		if err != nil {
			return err
		}
		if !u.Yes || u.Preview {
			tellPreview(preview)
		}
		if u.Preview {
			return nil
		}
		if !u.Yes {
			return models.Errorf(models.Invalid, "Nothing was done. Add --yes to anonymise %s; it cannot be undone.", preview.Name)
		}
		begun, err := a.erasures.Anonymise(ctx, d, erasure.Order{Target: target, Confirm: preview.Name, KeepHeld: u.KeepHeld})
		if err != nil {
			return sayKeepHeld(err)
		}
		tellPreview(preview)
		return a.seeThrough(ctx, begun.ID)
	})
}

// sayKeepHeld says what to add when something is held.
func sayKeepHeld(err error) error {
	var ours *models.Error
	if !errors.As(err, &ours) || len(ours.Fields) != 1 || ours.Fields[0].Field != "keep_held" {
		return err
	}
	return models.Errorf(ours.Kind, "Nothing was done: %s. With --keep-held the rest goes now.", ours.Fields[0].Message)
}

// target finds out who is meant.
func (u UserAnonymise) target(ctx context.Context, a *app) (d account.Doer, t erasure.Target, err error) {
	if u.User != "" {
		user, err := a.account.User(ctx, u.User)
		if err != nil {
			return d, t, err
		}
		return account.CommandLine(nil), erasure.Target{User: user.ID}, nil
	}
	w, err := a.account.Workspace(ctx, u.Workspace)
	if err != nil {
		return d, t, err
	}
	t.Actor, err = a.erasures.ActorCalled(ctx, w.ID, u.Actor)
	return account.CommandLine(w), t, err
}

func tellPreview(p models.ErasurePreview) {
	fmt.Printf("%s, known in %s:\n", p.Name, strings.Join(p.Workspaces, ", "))
	line := func(n int64, one, many string) {
		if n == 0 {
			return
		}
		number, words, _ := strings.Cut(several(n, one, many), " ")
		fmt.Printf("  %10s  %s\n", number, words)
	}
	if p.Activities == 0 {
		fmt.Println("  They did nothing themselves.")
	}
	line(p.Activities, "activity of their own stays, without who did it", "activities of their own stay, without who did them")
	line(p.Mentions, "activity of others in which they are replaced", "activities of others in which they are replaced")
	line(p.Doubts, "place that somebody has to decide", "places that somebody has to decide")
	if p.Looked < p.Of {
		fmt.Printf("  (The newest %s of %s activities were looked at for mentions.)\n", models.Thousands(p.Looked), models.Thousands(p.Of))
	}
	line(p.Sessions, "session ends", "sessions end")
	line(p.Tokens, "personal token ends", "personal tokens end")
	line(p.Exports, "file of an export is deleted", "files of exports are deleted")
	line(p.Archives, "archive is gone through", "archives are gone through")
	line(p.Views, "saved view goes, or names them no more", "saved views go, or name them no more")
	if len(p.Holds) > 0 {
		line(p.Held, "activity is held", "activities are held")
		fmt.Printf("Holds: %s.\n", strings.Join(p.Holds, ", "))
	}
	for _, s := range p.Samples {
		sure := "replaced"
		if !s.Certain {
			sure = "to decide"
		}
		fmt.Printf("  %-9s  #%d %s: %s[%s]%s\n", sure, s.Seq, s.Place, oneLine(s.Lead), oneLine(s.Was), oneLine(s.Tail))
	}
}

// several counts things.
func several(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return models.Thousands(n) + " " + many
}

// oneLine keeps what somebody typed from moving the cursor of a terminal. All that can be printed is as it was typed.
func oneLine(text string) string {
	var line strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			line.WriteRune(r)
		} else {
			quoted := strconv.QuoteRune(r)
			line.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return line.String()
}

// lookAgain is how often it is asked how far an erasure is.
const lookAgain = 200 * time.Millisecond

// seeThrough waits until erasures come to an end, and tells how they did. This process does what nobody else does.
func (a *app) seeThrough(ctx context.Context, ids ...uuid.UUID) error {
	for _, id := range ids {
		e, err := a.seeOneThrough(ctx, id)
		if err != nil {
			return err
		}
		a.tell(e)
	}
	return nil
}

func (a *app) seeOneThrough(ctx context.Context, id uuid.UUID) (e models.Erasure, err error) {
	terminal := isatty.IsTerminal(os.Stderr.Fd())
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	problem := ""
	for {
		if e, err = a.erasures.One(ctx, account.CommandLine(nil), id); err != nil {
			return e, err
		}
		if terminal {
			fmt.Fprintf(os.Stderr, "\r%3d %%  %s of %s activities looked at \r", e.Percent(), models.Thousands(e.DoneSeq), models.Thousands(e.TotalSeq))
		}
		if e.Undone() {
			return e, models.Errorf(models.Conflict, "%s", e.Problem)
		}
		if e.Problem != problem && e.Problem != "" {
			fmt.Fprintln(os.Stderr, e.Problem)
		}
		problem = e.Problem
		switch {
		case !e.UnderWay():
			if terminal {
				fmt.Fprint(os.Stderr, "\r\033[K")
			}
			return e, nil
		case e.State == models.ErasureTidying:
			if err := a.erasures.Tidy(ctx); err != nil {
				return e, err
			}
		}
		select {
		case <-ctx.Done():
			return e, models.Errorf(models.Unavailable, "Erasure %s is not done; it goes on by itself as soon as Daybook runs.", id)
		case <-ticker.C:
		}
	}
}

func (a *app) tell(e models.Erasure) {
	fmt.Printf("Erasure %s: %s of their own, %s of others.\n", e.ID, several(e.Activities, "activity", "activities"), models.Thousands(e.Mentions))
	for _, went := range e.Went() {
		fmt.Printf("  %10s  %s\n", models.Thousands(went.Count), went.What)
	}
	if e.State == models.ErasureDone {
		fmt.Println("It is done. What was there before stays for a while in old pages and the write-ahead log of PostgreSQL, until they are used again, and in backups.")
		return
	}
	fmt.Println("All that is certain is done.")
	if e.Doubts > 0 {
		fmt.Printf("%s for somebody to decide whether this person is meant, on the pages under Privacy.\n", several(e.Doubts, "place waits", "places wait"))
	}
	if e.Held > 0 {
		fmt.Printf("%s held, until the hold is lifted.\n", several(e.Held, "activity is", "activities are"))
	}
}

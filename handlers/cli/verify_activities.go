package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"daybook/models"
	"daybook/services/proof"
)

// VerifyActivities holds every activity against the leaf that was made when it was posted.
type VerifyActivities struct {
	Workspace string `help:"Slug or id; without it all of them."`
}

// Run does it, and prints a line for each workspace and a sentence for whatever is not as it was recorded. It changes nothing, and posting goes on
// meanwhile: what is posted later is not looked at.
func (v VerifyActivities) Run(ctx context.Context, c Config) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.close()
	checker := proof.NewChecker(a.db)
	journals, err := v.journals(ctx, a, checker)
	if err != nil {
		return err
	}
	wrong := 0
	for _, j := range journals {
		bar := newWalkProgress(j.Name)
		found, err := checker.Walk(ctx, j, bar.show)
		bar.end()
		if err != nil {
			return err
		}
		tellVerified(j.Name, found)
		if !found.OK() {
			wrong++
		}
	}
	if wrong > 0 {
		return models.Errorf(models.Conflict, "%s not as it was recorded.", several(int64(wrong), "journal is", "journals are"))
	}
	return nil
}

// journals are those to walk.
func (v VerifyActivities) journals(ctx context.Context, a *app, checker *proof.Checker) ([]proof.Journal, error) {
	if v.Workspace == "" {
		return checker.Journals(ctx)
	}
	w, err := a.account.Workspace(ctx, v.Workspace)
	if err != nil {
		return nil, err
	}
	return []proof.Journal{{Workspace: w.ID, Name: w.Slug}}, nil
}

func tellVerified(name string, v proof.Verification) {
	result := "all as recorded"
	if !v.OK() {
		result = models.Thousands(v.Altered) + " not as recorded, " + models.Thousands(v.Missing) + " missing"
	}
	fmt.Printf("%s: %s, %s of them partly erased, %s purged; %s.\n", name, several(v.Rows, "activity", "activities"),
		models.Thousands(v.Erased), models.Thousands(v.Purged), result)
	for _, f := range v.Flaws {
		fmt.Printf("  %s\n", f)
	}
	if more := v.Unnamed(); more > 0 {
		fmt.Printf("  %s.\n", several(more, "more is not named", "more are not named"))
	}
	if len(v.Records) > 0 {
		fmt.Printf("  records of erasures: %s\n", strings.Trim(fmt.Sprint(v.Records), "[]"))
	}
	if v.Waiting > 0 {
		fmt.Printf("  %s to be posted: check again in a while\n", several(v.Waiting, "record of an erasure waits", "records of erasures wait"))
	}
	if len(v.Newest) > 0 {
		fmt.Printf("  newest: %d, leaf %x\n", v.Head, v.Newest)
	}
}

// walkProgress shows on a terminal how far a walk is.
type walkProgress struct {
	name     string
	terminal bool
	begin    time.Time
	shown    time.Time
}

func newWalkProgress(name string) *walkProgress {
	return &walkProgress{name: name, terminal: isatty.IsTerminal(os.Stderr.Fd()), begin: time.Now()}
}

func (p *walkProgress) show(seq, head int64) {
	if !p.terminal || time.Since(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown = time.Now()
	fmt.Fprintf(os.Stderr, "\r%s: %3d %%  %s of %s activities, %.0f/s ", p.name, 100*seq/max(head, 1), models.Thousands(seq), models.Thousands(head), float64(seq)/time.Since(p.begin).Seconds())
}

// end clears the line.
func (p *walkProgress) end() {
	if p.terminal && !p.shown.IsZero() {
		fmt.Fprint(os.Stderr, "\r\033[K")
	}
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"daybook/models"
	"daybook/services/erasure"
)

// ErasureReplay anonymises, after a restore, those who had been anonymised since the backup was made.
type ErasureReplay struct {
	Ledger   []string `sep:"none" placeholder:"FILE" help:"The ledger to go by; may be repeated. Without it, the one that this Daybook writes."`
	Also     []string `sep:"none" placeholder:"user:ID|actor:ID" help:"Also this one of those who were left alone before, as it was said then; may be repeated. Look first whether they are meant."`
	KeepHeld bool     `name:"keep-held" help:"Also those who are under a hold: what is held waits until the hold is lifted."`
}

// Run does it. It may be called again: whoever is anonymous already stays so.
func (r ErasureReplay) Run(ctx context.Context, c Config) error {
	return with(ctx, c, func(a *app) error {
		also, err := targets(r.Also)
		if err != nil {
			return err
		}
		files := r.Ledger
		if len(files) == 0 {
			files = []string{a.settings.ledger(a.db)}
		}
		for _, file := range files {
			entries, err := readLedger(file)
			if err != nil {
				return err
			}
			done, err := a.erasures.Replay(ctx, entries, erasure.Again{Also: also, KeepHeld: r.KeepHeld})
			if err != nil {
				return err
			}
			fmt.Printf("%s: %d erasures; %d begun again, %d of people who are not there and stay anonymous when they come, %d with nothing left to do.\n",
				file, done.Entries, len(done.Begun), done.Kept, done.Known)
			tellLeft(done.Left)
			if len(done.Left) > 0 && len(also) == 0 {
				fmt.Println("  Whoever of them is meant is anonymised with --also, like --also user:2; those who are held, with --keep-held.")
			}
			if err := a.seeThrough(ctx, done.Begun...); err != nil {
				return err
			}
		}
		names, err := a.db.PutAside(ctx)
		for _, name := range names {
			tellAside(a.settings.Data, name)
		}
		return err
	})
}

// targets reads whom somebody names: user:2, actor:17.
func targets(named []string) (targets []erasure.Target, err error) {
	for _, text := range named {
		kind, number, _ := strings.Cut(text, ":")
		id, err := strconv.ParseInt(number, 10, 64)
		switch {
		case err == nil && id > 0 && kind == "user":
			targets = append(targets, erasure.Target{User: id})
		case err == nil && id > 0 && kind == "actor":
			targets = append(targets, erasure.Target{Actor: id})
		default:
			return nil, models.FieldErrorf(models.Invalid, "also", "must be user: or actor: and a number, like user:2, not %q", text)
		}
	}
	return targets, nil
}

// tellLeft names those about whom somebody has to decide.
func tellLeft(left []erasure.LeftAlone) {
	for _, l := range left {
		var who []string
		for _, id := range l.ActorIDs {
			who = append(who, fmt.Sprintf("actor:%d", id))
		}
		if l.UserID != nil {
			who = []string{fmt.Sprintf("user:%d", *l.UserID)}
		}
		fmt.Printf("  left alone: %s (%s; erasure %s). %s\n", oneLine(l.Name), strings.Join(who, " "), l.Erasure, l.Why)
	}
}

func readLedger(file string) ([]erasure.Entry, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, models.Errorf(models.NotFound, "There is no ledger %s. It is written when somebody is anonymised; give another one with --ledger.", file)
	} else if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	entries, broken, err := erasure.ReadLedger(f)
	if err == nil && broken > 0 {
		fmt.Fprintf(os.Stderr, "%d lines of %s are not whole and were passed over.\n", broken, file)
	}
	return entries, err
}

// ErasureLedger writes the ledger anew, from the database.
type ErasureLedger struct {
	File string `arg:"" help:"File to write; it must not exist."`
}

// Run does it.
func (l ErasureLedger) Run(ctx context.Context, c Config) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.close()
	entries, err := a.erasures.Recorded(ctx)
	if err != nil {
		return err
	}
	err = erasure.CreateLedger(l.File, entries)
	if errors.Is(err, fs.ErrExist) {
		return models.Errorf(models.Conflict, "%s is there already.", l.File)
	} else if err != nil {
		return err
	}
	fmt.Printf("The ledger is in %s.\n", l.File)
	return nil
}

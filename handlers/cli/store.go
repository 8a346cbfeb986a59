package cli

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"daybook/models"
	"daybook/services/database"
)

// Migrate brings the database up to date; serve does it by itself.
type Migrate struct{}

// Run does it.
func (Migrate) Run(ctx context.Context, c Config) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	a.close()
	fmt.Println("The database is up to date.")
	return nil
}

// Backup writes everything to a file.
type Backup struct {
	File string `arg:"" help:"File to write; it must not exist."`
}

// Run does it.
func (b Backup) Run(ctx context.Context, c Config) error {
	s, err := c.check()
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, database.Config{URL: s.DatabaseURL, Data: s.Data, Log: s.log})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Backup(ctx, b.File); err != nil {
		return err
	}
	fmt.Println("Backed up to", b.File+".")
	return nil
}

// Restore brings back what a backup holds.
type Restore struct {
	File string `arg:"" help:"File that daybook backup wrote."`
}

// Run does it.
func (r Restore) Run(ctx context.Context, c Config) error {
	s, err := c.check()
	if err != nil {
		return err
	}
	log := &keepsLog{Handler: s.log.Handler()}
	if err := database.Restore(ctx, database.Config{URL: s.DatabaseURL, Data: s.Data, Log: slog.New(log)}, r.File); err != nil {
		return err
	}
	fmt.Println("Restored from", r.File+".")
	if log.kept != "" {
		fmt.Println("The database from before is kept on the built-in server, as", log.kept+".")
		tellAside(s.Data, log.kept)
	}
	return tellForgotten(s.ledgerIn(s.Data))
}

// tellAside says what is in a database that a restore has put aside, and how it goes.
func tellAside(data, name string) {
	fmt.Printf("Nobody is anonymised in %s. When it is not needed any more, while Daybook serves: psql -h %s -U daybook -d daybook -c 'DROP DATABASE %[1]s'\n", name, filepath.Join(data, "run"))
}

// tellForgotten says that a backup may have brought back people who were anonymised, and what to do then.
func tellForgotten(ledger string) error {
	entries, err := readLedger(ledger)
	switch {
	case models.KindOf(err) == models.NotFound:
		fmt.Printf("Was anybody anonymised since that backup was made? There is no ledger %s that would say so. With one from elsewhere: daybook erasure replay --ledger FILE\n", ledger)
		return nil
	case err != nil:
		return err
	case len(entries) == 0:
		return nil
	}
	fmt.Printf("By the ledger %s %s. Whoever the backup has brought back is anonymised again by: daybook erasure replay\n", ledger,
		several(int64(len(entries)), "person was anonymised", "people were anonymised"))
	return nil
}

// keepsLog notices where Restore kept the old database. It tells only the log, of which one may have asked not to see so much.
type keepsLog struct {
	slog.Handler
	kept string
}

// Enabled lets the message through that is waited for.
func (k *keepsLog) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo || k.Handler.Enabled(ctx, level)
}

// Handle looks for the name and passes the message on.
func (k *keepsLog) Handle(ctx context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "kept_as" {
			k.kept = a.Value.String()
		}
		return true
	})
	if !k.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return k.Handler.Handle(ctx, r)
}

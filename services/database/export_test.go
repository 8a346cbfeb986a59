package database

import (
	"context"
	"time"
)

// NightlyDue and BackUpNightly let tests of Nightly name the time instead of waiting for the night.
var NightlyDue = nightlyDue

// BackUpNightly makes one nightly backup, as if it were that time.
func (d *Database) BackUpNightly(ctx context.Context, now time.Time) (string, error) {
	return d.backUpNightly(ctx, now)
}

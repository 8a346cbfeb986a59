package health

import (
	"testing"
	"time"

	"daybook/services/database"
)

// What the disk and the backups must be like to be mentioned.
func TestStorageProblems(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, c := range map[string]struct {
		storage  database.Storage
		text     string
		severity Severity
	}{
		"not ours to watch":     {database.Storage{}, "", 0},
		"plenty":                {database.Storage{BuiltIn: true, Free: 50 << 30, Size: 100 << 30, Since: ago(time.Hour)}, "", 0},
		"a small disk":          {database.Storage{BuiltIn: true, Free: 1 << 30, Size: 4 << 30, Since: ago(time.Hour)}, "", 0},
		"a tenth of a large":    {database.Storage{BuiltIn: true, Free: 30 << 30, Size: 1000 << 30, Since: ago(time.Hour)}, "", 0},
		"filling up":            {database.Storage{BuiltIn: true, Free: 1e9, Size: 100e9, Since: ago(time.Hour)}, "The disk is filling up: 1.0 GB of 100.0 GB are left.", Notable},
		"almost full":           {database.Storage{BuiltIn: true, Free: 999, Size: 100e9, Since: ago(time.Hour)}, "The disk is almost full: 999 bytes are left.", Urgent},
		"backed up":             {database.Storage{BuiltIn: true, Since: ago(900 * time.Hour), NewestBackup: ago(49 * time.Hour)}, "", 0},
		"backed up long ago":    {database.Storage{BuiltIn: true, Since: ago(900 * time.Hour), NewestBackup: ago(51 * time.Hour)}, "The newest backup is 2 days old.", Urgent},
		"never backed up":       {database.Storage{BuiltIn: true, Since: ago(51 * time.Hour)}, "There is no backup yet.", Urgent},
		"too young for backups": {database.Storage{BuiltIn: true, Since: ago(49 * time.Hour)}, "", 0},
	} {
		found := problems(&Report{At: now, Storage: c.storage})
		switch {
		case c.text == "" && len(found) > 0, c.text != "" && len(found) != 1:
			t.Errorf("%s: %+v", name, found)
		case c.text != "" && (found[0].Text != c.text || found[0].Severity != c.severity || found[0].Advice == ""):
			t.Errorf("%s: %+v", name, found)
		}
	}
}

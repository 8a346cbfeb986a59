package database_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"daybook/services/database"
	"daybook/services/database/dbtest"
	"daybook/services/database/internal/builtin"
)

func TestNightlyKeepsSevenAndRemovesNothingElse(t *testing.T) {
	data := dbtest.Folder(t)
	d := builtIn(t, data)
	backups := filepath.Join(data, "backups")
	if err := os.Mkdir(backups, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mine.dump", "daybook-old.dump", "daybook-20200101T000000Z.dump.unfinished-X"} {
		if err := os.WriteFile(filepath.Join(backups, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	night := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
	for i := range 9 {
		if _, err := d.BackUpNightly(t.Context(), night.AddDate(0, 0, i)); err != nil {
			t.Fatal(err)
		}
	}
	names := builtin.Matching(backups, "daybook-????????T??????Z.dump")
	if len(names) != 7 || names[0] != "daybook-20260103T030000Z.dump" {
		t.Errorf("kept %v", names)
	}
	if others := builtin.Matching(backups, "*"); len(others) != 9 {
		t.Errorf("the folder holds %v", others)
	}
}

func TestWhenANightlyBackupIsDue(t *testing.T) {
	zone := time.FixedZone("Newfoundland", -(3*3600 + 1800))
	at := func(day, hour int) time.Time { return time.Date(2026, 1, day, hour, 0, 0, 0, zone) }
	for name, test := range map[string]struct {
		now, newest, started time.Time
		want                 bool
	}{
		"at night":                        {at(5, 3), at(4, 3), at(1, 0), true},
		"this night already":              {at(5, 4), at(5, 2), at(1, 0), false},
		"by day":                          {at(5, 12), at(5, 3), at(1, 0), false},
		"by day, after a night off":       {at(5, 12), at(4, 3), at(5, 9), true},
		"just started after a night off":  {at(5, 9), at(4, 3), at(5, 9), false},
		"the first, when it runs a while": {at(5, 12), time.Time{}, at(5, 11), true},
		"the first, just started":         {at(5, 12), time.Time{}, at(5, 12), false},
	} {
		if got := database.NightlyDue(test.now, test.newest, test.started); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

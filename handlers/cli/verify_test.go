package cli_test

import (
	"strings"
	"testing"
)

// A count that was changed behind the program's back is found, told in a sentence, and is a failure, while serving and not.
func TestVerifyCountsFindsWhatIsWrong(t *testing.T) {
	m := withURL(t)
	m.must("workspace", "create", "--slug", "acme", "--name", "Acme", "--time-zone", "America/St_Johns")
	m.must("import", "--workspace", "acme", file(t, "a.ndjson", strings.Join(lines(0, 9), "\n")))
	d := m.open()
	m.must("verify", "counts")
	if err := d.Gorm.Exec(`UPDATE daily_counts SET count = count + 1 WHERE (workspace_id, day, project_id, actor_id, on_behalf_of_id, entity_type, action, outcome, system) IN (
		SELECT workspace_id, day, project_id, actor_id, on_behalf_of_id, entity_type, action, outcome, system FROM daily_counts LIMIT 1)`).Error; err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a := m.run("verify", "counts")
		a.refused(t, 1, "counts are not those of the activities")
		if !strings.Contains(a.out, "daily_counts of ") || !strings.Contains(a.out, "are recorded and ") || strings.Count(a.out, "\n") < 1 {
			t.Errorf("it says %q", a.out)
		}
		m.serve()
	}
	if err := d.Gorm.Exec(`TRUNCATE hourly_totals`).Error; err != nil {
		t.Fatal(err)
	}
	if a := m.run("verify", "counts"); a.code != 1 || !strings.Contains(a.out, "hourly_totals of ") {
		t.Errorf("exit %d, %q", a.code, a.out)
	}
}

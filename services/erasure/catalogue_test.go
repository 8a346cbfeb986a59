package erasure_test

import (
	"slices"
	"strings"
	"testing"
)

// What happens to each column that can say who somebody is: by what it is scrubbed ("by …"), or why it stays ("stays: …"). Columns with the same fate
// stand together. A column that is new belongs in here, after somebody has thought about it.
var fates = []struct{ fate, columns string }{
	{"by journal.Erase, in the pass", "activities.actor_name activities.actor_role activities.ip activities.user_agent activities.entity_id activities.entity_name activities.entity_url activities.description activities.changes activities.metadata activities.correlation_id activities.row_key activity_words.words event_ids.mac event_ids.mac_key"},
	{"by journal.Erase: salts and commitments of what stands there now; what was there before cannot be guessed without its salt, which is gone", "activity_salts.data activity_salts.entity activity_salts.text activity_salts.who erased_groups.after erased_groups.before"},
	{"stays: the fixed part of the leaf, words of a vocabulary that the application has", "activities.action activities.entity_type activities.outcome vocabulary_terms.name vocabulary_terms.kind daily_counts.action daily_counts.entity_type daily_counts.outcome daily_recounts.action daily_recounts.entity_type daily_recounts.outcome daily_totals.action daily_totals.entity_type daily_totals.outcome hourly_counts.outcome hourly_recounts.outcome hourly_totals.outcome retention_rules.actions retention_rules.outcomes retention_rules.types purges.by_type"},
	{"stays: a hash over commitments with random salts", "activities.leaf tombstones.leaf"},
	{"by account.EmptyActors", "actors.email actors.external_id actors.name"},
	{"by account.EmptyActors, and account.RewriteActors for those of others", "actors.role"},
	{"by account.ForgetIDs, at the end", "actors.recorded_as actors.recorded_name"},
	{"by account.EmptyUser", "users.email users.name users.username users.password_hash users.date_format users.theme users.time_zone"},
	{"by account.EmptyUser: the row goes", "memberships.role"},
	{"by account.RewriteProjects", "projects.external_id projects.name"},
	{"by account.RewriteWorkspace", "workspaces.name"},
	{"stays: the address of the workspace, which is in every link and token; a workspace that is called after a person is made anew", "workspaces.slug"},
	{"stays: patterns of the names of secrets, not of people", "workspaces.denied_keys"},
	{"by auth.ForgetUser: the rows go", "sessions.id sessions.ip sessions.secret_hash sessions.user_agent sessions.values sign_in_attempts.key"},
	{"by auth.ForgetUser, and auth.RewriteTokens for those of others", "tokens.name"},
	{"by auth.ForgetUser", "tokens.last_used_ip"},
	{"by auth.ForgetAddresses", "links.email"},
	{"stays: the hash of a secret that says nothing of who had it", "tokens.hash links.hash"},
	{"by savedview.ForgetUser, and savedview.Rewrite for those of others", "saved_views.name saved_views.query"},
	{"by export.ForgetUser: the row goes", "export_choices.choices"},
	{"by export.ForgetAsker", "exports.asked_by"},
	{"by export.Rewrite", "exports.name exports.query exports.selection"},
	{"by export.Withdraw and Files.ForgetFiles: the files go", "export_chunks.bytes exports.hash exports.sha256"},
	{"by export.RewriteArchives", "archive_chunks.bytes archive_chunks.hash archives.sha256"},
	{"by privacy.ForgetAsker", "purges.asked_by retentions.asked_by holds.placed_by holds.lifted_by"},
	{"by privacy.RewritePurges", "purges.query purges.selection"},
	{"by privacy.RewriteHolds", "holds.name holds.entity_id"},
	{"by vocabulary.Rewrite", "vocabulary_terms.label vocabulary_terms.sentence vocabulary_terms.url"},
	{"by journal.RewriteRejected", "rejected.event rejected.reason"},
	{"by posting, behind Screen; the pass goes on until nothing of before waits", "inbox.event"},
	{"by ReplaceRefs, in the first turn", "erasures.asked_by erasure_doubts.decided_by"},
	{"by finish: what is looked for is sealed, and gone at the end", "erasures.terms"},
	{"by hideDoubts: a place becomes a hash, for it may name somebody", "erasure_doubts.place"},
	{"stays: keyed hashes, by which later events stay anonymous, and by which somebody is known after a restore", "forgotten.hash erasures.stays"},
	{"stays: numbers of ours, and words of ours", "erasure_doubts.target erasure_doubts.target_id erasure_doubts.kind erasure_workspaces.beside_after erasures.decided erasures.elsewhere erasures.problem erasures.state erased_groups.part exports.problem purges.problem sources.kind sources.key"},
	{"stays: numbers of ours: actors and projects by id, counts by month and by rule", "exports.scope exports.position purges.by_month purges.by_rule"},
	{"stays: one of a few words, the name of a time zone, of a column, of an icon", "actors.type archives.state exports.columns exports.form exports.format exports.kind exports.state exports.zone holds.entity_type links.kind links.role projects.visibility purges.kind purges.state recounts.time_zone rejected.sqlstate tokens.scopes vocabulary_terms.icon workspaces.addresses workspaces.agents workspaces.next_time_zone workspaces.statistics workspaces.time_zone"},
	{"stays: settings of the instance that no person types", "instance_settings.key instance_settings.value"},
	{"stays: jobs say that there is something to do and no more (services/jobs); River names processes, not people", "river_job.args river_job.attempted_by river_job.errors river_job.kind river_job.metadata river_job.queue river_job.state river_job.tags river_job.unique_key river_job.unique_states river_leader.leader_id river_leader.name river_migration.line river_notification.payload river_notification.topic river_queue.metadata river_queue.name"},
}

// TestEveryColumnHasAFate walks the catalogue of the database.
func TestEveryColumnHasAFate(t *testing.T) {
	w := newWorld(t)
	there := columnsThatSay(w)
	if len(there) < 100 {
		t.Fatalf("only %d columns were found", len(there))
	}
	known := map[string]bool{}
	for _, f := range fates {
		if by, stays := strings.HasPrefix(f.fate, "by "), strings.HasPrefix(f.fate, "stays: "); by == stays {
			t.Errorf("%q says neither by what nor why not", f.fate)
		}
		for column := range strings.FieldsSeq(f.columns) {
			if known[column] {
				t.Errorf("%s has two fates", column)
			}
			known[column] = true
			if !slices.Contains(there, column) {
				t.Errorf("%s is there no more", column)
			}
		}
	}
	for _, column := range there {
		if !known[column] {
			t.Errorf("%s is new: when somebody is anonymised, what becomes of it? Scrub it (services/erasure) or say why it stays.", column)
		}
	}
}

// TestANewColumnIsNoticed: the walk sees columns of each kind that can hold a name.
func TestANewColumnIsNoticed(t *testing.T) {
	w := newWorld(t)
	before := columnsThatSay(w)
	w.do(`CREATE TYPE mood AS ENUM ('good'); CREATE DOMAIN word AS text; CREATE TABLE fresh (a text, b varchar(3), c jsonb, d json, e bytea, f text[], g inet, h inet[], i cidr, j tsvector, k bpchar, l jsonb[], m mood, n word, o xml, x int, y uuid, z timestamptz[])`)
	fresh := slices.DeleteFunc(columnsThatSay(w), func(c string) bool { return slices.Contains(before, c) })
	if len(fresh) != 15 {
		t.Errorf("of 15 columns these are seen: %v", fresh)
	}
}

// columnsThatSay are the columns of the schema that can say who somebody is: all but numbers, times, truth and ids of ours. Whatever type is new counts.
func columnsThatSay(w *world) []string {
	w.Helper()
	return ask[[]string](w, `
		SELECT array_agg(c.relname || '.' || a.attname ORDER BY c.relname, a.attname)
		  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		  JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
		 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg_temp%' AND c.relkind IN ('r', 'p', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
		   AND coalesce(e.typname, t.typname) NOT IN ('int2', 'int4', 'int8', 'bool', 'uuid', 'timestamptz', 'timestamp', 'date', 'interval', 'xid8', 'float8', 'numeric')`)
}

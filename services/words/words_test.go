package words_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"daybook/models"
	"daybook/services/database/dbtest"
	"daybook/services/words"
)

// add indexes activities of a workspace, numbered from 1.
func add(t *testing.T, tx pgx.Tx, ws uuid.UUID, activities ...models.Activity) {
	t.Helper()
	for i := range activities {
		activities[i].WorkspaceID, activities[i].Seq = ws, int64(i+1)
	}
	if err := words.Append(t.Context(), tx, activities); err != nil {
		t.Fatal(err)
	}
}

// TestNoTextIsTooMuch holds that whatever an event may contain can be indexed: otherwise the journal would reject it.
func TestNoTextIsTooMuch(t *testing.T) {
	db := dbtest.New(t)
	tx, err := db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	long, many, same := strings.Repeat("ﷺ", 20_000), &strings.Builder{}, strings.Repeat("a ", 30_000)
	for i := range 12_000 {
		fmt.Fprintf(many, "w%d ", i)
	}
	var changes []models.Change
	for i := range 100 {
		changes = append(changes, models.Change{Field: strings.Repeat(`'\"`, 80) + fmt.Sprint(i), After: json.RawMessage(`"x"`)})
	}
	for _, text := range []string{"", long, many.String(), same, strings.Repeat("日", 20_000), `'\:*&|!()<->`, "\u0301\u0301", strings.Repeat("e\u0301", 9000)} {
		add(t, tx, uuid.New(), models.Activity{Description: text, Changes: changes, Metadata: json.RawMessage(`{"a":1}`)})
	}
}

func TestWordsOfOtherWorkspacesAreNotFound(t *testing.T) {
	db := dbtest.New(t)
	a, b := uuid.New(), uuid.New()
	tx, err := db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for ws, text := range map[uuid.UUID]string{a: "the ferry", b: "the timetable"} {
		add(t, tx, ws, models.Activity{Description: text}, models.Activity{Description: "nothing"})
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	find := func(text, not string, in ...uuid.UUID) string {
		t.Helper()
		var q words.Query
		q.Text(text, false)
		q.NotText(not, false)
		found, few, err := words.Find(t.Context(), db.Pool, q, words.In{Workspaces: in}, 100)
		if err != nil || !few {
			t.Fatal(few, err)
		}
		return fmt.Sprint(len(found[a]), len(found[b]))
	}
	for _, c := range []struct {
		text, not string
		in        []uuid.UUID
		want      string
	}{
		{"the", "", []uuid.UUID{a}, "1 0"}, {"the", "", []uuid.UUID{a, b}, "1 1"}, {"ferry", "", []uuid.UUID{b}, "0 0"},
		{"the", "ferry", []uuid.UUID{a, b}, "0 1"}, {"the", "timetable", []uuid.UUID{a}, "1 0"},
	} {
		if got := find(c.text, c.not, c.in...); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

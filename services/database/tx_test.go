package database_test

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"daybook/services/database"
	"daybook/services/database/dbtest"
)

// inBoth runs the same work in a transaction of GORM and in one of pgx.
func inBoth(t *testing.T, d *database.Database, work func(t *testing.T, tx database.Tx) error) {
	t.Run("gorm", func(t *testing.T) {
		if err := d.Gorm.WithContext(t.Context()).Transaction(func(tx *gorm.DB) error { return work(t, database.GormTx(tx)) }); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("pgx", func(t *testing.T) {
		if err := pgx.BeginFunc(t.Context(), d.Pool, func(tx pgx.Tx) error { return work(t, database.PgxTx(tx)) }); err != nil {
			t.Fatal(err)
		}
	})
}

func TestATxIsTheSameThroughGormAndPgx(t *testing.T) {
	d := dbtest.Empty(t)
	do(t, d, `CREATE TABLE things (id uuid PRIMARY KEY, name text, data jsonb)`)
	inBoth(t, d, func(t *testing.T, tx database.Tx) error {
		ids := []uuid.UUID{uuid.New(), uuid.New()}
		names := []string{"it's {one}, \"quoted\"", "two?"}
		count, err := tx.Exec(t.Context(), `INSERT INTO things SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[])`, ids, names, []string{`{"a": 1}`, `{}`})
		if err != nil || count != 2 {
			t.Fatalf("%d rows, %v", count, err)
		}
		var gotNames []string
		var gotIDs []uuid.UUID
		var one uuid.UUID
		var data []byte
		err = tx.QueryRow(t.Context(), `SELECT array_agg(name ORDER BY name), array_agg(id ORDER BY name), min(id::text)::uuid, '{"a": 1}'::jsonb FROM things WHERE id = ANY($1)`, ids).
			Scan(&gotNames, &gotIDs, &one, &data)
		if err != nil || !slices.Equal(gotNames, names) || !slices.Equal(gotIDs, ids) || one == uuid.Nil || string(data) != `{"a": 1}` {
			t.Fatalf("%v %v %v %s %v", gotNames, gotIDs, one, data, err)
		}
		rows, err := tx.Query(t.Context(), `SELECT id, name FROM things WHERE id = ANY($1) ORDER BY name`, ids)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var seen []string
		for rows.Next() {
			var id uuid.UUID
			var name string
			if err := rows.Scan(&id, &name); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, name)
		}
		if rows.Err() != nil || !slices.Equal(seen, names) {
			t.Fatalf("%v %v", seen, rows.Err())
		}
		err = tx.QueryRow(t.Context(), `SELECT name FROM things WHERE id = $1`, uuid.New()).Scan(&one)
		if !errors.Is(err, sql.ErrNoRows) {
			t.Fatalf("no row is %v", err)
		}
		return nil
	})
	if got := ask[int](t, d, "SELECT count(*) FROM things"); got != 4 {
		t.Fatalf("%d rows were committed", got)
	}
}

func TestATxBelongsToItsTransaction(t *testing.T) {
	d := dbtest.Empty(t)
	do(t, d, `CREATE TABLE things (id int PRIMARY KEY)`)
	undone := errors.New("undone")
	err := d.Gorm.Transaction(func(tx *gorm.DB) error {
		if _, err := database.GormTx(tx).Exec(t.Context(), `INSERT INTO things VALUES (1)`); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) || ask[int](t, d, "SELECT count(*) FROM things") != 0 {
		t.Fatalf("the row outlived its transaction: %v", err)
	}
}

func TestUniqueViolationsAreKnownOnAllWays(t *testing.T) {
	d := dbtest.Empty(t)
	do(t, d, `CREATE TABLE things (id int PRIMARY KEY); INSERT INTO things VALUES (1)`)
	insert := `INSERT INTO things VALUES (1)`
	_, viaPool := d.Pool.Exec(t.Context(), insert)
	_, viaTx := database.GormTx(d.Gorm).Exec(t.Context(), insert)
	type thing struct{ ID int }
	for _, err := range []error{viaPool, viaTx, d.Gorm.Exec(insert).Error, d.Gorm.Create(&thing{ID: 1}).Error} {
		if !database.IsUniqueViolation(err) || database.SQLState(err) != "23505" {
			t.Errorf("not known: %v", err)
		}
	}
	if database.IsUniqueViolation(nil) || database.SQLState(errors.New("other")) != "" {
		t.Error("something else is taken for one")
	}
}

func TestGormsLogHoldsNoValues(t *testing.T) {
	var log logged
	empty := dbtest.Empty(t)
	d, err := database.Open(t.Context(), database.Config{URL: empty.URL(), Log: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	do(t, d, `CREATE TABLE things (id int PRIMARY KEY, name text)`)
	type thing struct {
		ID   int
		Name string
	}
	_ = d.Gorm.First(&thing{}, "name = ?", "secretive").Error
	_ = d.Gorm.Where("name = ?::uuid", "secretive").Find(&[]thing{{}}).Error
	_ = d.Gorm.Where("id = ?::text::int", "secretive").Find(&[]thing{}).Error
	_ = d.Gorm.Exec("SELECT pg_sleep(0.6), ?::text", "secretive").Error
	text := log.String()
	if strings.Contains(text, "secretive") {
		t.Errorf("a value is in the log:\n%s", text)
	}
	if strings.Contains(text, "ORDER BY") {
		t.Errorf("a missing record is in the log:\n%s", text)
	}
	if !strings.Contains(text, "22P02") || !strings.Contains(text, "slow statement") || !strings.Contains(text, "$1") {
		t.Errorf("a failure or a slow statement is missing in the log:\n%s", text)
	}
}

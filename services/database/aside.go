package database

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"daybook/services/database/internal/builtin"
)

// aside begins the names of databases that a restore has put aside; the time is behind it.
const aside = builtin.Database + "_before_"

// PutAside names the databases that restores have put aside on the built-in server, and that are still there: nobody is anonymised in them.
func (d *Database) PutAside(ctx context.Context) ([]string, error) {
	if d.server == nil {
		return nil, nil
	}
	rows, err := d.Pool.Query(ctx, `SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY datname`, aside)
	if err != nil {
		return nil, fmt.Errorf("look for databases that were put aside: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("look for databases that were put aside: %w", err)
	}
	return names, nil
}

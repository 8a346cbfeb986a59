package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"daybook/services/access"
)

// Choices are what somebody chose when they last made an export of a workspace: what the form begins with.
type Choices struct {
	Format  string   `json:"format"`
	Columns []string `json:"columns"`
	Zone    string   `json:"zone"`
	GZIP    bool     `json:"gzip"`
	BOM     bool     `json:"bom"`
	Raw     bool     `json:"raw"`
}

// Choices gives what the viewer chose last, or nothing.
func (f *Files) Choices(ctx context.Context, v access.Viewer) (c Choices, known bool, err error) {
	if v.User == nil {
		return c, false, nil
	}
	var text []byte
	err = f.pool.QueryRow(ctx, `SELECT choices FROM export_choices WHERE user_id = $1 AND workspace_id = $2`, v.User.ID, v.Workspace.ID).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, false, nil
	} else if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return c, false, fmt.Errorf("read what somebody chose: %w", err)
	}
	return c, true, nil
}

// Remember keeps what the viewer chose: of columns those that there are, each once, by their own names.
func (f *Files) Remember(ctx context.Context, v access.Viewer, c Choices) error {
	if v.User == nil {
		return nil
	}
	if err := (Layout{Format: c.Format, Zone: c.Zone}).Check(); err != nil {
		return err
	}
	c.Columns = distinct(c.Columns)
	text, err := json.Marshal(c)
	if err == nil {
		_, err = f.pool.Exec(ctx, `INSERT INTO export_choices (user_id, workspace_id, choices) VALUES ($1, $2, $3)
			ON CONFLICT (user_id, workspace_id) DO UPDATE SET choices = EXCLUDED.choices`, v.User.ID, v.Workspace.ID, string(text))
	}
	if err != nil {
		return fmt.Errorf("remember what somebody chose: %w", err)
	}
	return nil
}

// distinct gives the columns that are meant, each once.
func distinct(names []string) []string {
	var out []string
	for _, name := range KnownColumns(names) {
		if name = canonical(name); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

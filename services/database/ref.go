package database

import (
	"context"
	"encoding/json"
	"fmt"

	"daybook/models"
)

// Refs is a column with a models.ActorRef: who asked for something.
type Refs struct {
	Table, Column string
	In            string // a condition that leaves the rows of the workspace $1; empty: the column workspace_id says it
}

// ReplaceRefs has a column name nobody where it named somebody who is being anonymised.
func ReplaceRefs(ctx context.Context, tx Tx, f models.Forgotten, columns ...Refs) error {
	is, err := json.Marshal(f.Is)
	if err != nil {
		return fmt.Errorf("name nobody: %w", err)
	}
	for _, c := range columns {
		if c.In == "" {
			c.In = "workspace_id = $1"
		}
		_, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE %[1]s SET %[2]s = $3::text::jsonb WHERE %[3]s AND %[2]s ->> 'id' = ANY ($2)`, c.Table, c.Column, c.In), f.Workspace, f.IDs, string(is))
		if err != nil {
			return fmt.Errorf("replace who is named in %s: %w", c.Table, err)
		}
	}
	return nil
}

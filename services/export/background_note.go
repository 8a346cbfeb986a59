package export

import (
	"context"

	"github.com/jackc/pgx/v5"

	"daybook/models"
)

// note records that an export has ended.
func (f *Files) note(ctx context.Context, tx pgx.Tx, e models.Export, by models.ActorRef) error {
	return recordEnd(ctx, tx, f.record, e, by)
}

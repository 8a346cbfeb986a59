package visit

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"daybook/models"
	"daybook/services/database"
)

// outage gives the answer to an error that says "not now" of the database and nothing of the request: it is away, starting, stopping, full,
// has no connection left, or took too long. Whoever tries again later may do better.
func outage(err error) *models.Error {
	state := database.SQLState(err)
	var connecting *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &connecting):
	case strings.HasPrefix(state, "08"), strings.HasPrefix(state, "53"), strings.HasPrefix(state, "57P"), // connection, resources, shutdown
		state == "25006", state == "55P03", state == "57014", state == "25P03": // read-only since a failover, timeouts
	case state != "":
		return nil
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, driver.ErrBadConn), errors.Is(err, io.ErrUnexpectedEOF),
		errors.As(err, &network), pgconn.SafeToRetry(err):
	default:
		return nil
	}
	e := models.Errorf(models.Unavailable, "Daybook cannot do this just now. What was accepted is safe; try again in a moment.").Because(err)
	e.RetryAfter = 2 * time.Second
	return e
}

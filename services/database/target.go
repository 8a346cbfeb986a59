package database

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"daybook/services/database/internal/builtin"
)

// target is an address of a database, understood.
type target struct {
	url    string
	pool   *pgxpool.Config
	socket bool // the built-in server
}

// defaultConns is the pool's size: enough for a page's queries of a small company at once, and
// five processes fit into PostgreSQL's usual hundred connections.
const defaultConns = 20

// sessionSettings hold in every session unless the URL says otherwise. No statement of Daybook lives longer than 30 s.
var sessionSettings = map[string]string{
	"TimeZone":                            "UTC",
	"statement_timeout":                   "30s",
	"plan_cache_mode":                     "force_custom_plan", // a generic plan cannot know how selective a value is
	"idle_in_transaction_session_timeout": "60s",
}

func parse(address string, builtIn bool) (*target, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "postgres" && parsed.Scheme != "postgresql" {
		return nil, builtin.Sentence(nil, "DATABASE_URL is not an address of a PostgreSQL database: it should look like postgres://user:password@host:5432/name, with special characters of the password percent-encoded.")
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, builtin.Sentence(nil, "DATABASE_URL has a part that cannot be used: look at its port, its sslmode and the files and numbers it names.")
	}
	if builtIn {
		config.ConnConfig.RuntimeParams = map[string]string{} // PGOPTIONS and the like are meant for other servers
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "daybook"
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	if !parsed.Query().Has("pool_max_conns") {
		config.MaxConns = defaultConns
	}
	config.ConnConfig.DialFunc = dial
	config.HealthCheckPeriod = 15 * time.Second
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error { return applySettings(ctx, conn, nil) }
	return &target{url: address, pool: config, socket: builtIn}, nil
}

// dial makes connections that notice within about ten seconds that the other machine is gone.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 4 * time.Second, Interval: 2 * time.Second, Count: 3}}
	return dialer.DialContext(ctx, network, address)
}

// applySettings sets run-time parameters after connecting: a session pooler refuses ones it does not know in the
// greeting. What the URL itself sets is left alone, unless it is in special.
func applySettings(ctx context.Context, conn *pgx.Conn, special map[string]string) error {
	given := map[string]bool{}
	for name := range conn.Config().RuntimeParams {
		given[strings.ToLower(name)] = true
	}
	settings := map[string]string{}
	for name, value := range sessionSettings {
		if !given[strings.ToLower(name)] {
			settings[name] = value
		}
	}
	maps.Copy(settings, special)
	var names, values []string
	for name, value := range settings {
		names, values = append(names, name), append(values, value)
	}
	_, err := conn.Exec(ctx, `SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS given (name, value)`,
		pgx.QueryExecModeExec, names, values)
	return err
}

func newPool(ctx context.Context, t *target, maxConns int32) (*pgxpool.Pool, error) {
	config := t.pool.Copy()
	if maxConns > 0 {
		config.MaxConns = maxConns
	}
	config.MinConns = min(config.MinConns, config.MaxConns)
	config.MinIdleConns = min(config.MinIdleConns, config.MaxConns)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, builtin.Sentence(err, "The connections to PostgreSQL at %s could not be set up.", t.where())
	}
	return pool, nil
}

// Connect opens a connection of its own outside the pool, with these run-time parameters on top of the usual ones:
// for the journal's writer and for LISTEN. It notices within about ten seconds that the server's machine is gone. The
// caller closes it.
func (d *Database) Connect(ctx context.Context, params map[string]string) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, d.target.pool.ConnConfig.Copy())
	if err != nil {
		return nil, d.target.unreachable(err)
	}
	if err := applySettings(ctx, conn, params); err != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
		return nil, errors.Join(builtin.Sentence(nil, "A connection to PostgreSQL could not be prepared."), err)
	}
	return conn, nil
}

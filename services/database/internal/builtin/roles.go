package builtin

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Database is the name of the database that role daybook owns.
const Database = "daybook"

// ConnectAsSuperuser opens a connection to the cluster's first database, as its first role.
func (s *Server) ConnectAsSuperuser(ctx context.Context) (*pgx.Conn, error) {
	return s.connect(ctx, Superuser)
}

func (s *Server) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(s.URL(database, Superuser) + "&connect_timeout=5&target_session_attrs=any")
	if err != nil {
		return nil, err
	}
	// Nothing of the environment (PGOPTIONS, PGAPPNAME) belongs into these connections.
	config.RuntimeParams = map[string]string{"application_name": "daybook"}
	return pgx.ConnectConfig(ctx, config)
}

// ensureDatabase makes the role and the database unless they are there. A first start may have been interrupted before.
func (s *Server) ensureDatabase(ctx context.Context) error {
	conn, err := s.connect(ctx, Superuser)
	if err != nil {
		return Sentence(err, "The built-in PostgreSQL in %s went away while it was being prepared.", s.data)
	}
	defer closeNow(conn)
	var role, database bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1), EXISTS (SELECT FROM pg_database WHERE datname = $2)`,
		Role, Database).Scan(&role, &database)
	if err == nil && !role {
		_, err = conn.Exec(ctx, "CREATE ROLE "+Role+" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
	}
	if err == nil && !database {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+Database+" OWNER "+Role+" TEMPLATE template0 ENCODING 'UTF8'")
	}
	if err != nil {
		return Sentence(err, "The database could not be made in the built-in PostgreSQL in %s.", s.data)
	}
	return nil
}

func closeNow(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

package database

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"daybook/services/database/internal/builtin"
)

// where names the server for an admin: hosts and ports, never the user information of the URL.
func (t *target) where() string {
	config := t.pool.ConnConfig
	places := []string{place(config.Host, config.Port)}
	for _, other := range config.Fallbacks {
		if next := place(other.Host, other.Port); next != places[len(places)-1] {
			places = append(places, next)
		}
	}
	return strings.Join(places, ", ")
}

func place(host string, port uint16) string {
	if strings.HasPrefix(host, "/") {
		return "the socket in " + host
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// unreachable says in a sentence why a connection was not made. The driver's own text is not part of it.
func (t *target) unreachable(err error) error {
	config, where := t.pool.ConnConfig, t.where()
	switch SQLState(err) {
	case "":
		return builtin.Sentence(err, "PostgreSQL at %s cannot be reached: %s.", where, networkReason(err))
	case "28P01":
		return builtin.Sentence(err, "PostgreSQL at %s did not accept the password of the user %s.", where, config.User)
	case "28000":
		return builtin.Sentence(err, "PostgreSQL at %s does not let the user %s in (pg_hba.conf, or no such user).", where, config.User)
	case "3D000":
		return builtin.Sentence(err, "There is no database %s at %s: make it first (createdb %s), in UTF-8.", config.Database, where, config.Database)
	case "42501":
		return builtin.Sentence(err, "The user %s may not connect to the database %s at %s.", config.User, config.Database, where)
	case "53300":
		return builtin.Sentence(err, "PostgreSQL at %s has no connection left (max_connections).", where)
	case "57P03":
		return builtin.Sentence(err, "PostgreSQL at %s is starting or stopping: try again soon.", where)
	}
	return builtin.Sentence(err, "PostgreSQL at %s refused the connection (SQLSTATE %s).", where, SQLState(err))
}

func networkReason(err error) string {
	var dns *net.DNSError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var config *pgconn.ParseConfigError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there"
	case errors.Is(err, os.ErrNotExist):
		return "there is no such socket"
	case errors.Is(err, os.ErrPermission):
		return "this user may not open the socket"
	case errors.As(err, &dns):
		return "the name of the host is not known"
	case errors.As(err, &authority), errors.As(err, &hostname):
		return "its certificate is not trusted (sslmode, sslrootcert)"
	case errors.As(err, &config):
		return "DATABASE_URL has a part that cannot be used"
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return "it does not answer in time"
	case errors.Is(err, context.Canceled):
		return "the attempt was cancelled"
	case strings.Contains(err.Error(), "TLS") || strings.Contains(err.Error(), "tls"):
		return "no encrypted connection could be agreed on (sslmode)"
	}
	return "the connection broke"
}

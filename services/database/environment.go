package database

import (
	"net/url"
	"os"
	"strconv"
	"strings"
)

// libpqNames are the parts of a URL that PostgreSQL's programs read from the environment under these names, beside host,
// port, user, password and database. Parts that only our driver knows are not passed on.
var libpqNames = map[string]string{
	"sslmode":              "PGSSLMODE",
	"sslcert":              "PGSSLCERT",
	"sslkey":               "PGSSLKEY",
	"sslrootcert":          "PGSSLROOTCERT",
	"sslcrl":               "PGSSLCRL",
	"sslsni":               "PGSSLSNI",
	"sslnegotiation":       "PGSSLNEGOTIATION",
	"channel_binding":      "PGCHANNELBINDING",
	"target_session_attrs": "PGTARGETSESSIONATTRS",
	"connect_timeout":      "PGCONNECT_TIMEOUT",
	"options":              "PGOPTIONS",
}

// environment tells PostgreSQL's programs where to connect. A command line would show the password to every user.
func (t *target) environment() []string {
	config := t.pool.ConnConfig
	hosts, ports := []string{config.Host}, []string{strconv.Itoa(int(config.Port))}
	for _, other := range config.Fallbacks { // the driver lists a host twice, with and without encryption
		port := strconv.Itoa(int(other.Port))
		if last := len(hosts) - 1; other.Host != hosts[last] || port != ports[last] {
			hosts, ports = append(hosts, other.Host), append(ports, port)
		}
	}
	values := map[string]string{}
	if !t.socket {
		// Certificates and the like lie below the home folder, or where the environment says.
		for _, name := range libpqNames {
			values[name] = os.Getenv(name)
		}
		values["HOME"] = os.Getenv("HOME")
	}
	if parsed, err := url.Parse(t.url); err == nil {
		for name, given := range parsed.Query() {
			if variable := libpqNames[name]; variable != "" {
				values[variable] = given[len(given)-1]
			}
		}
	}
	values["PGHOST"], values["PGPORT"] = strings.Join(hosts, ","), strings.Join(ports, ",")
	values["PGUSER"], values["PGPASSWORD"], values["PGDATABASE"] = config.User, config.Password, config.Database
	values["PGAPPNAME"] = "daybook"
	var environment []string
	for name, value := range values {
		if value != "" {
			environment = append(environment, name+"="+value)
		}
	}
	return environment
}

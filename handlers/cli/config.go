// Package cli is what the commands do: it reads the configuration, opens the services, and speaks to the terminal. One command a file.
package cli

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"

	"daybook/models"
	"daybook/services/database"
)

// Config is the configuration, as it was written. main fills it from flags and environment.
type Config struct {
	DatabaseURL    string `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL to use, postgres://…; without it, the built-in server."`
	Data           string `env:"DAYBOOK_DATA" placeholder:"DIR" help:"Data folder; default /var/lib/daybook for root, ~/.local/share/daybook for others."`
	Listen         string `env:"DAYBOOK_LISTEN" default:"127.0.0.1:8080" help:"Address to serve on."`
	BaseURL        string `name:"base-url" env:"DAYBOOK_BASE_URL" placeholder:"URL" help:"Where people reach Daybook, like https://daybook.example.com; default http:// and the address served on."`
	Secret         string `env:"DAYBOOK_SECRET" placeholder:"TEXT" help:"Secret of 32 characters or more that cursors and the like are made from; required with DATABASE_URL, else kept in the data folder."`
	TrustedProxies string `name:"trusted-proxies" env:"DAYBOOK_TRUSTED_PROXIES" placeholder:"LIST" help:"Addresses or networks, with commas, whose X-Forwarded-For is believed."`
	SendRate       string `name:"send-rate" env:"DAYBOOK_SEND_RATE" default:"500" help:"Requests a second that a token may send; 0: any number."`
	ErasureLedger  string `name:"erasure-ledger" env:"DAYBOOK_ERASURE_LEDGER" placeholder:"FILE" help:"Where it is written down who was anonymised, in hashes, so that a restore can be followed by it; default erasures.ndjson in the data folder."`
	ExportMax      string `name:"export-max" env:"DAYBOOK_EXPORT_MAX" default:"2048" help:"Size of an export's file at most, in MiB."`
	Log            string `env:"DAYBOOK_LOG" default:"info" help:"debug, info, warn or error; with ,json for machines."`
}

// settings is the configuration, understood.
type settings struct {
	Config
	baseURL   *url.URL
	secret    []byte // nil: to be read from the data folder
	proxies   []netip.Prefix
	sendRate  float64
	exportMax int64 // bytes
	log       *slog.Logger
	host      string
	port      string // "0": one that is free
	loopback  bool   // served to this machine alone
}

// check understands the configuration, or gives everything that is wrong with it in one error, a sentence each.
func (c Config) check() (settings, error) {
	s, wrong := c.read()
	return s, notRight(wrong)
}

// checkServe is check with what only serving needs.
func (c Config) checkServe(demo bool) (settings, error) {
	s, wrong := c.read()
	if c.DatabaseURL != "" && c.Secret == "" {
		wrong = append(wrong, "DAYBOOK_SECRET is required with DATABASE_URL, and the same for every process that serves it; `openssl rand -base64 32` makes one.")
	}
	if demo && !s.loopback && s.port != "" {
		wrong = append(wrong, "A demo is served on this machine only: DAYBOOK_LISTEN must be on 127.0.0.1 or ::1, not "+c.Listen+".")
	}
	return s, notRight(wrong)
}

func notRight(wrong []string) error {
	if len(wrong) == 0 {
		return nil
	}
	return models.Errorf(models.Invalid, "The configuration is not right.\n%s", strings.Join(wrong, "\n"))
}

// read understands the configuration, and gives a sentence for each thing that it does not. None repeats what may hold a password.
func (c Config) read() (s settings, wrong []string) {
	s.Config = c
	note := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if u, err := url.Parse(c.DatabaseURL); c.DatabaseURL != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
		note("DATABASE_URL must be an address like postgres://user:password@host:5432/name, with special characters of the password percent-encoded.")
	}
	var err error
	if c.DatabaseURL == "" && c.Data == "" {
		if s.Data, err = database.DefaultData(); err != nil {
			note("%s", err)
		}
	}
	if s.host, s.port, err = parseListen(c.Listen); err != nil {
		note("DAYBOOK_LISTEN %s.", err)
	}
	s.loopback = isLoopback(s.host)
	if s.baseURL, err = c.base(s.host, s.port); err != nil {
		note("DAYBOOK_BASE_URL %s.", err)
	}
	if secret := strings.TrimSpace(c.Secret); c.Secret != "" {
		if len(secret) < 32 {
			note("DAYBOOK_SECRET must have at least 32 characters; `openssl rand -base64 32` makes one.")
		}
		s.secret = []byte(secret)
	}
	if s.proxies, err = parseProxies(c.TrustedProxies); err != nil {
		note("DAYBOOK_TRUSTED_PROXIES %s.", err)
	}
	if s.sendRate, err = strconv.ParseFloat(c.SendRate, 64); err != nil || !(s.sendRate >= 0) || math.IsInf(s.sendRate, 0) {
		note("DAYBOOK_SEND_RATE must be a number of requests a second, like 500, or 0 for any, not %q.", c.SendRate)
	}
	mib, err := strconv.ParseInt(c.ExportMax, 10, 64)
	if err != nil || mib < 1 || mib > 1<<30 {
		note("DAYBOOK_EXPORT_MAX must be a number of MiB, like 2048, not %q.", c.ExportMax)
	}
	s.exportMax = mib << 20
	if s.log, err = newLog(c.Log); err != nil {
		note("DAYBOOK_LOG %s.", err)
	}
	return s, wrong
}

func parseListen(text string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(text)
	if n, numErr := strconv.ParseUint(port, 10, 16); err != nil || numErr != nil || strconv.FormatUint(n, 10) != port {
		return "", "", fmt.Errorf("must be an address and a port, like 127.0.0.1:8080 or :8080, not %q", text)
	}
	return host, port, nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// base gives the address people reach us at.
func (c Config) base(host, port string) (*url.URL, error) {
	if c.BaseURL == "" {
		if addr, err := netip.ParseAddr(host); host == "" || err == nil && addr.IsUnspecified() {
			host = "localhost"
		}
		return &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}, nil
	}
	u, err := url.Parse(c.BaseURL)
	switch {
	case err != nil:
		return nil, errors.New("must be an address like https://daybook.example.com")
	case u.User != nil:
		return nil, errors.New("must be an address like https://daybook.example.com, without user and password")
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("must be an address like https://daybook.example.com, not %q", c.BaseURL)
	case strings.Trim(u.Path, "/") != "":
		return nil, fmt.Errorf("must have no path: Daybook serves the whole of a host, not %q", c.BaseURL)
	}
	return u, nil
}

func parseProxies(list string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, item := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(item)
		if err != nil {
			addr, addrErr := netip.ParseAddr(item)
			if addrErr != nil {
				return nil, fmt.Errorf("must list addresses or networks like 10.0.0.0/8, not %q", item)
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		out = append(out, prefix)
	}
	return out, nil
}

// newLog makes the log: text for people, JSON for machines.
func newLog(how string) (*slog.Logger, error) {
	name, form, _ := strings.Cut(how, ",")
	var level slog.Level
	if err := level.UnmarshalText([]byte(name)); err != nil || form != "" && form != "json" && form != "text" {
		return nil, fmt.Errorf("must be debug, info, warn or error, and may end in ,json; not %q", how)
	}
	options := &slog.HandlerOptions{Level: level}
	if form == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options)), nil
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options)), nil
}

// newSecret makes a secret for a data folder.
func newSecret(random []byte) string { return base64.StdEncoding.EncodeToString(random) }

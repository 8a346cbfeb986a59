package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"

	"daybook/services/database/internal/builtin"
)

// server is the server of this test run, or the one of TEST_DATABASE_URL.
type server struct {
	admin func(ctx context.Context) (*pgx.Conn, error) // connects as a role that may make databases
	url   func(database string) string
	owner string // the role that databases are made for

	making   sync.Mutex
	finished string // name of the template, once it is there
}

var (
	starting sync.Mutex
	started  *server
)

// theServer starts or joins the server once per process. It is not left again: the end of the process does that.
func theServer(ctx context.Context) (*server, error) {
	starting.Lock()
	defer starting.Unlock()
	if started != nil {
		return started, nil
	}
	var err error
	if address := os.Getenv("TEST_DATABASE_URL"); address != "" {
		started, err = given(address)
	} else {
		started, err = own(ctx)
	}
	return started, err
}

func given(address string) (*server, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("TEST_DATABASE_URL is no URL")
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("TEST_DATABASE_URL cannot be used")
	}
	return &server{
		admin: func(ctx context.Context) (*pgx.Conn, error) { return pgx.Connect(ctx, address) },
		url: func(database string) string {
			other := *parsed
			other.Path = "/" + database
			return other.String()
		},
		owner: config.User,
	}, nil
}

// unsafeSettings trade what tests do not need, durability, for speed.
var unsafeSettings = map[string]string{
	"fsync":              "off",
	"full_page_writes":   "off",
	"synchronous_commit": "off",
	"autovacuum":         "off", // it would hold templates open while they are cloned
	"max_connections":    "300",
	"max_wal_size":       "512MB",
	"min_wal_size":       "80MB",
	"wal_level":          "minimal",
	"max_wal_senders":    "0",
}

func own(ctx context.Context) (*server, error) {
	installed := builtin.ServerPrograms(ctx)
	if len(installed) == 0 {
		return nil, builtin.NoPrograms("the tests")
	}
	folder, err := ownFolder(installed[0])
	if err != nil {
		return nil, err
	}
	// Once before, so that nothing is left behind when we are killed while starting, and once after, because the watchdog
	// of the last run may have ended in between.
	if err := watch(folder); err != nil {
		return nil, err
	}
	shared, err := builtin.Use(ctx, builtin.Options{Data: folder, Settings: unsafeSettings})
	if err != nil {
		return nil, err
	}
	if err := watch(folder); err != nil {
		return nil, err
	}
	return &server{
		admin: shared.ConnectAsSuperuser,
		url:   func(database string) string { return shared.URL(database, builtin.Role) },
		owner: builtin.Role,
	}, nil
}

// roomy is how much free space the tests' databases may need, in bytes.
const roomy = 2 << 30

// BaseVariable names another place for the server's folder than memory-backed space: for a machine that has too little
// of it, and for a run that must not share its server with others.
const BaseVariable = "DAYBOOK_DBTEST_FOLDER"

// ownFolder is the same for all test processes of one user with the same PostgreSQL.
func ownFolder(programs builtin.Programs) (string, error) {
	base := os.TempDir()
	var space unix.Statfs_t
	if err := unix.Statfs("/dev/shm", &space); err == nil && space.Bavail*uint64(space.Bsize) > roomy && unix.Access("/dev/shm", unix.W_OK) == nil {
		base = "/dev/shm"
	}
	if given := os.Getenv(BaseVariable); given != "" {
		base = given
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", programs.Folder, programs.Major))
	folder := filepath.Join(base, fmt.Sprintf("daybook-test-%d-%s", os.Geteuid(), hex.EncodeToString(sum[:4])))
	if err := os.Mkdir(folder, 0o711); err != nil && !os.IsExist(err) {
		return "", err
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || int(info.Sys().(*syscall.Stat_t).Uid) != os.Geteuid() {
		return "", fmt.Errorf("%s belongs to somebody else", folder)
	}
	return folder, nil
}

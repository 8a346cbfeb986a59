package database

import (
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Storage says where the built-in server keeps what it has, and how much room there is. With a URL all of it is unknown: whoever runs that
// PostgreSQL watches it.
type Storage struct {
	BuiltIn      bool
	Free, Size   uint64    // bytes of the file system of the data folder, as an ordinary user may use them; 0: unknown
	NewestBackup time.Time // of the nightly ones; zero: none yet
	Since        time.Time // when the data folder was made; zero: unknown
}

// Storage looks at the data folder.
func (d *Database) Storage() Storage {
	if d.server == nil {
		return Storage{}
	}
	s := Storage{BuiltIn: true, NewestBackup: newestTime(d.config.Data)}
	var room syscall.Statfs_t
	if syscall.Statfs(d.config.Data, &room) == nil {
		unit := uint64(room.Bsize) //nolint:gosec // its type is another one on each system; it is never negative
		s.Free, s.Size = room.Bavail*unit, room.Blocks*unit
	}
	if made, err := os.Stat(filepath.Join(d.config.Data, "postgres", "PG_VERSION")); err == nil { // written once
		s.Since = made.ModTime()
	}
	return s
}

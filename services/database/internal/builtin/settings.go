package builtin

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Role owns the database and is what Daybook signs in as. It is no superuser and may not make databases.
const Role = "daybook"

// Superuser is the cluster's first role. Daybook uses it to make the role and the database, and to swap databases.
const Superuser = "postgres"

// firstSettings go into postgresql.conf when the cluster is made. They suit a small company on a small machine, and an
// admin may change them there; what must not be changed is given on the command line instead (see arguments).
const firstSettings = `
# Daybook's first settings. They are written once: change them here as you like.
shared_buffers = 128MB
max_connections = 100
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
random_page_cost = 1.1
jit = off
`

// arguments are the settings that Daybook stands for: who may connect, that a commit is on disk, and that
// the server's own log never holds a statement, a parameter or a value. Errors of statements carry values in their text
// (invalid input syntax for type uuid: "..."), so the log begins above ERROR.
func (s *Server) arguments() []string {
	settings := map[string]string{
		"listen_addresses":                  "",
		"port":                              port,
		"unix_socket_directories":           s.socket,
		"unix_socket_permissions":           "0700",
		"hba_file":                          filepath.Join(s.data, "pg_hba.conf"),
		"ident_file":                        filepath.Join(s.data, "pg_ident.conf"),
		"cluster_name":                      "daybook",
		"fsync":                             "on",
		"full_page_writes":                  "on",
		"synchronous_commit":                "on",
		"timezone":                          "UTC",
		"logging_collector":                 "on",
		"log_destination":                   "stderr",
		"log_directory":                     filepath.Join(s.data, "log"),
		"log_filename":                      "postgresql-%Y%m%d-%H%M%S.log",
		"log_file_mode":                     "0600",
		"log_rotation_age":                  "1d",
		"log_rotation_size":                 "8MB",
		"log_timezone":                      "UTC",
		"log_min_messages":                  "log",
		"log_min_error_statement":           "panic",
		"log_error_verbosity":               "terse",
		"log_statement":                     "none",
		"log_checkpoints":                   "off",
		"log_min_duration_statement":        "-1",
		"log_min_duration_sample":           "-1",
		"log_transaction_sample_rate":       "0",
		"log_parameter_max_length":          "0",
		"log_parameter_max_length_on_error": "0",
	}
	maps.Copy(settings, s.settings)
	args := []string{"-D", s.cluster}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// writeAccess writes who may connect: over the socket alone, and only the server's own user and root, known by the
// kernel (peer). The files lie outside the cluster, where the server itself cannot change them when root runs Daybook.
func (s *Server) writeAccess() error {
	hba := "# Written by Daybook at every start.\nlocal all all peer map=daybook\n"
	ident := "# Written by Daybook at every start.\n"
	for _, name := range slices.Compact([]string{s.account.name, "root"}) {
		quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		ident += "daybook " + quoted + " " + Role + "\ndaybook " + quoted + " " + Superuser + "\n"
	}
	for name, text := range map[string]string{"pg_hba.conf": hba, "pg_ident.conf": ident} {
		if err := replace(filepath.Join(s.data, name), text); err != nil {
			return Sentence(err, "The data folder %s cannot be written.", s.data)
		}
	}
	return nil
}

// replace writes a file that the server may read, and never shows it half written.
func replace(path, text string) error {
	temporary := path + ".new"
	if err := os.WriteFile(temporary, []byte(text), 0o644); err != nil {
		return err
	}
	if err := os.Chmod(temporary, 0o644); err != nil { // whatever the umask says
		return err
	}
	return os.Rename(temporary, path)
}

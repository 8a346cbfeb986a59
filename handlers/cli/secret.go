package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"daybook/services/database"
)

// secretFile is where a data folder keeps its secret; nobody but its owner can read it.
const secretFile = "secret"

// readSecret reads the data folder's secret, and makes it at the first start. It appears whole or not at all: it is written beside, and linked
// into place.
func readSecret(folder string) ([]byte, error) {
	name := filepath.Join(folder, secretFile)
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		if err := makeSecret(folder, name); err != nil {
			return nil, fmt.Errorf("the secret of the data folder could not be made: %w", err)
		}
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, fmt.Errorf("the secret of the data folder could not be read: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < 32 {
		return nil, fmt.Errorf("%s has fewer than 32 characters: it was damaged, or written by somebody else", name)
	}
	return []byte(secret), nil
}

// ledgerFile is where a data folder keeps who was anonymised.
const ledgerFile = "erasures.ndjson"

// ledger is the file of erasures: the one that was asked for, or that of the data folder.
func (s settings) ledger(db *database.Database) string {
	return s.ledgerIn(db.Config().Data)
}

func (s settings) ledgerIn(folder string) string {
	if s.ErasureLedger != "" {
		return s.ErasureLedger
	}
	if folder == "" {
		folder, _ = database.DefaultData() // else it is said when somebody is anonymised
	}
	return filepath.Join(folder, ledgerFile)
}

func makeSecret(folder, name string) error {
	f, err := os.CreateTemp(folder, secretFile+"-") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	_, err = f.WriteString(newSecret(random) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), name); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

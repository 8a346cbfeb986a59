package cli

import (
	"context"
	"fmt"

	"daybook/models"
)

// VerifyCounts counts all activities again and compares that with what statistics are read from.
type VerifyCounts struct{}

// Run does it, and prints each count that differs. It changes nothing, and posting goes on meanwhile.
func (VerifyCounts) Run(ctx context.Context, c Config) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.close()
	differences, err := a.journal.Recount(ctx)
	if err != nil {
		return err
	}
	for _, d := range differences {
		fmt.Printf("%s.\n", d)
	}
	switch n := len(differences); {
	case n == 0:
		fmt.Println("All counts are those of the activities.")
		return nil
	case n == 1:
		return models.Errorf(models.Conflict, "1 count is not that of the activities.")
	default:
		return models.Errorf(models.Conflict, "%d counts are not those of the activities.", n)
	}
}

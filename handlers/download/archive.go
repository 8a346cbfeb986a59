package download

import (
	"context"
	"encoding/hex"
	"io"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/account"
	"daybook/services/export"
	"daybook/services/proof"
)

// SendArchive answers with an archive of what retention deleted, or with the part of it that is asked for. That bytes of it are taken is recorded.
func SendArchive(c *fiber.Ctx, files *export.Files, d account.Doer, id uuid.UUID) error {
	v := visit.Of(c).Viewer
	x, err := files.OpenArchive(c.UserContext(), d, v, id)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(c.UserContext())
	err = visit.SendFile(c, visit.File{
		Name: x.Name(v.Workspace.Slug), Type: "application/gzip", Tag: x.Sum(), Size: x.Bytes,
		Read:   func(from, bytes int64) (io.ReadCloser, error) { return x.Read(ctx, from, bytes) },
		Breaks: files.WhenStreamsEnd,
	})
	if err != nil || c.Method() != fiber.MethodGet || !sends(c) {
		return err
	}
	if err := x.Taken(c.UserContext(), d.Ref); err != nil {
		return models.Errorf(models.Internal, "the download could not be recorded").Because(err)
	}
	return nil
}

// ArchiveManifest is an archive as JSON: what it has, and the sum by which it is found to be whole.
type ArchiveManifest struct {
	ID        string              `json:"id"`
	Run       int64               `json:"run"`
	State     models.ArchiveState `json:"state"`
	Workspace string              `json:"workspace_id"`
	Format    string              `json:"format"`
	Form      string              `json:"form"`
	GZIP      bool                `json:"gzip"`
	Rows      int64               `json:"rows"`
	Bytes     int64               `json:"bytes"`
	SHA256    *string             `json:"sha256"` // of all bytes, when they are complete
	FirstSeq  int64               `json:"first_seq"`
	LastSeq   int64               `json:"last_seq"`
	CreatedAt string              `json:"created_at"`
	ChangedAt *string             `json:"changed_at"` // when somebody was taken out of it
	RemovedAt *string             `json:"removed_at"`
}

// ManifestOf describes an archive.
func ManifestOf(a models.Archive) ArchiveManifest {
	m := ArchiveManifest{
		ID: a.ID.String(), Run: a.PurgeID, State: a.State, Workspace: a.WorkspaceID.String(), Format: export.NDJSON, Form: export.EventForm, GZIP: true,
		Rows: a.Rows, Bytes: a.Bytes, FirstSeq: a.FirstSeq, LastSeq: a.LastSeq, CreatedAt: proof.Time(a.CreatedAt),
	}
	if len(a.SHA256) > 0 {
		sum := hex.EncodeToString(a.SHA256)
		m.SHA256 = &sum
	}
	if a.ChangedAt != nil {
		at := proof.Time(*a.ChangedAt)
		m.ChangedAt = &at
	}
	if a.RemovedAt != nil {
		at := proof.Time(*a.RemovedAt)
		m.RemovedAt = &at
	}
	return m
}

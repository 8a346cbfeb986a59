// Package download gives out the files of exports: to a script and on a page alike.
package download

import (
	"context"
	"io"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/export"
)

// Send answers with a file, or with the part of it that is asked for. That bytes of it are taken is recorded, whichever they are.
func Send(c *fiber.Ctx, files *export.Files, x export.File) error {
	v := visit.Of(c).Viewer
	// The file is read after this request's handler has returned, for as long as the client takes it.
	ctx := context.WithoutCancel(c.UserContext())
	err := visit.SendFile(c, visit.File{
		Name: export.FileName(x.Export, v.Workspace.Slug), Type: x.MediaType(), Tag: x.Sum(), Size: x.Bytes,
		Read:   func(from, bytes int64) (io.ReadCloser, error) { return x.Read(ctx, from, bytes) },
		Breaks: files.WhenStreamsEnd,
	})
	if err != nil || c.Method() != fiber.MethodGet || !sends(c) {
		return err
	}
	if err := files.Downloaded(c.UserContext(), x); err != nil {
		return models.Errorf(models.Internal, "the download could not be recorded").Because(err)
	}
	return nil
}

// sends tells whether the answer has bytes of the file.
func sends(c *fiber.Ctx) bool {
	status := c.Response().StatusCode()
	return status == fiber.StatusOK || status == fiber.StatusPartialContent
}

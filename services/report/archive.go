package report

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// listed is a file as the manifest lists it.
type listed struct {
	Name   string `json:"name"`
	Says   string `json:"contains"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Rows   *int64 `json:"rows,omitempty"`
}

// archive is a ZIP that is being written, file after file.
type archive struct {
	zip    *zip.Writer
	packer *flate.Writer // of the file that is being written
	at     time.Time
	files  []listed
	stirs  time.Time // when it gave something out last
}

func newArchive(w io.Writer, at time.Time) *archive {
	a := &archive{zip: zip.NewWriter(w), at: at, stirs: time.Now()}
	a.zip.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		var err error
		a.packer, err = flate.NewWriter(out, flate.DefaultCompression)
		return a.packer, err
	})
	return a
}

// file writes a file. rows, when it is a list, is how many there are, known afterwards.
func (a *archive) file(name, says string, write func(io.Writer) (rows *int64, err error)) error {
	out, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.at})
	if err != nil {
		return fmt.Errorf("write %s of a report: %w", name, err)
	}
	sum, size := sha256.New(), &counter{}
	rows, err := write(io.MultiWriter(out, sum, size))
	if err != nil {
		return err
	}
	a.files = append(a.files, listed{Name: name, Says: says, Bytes: size.n, SHA256: hex.EncodeToString(sum.Sum(nil)), Rows: rows})
	return nil
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// quiet is how long nothing may go out: whoever waits for the report would take it for broken.
const quiet = 5 * time.Second

// stir gives out what there is, when nothing went out for a while.
func (a *archive) stir() error {
	if time.Since(a.stirs) < quiet {
		return nil
	}
	a.stirs = time.Now()
	if err := a.packer.Flush(); err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	return a.zip.Flush()
}

// Write writes the report as a ZIP. When it fails what was written is no whole ZIP.
func (r *Report) Write(ctx context.Context, w io.Writer) error {
	if err := r.Begin(ctx); err != nil {
		return err
	}
	defer func() {
		r.end()
		r.end = nil
	}()
	a := newArchive(w, r.at)
	page := &page{Name: r.who.Name, At: r.at}
	for _, k := range keptFiles {
		value, err := r.ask(ctx, k)
		if err != nil {
			return err
		}
		page.kept = append(page.kept, value)
		if err := a.file(k.name, k.says, writes(indented(value))); err != nil {
			return err
		}
	}
	if err := r.activities(ctx, a, page); err != nil {
		return err
	}
	if err := a.file("index.html", "this report, to read", func(out io.Writer) (*int64, error) { return nil, page.write(out, a.files) }); err != nil {
		return err
	}
	manifest, err := json.MarshalIndent(map[string]any{
		"report": "personal report of Daybook", "of": r.who.Name, "made_at": r.madeAt(), "workspaces": r.slugs(), "files": a.files,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the manifest of a report: %w", err)
	}
	if err := a.file("manifest.json", "", writes(append(manifest, '\n'))); err != nil {
		return err
	}
	if err := a.zip.Close(); err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	return nil
}

func writes(text []byte) func(io.Writer) (*int64, error) {
	return func(w io.Writer) (*int64, error) {
		_, err := w.Write(text)
		return nil, err
	}
}

func indented(value json.RawMessage) []byte {
	var b bytes.Buffer
	if json.Indent(&b, value, "", "  ") != nil {
		return value
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func (r *Report) slugs() []string {
	slugs := []string{}
	for _, p := range r.places {
		slugs = append(slugs, p.Slug)
	}
	return slugs
}

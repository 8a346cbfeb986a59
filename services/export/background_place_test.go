package export_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/auth"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/feed/feedtest"
	"daybook/services/stats"
)

// office is a workspace from which files are made.
type office struct {
	*feedtest.World
	*testing.T
	Files *export.Files
	WS    models.Workspace
	Ada   *models.User // an admin
	Bo    *models.User // a member, who sees the project p
	ahead atomic.Int64 // of the clock
}

const officeRows = 1300

// newOffice makes one, where work is done a bit at a time, so that it is broken off again and again.
func newOffice(t *testing.T, change ...func(*export.FilesConfig)) *office {
	t.Helper()
	o := &office{World: feedtest.New(t), T: t}
	o.WS = o.Workspace(t, "acme", "Canada/Newfoundland")
	o.Ada, o.Bo = o.User(t, "ada", false), o.User(t, "bo", false)
	o.Member(t, o.WS, o.Ada, models.Admin)
	o.Member(t, o.WS, o.Bo, models.Member)
	p := o.Project(t, o.WS, "p", models.VisibleToMembers)
	o.Grant(t, p, o.Actor(t, o.WS, "bo", o.Bo))
	var events []feedtest.Event
	for i := range officeRows {
		e := feedtest.Event{
			"actor": feedtest.Event{"id": fmt.Sprint("actor-", i%7)}, "action": "updated", "resource": feedtest.Event{"type": "task", "id": fmt.Sprint(i)},
			"metadata": feedtest.Event{"text": strings.Repeat("ä\"", i%60)}, "occurred_at": time.Unix(1_700_000_000+int64(i/3), 0).UTC().Format(time.RFC3339),
		}
		if i%2 == 0 {
			e["project"] = feedtest.Event{"id": "p"}
		}
		events = append(events, e)
	}
	o.Send(t, o.WS, events...)
	o.Files = o.files(change...)
	return o
}

// files is another process of the same office.
func (o *office) files(change ...func(*export.FilesConfig)) *export.Files {
	c := export.FilesConfig{Log: slog.New(slog.NewTextHandler(o.Output(), nil)), Now: o.now, Piece: time.Nanosecond}
	for _, each := range change {
		each(&c)
	}
	f := export.NewFiles(o.DB, export.FilesParts{
		Access: o.Access, Auth: auth.New(o.DB, o.Ingest, auth.NewKeys([]byte("a secret of thirty-two characters")), time.Now), Feed: o.Feed, Stats: stats.New(o.DB, o.Feed), Ingest: o.Ingest,
	}, c)
	f.SmallChunks(20_000)
	return f
}

func (o *office) now() time.Time { return time.Now().Add(time.Duration(o.ahead.Load())) }

// doer is a user as somebody who makes changes.
func (o *office) doer(u *models.User) (account.Doer, access.Viewer) {
	v := o.Viewer(o.T, u, o.WS)
	return account.Doer{Workspace: &o.WS, Role: v.Role, User: u, Ref: models.UserActor(u)}, v
}

// ask asks for a file.
func (o *office) ask(u *models.User, order export.Order) models.Export {
	o.Helper()
	d, v := o.doer(u)
	e, err := o.Files.Make(o.Context(), d, v, order)
	if err != nil {
		o.Fatal(err)
	}
	return e
}

// work works until there is nothing to do, or so many bits were done (-1: any number).
func (o *office) work(bits int) (done int) {
	o.Helper()
	for ; done != bits; done++ {
		_, more, err := o.Files.Work(o.Context())
		if err != nil {
			o.Fatal(err)
		}
		if !more {
			return done
		}
	}
	return done
}

// now gives an export as it is.
func (o *office) one(e models.Export) models.Export {
	o.Helper()
	_, v := o.doer(o.Ada)
	e, err := o.Files.One(o.Context(), v, e.ID)
	if err != nil {
		o.Fatal(err)
	}
	return e
}

// file reads the whole file of an export.
func (o *office) file(u *models.User, e models.Export) []byte {
	o.Helper()
	_, v := o.doer(u)
	x, err := o.Files.Open(o.Context(), v, e.ID)
	if err != nil {
		o.Fatal(err)
	}
	text, err := io.ReadAll(o.reader(x, 0, x.Bytes))
	if err != nil || int64(len(text)) != x.Bytes {
		o.Fatal(len(text), x.Bytes, err)
	}
	return text
}

// reader reads a file until its end, and is closed there.
func (o *office) reader(x export.File, from, bytes int64) io.Reader {
	o.Helper()
	r, err := x.Read(o.Context(), from, bytes)
	if err != nil {
		o.Fatal(err)
	}
	return closing{r}
}

type closing struct{ io.ReadCloser }

func (c closing) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err != nil {
		_ = c.Close()
	}
	return n, err
}

// refused gives what kind of error opening the file is.
func (o *office) refused(u *models.User, e models.Export) models.Kind {
	_, v := o.doer(u)
	_, err := o.Files.Open(o.Context(), v, e.ID)
	return models.KindOf(err)
}

// exec does what no service does.
func (o *office) exec(sql string, args ...any) {
	o.Helper()
	if _, err := o.DB.Pool.Exec(o.Context(), sql, args...); err != nil {
		o.Fatal(sql, err)
	}
}

// expectNoChunks makes sure that nothing is kept of any file.
func (o *office) expectNoChunks() {
	o.Helper()
	if n, err := export.Chunks(o.Context(), o.DB.Pool); err != nil || n > 0 {
		o.Errorf("%d chunks are left, %v", n, err)
	}
}

// recorded gives actions and outcomes of what Daybook recorded of exports, in order.
func (o *office) recorded() string {
	o.Helper()
	if err := o.Journal.Drain(context.Background()); err != nil {
		o.Fatal(err)
	}
	var acts []string
	if err := o.DB.Gorm.Raw(`SELECT action || ' ' || outcome FROM activities WHERE entity_type = 'export' ORDER BY seq`).Scan(&acts).Error; err != nil {
		o.Fatal(err)
	}
	return strings.Join(acts, ", ")
}

func unpacked(t testing.TB, packed []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// everything is an order of all there is.
func everything(format string) export.Order {
	return export.Order{Filter: feed.Filter{}, Layout: export.Layout{Format: format}}
}

package export_test

import (
	"io"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/export"
)

// Whoever may not have a file any more gets no more of it, however far they are; nor does whoever never comes to an end.
func TestADownloadThatMayNotGoOn(t *testing.T) {
	for name, happen := range map[string]func(o *office, e models.Export){
		"nothing":        func(*office, models.Export) {},
		"the project":    func(o *office, _ models.Export) { o.exec(`DELETE FROM project_members`) },
		"the membership": func(o *office, _ models.Export) { o.exec(`DELETE FROM memberships WHERE role = 'member'`) },
		"the user":       func(o *office, _ models.Export) { o.exec(`UPDATE users SET deactivated_at = now() WHERE name = 'bo'`) },
		"expired":        func(o *office, e models.Export) { o.exec(`UPDATE exports SET expires_at = now() WHERE id = $1`, e.ID) },
		"removed":        func(o *office, e models.Export) { o.exec(`UPDATE exports SET state = 'expired' WHERE id = $1`, e.ID) },
		"half a day":     func(o *office, _ models.Export) { o.ahead.Store(int64(13 * time.Hour)) },
		"the process":    func(o *office, _ models.Export) { o.Files.EndStreams() },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			e := o.ask(o.Bo, everything("csv"))
			o.work(-1)
			_, v := o.doer(o.Bo)
			x, err := o.Files.Open(t.Context(), v, e.ID)
			if err != nil {
				t.Fatal(err)
			}
			r := o.reader(x, 0, x.Bytes)
			if _, err := io.ReadFull(r, make([]byte, 100)); err != nil {
				t.Fatal(err)
			}
			happen(o, e)
			o.ahead.Add(int64(time.Second)) // so that it is asked again
			if _, err := io.ReadAll(r); (err == nil) != (name == "nothing") {
				t.Error(err)
			}
		})
	}
}

// Four downloads at once are as many as somebody may have; each makes room when it is closed.
func TestAFewDownloadsAtOnce(t *testing.T) {
	o := newOffice(t)
	files := map[*models.User]export.File{}
	for _, u := range []*models.User{o.Ada, o.Bo} {
		e := o.ask(u, everything("csv"))
		o.work(-1)
		_, v := o.doer(u)
		x, err := o.Files.Open(t.Context(), v, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		files[u] = x
	}
	var open []io.ReadCloser
	for range 4 {
		r, err := files[o.Ada].Read(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, r)
	}
	if _, err := files[o.Ada].Read(t.Context(), 0, 10); models.KindOf(err) != models.TooMany {
		t.Error("a fifth is", err)
	}
	o.reader(files[o.Bo], 0, 10)
	for range 2 { // twice is as good as once
		_ = open[0].Close()
	}
	o.reader(files[o.Ada], 0, 10)
	if _, err := files[o.Ada].Read(t.Context(), 0, 10); models.KindOf(err) != models.TooMany {
		t.Error("one more than made room is", err)
	}
}

package api_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// taken is a file on its way.
type taken struct {
	status int
	header http.Header
	length int64
	rest   io.Reader
}

// download begins to take a file, and stops after some bytes.
func download(t *testing.T, w *World, as, path string) taken {
	t.Helper()
	conn, err := net.Dial("tcp", w.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.(*net.TCPConn).SetReadBuffer(16 << 10)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.Address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = w.Credentials(as).Clone()
	if err := r.Write(conn); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	if answer.StatusCode == http.StatusOK {
		if _, err := io.CopyN(io.Discard, answer.Body, 1000); err != nil {
			t.Fatal(err)
		}
	}
	return taken{answer.StatusCode, answer.Header, answer.ContentLength, answer.Body}
}

// The download of a file ends, short of its length, with the session or the access of whoever takes it; and it is one of four at most.
func TestADownloadEndsWithTheAccess(t *testing.T) {
	w := New(t)
	many(w, 40_000)
	var made struct{ ID string }
	w.Do(Request{As: "ada", Method: "POST", Path: "/api/v1/workspaces/acme/exports", Type: "application/json", Body: `{"format": "ndjson"}`}).Expect(t, 202).Read(t, &made)
	w.MakeFiles()
	path := "/api/v1/workspaces/acme/exports/" + made.ID + "/file"
	answers := []taken{}
	for range 4 {
		answers = append(answers, download(t, w, "ada", path))
	}
	if fifth := download(t, w, "ada", path); fifth.status != http.StatusTooManyRequests || fifth.header.Get("Retry-After") == "" || fifth.header.Get("Etag") != "" || fifth.header.Get("Content-Disposition") != "" {
		t.Error(fifth.status, fifth.header)
	}
	w.Do(Request{As: "ada", Method: "HEAD", Path: path}).Expect(t, 200)
	w.Exec(`DELETE FROM sessions WHERE user_id = $1`, w.Ada.ID)
	w.Clock.Forward(time.Second)
	for _, a := range answers {
		n, err := io.Copy(io.Discard, a.rest)
		if err == nil || n+1000 >= a.length {
			t.Errorf("%d of %d bytes came after the session had ended, and then %v", n, a.length, err)
		}
	}
}

package web_test

import (
	"testing"

	. "daybook/handlers/handlerstest" //nolint:revive // the cast and its requests are the words of these tests
)

// TestListsRefuseWhatTheyDoNotKnow: a parameter that is misspelt, or has a value that is none of the list, must not silently show everything.
func TestListsRefuseWhatTheyDoNotKnow(t *testing.T) {
	w := New(t)
	for reader, paths := range map[string][]string{
		"ada": {
			"/w/acme/people?kind=robots", "/w/acme/people?role=boss", "/w/acme/people?linked=maybe", "/w/acme/people?cursor=x", "/w/acme/people?state=deactivated",
			"/w/acme/people?tab=outside", "/w/acme/people?role=owner&role=admin",
			"/w/acme/projects?state=gone", "/w/acme/projects?after=x", "/w/acme/projects?before=x", "/w/acme/projects?kind=archived", "/w/acme/projects?before=x&after=y",
			"/w/acme/rejected?before=x", "/w/acme/rejected?after=-1", "/w/acme/rejected?state=new", "/w/acme/rejected?before=3&after=3",
			"/w/acme/vocabulary?kind=types", "/w/acme/vocabulary?type=x",
		},
		"alice": {
			"/w/acme/purge?types=file", "/w/acme/purge?q=a&q=b", "/w/acme/purge/preview?end_date=2024-01-31&types=file", "/w/acme/purge/preview?end_date=2024-01-31&q=a&q=b",
			"/w/acme/purge/preview?end_date=soon",
		},
		"ina": {
			"/instance/users?state=admin", "/instance/users?cursor=x", "/instance/users?role=admin", "/instance/users?q=a&q=b",
			"/instance/workspaces?state=closed", "/instance/workspaces?cursor=x", "/instance/workspaces?search=x",
		},
	} {
		for _, path := range paths {
			if got := w.Do(Request{As: reader, Path: path}); got.Status != 400 {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
	}
	for _, path := range []string{"/w/acme/people?kind=&role=&linked=", "/w/acme/projects?state=", "/w/acme/rejected?before=", "/w/acme/vocabulary?kind=", "/w/acme/people?role=owner&role=owner"} {
		w.Do(Request{As: "ada", Path: path}).Expect(t, 200)
	}
}

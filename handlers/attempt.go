package handlers

import "strings"

// attempt says in words what somebody tried who asked for a route: "change a role", behind "tried to". The table of routes changes more often than
// what people do, so it is found by the parts of a path that stand fixed: the last that names an act, else what it is done to. A test walks the
// table and fails for a line that has no words.
func attempt(method, path string) string {
	at, fixed := fixedParts(path)
	if len(fixed) == 0 {
		return "open the feed"
	}
	noun, last := fixed[0], fixed[len(fixed)-1]
	for _, key := range []string{method + " " + strings.Join(at, "/"), noun + " " + last} {
		if words, ok := attempts[key]; ok {
			return words
		}
	}
	if method != "GET" {
		if words, ok := attempts[last]; ok && len(fixed) > 1 {
			return words
		}
	}
	of, ok := attemptedThings[noun]
	switch {
	case !ok && method == "GET":
		return "open a page"
	case !ok:
		return "change something"
	case method == "GET":
		return "see " + of
	}
	return "change " + of
}

// fixedParts takes a path apart behind where it is in: all the parts, and those that are no parameters.
func fixedParts(path string) (all, fixed []string) {
	for _, before := range []string{"/api/v1/workspaces/:ws", "/w/:ws", "/api/v1/instance", "/api/v1", "/instance", "/api"} {
		if rest, ok := strings.CutPrefix(path, before); ok && (rest == "" || rest[0] == '/') {
			path = rest
			break
		}
	}
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if part == "" || part == "*" {
			continue
		}
		all = append(all, part)
		if part[0] != ':' {
			fixed = append(fixed, part)
		}
	}
	return all, fixed
}

// attempts are acts: by method and path, by the first and last fixed part, or by the last alone.
var attempts = map[string]string{
	"POST activity": "send an activity", "users activity": "see activities", "POST members": "add a member", "PATCH members/:id": "change a role", "DELETE members/:id": "remove a member",
	"PATCH users/:id": "edit somebody’s record", "POST users": "make a user", "POST workspaces": "make a workspace",
	"POST invitations": "invite somebody", "DELETE invitations/:id": "withdraw an invitation",
	"POST projects": "make a project", "PATCH projects/:id": "edit a project", "PUT projects/:id/members": "set who has access to a project",
	"POST tokens": "make a token", "DELETE tokens/:id": "revoke a token", "POST views": "save a view",
	"GET export": "export activities", "POST exports": "make an export", "DELETE exports/:id": "cancel an export", "exports remove": "cancel an export", "exports again": "make an export",
	"archive": "archive something", "archive archive": "archive the workspace", "projects archive": "archive a project", "settings archive": "archive the workspace", "workspaces archive": "archive a workspace",
	"projects access": "see who has access to a project", "projects grant": "give access to a project", "projects revoke": "take away access to a project",
	"POST projects/:id/access": "change who has access to a project", "projects edit": "edit a project", "users edit": "edit somebody’s record", "actors edit": "edit an actor",
	"views rename": "rename a saved view", "views delete": "delete a saved view",
	"role": "change a role", "deactivate": "deactivate somebody", "reactivate": "reactivate somebody", "sign-out": "sign somebody out", "sign-out sign-out": "sign out",
	"password-link": "make a password link", "link": "link an actor", "unlink": "unlink an actor", "merge": "merge two actors", "unmerge": "undo a merge",
	"actors merge-preview": "see what a merge would do", "remove": "remove a member", "revoke": "revoke something", "tokens revoke": "revoke a token", "invitations revoke": "withdraw an invitation",
	"POST holds": "place a legal hold", "holds lift": "lift a legal hold", "retention edit": "change how long activities are kept", "retention run": "start a run of retention",
	"retention preview": "see what retention would delete", "retention runs": "see what retention deleted", "retention archives": "see the archives of retention",
	"retention manifest": "see the archives of retention", "retention file": "download an archive of retention", "retention remove": "delete an archive of retention",
	"DELETE retention/archives/:id": "delete an archive of retention",
	"rejected retry":                "retry rejected events", "rejected dismiss": "dismiss rejected events", "purge purge": "purge activities", "POST purge": "purge activities", "POST purges": "purge activities", "POST purges/preview": "see what would be purged", "purge cancel": "cancel a purge", "purges cancel": "cancel a purge", "anonymise": "anonymise somebody", "report": "make a report of somebody", "account report": "make a report of oneself", "GET users/:id/report": "make a report of somebody", "GET actors/:id/report": "make a report of somebody", "GET users/me/report": "make a report of oneself", "GET users/:id/anonymise": "anonymise somebody", "GET actors/:id/anonymise": "anonymise somebody",
	"decide": "decide what is anonymised", "decisions": "decide what is anonymised", "admin": "change who administers the instance", "instance-admin": "change who administers the instance", "accept": "accept an invitation",
}

// attemptedThings are what is seen or changed, by the first fixed part.
var attemptedThings = map[string]string{
	"activity": "activities", "activities": "activities", "entity": "the history of a thing", "filter": "the feed", "run": "the feed", "resources": "the history of a thing", "issues": "the history of a thing",
	"people": "people", "members": "members", "users": "users", "actors": "actors", "invitations": "invitations", "projects": "projects", "tokens": "tokens",
	"holds": "legal holds", "retention": "how long activities are kept",
	"sending": "how to send events", "rejected": "rejected events", "settings": "the settings", "vocabulary": "the vocabulary", "purge": "what would be purged", "purges": "what was purged", "privacy": "what is done for privacy", "erasures": "who was anonymised",
	"views": "saved views", "exports": "exports", "stats": "statistics", "account": "an account", "workspaces": "workspaces", "health": "the health of Daybook", "metrics": "the metrics of Daybook",
	"archive": "whether the workspace is archived", "auth": "who is signed in", "sign-out": "a session", "setup": "the setup", "password-links": "a password",
}

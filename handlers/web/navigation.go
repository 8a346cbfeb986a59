package web

import (
	"slices"
	"strings"

	"daybook/services/access"
	"daybook/views/layout"
)

// entry is a line of the navigation and what belongs to it.
type entry struct {
	label, icon, href string
	also              []string // beginnings of paths that are parts of it; its own address is one unless exact
	exact             bool
}

// navigation is what somebody may open from wherever they are.
func navigation(v access.Viewer, p access.Principal, path string) []layout.NavGroup {
	feed := entry{label: "Feed", icon: "feed", href: "/", exact: true}
	if v.Role != access.Outsider {
		feed.href = viewPath(v.Workspace.Slug, "")
	}
	own := []entry{feed}
	if v.SeesStatistics() {
		own = append(own, entry{label: "Statistics", icon: "stats", href: statsPath(v.Workspace.Slug)})
	}
	if v.Role != access.Outsider {
		own = append(own, entry{label: "Exports", icon: "export", href: exportsPath(v.Workspace.Slug)})
	}
	groups := []layout.NavGroup{lines("", path, append(own, entry{label: "Account", icon: "person", href: "/account"}, docsEntry)...)}
	if v.Administers() {
		at := func(rest string) string { return "/w/" + v.Workspace.Slug + "/" + rest }
		groups = append(groups, lines("Administration", path,
			entry{label: "People", icon: "people", href: at("people"), also: []string{at("users/"), at("actors/"), at("invitations"), at("members")}},
			entry{label: "Projects", icon: "project", href: at("projects")},
			entry{label: "Tokens", icon: "key", href: at("tokens")},
			entry{label: "Sending", icon: "import", href: at("sending"), also: []string{at("rejected")}},
			entry{label: "Privacy", icon: "lock", href: at("privacy"), also: []string{at("erasures/"), at("retention"), at("holds"), at("purge")}},
			entry{label: "Vocabulary", icon: "bookmark", href: at("vocabulary")},
			entry{label: "Settings", icon: "settings", href: at("settings")},
		))
	}
	if p.InstanceAdmin() {
		groups = append(groups, lines("Instance", path,
			entry{label: "Workspaces", icon: "table", href: "/instance/workspaces"},
			entry{label: "Users", icon: "shield", href: "/instance/users"},
			entry{label: "Health", icon: "status", href: "/instance/health"},
		))
	}
	if first := groups[0].Items; v.Role != access.Outsider && !anyCurrent(groups) {
		first[0].Current = true // activities, things, views: what a page shows is part of the feed
	}
	return groups
}

func anyCurrent(groups []layout.NavGroup) bool {
	return slices.ContainsFunc(groups, func(g layout.NavGroup) bool {
		return slices.ContainsFunc(g.Items, func(i layout.NavItem) bool { return i.Current })
	})
}

// lines makes a group, with the entry marked that a path belongs to.
func lines(label, path string, entries ...entry) layout.NavGroup {
	g := layout.NavGroup{Label: label}
	for _, e := range entries {
		g.Items = append(g.Items, layout.NavItem{Label: e.label, Icon: e.icon, Href: e.href, Current: e.holds(path)})
	}
	return g
}

func (e entry) holds(path string) bool {
	if path == e.href {
		return true
	}
	if !e.exact && strings.HasPrefix(path, e.href+"/") {
		return true
	}
	for _, beginning := range e.also {
		if strings.HasPrefix(path, beginning) {
			return true
		}
	}
	return false
}

package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/feed"
	"daybook/views"
)

// Where things have their pages. What comes from an application (types and ids) is escaped; nothing stored ever becomes an address by itself.

// feedPath is the feed of a workspace.
func feedPath(slug string) string { return "/w/" + url.PathEscape(slug) }

// exportsPath is where what a filter selects is taken out.
func exportsPath(slug string) string { return feedPath(slug) + "/exports" }

// filteredPath is the feed of a workspace with a filter on.
func filteredPath(slug string, f feed.Filter) string {
	if q := f.Values().Encode(); q != "" {
		return feedPath(slug) + "?" + q
	}
	return feedPath(slug)
}

// activityPath is everything there is to know about one activity.
func activityPath(slug string, id uuid.UUID) string {
	return feedPath(slug) + "/activities/" + id.String()
}

// jsonPath is an activity as JSON.
func jsonPath(slug string, id uuid.UUID) string {
	return "/api/v1/workspaces/" + url.PathEscape(slug) + "/activity/" + id.String()
}

// personPath is the page of an actor, by our id.
func personPath(slug string, id int64) string {
	return feedPath(slug) + "/people/" + strconv.FormatInt(id, 10)
}

// projectPath is the page of a project, by our id.
func projectPath(slug string, id int64) string {
	return feedPath(slug) + "/projects/" + strconv.FormatInt(id, 10)
}

// entityPath is the history of a thing. Its id may hold any characters, slashes too, so it is a parameter, where slashes may stand as they are.
func entityPath(slug, kind, id string) string {
	return feedPath(slug) + "/entity?" + strings.ReplaceAll(url.Values{"type": {kind}, "id": {id}}.Encode(), "%2F", "/")
}

// linkedRow gives an activity with the pages that its names lead to. Whoever may see the activity may open them;
// where they may see only a part of its project, that leads to the feed of the part.
func linkedRow(v access.Viewer, e *models.Entry) views.FeedRow {
	slug := v.Workspace.Slug
	row := views.FeedRow{Entry: e, Href: activityPath(slug, e.UUID), Opens: true, ActorHref: personPath(slug, e.ActorID)}
	if e.OnBehalfOf != nil {
		row.OnBehalfHref = personPath(slug, e.OnBehalfOf.ID)
	}
	if e.EntityID != nil {
		row.EntityHref = entityPath(slug, e.EntityType, *e.EntityID)
	}
	if e.Project != nil {
		row.ProjectHref = projectOrFeedPath(v, *e.Project)
	}
	return row
}

func linkedRows(v access.Viewer, entries []models.Entry) []views.FeedRow {
	rows := make([]views.FeedRow, len(entries))
	for i := range entries {
		rows[i] = linkedRow(v, &entries[i])
	}
	return rows
}

// projectOrFeedPath is the page of a project, or, for whoever has done something in it and may not see the rest, the feed of what they may see.
func projectOrFeedPath(v access.Viewer, p models.Project) string {
	if v.ReadsAll() || slices.Contains(v.Projects(), p.ID) {
		return projectPath(v.Workspace.Slug, p.ID)
	}
	return filteredPath(v.Workspace.Slug, feed.Filter{Criteria: feed.Criteria{Projects: []string{p.ExternalID}}})
}

package export

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/feed"
)

// Order says what file somebody wants.
type Order struct {
	Filter feed.Filter
	Name   string // as they call it, or empty
	Layout Layout
	GZIP   bool
}

// Check refuses what cannot be made. The errors name the fields.
func (o Order) Check() error {
	var name error
	if utf8.RuneCountInString(o.Name) > MaxNameRunes || !utf8.ValidString(o.Name) {
		name = models.FieldErrorf(models.Invalid, "name", "must be text of %d characters at most", MaxNameRunes)
	}
	if strings.ContainsFunc(o.Name, unicode.IsControl) || strings.ContainsAny(o.Name, "\u2028\u2029") {
		name = models.FieldErrorf(models.Invalid, "name", "must be one line of text")
	}
	return models.JoinFields(name, o.Layout.Check())
}

// layoutOf gives how an export is written.
func layoutOf(e models.Export) Layout {
	return Layout{Format: e.Format, Form: e.Form, Columns: e.Columns, Zone: e.Zone, BOM: e.BOM, Raw: e.Raw}
}

// Again makes an export once more, of what its filter selects now: its days are those of now, in now's zone. It is for whoever asked for it.
func (f *Files) Again(ctx context.Context, d account.Doer, v access.Viewer, id uuid.UUID, now time.Time) (models.Export, error) {
	j, err := f.one(ctx, v, id)
	if err == nil && !asked(j.Export, v) {
		err = noSuchExport()
	}
	if err != nil {
		return models.Export{}, err
	}
	query, err := url.ParseQuery(j.Query)
	if err != nil {
		return models.Export{}, models.Errorf(models.Conflict, "The filter of this export cannot be read any more.").Because(err)
	}
	filter, err := feed.Parse(query, now)
	if err != nil {
		return models.Export{}, models.Errorf(models.Conflict, "The filter of this export cannot be read any more.").Because(err)
	}
	return f.Make(ctx, d, v, Order{Filter: filter, Name: j.Name, Layout: layoutOf(j.Export), GZIP: j.GZIP})
}

// BytesPerRow is about how many bytes a row takes in such a file: as in the viewer's own latest files of the same format in the workspace, else as is usual. Those of
// others would tell how wide the rows are that the viewer may not read.
func (f *Files) BytesPerRow(ctx context.Context, v access.Viewer, o Order) (float64, error) {
	usual := map[string]float64{CSV: 40 + 18*float64(len(o.Layout.chosen())), JSON: 900, NDJSON: 500}[o.Layout.Format]
	if o.GZIP {
		usual /= 6
	}
	var before *float64
	err := f.pool.QueryRow(ctx, `
		SELECT sum(bytes) / nullif(sum(rows), 0)::float8 FROM (
			SELECT bytes, rows FROM exports WHERE workspace_id = $1 AND state IN ('done', 'expired') AND rows >= 50
				AND format = $2 AND gzip = $3 AND form = $4 AND columns = $5 AND coalesce(user_id, -token_id) = $6 ORDER BY id DESC LIMIT 5) AS latest`,
		v.Workspace.ID, o.Layout.Format, o.GZIP, o.Layout.Form, nonNil(o.Layout.Columns), askerOf(v).key()).Scan(&before)
	if err != nil || before == nil {
		return usual, err
	}
	return *before, nil
}

// KnownColumns leaves out what is no column (any more): of what somebody chose long ago.
func KnownColumns(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return canonical(name) == "" })
}

// doubles are columns that say in a table what others say. They are for who asks by an address: as lines of JSON they are not the same.
var doubles = map[string]string{"actor.name": "actor", "created_at": "timestamp"}

// OfferedColumns lists the columns from which people choose.
func OfferedColumns() []Column {
	return slices.DeleteFunc(slices.Clone(Columns), func(c Column) bool { return doubles[c.Name] != "" })
}

// Offered gives each of some columns once, by the name it is offered under, and leaves out what is none (any more).
func Offered(names []string) []string {
	var out []string
	for _, name := range KnownColumns(names) {
		if other := doubles[name]; other != "" {
			name = other
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

package api

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"daybook/handlers/download"
	"daybook/handlers/params"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/proof"
)

// manifest is an export as JSON: what it has, how far it is, and the sum by which a file or a stream is found to be whole.
type manifest struct {
	ID        string             `json:"id"`
	Kind      models.ExportKind  `json:"kind"`
	State     models.ExportState `json:"state"`
	Name      *string            `json:"name"`
	Format    string             `json:"format"`
	Form      *string            `json:"form"`
	Columns   []string           `json:"columns"` // []: as is usual for the format
	Zone      string             `json:"zone"`
	GZIP      bool               `json:"gzip"`
	BOM       bool               `json:"bom"`
	Raw       bool               `json:"raw"`
	Filter    string             `json:"filter"` // as the query part of an address
	From      *string            `json:"from"`   // the first instant of its range, and the last, as they were when it was asked for; null: open
	To        *string            `json:"to"`
	Rows      int64              `json:"rows"` // so far
	Expected  *int64             `json:"expected"`
	Bytes     int64              `json:"bytes"`
	SHA256    *string            `json:"sha256"` // of all bytes, when they are complete
	AskedBy   string             `json:"asked_by"`
	Problem   *string            `json:"problem"`
	CreatedAt string             `json:"created_at"`
	StartedAt *string            `json:"started_at"`
	EndedAt   *string            `json:"ended_at"`
	ExpiresAt *string            `json:"expires_at"`
	RemovedAt *string            `json:"removed_at"` // when its file was deleted before that
	File      *string            `json:"file"`       // where it is, for whoever asked for it
}

// manifestOf describes an export to a viewer.
func manifestOf(e models.Export, v access.Viewer) manifest {
	m := manifest{
		ID: e.ID.String(), Kind: e.Kind, State: e.State, Name: ifAny(e.Name), Format: e.Format, Form: ifAny(e.Form), Columns: append([]string{}, e.Columns...), Zone: e.Zone,
		GZIP: e.GZIP, BOM: e.BOM, Raw: e.Raw, Filter: e.Query, Rows: e.Rows, Expected: e.Expected, Bytes: e.Bytes, SHA256: ifAny(hex.EncodeToString(e.SHA256)),
		AskedBy: e.AskedBy.Name, Problem: ifAny(e.Problem), CreatedAt: proof.Time(e.CreatedAt),
	}
	for field, at := range map[**string]*time.Time{
		&m.From: e.From, &m.To: e.To, &m.StartedAt: e.StartedAt, &m.EndedAt: e.EndedAt, &m.ExpiresAt: e.ExpiresAt, &m.RemovedAt: e.RemovedAt,
	} {
		if at != nil {
			*field = ifAny(proof.Time(*at))
		}
	}
	if e.Offered() && export.Asked(e, v) {
		m.File = ifAny(exportPath(v, e.ID) + "/file")
	}
	return m
}

func ifAny(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func exportPath(v access.Viewer, id uuid.UUID) string {
	return "/api/v1/workspaces/" + url.PathEscape(v.Workspace.Slug) + "/exports/" + id.String()
}

// exportBody is what an export is to be.
type exportBody struct {
	Format  string                     `json:"format"`
	Form    string                     `json:"form"`
	Columns []string                   `json:"columns" is:"a list of names, such as [\"timestamp\", \"actor\"]"`
	Zone    string                     `json:"zone"`
	GZIP    bool                       `json:"gzip"`
	BOM     bool                       `json:"bom"`
	Raw     bool                       `json:"raw"`
	Name    string                     `json:"name"`
	Filter  map[string]json.RawMessage `json:"filter" is:"an object of the list's parameters, such as {\"start_date\": \"7d\"}"`
}

// MakeExport has a file made in the background: 202, and where it tells how far it is.
func (a *API) MakeExport(c *fiber.Ctx) error {
	v := viewer(c)
	body, err := readExport(visit.Of(c).Body)
	if err != nil {
		return err
	}
	query, err := exportQuery(body.Filter)
	if err != nil {
		return err
	}
	filter, err := feed.Parse(query, a.config.Now().In(params.Zone(v)))
	order := export.Order{Filter: filter, Name: strings.TrimSpace(body.Name), GZIP: body.GZIP, Layout: export.Layout{
		Format: body.Format, Form: body.Form, Columns: body.Columns, Zone: body.Zone, BOM: body.BOM, Raw: body.Raw,
	}}
	if err = models.JoinFields(params.RefuseUnknown(query), params.RefuseEmpty(query, params.FilterNames()...), err, order.Check()); err != nil {
		return err
	}
	d, err := a.doer(c)
	if err != nil {
		return err
	}
	made, err := a.Parts.Exports.Make(c.UserContext(), d, v, order)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderLocation, a.config.BaseURL.JoinPath(exportPath(v, made.ID)).String())
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(fiber.StatusAccepted).JSON(manifestOf(made, v))
}

func (a *API) doer(c *fiber.Ctx) (account.Doer, error) {
	return a.Account.Doer(c.UserContext(), viewer(c))
}

// mostExportBody bounds a request for an export, in bytes: a filter may have many values.
const mostExportBody = 256 << 10

func readExport(body io.Reader) (b exportBody, err error) {
	text, err := params.Body(body, mostExportBody)
	if err != nil {
		return b, err
	}
	err = params.Object(text, &b)
	return b, err
}

// exportQuery reads the parameters of the list from an object: each a text, a number, true or false, or a list of these. Whoever means everything leaves
// a parameter out: one that says nothing is refused.
func exportQuery(filter map[string]json.RawMessage) (url.Values, error) {
	query := url.Values{}
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(filter)) {
		values, err := filterValues(filter[name])
		if err != nil || len(values) == 0 {
			wrong = append(wrong, models.FieldErrorf(models.Malformed, "filter."+params.Clean(name), "must be a text, a number, true or false, or a list of these that is not empty"))
			continue
		}
		query[name] = values
	}
	return query, models.JoinFields(wrong...)
}

// filterValues reads the values of a parameter. Numbers are the digits that were sent.
func filterValues(raw json.RawMessage) ([]string, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	texts := make([]string, 0, len(list))
	for _, one := range list {
		switch of := one.(type) {
		case string:
			if of == "" || strings.ContainsRune(of, 0) {
				return nil, errors.New("a text that nothing can be called")
			}
			texts = append(texts, of)
		case json.Number, bool:
			texts = append(texts, fmt.Sprint(of))
		default:
			return nil, errors.New("no value of a filter")
		}
	}
	return texts, nil
}

// ListExports lists the exports that the viewer may know of, the latest first.
func (a *API) ListExports(c *fiber.Ctx) error {
	q, err := params.Of(c)
	if err == nil {
		err = params.OneOf(q, "kind", string(models.ExportFile), string(models.ExportStream))
	}
	if err != nil {
		return err
	}
	which := export.Listing{Kind: models.ExportKind(q.Get("kind"))}
	if text := q.Get("before"); text != "" {
		if which.Before, err = uuid.Parse(text); err != nil {
			return models.FieldErrorf(models.Malformed, "before", "must be the id of an export")
		}
	}
	lines, more, err := a.Parts.Exports.List(c.UserContext(), viewer(c), which)
	if err != nil {
		return err
	}
	list := make([]manifest, 0, len(lines))
	for _, line := range lines {
		list = append(list, manifestOf(line.Export, viewer(c)))
	}
	if more {
		next := url.Values{"before": {list[len(list)-1].ID}}
		if which.Kind != "" {
			next.Set("kind", string(which.Kind))
		}
		c.Set(fiber.HeaderLink, fmt.Sprintf(`<%s?%s>; rel="next"`, strings.TrimSuffix(exportPath(viewer(c), uuid.Nil), "/"+uuid.Nil.String()), next.Encode()))
	}
	return visit.SendCached(c, fiber.Map{"exports": list})
}

// exportID reads the id of the path; what is none is nobody's.
func exportID(c *fiber.Ctx) uuid.UUID {
	id, _ := uuid.Parse(c.Params("id"))
	return id
}

// ShowExport gives the manifest of one.
func (a *API) ShowExport(c *fiber.Ctx) error {
	e, err := a.Parts.Exports.One(c.UserContext(), viewer(c), exportID(c))
	if err != nil {
		return err
	}
	return visit.SendCached(c, manifestOf(e, viewer(c)))
}

// ExportedFile gives the file of one, or a part of it.
func (a *API) ExportedFile(c *fiber.Ctx) error {
	if err := refuseOtherSites(c); err != nil {
		return err
	}
	x, err := a.Parts.Exports.Open(c.UserContext(), viewer(c), exportID(c))
	if err != nil {
		return err
	}
	return download.Send(c, a.Parts.Exports, x)
}

// RemoveExport cancels one that is under way, and deletes the file of one that is done.
func (a *API) RemoveExport(c *fiber.Ctx) error {
	if err := a.mayRemove(c); err != nil {
		return err
	}
	d, err := a.doer(c)
	if err != nil {
		return err
	}
	e, err := a.Parts.Exports.Remove(c.UserContext(), d, viewer(c), exportID(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(manifestOf(e, viewer(c)))
}

// mayRemove refuses a token that only reads what was not asked for by itself: it must not take away what its owner made.
func (a *API) mayRemove(c *fiber.Ctx) error {
	token := viewer(c).Token
	if token == nil || token.Has(models.ScopeAdmin) {
		return nil
	}
	e, err := a.Parts.Exports.One(c.UserContext(), viewer(c), exportID(c))
	if err == nil && (e.TokenID == nil || *e.TokenID != token.ID) {
		err = models.Errorf(models.Forbidden, "A token takes back the exports that were asked for by itself; for others it needs the scope admin.")
	}
	return err
}

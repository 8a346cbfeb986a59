package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"daybook/models"
	"daybook/services/export"
	"daybook/services/proof"
)

// row is an activity as activities.json has it: as lists and exports do, and how it is about the person.
type row struct {
	Workspace string   `json:"workspace"`
	About     []string `json:"about"`    // by, on_behalf_of, entity, mention
	Found     []string `json:"found_in"` // where they are found in it, as JSON pointers
	Sentence  string   `json:"sentence"`
	export.Row
}

func rowOf(p *place, l line) row {
	return row{Workspace: p.Slug, About: l.about, Found: append([]string{}, l.found...), Sentence: models.Text(models.Sentence(&l.Entry)), Row: export.RowOf(l.Entry)}
}

// activities writes what the person did and what is about them, in the order in which it was recorded. Those of JSON are looked for; for the table, and the latest
// ones of the page, they are read again by their numbers.
func (r *Report) activities(ctx context.Context, a *archive, page *page) error {
	says := "what you did, and what is about you"
	err := a.file("activities.json", says, func(w io.Writer) (*int64, error) { return r.writeJSON(ctx, a, w) })
	if err != nil {
		return err
	}
	err = a.file("activities.csv", "the same as a table", func(w io.Writer) (*int64, error) { return r.writeCSV(ctx, w) })
	if err != nil {
		return err
	}
	for _, p := range r.places {
		page.Activities += int64(len(p.seqs))
		if err := r.again(ctx, p, p.seqs[max(0, len(p.seqs)-mostShown):], func(lines []line) error { page.add(p, lines); return nil }); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) writeJSON(ctx context.Context, a *archive, w io.Writer) (*int64, error) {
	var n int64
	if _, err := io.WriteString(w, "["); err != nil {
		return nil, err
	}
	for _, p := range r.places {
		err := r.look(ctx, p, func(lines []line) error {
			for _, l := range lines {
				text, err := json.Marshal(rowOf(p, l))
				if err != nil {
					return fmt.Errorf("write an activity as JSON: %w", err)
				}
				separator := ",\n"
				if n++; n == 1 {
					separator = "\n"
				}
				if _, err := w.Write(append([]byte(separator), text...)); err != nil {
					return err
				}
			}
			return a.stir()
		})
		if err != nil {
			return nil, err
		}
	}
	_, err := io.WriteString(w, "\n]\n")
	return &n, err
}

var csvHeading = []string{
	"timestamp", "workspace", "about", "sentence", "action", "outcome", "actor", "actor_id", "on_behalf_of", "resource_type", "resource_id", "resource_name", "resource_url", "project",
	"description", "changes", "metadata", "system", "correlation_id", "ip_address", "user_agent", "recorded_at", "id", "seq",
}

func (r *Report) writeCSV(ctx context.Context, w io.Writer) (*int64, error) {
	var n int64
	if _, err := io.WriteString(w, strings.Join(csvHeading, ",")+"\r\n"); err != nil {
		return nil, err
	}
	var text []byte
	for _, p := range r.places {
		err := r.again(ctx, p, p.seqs, func(lines []line) error {
			for _, l := range lines {
				n++
				text = text[:0]
				for i, cell := range cellsOf(p, l) {
					if i > 0 {
						text = append(text, ',')
					}
					text = export.AppendCell(text, cell)
				}
				if _, err := w.Write(append(text, '\r', '\n')); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return &n, nil
}

func cellsOf(p *place, l line) []string {
	of := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	var behalf, project, changes, metadata, address string
	if l.OnBehalfOf != nil {
		behalf = l.OnBehalfOf.Name
	}
	if l.Project != nil {
		project = l.Project.Name
	}
	if len(l.Changes) > 0 {
		text, _ := json.Marshal(l.Changes) // they were read from JSON
		changes = string(text)
	}
	if len(l.Metadata) > 2 {
		metadata = string(l.Metadata)
	}
	if l.IP != nil {
		address = l.IP.String()
	}
	return []string{
		proof.Time(l.OccurredAt), p.Slug, strings.Join(l.about, " "), models.Text(models.Sentence(&l.Entry)), l.Action, string(l.Outcome), l.ActorName, l.Actor.ExternalID, behalf, l.EntityType,
		of(l.EntityID), of(l.EntityName), of(l.EntityURL), project, l.Description, changes, metadata, strconv.FormatBool(l.System), of(l.CorrelationID), address, of(l.UserAgent),
		proof.Time(l.RecordedAt), l.UUID.String(), strconv.FormatInt(l.Seq, 10),
	}
}

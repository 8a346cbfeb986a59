package proof_test

import (
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/proof"
)

// vector is a row and what has to come of it. The file was computed by another program than this one.
type vector struct {
	Name   string
	Row    vectorRow
	RowKey string `json:"row_key"`
	Fixed  string
	Groups map[proof.Group]struct{ Content, Salt, Commitment string }
	Leaf   string
}

// vectorRow has the columns as PostgreSQL gives them; jsonb as text.
type vectorRow struct {
	WorkspaceID          uuid.UUID `json:"workspace_id"`
	Seq                  int64
	UUID                 uuid.UUID
	OccurredAt           time.Time `json:"occurred_at"`
	RecordedAt           time.Time `json:"recorded_at"`
	Action               string
	EntityType           string `json:"entity_type"`
	ProjectID            *int64 `json:"project_id"`
	Outcome              models.Outcome
	System               bool
	SourceID             int64   `json:"source_id"`
	ActorExternalID      string  `json:"actor_external_id"`
	ActorName            string  `json:"actor_name"`
	ActorRole            *string `json:"actor_role"`
	OnBehalfOfExternalID *string `json:"on_behalf_of_external_id"`
	IP                   *netip.Addr
	UserAgent            *string `json:"user_agent"`
	EntityID             *string `json:"entity_id"`
	EntityName           *string `json:"entity_name"`
	EntityURL            *string `json:"entity_url"`
	Description          string
	Changes, Metadata    string
	CorrelationID        *string `json:"correlation_id"`
}

func (v vector) subject(t *testing.T) proof.Subject {
	t.Helper()
	r := v.Row
	key, err := hex.DecodeString(v.RowKey)
	if err != nil {
		t.Fatal(err)
	}
	a := &models.Activity{
		WorkspaceID: r.WorkspaceID, Seq: r.Seq, UUID: r.UUID, ActorName: r.ActorName, ActorRole: r.ActorRole, Action: r.Action, EntityType: r.EntityType, EntityID: r.EntityID,
		EntityName: r.EntityName, EntityURL: r.EntityURL, ProjectID: r.ProjectID, Description: r.Description, Metadata: json.RawMessage(r.Metadata), CorrelationID: r.CorrelationID, Outcome: r.Outcome, System: r.System,
		SourceID: r.SourceID, IP: r.IP, UserAgent: r.UserAgent, OccurredAt: r.OccurredAt, RecordedAt: r.RecordedAt, RowKey: key,
	}
	if err := json.Unmarshal([]byte(r.Changes), &a.Changes); err != nil {
		t.Fatal(err)
	}
	return proof.Subject{Activity: a, ActorID: r.ActorExternalID, OnBehalfOf: r.OnBehalfOfExternalID}
}

func vectors(t *testing.T) (out []vector) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil || len(out) < 5 {
		t.Fatalf("%d vectors, %v", len(out), err)
	}
	return out
}

func TestTheVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			s := v.subject(t)
			same := func(what, want string, got []byte, err error) {
				t.Helper()
				if err != nil || string(got) != want && hex.EncodeToString(got) != want {
					t.Errorf("%s is %q, %v instead of %q", what, got, err, want)
				}
			}
			fixed, err := proof.CanonicalFixed(s)
			same("the fixed part", v.Fixed, fixed, err)
			for _, g := range proof.Groups {
				content, err := proof.CanonicalContent(s, g)
				same(string(g), v.Groups[g].Content, content, err)
				same("salt of "+string(g), v.Groups[g].Salt, proof.Salt(s.Activity.RowKey, g), nil)
				commitment, err := proof.Commit(s, g)
				same("commitment of "+string(g), v.Groups[g].Commitment, commitment, err)
			}
			leaf, err := proof.Leaf(s)
			same("the leaf", v.Leaf, leaf, err)
		})
	}
}

// The README shows the first vector in full.
func TestTheREADMEShowsAVector(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	v := vectors(t)[0]
	wanted := []string{v.RowKey, v.Fixed, v.Leaf}
	for _, g := range v.Groups {
		wanted = append(wanted, g.Content, g.Commitment)
	}
	for _, want := range wanted {
		if !strings.Contains(string(text), want) {
			t.Errorf("README.md does not show %s", want)
		}
	}
}

package proof_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/proof"
)

// What ingest accepts and PostgreSQL, Go or a canonical form may write differently than it came.
func TestLeavesOfOddValuesVerify(t *testing.T) {
	p := newPlace(t)
	var events []string
	for _, number := range []string{"0", "-0", "-0.0", "1.0", "1.10", "1E2", "1e2", "1e-7", "0.0000001", "1e21", "123456789012345680000", "1e300", "5e-324", "-1.5e+10", "9007199254740991", "0.1", "100", "333333333.3333333"} {
		events = append(events, `, "metadata": {"n": `+number+`, "list": [`+number+`]}`, `, "changes": [{"field": "n", "before": `+number+`, "after": null}]`)
	}
	for _, text := range []string{"é", "e\u0301", "\u212b", "日本語", "👩‍👩‍👧", "\u2028\u2029", "<script>&amp;'\"\\/", "\x01\x1f\x7f", "\u0080\u00a0\ufeff", "\ufffd", "\uffff", "\U0010ffff", "\t\n\r\b\f", "ﬁ", "İ", " "} {
		q := quote(text)
		events = append(events, `, "description": `+q+`, "metadata": {`+q+`: `+q+`, "a": 1}, "resource": {"type": "x", "id": `+q+`, "name": `+q+`}, "user_agent": `+q)
	}
	for _, ip := range []string{"192.0.2.1", "::ffff:192.0.2.1", "::1.2.3.4", "::", "::1", "2001:DB8:0:0::1", "2001:db8::0:1", "fe80::1", "64:ff9b::192.0.2.33", "0.0.0.0", "255.255.255.255"} {
		events = append(events, `, "ip_address": "`+ip+`"`)
	}
	for _, at := range []string{"2026-01-31T09:00:00Z", "2026-01-31T09:00:00.1Z", "2026-01-31T09:00:00.000001Z", "2026-01-31T09:00:00.999999999Z", "2026-01-31T09:00:00+13:45", "1970-01-01T00:00:00Z", "2016-12-31T23:59:59.999999Z"} {
		events = append(events, `, "occurred_at": "`+at+`"`)
	}
	events = append(events,
		`, "metadata": {"\ud83d\ude00": 1, "\ue000": 2, "z": 3, "": 4}`, // UTF-16 order is not that of code points
		`, "metadata": {"b": 1, "a": {"d": [], "c": {}}, "aa": [[[]], {}], "B": null, "10": true, "9": false}`,
		`, "metadata": `+nested(models.MaxMetadataDepth), `, "metadata": {}`, `, "metadata": null`, `, "changes": []`, `, "changes": null`,
		`, "changes": [{"field": "a"}, {"field": "a", "before": null, "after": {"z": 1.0, "a": [1E2]}}]`,
		`, "resource": {"type": "x"}`, `, "resource": {"type": "x", "id": "", "name": "", "url": ""}`, `, "resource": {"type": "x", "id": 5}`, `, "description": ""`, `, "user_agent": ""`,
		`, "on_behalf_of": {"id": "u2"}, "project": {"id": "p1"}, "outcome": "denied", "system": true, "correlation_id": "c"`,
	)
	for _, e := range events {
		p.send(e)
	}
	p.check(len(events))
}

// encoding/json and PostgreSQL both keep the last of several members with one name. Whether ingest takes them is its affair; what is
// posted must verify.
func TestLeavesOfWhatNoCheckWouldPassVerify(t *testing.T) {
	p := newPlace(t)
	parts := []string{
		`"metadata": {"a": 1, "a": 2, "b": {"c": 1, "c": 1.0}}`, `"ip": "fe80::1%eth0"`, `"ip": "::ffff:1.2.3.4"`, `"changes": [{"field": "x", "more": 1}]`, `"changes": [{}]`,
		`"metadata": {"n": 123456789012345678901234567890.123456789}`, `"occurred_at": "2026-01-31T09:00:00.123456789+05:30"`, `"occurred_at": "0001-01-01T00:00:00Z"`,
		`"metadata": ` + nested(200), `"actor": {"id": "daybook:user:1", "type": "user", "name": ""}`,
	}
	for _, part := range parts {
		p.inbox(`{"actor": {"id": "u1", "name": "Amara", "type": "user"}, "action": "created", "description": "x", "outcome": "success", ` + part + `}`)
	}
	got := p.stored()
	var rejected int
	if err := p.db.Pool.QueryRow(t.Context(), `SELECT count(*) FROM rejected`).Scan(&rejected); err != nil {
		t.Fatal(err)
	}
	if len(got) == 0 || len(got)+rejected != len(parts) {
		t.Errorf("%d posted and %d rejected of %d", len(got), rejected, len(parts))
	}
	p.check(len(got))
}

// full is an activity with a value in every field.
func full() proof.Subject {
	text := func(s string) *string { return &s }
	number := func(n int64) *int64 { return &n }
	ip := netip.MustParseAddr("192.0.2.1")
	return proof.Subject{ActorID: "user-123", OnBehalfOf: text("user-9"), Activity: &models.Activity{
		ID: 4711, WorkspaceID: uuid.MustParse("0195f3a0-0000-7000-8000-000000000001"), Seq: 42, UUID: uuid.MustParse("0195f3a0-0000-7000-8000-000000000002"), ActorID: 7, OnBehalfOfID: number(8),
		ActorName: "Amara Okafor", ActorRole: text("lead"), Action: "status_changed", EntityType: "invoice", EntityID: text("42"), EntityName: text("Invoice 42"), EntityURL: text("https://example.com/42"),
		ProjectID: number(3), Description: "Moved", Changes: []models.Change{{Field: "status", Before: json.RawMessage(`"draft"`), After: json.RawMessage(`"sent"`)}}, Metadata: json.RawMessage(`{"total": 10.50}`),
		Outcome: models.Success, System: false, SourceID: 5, CorrelationID: text("c-1"), IP: &ip, UserAgent: text("curl/8"),
		OccurredAt: time.Date(2026, 1, 31, 9, 0, 0, 1000, time.UTC), RecordedAt: time.Date(2026, 1, 31, 9, 0, 1, 0, time.UTC), RowKey: bytes.Repeat([]byte{1}, 32),
	}}
}

// sums gives the leaf and the commitments of a subject.
func sums(t *testing.T, s proof.Subject) (leaf []byte, commitments map[proof.Group]string) {
	t.Helper()
	leaf, err := proof.Leaf(s)
	if err != nil || len(leaf) != 32 {
		t.Fatalf("%x, %v", leaf, err)
	}
	commitments = map[proof.Group]string{}
	for _, g := range proof.Groups {
		c, err := proof.Commit(s, g)
		if err != nil || len(c) != 32 {
			t.Fatalf("%s: %x, %v", g, c, err)
		}
		commitments[g] = string(c)
	}
	return leaf, commitments
}

// alterations change one column each, under its name.
var alterations = map[string][]func(*proof.Subject){
	"workspace_id":    {func(s *proof.Subject) { s.Activity.WorkspaceID[15]++ }},
	"seq":             {func(s *proof.Subject) { s.Activity.Seq++ }},
	"uuid":            {func(s *proof.Subject) { s.Activity.UUID[0]++ }},
	"occurred_at":     {func(s *proof.Subject) { s.Activity.OccurredAt = s.Activity.OccurredAt.Add(time.Microsecond) }},
	"recorded_at":     {func(s *proof.Subject) { s.Activity.RecordedAt = s.Activity.RecordedAt.Add(-time.Microsecond) }},
	"action":          {func(s *proof.Subject) { s.Activity.Action = "deleted" }},
	"entity_type":     {func(s *proof.Subject) { s.Activity.EntityType = "" }},
	"project_id":      {func(s *proof.Subject) { s.Activity.ProjectID = nil }, func(s *proof.Subject) { *s.Activity.ProjectID = 0 }},
	"outcome":         {func(s *proof.Subject) { s.Activity.Outcome = models.Denied }},
	"system":          {func(s *proof.Subject) { s.Activity.System = true }},
	"source_id":       {func(s *proof.Subject) { s.Activity.SourceID++ }},
	"actor_id":        {func(s *proof.Subject) { s.ActorID = "user-124" }},
	"on_behalf_of_id": {func(s *proof.Subject) { s.OnBehalfOf = nil }, func(s *proof.Subject) { *s.OnBehalfOf = "" }},
	"actor_name":      {func(s *proof.Subject) { s.Activity.ActorName = "Amara Okafor " }},
	"actor_role":      {func(s *proof.Subject) { s.Activity.ActorRole = nil }, func(s *proof.Subject) { *s.Activity.ActorRole = "" }},
	"ip":              {func(s *proof.Subject) { s.Activity.IP = nil }, func(s *proof.Subject) { *s.Activity.IP = s.Activity.IP.Next() }},
	"user_agent":      {func(s *proof.Subject) { s.Activity.UserAgent = nil }, func(s *proof.Subject) { *s.Activity.UserAgent = "" }},
	"entity_id":       {func(s *proof.Subject) { s.Activity.EntityID = nil }, func(s *proof.Subject) { *s.Activity.EntityID = "" }, func(s *proof.Subject) { *s.Activity.EntityID = "042" }},
	"entity_name":     {func(s *proof.Subject) { s.Activity.EntityName = nil }, func(s *proof.Subject) { *s.Activity.EntityName = "Invoice 42 " }},
	"entity_url":      {func(s *proof.Subject) { s.Activity.EntityURL = nil }, func(s *proof.Subject) { *s.Activity.EntityURL = "" }},
	"description":     {func(s *proof.Subject) { s.Activity.Description = "" }, func(s *proof.Subject) { s.Activity.Description = "moved" }},
	"changes": {
		func(s *proof.Subject) { s.Activity.Changes = nil },
		func(s *proof.Subject) { s.Activity.Changes[0].Field = "state" },
		func(s *proof.Subject) { s.Activity.Changes[0].Before = json.RawMessage(`null`) },
		func(s *proof.Subject) { s.Activity.Changes[0].After = json.RawMessage(`"sent "`) },
		func(s *proof.Subject) { s.Activity.Changes = append(s.Activity.Changes, s.Activity.Changes[0]) },
	},
	"correlation_id": {func(s *proof.Subject) { c := "other"; s.Activity.CorrelationID = &c }},
	"metadata": {
		func(s *proof.Subject) { s.Activity.Metadata = nil },
		func(s *proof.Subject) { s.Activity.Metadata = json.RawMessage(`{"total": "10.50"}`) },
		func(s *proof.Subject) { s.Activity.Metadata = json.RawMessage(`{"total": 10.5000001}`) },
		func(s *proof.Subject) { s.Activity.Metadata = json.RawMessage(`{"total": 10.50, "x": null}`) },
	},
}

func TestChangingAnyValueChangesTheLeafAndItsGroupAlone(t *testing.T) {
	leaf, commitments := sums(t, full())
	check := func(t *testing.T, alter func(*proof.Subject), changes func(proof.Group) bool) {
		s := full()
		alter(&s)
		altered, others := sums(t, s)
		if bytes.Equal(altered, leaf) {
			t.Error("the leaf stayed")
		}
		for _, g := range proof.Groups {
			if (others[g] != commitments[g]) != changes(g) {
				t.Errorf("commitment %s: changed %v", g, others[g] != commitments[g])
			}
		}
	}
	columns := slices.Clone(inFixed)
	for _, more := range inGroup {
		columns = append(columns, more...)
	}
	for _, column := range columns {
		if len(alterations[column]) == 0 {
			t.Errorf("nothing alters %s", column)
		}
		for i, alter := range alterations[column] {
			t.Run(fmt.Sprint(column, i), func(t *testing.T) {
				check(t, alter, func(g proof.Group) bool { return slices.Contains(inGroup[g], column) })
			})
		}
	}
	t.Run("row_key", func(t *testing.T) {
		check(t, func(s *proof.Subject) { s.Activity.RowKey[31]++ }, func(proof.Group) bool { return true })
	})
}

// Values that say the same are the same, however they came to be written.
func TestWhatSaysTheSameHasTheSameLeaf(t *testing.T) {
	leaf, _ := sums(t, full())
	for name, alter := range map[string]func(*proof.Subject){
		"a number":         func(s *proof.Subject) { s.Activity.Metadata = json.RawMessage("{\n\"total\" :1.05e1}") },
		"an escape":        func(s *proof.Subject) { s.Activity.Changes[0].After = json.RawMessage(`"\u0073ent"`) },
		"a mapped address": func(s *proof.Subject) { *s.Activity.IP = netip.MustParseAddr("::ffff:192.0.2.1") },
		"a zone": func(s *proof.Subject) {
			s.Activity.OccurredAt = s.Activity.OccurredAt.In(time.FixedZone("", 5*3600+1800))
		},
		"nanoseconds":     func(s *proof.Subject) { s.Activity.OccurredAt = s.Activity.OccurredAt.Add(999 * time.Nanosecond) },
		"the id":          func(s *proof.Subject) { s.Activity.ID++ },
		"the actor's row": func(s *proof.Subject) { s.Activity.ActorID++; *s.Activity.OnBehalfOfID++ },
	} {
		s := full()
		alter(&s)
		if same, _ := sums(t, s); !bytes.Equal(same, leaf) {
			t.Errorf("%s changed the leaf", name)
		}
	}
	empty := proof.Subject{Activity: &models.Activity{RowKey: make([]byte, 32)}}
	explicit := proof.Subject{Activity: &models.Activity{RowKey: make([]byte, 32), Changes: []models.Change{}, Metadata: json.RawMessage(`{}`)}}
	one, _ := sums(t, empty)
	if two, _ := sums(t, explicit); !bytes.Equal(one, two) {
		t.Error("no changes and an empty list of changes differ")
	}
	before := full()
	before.Activity.Changes[0].Before = nil
	null := full()
	null.Activity.Changes[0].Before = json.RawMessage(`null`)
	one, _ = sums(t, before)
	if two, _ := sums(t, null); !bytes.Equal(one, two) {
		t.Error("a missing value and null differ")
	}
}

func TestVerify(t *testing.T) {
	s := full()
	s.Activity.Leaf, _ = sums(t, s)
	if ok, err := proof.Verify(s); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	s.Activity.Leaf[0]++
	if ok, err := proof.Verify(s); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	s.Activity.Metadata = json.RawMessage(`{"a": 1e400}`)
	if ok, err := proof.Verify(s); ok || err == nil || strings.Contains(fmt.Sprint(err), "panic") {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestSaltsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for _, key := range [][]byte{make([]byte, 32), bytes.Repeat([]byte{1}, 32)} {
		for _, g := range proof.Groups {
			seen[string(proof.Salt(key, g))] = true
		}
	}
	if len(seen) != 8 || !reflect.DeepEqual(proof.Groups, [4]proof.Group{"who", "entity", "text", "data"}) {
		t.Error("salts are shared, or the groups changed their order")
	}
}

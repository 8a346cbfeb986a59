package proof_test

import (
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"daybook/services/proof"
)

// erasures are the erasures of a vector, one after the other. The file was computed by another program than this one.
type erasures struct {
	Vector    string
	Steps     []erasuresStep
	KeptSalts map[proof.Group]string `json:"kept_salts"`
	Leaf      string
}

type erasuresStep struct {
	Record uuid.UUID
	Row    struct {
		ActorExternalID string  `json:"actor_external_id"`
		ActorName       string  `json:"actor_name"`
		ActorRole       *string `json:"actor_role"`
		IP              *netip.Addr
		UserAgent       *string `json:"user_agent"`
		EntityName      *string `json:"entity_name"`
		Description     string
	}
	Salts  map[proof.Group]string
	Groups map[proof.Group]struct{ Content, Before, After string }
	Lines  []string
	Digest string
}

func erasuresOf(t *testing.T) (out erasures) {
	t.Helper()
	text, err := os.ReadFile("testdata/erasure.json")
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil || len(out.Steps) < 2 {
		t.Fatalf("%+v, %v", out, err)
	}
	return out
}

func TestTheVectorOfErasures(t *testing.T) {
	file := erasuresOf(t)
	at := slices.IndexFunc(vectors(t), func(v vector) bool { return v.Name == file.Vector })
	now := vectors(t)[at].subject(t)
	leaf, err := proof.Leaf(now)
	if err != nil || hex.EncodeToString(leaf) != file.Leaf {
		t.Fatalf("%x, %v", leaf, err)
	}
	now.Activity.Leaf = leaf
	var salts map[proof.Group][]byte
	for i, step := range file.Steps {
		a := *now.Activity
		is := proof.Subject{Activity: &a, ActorID: step.Row.ActorExternalID, OnBehalfOf: now.OnBehalfOf}
		a.ActorName, a.ActorRole, a.IP, a.UserAgent = step.Row.ActorName, step.Row.ActorRole, step.Row.IP, step.Row.UserAgent
		a.EntityName, a.Description = step.Row.EntityName, step.Row.Description
		next := step.names()
		r, err := proof.ReplaceWith(now, is, func() []byte {
			salt, _ := hex.DecodeString(step.Salts[next[0]])
			next = next[1:]
			return salt
		})
		if err != nil || len(r.Groups) != len(step.Groups) {
			t.Fatalf("step %d: %+v, %v", i, r, err)
		}
		digest := proof.NewDigest()
		for _, g := range r.Groups {
			want := step.Groups[g.Part]
			content, _ := proof.CanonicalContent(is, g.Part)
			if string(content) != want.Content || hex.EncodeToString(g.Before) != want.Before || hex.EncodeToString(g.After) != want.After {
				t.Errorf("step %d, %s: %s, %x, %x", i, g.Part, content, g.Before, g.After)
			}
			digest.Add(a.Seq, g)
		}
		if digest.String() != step.Digest {
			t.Errorf("step %d: the digest is %s instead of that of %q", i, digest, step.Lines)
		}
		now, salts = proof.Erased(now, is, r, step.Record), r.Salts
		if same, err := proof.Verify(now); err != nil || !same {
			t.Errorf("step %d does not verify: %v", i, err)
		}
	}
	for g, want := range file.KeptSalts {
		if hex.EncodeToString(salts[g]) != want {
			t.Errorf("the salt of %s is %x", g, salts[g])
		}
	}
	for at := range proof.Links(now) {
		if same, err := proof.Verify(proof.Without(now, at)); err != nil || same {
			t.Errorf("without link %d it verifies still (%v)", at, err)
		}
	}
}

// names are the groups of a step in the order of their names.
func (s erasuresStep) names() (out []proof.Group) {
	for g := range s.Groups {
		out = append(out, g)
	}
	slices.Sort(out)
	return out
}

// The README shows the first erasure in full.
func TestTheREADMEShowsAnErasure(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	step := erasuresOf(t).Steps[0]
	wanted := []string{step.Digest}
	for g, each := range step.Groups {
		wanted = append(wanted, each.Content, each.Before, each.After, step.Salts[g])
	}
	for _, want := range wanted {
		if !strings.Contains(string(text), want) {
			t.Errorf("README.md does not show %s", want)
		}
	}
}

func TestReplacingKeepsTheFixedPartAndWhatDoesNotDiffer(t *testing.T) {
	same := full()
	if r, err := proof.Replace(full(), same); err != nil || len(r.Groups) != 0 {
		t.Errorf("nothing differs: %+v, %v", r, err)
	}
	for _, column := range inFixed {
		for _, alter := range alterations[column] {
			is := full()
			alter(&is)
			if _, err := proof.Replace(full(), is); err == nil {
				t.Errorf("%s may be replaced", column)
			}
		}
	}
	for _, g := range proof.Groups {
		for _, column := range inGroup[g] {
			is := full()
			alterations[column][0](&is)
			was := full()
			r, err := proof.Replace(was, is)
			if err != nil || len(r.Groups) != 1 || r.Groups[0].Part != g || len(r.Salts) != 4 {
				t.Fatalf("%s: %+v, %v", column, r.Groups, err)
			}
			for _, other := range proof.Groups {
				if kept := string(r.Salts[other]) == string(proof.Salt(was.Activity.RowKey, other)); kept != (other != g) {
					t.Errorf("%s: the salt of %s is kept: %v", column, other, kept)
				}
			}
		}
	}
	keyless := full()
	keyless.Activity.RowKey = nil
	if _, err := proof.Replace(keyless, full()); err == nil {
		t.Error("a row without a key and without salts is replaced")
	}
}

package mention_test

import (
	"encoding/json"
	"testing"

	"daybook/models"
	"daybook/services/mention"
)

// lucja is somebody whose name, id and username are a part of others'.
var lucja = mention.Person{
	Names:  []mention.Name{{Text: "Łucja van der Żółwińska"}, {Text: "Siobhán O'Dowd"}, {Text: "王小明"}, {Text: "司馬小明"}, {Text: "王伟"}},
	Emails: []string{"lucja.vdz@zolw.example"}, IDs: []mention.ID{{Text: "pq-4", Is: "deleted-4"}, {Text: "1907", Is: "deleted-9"}}, Usernames: []string{"siobhan"},
	Others: []string{"anna siobhan o dowd"},
}

func findsAre(t *testing.T, text string, c mention.Context, want string) {
	t.Helper()
	_, finds := mention.NewFinder(lucja).Text("/x", text, c, nil)
	if got := inBrackets(text, finds); got != want {
		t.Errorf("%s\n instead of %s", got, want)
	}
}

// A hyphen makes somebody else's name of the person's: that is a doubt, and where somebody is known to be called so, nothing.
func TestLongerNames(t *testing.T) {
	quentin := mention.Person{Names: []mention.Name{{Text: "Quentin Zarbel"}, {Text: "Sukarnova"}}, Others: []string{"quentin zarbel miller"}}
	none := mention.Context{}
	for _, test := range []struct {
		name, text string
		c          mention.Context
		want       string
	}{
		{"before", "Anna-Quentin Zarbel, ANNA-quentin zarbel", none, "Anna-((Quentin Zarbel)), ANNA-((quentin zarbel))"},
		{"behind", "Quentin Zarbel-Smith; Zarbel, Quentin-Otto", none, "((Quentin Zarbel))-Smith; ((Zarbel, Quentin))-Otto"},
		{"in their own", "Quentin Zarbel-Smith, Quentin Zarbel", mention.Context{Own: true}, "((Quentin Zarbel))-Smith, [[Quentin Zarbel]]"},
		{"no name", "quentin zarbel-related, Quentin Zarbel-2, 5-Quentin Zarbel, Quentin Zarbel - Anna, so—Quentin Zarbel—He", none,
			"[[quentin zarbel]]-related, [[Quentin Zarbel]]-2, 5-[[Quentin Zarbel]], [[Quentin Zarbel]] - Anna, so—[[Quentin Zarbel]]—He"},
		{"in a slug", "Report-Quentin-Zarbel.pdf ?n=Quentin+Zarbel-Smith", none, "Report-[[Quentin-Zarbel]].pdf ?n=[[Quentin+Zarbel]]-Smith"},
		{"known in the workspace", "Quentin Zarbel-Miller told Quentin Zarbel Miller, quentin-zarbel-miller and Quentin Zarbel", none,
			"Quentin Zarbel-Miller told [[Quentin Zarbel]] Miller, [[quentin-zarbel]]-miller and [[Quentin Zarbel]]"},
		{"whose activity it is", "Anna-Quentin Zarbel and Quentin Zarbel", mention.Context{Others: "Bob\nAnna-Quentin Zarbel"}, "Anna-Quentin Zarbel and [[Quentin Zarbel]]"},
		{"to whom it was done", "Bob-Quentin Zarbel and Quentin Zarbel-Smith", mention.Context{Others: "Bob\nQuentin Zarbel-Smith"}, "Bob-((Quentin Zarbel)) and Quentin Zarbel-Smith"},
		{"what somebody is there for", "Assistant of Quentin Zarbel", mention.Context{Others: "Assistant of Quentin Zarbel"}, "Assistant of [[Quentin Zarbel]]"},
		{"genitive", "Quentin Zarbels, ZARBELs, zarbels, Zarbel's; Q. Zarbels, Quentin O. Zarbels; Zarbelss", none,
			"((Quentin Zarbel))s, ((ZARBEL))s, zarbels, ((Zarbel))'s; ((Q. Zarbel))s, ((Quentin O. Zarbel))s; Zarbelss"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, finds := mention.NewFinder(quentin).Text("/x", test.text, test.c, nil)
			if got := inBrackets(test.text, finds); got != test.want {
				t.Errorf("%s\n instead of %s", got, test.want)
			}
			for _, f := range finds {
				if f.Longer && (f.Certain || f.Kind != mention.FullName) {
					t.Errorf("%+v", f)
				}
			}
		})
	}
	if _, finds := mention.NewFinder(quentin).Text("/x", "Anna-Quentin Zarbel", none, nil); len(finds) != 1 || !finds[0].Longer {
		t.Errorf("%+v", finds)
	}
}

// A long name of one word is certain with a capital, when it is in nobody else's name.
func TestUnlikeNames(t *testing.T) {
	for _, test := range []struct {
		name       mention.Name
		text, want string
	}{
		{mention.Name{Text: "Sukarnova", Unlike: true}, "Sukarnova, SUKARNOVA's, sukarnova, Sukarnovas, Anna-Sukarnova", "[[Sukarnova]], [[SUKARNOVA]]'s, ((sukarnova)), ((Sukarnova))s, Anna-((Sukarnova))"},
		{mention.Name{Text: "Sukarnova"}, "Sukarnova", "((Sukarnova))"},
		{mention.Name{Text: "Sukarnova", Unlike: true, Shared: true}, "Sukarnova", "((Sukarnova))"},
		{mention.Name{Text: "Suharto", Unlike: true}, "Suharto", "((Suharto))"},
		{mention.Name{Text: "Subscriber", Unlike: true}, "Subscriber", "((Subscriber))"},
	} {
		_, finds := mention.NewFinder(mention.Person{Names: []mention.Name{test.name}}).Text("/x", test.text, mention.Context{}, nil)
		if got := inBrackets(test.text, finds); got != test.want {
			t.Errorf("%+v: %s\n instead of %s", test.name, got, test.want)
		}
	}
}

// An id that others use, too, for a thing of theirs, is replaced for certain where a person is meant alone, in the person's own activities as well.
func TestAnIDThatIsAThingsToo(t *testing.T) {
	for _, c := range []mention.Context{{}, {Own: true}} {
		a := models.Activity{
			EntityType: "ticket", EntityID: to("pq-4"), EntityName: to("pq-4"), EntityURL: to("/tickets/pq-4"), Description: "Moved pq-4 to feature/pq-4, see pq-4-1", CorrelationID: to("pq-4-1"),
			Changes:  []models.Change{{Field: "ticket_id", Before: json.RawMessage(`"pq-4"`), After: json.RawMessage(`"pq-4-1"`)}},
			Metadata: json.RawMessage(`{"ticket_id": "pq-4", "entity_id": "pq-4", "ticket_ids": ["pq-4"], "user_id": "pq-4", "by": "user=pq-4-1, user=pq-4", "author": {"ticket_id": "pq-4", "id": "pq-4"}}`),
		}
		is, finds := mention.NewFinder(lucja).Activity(a, c, nil)
		want := `{"ticket_id": "pq-4", "entity_id": "pq-4", "ticket_ids": ["pq-4"], "user_id": "deleted-4", "by": "user=pq-4-1, user=deleted-4", "author": {"ticket_id": "pq-4", "id": "deleted-4"}}`
		if string(is.Metadata) != want || *is.EntityID != "pq-4" || *is.EntityName != "pq-4" || *is.EntityURL != "/tickets/pq-4" || is.Description != a.Description || *is.CorrelationID != "pq-4-1" ||
			string(is.Changes[0].Before) != `"pq-4"` || string(is.Changes[0].After) != `"pq-4-1"` {
			t.Errorf("%+v: %+v\n%s", c, is, is.Metadata)
		}
		doubts := map[string]bool{}
		for _, f := range finds {
			doubts[f.Place] = doubts[f.Place] || !f.Certain
		}
		for _, place := range []string{"/entity/id", "/entity/name", "/description", "/changes/0/before", "/metadata/ticket_id", "/metadata/entity_id", "/metadata/ticket_ids/0", "/metadata/author/ticket_id"} {
			if !doubts[place] {
				t.Errorf("%+v: no doubt in %s", c, place)
			}
		}
	}
	usernames := mention.NewFinder(mention.Person{Usernames: []string{"Si77"}})
	_, finds := usernames.Text("/x", "Si77 made feature/Si77-1 and Si77-1", mention.Context{Own: true}, nil)
	if got := inBrackets("Si77 made feature/Si77-1 and Si77-1", finds); got != "[[Si77]] made feature/((Si77))-1 and ((Si77))-1" {
		t.Error(got)
	}
}

package mention_test

import (
	"encoding/json"
	"testing"

	"daybook/models"
	"daybook/services/mention"
)

var zoe = mention.Person{
	Names:  []mention.Name{{Text: "Zoë Quixwhistle"}, {Text: "Quentin Zarbel"}, {Text: "Jan van der Berg"}, {Text: "Siobhán O'Neil"}, {Text: "Ro Li"}, {Text: "User Customer"}, {Text: "amy poe"}},
	Emails: []string{"zoe.quix@uniq.example"}, IDs: []mention.ID{{Text: "x-9", Is: "deleted-9"}}, Others: []string{"zoe miller", "quentin tarantino"},
}

func TestParts(t *testing.T) {
	for _, test := range []struct {
		name, text string
		c          mention.Context
		want       string
	}{
		{"first and last", "Zoë said hi; Ms Quixwhistle agreed", mention.Context{}, "((Zoë)) said hi; Ms ((Quixwhistle)) agreed"},
		{"without accents", "ZOE, Zoe's, \\u005aoe", mention.Context{}, "((ZOE)), ((Zoe))'s, ((\\u005aoe))"},
		{"without capitals", "zoe quixwhistle zoe", mention.Context{}, "[[zoe quixwhistle]] zoe"},
		{"without capitals, in what was typed to look for it", "q=quixwhistle", mention.Context{AnyCase: true}, "q=((quixwhistle))"},
		{"of a name without capitals", "amy, Poe", mention.Context{}, "((amy, Poe))"},
		{"a part of a longer word", "Zoest Zoe2 Quixwhistleson", mention.Context{}, "Zoest Zoe2 Quixwhistleson"},
		{"what is no part", "Van der Van Der, Ro, Li, User, Customer, Berg", mention.Context{}, "Van der Van Der, Ro, Li, User, Customer, ((Berg))"},
		{"joined by a sign", "O'Neil and Neil", mention.Context{}, "((O'Neil)) and ((Neil))"},
		{"something between", "Quentin O. Zarbel; Quentin Otto Karl Zarbel; quentin o zarbel; QUENTIN O.  ZARBEL", mention.Context{},
			"((Quentin O. Zarbel)); ((Quentin Otto Karl Zarbel)); ((quentin o zarbel)); ((QUENTIN O.  ZARBEL))"},
		{"too much between", "Quentin met Otto and Karl Zarbel; Quentin, then Zarbel", mention.Context{}, "((Quentin)) met Otto and Karl ((Zarbel)); ((Quentin)), then ((Zarbel))"},
		{"initials", "Q. Zarbel, Q Zarbel; Q.Zarbel; Q. O. Zarbel; X. Zarbel; Zarbel, Q.; Zarbel Q", mention.Context{},
			"((Q. Zarbel)), ((Q Zarbel)); ((Q.Zarbel)); ((Q. O. Zarbel)); X. ((Zarbel)); ((Zarbel, Q.)); ((Zarbel Q))"},
		{"no initials", "FAQ. Zarbel, Zarbel Q3", mention.Context{}, "FAQ. ((Zarbel)), ((Zarbel)) Q3"},
		{"in a namesake's", "Zoë", mention.Context{Namesake: true}, "Zoë"},
		{"of who bears it", "Zoë and Quentin", mention.Context{Others: "Bob Zoe Smith"}, "Zoë and ((Quentin))"},
		{"in the name of somebody else", "Zoë Miller told Zoë, Tarantino Quentin told Quentin", mention.Context{}, "Zoë Miller told ((Zoë)), Tarantino Quentin told ((Quentin))"},
		{"turned round", "ro li, RO LI", mention.Context{}, "((ro li)), ((RO LI))"},
		{"before a domain", "Quixwhistle@other.example", mention.Context{}, "((Quixwhistle))@other.example"},
		{"e-mail that goes on", "zoe.quix@uniq.example-foo zoe.quix@uniq.example-img20240101", mention.Context{}, "((zoe.quix@uniq.example))-foo ((zoe.quix@uniq.example))-img20240101"},
		{"e-mail for one purpose", "zoe.quix+tag@uniq.example, zoe.quix+a-b_c.1@UNIQ.example, zoe.quix+@uniq.example.org, az+zoe.quix+t@uniq.example, zoe.quix+t@uniq.example-x", mention.Context{},
			"[[zoe.quix+tag@uniq.example]], [[zoe.quix+a-b_c.1@UNIQ.example]], zoe.quix+@uniq.example.org, az+zoe.quix+t@uniq.example, ((zoe.quix+t@uniq.example))-x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, finds := mention.NewFinder(zoe).Text("/x", test.text, test.c, nil)
			if got := inBrackets(test.text, finds); got != test.want {
				t.Errorf("%s\n instead of %s", got, test.want)
			}
		})
	}
}

// A name in an address keeps the form of the address, and the one before an @ is replaced as an address is.
func TestWhatStandsInThePlaceOfAName(t *testing.T) {
	for text, want := range map[string]string{
		"?n=Zo%C3%AB+Quixwhistle&m=1":                             "?n=Deleted+User&m=1",
		"?n=Zo%C3%AB%20Quixwhistle":                               "?n=Deleted%20User",
		"?u=%3Fn%3DZo%25C3%25AB%252BQuixwhistle":                  "?u=%3Fn%3DDeleted%252BUser",
		"quentin.zarbel@other.example":                            "deleted@other.example",
		"to=quentin.zarbel%40other.example":                       "to=deleted%40other.example",
		"x.zoë.quixwhistle@other.example, Zoë Quixwhistle @ home": "x.deleted@other.example, Deleted User @ home",
		"Zoë Quixwhistle":                                         "Deleted User",
	} {
		got, _ := mention.NewFinder(zoe).Text("", text, mention.Context{}, nil)
		if got != want {
			t.Errorf("%s became %s instead of %s", text, got, want)
		}
		if again, finds := mention.NewFinder(zoe).Text("", got, mention.Context{}, nil); again != got || len(finds) > 0 {
			t.Errorf("%s became %s: %+v", got, again, finds)
		}
	}
}

// Words of names are asked about in keys and values alike, and an id, a name or a username goes before them.
func TestPartsInJSON(t *testing.T) {
	value := json.RawMessage(`{"assignee": "Quixwhistle", "Zoë": 1, "first_name": "Zoë", "last_name": "Miller", "who": "Zoë Quixwhistle"}`)
	got, finds := mention.NewFinder(zoe).JSON("", value, mention.Context{}, func(place string, kind mention.Kind) bool { return kind == mention.Part && place != "/first_name" })
	if want := `{"assignee": "Deleted User", "Deleted User": 1, "first_name": "Zoë", "last_name": "Miller", "who": "Deleted User"}`; string(got) != want || len(finds) != 4 {
		t.Errorf("%s: %+v", got, finds)
	}
	as := mention.NewFinderAs(zoe, "a colleague")
	if got, finds := as.Text("", "Zoë and Zoë Quixwhistle", mention.Context{}, nil); got != "Zoë and a colleague" || len(finds) != 1 {
		t.Errorf("%s: %+v", got, finds)
	}
}

// Role of the actor and agent are texts like any other; what was done to the person is called as nobody, whatever it was called.
func TestEverythingOfAnActivity(t *testing.T) {
	finder := mention.NewFinder(zoe)
	a := models.Activity{ActorName: "Bob", EntityType: "person", EntityID: to("x-9"), EntityName: to("Z. Quix"), ActorRole: to("assistant of Zoë Quixwhistle"), UserAgent: to("bot/1 (zoe.quix@uniq.example)")}
	is, finds := finder.Activity(a, mention.Context{}, nil)
	if len(finds) != 4 || *is.EntityID != "deleted-9" || *is.EntityName != "Deleted User" || *is.ActorRole != "assistant of Deleted User" || *is.UserAgent != "bot/1 (deleted)" {
		t.Errorf("%+v: %+v", finds, is)
	}
	if _, again := finder.Activity(is, mention.Context{}, nil); len(again) > 0 {
		t.Errorf("found again: %+v", again)
	}
	for _, field := range []**string{&a.ActorRole, &a.UserAgent} { // each by itself gets past the sieve
		one := models.Activity{}
		was := *field
		if field == &a.ActorRole {
			one.ActorRole = was
		} else {
			one.UserAgent = was
		}
		if _, finds := finder.Activity(one, mention.Context{}, nil); len(finds) != 1 || !finds[0].Certain {
			t.Errorf("in %s: %+v", *was, finds)
		}
	}
	other := models.Activity{EntityType: "person", EntityID: to("x-10"), EntityName: to("Zed")}
	if is, _ := finder.Activity(other, mention.Context{}, nil); *is.EntityName != "Zed" {
		t.Errorf("somebody else is %s", *is.EntityName)
	}
	if is, finds := finder.Activity(other, mention.Context{Own: true, Entity: true}, nil); *is.EntityName != "Deleted User" || len(finds) != 1 {
		t.Errorf("of the person's own record: %+v", finds)
	}
	ev := models.Event{Actor: models.ActorRef{ID: "b", Role: to("PA of Zoë Quixwhistle")}, OnBehalfOf: &models.ActorRef{ID: "c", Role: to("friend of Zoë Quixwhistle")}}
	if is, finds := finder.Event(ev, mention.Context{}, nil); len(finds) != 2 || *is.Actor.Role != "PA of Deleted User" || *is.OnBehalfOf.Role != "friend of Deleted User" || *ev.OnBehalfOf.Role == *is.OnBehalfOf.Role {
		t.Errorf("%+v", finds)
	}
}

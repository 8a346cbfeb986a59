package mention_test

import (
	"encoding/json"
	"testing"

	"daybook/services/mention"
)

// What belongs together of a name is one stretch, and one doubt: small words of it, initials, and words of it beside each other.
func TestPartsThatBelongTogether(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"small words", "L. van der Zolwinska; van der Żółwińska, Van Der Zolwinska; Zolwinska, L. van der", "((L. van der Zolwinska)); ((van der Żółwińska)), ((Van Der Zolwinska)); ((Zolwinska, L. van der))"},
		{"something between", "Łucja Maria van der Żółwińska; Łucja M. Żółwińska", "((Łucja Maria van der Żółwińska)); ((Łucja M. Żółwińska))"},
		{"without them", "Łucja Żółwińska; Żółwińska, Łucja; Łucja.Żółwińska; Lucja%20Zolwinska", "((Łucja Żółwińska)); ((Żółwińska, Łucja)); ((Łucja.Żółwińska)); ((Lucja%20Zolwinska))"},
		{"tags", "<b>Łucja</b> van der Żółwińska", "<b>((Łucja</b> van der Żółwińska))"},
		{"small words alone", "van der, van den Berg", "van der, van den Berg"},
		{"those of another", "von Łucja; der Siobhán", "von ((Łucja)); der ((Siobhán))"},
		{"twice", "Łucja, Łucja, Lucja", "((Łucja)), ((Łucja)), ((Lucja))"},
		{"not beside each other", "Łucja and Żółwińska. Łucja (Żółwińska)", "((Łucja)) and ((Żółwińska)). ((Łucja)) (((Żółwińska)))"},
		{"as SQL writes it", "'Siobhán O''Dowd', O''Dowd", "'[[Siobhán O''Dowd]]', ((O''Dowd))"},
		{"a username that is a word of the name", "Siobhán asked siobhan", "((Siobhán)) asked ((siobhan))"},
	} {
		t.Run(test.name, func(t *testing.T) { findsAre(t, test.text, mention.Context{}, test.want) })
	}
	every := func(string, mention.Kind) bool { return true }
	for text, want := range map[string]string{
		"<b>Łucja</b> van der Żółwińska":                  "<b>Deleted User</b>",
		"&lt;i class=x&gt;Łucja&lt;/i&gt; Żółwińska":      "&lt;i class=x&gt;Deleted User&lt;/i&gt;",
		"L. van der Zolwinska":                            "Deleted User",
		"Łucja.Żółwińska@other.example":                   "deleted@other.example",
		"Siobhán and siobhan":                             "Deleted User and deleted",
		"actor_id=x-1&q=Łucja":                            "actor_id=x-1&q=Deleted+User",
		"?q=Lucja":                                        "?q=Deleted+User",
		"from=a%20b&q=Lucja":                              "from=a%20b&q=Deleted%20User",
		"see https://x.example/?n=Lucja&m=1 of Łucja":     "see https://x.example/?n=Deleted+User&m=1 of Deleted User",
		"https://x.example/people/Lucja?q=1":              "https://x.example/people/Deleted%20User?q=1",
		"/people/Lucja":                                   "/people/Deleted%20User",
		"Łucja=5 and n=Łucja":                             "Deleted User=5 and n=Deleted User",
		"https://x.example/?n=%C5%81ucja%20Zolwinska&x=1": "https://x.example/?n=Deleted%20User&x=1",
	} {
		got, _ := mention.NewFinder(lucja).Text("", text, mention.Context{}, every)
		if got != want {
			t.Errorf("%s became %s instead of %s", text, got, want)
		}
		if again, _ := mention.NewFinder(lucja).Text("", got, mention.Context{}, every); again != got {
			t.Errorf("%s became %s", got, again)
		}
	}
}

// What was neither found nor asked about.
func TestOtherWaysToWriteSomebody(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"names without blanks", "小明說王小明, 王 小明, 小明，王", "((小明))說[[王小明]], [[王 小明]], ((小明，王))"},
		{"with two letters of the family", "司馬 小明 司馬", "[[司馬 小明]] ((司馬))"},
		{"of two letters", "王 伟, 王, 伟", "((王 伟)), 王, 伟"},
		{"addresses for people", "lucja.vdz [at] zolw.example, lucja.vdz @ zolw.example, lucja.vdz(at)zolw(dot)example; Lucja [dot] VDZ {@} zolw [.] example; lucja.vdz&lt;at&gt;zolw.example", "[[lucja.vdz [at] zolw.example]], [[lucja.vdz @ zolw.example]], [[lucja.vdz(at)zolw(dot)example]]; [[Lucja [dot] VDZ {@} zolw [.] example]]; [[lucja.vdz&lt;at&gt;zolw.example]]"},
		{"those that may be words", "lucja.vdz at zolw.example", "((lucja.vdz at zolw.example))"},
		{"other addresses", "lucja.vdz [in] zolw.example, lucja.vdz [at) zolw.example, xlucja.vdz [at] zolw.example, lucja. vdz@zolw.example, lucja.vdz @ zolw.example.org", "lucja.vdz [in] zolw.example, lucja.vdz [at) zolw.example, xlucja.vdz [at] zolw.example, lucja. vdz@zolw.example, lucja.vdz @ zolw.example.org"},
		{"a number that is spoken of", "user 1907, User #1907: @1907; assigned by owner 1907.", "user ((1907)), User #((1907)): @((1907)); assigned by owner ((1907))."},
		{"a number that is not", "users 1907, user 1907.5, room 1907, #1907, x@1907, @1907,5 user19071 user 1907-05", "users 1907, user 1907.5, room 1907, #1907, x@1907, @1907,5 user19071 user 1907-05"},
	} {
		t.Run(test.name, func(t *testing.T) { findsAre(t, test.text, mention.Context{}, test.want) })
	}
	value := json.RawMessage(`{"王小明":{"id":1907,"count":1907,"email":"x"}, "x [Łucja van der Żółwińska]":{"id":1907}, "Łucja van der Żółwińska": 1907, "lucja.vdz@zolw.example": [{"id":"1907"}], "y":{"id":1907}}`)
	want := `{"Deleted User":{"id":"deleted-9","count":1907,"email":"x"}, "x [Deleted User]":{"id":1907}, "Deleted User-2": 1907, "deleted": [{"id":"deleted-9"}], "y":{"id":1907}}`
	if got, _ := mention.NewFinder(lucja).JSON("", value, mention.Context{}, nil); string(got) != want {
		t.Errorf("%s\n instead of %s", got, want)
	}
}

package mention_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"daybook/models"
	"daybook/services/mention"
)

// certainOf gives what is certain of some finds.
func certainOf(finds []mention.Find) (certain []mention.Find) {
	for _, f := range finds {
		if f.Certain {
			certain = append(certain, f)
		}
	}
	return certain
}

func FuzzText(f *testing.F) {
	for _, text := range []string{
		"Amara Okafor", "Okafor, Amara Okafor, Amara", "amara.okafor@example.com@amara", `\u0041mara%20Okafor&amp;amara`, "Deleted User Okafor", "user_id=5", "\xff\xc3Amara Okafor\xe2\x80",
		"C:\\nina\\u00", "%%41%", "&#65;&#x110000;", "aOKAFOR, AMARA Amara OKAFOR", "ab12cd34efab12cd34ef 5",
		"Smith, U. said to User M. Smith: 203.0.113.77:80 [2001:DB8:0::7]:80 ip:2001:db8::7 ::ffff:cb00:714d 1.203.0.113.77.", "amara.okafor+tag@example.com-x",
		"L. van der Zolwinska, <b>Łucja</b> van der Żółwińskas lucja.vdz [at] zolw dot example; 王 小明 Anna-Siobhán O''Dowd-X user #1907 a=1&q=Siobhán",
	} {
		f.Add(text)
	}
	finders := []*mention.Finder{mention.NewFinder(amara), mention.NewFinder(awkward), mention.NewFinder(lucja)}
	f.Fuzz(func(t *testing.T, text string) {
		for _, finder := range finders {
			if finder.Overlooks(text) {
				t.Fatalf("%q is held back", text)
			}
			got, finds := finder.Text("/x", text, mention.Context{}, nil)
			if len(certainOf(finds)) == 0 && got != text {
				t.Fatalf("%q became %q", text, got)
			}
			if _, left := finder.Text("/x", got, mention.Context{}, nil); len(certainOf(left)) > 0 {
				t.Fatalf("%q became %q, in which there is %+v", text, got, certainOf(left))
			}
		}
	})
}

// awkward is somebody whose names are full of what the rules stumble over.
var awkward = mention.Person{
	Names:     []mention.Name{{Text: "User Smith"}, {Text: "Anne-Marie O'Neil"}, {Text: "Łukasz Żółć (Ops)"}, {Text: "x.y@z.example"}, {Text: "김 민수"}, {Text: "u-1"}},
	Emails:    []string{"deleted@example.com", "a@b.c"},
	IDs:       []mention.ID{{Text: "deleted", Is: "deleted-1"}, {Text: "deleted-2", Is: "deleted-22"}, {Text: "u-1", Is: "deleted-3"}, {Text: "--", Is: "deleted-4"}, {Text: "daybook:user:5", Is: "deleted-5"}},
	Usernames: []string{"user", "a b c", "_", "ＵＳＥＲ１２３４５"},
	Addresses: []mention.NetAddress{{Text: "203.0.113.77"}, {Text: "2001:db8::7"}, {Text: "10.0.0.5", Shared: true}, {Text: "nowhere"}, {Text: "::1"}},
	Others:    []string{"Anne Smith", "Smith"},
}

func FuzzJSON(f *testing.F) {
	for _, text := range []string{
		`{"user_id":5,"users":{"amara":[5,{"id":5}]}}`, `[5,"Amara Okafor",{"Amara Okafor":1,"amara okafor":2,"Deleted User":3}]`, `{"first_name":"Amara","last":"Okafor","type":"user","id":5}`,
		` "\u0041mara Okafor" `, `{"a~/b":{"":"amara.okafor@example.com"}}`, `{"owner":{"from":5,"to":{"id":"5"}}}`, `5`, `{"":5,"_id":5,"by":5,"id":"u-1"}`,
	} {
		f.Add(text)
	}
	finders := []*mention.Finder{mention.NewFinder(amara), mention.NewFinder(awkward), mention.NewFinder(lucja)}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		for _, finder := range finders {
			got, finds := finder.JSON("", json.RawMessage(text), mention.Context{}, nil)
			if !json.Valid(got) {
				t.Fatalf("%s became %s", text, got)
			}
			if len(certainOf(finds)) == 0 && string(got) != text {
				t.Fatalf("%s became %s", text, got)
			}
			if a, b := shape([]byte(text)), shape(got); a != b {
				t.Fatalf("%s became %s", text, got)
			}
			if _, left := finder.JSON("", got, mention.Context{}, nil); len(certainOf(left)) > 0 {
				t.Fatalf("%s became %s, in which there is %+v", text, got, certainOf(left))
			}
		}
	})
}

// shape is a JSON value without its texts, numbers and keys.
func shape(text []byte) string {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var b strings.Builder
	for {
		token, err := d.Token()
		switch token := token.(type) {
		case nil:
			if err != nil {
				return b.String()
			}
			b.WriteByte('0')
		case json.Delim:
			b.WriteRune(rune(token))
		case bool:
			fmt.Fprint(&b, token)
		default:
			b.WriteByte('x')
		}
	}
}

// spelled writes a text in one of many ways that all mean the same.
func spelled(r *rand.Rand, text string) string {
	var b strings.Builder
	for i, c := range text {
		switch r.IntN(8) {
		case 0:
			b.WriteRune(unicode.ToUpper(c))
		case 1:
			b.WriteRune(unicode.ToLower(c))
		case 2:
			b.WriteRune(c)
			if unicode.IsLetter(c) && i < len(text)-1 {
				b.WriteString([]string{"\u0301", "\u0308", "\u200b", "\u00ad"}[r.IntN(4)])
			}
		default:
			b.WriteRune(c)
		}
	}
	text = b.String()
	if r.IntN(2) == 0 {
		text = norm.NFC.String(text)
	}
	return escaped(r, text, r.IntN(4))
}

// escaped escapes a text so many times.
func escaped(r *rand.Rand, text string, times int) string {
	for range times {
		switch r.IntN(4) {
		case 0:
			text = url.QueryEscape(text)
		case 1:
			text = html.EscapeString(text)
		case 2:
			quoted, _ := json.Marshal(text)
			text = string(quoted[1 : len(quoted)-1])
		case 3:
			var b strings.Builder
			for _, c := range text {
				if c < 0x10000 && (c > 127 || r.IntN(4) == 0) {
					fmt.Fprintf(&b, `\u%04x`, c)
				} else if c == '\\' {
					b.WriteString(`\\`)
				} else {
					b.WriteRune(c)
				}
			}
			text = b.String()
		}
	}
	return text
}

// Whatever is certain is found however it is spelled, and what stands around it stays.
func TestSpellings(t *testing.T) {
	finder := mention.NewFinder(amara)
	certain := []string{"Amara Okafor", "Okafor, Amara", "amara_okafor", "Amara.Okafor", "amara-okafor", "amara.okafor@example.com", "ao@example.com", "ab12cd34ef"}
	around := [][2]string{{"", ""}, {"by ", " today"}, {"(", ")"}, {"\"", "\""}, {"x: ", "."}, {"Größe 5 ", ", 5 %"}, {"日本", "語"}, {"<", ">"}}
	for seed := range uint64(20000) {
		r := rand.New(rand.NewPCG(seed, 1))
		who, beside := certain[r.IntN(len(certain))], around[r.IntN(len(around))]
		text := beside[0] + spelled(r, who) + beside[1]
		got, finds := finder.Text("", text, mention.Context{}, nil)
		left, right := strings.CutPrefix(got, beside[0])
		rest, also := strings.CutSuffix(left, beside[1])
		if strings.Contains(rest, "+") || strings.Contains(rest, "%") { // its blank is escaped as the one was that stood there
			for range 4 {
				rest, _ = url.QueryUnescape(rest)
			}
		}
		if !right || !also || len(certainOf(finds)) != 1 || rest != models.DeletedName && rest != "deleted" && rest != "deleted-7" {
			t.Fatalf("%d: %q of %s became %q, with %+v", seed, text, who, got, finds)
		}
	}
}

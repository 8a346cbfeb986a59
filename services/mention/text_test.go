package mention_test

import (
	"strings"
	"testing"

	"daybook/services/mention"
)

// amara is who is looked for: a name, an address, an id like many applications', a number as others have it, a username.
var amara = mention.Person{
	Names:     []mention.Name{{Text: "Amara Okafor"}},
	Emails:    []string{"amara.okafor@example.com", "ao@example.com"},
	IDs:       []mention.ID{{Text: "ab12cd34ef", Is: "deleted-7"}, {Text: "5", Is: "deleted-8"}},
	Usernames: []string{"amara"},
}

// inBrackets gives the text with what is found in brackets: [[certain]], ((doubtful)).
func inBrackets(text string, finds []mention.Find) string {
	var b strings.Builder
	done := 0
	for _, f := range finds {
		at := done
		for !strings.HasPrefix(text[at:], f.Was) || !strings.HasSuffix(text[:at], strings.TrimPrefix(f.Lead, "…")) {
			at++
		}
		open, closed := "((", "))"
		if f.Certain {
			open, closed = "[[", "]]"
		}
		b.WriteString(text[done:at] + open + f.Was + closed)
		done = at + len(f.Was)
	}
	return b.String() + text[done:]
}

func TestText(t *testing.T) {
	none := mention.Context{}
	for _, test := range []struct{ name, text, want string }{
		{"a name", "Assigned to Amara Okafor today", "Assigned to [[Amara Okafor]] today"},
		{"in another case", "AMARA OKAFOR, amara okafor", "[[AMARA OKAFOR]], [[amara okafor]]"},
		{"with accents", "Ámàra Ökafôr", "[[Ámàra Ökafôr]]"},
		{"with accents of their own", "Ama\u0301ra Okafor\u0301!", "[[Ama\u0301ra Okafor\u0301]]!"},
		{"in full width", "Ａｍａｒａ　Ｏｋａｆｏｒ", "[[Ａｍａｒａ　Ｏｋａｆｏｒ]]"},
		{"with other blanks", "Amara \u00a0\t Okafor", "[[Amara \u00a0\t Okafor]]"},
		{"with characters nobody sees", "Am\u200bara\u00ad Ok\u2060afor", "[[Am\u200bara\u00ad Ok\u2060afor]]"},
		{"with one of them between", "amara\u200bokafor", "[[amara\u200bokafor]]"},
		{"after one of them", "x\u200bAmara Okafor", "x\u200b[[Amara Okafor]]"},
		{"turned round", "Okafor, Amara; okafor amara; Okafor,Amara", "[[Okafor, Amara]]; [[okafor amara]]; [[Okafor,Amara]]"},
		{"joined", "amara_okafor.png amara-okafor amara.okafor AmaraOkafor", "[[amara_okafor]].png [[amara-okafor]] [[amara.okafor]] [[AmaraOkafor]]"},
		{"joined by nothing", "amaraokafor", "((amaraokafor))"},
		{"of somebody's", "Amara Okafor's and Amara Okafor’s", "[[Amara Okafor]]'s and [[Amara Okafor]]’s"},
		{"two others in a list", "Bola Okafor, Amara Obi", "Bola ((Okafor, Amara)) Obi"},
		{"a part of longer words", "Tamara Okafor, Amara Okaforson, 2Amara Okafor", "Tamara ((Okafor, Amara)) Okaforson, 2Amara ((Okafor))"},
		{"across sentences", "met Amara, Okafor left", "met ((Amara, Okafor)) left"},
		{"e-mail", "write to <Amara.Okafor@Example.com>.", "write to <[[Amara.Okafor@Example.com]]>."},
		{"e-mail in an address", "mailto:amara.okafor@example.com?subject=x", "mailto:[[amara.okafor@example.com]]?subject=x"},
		{"e-mail at the end of a sentence", "amara.okafor@example.com.Then more", "[[amara.okafor@example.com]].Then more"},
		{"username", "asked amara about it", "asked ((amara)) about it"},
		{"username that is called", "thanks @Amara, really", "thanks @[[Amara]], really"},
		{"username called, and more", "thanks @amara.obi", "thanks @((amara)).obi"},
		{"username in a longer word", "samara amaranth amara2", "samara amaranth amara2"},
		{"name in somebody's address", "amara.okafor@other.org", "[[amara.okafor]]@other.org"},
		{"username in somebody's address", "amara@other.org", "((amara))@other.org"},
		{"id like nobody else's", "see AB12CD34EF.pdf", "see [[AB12CD34EF]].pdf"},
		{"id in a longer one", "xab12cd34ef ab12cd34ef0", "xab12cd34ef ab12cd34ef0"},
		{"a number", "5 files, +5 -5, (5), 5.5, v5, #5, a@5, @5.5", "5 files, +5 -5, (5), 5.5, v5, #5, a@5, @5.5"},
		{"a number behind a key", "user_id=5&page=5 /users/5/edit /invoices/5 userId=5", "user_id=[[5]]&page=5 /users/[[5]]/edit /invoices/5 userId=[[5]]"},
		{"a number behind how many", "users=5 members:5 user: 5 files", "users=5 members:5 user: 5 files"},
		{"JSON in a text", `{"user_id": 5, "owner":"5", "n": 5, \"author\": \"5\"}`, `{"user_id": [[5]], "owner":"[[5]]", "n": 5, \"author\": \"[[5]]\"}`},
		{"what is there already", "Deleted User, deleted-7, deleted", "Deleted User, deleted-7, deleted"},
		{"nobody", "Ferienübersicht: 5 Dateien (100 % & mehr) \\o/", "Ferienübersicht: 5 Dateien (100 % & mehr) \\o/"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, finds := mention.NewFinder(amara).Text("/x", test.text, none, nil)
			if got := inBrackets(test.text, finds); got != test.want {
				t.Errorf("%s\n instead of %s", got, test.want)
			}
		})
	}
}

func TestTextEscaped(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"JSON", `\u0041m\u00e1ra Okafor`, `[[\u0041m\u00e1ra Okafor]]`},
		{"JSON twice", `\\u0041mara Okafor`, `[[\\u0041mara Okafor]]`},
		{"JSON three times", `\\\\u0041mara\\\\nOkafor`, `[[\\\\u0041mara\\\\nOkafor]]`},
		{"a line break before", `hello\nAmara Okafor`, `hello\n[[Amara Okafor]]`},
		{"a folder that looks like one", `C:\nina amara\temp`, `C:\nina ((amara))\temp`},
		{"pairs of surrogates", `\ud835\udc00mara Okafor`, `[[\ud835\udc00mara Okafor]]`},
		{"JavaScript", `\u{41}mara %u004fkafor \x41mara Okafor`, `[[\u{41}mara %u004fkafor]] [[\x41mara Okafor]]`},
		{"URL", `?q=Amara%20Okafor&r=Amara+Okafor&s=%C3%81mara%2BOkafor`, `?q=[[Amara%20Okafor]]&r=[[Amara+Okafor]]&s=[[%C3%81mara%2BOkafor]]`},
		{"URL twice", `Am%25C3%25A1ra%2520Okafor`, `[[Am%25C3%25A1ra%2520Okafor]]`},
		{"Latin-1", `Am%E1ra%20Okafor`, `[[Am%E1ra%20Okafor]]`},
		{"HTML", `Am&#225;ra&nbsp;Okafor Am&aacute;ra&#x20;Okafor &lt;Amara Okafor&gt;`, `[[Am&#225;ra&nbsp;Okafor]] [[Am&aacute;ra&#x20;Okafor]] &lt;[[Amara Okafor]]&gt;`},
		{"HTML in URL in JSON", `Am%26%23225\u003bra Okafor`, `[[Am%26%23225\u003bra Okafor]]`},
		{"four times is too often", `Amara%25252520Okafor`, `((Amara))%25252520Okafor`},
		{"an address", `to=x+amara.okafor%40example.com`, `to=x+[[amara.okafor%40example.com]]`},
		{"another address", `x+ao@example.com x.ao@example.com ao@example.com.au ao@example.com-x.org "ao@example.com"`, `x+ao@example.com x.ao@example.com ao@example.com.au ((ao@example.com))-x.org "[[ao@example.com]]"`},

		{"no escape", `100%, 5% of \, &, &; %zz \uzzzz`, `100%, 5% of \, &, &; %zz \uzzzz`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, finds := mention.NewFinder(amara).Text("/x", test.text, mention.Context{}, nil)
			if got := inBrackets(test.text, finds); got != test.want {
				t.Errorf("%s\n instead of %s", got, test.want)
			}
		})
	}
}

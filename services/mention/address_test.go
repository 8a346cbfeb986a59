package mention_test

import (
	"encoding/json"
	"strings"
	"testing"

	"daybook/services/mention"
)

// An address of somebody is found in all its forms, and not within another one. One that others had, too, is theirs in their own activities alone.
func TestAddresses(t *testing.T) {
	finder := mention.NewFinder(mention.Person{Addresses: []mention.NetAddress{
		{Text: "203.0.113.77"}, {Text: "2001:db8:0:0::7"}, {Text: "::ffff:198.51.100.9"}, {Text: "10.0.0.5", Shared: true}, {Text: "127.0.0.1"}, {Text: "::1"}, {Text: "0.0.0.0"}, {Text: "no address"}, {Text: ""},
	}})
	for _, test := range []struct{ name, text, want string }{
		{"alone", "203.0.113.77", "[[203.0.113.77]]"},
		{"in a sentence", "From 203.0.113.77. Then (203.0.113.77), 203.0.113.77: yes; ip=203.0.113.77, ip:203.0.113.77 and http://203.0.113.77:8080/x",
			"From [[203.0.113.77]]. Then ([[203.0.113.77]]), [[203.0.113.77]]: yes; ip=[[203.0.113.77]], ip:[[203.0.113.77]] and http://[[203.0.113.77]]:8080/x"},
		{"a network", "203.0.113.77/24", "[[203.0.113.77]]/24"},
		{"within other numbers", "1.203.0.113.77 203.0.113.77.5 203.0.113.770 2203.0.113.77 v203.0.113.77 203.0.113.77x 203.0.113 203.0.113.078", "1.203.0.113.77 203.0.113.77.5 203.0.113.770 2203.0.113.77 v203.0.113.77 203.0.113.77x 203.0.113 203.0.113.078"},
		{"mapped", "::ffff:203.0.113.77 ::FFFF:cb00:714d 0:0:0:0:0:ffff:203.0.113.77", "[[::ffff:203.0.113.77]] [[::FFFF:cb00:714d]] [[0:0:0:0:0:ffff:203.0.113.77]]"},
		{"known as mapped", "198.51.100.9", "[[198.51.100.9]]"},
		{"longer forms", "2001:db8::7 2001:DB8:0:0:0:0:0:7 2001:0db8::0007 [2001:db8::7]:443 ip:2001:db8::7 from 2001:db8::7.", "[[2001:db8::7]] [[2001:DB8:0:0:0:0:0:7]] [[2001:0db8::0007]] [[[2001:db8::7]]]:443 ip:[[2001:db8::7]] from [[2001:db8::7]]."},
		{"others", "2001:db8::7:1 1:2001:db8::7 2001:db8::70 2001:db8::7g ::1 127.0.0.1 0.0.0.0 12:30:45 1.5 a::b", "2001:db8::7:1 1:2001:db8::7 2001:db8::70 2001:db8::7g ::1 127.0.0.1 0.0.0.0 12:30:45 1.5 a::b"},
		{"escaped", `203%2E0%2e113.77 2001%3Adb8%3A%3A7 \u0032\u0030\u0033.0.113.77`, `[[203%2E0%2e113.77]] [[2001%3Adb8%3A%3A7]] [[\u0032\u0030\u0033.0.113.77]]`},
		{"shared", "10.0.0.5", "10.0.0.5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, finds := finder.Text("/x", test.text, mention.Context{}, nil)
			if in := inBrackets(test.text, finds); in != test.want {
				t.Errorf("%s\n instead of %s", in, test.want)
			}
			if left, _ := finder.Text("/x", got, mention.Context{}, nil); left != got || strings.Count(got, "deleted") != strings.Count(test.want, "]]") {
				t.Errorf("it became %s, and that %s", got, left)
			}
		})
	}
	value := json.RawMessage(`{"ip": "10.0.0.5", "seen":["203.0.113.77"], "2001:db8::7": 5}`)
	if got, _ := finder.JSON("", value, mention.Context{Own: true}, nil); string(got) != `{"ip": "deleted", "seen":["deleted"], "deleted": 5}` {
		t.Errorf("in their own: %s", got)
	}
	if got, _ := finder.JSON("", value, mention.Context{Namesake: true}, nil); string(got) != `{"ip": "10.0.0.5", "seen":["deleted"], "deleted": 5}` {
		t.Errorf("in a namesake's: %s", got)
	}
}

// The sieve holds back no address, whatever stands around it.
func TestNoAddressIsHeldBack(t *testing.T) {
	finder := mention.NewFinder(awkward)
	for _, address := range []string{"203.0.113.77", "2001:db8::7", "2001:0DB8:0:0::7", "::ffff:cb00:714D", "::ffff:203.0.113.77"} {
		for _, before := range []string{"", " ", "x:", "1 ", "[", "ip:", "a:b:c.", "12:30:45 ", `{"ip":"`, strings.Repeat("f", 80) + " "} {
			for _, after := range []string{"", ".", ":80", " ", "/64", `"}`, ". ", "]:80"} {
				if finder.Overlooks(before + address + after) {
					t.Errorf("%q", before+address+after)
				}
			}
		}
	}
}

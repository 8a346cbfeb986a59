package feed_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/models"
	"daybook/services/feed"
)

func words(texts ...string) []feed.Word {
	var out []feed.Word
	for _, text := range texts {
		out = append(out, feed.Word{Text: text})
	}
	return out
}

func phrase(text string) feed.Word { return feed.Word{Text: text, Phrase: true} }

// Each line means a filter, and that filter prints as the second line; empty: as the first.
func TestLines(t *testing.T) {
	is := func(c feed.Criteria) feed.Filter { return feed.Filter{Criteria: c} }
	not := func(c feed.Criteria) feed.Filter { return feed.Filter{Not: c} }
	failed := []models.Outcome{models.Failure, models.Denied}
	for _, c := range []struct {
		line  string
		want  feed.Filter
		print string
	}{
		{" \t ", feed.Filter{}, "-"},
		{"actor:amara", is(feed.Criteria{ActorNames: []string{"amara"}}), ""},
		{"Actor:Amara,Bo", is(feed.Criteria{ActorNames: []string{"Amara,Bo"}}), "actor:Amara,Bo"},
		{"actor_id:a,b actor_id:c actor_id:a,b", is(feed.Criteria{Actors: []string{"a,b", "c"}}), "actor_id:a,b actor_id:c"},
		{"action:sent,paid action:sent", is(feed.Criteria{Actions: []string{"sent", "paid"}}), "action:sent,paid"},
		{`type:"a",b,,`, is(feed.Criteria{Types: []string{"a", "b"}}), "type:a,b"},
		{`project:"New Website"`, is(feed.Criteria{ProjectNames: []string{"New Website"}}), ""},
		{`project:New" "Website`, is(feed.Criteria{ProjectNames: []string{"New Website"}}), `project:"New Website"`},
		{`project_id:"//x" id:"a \"b\" \\\n\t"`, is(feed.Criteria{Projects: []string{"//x"}, EntityIDs: []string{"a \"b\" \\\n\t"}}), `id:"a \"b\" \\\n\t" project_id:"//x"`},
		{`id:C:\temp id:,`, is(feed.Criteria{EntityIDs: []string{`C:\temp`, ","}}), `id:"C:\\temp" id:,`},
		{"outcome:failure is:denied is:failed", is(feed.Criteria{Outcomes: failed}), "outcome:failure,denied"},
		{"-is:failed,denied", not(feed.Criteria{Outcomes: failed}), "-outcome:failure,denied"},
		{"is:system", feed.Filter{System: true}, ""},
		{"field:status changed:owner", is(feed.Criteria{Fields: []string{"status", "owner"}}), "field:status field:owner"},
		{"has:changes has:metadata", is(feed.Criteria{Has: []feed.Part{feed.HasChanges, feed.HasMetadata}}), "has:changes,metadata"},
		{"has:resource,project has:resource -has:project", feed.Filter{
			Criteria: feed.Criteria{Has: []feed.Part{feed.HasResource, feed.HasProject}}, Not: feed.Criteria{Has: []feed.Part{feed.HasProject}},
		}, "has:resource,project -has:project"},
		{"weekday:Mon,friday", is(feed.Criteria{Weekdays: []time.Weekday{time.Monday, time.Friday}}), "weekday:mon,fri"},
		{"weekday:sat..mon", is(feed.Criteria{Weekdays: []time.Weekday{time.Saturday, time.Sunday, time.Monday}}), ""},
		{"hour:09,22..1", is(feed.Criteria{Hours: []int{9, 22, 23, 0, 1}}), "hour:9,22..1"},
		{"-hour:9..10", not(feed.Criteria{Hours: []int{9, 10}}), "-hour:9,10"},
		{`gift -card "ferry timetable" -"old one"`, feed.Filter{
			Criteria: feed.Criteria{Words: append(words("gift"), phrase("ferry timetable"))}, Not: feed.Criteria{Words: append(words("card"), phrase("old one"))},
		}, `gift "ferry timetable" -card -"old one"`},
		{`"gift"`, is(feed.Criteria{Words: []feed.Word{phrase("gift")}}), ""},
		{`"gift"card`, is(feed.Criteria{Words: []feed.Word{phrase("gift"), {Text: "card"}}}), `"gift" card`},
		{`http://x 12:30 größe:x 5" a,b :x`, is(feed.Criteria{Words: words("http://x", "12:30", "größe:x", `5"`, "a,b", ":x")}), ""},
		{`2 é 日`, is(feed.Criteria{Words: words("2", "é", "日")}), ""},
		{`\-x a\:b \"q\" one\ word C\:\temp`, is(feed.Criteria{Words: words("-x", "a:b", `"q"`, "one word", `C:\temp`)}), `\-x a\:b \"q" one\ word C\:\\temp`},
		{`--x`, not(feed.Criteria{Words: words("-x")}), `-\-x`},
		{`"" -""`, feed.Filter{}, "-"},
		{"gift type:task -type:file", feed.Filter{Criteria: feed.Criteria{Types: []string{"task"}, Words: words("gift")}, Not: feed.Criteria{Types: []string{"file"}}}, "type:task -type:file gift"},
	} {
		got, err := feed.ParseLine(c.line, noon)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s (%v)\n is  %#v\n not %#v", c.line, err, got, c.want)
		}
		if c.print == "" {
			c.print = c.line
		}
		if printed := got.Line(); printed != strings.TrimPrefix(c.print, "-") && printed != c.print {
			t.Errorf("%s is printed as %s, not %s", c.line, printed, c.print)
		}
	}
}

// The times are those of Kolkata, at noon of 2026-03-15, a Sunday; each is written without its offset.
func TestTimesOfALine(t *testing.T) {
	now := time.Date(2026, 3, 15, 12, 0, 0, 0, zoneOf(t, "Asia/Kolkata"))
	for _, c := range []struct{ line, from, to, print string }{
		{"created:>=2026-01-01", "2026-01-01T00:00:00", "", ""},
		{"created:>2026-01-01", "2026-01-02T00:00:00", "", "created:>=2026-01-02"},
		{"created:<=2026-01-31", "", "2026-01-31T23:59:59.999999", ""},
		{"created:<2026-01-01", "", "2025-12-31T23:59:59.999999", "created:<=2025-12-31"},
		{"created:>2026-01", "2026-02-01T00:00:00", "", "created:>=2026-02"},
		{"created:<2026", "", "2025-12-31T23:59:59.999999", "created:<=2025"},
		{"created:2026-01..2026-03", "2026-01-01T00:00:00", "2026-03-31T23:59:59.999999", ""},
		{"created:2026-01..*", "2026-01-01T00:00:00", "", "created:>=2026-01"},
		{"created:*..2024-02", "", "2024-02-29T23:59:59.999999", "created:<=2024-02"},
		{"created:2026", "2026-01-01T00:00:00", "2026-12-31T23:59:59.999999", ""},
		{"on:2026-03-01", "2026-03-01T00:00:00", "2026-03-01T23:59:59.999999", "created:2026-03-01"},
		{"after:2026-03-01 before:2026-03-03", "2026-03-01T00:00:00", "2026-03-02T23:59:59.999999", "created:2026-03-01..2026-03-02"},
		{"created:>=2026-01-01 created:<=2026-01-31", "2026-01-01T00:00:00", "2026-01-31T23:59:59.999999", "created:2026-01-01..2026-01-31"},
		{"created:>=2026-01-01 after:2026", "2026-01-01T00:00:00", "", "created:>=2026-01-01"},
		{"created:today", "2026-03-15T00:00:00", "2026-03-15T23:59:59.999999", ""},
		{"created:Today", "2026-03-15T00:00:00", "2026-03-15T23:59:59.999999", "created:today"},
		{"created:>=YESTERDAY", "2026-03-14T00:00:00", "", "created:>=yesterday"},
		{"created:1d", "2026-03-15T00:00:00", "2026-03-15T23:59:59.999999", ""},
		{"on:yesterday", "2026-03-14T00:00:00", "2026-03-14T23:59:59.999999", "created:yesterday"},
		{"created:7d", "2026-03-09T00:00:00", "2026-03-15T23:59:59.999999", ""},
		{"created:7d..7d", "2026-03-09T00:00:00", "2026-03-09T23:59:59.999999", ""},
		{"created:>=7d", "2026-03-09T00:00:00", "", ""},
		{"created:>7d", "2026-03-10T00:00:00", "", "created:>=6d"},
		{"before:7d", "", "2026-03-08T23:59:59.999999", "created:<=8d"},
		{"before:today", "", "2026-03-14T23:59:59.999999", "created:<=yesterday"},
		{"created:>today", "2026-03-16T00:00:00", "", "created:>=2026-03-16"},
		{"created:<3660d", "", "2016-03-07T23:59:59.999999", "created:<=2016-03-07"},
		{"created:2026-01-01T00:00:00+05:30", "2026-01-01T00:00:00", "2026-01-01T00:00:00", ""},
		{"created:>2026-01-01T00:00:00+05:30", "2026-01-01T00:00:00.000001", "", "created:>=2025-12-31T18:30:00.000001Z"},
		{`created:<"2025-12-31 18:30"`, "", "2025-12-31T23:59:59.999999", "created:<=2025-12-31T18:29:59.999999Z"},
		{`created:"2025-12-31 18:30"..2026`, "2026-01-01T00:00:00", "2026-12-31T23:59:59.999999", ""},
	} {
		f, err := feed.ParseLine(c.line, now)
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		local := func(b feed.Bound) string {
			if !b.IsSet() {
				return ""
			}
			return b.At.In(now.Location()).Format("2006-01-02T15:04:05.999999")
		}
		if local(f.From) != c.from || local(f.To) != c.to {
			t.Errorf("%s is %s to %s", c.line, local(f.From), local(f.To))
		}
		if c.print == "" {
			c.print = c.line
		}
		if f.Line() != c.print {
			t.Errorf("%s is printed as %s, not %s", c.line, f.Line(), c.print)
		}
	}
}

// What is in ‹ › is wrong, and told so in this order with these words; the rest is read.
func TestMistakesOfALine(t *testing.T) {
	names := strings.Repeat("-actor:a ", 2) // the same one again is none more
	for i := range 18 {
		names += "-actor:" + strings.Repeat("n", i+1) + " -project:" + strings.Repeat("n", i+1) + " "
	}
	many := make([]string, 101)
	for i := range many {
		many[i] = "a" + strings.Repeat("b", i%60) + strings.Repeat("c", i/60)
	}
	for line, says := range map[string][]string{
		"‹foo:bar›":                                           {"there are actor, actor_id, action"},
		"‹type:›":                                             {"type:invoice"},
		"‹type:,› ‹id:\"\"›":                                  {"type:invoice", "id:42"},
		"type:a,‹b!›,c":                                       {"a type has"},
		"action:‹a-b›":                                        {"an action has"},
		"outcome:‹ok›":                                        {"success, failure or denied"},
		"has:‹legs›":                                          {"changes, metadata, project or resource"},
		"is:‹late›,failed":                                    {"failed, denied or system"},
		"‹-is:system›":                                        {"cannot be negated"},
		"‹-created:2026›":                                     {"cannot be negated"},
		"‹-before:2026› ‹-on:today›":                          {"cannot be negated", "cannot be negated"},
		"weekday:‹mo›,‹mon..xyz›":                             {"mon, tue", "mon..fri"},
		"hour:‹24›,‹9..›,‹+9›,‹009›":                          {"0 to 23", "0 to 23", "0 to 23", "0 to 23"},
		"‹created:2026-02-30›":                                {"a date like"},
		"‹created:>=›":                                        {"a date like"},
		"‹created:0000›":                                      {"years 1 and 9999"},
		"‹created:>9999-12-31›":                               {"years 1 and 9999"},
		"‹created:<0001›":                                     {"years 1 and 9999"},
		"‹created:*..*›":                                      {"an end"},
		"‹created:3661d›":                                     {"a date like"},
		"‹created:x..y›":                                      {"a date like"},
		"created:>=2026 ‹after:2025›":                         {"beginning"},
		"on:today ‹before:today›":                             {"an end"},
		"after:2026-02 ‹before:2026-02›":                      {"ends before it begins"},
		"‹id:" + strings.Repeat("i", 256) + "›":               {"255 bytes"},
		"‹" + strings.Repeat("i", 501) + "›":                  {"500 bytes"},
		"id:b ‹id:\xff› ‹a\x00b›":                             {"UTF-8", "NUL"},
		`project:a ‹"open field:x›`:                           {"not closed"},
		`‹-project:"a b›`:                                     {"not closed"},
		"action:" + strings.Join(many[:100], ",") + ",‹last›": {"100 values"},
		names + "-actor:last ‹-actor:one› -project:a -project:b ‹-project:c› project:d": {"20 values", "20 values"},
		"‹???› a- ‹-\"…\"› ‹\\-› 5 ‹-!›":                                                {"no letter or digit", "no letter or digit", "no letter or digit", "no letter or digit"},
		"é ‹x:1› kept ‹y:2›":                                                            {"no such", "no such"},
	} {
		plain := strings.NewReplacer("‹", "", "›", "").Replace(line)
		f, err := feed.ParseLine(plain+" actor:kept", noon)
		if !slices.Contains(f.ActorNames, "kept") && !strings.Contains(line, "open") && !strings.Contains(line, `"a b`) {
			t.Errorf("%s: nothing is kept", line)
		}
		var first *feed.LineError
		all := feed.LineErrorsIn(err)
		if !errors.As(err, &first) || models.KindOf(err) != models.Malformed || len(all) != len(says) || all[0] != first {
			t.Errorf("%s: %v", line, err)
			continue
		}
		rest, offset := line, 0
		for i, e := range all {
			before, after, _ := strings.Cut(rest, "‹")
			inside, behind, _ := strings.Cut(after, "›")
			from := offset + len(before)
			to := from + len(inside)
			if strings.Contains(line, "open") || strings.Contains(line, `"a b`) {
				to += len(" actor:kept")
			}
			if e.From != from || e.To != to || !strings.Contains(e.Message, says[i]) {
				t.Errorf("%s: %d to %d (not %d to %d): %s", line, e.From, e.To, from, to, e.Message)
			}
			rest, offset = behind, to
		}
	}
}

func TestAMistakeIsToldByItsWords(t *testing.T) {
	_, err := feed.ParseLine(`gift type:In?oice`, noon)
	var e *models.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Field != "q" || !strings.Contains(e.Fields[0].Message, "“In?oice”: a type has") {
		t.Fatalf("%#v", err)
	}
	_, err = feed.ParseLine(strings.Repeat("x:y ", 500), noon)
	if n := len(feed.LineErrorsIn(err)); n != 20 {
		t.Errorf("%d mistakes of 500 are told", n)
	}
}

func TestALineIsOfSomeLength(t *testing.T) {
	of := func(unit string, bytes int) string {
		return strings.Repeat(unit, bytes/len(unit)) + strings.Repeat(" ", bytes%len(unit))
	}
	for line, ok := range map[string]bool{
		of("word ", feed.MaxLineBytes):                       true,
		of("word ", feed.MaxLineBytes+1):                     false,
		of(strings.Repeat(`a\b`, 99)+" ", feed.MaxLineBytes): true, // the same word again and again
	} {
		f, err := feed.ParseLine(line, noon)
		if (err == nil) != ok || !ok && feed.LineErrorsIn(err)[0].To != len(line) {
			t.Errorf("%.40q… of %d bytes: %v", line, len(line), err)
		}
		if ok && len(f.Line()) > feed.MaxLineBytes {
			t.Errorf("%.40q… cannot be printed", line)
		}
	}
	// Line breaks between quotation marks are printed as escapes.
	var grows strings.Builder
	for i := range 8 {
		grows.WriteString(`"` + strings.Repeat("\n", 490) + string(rune('a'+i)) + `" `)
	}
	if _, err := feed.ParseLine(grows.String(), noon); len(feed.LineErrorsIn(err)) != 1 {
		t.Errorf("a line that could not be read again: %v", err)
	}
}

func TestHelpWorks(t *testing.T) {
	for _, h := range feed.Help {
		f, err := feed.ParseLine(h.Example, noon)
		if err != nil || f.IsZero() || h.Meaning == "" {
			t.Errorf("%s: %v", h.Example, err)
		}
	}
}

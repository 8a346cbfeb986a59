package mention_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"daybook/models"
	"daybook/services/mention"
)

// sent is what of an event in the form of design.md §7.1 can hold somebody.
type sent struct {
	Resource    models.EntityRef
	Description string
	Changes     []models.Change
	Metadata    json.RawMessage
}

// realEvents reads the file that BENCH_EVENTS names; without one it invents as many.
func realEvents(b *testing.B) []models.Activity {
	var activities []models.Activity
	add := func(s sent) {
		activities = append(activities, models.Activity{
			EntityType: s.Resource.Type, EntityID: s.Resource.ID, EntityName: s.Resource.Name, EntityURL: s.Resource.URL,
			Description: s.Description, Changes: s.Changes, Metadata: s.Metadata,
		})
	}
	path := os.Getenv("BENCH_EVENTS")
	if path == "" {
		for i := range 40_000 {
			id := fmt.Sprintf("app/handlers/file_%d_test.go", i)
			add(sent{Resource: models.EntityRef{Type: "file", ID: &id, Name: &id}, Description: fmt.Sprintf("Updated %s (+%d -5)", id, i%90),
				Metadata: json.RawMessage(fmt.Sprintf(`{"commit": "%040x", "branch": "größer", "author_id": "user-%d"}`, i*i, i%1000))})
		}
		return activities
	}
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	plain, err := gzip.NewReader(file)
	if err != nil {
		b.Fatal(err)
	}
	for lines := bufio.NewScanner(plain); lines.Scan(); {
		var s sent
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			b.Fatal(err)
		}
		add(s)
	}
	return activities
}

// BenchmarkActivity tells how many activities a core looks through in a second.
func BenchmarkActivity(b *testing.B) {
	activities := realEvents(b)
	for name, who := range map[string]mention.Person{
		"usual": {
			Names: []mention.Name{{Text: "Sven Okafor"}}, Emails: []string{"sven.okafor.719@example.com"}, IDs: []mention.ID{{Text: "user-719", Is: "deleted-719"}}, Usernames: []string{"sven"},
			Addresses: []mention.NetAddress{{Text: "203.0.113.77"}, {Text: "2001:db8::7"}, {Text: "198.51.100.3", Shared: true}}, Others: []string{"sven miller", "ada okafor"},
		},
		"number": {Names: []mention.Name{{Text: "Sven Okafor"}}, Emails: []string{"sven@example.com"}, IDs: []mention.ID{{Text: "5", Is: "deleted-719"}}},
		"common": {Names: []mention.Name{{Text: "Test Go"}}, Usernames: []string{"test"}},
	} {
		b.Run(name, func(b *testing.B) {
			finder, finds := mention.NewFinder(who), 0
			b.ReportAllocs()
			for i := range b.N {
				_, found := finder.Activity(activities[i%len(activities)], mention.Context{}, nil)
				finds += len(found)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "activities/s")
			b.ReportMetric(float64(finds)/float64(b.N), "finds/activity")
		})
	}
}

// Texts that are made to be slow take no longer than their length says.
func BenchmarkHostile(b *testing.B) {
	who := amara
	who.Addresses = awkward.Addresses
	finder := mention.NewFinder(who)
	for name, piece := range map[string]string{
		"bytes": "%80", "slashes": `\`, "escaped": `\u0041`, "ampersands": "&", "names": "amara ", "numbers": "5 ", "keys": "user_id=5 ", "quotes": `"`, "called": "@amara", "marks": "a\u0301", "ids": "ab12cd34ef,",
		"turns": "okafor, amara ", "lines": "_-_5", "blanks": " ", "nested": `{"a":`, "lists": `[`, "dots": ".amara",
		"parts": "Amara O. ", "queries": "a=Amara&", "paths": "://Amara", "hyphens": "Amara Okafor-", "marked": "Amara<b>", "initials": "A. A. A. Okafor ", "addresses": "203.0.113.77 ", "groups": "2001:db8::", "colons": ":", "digits": "1.",
	} {
		b.Run(name, func(b *testing.B) {
			text := strings.Repeat(piece, (60<<10)/len(piece)) + "amara"
			value, _ := json.Marshal(map[string]string{"assignees": text})
			if name == "nested" || name == "lists" {
				n := 9000
				value = json.RawMessage(strings.Repeat(piece, n) + `"amara"` + strings.Repeat(map[string]string{"nested": "}", "lists": "]"}[name], n))
			}
			for range b.N {
				finder.JSON("", value, mention.Context{}, nil)
			}
		})
	}
}

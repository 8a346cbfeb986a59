package models_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"daybook/models"
)

func of[T any](v T) *T { return &v }

// shipped is an activity that has everything a sentence can tell.
func shipped() *models.Entry {
	e := entry("shipped", "parcel/P-7/Blue box", changed("state", `"packed"`, `"on its way"`))
	e.Outcome = models.Success
	e.Metadata = json.RawMessage(`{"city": "Berlin", "to": {"zip": "10115", "a.b": true}, "weight": 2.50, "nothing": null, "list": ["a", 1]}`)
	e.Description = "By the\nnight train"
	e.Project = &models.Project{Name: "Autumn"}
	return e
}

func speaking(e *models.Entry, terms ...models.Term) *models.Entry {
	for i := range terms {
		if terms[i].Kind == "" {
			terms[i].Kind, terms[i].Name = models.ActionTerm, e.Action
		}
	}
	e.Vocabulary = models.NewVocabulary(terms)
	return e
}

func TestASentenceOfTheWorkspace(t *testing.T) {
	for template, want := range map[string]string{
		"{actor} shipped {entity} to {metadata.city}":               "Amara Okafor shipped parcel Blue box to Berlin",
		"{actor} shipped {name} ({id}, a {type}) within {project}.": "Amara Okafor shipped Blue box (P-7, a parcel) within Autumn.",
		"{actor}: {before.state} → {after.state}":                   "Amara Okafor: packed → on its way",
		"{actor} sent it to {metadata.to.zip}, {metadata.to.a.b}":   "Amara Okafor sent it to 10115, true",
		"{actor} weighed {metadata.weight} {{kg}}":                  "Amara Okafor weighed 2.50 {kg}",
		"{actor} says {description}":                                "Amara Okafor says By the night train",
		"{actor} lists {metadata.list}":                             `Amara Okafor lists ["a",1]`,
		"{actor}’s parcel left":                                     "Amara Okafor’s parcel left",
		// what is missing goes with the words before it, once the thing is named
		"{actor} shipped {entity} to {metadata.nowhere}":           "Amara Okafor shipped parcel Blue box",
		"{actor} shipped {entity} to {metadata.nothing} by train":  "Amara Okafor shipped parcel Blue box by train",
		"{actor} charged {metadata.price} for {entity}":            "Amara Okafor charged … for parcel Blue box",
		"{actor} shipped {entity}, {after.nothing}{metadata.city}": "Amara Okafor shipped parcel Blue boxBerlin",
	} {
		e := speaking(shipped(), models.Term{Sentence: template})
		if err := (models.Term{Kind: models.ActionTerm, Name: "shipped", Sentence: template}).Check(); err != nil {
			t.Errorf("%s: %v", template, err)
		}
		if got := models.Text(models.Sentence(e)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", template, got, want)
		}
	}
}

func TestASentenceOfTheWorkspaceInARun(t *testing.T) {
	for template, want := range map[string][2]string{
		"{actor} shipped {entity} to {metadata.city}":       {"Amara Okafor shipped 12 parcels", "Amara Okafor shipped parcel Blue box 12 times"},
		"{actor} shipped {name} to {metadata.city} at once": {"Amara Okafor shipped 12 parcels at once", "Amara Okafor shipped parcel Blue box 12 times at once"},
		"{actor} charged {metadata.price} for {entity}":     {"Amara Okafor charged … for 12 parcels", "Amara Okafor charged … for parcel Blue box 12 times"},
		"{actor} worked in {project}":                       {"Amara Okafor worked in Autumn 12 times", "Amara Okafor worked in Autumn 12 times"},
	} {
		for i, one := range []bool{false, true} {
			e := speaking(shipped(), models.Term{Sentence: template})
			if got := models.Text(models.RunSentence(e, models.RunFacts{Count: 12, OneEntity: one})); got != want[i] {
				t.Errorf("%s:\n got %s\nwant %s", template, got, want[i])
			}
		}
	}
}

// What was denied or failed did not happen: the workspace's sentence would say that it did.
func TestWhatDidNotHappenIsToldAsBuiltIn(t *testing.T) {
	e := speaking(shipped(), models.Term{Sentence: "{actor} shipped {entity}", Icon: "sent", Hue: of(3), Label: "Shipment"})
	e.Outcome = models.Denied
	if got := models.Text(models.Sentence(e)); !strings.Contains(got, "tried to perform") || !strings.Contains(got, `"Shipment"`) || !strings.HasSuffix(got, "(Denied)") {
		t.Error(got)
	}
	if _, chosen := e.Vocabulary.Hue(e.Action, e.Outcome); chosen || e.Icon() != "denied" {
		t.Error(e.Icon())
	}
	e.Outcome = models.Success
	if hue, chosen := e.Vocabulary.Hue(e.Action, e.Outcome); !chosen || hue != 3 || e.Icon() != "sent" {
		t.Error(e.Icon())
	}
}

func TestLabelsOfTheWorkspace(t *testing.T) {
	e := speaking(shipped(), models.Term{Kind: models.TypeTerm, Name: "parcel", Label: "Consignment"}, models.Term{Label: "VAT-free shipment"})
	if got := models.Text(models.Sentence(e)); got != `Amara Okafor shipped consignment Blue box` {
		t.Error(got)
	}
	if got := models.Text(models.RunSentence(e, models.RunFacts{Count: 2})); got != `Amara Okafor shipped 2 consignments in Autumn` {
		t.Error(got)
	}
	v := e.Vocabulary
	for got, want := range map[string]string{
		v.Title(models.TypeTerm, "parcel"): "Consignment", v.Label(models.TypeTerm, "parcel"): "consignment", v.Title(models.TypeTerm, "time_entry"): "Time entry",
		v.Label(models.ActionTerm, "shipped"): "VAT-free shipment", v.Label(models.ActionTerm, "api_call"): "API call",
		(*models.Vocabulary)(nil).Title(models.TypeTerm, "x"): "X",
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	e.Description = `Shipped parcel "Blue box": state packed → on its way`
	if got := models.Remark(e); got != "" {
		t.Errorf("a description that Daybook made is no remark: %q", got)
	}
	if again := v.With(models.Term{Kind: models.TypeTerm, Name: "parcel"}); again.Title(models.TypeTerm, "parcel") != "Parcel" || again.Title(models.ActionTerm, "shipped") != "VAT-free shipment" {
		t.Error("trying another term changes that term alone")
	}
}

func TestBadTermsAreRefusedAtTheField(t *testing.T) {
	long := strings.Repeat("x", 400)
	for name, c := range map[string]struct {
		models.Term
		field string
	}{
		"no actor first":         {models.Term{Sentence: "Shipped {entity}"}, "sentence"},
		"two actors":             {models.Term{Sentence: "{actor} and {actor}"}, "sentence"},
		"nothing said":           {models.Term{Sentence: "{actor}"}, "sentence"},
		"an unknown placeholder": {models.Term{Sentence: "{actor} {who}"}, "sentence"},
		"a key too many":         {models.Term{Sentence: "{actor} {entity.name}"}, "sentence"},
		"no key":                 {models.Term{Sentence: "{actor} {metadata}"}, "sentence"},
		"a key that is empty":    {models.Term{Sentence: "{actor} {metadata.}"}, "sentence"},
		"markup as a key":        {models.Term{Sentence: "{actor} {metadata.<b>}"}, "sentence"},
		"an open brace":          {models.Term{Sentence: "{actor} {entity"}, "sentence"},
		"a closed brace":         {models.Term{Sentence: "{actor} entity}"}, "sentence"},
		"two lines":              {models.Term{Sentence: "{actor} a\nb"}, "sentence"},
		"too long a sentence":    {models.Term{Sentence: "{actor} " + long}, "sentence"},
		"too long a label":       {models.Term{Label: long}, "label"},
		"an invisible label":     {models.Term{Label: "\u200b"}, "label"},
		"an unknown icon":        {models.Term{Icon: "../x"}, "icon"},
		"an eleventh hue":        {models.Term{Hue: of(10)}, "hue"},
		"an address":             {models.Term{URL: "https://a.example/"}, "url"},
		"an action with a blank": {models.Term{Kind: models.ActionTerm, Name: "a b"}, "name"},
		"another kind":           {models.Term{Kind: "actor", Name: "a"}, "kind"},
		"a sentence of a type":   {models.Term{Kind: models.TypeTerm, Name: "a", Sentence: "{actor} x"}, "sentence"},
		"a script":               {models.Term{Kind: models.TypeTerm, Name: "a", URL: "javascript:alert({id})"}, "url"},
		"data":                   {models.Term{Kind: models.TypeTerm, Name: "a", URL: "data:text/html,{id}"}, "url"},
		"no host":                {models.Term{Kind: models.TypeTerm, Name: "a", URL: "https:///{id}"}, "url"},
		"a host that varies":     {models.Term{Kind: models.TypeTerm, Name: "a", URL: "https://{id}.example/"}, "url"},
		"a host that ends so":    {models.Term{Kind: models.TypeTerm, Name: "a", URL: "https://a.example{id}"}, "url"},
		"a port that varies":     {models.Term{Kind: models.TypeTerm, Name: "a", URL: "https://a.example:{id}/"}, "url"},
		"a password":             {models.Term{Kind: models.TypeTerm, Name: "a", URL: "https://u:p@a.example/{id}"}, "url"},
		"a path of ours":         {models.Term{Kind: models.TypeTerm, Name: "a", URL: "/x/{id}"}, "url"},
		"another placeholder":    {models.Term{Kind: models.TypeTerm, Name: "a", URL: "https://a.example/{secret}"}, "url"},
		"an address in braces":   {models.Term{Kind: models.TypeTerm, Name: "a", URL: "https://a.example/{id"}, "url"},
	} {
		if c.Kind == "" {
			c.Kind, c.Name = models.ActionTerm, "shipped"
		}
		if err := c.Check(); err == nil || !strings.HasPrefix(err.Error(), c.field+":") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheAddressOfAType(t *testing.T) {
	for _, c := range []struct{ template, id, name, want string }{
		{"https://a.example/p/{id}", "P-7", "", "https://a.example/p/P-7"},
		{"https://a.example/p/{id}", "a/../b?c#d", "", "https://a.example/p/a%2F..%2Fb%3Fc%23d"},
		{"http://a.example/?q={name}&t={type}#{id}", "x y", "Müller & Söhne", "http://a.example/?q=M%C3%BCller+%26+S%C3%B6hne&t=parcel#x%20y"},
		{"https://a.example/p/{id}", "..", "", ""},
		{"https://a.example/p/{id}", "", "n", ""},
		{"https://a.example/p/{name}", "1", "\"><script>", "https://a.example/p/%22%3E%3Cscript%3E"},
		{"https://a.example/about", "", "", "https://a.example/about"},
		{"javascript:{id}", "1", "", ""},
	} {
		e := speaking(entry("created", "parcel//"), models.Term{Kind: models.TypeTerm, Name: "parcel", URL: c.template})
		e.EntityID, e.EntityName = of(c.id), of(c.name)
		got := ""
		if url := e.OutsideURL(); url != nil {
			got = *url
		}
		if got != c.want {
			t.Errorf("%s of %q, %q: %q, not %q", c.template, c.id, c.name, got, c.want)
		}
		own := "https://own.example/1"
		if e.EntityURL = &own; *e.OutsideURL() != own {
			t.Error("an address that was sent wins")
		}
	}
}

// Whatever sentence is taken and whatever is sent, it is one line that begins with the actor; and what is not taken is an error at the field.
func TestAnySentenceIsALine(t *testing.T) {
	property := func(text, value string, run uint8) bool {
		template := "{actor} " + text + " {entity}{metadata.k} {after.f}"
		if _, err := models.ParseSentence(template); err != nil {
			return strings.HasPrefix(err.Error(), "sentence:")
		}
		raw, err := json.Marshal(map[string]string{"k": value})
		if err != nil {
			return false
		}
		e := speaking(shipped(), models.Term{Sentence: template})
		e.Metadata, e.Changes = raw, []models.Change{{Field: "f", After: raw}}
		parts := models.RunSentence(e, models.RunFacts{Count: int(run % 3)})
		said := models.Text(parts)
		return parts[0].Kind == models.PartActor && utf8.ValidString(said) && !strings.ContainsAny(said, "\n\r\x00")
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 300}); err != nil {
		t.Error(err)
	}
}

func FuzzParseSentence(f *testing.F) {
	f.Add("{actor} shipped {entity} to {metadata.city}")
	f.Add("{actor}{{}}")
	f.Add("{actor}{")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := models.ParseSentence(text); err != nil && !strings.HasPrefix(err.Error(), "sentence:") {
			t.Error(err)
		}
	})
}

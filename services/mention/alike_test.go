package mention_test

import (
	"testing"

	"daybook/services/mention"
)

// TestWhatOthersHaveIsTheirs: what is like something of the person's and is somebody else's is not taken for it.
func TestWhatOthersHaveIsTheirs(t *testing.T) {
	f := mention.NewFinder(mention.Person{
		Emails: []string{"josé@example.com", "info@example.com"}, Usernames: []string{"Ána77"}, Alike: []string{"jose@example.com", "ana77", "info+ben@example.com", "KX4"},
		IDs:   []mention.ID{{Text: "kx4", Is: "deleted-1"}, {Text: "pay2024x17", Is: "deleted-2", Thing: true}, {Text: "olive", Is: "deleted-3", Shared: true}, {Text: "ina@example.com", Is: "deleted-4", Shared: true}},
		Names: []mention.Name{{Text: "jose@example.com"}},
	})
	for text, want := range map[string]string{
		"jose@example.com, JOSÉ@example.com, jose\u0301@example.com":         "jose@example.com, deleted, deleted",
		"josé+a@example.com, jose [at] example.com":                          "josé+a@example.com, jose [at] example.com",
		"info+ben@example.com INFO+BEN@EXAMPLE.COM":                          "info+ben@example.com INFO+BEN@EXAMPLE.COM",
		"info%2Bben%40example.com, info+anna@example.com, info@example.com.": "info%2Bben%40example.com, deleted, deleted.",
		"@ana77 and @Ána77":               "@ana77 and @deleted",
		"user_id=KX4 user_id=kx4":         "user_id=KX4 user_id=deleted-1",
		"pay2024x17, approver=pay2024x17": "pay2024x17, approver=deleted-2",
		"user_id=olive, ina@example.com":  "user_id=olive, ina@example.com",
	} {
		if is, finds := f.Text("/t", text, mention.Context{}, nil); is != want {
			t.Errorf("%q is %q, not %q: %+v", text, is, want, finds)
		}
	}
	if _, finds := f.Text("/t", "user_id=olive pay2024x17 ina@example.com user_id=ina@example.com", mention.Context{}, nil); len(finds) != 2 || finds[0].Certain || finds[1].Certain {
		t.Errorf("%+v", finds)
	}
}

package views_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"daybook/views"
)

func render(t *testing.T, page templ.Component) (*goquery.Document, string) {
	t.Helper()
	var b strings.Builder
	if err := page.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc, b.String()
}

// text is what a reader reads: blocks and cells stand apart.
func text(s *goquery.Selection) string {
	copied := s.Clone()
	copied.Find("td, th, p, dt, dd, li, div, h2, h3").AppendHtml(" ")
	return strings.Join(strings.Fields(copied.Text()), " ")
}

// What holds for every page in every state, with hostile content too.
func TestEveryPage(t *testing.T) {
	for name, page := range pages() {
		t.Run(name, func(t *testing.T) {
			doc, _ := render(t, page)
			checkInert(t, doc)
			checkHeadings(t, doc)
			checkFields(t, doc)
			checkIDs(t, doc)
			if n := doc.Find("main").Length(); n != 1 {
				t.Errorf("%d main elements", n)
			}
			if doc.Find("title").Text() == "" || doc.Find("html").AttrOr("lang", "") != "en" {
				t.Error("title and language")
			}
		})
	}
}

// checkInert: no inline style or script, nothing that stored content could have smuggled in.
func checkInert(t *testing.T, doc *goquery.Document) {
	t.Helper()
	if n := doc.Find("[style], style, iframe, object, embed, base, img").Length(); n > 0 {
		t.Errorf("%d elements that the policy refuses or no page of ours has", n)
	}
	doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		if !regexp.MustCompile(`^/static/(js|vendor)/`).MatchString(s.AttrOr("src", "")) || s.Text() != "" {
			t.Error("a script that is none of ours")
		}
	})
	handler := regexp.MustCompile(`(?i)^on`)
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, a := range s.Get(0).Attr {
			if handler.MatchString(a.Key) {
				t.Errorf("<%s %s>", goquery.NodeName(s), a.Key)
			}
			if (a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction") && !regexp.MustCompile(`^(/|#|https?://|about:invalid|$)`).MatchString(a.Val) {
				t.Errorf("<%s %s=%q>", goquery.NodeName(s), a.Key, a.Val)
			}
		}
	})
}

// checkHeadings: one h1, and no level left out on the way down.
func checkHeadings(t *testing.T, doc *goquery.Document) {
	t.Helper()
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%d h1", n)
	}
	level := 0
	doc.Find("h1, h2, h3, h4").Each(func(_ int, s *goquery.Selection) {
		next := int(goquery.NodeName(s)[1] - '0')
		if next > level+1 {
			t.Errorf("h%d after h%d: %s", next, level, text(s))
		}
		level = next
	})
}

// checkFields: every input has a label, and what describes it exists.
func checkFields(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		_, labelled := s.Attr("aria-label")
		if id, ok := s.Attr("id"); ok {
			doc.Find("label").Each(func(_ int, l *goquery.Selection) {
				labelled = labelled || l.AttrOr("for", "") == id && text(l) != ""
			})
		}
		if !labelled && s.Closest("label").Length() == 0 {
			t.Errorf("no label: %s", s.AttrOr("name", ""))
		}
	})
	doc.Find("[aria-describedby], [aria-labelledby]").Each(func(_ int, s *goquery.Selection) {
		for _, id := range strings.Fields(s.AttrOr("aria-describedby", "") + " " + s.AttrOr("aria-labelledby", "")) {
			if doc.Find("#"+id).Length() != 1 {
				t.Errorf("%s is named and not there", id)
			}
		}
	})
}

func checkIDs(t *testing.T, doc *goquery.Document) {
	t.Helper()
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); seen[id] {
			t.Errorf("the id %q twice", id)
		} else {
			seen[id] = true
		}
	})
}

func TestForms(t *testing.T) {
	all := pages()
	signIn, _ := render(t, all["signin-error"])
	form := signIn.Find(`form[method=post][action="/sign-in"]`)
	if form.Find("[name=next]").AttrOr("value", "") != "/w/tidewell?a=b&c=d" || form.Find("[name=login]").AttrOr("value", "") != "ravi@tidewell.example" {
		t.Error("what was typed, and where to go, are kept")
	}
	if form.Find("[role=alert]").Index() > form.Find(".field").Index() || form.Find("[name=password]").AttrOr("value", "x") != "x" {
		t.Error("the error stands above, and a password is never sent back")
	}
	demo, _ := render(t, all["signin-demo"])
	if got := demo.Find(`form[action="/sign-in/demo"] button[name=email]`); got.Length() != 3 || got.First().AttrOr("value", "") != "ingrid@tidewell.example" {
		t.Error("the demo offers its accounts")
	}
	if text(demo.Find(".notice")) == "" || demo.Find("details[open]").Length() != 0 {
		t.Error("the demo says that it is one")
	}
	setup, _ := render(t, all["setup-error"])
	if text(setup.Find("#email-error")) != "Must be an e-mail address, like amara@example.com." || setup.Find("[name=slug]").AttrOr("value", "") != "Tidewell!" {
		t.Error("errors stand at their fields, values are kept")
	}
	if got := text(setup.Find("[role=alert]")); got != "Time zone is unknown." {
		t.Errorf("an error without a field stands above: %q", got)
	}
	account, _ := render(t, all["account-error"])
	if text(account.Find("#current_password-error")) != "Is not your password." {
		t.Error("errors of the account page")
	}
	done, _ := render(t, all["account-done"])
	if text(done.Find("main [role=status]")) != "Your password is changed. Your other sessions have ended." {
		t.Error("flash")
	}
}

func TestErrorPages(t *testing.T) {
	all := pages()
	for name, want := range map[string]string{"error-404": "There is nothing here", "error-403": "That is not allowed", "error-500": "This page could not be made",
		"error-503": "Daybook is busy", "signed-out": "You are signed out"} {
		doc, _ := render(t, all[name])
		if got := text(doc.Find("h1")); got != want {
			t.Errorf("%s: %s", name, got)
		}
		if name != "signed-out" && text(doc.Find("main code")) != "01JD4K7Q" {
			t.Errorf("%s does not name its request", name)
		}
	}
	for status := range 600 {
		render(t, views.Error(views.ErrorPage{Status: status}))
	}
}

func TestSwitcher(t *testing.T) {
	one, _ := render(t, pages()["feed-plain"])
	two, _ := render(t, pages()["feed"])
	if one.Find("details[name=menu]").Length() != 1 || two.Find("details[name=menu]").Length() != 2 {
		t.Error("the switcher appears with the second workspace")
	}
	if two.Find(`form[action="/sign-out"][method=post] button`).Length() != 1 || two.Find(`a.skip[href="#main"]`).Length() != 1 {
		t.Error("sign out, skip link")
	}
}

package demo

// workWords is what tasks of a project are called: special names first, then every kind of work for every subject.
type workWords struct {
	special  []string
	subjects []string
	kinds    []string // with %s for the subject
}

var screenKinds = []string{
	"Wireframes for %s", "Copy for %s", "Build %s", "Design %s for phones", "Check %s with a screen reader", "Review %s with the client",
	"Mend %s in Safari", "Translate %s", "Measure the loading time of %s", "Write tests for %s",
}

var printKinds = []string{
	"Typeset %s", "Proofread %s", "Photos for %s", "Colour check of %s", "Second draft of %s", "Review %s with the client", "Charts for %s",
	"Translate %s", "Final artwork of %s",
}

var officeKinds = []string{"Write %s", "Update %s", "Review %s", "Illustrate %s", "Ask everybody about %s"}

var websiteWork = workWords{
	[]string{"Lens finder: keep the filters in the address", "Cookie banner without cookies", "Redirects from the old shop", "404 page with a way back", "Opening hours from the calendar"},
	[]string{"the start page", "the lens finder", "the shop pages", "the dealer map", "the press page", "the contact form", "the search", "the footer", "the newsletter sign-up", "the product page"},
	screenKinds,
}

var mobileWork = workWords{
	[]string{"Timetable works without network", "Gate code brighter than the screen allows", "Push message when a ferry is late", "Dark mode at night on deck", "Large text does not cut the price"},
	[]string{"the timetable", "the ticket wallet", "the basket", "the seat map", "the bicycle ticket", "the sign-in", "the settings", "the map of harbours", "the crossing alerts"},
	screenKinds,
}

var intranetWork = workWords{
	[]string{"Single sign-on with the old directory", "Who is who: photos", "Search finds PDF files", "Rights of the works council", "Archive of circulars before 2010"},
	[]string{"the news pages", "the canteen menu", "the duty roster", "the forms library", "the staff directory", "the depot pages", "the winter timetable", "the room booking", "the accident report"},
	screenKinds,
}

var reportWork = workWords{
	[]string{"Letter of the chair, third version", "Five-year chart in one colour", "Auditor's statement: wait for signature", "Paper samples", "Barrier-free PDF"},
	[]string{"chapter 1", "chapter 2", "chapter 3", "chapter 4", "the balance sheet", "the sustainability pages", "the cover", "the foreword", "the timeline", "the list of sites"},
	printKinds,
}

var checkoutWork = workWords{
	[]string{"Ticket types", "Count where people give up", "Interviews with six commuters", "Payment page in large text", "Error messages in plain words"},
	[]string{"the ticket choice", "the passenger form", "the payment step", "the voucher field", "the receipt mail", "the guest checkout", "the summary page"},
	[]string{"Audit %s", "Watch people use %s", "Notes on %s", "Check %s on phones", "Check %s with a keyboard only", "Propose changes to %s", "Present %s to the client", "Measure %s"},
}

var brandWork = workWords{
	[]string{"Raven, forty variants", "Type licence for three shops", "Colours that survive newsprint", "Bag that can carry books"},
	[]string{"the bookmark", "the shop window", "the gift card", "the catalogue", "the logo sheet", "the tote bag", "the author posters", "the letterhead"},
	printKinds,
}

var retainerWork = workWords{
	[]string{"Certificate runs out on Friday", "Newsletter: spring bulbs", "Backup restored for practice", "Shop slow on Mondays"},
	[]string{"the seed catalogue", "the shop", "the newsletter", "the blog", "the delivery page", "the garden planner", "the voucher page"},
	[]string{"Update %s", "Mend %s", "Measure %s", "Monthly check of %s", "Texts for %s", "Photos for %s", "Newest version of %s"},
}

var campaignWork = workWords{
	[]string{"Slogan: eleven candidates", "Posters for two stations", "Snow that is not kitsch"},
	[]string{"the posters", "the banner set", "the radio spot", "the landing page", "the shop display", "the mailing"},
	printKinds,
}

var bookingWork = workWords{
	[]string{"Nobody books for yesterday", "Reminder the day before", "Insurance field explained"},
	[]string{"the calendar", "the patient form", "the confirmation", "the cancellation", "the waiting list"},
	screenKinds,
}

var festivalWork = workWords{
	[]string{"Programme as a table that prints", "Trailer without autoplay", "Press accreditation form", "Countdown that ends well"},
	[]string{"the programme", "the film page", "the ticket link", "the jury page", "the venue map", "the archive of winners", "the start page"},
	screenKinds,
}

var handbookWork = workWords{
	[]string{"How we name files", "What to do when the router blinks red", "Whom to ask about invoices"},
	[]string{"the travel rules", "the first day", "the style of our mails", "the time tracking rules", "the holiday calendar", "the backup page"},
	officeKinds,
}

var comments = []string{
	"Looks good to me. One thing: the second paragraph says the same as the first.",
	"The client prefers the version from Tuesday. Can we keep both until Friday?",
	"I tried it on the old tablet at reception, and it takes nine seconds. Is that the photo?",
	"Done, except for the footnotes.",
	"Could you look at the spacing on narrow screens? The button slips below the fold.",
	"They answered: yes to everything but the green.",
	"Waiting for the texts. I asked again this morning.",
	"Measured again: 1.4 s instead of 3.1 s.",
	"The screen reader says “button button”. Somebody labelled it twice.",
	"I moved the deadline by two days, as agreed on the phone.",
	"Children under six travel free, so the form must not ask for a payment here.",
	"Can we please not use the word “journey”?",
	"Numbers are from the ledger, not from the slides. They differ by €120.",
	"+1",
	"Please do not merge before the photographer has agreed.",
	"This came up in the interviews too, four of six stumbled over it.",
	"Ich habe die Übersetzung noch einmal gelesen: „Fahrkarte“ statt „Ticket“, sonst passt alles.",
	"What happens with an umlaut in the name? Ours became a question mark.",
	"Third draft attached. The map is still missing its scale.",
	"Ready for a look by somebody who has not seen it for two weeks.",
}

var entryNotes = []string{
	"Phone call with the client about the texts", "Workshop, with the drive there and back", "Pair work with Mateo", "Research at the station",
	"Meeting, second half", "Corrections after the review", "Setting up the test devices", "Photo session",
}

// summaries are a project's description before and after an edit.
var summaries = map[string][2]string{
	website: {
		"New site for the optician's chain: a lens finder, the shops on a map, and fewer words. Old addresses must keep working.",
		"New site for the optician's chain: a lens finder that works with the keyboard, the shops on a map with opening hours, and fewer words. Old addresses must keep working for two years.",
	},
	intranet: {
		"Moves 1,900 pages from the old intranet. Pages nobody opened in three years stay behind, after asking their owners.",
		"Moves 1,900 pages from the old intranet in four steps. Pages nobody opened in two years stay behind, after asking their owners; forms and circulars always come along.",
	},
	report: {
		"Design, texts and typesetting of 84 pages. Printing is ordered by the client.",
		"Design, texts and typesetting of 96 pages, and a barrier-free PDF. Printing is ordered by the client, on paper we propose.",
	},
}

// Names of what is imported in one go: every department has every kind of page.
var (
	importedDepartments = []string{"Buses", "Trams", "Depots", "Personnel", "Tickets", "Works council", "Purchasing", "Press"}
	importedPages       = []string{"overview", "contacts", "forms", "circulars", "questions"}
)

package views

import "daybook/views/layout"

// GuidePage tells a developer how to send, read and take out. It is for whoever it is; the examples are for the reader's own workspace, if there is one.
type GuidePage struct {
	Shell     layout.Shell
	Address   string // of this Daybook
	Workspace string // the one of the examples
	Feed      string // its feed; empty: the reader has none
	Sending   string // where its tokens are, and the first event is looked for; empty: the reader may not open that
	NewToken  string // likewise
	Clients   []ReferenceFile
	Choice    DocsWorkspaces
	GuideExamples
}

// GuideExamples are all programs of the guide.
type GuideExamples struct {
	Setup, First, Batch, Lines, Retry, Refused, Follow, Access, Embed, Export, ExportFile, Person, Seeds GuideExample

	Command string // makes a token, where Daybook runs
}

// GuideExample is something that programs do, and what they get.
type GuideExample struct {
	ID       string
	Does     string // for who cannot see it
	Programs []Program
	Answer   string // empty: it is not shown
}

// guideSection is a line of the contents.
type guideSection struct{ id, title string }

// guideContents are the parts of the guide, in order.
var guideContents = []guideSection{
	{"start", "Your first event"}, {"several", "Several at once"}, {"again", "Send again safely"}, {"refusals", "What is refused"}, {"following", "Follow the feed"},
	{"who", "Say who may see what"}, {"embedding", "Show it in your application"}, {"exporting", "Take it out"}, {"products", "Clients of other products"},
}

// guideStatus says what to do about an answer.
type guideStatus struct{ status, says string }

var guideStatuses = []guideStatus{
	{"201", "Kept for good. 200 means that it was there already."},
	{"400", "The body is no JSON, or a parameter of the address is not known, or one that selects is empty: leave it out to mean everything. Mend it; sending it again changes nothing."},
	{"401", "The token is missing, expired or revoked."},
	{"403", "The token has not the scope that is needed. The answer names it."},
	{"404", "There is no such workspace, or the token is of another one."},
	{"408", "The body did not come to its end within 20 seconds. Send it again."},
	{"409", "The same `id` or `Idempotency-Key` came before and said something else; or the workspace is archived."},
	{"413", "More than 64 KiB for an event, or more than 1,000 events or 8 MiB for an array. Send less at once, or lines of NDJSON."},
	{"415", "`Content-Type` is neither `application/json` nor `application/x-ndjson`."},
	{"422", "An event says something that cannot be, or has a key that is not known. `errors` names each field, and in an array the `index`."},
	{"429, 503", "Too fast, or busy for a moment. Send it again after `Retry-After` seconds, as after any 5xx and after no answer at all."},
}

// putIn says what has to be put into the examples.
func (p GuidePage) putIn() string {
	if p.Feed != "" {
		return "Put your token where it says `" + TokenHere + "`."
	}
	return "Put your token where it says `" + TokenHere + "`, and the slug of your workspace, which stands in its address behind `/w/`, in place of `" + p.Workspace + "`."
}

func (e GuideExample) tab() string { return "example-" + e.ID }

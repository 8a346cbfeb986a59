package models

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// BuiltInActions are the verbs of the three seeds, in the order in which a menu offers them. Any other action is as welcome.
var BuiltInActions = []string{
	"created", "updated", "deleted", "started", "stopped", "completed", "assigned", "commented", "status_changed", "sent", "paid",
	"archived", "unarchived", "renamed", "member_added", "member_removed", "role_changed", "settings_updated",
	"agent_assigned", "agent_completed", "agent_failed", "agent_created",
}

// BuiltInTypes are the types of entity of the three seeds, in the order in which a menu offers them.
var BuiltInTypes = []string{
	"project", "task", "time_entry", "invoice", "client", "user", "comment", "issue", "label", "workspace", "workspace_member", "agent", "file",
}

// Tone says whether an action is good or bad news by its nature. Most are neither.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Good         // something was finished or paid
	Bad          // something is gone, or did not work
)

// verb is what the language knows about an action: how it reads, and the icon of the sprite (static/icons.svg) that stands for it.
// Past and base carry their preposition ("commented on"), so that what follows is always the thing itself.
type verb struct {
	past, base string
	icon       string
	tone       Tone
	alone      bool // reads well with nothing after it: "signed in"
}

// verbs holds every action that does not follow the default of compoundVerb, by its normalised name.
var verbs = map[string]verb{
	"created":        {past: "created", base: "create", icon: "created"},
	"updated":        {past: "updated", base: "update", icon: "updated"},
	"deleted":        {past: "deleted", base: "delete", icon: "deleted", tone: Bad},
	"started":        {past: "started", base: "start", icon: "started"},
	"stopped":        {past: "stopped", base: "stop", icon: "stopped"},
	"completed":      {past: "completed", base: "complete", icon: "completed", tone: Good},
	"assigned":       {past: "assigned", base: "assign", icon: "assigned"},
	"unassigned":     {past: "unassigned", base: "unassign", icon: "assigned"},
	"commented":      {past: "commented on", base: "comment on", icon: "commented"},
	"status_changed": {past: "changed the status of", base: "change the status of", icon: "status"},
	"sent":           {past: "sent", base: "send", icon: "sent"},
	"paid":           {past: "recorded the payment of", base: "record the payment of", icon: "paid", tone: Good},
	"archived":       {past: "archived", base: "archive", icon: "archived"},
	"unarchived":     {past: "unarchived", base: "unarchive", icon: "unarchived"},
	"renamed":        {past: "renamed", base: "rename", icon: "renamed"},

	"member_added":     {past: "added", base: "add", icon: "people"},
	"member_removed":   {past: "removed", base: "remove", icon: "people"},
	"role_changed":     {past: "changed the role of", base: "change the role of", icon: "shield"},
	"settings_updated": {past: "changed the settings of", base: "change the settings of", icon: "settings"},
	"agent_assigned":   {past: "assigned an agent to", base: "assign an agent to", icon: "agent"},
	"agent_completed":  {past: "finished work on", base: "finish work on", icon: "completed", tone: Good},
	"agent_failed":     {past: "could not process", base: "process", icon: "failed", tone: Bad},
	"agent_created":    {past: "created", base: "create", icon: "agent"},

	"signed_in":        {past: "signed in", base: "sign in", icon: "signed-in", alone: true},
	"sign_in_failed":   {past: "could not sign in", base: "sign in", icon: "failed", tone: Bad, alone: true},
	"signed_out":       {past: "signed out", base: "sign out", icon: "sign-out", alone: true},
	"password_changed": {past: "changed the password", base: "change the password", icon: "key", alone: true},
	"sessions_ended":   {past: "ended sessions", base: "end sessions", icon: "sign-out", alone: true},
	"password_reset":   {past: "reset the password", base: "reset the password", icon: "key", alone: true},
	"linked":           {past: "linked", base: "link", icon: "link"},
	"unlinked":         {past: "unlinked", base: "unlink", icon: "link"},
	"merged":           {past: "merged", base: "merge", icon: "run"},
	"revoked":          {past: "revoked", base: "revoke", icon: "key"},
	"access_granted":   {past: "gave access to", base: "give access to", icon: "shield"},
	"access_revoked":   {past: "took away access to", base: "take away access to", icon: "shield"},
	"access_denied":    {past: "tried to open", base: "open", icon: "denied", tone: Bad},
	"setup_completed":  {past: "set up Daybook", base: "set up Daybook", icon: "settings", alone: true},
	"anonymised":       {past: "anonymised", base: "anonymise", icon: "anonymised"},
	"exported":         {past: "exported", base: "export", icon: "export"},
	"imported":         {past: "imported", base: "import", icon: "import"},

	"added":       {past: "added", base: "add", icon: "plus"},
	"removed":     {past: "removed", base: "remove", icon: "deleted", tone: Bad},
	"restored":    {past: "restored", base: "restore", icon: "unarchived"},
	"moved":       {past: "moved", base: "move", icon: "status"},
	"copied":      {past: "copied", base: "copy", icon: "copy"},
	"changed":     {past: "changed", base: "change", icon: "updated"},
	"edited":      {past: "edited", base: "edit", icon: "updated"},
	"matched":     {past: "matched", base: "match", icon: "check"},
	"viewed":      {past: "opened", base: "open", icon: "file"},
	"opened":      {past: "opened", base: "open", icon: "file"},
	"closed":      {past: "closed", base: "close", icon: "completed", tone: Good},
	"reopened":    {past: "reopened", base: "reopen", icon: "started"},
	"approved":    {past: "approved", base: "approve", icon: "completed", tone: Good},
	"rejected":    {past: "rejected", base: "reject", icon: "denied", tone: Bad},
	"requested":   {past: "requested", base: "request", icon: "sent"},
	"submitted":   {past: "submitted", base: "submit", icon: "sent"},
	"published":   {past: "published", base: "publish", icon: "external"},
	"reviewed":    {past: "reviewed", base: "review", icon: "check"},
	"shared":      {past: "shared", base: "share", icon: "link"},
	"unshared":    {past: "stopped sharing", base: "stop sharing", icon: "lock"},
	"invited":     {past: "invited", base: "invite", icon: "people"},
	"joined":      {past: "joined", base: "join", icon: "people"},
	"left":        {past: "left", base: "leave", icon: "sign-out"},
	"locked":      {past: "locked", base: "lock", icon: "lock"},
	"unlocked":    {past: "unlocked", base: "unlock", icon: "lock"},
	"enabled":     {past: "enabled", base: "enable", icon: "started"},
	"disabled":    {past: "disabled", base: "disable", icon: "stopped"},
	"cancelled":   {past: "cancelled", base: "cancel", icon: "x"},
	"reminded":    {past: "sent a reminder for", base: "send a reminder for", icon: "sent"},
	"delivered":   {past: "delivered", base: "deliver", icon: "sent"},
	"uploaded":    {past: "uploaded", base: "upload", icon: "import"},
	"downloaded":  {past: "downloaded", base: "download", icon: "export"},
	"deployed":    {past: "deployed", base: "deploy", icon: "started"},
	"undeployed":  {past: "undeployed", base: "undeploy", icon: "stopped"},
	"ingested":    {past: "ingested", base: "ingest", icon: "import"},
	"allocated":   {past: "allocated", base: "allocate", icon: "plus"},
	"released":    {past: "released", base: "release", icon: "sent"},
	"configured":  {past: "configured", base: "configure", icon: "settings"},
	"failed":      {past: "failed at", base: "finish", icon: "failed", tone: Bad},
	"refunded":    {past: "refunded", base: "refund", icon: "paid"},
	"scheduled":   {past: "scheduled", base: "schedule", icon: "calendar"},
	"logged_in":   {past: "signed in", base: "sign in", icon: "signed-in", alone: true},
	"login":       {past: "signed in", base: "sign in", icon: "signed-in", alone: true},
	"logged_out":  {past: "signed out", base: "sign out", icon: "sign-out", alone: true},
	"logout":      {past: "signed out", base: "sign out", icon: "sign-out", alone: true},
	"deactivated": {past: "deactivated", base: "deactivate", icon: "stopped"},
	"activated":   {past: "activated", base: "activate", icon: "started"},
}

// synonyms are actions that mean, word for word, another one.
var synonyms = map[string]string{
	"actor_linked": "linked", "actor_unlinked": "unlinked", "actors_merged": "merged", "token_created": "created", "token_revoked": "revoked",
	"user_created": "created", "workspace_created": "created", "setup": "setup_completed", "login_failed": "sign_in_failed",
	"config_changed": "settings_updated", "canceled": "cancelled", "read": "viewed", "modified": "updated", "changed_status": "status_changed",
}

// Icon names the symbol of the icon sprite that stands for an action: what became of it wins over what it was.
func Icon(action string, outcome Outcome) string {
	switch outcome {
	case Denied:
		return "denied"
	case Failure:
		return "failed"
	}
	return verbFor(action, "").icon
}

// ToneOf tells whether an activity is good or bad news.
func ToneOf(action string, outcome Outcome) Tone {
	if outcome == Denied || outcome == Failure {
		return Bad
	}
	return verbFor(action, "").tone
}

// capitals are words that are written in another way than in lower case.
var capitals = map[string]string{"api": "API", "id": "ID", "ip": "IP", "url": "URL", "csv": "CSV", "json": "JSON", "pdf": "PDF", "sso": "SSO", "ai": "AI", "vat": "VAT"}

// Label makes a machine's word readable: "time_entry" becomes "time entry". It stays in lower case, ready for the middle of a sentence.
func Label(word string) string {
	word = strings.ToValidUTF8(word, "\uFFFD")
	words := strings.FieldsFunc(word, func(r rune) bool {
		return r == '_' || r == '.' || r == '-' || unicode.IsSpace(r) || unicode.IsControl(r)
	})
	for i, w := range words {
		if c, ok := capitals[strings.ToLower(w)]; ok {
			words[i] = c
		}
	}
	return strings.Join(words, " ")
}

// Title is Label with a capital at the start, for menus and the heads of tables.
func Title(word string) string { return capitalise(Label(word)) }

// DisplayName is what to call an actor: the name, else the id the sending application gave, and never nothing.
func (a Actor) DisplayName() string {
	for _, name := range []string{a.Name, a.ExternalID} {
		if name = oneLine(name); name != "" {
			return name
		}
	}
	if a.Type == ActorSystem {
		return "System"
	}
	return "Somebody"
}

// capitalise makes the first letter of a text a capital one.
func capitalise(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

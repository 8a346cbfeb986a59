package mention

import (
	"slices"
	"strings"
	"unicode"
)

// setting says what is known of the place of a value by the names around it.
type setting struct {
	person bool // the key names a person: "assignee", "created_by", "user_id"
	plural bool // it names several, so that a bare number may be how many: "users"
	weak   bool // it may as well name something else, so that a bare number may be another's: "client"
	id     bool // it ends in "id": "team_id"
	listed bool // the value stands in a list, or is a key itself
	last   bool // an address of the person's own: its last part is their id
	url    bool // what is put in has to be fit for an address
	ours   bool // where Daybook writes its own numbers
	theirs bool // the key is the person: what an object there says of itself, it says of them
}

// personWords are what people are called by the part they have in something. As a key they name a person; as a type of entity, the entity is one.
var personWords = wordSet(`user actor person employee member contact customer author owner creator assignee assigner assignor reviewer participant
	recipient sender manager responsible approver requester requestor reporter watcher subscriber follower attendee organizer organiser collaborator
	contributor maintainer colleague coworker teammate supervisor subordinate delegate invitee inviter committer editor uploader submitter
	commenter speaker interviewer interviewee applicant moderator administrator admin initiator signer signatory signee impersonator
	impersonated notified mentioned mention username login nickname handle people personnel staff username firstname lastname fullname displayname`)

// weakWords are those that may as well name something else than a person.
var weakWords = wordSet(`lead client guest patient student teacher candidate trainee login handle staff admin`)

// pluralWords name several people, as a plural does.
var pluralWords = wordSet(`people personnel staff notified mentioned`)

// doneWords are what somebody did, before "by": a number behind others is how much ("increased_by": 5).
var doneWords = wordSet(`created updated modified changed deleted removed added assigned unassigned reassigned approved rejected reviewed requested reported closed opened
	reopened resolved completed owned uploaded downloaded sent signed invited archived restored locked unlocked edited authored submitted started stopped finished
	paid booked merged committed pushed published verified confirmed cancelled canceled blocked unblocked triggered performed executed done made written read
	viewed seen shared granted revoked released deployed posted commented mentioned followed watched checked accepted declined handled managed led hosted
	organised organized scheduled initiated run called marked liked pinned impersonated last registered entered imported exported acknowledged voided refunded issued
	ordered taken given acted recorded logged`)

// notPeople stand before "by" where what follows is no person.
var notPeople = wordSet(`sort order group filter grouped sorted ordered filtered divide multiply divided multiplied increment decrement step indexed
	keyed partition partitioned scale scaled stand near`)

// identityWords are the members of an object about a person that say who it is.
var identityWords = wordSet(`id ids uid uuid name names email emails mail username login displayname fullname nickname handle user external externalid ref key sub
	subject identifier value label slug address previous current old new before after from to`)

// personalWords are those of them that only say who somebody is: none of them is how much.
var personalWords = wordSet(`id uid uuid name email mail username login displayname fullname nickname handle user externalid emailaddress`)

// objectTypes end the names of members that say what an object is about.
var objectTypes = wordSet(`type kind`)

// personTypes end the types of entities that are people, as in "team_member". Not among them: accounts and clients, which mostly are companies, and profiles,
// which have ids of their own. What people do (personWords) is a person only by itself: a "manager" is, a "package_manager" is not.
var personTypes = wordSet(`user actor person people employee member contact customer author owner assignee participant recipient subscriber attendee applicant
	collaborator contributor colleague administrator admin patient student teacher guest candidate trainee`)

// notTypes are words for what people do with a key, and are seldom the type of an entity that is a person.
var notTypes = wordSet(`login handle nickname mention mentioned notified responsible username firstname lastname fullname displayname staff`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// keyWords takes a key apart: created_by, createdBy, "Created by", created-by and CREATED.BY are the same two words.
func keyWords(key string) []string {
	var words []string
	var word []rune
	runes := []rune(key)
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])):
			end() // createdBy, userID, URLOwner
		}
		word = append(word, r)
	}
	end()
	return words
}

// idEndings end keys whose value stands for something: an id, or what something is known by.
var idEndings = wordSet("id ids uuid uuids uid uids guid")

var identityEndings = wordSet("name names email emails mail username login handle ref refs key keys slug")

// settingOf tells what a key says of its value.
func settingOf(key string) setting {
	words := keyWords(key)
	var s setting
	for len(words) > 0 {
		last := words[len(words)-1]
		switch {
		case idEndings[last]:
			s.id = true
			s.listed = s.listed || last == "ids" || last == "uuids"
		case identityEndings[last] && len(words) > 1:
		default:
			return s.named(words)
		}
		words = words[:len(words)-1]
	}
	return setting{} // "id" alone, of whatever that may be
}

// named tells whether what remains of a key, without "id" and its like at the end, names a person.
func (s setting) named(words []string) setting {
	last := words[len(words)-1]
	before := ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	switch last {
	case "by":
		s.person = before != "" && !notPeople[before]
		s.weak = !doneWords[before] && !s.id
		return s
	case "to", "with", "of", "from":
		s.person = slices.Contains([]string{"assigned", "reassigned", "delegated", "shared", "sent", "transferred", "behalf", "reports"}, before)
		s.weak = before == "shared" || before == "sent" || before == "transferred"
		return s
	case "behalf", "behalfof", "cc", "bcc":
		s.person, s.weak = true, true
		return s
	}
	word, plural := singular(last)
	joined := strings.TrimSuffix(strings.TrimSuffix(word, "id"), "by") // userid, createdby
	s.id = s.id || strings.HasSuffix(last, "id") && len(last) > 2 && personWords[joined]
	switch {
	case personWords[word] || weakWords[word]:
		s.person, s.plural, s.weak = true, plural && !s.id, weakWords[word] && !s.id
	case personWords[joined] || joined != word && doneWords[joined]:
		s.person = true
	}
	return s
}

// singular gives a word without the ending of a plural, and whether it had one.
func singular(word string) (string, bool) {
	switch {
	case pluralWords[word]:
		return word, true
	case strings.HasSuffix(word, "ies"):
		return strings.TrimSuffix(word, "ies") + "y", true
	case strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss"):
		return strings.TrimSuffix(word, "s"), true
	}
	return word, false
}

// PersonType tells whether entities of a type are people: "user", "team_member", "contacts", "user_account".
func PersonType(entityType string) bool {
	words := keyWords(entityType)
	if len(words) == 0 {
		return false
	}
	word, _ := singular(words[len(words)-1])
	if (word == "account" || word == "profile") && len(words) > 1 {
		word, _ = singular(words[len(words)-2])
	}
	return personTypes[word] || len(words) == 1 && personWords[word] && !notTypes[word]
}

// identityKey tells whether a member of an object about a person says who it is.
func identityKey(key string) bool {
	words := keyWords(key)
	return len(words) > 0 && identityWords[strings.Join(words, "")]
}

// personalKey tells the same of one that stands under somebody's name, where numbers may be, too.
func personalKey(key string) bool { return personalWords[strings.Join(keyWords(key), "")] }

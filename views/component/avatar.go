package component

import (
	"strconv"
	"strings"
	"unicode"

	"daybook/models"
)

// Hue is the class of one of ten hues. It comes from an id, so that two people of one name differ and a renamed one stays the same.
func Hue(id int64) string {
	const spread = 0x9E3779B97F4A7C15 // of the golden ratio: ids that are given in steps of ten get different hues, too
	return "hue-" + strconv.FormatUint(uint64(id)*spread>>32%10, 10)
}

// Initials are the first letters of the first and the last word of a name that has any; "?" for a name without letters.
func Initials(name string) string {
	var found []rune
	for word := range strings.FieldsSeq(strings.ToValidUTF8(name, "")) {
		if i := strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }); i >= 0 {
			found = append(found, unicode.ToUpper([]rune(word[i:])[0]))
		}
	}
	switch len(found) {
	case 0:
		return "?"
	case 1:
		return string(found[0])
	}
	return string([]rune{found[0], found[len(found)-1]})
}

// Initial is the first of the initials: for a workspace.
func Initial(name string) string { return string([]rune(Initials(name))[:1]) }

// avatarClass tells the kind of actor by shape: round a person, square an agent, outlined square the system, dashed ring somebody deleted.
func avatarClass(actor models.Actor, name string) string {
	switch {
	case name == models.DeletedName:
		return "av av-deleted"
	case actor.Type == models.ActorSystem:
		return "av av-system"
	case actor.Type == models.ActorAgent:
		return "av av-agent " + Hue(actor.ID)
	}
	return "av " + Hue(actor.ID)
}

// userClass is avatarClass of somebody who signs in, or did.
func userClass(id int64, name string) string {
	if name == models.DeletedName {
		return "av av-deleted"
	}
	return "av " + Hue(id)
}

// forClass is the class of whom an agent acts for.
func forClass(onBehalf models.Actor) string {
	if onBehalf.Name == models.DeletedName {
		return "av av-for av-deleted"
	}
	return "av av-for " + Hue(onBehalf.ID)
}

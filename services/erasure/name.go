package erasure

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"daybook/models"
	"daybook/services/database"
	"daybook/services/mention"
)

// What another actor is called is a text like any other: "Assistant of Amara Okafor". What is doubtful in it is asked once, of their record, whatever they did.
const (
	actorTarget  = "actor"
	nameOfActor  = "/name"
	actorNamePut = "/actor_name" // where it stands in an activity
)

// otherName replaces the person in what somebody else is called. Who is called like the person, or by nothing but what may be an id or a username of theirs, is
// a namesake, whose name stays; and a word of a name alone says of nobody that they are the person.
func (l *looking) otherName(place, name string, decide mention.Decide) (string, []mention.Find) {
	if l.calm[name] {
		return name, nil
	}
	c := mention.Context{Others: name}
	is, finds := l.finder.Text(place, name, c, nil)
	if len(finds) == 0 || l.isCalledLikeThem(name) || !finds[0].Certain && finds[0].Was == name {
		l.calm[name] = true
		return name, nil
	}
	if decide != nil {
		is, finds = l.finder.Text(place, name, c, decide)
	}
	return is, finds
}

// inActorName looks at what the actor of an activity is called, who is not the person.
func (l *looking) inActorName(f *found, a *models.Activity) string {
	f.actor = strconv.FormatInt(a.ActorID, 10)
	is, finds := l.otherName(nameOfActor, a.ActorName, l.decide(f, actorTarget, f.actor))
	for _, each := range finds {
		if !each.Certain {
			f.inName = append(f.inName, each)
			continue
		}
		each.Place = actorNamePut
		l.note(f, []mention.Find{each})
	}
	return is
}

// openNames are the doubts in what the actor of an activity is called that nobody has decided, and that were not there before.
func (l *looking) openNames(f found) (open []place) {
	for _, each := range f.inName {
		p := place{l.workspace, actorTarget, f.actor, nameOfActor, string(each.Kind)}
		if _, decided := l.verdict(p); !decided && !l.asked[p] {
			l.asked[p] = true
			open = append(open, p)
		}
	}
	return open
}

// inRef looks at what somebody in an event is called who is not the person.
func (l *looking) inRef(place string, ref *models.ActorRef, f *found, decide mention.Decide) *models.ActorRef {
	name, finds := l.otherName(place, ref.Name, decide)
	l.note(f, finds)
	if name == ref.Name {
		return ref
	}
	other := *ref
	other.Name = name
	return &other
}

// namedAgain has an erasure go through everything once more when it was decided of somebody's name that the person is meant in it: they may have done much.
func namedAgain(ctx context.Context, tx database.Tx, id uuid.UUID, doubts []int64) error {
	var named bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM erasure_doubts WHERE erasure_id = $1 AND id = ANY ($2) AND target = '`+actorTarget+`' AND place = '`+nameOfActor+`' AND replace)`, id, doubts).Scan(&named)
	if err != nil {
		return fmt.Errorf("look what was decided: %w", err)
	}
	if !named {
		return nil
	}
	return lookAgain(ctx, tx, id)
}

package listing

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
	"daybook/services/feed"
	"daybook/services/live"
)

// following is a request that reads in sync order.
type following struct {
	*Lists
	c       *fiber.Ctx
	list    List
	ask     asked
	pursuit *feed.Pursuit
	until   time.Time // nobody waits longer
	looked  bool
	rows    []models.Entry
}

// follow reads in sync order, and waits, when asked to, until there is something. It tells whose list it is by then.
func (l *Lists) follow(c *fiber.Ctx, list List, ask asked) ([]models.Entry, List, error) {
	reader := list.Viewers[0]
	f := &following{Lists: l, c: c, list: list, ask: ask, until: time.Now().Add(ask.wait)}
	f.pursuit = l.Feed.Pursue(reader.Workspace.ID, ask.filter, ask.afterID, ask.limit)
	wish := live.Wish{Who: reader.Name(), Workspace: reader.Workspace.ID, For: ask.wait, Left: visit.Left(c)}
	err := l.Live.Await(c.UserContext(), wish, f.look)
	if err == nil && len(f.rows) == 0 && ask.count { // who is told how many rows there are may not be who waited
		err = f.enterAgain(c.UserContext())
	}
	return f.rows, f.list, err
}

// look finds what there is by now. Whoever waits takes up nothing meanwhile.
func (f *following) look(ctx context.Context) (found bool, err error) {
	if f.rows, err = f.pursuit.Next(ctx, f.sees); len(f.rows) == 0 {
		visit.Leave(f.c)
	}
	return len(f.rows) > 0, err
}

// sees is what the reader may see by now, if there is room to read it: they may have lost access while they waited, and what came after that is not theirs;
// or they have more. Whoever has waited is not told that there is no room, which would come later than they wait: they see nothing, and ask once more.
func (f *following) sees(ctx context.Context) (access.Scope, error) {
	room, err := f.room(ctx)
	if err == nil && room {
		err = f.enterAgain(ctx)
	}
	if err != nil || !room {
		return access.Scope{}, err
	}
	return f.list.scope(f.ask.filter.System), nil
}

// room takes room for the rows.
func (f *following) room(ctx context.Context) (ok bool, err error) {
	if !f.looked {
		f.looked = true
		err = f.Room.Enter(ctx, f.c, f.ask.limit)
		return err == nil, err
	}
	waiting, cancel := context.WithDeadline(ctx, f.until)
	defer cancel()
	for f.Room.Enter(waiting, f.c, f.ask.limit) != nil { // which takes what is free also when the time is up
		if waiting.Err() != nil {
			return false, nil
		}
	}
	return true, nil
}

// enterAgain lets in anew who was let in before.
func (f *following) enterAgain(ctx context.Context) error {
	before := f.list.Viewers[0]
	p := before.Principal
	by := auth.Credential{Session: p.SessionID}
	if p.Token != nil {
		by.Token = &p.Token.ID
	}
	if p.User != nil {
		by.User = &p.User.ID
	}
	token, user, ok, err := f.Auth.Live(ctx, by)
	if err != nil {
		return err
	}
	if !ok {
		return models.Errorf(models.Unauthenticated, "Your token or session has ended.")
	}
	now, err := f.Access.Enter(ctx, access.Principal{User: user, Token: token, SessionID: p.SessionID}, before.Workspace.ID.String())
	f.list.Viewers = []access.Viewer{now}
	return err
}

package export

import (
	"context"
	"errors"
	"time"

	"daybook/models"
	"daybook/services/access"
	"daybook/services/auth"
	"daybook/services/database"
)

// Work makes the next piece of a file that waits for it, and tells whether there may be more to do, and after how long. Many may call it at once,
// in many processes; the process may be killed at any moment. It ends early when ctx does, with what it has kept.
func (f *Files) Work(ctx context.Context) (after time.Duration, more bool, err error) {
	j, found, err := f.claim(ctx)
	if err != nil || !found {
		return 0, false, err
	}
	end := context.WithoutCancel(ctx)
	switch err = f.makePiece(ctx, j); {
	case err == nil, errors.Is(err, errTakenAway):
		return 0, true, nil
	case errors.Is(ctx.Err(), context.Canceled): // the process stops; what it was doing is not to blame, as it is when the time is over
		return 0, true, f.release(end, j)
	case database.SQLState(err) == diskFull: // to go on trying would keep what is written so far on a disk that has no room
		f.log.Error("an export found the disk full", "export", j.ID, "error", err)
		return 0, true, f.fail(end, j, sentenceFor(err))
	}
	var ours *models.Error
	if errors.As(err, &ours) && ours.Kind != models.Internal {
		return 0, true, f.fail(end, j, ours.Detail)
	}
	f.log.Error("a piece of an export failed", "export", j.ID, "sqlstate", database.SQLState(err), "error", err)
	return f.tryLater(end, j, sentenceFor(err))
}

// tryLater puts an export off that could not be gone on with, or ends it when that was so too often.
func (f *Files) tryLater(ctx context.Context, j job, problem string) (after time.Duration, more bool, err error) {
	attempts, err := f.postpone(ctx, j)
	switch {
	case errors.Is(err, errTakenAway):
		return 0, true, nil
	case err != nil: // the database is away: whoever looks for exports that stand still finds it
		return 0, false, err
	case attempts >= mostAttempts:
		return 0, true, f.fail(ctx, j, problem)
	}
	return pause(attempts), true, nil
}

// diskFull is what PostgreSQL calls it.
const diskFull = "53100"

// sentenceFor says for people why an export failed.
func sentenceFor(err error) string {
	switch state := database.SQLState(err); {
	case state == diskFull:
		return "The disk was full. Remove files that you do not need any more, and tell whoever runs Daybook."
	case state == "57014", errors.Is(err, context.DeadlineExceeded):
		return "The database took too long to answer."
	case state != "" && state[:2] == "08", state != "" && state[:2] == "57":
		return "The database was not there for some minutes."
	}
	return "It failed several times in a row; the log of the server says why."
}

// makePiece goes on with a file for a while.
func (f *Files) makePiece(ctx context.Context, j job) error {
	v, err := f.viewer(ctx, j, "")
	if err != nil {
		return err
	}
	scope, ok := v.Again(j.region, j.addresses)
	if !ok {
		return errAccessChanged
	}
	ctx, lose := context.WithCancelCause(ctx)
	beating, stop := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		f.alive(beating, j, lose)
	}()
	done, err := f.write(ctx, j, scope)
	stop()
	<-stopped
	if err != nil && errors.Is(context.Cause(ctx), errTakenAway) {
		err = errTakenAway
	}
	lose(nil)
	if err != nil || done {
		return err
	}
	return f.release(context.WithoutCancel(ctx), j)
}

// viewer gives the asker as they are now; the session is the one by which they asked, if that matters. Whoever was deactivated or removed, and whose
// token was revoked or expired, has no access any more.
func (f *Files) viewer(ctx context.Context, j job, session string) (access.Viewer, error) {
	token, user, ok, err := f.auth.Live(ctx, auth.Credential{Session: session, Token: j.TokenID, User: j.UserID})
	if err != nil {
		return access.Viewer{}, err
	}
	if !ok {
		return access.Viewer{}, errAccessChanged
	}
	p := access.Principal{User: user, Token: token, SessionID: session}
	v, err := f.access.Enter(ctx, p, j.WorkspaceID.String())
	if models.KindOf(err) == models.NotFound {
		return v, errAccessChanged
	}
	return v, err
}

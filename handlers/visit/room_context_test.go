package visit

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"daybook/models"
)

// Nobody waits for room any longer than for the answer. (The clock of the test stands still while anybody does anything.)
func TestRoomIsWaitedForAsLongAsTheAnswer(t *testing.T) {
	const soon = roomFor / 4
	for name, c := range map[string]struct {
		ends  func(context.Context) (context.Context, context.CancelFunc)
		waits time.Duration
	}{
		"it has ended": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		}, 0},
		"it ends meanwhile": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, soon)
		}, soon},
		"it does not end": {context.WithCancel, roomFor},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				app, room := fiber.New(), NewRoom()
				c1, c2 := app.AcquireCtx(&fasthttp.RequestCtx{}), app.AcquireCtx(&fasthttp.RequestCtx{})
				if err := room.Enter(t.Context(), c1, mostOfOne); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := c.ends(t.Context())
				defer cancel()
				began := time.Now()
				err := room.Enter(ctx, c2, 1)
				if took := time.Since(began); models.KindOf(err) != models.Unavailable || took != c.waits {
					t.Errorf("after %s: %v", took, err)
				}
				Leave(c2)
				if room.rows != mostOfOne {
					t.Errorf("%d are taken", room.rows)
				}
			})
		})
	}
}

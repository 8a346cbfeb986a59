// Package api answers over JSON: sending and reading activities in our own form (design.md §7.1, §7.2). The dialects of the products that
// Daybook takes the place of are packages below.
package api

import (
	"net/url"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/time/rate"

	"daybook/handlers/listing"
	"daybook/handlers/visit"
	"daybook/models"
	"daybook/services/access"
	"daybook/services/account"
	"daybook/services/export"
	"daybook/services/feed"
	"daybook/services/ingest"
	"daybook/services/journal"
	"daybook/services/stats"
)

// Parts are the services behind the API.
type Parts struct {
	Account *account.Service
	Ingest  *ingest.Service
	Journal *journal.Journal
	Feed    *feed.Service
	Stats   *stats.Service
	Exports *export.Files
	Lists   *listing.Lists
}

// Config is what the API needs to know.
type Config struct {
	SendRate float64 // requests a second that a token, or a person, may send; 0: any
	BaseURL  *url.URL
	Now      func() time.Time
}

// API holds the handlers.
type API struct {
	Parts
	config Config
	rates  sync.Map // source → *rate.Limiter; as many as there are tokens and people sending
}

// New makes the API.
func New(parts Parts, config Config) *API { return &API{Parts: parts, config: config} }

// allow holds the rate of one sender.
func (a *API) allow(source ingest.Source) error {
	if a.config.SendRate <= 0 {
		return nil
	}
	l, _ := a.rates.LoadOrStore(source, rate.NewLimiter(rate.Limit(a.config.SendRate), int(2*a.config.SendRate)+1))
	r := l.(*rate.Limiter).Reserve()
	wait := r.Delay()
	if wait == 0 {
		return nil
	}
	r.Cancel()
	e := models.Errorf(models.TooMany, "This sender may make %g requests a second. Send several events at once, as an array or as lines.", a.config.SendRate)
	e.RetryAfter = wait
	return e
}

// viewer is whoever asks, in the workspace of the path.
func viewer(c *fiber.Ctx) access.Viewer { return visit.Of(c).Viewer }

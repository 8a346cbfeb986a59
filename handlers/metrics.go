package handlers

import (
	"context"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what Prometheus reads.
type metrics struct {
	handle   fiber.Handler
	requests *prometheus.HistogramVec
}

func newMetrics(parts Parts, waiting func() int) *metrics {
	m := &metrics{requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "daybook_request_seconds", Help: "Time to answer requests, by method, route and status.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"method", "route", "status"})}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "daybook_journal_writer", Help: "1 when this process is the journal's writer."}, func() float64 {
			if parts.Journal.Writing() {
				return 1
			}
			return 0
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "daybook_journal_lag_seconds", Help: "How long the last posted bulk event had waited, while more were waiting; -1 when unknown."}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			st, err := parts.Journal.Status(ctx)
			if err != nil {
				return -1
			}
			return st.Lag.Seconds()
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "daybook_pool_connections", Help: "Connections to PostgreSQL in the pool."}, func() float64 {
			return float64(parts.Database.Pool.Stat().TotalConns())
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "daybook_waiting_requests", Help: "Requests that wait for something to be posted."}, func() float64 {
			return float64(waiting())
		}))
	m.handle = adaptor.HTTPHandler(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return m
}

func (m *metrics) request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

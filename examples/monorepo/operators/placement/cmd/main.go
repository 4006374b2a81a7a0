// The placement operator. It is small enough to do without the common module: it looks every few seconds.
package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/ops/operators/placement/internal/apiserver"
	"example.com/ops/operators/placement/internal/inventory"
)

func main() {
	probes := flag.String("health-probe-bind-address", ":8081", "address of /healthz and /readyz")
	interval := flag.Duration("interval", 5*time.Second, "time between two looks")
	flag.Parse()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	client, err := apiserver.New(host, port, "/var/run/secrets/kubernetes.io/serviceaccount")
	if err != nil {
		log.Error("the operator cannot run", "error", err)
		os.Exit(1)
	}
	var ready atomic.Bool
	go serve(*probes, &ready, log)
	log.Info("started", "probes", *probes, "interval", interval.String())
	for ctx.Err() == nil {
		changed, err := inventory.Sync(ctx, client)
		ready.Store(ready.Load() || err == nil)
		for _, name := range changed {
			log.Info("added up", "inventory", name)
		}
		if err != nil && ctx.Err() == nil {
			log.Error("cannot add up", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(*interval):
		}
	}
}

func serve(address string, ready *atomic.Bool, log *slog.Logger) {
	http.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	server := &http.Server{Addr: address, ReadHeaderTimeout: 5 * time.Second}
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Error("the probes cannot be answered", "error", err)
		os.Exit(1)
	}
}

// Package health answers the kubelet's probes.
package health

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Handler answers /healthz while the process runs, and /readyz once it is ready.
func Handler(ready func() bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !ready() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	return mux
}

// Serve answers probes at an address until the context ends.
func Serve(ctx context.Context, address string, ready func() bool) error {
	server := &http.Server{Addr: address, Handler: Handler(ready), ReadHeaderTimeout: 5 * time.Second}
	unhook := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer unhook()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

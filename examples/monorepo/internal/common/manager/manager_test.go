package manager

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/ops/internal/common/kube"
)

// asking is ready once it has asked the API server.
type asking struct {
	client *kube.Client
	asked  chan struct{}
}

func (a asking) Run(ctx context.Context) {
	if err := a.client.Get(ctx, "/version", &kube.Object{}); err == nil {
		close(a.asked)
	}
	<-ctx.Done()
}

func (a asking) Synced() bool { return true }

func TestRunsAControllerUntilTheContextEnds(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	defer api.Close()
	asked := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-asked
		stop()
	}()
	args := []string{"--api-server", api.URL, "--health-probe-bind-address", "127.0.0.1:0"}
	if err := Run(ctx, args, slog.New(slog.DiscardHandler), build(asked)); err != nil {
		t.Error(err)
	}
}

func TestEndsWhenItsPortIsTaken(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	args := []string{"--api-server", "http://127.0.0.1:1", "--health-probe-bind-address", listener.Addr().String()}
	if err := Run(t.Context(), args, slog.New(slog.DiscardHandler), build(nil)); err == nil {
		t.Error("it runs without probes")
	}
}

func TestRefusesUnknownFlags(t *testing.T) {
	if err := Run(t.Context(), []string{"--metrics"}, slog.New(slog.DiscardHandler), build(nil)); err == nil {
		t.Error("it took --metrics")
	}
}

func build(asked chan struct{}) func(*kube.Client, *slog.Logger) Controller {
	return func(client *kube.Client, _ *slog.Logger) Controller { return asking{client: client, asked: asked} }
}

package health

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestIsReadyWhenItSaysSo(t *testing.T) {
	ready := false
	handler := Handler(func() bool { return ready })
	ask := func(path string) int {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		return recorder.Code
	}
	if got := ask("/healthz"); got != http.StatusOK {
		t.Errorf("/healthz: %d", got)
	}
	if got := ask("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz too early: %d", got)
	}
	ready = true
	if got := ask("/readyz"); got != http.StatusOK {
		t.Errorf("/readyz: %d", got)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := Serve(ctx, "127.0.0.1:0", func() bool { return true }); err != nil {
		t.Error(err)
	}
}

func TestServeTellsOfATakenPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	if err := Serve(t.Context(), listener.Addr().String(), func() bool { return true }); err == nil {
		t.Error("two servers share a port")
	}
}

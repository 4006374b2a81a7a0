package controller

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/ops/internal/common/kube"
)

const path = "/apis/example.com/v1/things"

// server lists one object, `a`, and tells of the others that a test sends.
type server struct {
	lists   atomic.Int32
	changes chan string
	refuse  atomic.Bool
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.refuse.Load() || r.URL.Path != path {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.URL.Query().Get("watch") == "" {
		s.lists.Add(1)
		_, _ = io.WriteString(w, `{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"namespace":"n","name":"a"}}]}`)
		return
	}
	w.(http.Flusher).Flush()
	for {
		select {
		case <-r.Context().Done():
			return
		case change := <-s.changes:
			_, _ = fmt.Fprintln(w, change)
			w.(http.Flusher).Flush()
		}
	}
}

func event(kind, name string) string {
	return fmt.Sprintf(`{"type":%q,"object":{"metadata":{"namespace":"n","name":%q}}}`, kind, name)
}

// run starts a controller, and gives the keys that it has reconciled so far.
func run(t *testing.T, api *server, reconcile func(string) error) (*Controller[kube.Object], func() []string) {
	t.Helper()
	listener := httptest.NewServer(api)
	var mutex sync.Mutex
	var keys []string
	each := func(_ context.Context, object kube.Object) error {
		mutex.Lock()
		defer mutex.Unlock()
		keys = append(keys, object.Key())
		return reconcile(object.Key())
	}
	controller := New(kube.New(listener.URL, listener.Client()), path, each, slog.New(slog.DiscardHandler))
	controller.minRetry, controller.maxRetry = time.Millisecond, 4*time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		controller.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
		listener.Close()
	})
	return controller, func() []string {
		mutex.Lock()
		defer mutex.Unlock()
		return slices.Clone(keys)
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func fine(string) error { return nil }

func TestReconcilesWhatIsThereAndWhatChanges(t *testing.T) {
	api := &server{changes: make(chan string)}
	controller, keys := run(t, api, fine)
	api.changes <- event("ADDED", "b")
	api.changes <- event("DELETED", "c")
	api.changes <- event("MODIFIED", "a")
	eventually(t, "all are reconciled", func() bool { return slices.Equal(keys(), []string{"n/a", "n/b", "n/a"}) })
	if api.lists.Load() != 1 || !controller.Synced() {
		t.Errorf("listed %d times, synced: %t", api.lists.Load(), controller.Synced())
	}
}

func TestComesBackToAnObjectThatFailed(t *testing.T) {
	api := &server{changes: make(chan string)}
	var attempts atomic.Int32
	_, keys := run(t, api, func(string) error {
		if attempts.Add(1) < 4 {
			return errors.New("not yet")
		}
		return nil
	})
	eventually(t, "the fourth attempt", func() bool { return len(keys()) == 4 })
	api.changes <- event("ADDED", "b")
	eventually(t, "it watches again", func() bool { return slices.Contains(keys(), "n/b") })
}

func TestIsNotSyncedBeforeTheResourceIsThere(t *testing.T) {
	api := &server{changes: make(chan string)}
	api.refuse.Store(true)
	controller, keys := run(t, api, fine)
	time.Sleep(20 * time.Millisecond)
	if controller.Synced() || len(keys()) > 0 {
		t.Errorf("synced: %t, reconciled %v", controller.Synced(), keys())
	}
	api.refuse.Store(false)
	eventually(t, "it is synced", controller.Synced)
}

func TestListsAgainWhenTheWatchIsTooOld(t *testing.T) {
	api := &server{changes: make(chan string)}
	run(t, api, fine)
	api.changes <- `{"type":"ERROR","object":{"code":410,"message":"too old"}}`
	eventually(t, "a second list", func() bool { return api.lists.Load() == 2 })
}

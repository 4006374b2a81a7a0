package apiserver

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func connect(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	folder := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, text := range map[string]string{"ca.crt": string(ca), "token": "secret\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(address.Hostname(), address.Port(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestSendsAPatchWithItsTokenAndReadsTheAnswer(t *testing.T) {
	client := connect(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPatch || r.URL.Path != "/x" || string(body) != `{"a":1}` {
			t.Errorf("got %s %s %s", r.Method, r.URL.Path, body)
		}
		if r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Content-Type") != "application/merge-patch+json" {
			t.Errorf("got %v", r.Header)
		}
		_, _ = io.WriteString(w, `{"b":2}`)
	})
	var answer map[string]int
	if err := client.Do(t.Context(), http.MethodPatch, "/x", map[string]int{"a": 1}, &answer); err != nil {
		t.Fatal(err)
	}
	if answer["b"] != 2 {
		t.Errorf("read %v", answer)
	}
}

func TestARefusalTellsWhy(t *testing.T) {
	client := connect(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "inventories is forbidden", http.StatusForbidden)
	})
	err := client.Do(t.Context(), http.MethodGet, "/x", nil, nil)
	if err == nil || !strings.Contains(err.Error(), "403 Forbidden: inventories is forbidden") {
		t.Errorf("got %v", err)
	}
}

func TestOutsideAClusterThereIsNoClient(t *testing.T) {
	if _, err := New("127.0.0.1", "1", t.TempDir()); err == nil {
		t.Error("it made one")
	}
}

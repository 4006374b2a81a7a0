package kube

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

func serve(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return New(server.URL+"/", server.Client())
}

func TestGetDecodesAnObject(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/api/v1/namespaces/a/configmaps/b" {
			t.Errorf("asked %s %s", r.Method, r.URL.Path)
		}
		_, _ = io.WriteString(w, `{"metadata":{"namespace":"a","name":"b"}}`)
	})
	var object Object
	if err := client.Get(t.Context(), "/api/v1/namespaces/a/configmaps/b", &object); err != nil {
		t.Fatal(err)
	}
	if object.Key() != "a/b" {
		t.Errorf("got %q", object.Key())
	}
}

func TestApplyOwnsTheFieldsThatItSends(t *testing.T) {
	var sent Object
	client := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPatch || r.Header.Get("Content-Type") != "application/apply-patch+yaml" {
			t.Errorf("sent %s with %q", r.Method, r.Header.Get("Content-Type"))
		}
		if r.URL.Query().Get("fieldManager") != "keystone" || r.URL.Query().Get("force") != "true" {
			t.Errorf("sent %q", r.URL.RawQuery)
		}
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			t.Error(err)
		}
	})
	object := Object{Kind: "ConfigMap", Metadata: Metadata{Name: "b"}}
	if err := client.Apply(t.Context(), "/api/v1/namespaces/a/configmaps/b", "keystone", object); err != nil {
		t.Fatal(err)
	}
	if sent.Kind != "ConfigMap" || sent.Metadata.Name != "b" {
		t.Errorf("sent %+v", sent)
	}
}

func TestARefusalTellsTheServersMessage(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"kind":"Status","code":403,"message":"cells is forbidden"}`)
	})
	err := client.Get(t.Context(), "/x", &Object{})
	var status *StatusError
	if !errors.As(err, &status) || status.Code != http.StatusForbidden || status.Message != "cells is forbidden" {
		t.Errorf("got %v", err)
	}
}

func TestWatchHandsOverEventsUntilTheServerEnds(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("watch") != "true" || r.URL.Query().Get("resourceVersion") != "7" {
			t.Errorf("asked %q", r.URL.RawQuery)
		}
		for _, kind := range []string{"ADDED", "DELETED"} {
			_, _ = fmt.Fprintf(w, `{"type":%q,"object":{"metadata":{"name":"x"}}}`+"\n", kind)
		}
	})
	var kinds []string
	err := client.Watch(t.Context(), "/x", "7", func(event Event) error {
		kinds = append(kinds, event.Type)
		return nil
	})
	if err != nil || fmt.Sprint(kinds) != "[ADDED DELETED]" {
		t.Errorf("got %v, %v", kinds, err)
	}
}

func TestAWatchThatIsTooOldIsAnError(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"type":"ERROR","object":{"code":410,"message":"too old resource version"}}`)
	})
	err := client.Watch(t.Context(), "/x", "7", func(Event) error { return nil })
	var status *StatusError
	if !errors.As(err, &status) || status.Code != http.StatusGone {
		t.Errorf("got %v", err)
	}
}

func TestInClusterTrustsTheCAAndRenewsTheToken(t *testing.T) {
	var tokens []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, "{}")
	}))
	defer server.Close()
	folder := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	write(t, folder, "ca.crt", string(ca))
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(address.Host)
	if err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
	client, err := inCluster(func(name string) string { return environment[name] }, folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"first\n", "second\n"} {
		write(t, folder, "token", token)
		if err := client.Get(context.Background(), "/x", &Object{}); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(tokens) != "[Bearer first Bearer second]" {
		t.Errorf("sent %v", tokens)
	}
}

func TestInClusterSaysWhatIsMissing(t *testing.T) {
	if _, err := inCluster(func(string) string { return "" }, t.TempDir()); err == nil {
		t.Error("a process outside a cluster got a client")
	}
	if _, err := inCluster(func(string) string { return "1" }, t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

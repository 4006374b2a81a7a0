package kube

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// serviceAccount is where the kubelet puts a pod's token and the cluster's CA.
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

// InCluster makes a client for the API server of the cluster that the process runs in, as its pod's service account.
func InCluster() (*Client, error) {
	return inCluster(os.Getenv, serviceAccount)
}

func inCluster(getenv func(string) string, folder string) (*Client, error) {
	host, port := getenv("KUBERNETES_SERVICE_HOST"), getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil, errors.New("not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
	}
	bundle, err := os.ReadFile(filepath.Join(folder, "ca.crt"))
	if err != nil {
		return nil, fmt.Errorf("reading the cluster's CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(bundle) {
		return nil, errors.New("the cluster's CA holds no certificate")
	}
	transport := &http.Transport{
		TLSClientConfig:       &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		ForceAttemptHTTP2:     true,
	}
	client := New("https://"+net.JoinHostPort(host, port), &http.Client{Transport: transport})
	// The kubelet renews the token in place, so it is read anew each time.
	client.token = func() (string, error) {
		text, err := os.ReadFile(filepath.Join(folder, "token"))
		return strings.TrimSpace(string(text)), err
	}
	return client, nil
}

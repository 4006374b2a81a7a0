// Package kube is a small client for the Kubernetes API: list, watch and server-side apply over plain HTTP.
package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Client speaks to one API server.
type Client struct {
	base  string
	http  *http.Client
	token func() (string, error)
}

// New makes a client for an API server that asks for no token, such as the one of `kubectl proxy`.
func New(base string, client *http.Client) *Client {
	return &Client{base: strings.TrimSuffix(base, "/"), http: client}
}

// StatusError is an answer of the API server other than success.
type StatusError struct {
	Code    int
	Message string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the API server answers %d: %s", e.Code, e.Message)
}

// Get reads an object or a list.
func (c *Client) Get(ctx context.Context, path string, into any) error {
	response, err := c.do(ctx, http.MethodGet, path, nil, "", nil)
	if err != nil {
		return err
	}
	defer closeBody(response)
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("decoding %s: %w", path, err)
	}
	return nil
}

// Apply creates an object or changes it to what is given, owning its fields as manager (server-side apply).
func (c *Client) Apply(ctx context.Context, path, manager string, object any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", path, err)
	}
	query := url.Values{"fieldManager": {manager}, "force": {"true"}}
	response, err := c.do(ctx, http.MethodPatch, path, query, "application/apply-patch+yaml", body)
	if err != nil {
		return err
	}
	closeBody(response)
	return nil
}

// Event tells of one change of a watched object.
type Event struct {
	Type   string          `json:"type"`
	Object json.RawMessage `json:"object"`
}

// Watch hands over every change after a resource version until the context or the server ends it.
func (c *Client) Watch(ctx context.Context, path, resourceVersion string, handle func(Event) error) error {
	query := url.Values{"watch": {"true"}, "resourceVersion": {resourceVersion}}
	response, err := c.do(ctx, http.MethodGet, path, query, "", nil)
	if err != nil {
		return err
	}
	defer closeBody(response)
	decoder := json.NewDecoder(response.Body)
	for {
		var event Event
		if err := decoder.Decode(&event); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("watching %s: %w", path, err)
		}
		if event.Type == "ERROR" {
			return statusError(0, event.Object)
		}
		if err := handle(event); err != nil {
			return err
		}
	}
}

func (c *Client) do(
	ctx context.Context, method, path string, query url.Values, contentType string, body []byte,
) (*http.Response, error) {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if c.token != nil {
		token, err := c.token()
		if err != nil {
			return nil, fmt.Errorf("reading the token: %w", err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode < http.StatusBadRequest {
		return response, nil
	}
	defer closeBody(response)
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	return nil, statusError(response.StatusCode, text)
}

// statusError reads a Status object, which also comes as the last event of a watch that is too old.
func statusError(code int, text []byte) error {
	var status struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(text, &status); err != nil || status.Message == "" {
		return &StatusError{Code: code, Message: strings.TrimSpace(string(text))}
	}
	return &StatusError{Code: status.Code, Message: status.Message}
}

func closeBody(response *http.Response) {
	_ = response.Body.Close()
}

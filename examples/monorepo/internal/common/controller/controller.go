// Package controller keeps the objects of one resource reconciled: all of them at first, then those that change.
package controller

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"example.com/ops/internal/common/kube"
)

// Controller reconciles the objects of one resource, one after the other.
type Controller[T interface{ Key() string }] struct {
	client    *kube.Client
	path      string
	reconcile func(context.Context, T) error
	log       *slog.Logger
	synced    atomic.Bool

	resync, minRetry, maxRetry time.Duration
}

// New makes a controller of the resource whose collection is at path, such as /apis/<group>/<version>/<plural>.
func New[T interface{ Key() string }](
	client *kube.Client, path string, reconcile func(context.Context, T) error, log *slog.Logger,
) *Controller[T] {
	return &Controller[T]{
		client:    client,
		path:      path,
		reconcile: reconcile,
		log:       log,
		resync:    5 * time.Minute,
		minRetry:  time.Second,
		maxRetry:  time.Minute,
	}
}

// Synced tells whether the objects could be listed once, which takes a CRD and the right to read it.
func (c *Controller[T]) Synced() bool {
	return c.synced.Load()
}

// Run reconciles until the context ends.
func (c *Controller[T]) Run(ctx context.Context) {
	retry := c.minRetry
	for ctx.Err() == nil {
		failed, err := c.pass(ctx, retry)
		pause := c.minRetry
		if err != nil && ctx.Err() == nil {
			c.log.Error("cannot follow the objects", "path", c.path, "error", err, "retry", retry.String())
			pause = retry
		}
		if failed || err != nil {
			retry = min(2*retry, c.maxRetry)
		} else {
			retry = c.minRetry
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// pass reconciles all objects, then those that change until it is time for all of them again: at the next resync, or
// soon when one has failed. It tells whether one has.
func (c *Controller[T]) pass(ctx context.Context, retry time.Duration) (failed bool, err error) {
	var list struct {
		Metadata kube.Metadata `json:"metadata"`
		Items    []T           `json:"items"`
	}
	if err := c.client.Get(ctx, c.path, &list); err != nil {
		return false, err
	}
	c.synced.Store(true)
	watching, stop := context.WithTimeout(ctx, c.resync)
	defer stop()
	handle := func(object T) {
		if c.one(ctx, object) {
			return
		}
		if !failed {
			time.AfterFunc(retry, stop)
		}
		failed = true
	}
	for _, object := range list.Items {
		handle(object)
	}
	err = c.client.Watch(watching, c.path, list.Metadata.ResourceVersion, func(event kube.Event) error {
		if event.Type != "ADDED" && event.Type != "MODIFIED" {
			return nil
		}
		var object T
		if err := json.Unmarshal(event.Object, &object); err != nil {
			return fmt.Errorf("decoding an event: %w", err)
		}
		handle(object)
		return nil
	})
	if watching.Err() != nil {
		return failed, nil
	}
	return failed, err
}

// one reconciles an object and tells whether that went well.
func (c *Controller[T]) one(ctx context.Context, object T) bool {
	if err := c.reconcile(ctx, object); err != nil {
		c.log.Error("reconcile failed", "object", object.Key(), "error", err)
		return false
	}
	c.log.Info("reconciled", "object", object.Key())
	return true
}

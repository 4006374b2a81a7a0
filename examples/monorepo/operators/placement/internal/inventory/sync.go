package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Server asks the API server; a body is sent as a merge patch.
type Server interface {
	Do(ctx context.Context, method, path string, body, into any) error
}

// Sync gives every inventory its total, and returns the names of those that it changed.
func Sync(ctx context.Context, server Server) ([]string, error) {
	var list struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := server.Do(ctx, http.MethodGet, Path, nil, &list); err != nil {
		return nil, err
	}
	var changed []string
	var failed []error
	for _, item := range list.Items {
		var inventory Inventory
		if err := json.Unmarshal(item, &inventory); err != nil {
			failed = append(failed, err)
			continue
		}
		name, namespace := inventory.Metadata.Name, inventory.Metadata.Namespace
		total := Total(inventory.Spec.Providers)
		if inventory.Status.Total != nil && *inventory.Status.Total == total {
			continue
		}
		path := fmt.Sprintf("/apis/placement.example.com/v1alpha1/namespaces/%s/inventories/%s/status", namespace, name)
		patch := map[string]any{"status": map[string]any{"total": total}}
		if err := server.Do(ctx, http.MethodPatch, path, patch, nil); err != nil {
			failed = append(failed, fmt.Errorf("%s/%s: %w", namespace, name, err))
			continue
		}
		changed = append(changed, namespace+"/"+name)
	}
	return changed, errors.Join(failed...)
}

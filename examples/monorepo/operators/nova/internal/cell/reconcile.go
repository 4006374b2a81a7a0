// Package cell gives each Cell its phase.
package cell

import (
	"context"
	"fmt"

	"example.com/ops/internal/common/kube"
	"example.com/ops/operators/nova/api/v1alpha1"
)

const fieldManager = "nova-operator"

// Applier creates an object or changes it.
type Applier interface {
	Apply(ctx context.Context, path, manager string, object any) error
}

// statusOf is a Cell of which only the status is applied.
type statusOf struct {
	kube.Object
	Status v1alpha1.CellStatus `json:"status"`
}

// Reconcile writes the status of a cell, unless it is right already.
func Reconcile(ctx context.Context, cluster Applier, cell v1alpha1.Cell) error {
	wanted := v1alpha1.CellStatus{Phase: PhaseOf(cell.Spec), ObservedGeneration: cell.Metadata.Generation}
	if cell.Status == wanted {
		return nil
	}
	name, namespace := cell.Metadata.Name, cell.Metadata.Namespace
	path := fmt.Sprintf("/apis/%s/namespaces/%s/cells/%s/status", v1alpha1.GroupVersion, namespace, name)
	return cluster.Apply(ctx, path, fieldManager, statusOf{
		Object: kube.Object{
			APIVersion: v1alpha1.GroupVersion,
			Kind:       "Cell",
			Metadata:   kube.Metadata{Name: name, Namespace: namespace},
		},
		Status: wanted,
	})
}

// PhaseOf is the phase of a cell.
func PhaseOf(spec v1alpha1.CellSpec) v1alpha1.Phase {
	switch {
	case len(spec.Hosts) == 0:
		return v1alpha1.Empty
	case spec.Disabled:
		return v1alpha1.Disabled
	default:
		return v1alpha1.Ready
	}
}

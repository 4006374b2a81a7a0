// Package v1alpha1 holds the API compute.example.com/v1alpha1.
package v1alpha1

import "example.com/ops/internal/common/kube"

const (
	// GroupVersion is the API's group and version.
	GroupVersion = "compute.example.com/v1alpha1"
	// Path is the collection of Cells in all namespaces.
	Path = "/apis/" + GroupVersion + "/cells"
)

// Cell is a group of compute hosts that Nova schedules to.
type Cell struct {
	kube.Object
	Spec   CellSpec   `json:"spec"`
	Status CellStatus `json:"status"`
}

// CellSpec is what a user wants.
type CellSpec struct {
	// Hosts are the names of the cell's compute hosts.
	Hosts []string `json:"hosts,omitempty"`
	// Disabled keeps new servers away.
	Disabled bool `json:"disabled,omitempty"`
}

// Phase says in a word what becomes of new servers.
type Phase string

const (
	// Empty is a cell without hosts.
	Empty Phase = "Empty"
	// Disabled is a cell that has hosts and takes no new servers.
	Disabled Phase = "Disabled"
	// Ready is a cell that takes new servers.
	Ready Phase = "Ready"
)

// CellStatus is what the operator found.
type CellStatus struct {
	Phase              Phase `json:"phase,omitempty"`
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
}

// Package v1alpha1 holds the API identity.example.com/v1alpha1.
package v1alpha1

import "example.com/ops/internal/common/kube"

const (
	// GroupVersion is the API's group and version.
	GroupVersion = "identity.example.com/v1alpha1"
	// Path is the collection of KeystoneServices in all namespaces.
	Path = "/apis/" + GroupVersion + "/keystoneservices"
)

// KeystoneService describes a Keystone that clients in the cluster find through a ConfigMap.
type KeystoneService struct {
	kube.Object
	Spec KeystoneServiceSpec `json:"spec"`
}

// KeystoneServiceSpec is what a user wants.
type KeystoneServiceSpec struct {
	Region    string `json:"region"`
	PublicURL string `json:"publicURL"`
	// InternalURL is the one that clients in the cluster use; by default the public one.
	InternalURL string `json:"internalURL,omitempty"`
}

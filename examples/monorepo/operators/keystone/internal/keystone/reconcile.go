// Package keystone makes a ConfigMap of each KeystoneService.
package keystone

import (
	"context"
	"fmt"
	"strings"

	"example.com/ops/internal/common/kube"
	"example.com/ops/operators/keystone/api/v1alpha1"
)

const fieldManager = "keystone-operator"

// Applier creates an object or changes it.
type Applier interface {
	Apply(ctx context.Context, path, manager string, object any) error
}

// ConfigMap is the Kubernetes object of this kind.
type ConfigMap struct {
	kube.Object
	Data map[string]string `json:"data"`
}

// Reconcile makes the ConfigMap of a service; it is deleted together with the service.
func Reconcile(ctx context.Context, cluster Applier, service v1alpha1.KeystoneService) error {
	configMap := ConfigMapFor(service)
	path := fmt.Sprintf("/api/v1/namespaces/%s/configmaps/%s", configMap.Metadata.Namespace, configMap.Metadata.Name)
	return cluster.Apply(ctx, path, fieldManager, configMap)
}

// ConfigMapFor is the ConfigMap that a service has: a clouds.yaml, as the clients of OpenStack read it.
func ConfigMapFor(service v1alpha1.KeystoneService) ConfigMap {
	return ConfigMap{
		Object: kube.Object{
			APIVersion: "v1",
			Kind:       "ConfigMap",
			Metadata: kube.Metadata{
				Name:      service.Metadata.Name + "-clouds",
				Namespace: service.Metadata.Namespace,
				Labels:    map[string]string{"app.kubernetes.io/managed-by": fieldManager},
				OwnerReferences: []kube.OwnerReference{{
					APIVersion: v1alpha1.GroupVersion,
					Kind:       "KeystoneService",
					Name:       service.Metadata.Name,
					UID:        service.Metadata.UID,
					Controller: true,
				}},
			},
		},
		Data: map[string]string{"clouds.yaml": cloudsYAML(service)},
	}
}

func cloudsYAML(service v1alpha1.KeystoneService) string {
	url, name := service.Spec.InternalURL, "internal"
	if url == "" {
		url, name = service.Spec.PublicURL, "public"
	}
	return strings.Join([]string{
		"clouds:",
		fmt.Sprintf("  %q:", service.Metadata.Name),
		fmt.Sprintf("    region_name: %q", service.Spec.Region),
		fmt.Sprintf("    interface: %s", name),
		"    auth:",
		fmt.Sprintf("      auth_url: %q", strings.TrimSuffix(url, "/")+"/v3"),
		"",
	}, "\n")
}

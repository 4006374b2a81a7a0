package keystone

import (
	"context"
	"errors"
	"strings"
	"testing"

	"example.com/ops/internal/common/kube"
	"example.com/ops/operators/keystone/api/v1alpha1"
)

type cluster struct {
	path, manager string
	object        any
	err           error
}

func (c *cluster) Apply(_ context.Context, path, manager string, object any) error {
	c.path, c.manager, c.object = path, manager, object
	return c.err
}

func service() v1alpha1.KeystoneService {
	return v1alpha1.KeystoneService{
		Object: kube.Object{Metadata: kube.Metadata{Name: "main", Namespace: "cloud", UID: "42"}},
		Spec:   v1alpha1.KeystoneServiceSpec{Region: "RegionOne", PublicURL: "https://keystone.example.com/"},
	}
}

func TestAServiceGetsItsConfigMap(t *testing.T) {
	api := &cluster{}
	if err := Reconcile(t.Context(), api, service()); err != nil {
		t.Fatal(err)
	}
	if api.path != "/api/v1/namespaces/cloud/configmaps/main-clouds" || api.manager != "keystone-operator" {
		t.Errorf("applied %s as %s", api.path, api.manager)
	}
	made, ok := api.object.(ConfigMap)
	if !ok {
		t.Fatalf("applied %T", api.object)
	}
	owner := made.Metadata.OwnerReferences[0]
	if owner.UID != "42" || owner.Kind != "KeystoneService" || !owner.Controller {
		t.Errorf("owned by %+v", owner)
	}
	want := `clouds:
  "main":
    region_name: "RegionOne"
    interface: public
    auth:
      auth_url: "https://keystone.example.com/v3"
`
	if got := made.Data["clouds.yaml"]; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestClientsInTheClusterUseTheInternalURL(t *testing.T) {
	internal := service()
	internal.Spec.InternalURL = "http://keystone.cloud.svc:5000"
	got := ConfigMapFor(internal).Data["clouds.yaml"]
	if !strings.Contains(got, `auth_url: "http://keystone.cloud.svc:5000/v3"`) || !strings.Contains(got, "interface: internal") {
		t.Errorf("got\n%s", got)
	}
}

func TestARefusalIsAnError(t *testing.T) {
	refused := errors.New("forbidden")
	if err := Reconcile(t.Context(), &cluster{err: refused}, service()); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
}

package cell

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"example.com/ops/internal/common/kube"
	"example.com/ops/operators/nova/api/v1alpha1"
)

type cluster struct {
	path  string
	sent  string
	count int
	err   error
}

func (c *cluster) Apply(_ context.Context, path, _ string, object any) error {
	text, err := json.Marshal(object)
	if err != nil {
		return err
	}
	c.path, c.sent = path, string(text)
	c.count++
	return c.err
}

func cell(spec v1alpha1.CellSpec) v1alpha1.Cell {
	return v1alpha1.Cell{
		Object: kube.Object{Metadata: kube.Metadata{Name: "one", Namespace: "cloud", Generation: 3}},
		Spec:   spec,
	}
}

func TestPhaseOf(t *testing.T) {
	hosts := []string{"compute-1"}
	for want, spec := range map[v1alpha1.Phase]v1alpha1.CellSpec{
		v1alpha1.Empty:    {Disabled: true},
		v1alpha1.Disabled: {Hosts: hosts, Disabled: true},
		v1alpha1.Ready:    {Hosts: hosts},
	} {
		if got := PhaseOf(spec); got != want {
			t.Errorf("%+v is %s, want %s", spec, got, want)
		}
	}
}

func TestACellGetsItsPhase(t *testing.T) {
	api := &cluster{}
	if err := Reconcile(t.Context(), api, cell(v1alpha1.CellSpec{Hosts: []string{"compute-1"}})); err != nil {
		t.Fatal(err)
	}
	if api.path != "/apis/compute.example.com/v1alpha1/namespaces/cloud/cells/one/status" {
		t.Errorf("applied %s", api.path)
	}
	want := `{"apiVersion":"compute.example.com/v1alpha1","kind":"Cell",` +
		`"metadata":{"name":"one","namespace":"cloud"},"status":{"phase":"Ready","observedGeneration":3}}`
	if api.sent != want {
		t.Errorf("sent %s", api.sent)
	}
}

func TestARightStatusIsLeftAlone(t *testing.T) {
	api := &cluster{}
	done := cell(v1alpha1.CellSpec{})
	done.Status = v1alpha1.CellStatus{Phase: v1alpha1.Empty, ObservedGeneration: 3}
	if err := Reconcile(t.Context(), api, done); err != nil || api.count != 0 {
		t.Errorf("applied %d times, %v", api.count, err)
	}
	done.Metadata.Generation = 4
	if err := Reconcile(t.Context(), api, done); err != nil || api.count != 1 {
		t.Errorf("applied %d times, %v", api.count, err)
	}
}

func TestARefusalIsAnError(t *testing.T) {
	refused := errors.New("forbidden")
	if err := Reconcile(t.Context(), &cluster{err: refused}, cell(v1alpha1.CellSpec{})); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
}

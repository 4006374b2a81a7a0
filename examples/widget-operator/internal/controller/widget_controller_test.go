/*
Copyright The Widget Operator Authors.

Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License.
*/

package controller

import (
	"context"
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	toysv1alpha1 "example.com/widget-operator/api/v1alpha1"
)

func apiServer(t *testing.T) client.Client {
	t.Helper()
	if k8sClient == nil {
		t.Skip("needs an API server: KUBEBUILDER_ASSETS is not set")
	}
	return k8sClient
}

func eventually(t *testing.T, what string, check func(ctx context.Context) error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, 10*time.Second, true,
		func(ctx context.Context) (bool, error) {
			last = check(ctx)
			return last == nil, nil
		})
	if err != nil {
		t.Fatalf("%s: %v", what, last)
	}
}

func newWidget(t *testing.T, c client.Client, name string, spec toysv1alpha1.WidgetSpec) *toysv1alpha1.Widget {
	t.Helper()
	widget := &toysv1alpha1.Widget{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}, Spec: spec}
	if err := c.Create(t.Context(), widget); err != nil {
		t.Fatalf("creating the widget: %v", err)
	}
	return widget
}

func TestWidgetGetsItsConfigMap(t *testing.T) {
	c := apiServer(t)
	widget := newWidget(t, c, "small", toysv1alpha1.WidgetSpec{Size: 2, Colour: "blue"})
	key := client.ObjectKeyFromObject(widget)

	var configMap corev1.ConfigMap
	eventually(t, "the ConfigMap is written", func(ctx context.Context) error { return c.Get(ctx, key, &configMap) })
	if got, want := configMap.Data["parts"], "part 1: #2980b9\npart 2: #2980b9\n"; got != want {
		t.Errorf("parts = %q, want %q", got, want)
	}
	if !metav1.IsControlledBy(&configMap, widget) {
		t.Errorf("the ConfigMap is not controlled by the widget: %v", configMap.OwnerReferences)
	}
	eventually(t, "the status says ready", func(ctx context.Context) error {
		if err := c.Get(ctx, key, widget); err != nil {
			return err
		}
		if !widget.Status.Ready || !meta.IsStatusConditionTrue(widget.Status.Conditions, toysv1alpha1.ConditionReady) {
			return errors.New("not ready")
		}
		return nil
	})
}

func TestConfigMapFollowsTheWidget(t *testing.T) {
	c := apiServer(t)
	widget := newWidget(t, c, "growing", toysv1alpha1.WidgetSpec{Size: 1})
	key := client.ObjectKeyFromObject(widget)
	size := func(want string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			var configMap corev1.ConfigMap
			if err := c.Get(ctx, key, &configMap); err != nil {
				return err
			}
			if got := configMap.Data["size"]; got != want {
				return errors.New("size is " + got)
			}
			return nil
		}
	}
	eventually(t, "the ConfigMap has the first size", size("1"))

	patch := client.MergeFrom(widget.DeepCopy())
	widget.Spec.Size = 3
	if err := c.Patch(t.Context(), widget, patch); err != nil {
		t.Fatalf("growing the widget: %v", err)
	}
	eventually(t, "the ConfigMap has the new size", size("3"))

	tampered := &corev1.ConfigMap{}
	if err := c.Get(t.Context(), key, tampered); err != nil {
		t.Fatalf("reading the ConfigMap: %v", err)
	}
	tampered.Data["size"] = "99"
	if err := c.Update(t.Context(), tampered); err != nil {
		t.Fatalf("changing the ConfigMap: %v", err)
	}
	eventually(t, "the change is undone", size("3"))
}

func TestTheSchemaRefusesWhatTheControllerCannotPaint(t *testing.T) {
	c := apiServer(t)
	for name, spec := range map[string]toysv1alpha1.WidgetSpec{
		"too-small": {Size: 0},
		"too-large": {Size: 11},
		"mauve":     {Size: 1, Colour: "mauve"},
	} {
		widget := &toysv1alpha1.Widget{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}, Spec: spec}
		if err := c.Create(t.Context(), widget); !apierrors.IsInvalid(err) {
			t.Errorf("creating the widget %s: %v, want that it is invalid", name, err)
		}
	}
}

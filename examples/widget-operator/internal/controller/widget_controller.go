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

// Package controller holds the reconcilers of the toys API group.
package controller

import (
	"context"
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	toysv1alpha1 "example.com/widget-operator/api/v1alpha1"
	"example.com/widget-operator/internal/palette"
)

// WidgetReconciler reconciles a Widget object.
type WidgetReconciler struct {
	client.Client
	Scheme *runtime.Scheme
}

// +kubebuilder:rbac:groups=toys.example.com,resources=widgets,verbs=get;list;watch
// +kubebuilder:rbac:groups=toys.example.com,resources=widgets/status,verbs=get;update;patch
// +kubebuilder:rbac:groups=toys.example.com,resources=widgets/finalizers,verbs=update
// +kubebuilder:rbac:groups="",resources=configmaps,verbs=get;list;watch;create;update;patch

// Reconcile brings the ConfigMap of a Widget in line with its spec and tells so in the status.
func (r *WidgetReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var widget toysv1alpha1.Widget
	if err := r.Get(ctx, req.NamespacedName, &widget); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !widget.DeletionTimestamp.IsZero() {
		// The ConfigMap has an owner reference: it goes with the Widget.
		return ctrl.Result{}, nil
	}

	parts, err := palette.Paint(widget.Spec.Size, widget.Spec.Colour)
	if err != nil {
		if statusErr := r.report(ctx, &widget, metav1.ConditionFalse, "InvalidSpec", err.Error()); statusErr != nil {
			return ctrl.Result{}, statusErr
		}
		// Only another spec helps.
		return ctrl.Result{}, reconcile.TerminalError(err)
	}

	configMap := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: widget.Name, Namespace: widget.Namespace}}
	operation, err := controllerutil.CreateOrUpdate(ctx, r.Client, configMap, func() error {
		configMap.Data = map[string]string{
			"size":   strconv.Itoa(int(widget.Spec.Size)),
			"colour": widget.Spec.Colour,
			"parts":  parts,
		}
		return controllerutil.SetControllerReference(&widget, configMap, r.Scheme)
	})
	if err != nil {
		return ctrl.Result{}, fmt.Errorf("writing the ConfigMap: %w", err)
	}
	if operation != controllerutil.OperationResultNone {
		logf.FromContext(ctx).Info("wrote the ConfigMap", "operation", operation)
	}
	return ctrl.Result{}, r.report(ctx, &widget, metav1.ConditionTrue, "Painted", "the ConfigMap is up to date")
}

func (r *WidgetReconciler) report(
	ctx context.Context, widget *toysv1alpha1.Widget, status metav1.ConditionStatus, reason, message string,
) error {
	before := widget.Status.DeepCopy()
	widget.Status.Ready = status == metav1.ConditionTrue
	widget.Status.ObservedGeneration = widget.Generation
	meta.SetStatusCondition(&widget.Status.Conditions, metav1.Condition{
		Type:               toysv1alpha1.ConditionReady,
		Status:             status,
		Reason:             reason,
		Message:            message,
		ObservedGeneration: widget.Generation,
	})
	if equality.Semantic.DeepEqual(before, &widget.Status) {
		return nil
	}
	return r.Status().Update(ctx, widget)
}

// SetupWithManager sets up the controller with the Manager.
func (r *WidgetReconciler) SetupWithManager(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&toysv1alpha1.Widget{}).
		Owns(&corev1.ConfigMap{}).
		Named("widget").
		Complete(r)
}

// The keystone operator.
package main

import (
	"context"
	"log/slog"

	"example.com/ops/internal/common/controller"
	"example.com/ops/internal/common/kube"
	"example.com/ops/internal/common/manager"
	"example.com/ops/operators/keystone/api/v1alpha1"
	"example.com/ops/operators/keystone/internal/keystone"
)

func main() {
	manager.Main(func(client *kube.Client, log *slog.Logger) manager.Controller {
		return controller.New(client, v1alpha1.Path, func(ctx context.Context, service v1alpha1.KeystoneService) error {
			return keystone.Reconcile(ctx, client, service)
		}, log)
	})
}

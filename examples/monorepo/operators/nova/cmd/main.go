// The nova operator.
package main

import (
	"context"
	"log/slog"

	"example.com/ops/internal/common/controller"
	"example.com/ops/internal/common/kube"
	"example.com/ops/internal/common/manager"
	"example.com/ops/operators/nova/api/v1alpha1"
	"example.com/ops/operators/nova/internal/cell"
)

func main() {
	manager.Main(func(client *kube.Client, log *slog.Logger) manager.Controller {
		return controller.New(client, v1alpha1.Path, func(ctx context.Context, object v1alpha1.Cell) error {
			return cell.Reconcile(ctx, client, object)
		}, log)
	})
}

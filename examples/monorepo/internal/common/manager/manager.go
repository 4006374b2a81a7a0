// Package manager starts what all operators have in common: flags, logs, signals, probes and a client.
package manager

import (
	"context"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"example.com/ops/internal/common/health"
	"example.com/ops/internal/common/kube"
)

// Controller is what a manager runs.
type Controller interface {
	Run(ctx context.Context)
	Synced() bool
}

// Main is the main function of an operator. It ends with SIGINT or SIGTERM, or with exit code 1 when it cannot start.
func Main(build func(client *kube.Client, log *slog.Logger) Controller) {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := Run(ctx, os.Args[1:], log, build); err != nil {
		log.Error("the operator cannot run", "error", err)
		os.Exit(1)
	}
}

// Run runs an operator with its command line until the context ends.
func Run(
	ctx context.Context, args []string, log *slog.Logger, build func(*kube.Client, *slog.Logger) Controller,
) error {
	flags := flag.NewFlagSet("manager", flag.ContinueOnError)
	probes := flags.String("health-probe-bind-address", ":8081", "address of /healthz and /readyz")
	server := flags.String("api-server", "", "URL of kubectl proxy, outside a cluster")
	if err := flags.Parse(args); err != nil {
		return err
	}
	client, err := clientFor(*server)
	if err != nil {
		return err
	}
	controller := build(client, log)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() {
		// Without its probes a pod would be ended anyway.
		defer stop()
		served <- health.Serve(ctx, *probes, controller.Synced)
	}()
	log.Info("started", "probes", *probes)
	controller.Run(ctx)
	return <-served
}

func clientFor(server string) (*kube.Client, error) {
	if server == "" {
		return kube.InCluster()
	}
	return kube.New(server, http.DefaultClient), nil
}

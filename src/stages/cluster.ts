import { join } from 'node:path';
import { deleteAbandoned } from '../cluster/abandoned.ts';
import { clusterName } from '../cluster/name.ts';
import { Problem } from '../errors.ts';
import { silent } from '../log.ts';
import { tail } from '../tools/exec.ts';
import { leaseFolder, takeLease } from '../tools/leases.ts';
import type { Stage } from './types.ts';

/** A kind cluster of this run alone; deleted when the job ends, however it ends. */
export const cluster: Stage<'cluster'> = {
  name: 'cluster',
  run: async (context) => {
    const kind = await context.tool('kind');
    const name = clusterName(context.operator.name, context.ports.env);
    const kubeconfig = join(context.scratch, 'kubeconfig');
    await deleteAbandoned(kind, context.ports.exec, context.log);
    // Before it is made: a kill in between leaves a cluster that post still finds, or else the next run on this machine.
    await takeLease(leaseFolder('clusters'), name);
    context.ports.cleanup.add({ kind: 'cluster', name, tool: kind });
    context.progress('kind create cluster');
    const { nodeImage, config } = context.task;
    const args = [
      ...['create', 'cluster', '--name', name, '--kubeconfig', kubeconfig, '--wait', '180s', '--retain'],
      ...(nodeImage === null ? [] : ['--image', nodeImage]),
      ...(config === null ? [] : ['--config', join(context.root, config)]),
    ];
    const result = await context.run(kind, args, { allowFailure: true, env: context.ports.login });
    if (result.exitCode !== 0) {
      throw new Problem('OR-CLUSTER', 'kind could not create a cluster', {
        hint: 'see whether Docker has disk and memory left (df -h, docker info); a re-run is safe',
        excerpt: tail(result.stderr),
      });
    }
    const kubectl = await context.tool('kubectl');
    const version = await context.run(kubectl, ['--kubeconfig', kubeconfig, 'version', '--output=json'], {
      log: silent,
    });
    const kubernetes = /"serverVersion"[\s\S]*?"gitVersion":\s*"([^"]+)"/.exec(version.stdout)?.[1] ?? 'unknown';
    context.artifacts.cluster = { name, kubeconfig, kubernetes };
    context.note(`Kubernetes ${kubernetes}`);
  },
};

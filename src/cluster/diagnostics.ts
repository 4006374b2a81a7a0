import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Cluster, StageHost } from '../stages/types.ts';
import type { Kubectl } from './kubectl.ts';
import { silent } from '../log.ts';

/**
 * What one needs to understand a failed e2e after the cluster is gone: objects, events and pod logs of the namespace, and
 * kind's own export. Never fails the stage a second time. Secrets are not among the objects.
 */
export async function collectLogs(
  host: StageHost,
  kubectl: Kubectl,
  cluster: Cluster,
  namespace: string,
  folder: string,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const save = async (name: string, args: readonly string[]): Promise<void> => {
      const result = await kubectl.run(args, { allowFailure: true, log: silent, timeoutMs: 30_000 });
      await writeFile(join(folder, name), result.stdout || result.stderr);
    };
    const there = ['--namespace', namespace];
    await save('pods.yaml', ['get', 'pods', ...there, '--output=yaml']);
    await save('describe.txt', ['describe', 'pods,deployments,services', ...there]);
    await save('events.txt', ['get', 'events', '--all-namespaces', '--sort-by=.lastTimestamp']);
    await save('logs.txt', [
      'logs',
      ...there,
      '--selector=!operator-release-none',
      '--all-containers',
      '--prefix',
      '--tail=2000',
    ]);
    const kind = await host.tool('kind');
    await host.run(kind, ['export', 'logs', join(folder, 'kind'), '--name', cluster.name], {
      allowFailure: true,
      log: silent,
      timeoutMs: 60_000,
    });
  } catch (thrown) {
    host.log.warn(`could not collect all logs of the cluster: ${messageOf(thrown)}`);
  }
}

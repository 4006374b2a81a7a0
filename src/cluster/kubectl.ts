import { tail } from '../tools/exec.ts';
import type { ExecOptions, ExecResult } from '../tools/exec.ts';
import type { Cluster, StageHost } from '../stages/types.ts';
import { silent } from '../log.ts';

/** kubectl against one cluster. */
export interface Kubectl {
  run(args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Objects of one kind (or several, with commas) in a namespace; empty while the server cannot tell. */
  list<T>(kind: string, namespace: string): Promise<readonly T[]>;
  /** End of a container's log, of its run before the last crash when there was one. An empty container name: the first. */
  lastLog(namespace: string, pod: string, container: string): Promise<string>;
  events(namespace: string): Promise<string>;
}

export async function openKubectl(host: StageHost, cluster: Cluster): Promise<Kubectl> {
  const kubectl = await host.tool('kubectl');
  const run = (args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> =>
    host.run(kubectl, ['--kubeconfig', cluster.kubeconfig, ...args], options);
  const ask = async (args: readonly string[]): Promise<string> =>
    (await run(args, { allowFailure: true, log: silent, timeoutMs: 30_000 })).stdout;
  return {
    run,
    list: async <T>(kind: string, namespace: string): Promise<readonly T[]> => {
      const text = await ask(['get', kind, '--namespace', namespace, '--output=json']);
      return text.trim() === '' ? [] : (JSON.parse(text) as { items: readonly T[] }).items;
    },
    lastLog: async (namespace, pod, container) => {
      const args = [
        'logs',
        '--namespace',
        namespace,
        pod,
        ...(container === '' ? [] : ['--container', container]),
        '--tail=30',
      ];
      const previous = await ask([...args, '--previous']);
      return tail(previous.trim() === '' ? await ask(args) : previous, 15);
    },
    events: async (namespace) => {
      const args = ['get', 'events', '--namespace', namespace, '--sort-by=.lastTimestamp'];
      const columns = '--output=custom-columns=REASON:.reason,OBJECT:.involvedObject.name,MESSAGE:.message';
      // What went well is not what one looks for.
      const warnings = await ask([...args, columns, '--no-headers', '--field-selector=type!=Normal']);
      return tail(warnings.trim() === '' ? await ask([...args, columns]) : warnings, 15);
    },
  };
}

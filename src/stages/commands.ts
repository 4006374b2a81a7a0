import { Problem } from '../errors.ts';
import type { TaskPlan } from '../plan/types.ts';
import { tail } from '../tools/exec.ts';
import type { StageHost } from './types.ts';

/** The project's own commands, in the operator's folder, without any token in their environment. */
export async function runCommands(
  host: StageHost,
  task: TaskPlan,
  commands: readonly string[],
  when: 'before' | 'after' | 'run',
): Promise<void> {
  const cluster = host.artifacts.cluster;
  const env = {
    ...task.commands.env,
    ...(cluster === undefined ? {} : { KUBECONFIG: cluster.kubeconfig, KIND_CLUSTER: cluster.name }),
  };
  for (const command of commands) {
    host.progress(command.split('\n')[0] ?? '');
    host.log.info(`$ ${command}`);
    const result = await host.run('bash', ['-euo', 'pipefail', '-c', command], { env, allowFailure: true });
    if (result.exitCode === 0) continue;
    throw new Problem(
      'OR-STAGE-COMMAND',
      `a command of ${task.stage}.${when} ended with exit code ${result.exitCode}: ${command.split('\n')[0] ?? ''}`,
      {
        hint: 'it comes from the configuration file; the lines below are its own',
        excerpt: tail(`${result.stdout}\n${result.stderr}`),
      },
    );
  }
}

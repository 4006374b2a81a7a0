import { resolve } from 'node:path';
import { createClients } from './clients.ts';
import type { Resource } from './engine/cleanup.ts';
import type { RunResult } from './engine/outcome.ts';
import { readEvent } from './facts/event.ts';
import { openGit } from './facts/git.ts';
import type { Inputs } from './inputs.ts';
import { publishing } from './plan/tasks.ts';
import type { Plan } from './plan/types.ts';
import { reconcile } from './reconcile.ts';
import type { Reporter } from './report/reporter.ts';
import { runEvent } from './run-event.ts';
import { exec } from './tools/exec.ts';

export interface Run {
  readonly inputs: Inputs;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  /** Aborted on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Milliseconds since the start. */
  readonly now: () => number;
  /** Keeps what has to be torn down for the job's end. */
  readonly saveResources: (resources: readonly Resource[]) => void;
}

export interface Ran {
  readonly plan: Plan;
  /** Null when the run only planned. */
  readonly result: RunResult | null;
}

/**
 * A whole run in any mode; one entry for each plan that was made. Ends with the report written, also when stages failed.
 * Errors: problems that were found before the first stage.
 */
export async function run(context: Run): Promise<readonly Ran[]> {
  const { inputs, env } = context;
  const git = await openGit(exec, resolve(inputs.workingDirectory));
  const checksOnly = inputs.stages !== 'auto' && !inputs.stages.some((stage) => publishing.has(stage));
  const event = await readEvent(env, checksOnly);
  const logs = { root: git.root, folder: 'e2e-logs' };
  const subject = { inputs, git, event, clients: createClients(inputs, env, event.repository), logs };
  return inputs.mode === 'reconcile' ? reconcile(context, subject) : [await runEvent(context, subject)];
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Published } from './outcome.ts';
import type { TaskRunner } from './graph.ts';
import { Problem } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Http } from '../net/types.ts';
import type { OperatorPlan, Plan, TaskPlan } from '../plan/types.ts';
import { inWords } from '../report/duration.ts';
import { runCommands } from '../stages/commands.ts';
import { runStage } from '../stages/index.ts';
import type { Artifacts, Ports, StageHost } from '../stages/types.ts';
import type { GitHub } from '../github/client.ts';
import type { Registry } from '../registry/types.ts';

export interface RunnerOptions {
  readonly plan: Plan;
  readonly ports: Ports;
  /** Temporary folder of the run. */
  readonly scratch: string;
  readonly onPublished: (published: Published) => void;
  /** Clients that log what they retry into the stage's own log. */
  readonly http: (log: Log, signal: AbortSignal) => Http;
  readonly registry: (log: Log, signal: AbortSignal) => Registry;
  readonly github: (log: Log, signal: AbortSignal) => GitHub | null;
}

/** What every stage gets around it: its folders, its time limit, the project's commands before, after or instead of it. */
export function createStageRunner(options: RunnerOptions): TaskRunner {
  const { plan, ports } = options;
  const artifacts = new Map(plan.operators.map((operator): [string, Artifacts] => [operator.name, {}]));
  const artifactsOf = (operator: string): Artifacts => {
    const found = artifacts.get(operator);
    if (found === undefined) throw new Error(`no operator ${operator} in the plan`);
    return found;
  };
  return async (task, context) => {
    const operator = operatorOf(plan, task);
    const deadline = Date.now() + task.timeoutMs;
    const limit = new AbortController();
    const signal = AbortSignal.any([context.signal, limit.signal]);
    const timer = setTimeout(() => limit.abort(timeoutProblem(task)), task.timeoutMs);
    const scratch = join(options.scratch, operator.name);
    mkdirSync(scratch, { recursive: true });
    const folder = join(ports.git.root, operator.path);
    const host: StageHost = {
      ...context,
      signal,
      operator,
      plan,
      ports,
      http: options.http(context.log, signal),
      registry: options.registry(context.log, signal),
      github: options.github(context.log, signal),
      artifacts: artifactsOf(operator.name),
      artifactsOf,
      root: ports.git.root,
      folder,
      scratch,
      deadline,
      run: (tool, args, given = {}) =>
        ports.exec(tool, args, {
          cwd: folder,
          log: context.log,
          signal,
          ...given,
          env: { ...task.commands.env, ...given.env },
        }),
      tool: ports.tool,
      publish: options.onPublished,
    };
    try {
      await runCommands(host, task, task.commands.before, 'before');
      await runStage(host, task);
      await runCommands(host, task, task.commands.after, 'after');
    } finally {
      clearTimeout(timer);
    }
  };
}

function operatorOf(plan: Plan, task: TaskPlan): OperatorPlan {
  const operator = plan.operators.find((candidate) => task.id === `${candidate.name}/${task.stage}`);
  if (operator === undefined) throw new Error(`the task ${task.id} belongs to no operator of the plan`);
  return operator;
}

function timeoutProblem(task: TaskPlan): Problem {
  return new Problem('OR-STAGE-TIMEOUT', `${task.stage} did not end within ${inWords(task.timeoutMs)}`, {
    hint: `see in its log what it waits for; operators[] and defaults take a "timeout" for each stage`,
  });
}

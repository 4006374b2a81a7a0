import { runGraph } from '../../src/engine/graph.ts';
import { stageNames } from '../../src/plan/types.ts';
import type { TaskPlan } from '../../src/plan/types.ts';

const operators = 500;

export interface EngineResult {
  readonly tasks: number;
  readonly perTaskMs: number;
}

/** The engine with tasks that do nothing: as many as 500 operators have, in chains. */
export async function benchEngine(): Promise<EngineResult> {
  const tasks = Array.from({ length: operators }, (_, index) =>
    stageNames.map((stage, at): TaskPlan => {
      const needs = stageNames.slice(Math.max(0, at - 3), at).map((other) => `op${index}/${other}`);
      return { id: `op${index}/${stage}`, stage, needs } as unknown as TaskPlan;
    }),
  ).flat();
  const start = performance.now();
  const outcomes = await runGraph(tasks, () => Promise.resolve(), {
    concurrency: 4,
    failFast: false,
    signal: new AbortController().signal,
    now: () => performance.now(),
  });
  const ms = performance.now() - start;
  if (!outcomes.every(({ state }) => state === 'done')) throw new Error('an empty task did not end well');
  return { tasks: tasks.length, perTaskMs: ms / tasks.length };
}

import type { StageName, TaskId, TaskPlan } from '../../src/plan/types.ts';

/** A task of the operator `o<number>`; the graph looks at nothing but its name, its needs and its stage. */
export function taskOf(number: number, stage: StageName, needs: readonly TaskId[] = []): TaskPlan {
  return {
    id: `o${number}/${stage}`,
    stage,
    needs,
    effect: 'none',
    commands: { run: null, before: [], after: [], env: {} },
    timeoutMs: 1_000,
  } as unknown as TaskPlan;
}

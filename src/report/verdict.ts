import type { Outcome, Published, RunResult } from '../engine/outcome.ts';
import type { OperatorPlan, Plan, StageName, TaskId } from '../plan/types.ts';
import { groupBy } from './text.ts';

export type Failed = Extract<Outcome, { readonly state: 'failed' }>;

/**
 * How an operator fared: `failed` when a stage of its own failed, `blocked` when only another's did, `released` and
 * `published` for what is public now, `checked` when all is green and nothing was to be published, `idle` without stages.
 */
export type OperatorState = 'failed' | 'blocked' | 'cancelled' | 'released' | 'published' | 'checked' | 'idle';

export interface Verdict {
  readonly operator: OperatorPlan;
  readonly state: OperatorState;
  /** In the order of the plan's tasks. */
  readonly outcomes: readonly Outcome[];
  readonly failed: readonly Failed[];
  readonly published: readonly Published[];
}

export function isFailed(outcome: Outcome): outcome is Failed {
  return outcome.state === 'failed';
}

/** One verdict for each operator of the plan, in its order. */
export function verdictsOf(plan: Plan, result: RunResult): Verdict[] {
  const outcomesOf = groupBy(result.outcomes, (outcome) => outcome.operator);
  const publishedOf = groupBy(result.published, (item) => item.operator);
  return plan.operators.map((operator) => {
    const order = new Map<TaskId, number>(operator.tasks.map((task, index) => [task.id, index]));
    const outcomes = [...(outcomesOf.get(operator.name) ?? [])].sort(
      (a, b) => (order.get(a.id) ?? order.size) - (order.get(b.id) ?? order.size),
    );
    const published = publishedOf.get(operator.name) ?? [];
    const failed = outcomes.filter(isFailed);
    return { operator, state: stateOf(outcomes, published), outcomes, failed, published };
  });
}

function stateOf(outcomes: readonly Outcome[], published: readonly Published[]): OperatorState {
  const has = (state: Outcome['state']): boolean => outcomes.some((outcome) => outcome.state === state);
  if (has('failed')) return 'failed';
  if (has('blocked')) return 'blocked';
  if (has('cancelled')) return 'cancelled';
  if (published.some((item) => item.kind === 'release')) return 'released';
  if (published.length > 0) return 'published';
  return has('done') ? 'checked' : 'idle';
}

/** The stages that could not run because of this one, with the operator's name where it is another. */
export function blockedBy(failed: Failed, outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap((outcome) => {
    if (outcome.state !== 'blocked' || !outcome.by.includes(failed.id)) return [];
    return [outcome.operator === failed.operator ? outcome.stage : `${outcome.operator} ${outcome.stage}`];
  });
}

/** The outcome of an operator's stage. */
export function outcomeOf(verdict: Verdict, stage: StageName): Outcome | undefined {
  return verdict.outcomes.find((outcome) => outcome.stage === stage);
}

/**
 * The one line of a failed run: which stage of which operator, what is wrong, what to do. Null when nothing failed.
 */
export function failureInOneLine(result: RunResult): string | null {
  const [first, ...others] = result.outcomes.filter(isFailed);
  if (first === undefined) return result.cancelled ? 'cancelled; a re-run is safe' : null;
  const [problem, ...more] = first.problems;
  const text = `${first.operator} ${first.stage}: ${problem?.message ?? 'failed'} (${problem?.code ?? 'OR-BUG'})`;
  const also = [
    ...(more.length > 0 ? [`${more.length} more of this stage`] : []),
    ...others.slice(0, 5).map((outcome) => `${outcome.operator} ${outcome.stage}`),
    ...(others.length > 5 ? [`${others.length - 5} more`] : []),
  ];
  const hint = problem?.hint === undefined ? '' : ` → ${problem.hint}`;
  return `${text}${hint}${also.length > 0 ? `; also failed: ${also.join(', ')}` : ''}`;
}

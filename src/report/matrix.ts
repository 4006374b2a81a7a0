import type { OperatorPlan, Plan, StageName } from '../plan/types.ts';

export interface Leg {
  /** One operator, or several one per line: what the input `operators` takes. */
  readonly operator: string;
  readonly runner: string;
}

/** GitHub starts at most this many jobs from one matrix. */
const mostLegs = 256;

/** How long a stage takes compared with others; only the proportions count. */
const weights: Partial<Record<StageName, number>> = { e2e: 8, 'image-build': 5, integration: 3, unit: 2, lint: 2 };

function weightOf(operator: OperatorPlan): number {
  return operator.tasks.reduce((sum, task) => sum + (weights[task.stage] ?? 1), 0);
}

/** A leg for each operator with work; above the limit the heaviest are spread first, each to the leg with least to do. */
export function matrixOf(plan: Plan, runner: string): readonly Leg[] {
  const operators = plan.operators.filter((operator) => operator.tasks.length > 0);
  if (operators.length <= mostLegs) return operators.map(({ name }) => ({ operator: name, runner }));
  const legs = Array.from({ length: mostLegs }, () => ({ weight: 0, names: [] as string[] }));
  // Stable: operators of equal weight keep the plan's order.
  for (const operator of [...operators].sort((a, b) => weightOf(b) - weightOf(a))) {
    const lightest = legs.reduce((least, leg) => (leg.weight < least.weight ? leg : least));
    lightest.weight += weightOf(operator);
    lightest.names.push(operator.name);
  }
  return legs.map(({ names }) => ({ operator: names.join('\n'), runner }));
}

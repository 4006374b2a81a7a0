import type { OperatorPlan, Plan, StageName } from '../plan/types.ts';
import { groupBy } from './text.ts';

export interface Leg {
  /** One operator, or several one per line: what the input `operators` takes. */
  readonly operator: string;
  /** What `runs-on` takes: a label, or several that the runner must all have. */
  readonly runner: string | readonly string[];
}

/** GitHub starts at most this many jobs from one matrix. */
const mostLegs = 256;

/** How long a stage takes compared with others; only the proportions count. */
const weights: Partial<Record<StageName, number>> = { e2e: 8, 'image-build': 5, integration: 3, unit: 2, lint: 2 };

function weightOf(operator: OperatorPlan): number {
  return operator.tasks.reduce((sum, task) => sum + (weights[task.stage] ?? 1), 0);
}

/**
 * A leg for each operator with work. Above the limit operators share legs, with others that want the same runner: the
 * heaviest are spread first, each to the leg with least to do.
 */
export function matrixOf(plan: Plan): readonly Leg[] {
  const operators = plan.operators.filter((operator) => operator.tasks.length > 0);
  if (operators.length <= mostLegs) return operators.map((operator) => legOf([operator]));
  const groups = [...groupBy(operators, ({ runner }) => JSON.stringify(runner)).values()];
  const shares = sharesOf(groups);
  return groups.flatMap((group, index) => spread(group, shares[index] ?? 1)).map(legOf);
}

function legOf(operators: readonly OperatorPlan[]): Leg {
  const [label = 'ubuntu-latest', ...more] = operators[0]?.runner ?? [];
  return {
    operator: operators.map(({ name }) => name).join('\n'),
    runner: more.length === 0 ? label : [label, ...more],
  };
}

/** How many legs each group gets: at least one, never more than it has operators, the rest where legs have most to do. */
function sharesOf(groups: readonly (readonly OperatorPlan[])[]): readonly number[] {
  const shares = groups.map((group) => ({ legs: 1, operators: group.length, weight: weightOfAll(group) }));
  for (let left = mostLegs - groups.length; left > 0; left--) {
    const open = shares.filter(({ legs, operators }) => legs < operators);
    const fullest = open.reduce((most, share) => (share.weight / share.legs > most.weight / most.legs ? share : most));
    fullest.legs++;
  }
  return shares.map(({ legs }) => legs);
}

function weightOfAll(operators: readonly OperatorPlan[]): number {
  return operators.reduce((sum, operator) => sum + weightOf(operator), 0);
}

function spread(operators: readonly OperatorPlan[], number: number): readonly (readonly OperatorPlan[])[] {
  const legs = Array.from({ length: number }, () => ({ weight: 0, operators: [] as OperatorPlan[] }));
  // Stable: operators of equal weight keep the plan's order.
  const weighed = operators.map((operator) => ({ operator, weight: weightOf(operator) }));
  for (const { operator, weight } of weighed.sort((a, b) => b.weight - a.weight)) {
    const lightest = legs.reduce((least, leg) => (leg.weight < least.weight ? leg : least));
    lightest.weight += weight;
    lightest.operators.push(operator);
  }
  return legs.map((leg) => leg.operators).filter((leg) => leg.length > 0);
}

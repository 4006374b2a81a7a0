import { candidateTag } from '../plan/staging.ts';
import type { Staged } from '../plan/finish.ts';
import type { OperatorPlan, Plan } from '../plan/types.ts';
import { chartTag } from '../registry/chart.ts';
import type { Registry } from '../registry/types.ts';
import { promotableDigest } from './promotable.ts';

/**
 * What the legs of a matrix have left of each operator of a release: under the version when an earlier run has named it,
 * else under the candidate tag. Only what says of itself that it was made from the plan's commit counts.
 */
export async function readStaged(plan: Plan, registry: Registry): Promise<ReadonlyMap<string, Staged>> {
  const entries = await Promise.all(
    plan.operators.map(async (operator): Promise<[string, Staged]> => [
      operator.name,
      await stagedOf(plan, operator, registry),
    ]),
  );
  return new Map(entries);
}

async function stagedOf({ event }: Plan, operator: OperatorPlan, registry: Registry): Promise<Staged> {
  const candidate = candidateTag(operator.version.text, event.sha);
  const { image, chart } = operator;
  const exact = image?.tags.filter((tag) => !tag.moving).map(({ tag }) => tag) ?? [];
  return {
    image: image === null ? null : await promotableDigest(registry, image.repository, [...exact, candidate], event.sha),
    chart:
      chart === null
        ? null
        : await promotableDigest(registry, chart.repository, [chartTag(chart.version), candidate], event.sha),
  };
}

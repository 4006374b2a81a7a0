import { Problem } from '../errors.ts';
import { list } from '../report/text.ts';
import type { OperatorPlan, Plan, StageName, TaskId, TaskPlan } from './types.ts';

/** Something in the registry that a leg tested: under its version already, or still under its candidate tag. */
export type Found = { readonly tag: string; readonly digest: string } | null;

/** What the legs of a matrix have left of one operator. */
export interface Staged {
  readonly image: Found;
  readonly chart: Found;
}

/** What a release still needs when everything in it is built and tested. */
const finishing: ReadonlySet<StageName> = new Set([
  'chart-package',
  'bundle',
  'publish-image',
  'publish-chart',
  'release',
  'tags',
]);

/** A plan with nothing to do, and why. */
export function nothingToFinish(plan: Plan, reason: string): Plan {
  const unaffected = [...plan.operators.map(({ name }) => ({ name, reason })), ...plan.unaffected];
  return { ...plan, operators: [], unaffected };
}

/**
 * The plan of a whole release cut down to what the legs have left: names for what is in the registry, install manifests,
 * the GitHub Release. Pure. Errors: OR-FINISH-INCOMPLETE, one for all operators.
 */
export function finishPlan(plan: Plan, staged: ReadonlyMap<string, Staged>): Plan {
  const lacking = plan.operators.flatMap((operator) => {
    const parts = missingOf(plan, operator, staged.get(operator.name));
    return parts.length === 0 ? [] : [`${operator.name} (${parts.join(' and ')})`];
  });
  if (lacking.length > 0) {
    const tag = plan.operators[0]?.release?.tag ?? plan.event.refName;
    throw new Problem(
      'OR-FINISH-INCOMPLETE',
      `${tag} cannot be finished, and this run has named nothing; missing: ${list(lacking, 20)}`,
      {
        hint: 'the leg of such an operator failed or has not run: run the failed jobs again, then this one',
      },
    );
  }
  const ids = new Set(plan.operators.flatMap(({ tasks }) => tasks.filter(isFinishing).map(({ id }) => id)));
  const operators = plan.operators.map((operator) => finishOf(plan, operator, staged.get(operator.name), ids));
  return { ...plan, operators };
}

function missingOf(plan: Plan, operator: OperatorPlan, staged: Staged | undefined): readonly string[] {
  const lacks = (stage: StageName, found: Found | undefined): boolean =>
    isPublished(plan, operator, stage) && (found ?? null) === null;
  return [
    ...(operator.image !== null && lacks('publish-image', staged?.image) ? ['image'] : []),
    ...(operator.chart !== null && lacks('publish-chart', staged?.chart) ? ['chart'] : []),
  ];
}

/** Also in a dry run, which leaves the stage out for a reason of its own. */
function isPublished(plan: Plan, operator: OperatorPlan, stage: StageName): boolean {
  const skip = operator.skipped.find((skipped) => skipped.stage === stage);
  return skip === undefined || skip.reason === plan.event.publishReason;
}

/** `ids`: the tasks of all operators that are left to do. */
function finishOf(
  plan: Plan,
  operator: OperatorPlan,
  staged: Staged | undefined,
  ids: ReadonlySet<TaskId>,
): OperatorPlan {
  const kept = operator.tasks.filter(isFinishing);
  const left = operator.tasks.filter((task) => !isFinishing(task));
  const image = isPublished(plan, operator, 'publish-image') ? operator.image : null;
  return {
    ...operator,
    image: image === null ? null : { ...image, promote: staged?.image ?? null },
    chart: operator.chart === null ? null : { ...operator.chart, promote: staged?.chart ?? null },
    tasks: kept.map((task) => withoutPacking({ ...task, needs: task.needs.filter((id) => ids.has(id)) }, staged)),
    skipped: [
      ...operator.skipped.filter(({ stage }) => finishing.has(stage)),
      ...[...left, ...operator.skipped.filter(({ stage }) => !finishing.has(stage))].map(({ stage }) => ({
        stage,
        reason: 'done by the job that tested this operator',
      })),
    ],
  };
}

function isFinishing({ stage }: TaskPlan): boolean {
  return finishing.has(stage);
}

/** What is packed already needs no command around its packing. */
function withoutPacking(task: TaskPlan, staged: Staged | undefined): TaskPlan {
  if (task.stage !== 'chart-package' || (staged?.chart ?? null) === null) return task;
  return { ...task, commands: { run: null, before: [], after: [], env: {} } };
}

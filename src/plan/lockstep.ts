import type { OperatorPlan, StageName, TaskId, TaskPlan } from './types.ts';

/**
 * One tag for all operators: nobody gets a public name before everybody is green, and there is one release, made by the
 * first operator's task when all have published.
 */
export function inLockstep(plans: readonly OperatorPlan[]): readonly OperatorPlan[] {
  const all = plans.flatMap((plan) => plan.tasks);
  const checks = all.filter((task) => task.effect !== 'remote').map((task) => task.id);
  const idsOf = (...stages: readonly StageName[]): readonly TaskId[] =>
    all.filter((task) => stages.includes(task.stage)).map((task) => task.id);
  const images = idsOf('publish-image');
  const published = idsOf('publish-image', 'publish-chart');
  const releasing = all.find((task) => task.stage === 'release')?.id;
  const wait = (task: TaskPlan): TaskPlan => {
    if (task.effect !== 'remote') return task;
    if (task.stage === 'release') return { ...task, needs: union(task.needs, checks, published) };
    if (task.stage === 'tags')
      return {
        ...task,
        needs: union(
          task.needs.filter((id) => !id.endsWith('/release')),
          published,
          releasing === undefined ? [] : [releasing],
        ),
      };
    return { ...task, needs: union(task.needs, checks, task.stage === 'publish-chart' ? images : []) };
  };
  return plans.map((plan) => {
    const isElsewhere = (task: TaskPlan): boolean => task.stage === 'release' && task.id !== releasing;
    const skipped = plan.tasks
      .filter(isElsewhere)
      .map((task) => ({ stage: task.stage, reason: `one release for all operators, made by ${releasing ?? ''}` }));
    return {
      ...plan,
      tasks: plan.tasks.filter((task) => !isElsewhere(task)).map(wait),
      skipped: [...plan.skipped, ...skipped],
    };
  });
}

function union(...lists: readonly (readonly TaskId[])[]): readonly TaskId[] {
  return [...new Set(lists.flat())];
}

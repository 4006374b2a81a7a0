import type { OperatorPlan, StageName, TaskId, TaskPlan } from './types.ts';

/**
 * One tag for all operators: nobody gets a public name before everybody is green, and there is one release, made by the
 * first operator's task when all have published. Of each stage the first task waits for all that has to be done, and the
 * others wait for that one: all waiting for all would be a list of millions for some hundred operators.
 */
export function inLockstep(plans: readonly OperatorPlan[]): readonly OperatorPlan[] {
  const all = plans.flatMap((plan) => plan.tasks);
  const checks = all.filter((task) => task.effect !== 'remote').map((task) => task.id);
  const idsOf = (stage: StageName): readonly TaskId[] =>
    all.filter((task) => task.stage === stage).map((task) => task.id);
  const [images, charts, tags] = [idsOf('publish-image'), idsOf('publish-chart'), idsOf('tags')];
  const published = [...images, ...charts];
  const imagesAndChecks = [...checks, ...images];
  const releasing = idsOf('release')[0];
  const behind = (task: TaskPlan, first: TaskId | undefined, what: readonly TaskId[]): TaskPlan => {
    const own = task.needs.filter((id) => !id.endsWith('/release'));
    return { ...task, needs: union(own, task.id === first || first === undefined ? what : [first]) };
  };
  const wait = (task: TaskPlan): TaskPlan => {
    if (task.effect !== 'remote') return task;
    switch (task.stage) {
      case 'publish-image':
        return behind(task, images[0], checks);
      case 'publish-chart':
        return behind(task, charts[0], imagesAndChecks);
      case 'tags':
        return releasing === undefined ? behind(task, tags[0], published) : behind(task, undefined, [releasing]);
      default:
        return behind(task, releasing, [...imagesAndChecks, ...charts]);
    }
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

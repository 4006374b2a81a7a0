import { describe, expect, it } from 'vitest';
import { inLockstep } from '../../src/plan/lockstep.ts';
import type { OperatorPlan, StageName, TaskPlan } from '../../src/plan/types.ts';

const full = ['verify', 'unit', 'image-build', 'e2e', 'publish-image', 'publish-chart', 'release', 'tags'] as const;
const remote: readonly StageName[] = ['publish-image', 'publish-chart', 'release', 'tags'];

function operator(name: string, stages: readonly StageName[] = full): OperatorPlan {
  const tasks = stages.map((stage, index) => ({
    id: `${name}/${stage}`,
    stage,
    effect: remote.includes(stage) ? 'remote' : 'none',
    needs: remote.includes(stage) ? stages.slice(0, index).map((other) => `${name}/${other}`) : [],
  }));
  return { name, tasks, skipped: [] } as unknown as OperatorPlan;
}

function tasksOf(plans: readonly OperatorPlan[]): ReadonlyMap<string, TaskPlan> {
  return new Map(inLockstep(plans).flatMap(({ tasks }) => tasks.map((task): [string, TaskPlan] => [task.id, task])));
}

/** Everything that comes before a task. */
function before(tasks: ReadonlyMap<string, TaskPlan>, id: string, found = new Set<string>()): ReadonlySet<string> {
  for (const need of tasks.get(id)?.needs ?? []) {
    if (!found.has(need)) before(tasks, need, found.add(need));
  }
  return found;
}

describe('inLockstep', () => {
  it.each<[string, readonly OperatorPlan[]]>([
    ['all have everything', [operator('a'), operator('b'), operator('c')]],
    ['the first has no image', [operator('a', ['unit', 'publish-chart', 'release']), operator('b')]],
    ['the first has no chart', [operator('a', ['unit', 'publish-image', 'release', 'tags']), operator('b')]],
    ['nobody has a release', ['a', 'b'].map((name) => operator(name, ['unit', 'publish-image', 'tags']))],
    ['there are releases only', ['a', 'b'].map((name) => operator(name, ['unit', 'release']))],
  ])('names nothing before all is green and moves tags last, where %s', (_, plans) => {
    const tasks = tasksOf(plans);
    const ids = [...tasks.keys()];
    const checks = ids.filter((id) => tasks.get(id)?.effect === 'none');
    const endingWith = (...stages: readonly string[]): string[] =>
      ids.filter((id) => stages.includes(id.slice(id.indexOf('/') + 1)));
    const expectAfter = (later: readonly string[], earlier: readonly string[]): void => {
      for (const id of later) expect([...before(tasks, id)], id).toEqual(expect.arrayContaining([...earlier]));
    };
    expectAfter(endingWith(...remote), checks);
    expectAfter(endingWith('publish-chart'), endingWith('publish-image'));
    expectAfter(endingWith('release'), endingWith('publish-image', 'publish-chart'));
    expectAfter(endingWith('tags'), endingWith('publish-image', 'publish-chart', 'release'));
    for (const id of ids) expect([...before(tasks, id)], id).not.toContain(id);
    for (const task of tasks.values()) expect(ids).toEqual(expect.arrayContaining([...task.needs]));
    expect(endingWith('release').length).toBeLessThanOrEqual(1);
  });

  it('makes a plan that grows with the operators, and not with their square', () => {
    const needs = (count: number): number =>
      [...tasksOf(Array.from({ length: count }, (_, index) => operator(`op${index}`))).values()].reduce(
        (sum, task) => sum + task.needs.length,
        0,
      );
    expect(needs(400)).toBeLessThan(needs(100) * 4.1);
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors.ts';
import { finishPlan, nothingToFinish } from '../../src/plan/finish.ts';
import type { Staged } from '../../src/plan/finish.ts';
import { candidateTag } from '../../src/plan/staging.ts';
import type { OperatorPlan, Plan } from '../../src/plan/types.ts';
import { matrixOf } from '../../src/report/matrix.ts';
import { monorepo } from '../fixtures/repos/layouts.ts';
import { operatorSample, planSample } from '../report/samples.ts';
import { digest, planOf, sha, tagged, worldOf } from './world.ts';
import type { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await worldOf(monorepo);
});

const stagesOf = (operator: OperatorPlan | undefined): string[] => operator?.tasks.map(({ stage }) => stage) ?? [];
const needsOf = (plan: Plan, id: string): readonly string[] =>
  plan.operators.flatMap(({ tasks }) => tasks).find((task) => task.id === id)?.needs ?? expect.fail(id);
/** Whatever a task waits for, and what that waits for. */
const allNeedsOf = (plan: Plan, id: string): string[] => {
  const all = new Set<string>(needsOf(plan, id));
  for (const need of all) for (const further of needsOf(plan, need)) all.add(further);
  return [...all];
};
const candidate = candidateTag('1.0.0', sha);
const asLeg = (tag: string, operators: string): Plan => planOf(world, { ...tagged(tag), inputs: { operators } });
const names = (): string[] => world.facts.operators.map(({ name }) => name);

describe('a leg of a tag that releases several operators', () => {
  it('does all checks, and stages what it tested under a tag that is no version', () => {
    const [operator, ...others] = asLeg('v1.0.0', 'nova').operators;
    expect(others).toEqual([]);
    expect(stagesOf(operator)).toEqual(expect.arrayContaining(['unit', 'e2e', 'publish-image', 'publish-chart']));
    expect(operator?.tasks.filter((task) => task.effect === 'remote')).toMatchObject([
      { stage: 'publish-image', candidate },
      { stage: 'publish-chart', candidate },
    ]);
    expect(operator?.image?.tags.map(({ tag }) => tag)).toEqual([`sha-${sha.slice(0, 12)}`]);
    expect(operator?.chart).toMatchObject({ version: '1.0.0', appVersion: 'v1.0.0' });
    for (const stage of ['release', 'tags']) {
      expect(operator?.skipped).toContainEqual({ stage, reason: 'made by mode: finish when all operators are green' });
    }
  });

  it('stages each of several operators as soon as it is green', () => {
    const plan = asLeg('v1.0.0', 'nova\nkeystone');
    expect(needsOf(plan, 'nova/publish-image').every((id) => id.startsWith('nova/'))).toBe(true);
  });

  it('publishes itself when it has all operators of the tag', () => {
    const all = asLeg('v1.0.0', names().join('\n'));
    expect(all).toEqual({ ...planOf(world, tagged('v1.0.0')) });
    const own = asLeg('nova/v1.0.0', 'nova').operators[0];
    expect(stagesOf(own)).toContain('release');
    expect(own?.tasks.find(({ stage }) => stage === 'publish-chart')).toMatchObject({ candidate: null });
  });
});

describe('the order of a common release', () => {
  it('is all checks, all images, all charts, one release, moving tags', () => {
    const plan = planOf(world, tagged('v1.0.0'));
    const images = names().map((name) => `${name}/publish-image`);
    const charts = names().map((name) => `${name}/publish-chart`);
    const releases = plan.operators.filter((operator) => stagesOf(operator).includes('release'));
    expect(releases).toHaveLength(1);
    const release = `${releases[0]?.name ?? ''}/release`;
    const e2e = names().map((name) => `${name}/e2e`);
    for (const image of images) expect(allNeedsOf(plan, image)).toEqual(expect.arrayContaining(e2e));
    for (const chart of charts) expect(allNeedsOf(plan, chart)).toEqual(expect.arrayContaining(images));
    expect(allNeedsOf(plan, release)).toEqual(expect.arrayContaining(charts));
    for (const name of names()) expect(allNeedsOf(plan, `${name}/tags`)).toContain(release);
  });
});

describe('finishPlan', () => {
  const found = { tag: candidate, digest };
  const stagedFor = (changes: Readonly<Record<string, Partial<Staged>>> = {}): Map<string, Staged> =>
    new Map(names().map((name) => [name, { image: found, chart: found, ...changes[name] }]));

  it('only names, releases and moves', () => {
    const plan = finishPlan(planOf(world, tagged('v1.0.0')), stagedFor());
    for (const operator of plan.operators) {
      expect(stagesOf(operator).filter((stage) => stage !== 'release')).toEqual([
        'chart-package',
        'bundle',
        'publish-image',
        'publish-chart',
        'tags',
      ]);
      expect([operator.image?.promote, operator.chart?.promote]).toEqual([found, found]);
      expect(operator.skipped).toContainEqual({ stage: 'e2e', reason: 'done by the job that tested this operator' });
    }
    const ids = new Set(plan.operators.flatMap(({ tasks }) => tasks.map(({ id }) => id)));
    for (const { needs } of plan.operators.flatMap(({ tasks }) => tasks))
      for (const id of needs) expect(ids).toContain(id);
  });

  it('is one problem for all that is missing', () => {
    const missing = { nova: { chart: null }, keystone: { image: null, chart: null } };
    const finish = (): Plan => finishPlan(planOf(world, tagged('v1.0.0')), stagedFor(missing));
    expect(finish).toThrow(Problem);
    expect(finish).toThrow('keystone (image and chart), nova (chart)');
  });

  it('does without what is never published', () => {
    const plan = planOf(world, tagged('v1.0.0'));
    const reason = 'disabled in the configuration';
    const [first, ...others] = plan.operators.map((operator) => ({
      ...operator,
      tasks: operator.tasks.filter(({ stage }) => stage !== 'publish-image'),
      skipped: [...operator.skipped, { stage: 'publish-image' as const, reason }],
    }));
    const operators = first === undefined ? [] : [first, ...plan.operators.slice(1)];
    expect(others).not.toEqual([]);
    const finished = finishPlan({ ...plan, operators }, stagedFor({ [first?.name ?? '']: { image: null } }));
    expect(finished.operators[0]?.image).toBeNull();
  });

  it('is nothing, with the reason, for all operators', () => {
    const { operators, unaffected } = nothingToFinish(planOf(world, tagged('nova/v1.0.0')), 'why');
    expect(operators).toEqual([]);
    expect(unaffected.map(({ name }) => name).sort()).toEqual(names().sort());
  });
});

describe('matrixOf', () => {
  it('names one label as text and several as a list', () => {
    const labels = ['self-hosted', 'arm64'];
    const plan = planSample([operatorSample('a'), operatorSample('b', { runner: labels })]);
    expect(matrixOf(plan)).toEqual([
      { operator: 'a', runner: 'ubuntu-latest' },
      { operator: 'b', runner: labels },
    ]);
  });

  it('has every operator once, on its runner, in at most 256 legs of which none is idle', () => {
    const { tasks } = operatorSample('x');
    const light = tasks.slice(0, 1);
    const kind = fc.record({ runner: fc.constantFrom('small', 'large', 'rare'), tasks: fc.constantFrom(tasks, light) });
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1, maxLength: 600 }), (kinds) => {
        const operators = kinds.map(({ runner, tasks }, at) => operatorSample(`op-${at}`, { runner: [runner], tasks }));
        const legs = matrixOf(planSample(operators));
        expect(legs).toHaveLength(Math.min(operators.length, 256));
        const placed = legs.flatMap(({ operator, runner }) => operator.split('\n').map((name) => [name, runner]));
        expect(placed.sort()).toEqual(operators.map(({ name, runner }) => [name, runner[0]]).sort());
      }),
      { numRuns: 25 },
    );
  });

  it('balances legs by what there is to do, on one runner and between runners', () => {
    const { tasks } = operatorSample('x');
    const checks = tasks.filter(({ stage }) => stage === 'lint');
    const heavy = Array.from({ length: 300 }, (_, at) => operatorSample(`heavy-${at}`, { runner: ['large'], tasks }));
    const light = Array.from({ length: 300 }, (_, at) =>
      operatorSample(`light-${at}`, { runner: ['small'], tasks: checks }),
    );
    const sizes = (runner: string): number[] =>
      matrixOf(planSample([...light, ...heavy]))
        .filter((leg) => leg.runner === runner)
        .map(({ operator }) => operator.split('\n').length);
    expect(sizes('large').length + sizes('small').length).toBe(256);
    expect(Math.max(...sizes('large'))).toBe(2);
    expect(Math.max(...sizes('small')) - Math.min(...sizes('small'))).toBeLessThanOrEqual(1);
    expect(sizes('small').length).toBeLessThan(60);

    const mixed = [...heavy.slice(0, 200), ...light].map((operator) => ({ ...operator, runner: ['any'] }));
    const legs = matrixOf(planSample(mixed)).map(({ operator }) => operator.split('\n'));
    const alone = legs.filter((names) => names.some((name) => name.startsWith('heavy')));
    expect(alone.map((names) => names.length)).toEqual(alone.map(() => 1));
    expect(alone).toHaveLength(200);
  });
});

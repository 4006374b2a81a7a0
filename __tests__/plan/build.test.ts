import { describe, expect, it } from 'vitest';
import { createStanding } from '../../src/plan/moving.ts';
import type { OperatorPlan, Plan, TaskId } from '../../src/plan/types.ts';
import { kubebuilder, monorepo, multigroup, plainGo } from '../fixtures/repos/layouts.ts';
import type { Tree } from '../fixtures/repos/repo.ts';
import {
  changed,
  digest,
  dispatched,
  inputs,
  planOf,
  pullRequest,
  pushTo,
  scheduled,
  tagged,
  worldOf,
} from './world.ts';
import type { Happening } from './world.ts';

const memo = await worldOf(kubebuilder);
const ops = await worldOf(monorepo);

function only(plan: Plan): OperatorPlan {
  const [operator, ...others] = plan.operators;
  if (operator === undefined || others.length > 0) throw new Error('not one operator');
  return operator;
}

/** Everything that has to be done before a task. */
function before(plan: Plan, id: TaskId): ReadonlySet<TaskId> {
  const tasks = new Map(plan.operators.flatMap((operator) => operator.tasks).map((task) => [task.id, task]));
  const found = new Set<TaskId>();
  const visit = (each: TaskId): void => {
    for (const need of tasks.get(each)?.needs ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(id);
  return found;
}

const stagesOf = (operator: OperatorPlan): string[] => operator.tasks.map((task) => task.stage);
const publishing = ['publish-image', 'publish-chart', 'release', 'tags'];

describe('the tasks', () => {
  const worlds: readonly [string, Plan][] = [
    ['a release', planOf(memo, tagged('v1.0.0'))],
    ['a promoted release', planOf(memo, { ...tagged('v1.0.0'), history: { promotable: { tag: 'sha-1', digest } } })],
    ['a branch', planOf(memo, pushTo('main', 'x'))],
    ['a release of all operators', planOf(ops, tagged('v1.0.0'))],
  ];
  it.each(worlds)('of %s publish nothing before every check, and name last', (_, plan) => {
    const tasks = plan.operators.flatMap((operator) => operator.tasks);
    const checks = tasks.filter((task) => task.effect !== 'remote').map((task) => task.id);
    expect(checks.length).toBeGreaterThan(5);
    for (const task of tasks.filter(({ effect }) => effect === 'remote')) {
      const done = before(plan, task.id);
      for (const check of checks) expect(done.has(check), `${task.id} after ${check}`).toBe(true);
      const published = tasks.filter(({ stage }) => stage === 'publish-image' || stage === 'publish-chart');
      if (task.stage === 'release' || task.stage === 'tags') {
        for (const other of published) expect(done.has(other.id), `${task.id} after ${other.id}`).toBe(true);
      }
    }
  });

  it('of a common tag make one release, which every moving tag waits for', () => {
    const plan = planOf(ops, tagged('v1.0.0'));
    const tasks = plan.operators.flatMap((operator) => operator.tasks);
    const releases = tasks.filter((task) => task.stage === 'release').map((task) => task.id);
    expect(releases).toHaveLength(1);
    for (const task of tasks.filter(({ stage }) => stage === 'tags')) expect(task.needs).toContain(releases[0]);
    expect(tasks.filter((task) => task.stage === 'tags')).toHaveLength(3);
  });

  it('look after moving tags that a higher release holds, where this one may have taken them', () => {
    const hasTags = (tag: string, ...higher: string[]): boolean => {
      const { tasks, image } = only(planOf(memo, { ...tagged(tag, ...higher), releasedTags: higher }));
      expect(image?.tags.some(({ moving }) => moving)).toBe(false);
      return tasks.some(({ stage }) => stage === 'tags');
    };
    expect(hasTags('v1.0.0', 'v1.0.1')).toBe(true);
    expect(hasTags('v1.0.0-rc.1', 'v1.0.0-rc.2')).toBe(true);
    expect(hasTags('v1.0.0-odd.1')).toBe(false);
  });

  it('need nothing that is not in the plan, and only what comes before', () => {
    for (const [, plan] of worlds) {
      const ids = plan.operators.flatMap((operator) => operator.tasks).map((task) => task.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids) {
        expect(before(plan, id).has(id)).toBe(false);
        for (const need of before(plan, id)) expect(ids).toContain(need);
      }
    }
  });

  it.each<[string, Happening]>([
    ['a pull request', pullRequest('cmd/main.go')],
    ['a schedule', scheduled],
    ['a branch that is checked only', pushTo('feature/x', 'cmd/main.go')],
    ['a dry run of a release', dispatched({ version: '1.0.0', 'dry-run': 'true' })],
    ['a dry run of a tag', { ...tagged('v1.0.0'), inputs: { 'dry-run': 'true' } }],
    ['a laptop', {}],
  ])('of %s publish nothing, and say why', (_, happening) => {
    const plan = planOf(memo, happening);
    const operator = only(plan);
    expect(plan.event.publishes).toBe(false);
    expect(operator.tasks.filter((task) => task.effect === 'remote')).toEqual([]);
    expect(operator.skipped.filter(({ stage }) => publishing.includes(stage)).map(({ reason }) => reason)).toEqual(
      publishing.map(() => plan.event.publishReason),
    );
  });

  it('name every stage once: to do, or why not', () => {
    for (const [, plan] of worlds) {
      for (const operator of plan.operators) {
        expect(new Set([...stagesOf(operator), ...operator.skipped.map(({ stage }) => stage)]).size).toBe(14);
        expect(operator.tasks.length + operator.skipped.length).toBe(14);
      }
    }
  });

  it('leave out the cluster where there is no engine, and build with ko', () => {
    const plan = only(planOf(memo, { ...pullRequest('cmd/main.go'), host: { dockerMissing: 'docker is not here' } }));
    expect(plan.image).toMatchObject({ builder: 'ko', dockerfile: null });
    expect(stagesOf(plan)).not.toContain('e2e');
    expect(plan.skipped).toContainEqual({ stage: 'e2e', reason: 'no Docker engine: docker is not here' });
  });

  it('bring along what the asked stages cannot do without', () => {
    const stages = (names: string): string[] =>
      stagesOf(only(planOf(memo, { ...pullRequest('cmd/main.go'), inputs: { stages: names } })));
    expect(stages('unit\nlint')).toEqual(['lint', 'unit']);
    expect(stages('e2e')).toEqual(['image-build', 'chart-package', 'bundle', 'cluster', 'e2e']);
  });
});

describe('the plan', () => {
  it('builds a version that the image is told at build time, also where the commit was tested before', async () => {
    const tree = {
      ...kubebuilder,
      '.github/operator-release.yaml':
        "defaults:\n  image:\n    buildArgs: {VERSION: '{version}', COMMIT: '{commit}'}\n",
    };
    const happening = { ...tagged('v1.0.0'), history: { promotable: { tag: 'sha-1', digest } } };
    const { image } = only(planOf(await worldOf(tree), happening));
    expect(image?.promote).toBeNull();
    expect(image?.buildArgs).toEqual({ VERSION: '1.0.0', COMMIT: '3f2c9a1b7d204c5e8f90a1b2c3d4e5f607182930' });
  });

  it('is for the operators that were asked for', () => {
    const asked = planOf(ops, { ...pullRequest('docs/x.md'), inputs: { operators: 'nova' } });
    expect(asked.operators.map(({ name, affected }) => [name, affected.by])).toEqual([
      ['nova', ['named by the input operators']],
    ]);
    expect(asked.unaffected).toContainEqual({ name: 'glance', reason: 'not named by the input operators' });
  });

  it('of a maintenance branch stays below the builds of the newer line, and is checked against its own', async () => {
    const tree = { ...kubebuilder, '.github/operator-release.yaml': "tags:\n  branches: [main, 'release/*']\n" };
    const world = await worldOf(tree);
    const tags = { tags: ['v1.2.3', 'v2.0.0'], releasedTags: ['v1.2.3', 'v2.0.0'] };
    const branch = only(planOf(world, { ...pushTo('release/1.2', 'cmd/main.go'), ...tags, elsewhere: ['v2.0.0'] }));
    const main = only(planOf(world, { ...pushTo('main', 'cmd/main.go'), ...tags }));
    expect([branch.chart?.version, main.chart?.version]).toEqual([
      '1.2.4-dev.3.g3f2c9a1b7d20',
      '2.0.1-dev.3.g3f2c9a1b7d20',
    ]);
    expect(branch.tasks.find(({ stage }) => stage === 'verify')).toMatchObject({ api: { since: 'v1.2.3' } });
  });

  it('keeps the names of registries lower-case', () => {
    const facts = { ...changed(memo, pullRequest('x')), repository: 'AcMe/Ops' };
    const plan = planOf({ ...memo, facts }, { ...tagged('v1.0.0') });
    expect(only(plan).image?.repository).toBe('ghcr.io/acme/memo');
    expect(only(plan).chart?.repository).toBe('ghcr.io/acme/charts/memo');
  });

  it('takes the input registry for images and charts', () => {
    const plan = only(planOf(memo, { ...tagged('v1.0.0'), inputs: { registry: '127.0.0.1:5000/x' } }));
    expect(plan.image?.repository).toBe('127.0.0.1:5000/x/memo');
    expect(plan.chart?.repository).toBe('127.0.0.1:5000/x/charts/memo');
  });
});

describe('createStanding', () => {
  const standing = createStanding(inputs(), memo.config, changed(memo, tagged('v1.1.0', 'v1.0.0')));
  const holders = (tags: string[], releasedTags: string[] | null): string[] =>
    standing
      .holdings('memo', { tags, releasedTags })
      .map(({ tag, holder, isOurs, rivals }) => `${tag} ${isOurs ? 'ours' : holder} ${rivals.join(',')}`.trim());

  it('takes back the tags that a higher version claims in the meantime', () => {
    expect(holders(['v1.0.0', 'v1.1.0'], null)).toEqual(['v1.1 ours', 'v1 ours', 'stable ours']);
    expect(holders(['v1.0.0', 'v1.1.0', 'v1.2.0'], null)).toEqual(['v1.1 ours', 'v1 v1.2.0', 'stable v1.2.0']);
    expect(holders(['v1.1.0', 'v1.1.1'], null)).toEqual(['v1.1 v1.1.1', 'v1 v1.1.1', 'stable v1.1.1']);
    const branch = createStanding(inputs(), memo.config, changed(memo, pushTo('main', 'x')));
    expect(branch.holdings('memo', { tags: ['v1.0.0'], releasedTags: null })).toEqual([]);
    expect(branch.latest({ tags: [], releasedTags: [] }).makeLatest).toBe(false);
  });

  it('leaves nothing to a higher tag that is not released, but knows of it', () => {
    expect(holders(['v1.0.0', 'v1.2.0', 'v1.1.0', 'v1.3.0', 'v2.0.0'], ['v1.0.0'])).toEqual([
      'v1.1 ours',
      'v1 ours v1.3.0,v1.2.0',
      'stable ours v2.0.0,v1.3.0,v1.2.0',
    ]);
  });

  it('gives Latest to the highest that is released, and says when that may change', () => {
    const latest = (...releasedTags: string[]): unknown =>
      standing.latest({ tags: ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0-rc.1'], releasedTags });
    expect(latest('v1.0.0')).toMatchObject({ makeLatest: true, holder: null, isContested: true });
    expect(latest('v1.0.0', 'v1.1.0', 'v1.2.0')).toMatchObject({ makeLatest: false, holder: 'v1.2.0' });
    expect(standing.latest({ tags: ['v1.1.0', 'v1.3.0-rc.1'], releasedTags: [] })).toMatchObject({
      isContested: false,
    });
  });
});

describe('a plan without configuration', () => {
  const docker = { Dockerfile: 'FROM scratch\n' };
  const bare = { 'go.mod': 'module x\n', 'main.go': 'package main\n', 'config/crd/bases/x.yaml': 'kind: X\n' };
  const deployed = { ...docker, 'config/default/kustomization.yaml': '' };
  it.each<[string, Tree, object, string | null, readonly string[]]>([
    ['kubebuilder', kubebuilder, { dockerfile: 'Dockerfile', mainPackage: './cmd' }, 'dist/chart', []],
    ['several groups', multigroup, { dockerfile: 'Dockerfile' }, 'charts/fleet', []],
    ['helm/', plainGo('helm/plain', docker), { dockerfile: 'Dockerfile' }, 'helm/plain', []],
    ['deploy/helm', plainGo('deploy/helm/any', docker), { mainPackage: '.' }, 'deploy/helm/any', []],
    ['ko', plainGo('charts/plain', { '.ko.yaml': '' }), { builder: 'ko', dockerfile: null }, 'charts/plain', []],
    ['no chart', { ...bare, ...deployed }, {}, null, ['chart-check', 'chart-package']],
    ['neither chart nor manifests', { ...bare, ...docker }, {}, null, ['bundle', 'cluster', 'e2e']],
  ])('is made for the layout %s', async (_, tree, image, chart, without) => {
    const plan = only(planOf(await worldOf(tree), pullRequest('main.go')));
    expect(plan.image).toMatchObject(image);
    expect(plan.chart?.path ?? null).toBe(chart);
    const usual = without.length === 0 ? ['chart-package', 'e2e'] : [];
    expect(stagesOf(plan)).toEqual(expect.arrayContaining(['verify', 'lint', 'unit', 'image-build', ...usual]));
    expect(plan.skipped.map(({ stage }) => stage)).toEqual(expect.arrayContaining([...without]));
    const generate = 'Makefile' in tree ? ['make manifests generate'] : [];
    expect(plan.tasks.find(({ stage }) => stage === 'verify')).toMatchObject({ generate, tidy: true });
  });
});

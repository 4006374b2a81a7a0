import { expect, it } from 'vitest';
import { origin, renderPlan } from '../../src/report/plan-text.ts';
import { eventSample, operatorSample, planSample } from './samples.ts';

const toolVersion = '1.0.0';

it('shows a tag that releases one operator', () => {
  const plan = planSample([operatorSample('keystone')]);
  expect(renderPlan(plan, { toolVersion }).join('\n')).toMatchInlineSnapshot(`
    "operator-release 1.0.0 · tag keystone/v1.2.3 · 3f2c9a1 · octo/ops
    publishes: tag keystone/v1.2.3 releases 1.2.3
    signed: with the identity of the job, certified by fulcio.sigstore.dev, where the job has one

    keystone  1.2.2 → 1.2.3   (released by tag pattern {operator}/v{version})
      image   ghcr.io/octo/keystone-operator   linux/amd64, linux/arm64
              promote sha256:81c0a1b2c3d4… (built and tested for this commit; tag sha-3f2c9a1b7d20)
              + v1.2.3   new
              → v1.2     moves from v1.2.2
              – v1       stays on v1.4.0 (higher)
              – stable   stays on v2.0.1 (higher)
      chart   oci://ghcr.io/octo/charts/keystone-operator:1.2.3   appVersion v1.2.3
      release keystone/v1.2.3 · notes since keystone/v1.2.2 · not Latest (v2.0.1 is)
      e2e     chainsaw test/e2e in namespace keystone-system (test/e2e has chainsaw tests)
      stages  verify lint unit integration chart-check chart-package cluster e2e → publish-image publish-chart release tags
              without image-build: promoted
              without bundle: no config/default

    glance, placement: not named by this tag"
  `);
});

it('shows a pull request, a first version and a build', () => {
  const { image } = operatorSample('keystone');
  if (image === null) throw new Error('the sample has an image');
  const operator = operatorSample('keystone', {
    affected: { by: ['api/v1/a.go', 'api/v1/b.go', 'internal/c.go', 'internal/d.go', 'go.mod'] },
    version: { kind: 'snapshot', text: '0.1.0-dev.3.g3f2c9a1', previous: null, previousTag: null },
    image: { ...image, target: 'manager', promote: null, tags: [], skippedTags: [] },
    release: null,
    skipped: [
      { stage: 'release', reason: 'a pull request publishes nothing' },
      { stage: 'tags', reason: 'a pull request publishes nothing' },
    ],
  });
  const tasks = operator.tasks.filter((task) => task.effect !== 'remote' && task.stage !== 'e2e');
  const publishReason = 'a pull request publishes nothing';
  const event = { ...eventSample, kind: 'pull_request' as const, refName: '#7', publishes: false, publishReason };
  const plan = planSample([{ ...operator, tasks }], { event, unaffected: [] });
  expect(renderPlan(plan, { toolVersion }).join('\n')).toMatchInlineSnapshot(`
    "operator-release 1.0.0 · pull request #7 · 3f2c9a1 · octo/ops
    not published: a pull request publishes nothing

    keystone  0.1.0-dev.3.g3f2c9a1 (its first)   (api/v1/a.go, api/v1/b.go, internal/c.go and 2 more)
      image   ghcr.io/octo/keystone-operator   linux/amd64, linux/arm64
              build with buildx from Dockerfile, context . --target manager --build-arg OPERATOR=keystone
      chart   oci://ghcr.io/octo/charts/keystone-operator:1.2.3   appVersion v1.2.3
      stages  verify lint unit integration chart-check chart-package cluster
              without release, tags: a pull request publishes nothing"
  `);
});

it('leaves out what a laptop does not know', () => {
  const plan = planSample([], { event: { ...eventSample, kind: 'local', refName: 'main', repository: '' } });
  expect(renderPlan(plan, { toolVersion })[0]).toBe('operator-release 1.0.0 · local, main · 3f2c9a1');
});

it('says that there is nothing to do, and why', () => {
  const names = Array.from({ length: 12 }, (_, index) => ({
    name: `op-${index}`,
    reason: 'only documentation changed',
  }));
  expect(renderPlan(planSample([], { unaffected: names }), { toolVersion }).slice(2)).toEqual([
    '',
    'nothing to do: no operator is affected',
    '',
    'op-0, op-1, op-2, op-3, op-4, op-5, op-6, op-7, op-8, op-9 and 2 more: only documentation changed',
  ]);
});

it('lines up the versions of several operators', () => {
  const lines = renderPlan(planSample([operatorSample('nova'), operatorSample('keystone')]), { toolVersion });
  const heads = lines.filter((line) => /^\w/.test(line) && line.includes('→'));
  expect(heads.map((line) => line.indexOf('1.2.2'))).toEqual([10, 10]);
});

it.each([
  ['push', 'main', 'branch main'],
  ['tag', 'v1', 'tag v1'],
  ['workflow_dispatch', 'main', 'started by hand on main'],
  ['schedule', 'main', 'schedule on main'],
  ['local', 'main', 'local, main'],
] as const)('names the event %s', (kind, refName, expected) => {
  const plan = planSample([], { event: { ...eventSample, kind, refName } });
  expect(renderPlan(plan, { toolVersion })[0]).toBe(`operator-release 1.0.0 · ${expected} · 3f2c9a1 · octo/ops`);
});

it('has colours on request and lets no data bring its own', () => {
  const plan = planSample([operatorSample('\u001b[2Jevil\n::error::x')]);
  const escapes = (colour: boolean): number =>
    renderPlan(plan, { toolVersion, colour }).join('\n').split('\u001b').length - 1;
  expect(escapes(false)).toBe(0);
  expect(escapes(true)).toBeGreaterThan(10);
  expect(renderPlan(plan, { toolVersion, colour: true }).join('\n')).not.toContain('\u001b[2J');
  expect(renderPlan(plan, { toolVersion }).filter((line) => line.includes('\n'))).toEqual([]);
});

it('says of ko what it leaves out of what is configured for a Dockerfile', () => {
  const image = operatorSample('keystone').image;
  if (image === null) throw new Error('the sample has an image');
  const ko = { ...image, builder: 'ko' as const, dockerfile: null, target: null, mainPackage: './cmd' };
  expect(origin({ ...ko, promote: null, buildArgs: { OPERATOR: 'keystone', VERSION: '1' } })).toBe(
    'build with ko from ./cmd, which takes no build arguments (OPERATOR, VERSION)',
  );
  expect(origin({ ...ko, promote: null, buildArgs: {} })).toBe('build with ko from ./cmd');
});

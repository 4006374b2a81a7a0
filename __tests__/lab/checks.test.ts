import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requires } from '../helpers/lab.ts';
import { faults, withoutE2e } from './mini-operator.ts';
import { endings, openWorld, published } from './world.ts';
import type { World } from './world.ts';

const lab = requires('buildx', 'go', 'golangci-lint', 'helm', 'kind');

const publishing = ['publish-image', 'publish-chart', 'release', 'tags'];

/** One version after the other is tagged, each with another fault, until one is good. */
describe.skipIf(lab.missing.length > 0)(`a check that fails keeps a release from being published${lab.note}`, () => {
  let world: World;
  beforeAll(async () => (world = await openWorld()));
  afterAll(async () => world.stop());

  it.each([
    {
      what: 'a lint error',
      tag: 'v0.1.0',
      change: faults.lint,
      failed: ['lint'],
      annotation:
        /^::error file=internal\/health\/health\.go,line=20,col=11,title=errcheck::Error return value of `os\.Remove` is not checked$/m,
      shown: [
        'internal/health/health.go:20:11: Error return value of `os.Remove` is not checked (errcheck)',
        'OR-LINT',
      ],
    },
    {
      what: 'a failing unit test',
      tag: 'v0.1.1',
      change: faults.unit,
      failed: ['unit'],
      annotation:
        /^::error file=internal\/health\/health_test\.go,line=14,title=TestProbesAnswer[^:]*::.*answers 200, want 418/m,
      shown: ['failed: TestProbesAnswer', '/healthz answers 200, want 418', 'OR-TEST-FAILED'],
    },
    {
      what: 'a chart that does not render',
      tag: 'v0.1.2',
      change: faults.chart,
      failed: ['lint', 'chart-check'],
      annotation:
        /^::error file=charts\/mini\/templates\/deployment\.yaml,line=19,(?:col=\d+,)?title=OR-CHART-RENDER::/m,
      shown: ['nil pointer evaluating interface {}.policy', 'OR-CHART-RENDER'],
    },
  ])('$what', async ({ what, tag, change, failed, annotation, shown }) => {
    world.commit(what, { ...withoutE2e, ...change }, tag);
    const result = await world.run({ ref: tag });

    expect(result.exitCode, result.log).toBe(1);
    expect(result.log).toMatch(annotation);
    for (const text of shown) {
      expect(result.log).toContain(text);
      expect(result.summary).toContain(text);
    }
    // What does not need the failed check is finished; what publishes needs them all.
    const { done, blocked, ...others } = endings(result);
    expect({ ...others, blocked: blocked.filter((stage) => publishing.includes(stage)) }).toEqual({
      failed,
      blocked: publishing,
      skipped: [],
      cancelled: [],
    });
    expect(done).toEqual(expect.arrayContaining(['verify', 'integration', 'image-build']));
    expect(result.log).toContain('Nothing was published. Re-run is safe.');
    expect(await published(world)).toEqual({ names: [], releases: [] });
  });

  it('the corrected version is published', async () => {
    world.commit('all is well', withoutE2e, 'v0.1.3');
    const result = await world.run({ ref: 'v0.1.3' });
    expect(result.exitCode, result.log).toBe(0);
    expect(await published(world)).toEqual({
      names: ['acme/charts/mini:0.1.3', 'acme/mini:stable', 'acme/mini:v0.1', 'acme/mini:v0.1.3'],
      releases: ['v0.1.3'],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { artifactLines } from '../../src/report/artifacts-file.ts';
import { matrixOf } from '../../src/report/matrix.ts';
import { emptyOutputs, outputNames, renderOutputs } from '../../src/report/outputs.ts';
import {
  chartDigest,
  digest,
  failingResult,
  operatorSample,
  planSample,
  publishedSample,
  resultSample,
} from './samples.ts';

const plan = planSample([operatorSample('keystone')]);

describe('outputs', () => {
  it('of one operator', () => {
    const { plan: json, results, ...others } = renderOutputs(plan, resultSample());
    expect(JSON.parse(json)).toEqual(plan);
    expect(JSON.parse(results)).toMatchObject({
      keystone: { lint: { outcome: 'done', seconds: 41 }, 'chart-package': { outcome: 'done', seconds: 0.4 } },
    });
    expect(others).toEqual({
      matrix: '{"include":[{"operator":"keystone","runner":"ubuntu-latest"}]}',
      'has-work': 'true',
      operators: '["keystone"]',
      version: '1.2.3',
      image: 'ghcr.io/octo/keystone-operator',
      digest,
      tags: 'ghcr.io/octo/keystone-operator:v1.2.3\nghcr.io/octo/keystone-operator:v1.2',
      chart: 'oci://ghcr.io/octo/charts/keystone-operator',
      'chart-version': '1.2.3',
      'chart-digest': chartDigest,
      'release-url': 'https://github.com/octo/ops/releases/tag/keystone/v1.2.3',
      'release-id': '4711',
      'release-manifest': 'scratch/release.json',
    });
  });

  it('name as tags only what exists, or what a plan would set', () => {
    expect(renderOutputs(plan, failingResult()).tags).toBe('');
    expect(renderOutputs(plan, null).tags).toBe(
      'ghcr.io/octo/keystone-operator:v1.2.3\nghcr.io/octo/keystone-operator:v1.2',
    );
  });

  it('of several operators have no single values', () => {
    const several = planSample([operatorSample('keystone'), operatorSample('nova')]);
    const outputs = renderOutputs(several, resultSample());
    const { matrix, operators, results, 'has-work': hasWork, plan: json, ...single } = outputs;
    expect(Object.values(single).every((value) => value === '')).toBe(true);
    expect([hasWork, operators]).toEqual(['true', '["keystone","nova"]']);
    expect(matrix).toContain('nova');
    expect(results).toContain('keystone');
    expect(json).toContain('"schema":1');
  });

  it('are all there, always', () => {
    const bare = operatorSample('keystone', { image: null, chart: null, release: null, tasks: [] });
    for (const outputs of [
      emptyOutputs(),
      renderOutputs(planSample([]), null),
      renderOutputs(planSample([bare]), null),
    ]) {
      expect(Object.keys(outputs)).toEqual([...outputNames]);
      expect(outputs).toMatchObject({ matrix: '{"include":[]}', 'has-work': 'false', image: '', results: '{}' });
    }
  });

  it.each([
    [200, 'image'],
    [900, 'version'],
    [6_000, undefined],
  ])('keep a plan of %d operators below 1 MB, with what fits', (number, key) => {
    const operator = operatorSample('x');
    const large = planSample(
      Array.from({ length: number }, (_, index) => ({ ...operator, name: `operator-${index}` })),
    );
    expect(2 * JSON.stringify(large).length).toBeGreaterThan(1_000_000);
    const json = renderOutputs(large, null).plan;
    expect(2 * json.length).toBeLessThanOrEqual(1_000_000);
    const plan = JSON.parse(json) as { schema: number; truncated: boolean; operators: object[] };
    expect([plan.schema, plan.truncated]).toEqual([1, true]);
    if (key === undefined) expect(plan.operators).toEqual([]);
    else
      expect(plan.operators.at(-1)).toMatchObject({ name: `operator-${number - 1}`, [key]: operator[key as 'image'] });
  });

  it('take any name for an operator', () => {
    const named = planSample([operatorSample('__proto__')]);
    const outcomes = failingResult('__proto__').outcomes;
    const { results } = renderOutputs(named, { outcomes, published: [], ms: 0, cancelled: false });
    expect(results).toContain('{"__proto__":{"verify":{"outcome":"done"');
  });
});

describe('matrix', () => {
  it('has a leg for each operator with work, on the runner that is asked for', () => {
    const idle = operatorSample('idle', { tasks: [] });
    const mixed = planSample([idle, operatorSample('nova', { runner: ['self-hosted'] })]);
    expect(matrixOf(mixed)).toEqual([{ operator: 'nova', runner: 'self-hosted' }]);
  });

  it('shares 256 legs by weight above that', () => {
    const { tasks } = operatorSample('x');
    const light = tasks.filter((task) => task.stage === 'lint');
    const operators = Array.from({ length: 300 }, (_, index) =>
      operatorSample(`op-${index}`, index < 20 ? {} : { tasks: light }),
    );
    const legs = matrixOf(planSample(operators)).map(({ operator }) => operator.split('\n'));
    expect(legs).toHaveLength(256);
    expect(legs.flat().sort()).toEqual(operators.map(({ name }) => name).sort());
    for (const leg of legs.filter((names) => names.some((name) => Number(name.slice(3)) < 20)))
      expect(leg).toHaveLength(1);
  });
});

describe('declared artifacts', () => {
  it('are images and charts by digest, each repository once', () => {
    expect(artifactLines(publishedSample('keystone'))).toEqual([
      `oci://ghcr.io/octo/keystone-operator@${digest}`,
      `oci://ghcr.io/octo/charts/keystone-operator@${chartDigest}`,
    ]);
  });

  it('leave out what would make the runner fail the step', () => {
    const base = { operator: 'x', kind: 'image' as const, written: true };
    const lines = artifactLines([
      { ...base, name: 'localhost:5000/x:v1', digest },
      { ...base, name: 'localhost:5000/x:v2', digest: chartDigest },
      { ...base, name: 'localhost:5000/y', digest },
      { ...base, name: 'r/a=b:v1', digest },
      { ...base, name: 'r/new\nline:v1', digest },
      { ...base, name: 'r/short:v1', digest: 'sha256:abc' },
      { ...base, name: 'r/none:v1', digest: null },
    ]);
    expect(lines).toEqual([`oci://localhost:5000/x@${digest}`, `oci://localhost:5000/y@${digest}`]);
  });
});

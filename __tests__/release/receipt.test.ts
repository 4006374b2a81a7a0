import { describe, expect, it } from 'vitest';
import type { OperatorPlan, Plan } from '../../src/plan/types.ts';
import { receiptOf } from '../../src/release/receipt.ts';
import type { Artifacts } from '../../src/stages/types.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const chartDigest = `sha256:${'c'.repeat(64)}`;
const plan = { event: { repository: 'acme/ops', sha: 'a'.repeat(40), commitTime: 1 } } as unknown as Plan;
const operator = {
  name: 'memo',
  image: {
    repository: 'ghcr.io/acme/memo',
    platforms: ['linux/amd64', 'linux/arm64'],
    tags: [
      { tag: 'v1.2.3', moving: false, reason: 'new' },
      { tag: 'v1.2', moving: true, reason: 'moves' },
    ],
  },
  chart: { repository: 'ghcr.io/acme/charts/memo', version: '1.2.3' },
} as unknown as OperatorPlan;
const artifacts: Artifacts = {
  chartDigest,
  chart: { file: '/tmp/run-1/memo-1.2.3.tgz', sha256: 'e'.repeat(64), metadata: {}, images: [], pullPolicyKey: null },
};

describe('receiptOf', () => {
  it('names everything by digest, and nothing of the run', () => {
    const receipt = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts, digest }]);
    expect(receipt).toEqual({
      schema: 1,
      repository: 'acme/ops',
      tag: 'v1.2.3',
      version: '1.2.3',
      commit: 'a'.repeat(40),
      operators: [
        {
          name: 'memo',
          image: {
            repository: 'ghcr.io/acme/memo',
            digest,
            platforms: ['linux/amd64', 'linux/arm64'],
            tags: ['v1.2.3'],
          },
          chart: {
            repository: 'ghcr.io/acme/charts/memo',
            version: '1.2.3',
            digest: chartDigest,
            sha256: 'e'.repeat(64),
          },
        },
      ],
    });
  });

  it('is the same when the run is another one, in another folder and at another time', async () => {
    const first = JSON.stringify(receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts, digest }]));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const chart = {
      ...(artifacts.chart ?? { sha256: '', metadata: {}, images: [], pullPolicyKey: null }),
      file: '/tmp/run-2/other.tgz',
    };
    const again = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts: { ...artifacts, chart }, digest }]);
    expect(JSON.stringify(again)).toBe(first);
  });

  it('leaves out what an operator has not', () => {
    const without = { ...operator, image: null, chart: null } as unknown as OperatorPlan;
    const [only] = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator: without, artifacts: {}, digest: null }]).operators;
    expect(only).toEqual({ name: 'memo', image: null, chart: null });
    const unpublished = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts: {}, digest: null }]).operators[0];
    expect(unpublished).toEqual({ name: 'memo', image: null, chart: null });
  });
});

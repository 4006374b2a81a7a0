import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/engine/outcome.ts';
import { Problem } from '../../src/errors.ts';
import { renderEnd } from '../../src/report/end-text.ts';
import { noPaint } from '../../src/report/paint.ts';
import { renderProblems } from '../../src/report/problem-text.ts';
import { failureInOneLine, verdictsOf } from '../../src/report/verdict.ts';
import {
  docs,
  eventSample,
  failingResult,
  goodOutcomes,
  operatorSample,
  outcomeSample,
  planSample,
  publishedSample,
  resultSample,
  signedSample,
} from './samples.ts';

const plan = planSample([operatorSample('keystone')]);
const pullRequest = { ...eventSample, publishes: false, publishReason: 'a pull request publishes nothing' };
const end = (result: RunResult, of = plan): string => renderEnd(of, result, docs, noPaint).join('\n');

describe('the end of one operator', () => {
  it('failing: cause, what to do, what it means', () => {
    expect(end(failingResult())).toMatchInlineSnapshot(`
      "
      ✗ keystone e2e failed after 1:52: deployment keystone-operator did not become ready
          pod keystone-operator-7c9f crashes (exit 1, 4 restarts), last lines of manager:
            E1121 setup.go:88 "unable to create controller" err="no kind KeystoneService registered in scheme"
        → the API group is in config/crd/bases but AddToScheme is not called for it (cmd/main.go)? Logs: e2e-logs/keystone/
        Blocked by this: publish-image, publish-chart, release, tags. Nothing was published. Re-run is safe.
        OR-E2E-ROLLOUT · docs/errors.md#or-e2e-rollout

      ✗ 1 stage failed · 3 min 39 s"
    `);
    expect(failureInOneLine(failingResult())).toMatch(
      /^keystone e2e: deployment keystone-operator did not become ready \(OR-E2E-ROLLOUT\) → the API group/,
    );
  });

  it('good: what is public and how to install it', () => {
    expect(end(resultSample())).toMatchInlineSnapshot(`
      "
      ✓ keystone 1.2.3 released
          image   ghcr.io/octo/keystone-operator:v1.2.3  sha256:81c0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6de2
          chart   oci://ghcr.io/octo/charts/keystone-operator:1.2.3  sha256:77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa
          release https://github.com/octo/ops/releases/tag/keystone/v1.2.3
          tag     ghcr.io/octo/keystone-operator:v1.2  sha256:81c0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6de2  moved
          $ helm upgrade --install keystone oci://ghcr.io/octo/charts/keystone-operator --version 1.2.3
          $ kubectl apply -f https://github.com/octo/ops/releases/download/keystone/v1.2.3/install.yaml

      ✓ 6 min 31 s"
    `);
    expect(failureInOneLine(resultSample())).toBeNull();
  });

  it('signed: says what is, and by which digest', () => {
    const text = end(resultSample({ published: signedSample('keystone') }));
    expect(text).toMatch(/^ {4}signed  ghcr\.io\/octo\/keystone-operator@sha256:81c0\S+  sha256:5{64}$/m);
    // One among many is named by its release or image, not by what was signed for it.
    const many = planSample([operatorSample('keystone'), operatorSample('nova')]);
    const published = signedSample('keystone').filter(({ kind }) => kind !== 'release');
    expect(end(resultSample({ published }), many)).toContain('published  ghcr.io/octo/keystone-operator:v1.2.3');
  });

  it('released before: says that nothing changed', () => {
    expect(end(resultSample({ published: publishedSample('keystone', false) }))).toContain(
      '✓ keystone 1.2.3 released already; nothing changed',
    );
  });

  it('staged: says what it waits for', () => {
    const tasks = operatorSample('keystone').tasks.map((task) =>
      task.stage === 'publish-image' ? { ...task, candidate: 'candidate-3f2c9a1b7d20-1.2.3' } : task,
    );
    const text = end(resultSample(), planSample([operatorSample('keystone', { tasks })]));
    expect(text).toContain('✓ keystone 1.2.3 tested; waits for mode: finish');
  });

  it('checked: says why nothing is published', () => {
    const result = resultSample({ published: [] });
    expect(end(result, planSample([operatorSample('keystone')], { event: pullRequest }))).toBe(
      '\n✓ keystone all checks passed\n\n✓ 6 min 31 s · not published: a pull request publishes nothing',
    );
  });

  it('half published: names what is out', () => {
    const [image] = publishedSample('keystone');
    const published = image === undefined ? [] : [image];
    expect(end({ ...failingResult(), published })).toContain(
      'Public since this run: ghcr.io/octo/keystone-operator:v1.2.3. Re-run is safe.',
    );
    expect(end({ ...failingResult(), published: published.map((item) => ({ ...item, written: false })) })).toContain(
      'Nothing new was published. Re-run is safe.',
    );
  });

  it('cancelled', () => {
    const outcomes = [
      outcomeSample('keystone', 'e2e', { state: 'cancelled' }),
      outcomeSample('keystone', 'release', { state: 'cancelled' }, { ms: 0 }),
    ];
    const result = { outcomes, published: [], ms: 130_000, cancelled: true };
    expect(end(result)).toBe('\n⋯ cancelled after 2 min 10 s, during keystone e2e. Re-run is safe.');
    expect(failureInOneLine(result)).toBe('cancelled; a re-run is safe');
  });

  it('without work', () => {
    expect(end({ outcomes: [], published: [], ms: 300, cancelled: false })).toBe('\n✓ nothing to do · 0.3 s');
  });
});

it('shows many problems of a stage, each code once, and counts the rest', () => {
  const problems = Array.from(
    { length: 23 },
    (_, index) => new Problem('OR-UNIT-FAILED', `Test${index} failed`, { at: { file: 'a_test.go', line: index } }),
  );
  const outcomes = [outcomeSample('keystone', 'unit', { state: 'failed', problems })];
  const lines = end({ outcomes, published: [], ms: 1000, cancelled: false }).split('\n');
  expect(lines.slice(1, 3)).toEqual([
    '✗ keystone unit failed after 0:01: 23 problems',
    '  ✗ a_test.go:0  Test0 failed',
  ]);
  expect(lines.slice(-5)).toEqual([
    '  … 3 more',
    '  Nothing was published. Re-run is safe.',
    '  OR-UNIT-FAILED · docs/errors.md#or-unit-failed',
    '',
    '✗ 1 stage failed · 1 s',
  ]);
  const line = failureInOneLine({ outcomes, published: [], ms: 1000, cancelled: false });
  expect(line).toBe('keystone unit: Test0 failed (OR-UNIT-FAILED); also failed: 22 more of this stage');
});

it('gives several operators a line each, failures last', () => {
  const several = planSample([operatorSample('nova'), operatorSample('keystone')]);
  const outcomes = [...failingResult('nova').outcomes, ...goodOutcomes('keystone')];
  const lines = end({ outcomes, published: publishedSample('keystone'), ms: 840_000, cancelled: false }, several).split(
    '\n',
  );
  expect(lines.slice(0, 4)).toEqual([
    '',
    '✓ keystone 1.2.3 released  https://github.com/octo/ops/releases/tag/keystone/v1.2.3',
    '',
    '✗ nova e2e failed after 1:52: deployment keystone-operator did not become ready',
  ]);
  expect(lines.at(-1)).toBe('✗ 1 stage failed · 14 min');
});

it('names the other stages that failed', () => {
  const problems = [new Problem('OR-A', 'bad')];
  const outcomes = Array.from({ length: 8 }, (_, index) =>
    outcomeSample(`op${index}`, 'lint', { state: 'failed', problems }),
  );
  expect(failureInOneLine({ outcomes, published: [], ms: 0, cancelled: false })).toBe(
    'op0 lint: bad (OR-A); also failed: op1 lint, op2 lint, op3 lint, op4 lint, op5 lint, 2 more',
  );
});

it('tells an operator that another blocks from one that failed', () => {
  const outcomes = [
    outcomeSample('nova', 'unit', { state: 'failed', problems: [new Problem('OR-A', 'bad')] }),
    outcomeSample('keystone', 'unit'),
    outcomeSample('keystone', 'release', { state: 'blocked', by: ['nova/unit'] }),
  ];
  const several = planSample([operatorSample('nova'), operatorSample('keystone')]);
  const result = { outcomes, published: [], ms: 0, cancelled: false };
  expect(verdictsOf(several, result).map(({ state }) => state)).toEqual(['failed', 'blocked']);
  expect(end(result, several)).toContain('Blocked by this: keystone release.');
});

it('shows problems found before any stage: place, what to do, where to read on', () => {
  const problem = new Problem('OR-CONFIG-KEY', 'operators[1].chrat: unknown key', {
    at: { file: '.github/operator-release.yaml', line: 14, column: 7 },
    excerpt: '\n  chrat: x\n\n',
    hint: 'did you mean "chart"?',
  });
  expect(renderProblems([problem], docs, noPaint)).toEqual([
    '✗ .github/operator-release.yaml:14:7  operators[1].chrat: unknown key',
    '      chrat: x',
    '  → did you mean "chart"?',
    '  OR-CONFIG-KEY · docs/errors.md#or-config-key',
  ]);
});

it('keeps the end of a long excerpt', () => {
  const excerpt = Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n');
  const lines = renderProblems([new Problem('OR-A', 'bad', { excerpt })], docs, noPaint);
  expect(lines.slice(1, 3)).toEqual(['    … 20 lines before', '    line 20']);
});

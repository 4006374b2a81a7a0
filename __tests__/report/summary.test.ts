import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/engine/outcome.ts';
import { Problem } from '../../src/errors.ts';
import { joinSections } from '../../src/report/sections.ts';
import { renderProblemsSummary, renderSummary } from '../../src/report/summary.ts';
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
const mebibyte = 1024 * 1024;

describe('one operator', () => {
  it('signed: says what carries provenance', () => {
    expect(renderSummary(plan, resultSample({ published: signedSample('keystone') }), docs)).toContain(
      '| signed | `ghcr.io/octo/keystone-operator`, `ghcr.io/octo/charts/keystone-operator`: SLSA provenance, attached to the digest |',
    );
  });

  it('released', () => {
    expect(renderSummary(plan, resultSample(), docs)).toMatchInlineSnapshot(`
      "### keystone 1.2.3 released · 6 min 31 s

      tag keystone/v1.2.3 · \`3f2c9a1b7d20\`

      |  |  |
      |---|---|
      | image | \`ghcr.io/octo/keystone-operator:v1.2.3\` · also \`v1.2\` · linux/amd64, linux/arm64 |
      | digest | \`sha256:81c0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6de2\`: the one that e2e ran (12 tests, Kubernetes 1.34) |
      | chart | \`oci://ghcr.io/octo/charts/keystone-operator:1.2.3\` · \`sha256:77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa77aa\` |
      | release | [keystone/v1.2.3](https://github.com/octo/ops/releases/tag/keystone/v1.2.3) · 2 assets |

      \`\`\`sh
      helm upgrade --install keystone oci://ghcr.io/octo/charts/keystone-operator --version 1.2.3
      kubectl apply -f https://github.com/octo/ops/releases/download/keystone/v1.2.3/install.yaml
      \`\`\`

      | stage |  | time |  |
      |---|---|---|---|
      | verify | ✓ | 0:12 | go.mod tidy, generated files fresh |
      | lint | ✓ | 0:41 | 0 findings |
      | unit | ✓ | 0:58 | 214 tests, 81.2 % covered |
      | integration | ✓ | 1:06 | 31 tests |
      | chart-check | ✓ | 0:08 | keystone-operator: 14 objects |
      | chart-package | ✓ | 0:00 | keystone-operator 1.2.3 |
      | cluster | ✓ | 0:23 | Kubernetes 1.34 |
      | e2e | ✓ | 2:40 | 12 tests, Kubernetes 1.34 |
      | publish-image | ✓ | 0:09 | v1.2.3 |
      | publish-chart | ✓ | 0:02 | 1.2.3 |
      | release | ✓ | 0:07 | keystone/v1.2.3, 2 assets verified |
      | tags | ✓ | 0:01 | v1.2 |

      \`\`\`mermaid
      gantt
        dateFormat HH:mm:ss
        axisFormat %M:%S
        todayMarker off
        section keystone
        verify :done, 00:00:00, 12s
        lint :done, 00:00:00, 41s
        unit :done, 00:00:12, 58s
        integration :done, 00:00:41, 66s
        chart-check :done, 00:00:00, 8s
        chart-package :done, 00:01:10, 1s
        cluster :done, 00:00:00, 23s
        e2e :done, 00:01:47, 160s
        publish-image :done, 00:04:27, 9s
        publish-chart :done, 00:04:36, 2s
        release :done, 00:04:38, 7s
        tags :done, 00:04:45, 1s
      \`\`\`

      **Why these tags**

      | tag |  | why |
      |---|---|---|
      | \`v1.2.3\` | fixed | new |
      | \`v1.2\` | moves | moves from v1.2.2 |
      | \`v1\` | – | stays on v1.4.0 (higher) |
      | \`stable\` | – | stays on v2.0.1 (higher) |

      <details><summary>What was left out, and why</summary>

      - image-build: promoted
      - bundle: no config/default
      - glance, placement: not named by this tag

      </details>

      <details><summary>unit</summary>

      Slowest tests:  
      TestReconcile_Deletes: 4.1 s  
      TestWebhook_Rejects: 2.0 s  

      </details>
      "
    `);
  });

  it('failing: the cause comes first', () => {
    const [head = '', about, what, excerpt, hint, blocked, code] = renderSummary(plan, failingResult(), docs).split(
      '\n\n',
    );
    expect(head).toBe('### ✗ keystone e2e failed · 3 min 39 s');
    expect(about).toBe('tag keystone/v1.2.3 · `3f2c9a1b7d20`');
    expect(what).toBe('**✗ keystone e2e** after 1:52: deployment keystone-operator did not become ready');
    expect(excerpt).toMatch(/^```\npod keystone-operator-7c9f crashes[^]*```$/);
    expect(hint).toMatch(/^→ the API group is in config\/crd\/bases/);
    expect(blocked).toBe(
      'Blocked by this: publish-image, publish-chart, release, tags. Nothing was published. Re-run is safe.',
    );
    expect(code).toBe('`OR-E2E-ROLLOUT` · docs/errors.md#or-e2e-rollout');
  });

  it('links the code of a problem where the page has an address', () => {
    const page = { errorsPage: 'https://example.org/errors.md' };
    expect(renderSummary(plan, failingResult(), page)).toContain(
      '\n[OR-E2E-ROLLOUT](https://example.org/errors.md#or-e2e-rollout)\n',
    );
  });

  it('shows every state of a stage', () => {
    const outcomes = [
      outcomeSample('keystone', 'lint', { state: 'done' }, { note: '0 findings', ms: 41_000 }),
      outcomeSample('keystone', 'unit', { state: 'skipped', reason: 'no tests' }, { ms: 0 }),
      outcomeSample('keystone', 'integration', { state: 'failed', problems: [new Problem('OR-A', 'a|b')] }),
      outcomeSample('keystone', 'e2e', { state: 'cancelled' }, { ms: 0 }),
      outcomeSample('keystone', 'release', { state: 'blocked', by: ['keystone/integration', 'nova/unit'] }, { ms: 0 }),
    ];
    expect(renderSummary(plan, { outcomes, published: [], ms: 0, cancelled: true }, docs)).toContain(
      [
        '| lint | ✓ | 0:41 | 0 findings |',
        '| unit | – |  | no tests |',
        '| integration | ✗ | 0:01 | a\\|b |',
        '| e2e | ⋯ |  | cancelled |',
        '| release | – |  | blocked by integration, nova unit |',
      ].join('\n'),
    );
  });

  it.each([
    ['planned only', null, '### Plan for keystone\n\n'],
    ['cancelled', [outcomeSample('keystone', 'e2e', { state: 'cancelled' })], '### ⋯ keystone cancelled · 1 s\n\n'],
    [
      'blocked',
      [outcomeSample('keystone', 'e2e', { state: 'blocked', by: ['x/e2e'] })],
      '### – keystone blocked · 1 s\n\n',
    ],
    ['checked', [outcomeSample('keystone', 'e2e')], '### ✓ keystone checked · 1 s\n\n'],
    ['without stages', [], '### Nothing to do · 1 s\n\n'],
  ] as const)('%s', (_, outcomes, head) => {
    const result = outcomes === null ? null : { outcomes, published: [], ms: 1000, cancelled: false };
    expect(renderSummary(plan, result, docs).startsWith(head)).toBe(true);
  });

  it('says of a dry run what it would have named, and that it did not', () => {
    const event = { ...eventSample, publishes: false, publishReason: 'a dry run publishes nothing' };
    const summary = renderSummary(
      planSample([operatorSample('keystone')], { event }),
      resultSample({ published: [] }),
      docs,
    );
    expect(summary).toMatch(/^### ✓ keystone checked, nothing published · 6 min 31 s\n\n.*not published: a dry run/);
    expect(summary).toContain('| `v1.2` | moves | moves from v1.2.2 |');
    expect(summary).not.toContain('helm upgrade');
  });
});

it('says why there is nothing to do', () => {
  expect(renderSummary(planSample([]), null, docs)).toBe(
    [
      '### Nothing to do',
      'tag keystone/v1.2.3 · `3f2c9a1b7d20`',
      '<details><summary>What was left out, and why</summary>',
      '- glance, placement: not named by this tag',
      '</details>\n',
    ].join('\n\n'),
  );
});

it('says of a second run that everything was there', () => {
  const head = (operators: readonly string[], written: boolean): string | undefined => {
    const outcomes = operators.flatMap(goodOutcomes);
    const published = operators.flatMap((name, at) => publishedSample(name, written && at === 0));
    const given = planSample(operators.map((name) => operatorSample(name)));
    return renderSummary(given, resultSample({ outcomes, published }), docs).split('\n')[0];
  };
  expect(head(['keystone'], false)).toBe('### keystone 1.2.3 released already, nothing changed · 6 min 31 s');
  expect(head(['keystone', 'nova'], false)).toBe('### 2 operators · 2 released already · 6 min 31 s');
  expect(head(['keystone', 'nova'], true)).toBe('### 2 operators · 1 released, 1 released already · 6 min 31 s');
});

it('has a row for each of several operators, those that need attention first', () => {
  const several = planSample([operatorSample('keystone'), operatorSample('nova')], { unaffected: [] });
  const outcomes = [...goodOutcomes('keystone'), ...failingResult('nova').outcomes];
  const result: RunResult = { outcomes, published: publishedSample('keystone'), ms: 840_000, cancelled: false };
  const summary = renderSummary(several, result, docs);
  expect(summary.split('\n').slice(0, 10).join('\n')).toMatchInlineSnapshot(`
    "### ✗ 2 operators · 1 released, 1 failed · 14 min

    tag keystone/v1.2.3 · \`3f2c9a1b7d20\`

    | operator | version | checks | e2e | image | chart | release |
    |---|---|---|---|---|---|---|
    | \`nova\` | \`1.2.3\` | ✓ 1:47 | ✗ deployment keystone-operator did not become ready | blocked | blocked | blocked |
    | \`keystone\` | \`1.2.3\` | ✓ 1:47 | ✓ 2:40 | ✓ 0:09 | ✓ 0:02 | ✓ 0:07 |

    1 operator is out; nova is not finished. A re-run leaves what is out alone and does the rest."
  `);
  expect(summary).toContain('- image-build: promoted\n');
  expect(summary).toContain('<details><summary>nova unit</summary>');
});

it('says when nothing of several operators is public', () => {
  const several = planSample([operatorSample('keystone'), operatorSample('nova')]);
  const outcomes = [...failingResult('keystone').outcomes, ...failingResult('nova').outcomes];
  const summary = renderSummary(several, { outcomes, published: [], ms: 840_000, cancelled: false }, docs);
  expect(summary).toContain('### ✗ 2 operators · 2 failed · 14 min');
  expect(summary).toContain('Nothing is public yet: keystone, nova must be green first. A re-run is safe.');
});

it.each([true, false])('does not say so when an image is, written now: %s', (written) => {
  const several = planSample([operatorSample('keystone'), operatorSample('nova')]);
  const outcomes = [...failingResult('keystone').outcomes, ...failingResult('nova').outcomes];
  const published = publishedSample('nova', written).filter(({ kind }) => kind === 'image');
  const summary = renderSummary(several, { outcomes, published, ms: 840_000, cancelled: false }, docs);
  expect(summary).toContain(
    'Some names are public, as listed below; keystone, nova must be green before the rest is. A re-run leaves what is out alone and does the rest.',
  );
  expect(summary).not.toContain('Nothing is public');
  expect(summary).toContain('nova-operator:v1.2.3');
});

it('shows the problems that kept a run from starting', () => {
  const problem = new Problem('OR-CONFIG-KEY', 'chrat: unknown key', {
    at: { file: 'a.yaml', line: 2 },
    excerpt: '```',
  });
  expect(renderProblemsSummary([problem, ...Array<Problem>(22).fill(problem)], docs)).toMatch(
    /^### ✗ Nothing was started: 23 problems\n\n\*\*✗ `a\.yaml:2` chrat: unknown key\*\*\n\n````\n```\n````\n\n`OR-CONFIG-KEY`[^]*\n\n3 more problems in the log\.\n$/,
  );
});

describe('the limit of 1 MiB', () => {
  const bytesOf = (text: string): number => Buffer.byteLength(text);

  it('leaves out whole sections and names them', () => {
    const sections = [
      { name: 'head', markdown: '### Head' },
      { name: 'logs', markdown: 'x'.repeat(5_000) },
      { name: 'end', markdown: 'the end' },
    ];
    expect(joinSections(sections, 3_000)).toBe(
      '### Head\n\nthe end\n\n_Left out, as a summary holds 1 MiB: logs. The log has it all._\n',
    );
  });

  it('is kept whatever the stages write', () => {
    const line = fc.oneof(fc.constant('日'.repeat(400)), fc.constant('<'.repeat(500)), fc.constant('a\n'.repeat(200)));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.nat(100), (details, factor) => {
        const many = Array.from({ length: factor }, () => details).flat();
        const problem = new Problem('OR-A', details.join(' ').repeat(20), { excerpt: many.join('\n') });
        const outcomes = [
          outcomeSample('keystone', 'unit', { state: 'done' }, { details: many }),
          outcomeSample('keystone', 'e2e', { state: 'failed', problems: [problem] }),
        ];
        const summary = renderSummary(plan, { outcomes, published: [], ms: 1, cancelled: false }, docs);
        expect(bytesOf(summary)).toBeLessThan(mebibyte);
        expect(summary.startsWith('### ✗ keystone e2e failed')).toBe(true);
        expect(summary.split('<details>').length).toBe(summary.split('</details>').length);
      }),
      { numRuns: 15 },
    );
  });

  it('is kept for 1,500 operators', () => {
    const operators = Array.from({ length: 1500 }, (_, index) => operatorSample(`operator-${index}`));
    const outcomes = operators.flatMap(({ name }) => failingResult(name).outcomes);
    const result = {
      outcomes,
      published: operators.flatMap(({ name }) => publishedSample(name)),
      ms: 1,
      cancelled: false,
    };
    const summary = renderSummary(planSample(operators), result, docs);
    expect(bytesOf(summary)).toBeLessThan(mebibyte);
    expect(summary).toContain('_Left out, as a summary holds 1 MiB: ');
    expect(summary).toContain('### ✗ 1,500 operators · 1,500 failed');
  });
});

/** A line without escaped characters, code spans and the tags of the summary itself; what is left is live. */
function live(line: string): string {
  let left = '';
  let rest = line.replace(/^<details><summary>[^<]*<\/summary>$|^<\/details>$/, '');
  while (rest !== '') {
    const ticks = /^`+/.exec(rest)?.[0] ?? '';
    const span = ticks === '' ? null : new RegExp(`^${ticks}(?!\`).*?[^\`]${ticks}(?!\`)`).exec(rest);
    const skipped = /^(?:\\.|<\/?code>)/.exec(rest) ?? span;
    if (skipped === null) left += rest.charAt(0);
    rest = rest.slice(skipped?.[0].length ?? 1);
  }
  return left;
}

it('lets no data become markup', () => {
  const evil = 'a|b\n\n# <img src=x onerror=1> @octo [x](http://y) `` ``` </details> \\';
  const operator = operatorSample(evil);
  const problem = new Problem('OR-A', evil, { excerpt: `${evil}\n\`\`\`\n</details>`, hint: evil, at: { file: evil } });
  const outcomes = [
    outcomeSample(
      evil,
      'lint',
      { state: 'done' },
      { note: evil, details: [evil.replace('[x]', ''), '```', evil], ms: 5000 },
    ),
    outcomeSample(evil, 'e2e', { state: 'failed', problems: [problem] }, { ms: 5000 }),
  ];
  const published = publishedSample('x').map((item) => ({ ...item, operator: evil, name: `${item.name}${evil}` }));
  const event = { ...eventSample, refName: evil, publishReason: evil };
  for (const operators of [[operator], [operator, operatorSample('nova')]]) {
    const result = { outcomes, published, ms: 1, cancelled: false };
    let fenced = '';
    for (const line of renderSummary(planSample(operators, { event }), result, docs).split('\n')) {
      const ticks = /^(`{3,})[a-z]*$/.exec(line)?.[1] ?? '';
      if (fenced !== '') {
        if (ticks.length >= fenced.length) fenced = '';
        continue;
      }
      fenced = ticks;
      if (fenced === '' && !line.startsWith('a|b')) expect(live(line)).not.toMatch(/[<`]|@(?!\u200b)|\]\(http:\/\/y/);
    }
    expect(fenced).toBe('');
  }
});

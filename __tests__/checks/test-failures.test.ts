import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/engine/outcome.ts';
import { TestEvents } from '../../src/checks/test-events.ts';
import type { TestReport } from '../../src/checks/test-events.ts';
import { excerptOf, findingsOf, nameOf } from '../../src/checks/test-failures.ts';
import type { TaskSpec } from '../../src/plan/types.ts';
import { placeInWords } from '../../src/report/problem-text.ts';
import { codes, repository, runTask } from './bench.ts';

const test = (body: string, imports = ''): string =>
  `package it\n\nimport (\n\t"testing"\n${imports})\n\nfunc TestIt(t *testing.T) {\n${body}\n}\n`;

const module = repository({
  'op/go.mod': 'module example.com/it\n\ngo 1.25\n',
  'op/broken/broken.go': 'package broken\n\nfunc Broken() int {\n\treturn missing(1)\n}\n',
  'op/needs/needs_test.go': test('\tbroken.Broken()', '\n\t"example.com/it/broken"\n'),
  'op/panics/it_test.go': test('\tvar m map[string]int\n\tm["a"] = 1'),
  'op/sleeps/it_test.go': test('\ttime.Sleep(time.Hour)', '\t"time"\n'),
  'op/several/it_test.go': test(
    '\tt.Run("one", func(t *testing.T) { t.Error("not one") })\n\tt.Run("two", func(t *testing.T) { t.Error("not two") })',
  ),
});

const unit = (...names: string[]): TaskSpec => ({
  ...{ stage: 'unit', packages: names.map((name) => `./${name}`), race: false, buildTags: [], minCoverage: null },
});
const places = (findings: readonly Finding[]): string[] =>
  findings.map(({ at, message }) => `${at === undefined ? '' : placeInWords(at)} ${message}`);

describe('go test tells where and why', { timeout: 120_000 }, () => {
  it('the code does not compile: once, not for each package that needs it', async () => {
    const ran = await runTask(module, unit('broken', 'needs'), { path: 'op' });
    const broken = ran.findings.filter(({ title }) => title === 'does not compile');
    expect(places(broken)).toEqual(['op/broken/broken.go:4:9 undefined: missing']);
    expect(codes(ran)).toEqual(['OR-TEST-COMPILE']);
    expect(ran.problems?.[0]).toMatchObject({
      message: 'example.com/it/broken does not compile',
      excerpt: 'op/broken/broken.go:4:9: undefined: missing',
    });
    expect(ran.note).toBe('does not compile');
  });

  it('a test panics', async () => {
    const ran = await runTask(module, unit('panics'), { path: 'op' });
    expect(ran.problems?.[0]?.message).toBe('failed: TestIt (panic)');
    expect(ran.findings).toHaveLength(1);
    expect(places(ran.findings)[0]).toMatch(/^op\/panics\/it_test\.go:9 [\s\S]*panic: assignment to entry in nil map/);
    expect(ran.problems?.[0]?.excerpt).toMatch(/at op\/panics\/it_test\.go:9 \(example\.com\/it\/panics\.TestIt\)$/);
    expect(ran.problems?.[0]?.excerpt).not.toContain('testing.go');
  });

  it('a test runs out of time', async () => {
    const env = { GOFLAGS: '-timeout=1s' };
    const ran = await runTask(module, unit('sleeps'), { path: 'op', commands: { env } });
    expect(ran.problems?.[0]?.message).toBe('failed: TestIt (timed out after 1s)');
    expect(places(ran.findings)[0]).toMatch(/^op\/sleeps\/it_test\.go:9 panic: test timed out after 1s/);
    expect(ran.problems?.[0]?.hint).toBe('the limit is -timeout=1s in GOFLAGS');
    expect(ran.note).toBe('1 test, 1 failed');
  });

  it('a test takes most of the time of its stage', async () => {
    const ran = await runTask(module, unit('sleeps'), { path: 'op', timeoutMs: 20_000 });
    expect(ran.problems?.[0]).toMatchObject({
      code: 'OR-TEST-FAILED',
      message: 'failed: TestIt (timed out after 10s)',
      excerpt: expect.stringMatching(/at op\/sleeps\/it_test\.go:9 \(example\.com\/it\/sleeps\.TestIt\)/) as string,
      hint: "the tests get what the stage's limit of 20 s leaves them; operators[].test.unit.timeout raises it",
    });
    expect(places(ran.findings)[0]).toMatch(/^op\/sleeps\/it_test\.go:9 panic: test timed out after 10s/);
  });

  it('the stage runs out of time', async () => {
    const commands = { env: { GOFLAGS: '-timeout=10m' } };
    const ran = await runTask(module, { ...unit('sleeps') }, { path: 'op', timeoutMs: 10_000, commands });
    expect(codes(ran)).toEqual(['OR-STAGE-TIMEOUT']);
    expect(ran.log).toMatch(/still running when it was stopped: example\.com\/it\/sleeps\.TestIt, for \d+ s/);
  });

  it('several tests fail: each is in the excerpt', async () => {
    const ran = await runTask(module, unit('several'), { path: 'op' });
    expect(ran.problems?.[0]?.message).toBe('failed: TestIt/one, TestIt/two');
    expect(ran.problems?.[0]?.excerpt).toMatch(
      /it_test\.go:8: TestIt\/one[\s\S]*not one[\s\S]*:9: TestIt\/two[\s\S]*not two/,
    );
    expect(ran.problems?.[0]?.hint).toContain('cd op && go test');
  });
});

/** What Ginkgo prints of a suite of four specs in which one fails and one panics. */
const suite = `=== RUN   TestControllers
Running Suite: Controller Suite - /src/op/internal/controller
==============================================================
Random Seed: 1

Will run 4 of 4 specs
------------------------------
• [FAILED] [2.028 seconds]
Thing Controller When reconciling a resource [It] should succeed
/src/op/internal/controller/thing_test.go:69

  Timeline >>
  STEP: creating it @ 11/21/26 15:19:16.851
  [FAILED] in [It] - /src/op/internal/controller/thing_test.go:80 @ 11/21/26 15:19:18.872
  << Timeline

  [FAILED] the thing is ready
  Expected
      <int>: 1
  to equal
      <int>: 2
  In [It] at: /src/op/internal/controller/thing_test.go:80 @ 11/21/26 15:19:18.872
------------------------------
•
------------------------------
• [PANICKED] [0.022 seconds]
Thing Controller [It] should not panic
/src/op/internal/controller/thing_test.go:90

  [PANICKED] Test Panicked
  In [It] at: /usr/local/go/src/runtime/panic.go:336 @ 11/21/26 15:19:58.666

  runtime error: invalid memory address or nil pointer dereference

  Full Stack Trace
    example.org/thing/internal/controller.(*Reconciler).Reconcile(...)
    \t/src/op/internal/controller/thing.go:52
    example.org/thing/internal/controller.init.func3.1.3()
    \t/src/op/internal/controller/thing_test.go:91 +0x90
------------------------------

Summarizing 2 Failures:
  [FAIL] Thing Controller When reconciling a resource [It] should succeed
  /src/op/internal/controller/thing_test.go:80
  [PANICKED!] Thing Controller [It] should not panic
  /usr/local/go/src/runtime/panic.go:336

Ran 3 of 4 Specs in 8.574 seconds
FAIL! -- 1 Passed | 2 Failed | 0 Pending | 1 Skipped
--- FAIL: TestControllers (8.58s)
`;

/** What a controller logs, many lines of it. */
const chatter = (lines: number): string =>
  Array.from({ length: lines }, (_, index) => `2026-11-21T15:19:16Z INFO reconciling ${index}\n`).join('');

function reportOf(output: string): TestReport {
  const events = new TestEvents(() => undefined);
  const event = (more: object): void =>
    events.add(JSON.stringify({ Package: 'example.org/thing', Test: 'TestThing', ...more }));
  event({ Action: 'run' });
  for (const line of output.split(/(?<=\n)/)) event({ Action: 'output', Output: line });
  event({ Action: 'fail', Elapsed: 1 });
  return events.report();
}

describe('a test that logs thousands of lines', () => {
  const own = (_: string, file: string): string => file;

  it('keeps what it says last, its begin, and how much is left out', () => {
    const { failures } = reportOf(
      `=== RUN   TestThing\n${chatter(9000)}    thing_test.go:42: want 3 replicas, got 1\n`,
    );
    const output = failures[0]?.output ?? '';
    expect(output).toMatch(/^=== RUN {3}TestThing\n2026-11-21T15:19:16Z INFO reconciling 0\n/);
    expect(output.match(/^… .*$/gm)).toEqual([expect.stringMatching(/^… \d+ lines left out …$/)]);
    const left = Number(/^… (\d+) lines/m.exec(output)?.[1]);
    expect(output.trimEnd().split('\n').length - 1 + left).toBe(9002);
    expect(left).toBeGreaterThan(4000);
    expect(excerptOf(failures, own, 36)).toMatch(/want 3 replicas, got 1$/);
    expect(failures.flatMap((failure) => findingsOf(failure, own))[0]).toMatchObject({
      at: { file: 'thing_test.go', line: 42 },
      message: expect.stringContaining('want 3 replicas') as string,
    });
  });

  it('keeps the begin of a panic, and of its stack, however much comes after', () => {
    const stacks = Array.from(
      { length: 900 },
      (_, id) => `\ngoroutine ${id} [select]:\nmain.wait()\n\t/go/w.go:${id}\n`,
    );
    const { failures } = reportOf(`${chatter(9000)}panic: boom\n\n${stacks.join('')}FAIL\n`);
    expect(failures.map(nameOf)).toEqual(['TestThing (panic)']);
    expect(failures[0]?.output).toMatch(/^panic: boom\n\n\ngoroutine 0 \[select\]:\nmain\.wait\(\)\n/m);
    expect(excerptOf(failures, own, 36)).toContain('panic: boom');
  });

  it('keeps all of an output that is not long', () => {
    const whole = chatter(1500);
    expect(reportOf(whole).failures[0]?.output).toBe(whole);
  });
});

describe.each([
  ['a suite of Ginkgo', suite],
  [
    'a suite of Ginkgo that logs thousands of lines',
    suite
      .replaceAll('------------------------------\n•', (mark) => `${chatter(3000)}${mark}`)
      .replace('  << Timeline', `${chatter(3000)}  << Timeline`),
  ],
  [
    'a suite of Ginkgo with -ginkgo.v',
    suite
      .replace(/ {2}Timeline >>[^]*?<< Timeline\n\n/, '')
      .replaceAll(
        /-{30}\n• \[/g,
        `------------------------------\nThing Controller spec\n/src/op/internal/controller/thing_test.go:69\n${chatter(3000)}• [`,
      ),
  ],
])('%s', (_title, suite) => {
  const events = new TestEvents(() => undefined);
  const event = (more: object): void =>
    events.add(JSON.stringify({ Package: 'example.org/thing/internal/controller', Test: 'TestControllers', ...more }));
  event({ Action: 'run' });
  // As it is painted where GITHUB_ACTIONS is set.
  const painted = suite
    .replaceAll('[FAILED]', '\u001b[38;5;9m[FAILED]\u001b[0m')
    .replace(/^(-{30})$/gm, '\u001b[38;5;243m$1\u001b[0m');
  for (const line of painted.split('\n')) event({ Action: 'output', Output: `${line}\n` });
  event({ Action: 'fail', Elapsed: 8.58 });
  const report = events.report();
  const found = report.failures.flatMap((failure) =>
    findingsOf(failure, (_, file) => (file.startsWith('/src/') ? file.slice('/src/'.length) : null)),
  );

  it('counts its specs', () => {
    expect(report).toMatchObject({ passed: 1, failed: 2, skipped: 1 });
  });

  it('fails spec by spec, each at its place', () => {
    expect(report.failures.map(nameOf)).toEqual([
      'Thing Controller When reconciling a resource [It] should succeed',
      'Thing Controller [It] should not panic (panic)',
    ]);
    expect(places(found)).toEqual([
      expect.stringMatching(/^op\/internal\/controller\/thing_test\.go:80 \[FAILED\] the thing is ready\nExpected/),
      expect.stringMatching(
        /^op\/internal\/controller\/thing\.go:52 \[PANICKED\] Test Panicked\s+runtime error: invalid memory address/,
      ),
    ]);
  });
});

it('names all failed specs of Ginkgo, also where there are too many to keep what each says', () => {
  const ids = Array.from({ length: 100 }, (_, id) => id);
  const ruler = '------------------------------\n';
  const specs = ids.map((id) =>
    [
      `${ruler}• [FAILED] [0.1 seconds]\nThing [It] does ${id}\n/src/op/t_test.go:${id + 1}\n\n  Timeline >>\n${chatter(100)}`,
      `  << Timeline\n\n  [FAILED] not ${id}\n  In [It] at: /src/op/t_test.go:${id + 1} @ 11/21/26 15:19:18.872\n`,
    ].join(''),
  );
  const list = ids.map((id) => `  [FAIL] Thing [It] does ${id}\n  /src/op/t_test.go:${id + 1}\n`);
  const end = 'Ran 100 of 100 Specs in 8.574 seconds\nFAIL! -- 0 Passed | 100 Failed | 0 Pending | 0 Skipped\n';
  const { failed, failures } = reportOf(
    `${specs.join('')}${ruler}\nSummarizing 100 Failures:\n${list.join('')}\n${end}`,
  );
  expect(failed).toBe(100);
  expect(failures.map(nameOf).sort()).toEqual(ids.map((id) => `Thing [It] does ${id}`).sort());
  const found = failures.flatMap((failure) => findingsOf(failure, (_, file) => file));
  expect(found.map(({ at }) => at?.line).sort((a = 0, b = 0) => a - b)).toEqual(ids.map((id) => id + 1));
  expect(places(found)[0]).toBe(
    '/src/op/t_test.go:1 [FAILED] not 0\nIn [It] at: /src/op/t_test.go:1 @ 11/21/26 15:19:18.872',
  );
});

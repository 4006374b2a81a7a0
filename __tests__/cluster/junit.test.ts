import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failuresOfJunit } from '../../src/cluster/junit.ts';
import type { JunitReport } from '../../src/cluster/junit.ts';
import { exec } from '../../src/tools/exec.ts';
import { programsOnPath } from '../../src/tools/path.ts';

const folder = mkdtempSync(join(tmpdir(), 'junit-'));
let files = 0;
function read(xml: string): Promise<JunitReport> {
  const file = join(folder, `${files++}.xml`);
  writeFileSync(file, xml);
  return failuresOfJunit(file);
}

const chainsaw = (await programsOnPath('chainsaw', process.env))[0] ?? null;
const test = (name: string, code: number): string =>
  `apiVersion: chainsaw.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: ${name}}\nspec:\n  steps:\n  - try:\n    - script: {content: "exit ${code}"}\n`;

describe('failuresOfJunit', () => {
  it('reads what chainsaw writes', async () => {
    // Chainsaw 0.2: the message is an attribute only.
    const report = await read(`<testsuites name="chainsaw-report" time="0.118340" tests="2" failures="1">
  <testsuite name="deep/t2" tests="1" failures="0" errors="0" id="0" time="">
    <testcase name="passes" classname="" time="0.116603"></testcase>
  </testsuite>
  <testsuite name="deep/t1" tests="1" failures="1" errors="0" id="0" time="">
    <testcase name="fails" classname="" time="0.117810">
      <failure message="expected &#34;a&#34; &gt; &lt;b&gt;&#xA;exit status 3"></failure>
    </testcase>
  </testsuite>
</testsuites>`);
    expect(report).toEqual({
      total: 2,
      failures: [{ name: 'fails', suite: 'deep/t1', message: 'expected "a" > <b>\nexit status 3' }],
    });
  });

  it.skipIf(chainsaw === null)('reads what the chainsaw of this machine writes', async () => {
    for (const [name, code] of [
      ['good', 0],
      ['bad', 3],
    ] as const) {
      mkdirSync(join(folder, 'tests', name), { recursive: true });
      writeFileSync(join(folder, 'tests', name, 'chainsaw-test.yaml'), test(name, code));
    }
    const args = [
      'test',
      '--no-cluster',
      '--report-format',
      'JUNIT-TEST',
      '--report-path',
      folder,
      '--report-name',
      'real',
    ];
    const { exitCode } = await exec(chainsaw ?? '', [...args, '--', '.'], {
      cwd: join(folder, 'tests'),
      allowFailure: true,
    });
    expect(exitCode).not.toBe(0);
    expect(await failuresOfJunit(join(folder, 'real.xml'))).toEqual({
      total: 2,
      failures: [{ name: 'bad', suite: 'bad', message: 'exit status 3' }],
    });
  });

  const one = (inner: string): string =>
    `<testsuites><testsuite name="s"><testcase name="t">${inner}</testcase></testsuite></testsuites>`;
  it.each([
    ['text', '<failure>broken &amp; torn</failure>', 'broken & torn'],
    ['text before the attribute', '<failure type="x" message="short">long</failure>', 'long'],
    ['literal text', '<failure message="m"><![CDATA[a < b && "</failure>"]]></failure>', 'a < b && "</failure>"'],
    ['nothing between', '<failure type="x" message="m"/>', 'm'],
    ['an angle within an attribute', '<failure message="a > b">\n</failure>', 'a > b'],
    ['an error', "<error message='it&apos;s'></error>", "it's"],
    ['unknown entities', '<failure>&nope; &#x110000; &#128512;</failure>', '&nope; &#x110000; 😀'],
  ])('reads a failure with %s', async (_, inner, message) => {
    expect(await read(one(inner))).toEqual({ total: 1, failures: [{ name: 't', suite: 's', message }] });
  });

  it('takes output and skipped tests for no failure', async () => {
    const report = await read(one('<skipped message="later"/><system-out>&lt;failure message="no"/&gt;</system-out>'));
    expect(report).toEqual({ total: 1, failures: [] });
  });

  it.each(['', '<', 'no xml', '<testcase name="t"><failure message="m">'])('survives %j', async (xml) => {
    expect((await read(xml)).failures).toEqual([]);
  });

  it('has nothing of a file that is not there', async () => {
    expect(await failuresOfJunit(join(folder, 'missing.xml'))).toEqual({ total: 0, failures: [] });
  });
});

import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from './files.ts';

/**
 * The real .ci/run in a project of made-up checks: `npm` runs the files below `answers` (`npm-run-types` for
 * `npm run types`), and everything that no such file answers succeeds in silence.
 */
let parent: string;
let project: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'ci-run-'));
  project = join(parent, 'main');
  await cp(join(root, '.ci'), join(project, '.ci'), { recursive: true });
  await script('main/.ci/lint-workflows', '');
  await script(
    'bin/npm',
    `answer=$(dirname "$0")/../answers/npm-$1\n[ "$1" != run ] || answer=$answer-$2\n[ ! -e "$answer" ] || exec "$answer" "$@"`,
  );
  await script('main/scripts/build.ts', '');
  await script('main/scripts/docs.ts', '');
  await mkdir(join(project, 'node_modules/.bin'), { recursive: true });
  await symlink(process.execPath, join(project, 'node_modules/.bin/node'));
  await vitestSays([{ title: 'adds', status: 'passed' }]);
});
afterEach(() => rm(parent, { recursive: true }));

interface Assertion {
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'todo';
}

async function script(path: string, body: string): Promise<void> {
  const file = join(parent, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, path.endsWith('.ts') ? body : `#!/bin/bash\nset -eu\n${body}\n`);
  await chmod(file, 0o755);
}

async function vitestSays(tests: readonly Assertion[], status = 'passed', exitCode = 0, message = ''): Promise<void> {
  const assertionResults = tests.map((test) => ({ ancestorTitles: ['sums'], failureMessages: ['1 != 2'], ...test }));
  const report = { testResults: [{ name: join(project, '__tests__/a.test.ts'), status, message, assertionResults }] };
  await writeFile(join(parent, 'report.json'), JSON.stringify(report));
  const file = join(parent, 'report.json');
  await script(
    'answers/npm-test',
    `for a; do case $a in --outputFile.json=*) cp ${file} "\${a#*=}";; esac; done; exit ${String(exitCode)}`,
  );
}

function ci(env: Readonly<Record<string, string>> = {}): { code: number | null; output: string; last: string } {
  const { status, stdout } = spawnSync(join(project, '.ci/run'), [], {
    env: { PATH: `${join(parent, 'bin')}:${process.env['PATH'] ?? ''}`, ...env },
    encoding: 'utf8',
  });
  return { code: status, output: stdout, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

describe('.ci/run', () => {
  it('counts checks and tests', async () => {
    await vitestSays([
      { title: 'adds', status: 'passed' },
      { title: 'subtracts', status: 'passed' },
    ]);
    // install, types, lint, bundle, docs, workflows, and two tests
    expect(ci()).toMatchObject({ code: 0, last: '8 passed, 0 failed' });
  });

  it('goes on after a failed check, and shows its output again at the end', async () => {
    await script('answers/npm-run-types', 'echo "src/a.ts(1,1): wrong type" >&2; exit 2');
    await script('main/.ci/lint-workflows', 'echo "not pinned"; exit 1');
    const { code, output, last } = ci();
    expect({ code, last }).toEqual({ code: 1, last: '5 passed, 2 failed' });
    const [, end = ''] = output.split('=== test: exit code 0');
    expect(end).toMatch(/--- FAILED: types\nsrc\/a\.ts\(1,1\): wrong type\n\n--- FAILED: workflows\nnot pinned\n/);
  });

  it('counts each failed test, and says which', async () => {
    const [passed, failed] = [
      { title: 'adds', status: 'passed' } as const,
      { title: 'divides', status: 'failed' } as const,
    ];
    await vitestSays([passed, failed], 'failed', 1);
    const { code, output, last } = ci();
    expect({ code, last }).toEqual({ code: 1, last: '7 passed, 1 failed' });
    expect(output).toContain('✗ __tests__/a.test.ts > sums > divides\n1 != 2\n');
  });

  it('counts a file that cannot be loaded', async () => {
    await vitestSays([], 'failed', 1, 'Unexpected token');
    const { output, last } = ci();
    expect(last).toBe('6 passed, 1 failed');
    expect(output).toContain('✗ __tests__/a.test.ts\nUnexpected token\n');
  });

  it('counts a failure beside the tests, a missing report and a report without tests', async () => {
    await vitestSays([{ title: 'adds', status: 'passed' }], 'passed', 1);
    expect(ci()).toMatchObject({ code: 1, last: '7 passed, 1 failed' });
    await script('answers/npm-test', 'exit 0');
    expect(ci()).toMatchObject({ code: 1, last: '6 passed, 1 failed' });
    await vitestSays([]);
    expect(ci()).toMatchObject({ code: 1, last: '6 passed, 1 failed' });
  });

  it('tells skipped tests apart, and takes them for failures where there is a lab', async () => {
    await vitestSays([
      { title: 'adds', status: 'passed' },
      { title: 'on a cluster', status: 'skipped' },
      { title: 'later', status: 'todo' },
    ]);
    expect(ci()).toMatchObject({ code: 0, last: '7 passed, 0 failed, 2 skipped' });
    await script('shared/lab/up', 'echo up');
    await script('shared/lab/env', 'echo "export LAB_HOME=/lab"');
    await script('answers/npm-run-lint', '[ "$LAB_HOME $CI" = "/lab true" ]');
    const { code, output, last } = ci();
    expect({ code, last }).toEqual({ code: 1, last: '8 passed, 2 failed' });
    expect(output).toContain('sums > on a cluster\ndid not run');
  });

  it('goes on when the lab does not come up, and shows why', async () => {
    await script('shared/lab/up', 'echo no engine >&2; exit 1');
    await script('shared/lab/env', 'exit 3');
    const { code, output, last } = ci();
    expect({ code, last }).toEqual({ code: 1, last: '7 passed, 1 failed' });
    expect(output).toContain('--- FAILED: lab\nno engine\n');
  });

  it('ends when nothing can be installed', async () => {
    await script('answers/npm-ci', 'exit 1');
    await rm(join(project, 'node_modules'), { recursive: true });
    expect(ci()).toMatchObject({ code: 1, last: '0 passed, 1 failed' });
  });

  it('ends what hangs, in time to count it', async () => {
    await script('answers/npm-run-lint', 'sleep 600');
    const { output, last } = ci({ CI_MINUTES: '0' });
    expect(last).toMatch(/ passed, [1-9]\d* failed$/);
    expect(output).toContain('--- FAILED: lint\nEnded after 1 s: no time is left.\n');
  });

  it('wants the second demo to find everything there', async () => {
    await mkdir(join(project, 'examples/demo'), { recursive: true });
    await script('answers/npm-run-demo', 'echo "✓ Done, DOCKER_HOST=${DOCKER_HOST-}"');
    const { output, last } = ci();
    expect(last).toBe('9 passed, 1 failed');
    expect(output).toMatch(/DOCKER_HOST=unix:.*no-engine\.sock/);
    expect(output).toContain('The demo did not say: ✓ 0 writes reached the registry, 0 reached GitHub');
  });
});

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainGo } from './fixtures/repos/layouts.ts';
import { makeRepo } from './fixtures/repos/repo.ts';
import type { Repo } from './fixtures/repos/repo.ts';

const cli = join(import.meta.dirname, '../src/cli.ts');
const names = Array.from({ length: 40 }, (_, index) => `op${index}`);
let repo: Repo;

beforeAll(() => {
  const folders = names.map((name) =>
    Object.entries({ ...plainGo('charts/op'), 'charts/op/Chart.yaml': `name: ${name}\nversion: 0.1.0\n` }).map(
      ([file, text]) => [`operators/${name}/${file}`, text] as const,
    ),
  );
  const config = { '.github/operator-release.yaml': 'defaults: {image: {builder: ko}}\n' };
  repo = makeRepo({ ...Object.fromEntries(folders.flat()), ...config });
});

afterAll(() => repo.remove());

/** What a reader gets of `plan --json` through a pipe of the shell; its last line is the exit code of the plan. */
function planInto(reader: string): string {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('GITHUB_'));
  const script = `"$@" 2>&- | { ${reader}; }; echo; echo "\${PIPESTATUS[0]}"`;
  const plan = [process.execPath, cli, 'plan', '--json', '--stages', 'unit'];
  return execFileSync('bash', ['-c', script, 'bash', ...plan], {
    cwd: repo.root,
    encoding: 'utf8',
    // No engine to wait for.
    env: { ...Object.fromEntries(env), DOCKER_HOST: 'tcp://127.0.0.1:1' },
  });
}

it('writes a long plan in full, however late it is read', { timeout: 60_000 }, () => {
  const lines = planInto('sleep 3; cat').trimEnd().split('\n');
  expect(lines.pop()).toBe('0');
  const text = lines.join('\n');
  // A pipe takes 64 KiB at once.
  expect(text.length).toBeGreaterThan(100_000);
  const plan = JSON.parse(text) as { readonly operators: readonly { readonly name: string }[] };
  expect(plan.operators.map(({ name }) => name).sort()).toEqual([...names].sort());
});

it('goes on when a reader leaves, and ends as it would have', () => {
  const lifetime = JSON.stringify(join(import.meta.dirname, '../src/lifetime.ts'));
  const program = `import { exitWhenRead, outliveReaders } from ${lifetime};
    outliveReaders();
    process.stdout.write('x');
    setTimeout(() => { process.exitCode = 3; void exitWhenRead(); }, 500);`;
  const script = '"$@" | true; echo "${PIPESTATUS[0]}"';
  const node = [process.execPath, '--input-type=module', '--eval', program];
  expect(execFileSync('bash', ['-c', script, 'bash', ...node], { encoding: 'utf8' }).trim()).toBe('3');
});

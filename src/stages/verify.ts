import { cp, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Problem, raise } from '../errors.ts';
import { tail } from '../tools/exec.ts';
import { silent } from '../log.ts';
import { verifyApi } from './verify-api.ts';
import type { Stage, StageContext } from './types.ts';

type Verify = StageContext<'verify'>;

/** go.mod is tidy, generated files are fresh, and the API fits the release. Works on a copy: the checkout stays as it is. */
export const verify: Stage<'verify'> = {
  name: 'verify',
  run: async (context) => {
    const { task } = context;
    const api = task.api === null ? { problems: [], note: null } : await verifyApi(context, task.api);
    raise([
      ...api.problems,
      ...(task.tidy ? await tidy(context) : []),
      ...(task.generate.length > 0 ? await generated(context) : []),
    ]);
    const verified = [
      ...(task.tidy ? ['go.mod tidy'] : []),
      ...(task.generate.length > 0 ? ['generated files fresh'] : []),
      ...(api.note === null ? [] : [api.note]),
    ];
    context.note(verified.join(', '));
  },
};

async function tidy(context: Verify): Promise<readonly Problem[]> {
  context.progress('go mod tidy -diff');
  const result = await context.run('go', ['mod', 'tidy', '-diff'], { allowFailure: true });
  if (result.exitCode === 0) return [];
  const isDiff = result.stdout.includes('\n+++ ') || result.stdout.startsWith('diff ');
  return [
    new Problem('OR-VERIFY-TIDY', isDiff ? 'go.mod or go.sum is not tidy' : 'go mod tidy failed', {
      hint: isDiff ? 'run "go mod tidy" and commit the result' : 'the lines below say why',
      excerpt: tail(isDiff ? result.stdout : result.stderr),
      at: { file: goModOf(context) },
    }),
  ];
}

/** The go.mod of the operator's module, which may begin further up. */
function goModOf({ root, operator }: Verify): string {
  let folder = operator.path;
  while (folder !== '.' && !existsSync(join(root, folder, 'go.mod'))) folder = posix.dirname(folder);
  return posix.join(folder, 'go.mod');
}

async function generated(context: Verify): Promise<readonly Problem[]> {
  const copy = join(context.scratch, 'verify');
  await mkdir(copy, { recursive: true });
  await context.run('git', ['checkout-index', '--all', `--prefix=${copy}/`], { cwd: context.root });
  const folder = join(copy, context.operator.path);
  // Tools that make targets have put into bin/ are not built again.
  if (existsSync(join(context.folder, 'bin')))
    await cp(join(context.folder, 'bin'), join(folder, 'bin'), { recursive: true });
  const git = (...args: string[]): Promise<{ stdout: string }> =>
    context.run(
      'git',
      ['-C', copy, '-c', 'user.name=verify', '-c', 'user.email=verify@localhost', '-c', 'core.autocrlf=false', ...args],
      {
        log: silent,
      },
    );
  await git('init', '--quiet');
  await git('add', '--all');
  await git('commit', '--quiet', '--no-verify', '--message=before');
  for (const command of context.task.generate) {
    const shown = command.split('\n')[0] ?? '';
    context.progress(shown);
    context.log.info(`$ ${command}`);
    const made = await context.run('bash', ['-euo', 'pipefail', '-c', command], { cwd: folder, allowFailure: true });
    if (made.exitCode === 0) continue;
    return [
      new Problem('OR-VERIFY-GENERATE', `${shown} failed`, {
        hint: 'the lines below say why; it runs in a copy of the checkout that holds tracked files only',
        excerpt: tail(made.stderr.trim() === '' ? made.stdout : made.stderr),
      }),
    ];
  }
  const stale = (await git('status', '--porcelain', '--untracked-files=all')).stdout
    .split('\n')
    .filter((line) => line !== '');
  if (stale.length === 0) return [];
  const diff = await git('diff', '--stat', '--patch', '--unified=1');
  const first = stale[0]?.slice(3);
  // One line of context stands above the first change.
  const line = /^@@ -(\d+)/m.exec(diff.stdout)?.[1];
  return [
    new Problem('OR-VERIFY-STALE', `generated files are not fresh: ${stale.map((line) => line.slice(3)).join(', ')}`, {
      hint: `run "${context.task.generate.join(' && ')}" and commit the result`,
      excerpt: diff.stdout.split('\n').slice(0, 30).join('\n'),
      ...(first === undefined
        ? {}
        : { at: { file: first, ...(line === undefined ? {} : { line: Number(line) + 1 }) } }),
    }),
  ];
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { countSinceEach } from '../../src/facts/distances.ts';
import { openGit } from '../../src/facts/git.ts';
import { exec } from '../../src/tools/exec.ts';

const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })));

/** A repository from the parents of each commit, as numbers of earlier ones; every commit is tagged with its number. */
function makeHistory(commits: readonly (readonly number[])[]): { root: string; git: (...args: string[]) => string } {
  const root = mkdtempSync(join(tmpdir(), 'distances-'));
  roots.push(root);
  const git = (...args: string[]): string => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
  git('init', '--quiet', '--template=', '--initial-branch=main');
  const lines = commits.flatMap((parents, number) => {
    const [first, ...others] = [...new Set(parents)];
    return [
      ...[`reset refs/tags/t${number}`, `commit refs/tags/t${number}`, `mark :${number + 1}`],
      ...[`committer a <a@b> ${1_700_000_000 + number * 60} +0000`, 'data 1', 'x'],
      ...(first === undefined ? [] : [`from :${first + 1}`]),
      ...others.map((other) => `merge :${other + 1}`),
      `M 100644 inline f\ndata 2\n${number % 10}\n`,
    ];
  });
  execFileSync('git', ['-C', root, 'fast-import', '--quiet'], { input: `${lines.join('\n')}\n` });
  git('update-ref', 'refs/heads/main', `refs/tags/t${commits.length - 1}`);
  return { root, git };
}

const size = 30;
/** Mostly near parents, so that lines, forks and merges all come; some begin a history of their own. */
const history = fc.tuple(
  ...Array.from({ length: size }, (_, number) =>
    number === 0
      ? fc.constant<number[]>([])
      : fc.array(fc.integer({ min: Math.max(0, number - 5), max: number - 1 }), { maxLength: 3 }),
  ),
);

it('counts what git counts one by one, in any history', async () => {
  const cases = fc.sample(history, { numRuns: 3, seed: 5 });
  let unrelated = 0;
  for (const commits of cases) {
    const { root } = makeHistory(commits);
    const git = await openGit(exec, root);
    const bases = commits.map((_, number) => `refs/tags/t${number}`);
    const counted = await countSinceEach(exec, root, bases);
    const single: (number | null)[] = [];
    for (const base of bases) single.push(await git.tryCountSince(base));
    expect(bases.map((base) => counted.get(base))).toEqual(single);
    unrelated += single.filter((count) => count === null).length;
  }
  expect(unrelated).toBeGreaterThan(0);
});

it('peels annotated tags, and knows what is no commit of the clone', async () => {
  const { root, git } = makeHistory([[], [0], [1], [2]]);
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '--annotate', '--message=x', 'op/v1.0.0', 't1');
  git('tag', 'tree', 't1^{tree}');
  const bases = ['refs/tags/op/v1.0.0', 'refs/tags/v9.9.9', 'refs/tags/tree', 'refs/tags/t3', git('rev-parse', 't0')];
  const counted = await countSinceEach(exec, root, bases);
  expect(bases.map((base) => counted.get(base))).toEqual([2, null, null, 0, 3]);
});

it('is what a checkout with many bases is counted by', async () => {
  const { root } = makeHistory(Array.from({ length: 12 }, (_, number) => (number === 0 ? [] : [number - 1])));
  const calls: string[] = [];
  const git = await openGit((tool, args, options) => {
    calls.push(args[2] ?? '');
    return exec(tool, args, options);
  }, root);
  const bases = Array.from({ length: 12 }, (_, number) => `refs/tags/t${number}`);
  const counted = await git.tryCountEachSince([null, ...bases]);
  expect([null, ...bases].map((base) => counted.get(base))).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  expect(calls.length).toBeLessThan(8);
});

import { Problem } from '../errors.ts';
import type { Exec } from '../tools/exec.ts';
import { countSinceEach } from './distances.ts';

/** Intent-level access to one checkout. `try*` never throws. */
export interface Git {
  readonly root: string;
  head(): Promise<{ sha: string; commitTime: number }>;
  /** Name of the checked-out branch, null when HEAD is detached. */
  branch(): Promise<string | null>;
  /** All files that git tracks, from the root. */
  files(): Promise<readonly string[]>;
  tags(): Promise<readonly string[]>;
  /** The commit that a tag stands for, peeled; null when there is no such tag. */
  tryCommitOfTag(tag: string): Promise<string | null>;
  /** Files that differ between `base` and HEAD, from the merge base on; null when the history does not reach that far. */
  tryChangedSince(base: string, mergeBase: boolean): Promise<readonly string[] | null>;
  /** Commits from `base` (exclusive; all of them when null) to HEAD, newest first; null when the clone is too shallow. */
  tryCommitsSince(base: string | null, paths: readonly string[]): Promise<readonly Commit[] | null>;
  tryCountSince(base: string | null): Promise<number | null>;
  /** The same for each base, in as few calls of git as there can be. */
  tryCountEachSince(bases: readonly (string | null)[]): Promise<ReadonlyMap<string | null, number | null>>;
  /** Whether `older` is an ancestor of `newer`, or the same; null when one of them is not in the clone. */
  tryIsAncestor(older: string, newer: string): Promise<boolean | null>;
  /** Branches, local ones and those of remotes, that hold a commit; a shallow clone may know fewer than there are. */
  tryBranchesWith(commit: string): Promise<readonly string[]>;
  isShallow(): Promise<boolean>;
  isDirty(): Promise<boolean>;
  tryOrigin(): Promise<string | null>;
  /** Makes a shallow clone complete in commits; false when the remote refuses. */
  tryDeepen(): Promise<boolean>;
  /** Fetches one commit from origin, also one that no branch has any more; false when origin has not or refuses. */
  tryFetch(commit: string): Promise<boolean>;
}

export interface Commit {
  readonly sha: string;
  readonly author: string;
  readonly subject: string;
}

/** Up to so many bases are counted one by one, which leaves out the history before them. */
const fewBases = 8;

/** Errors: OR-GIT-REPOSITORY when `folder` is in no checkout. */
export async function openGit(exec: Exec, folder: string): Promise<Git> {
  const ask = async (...args: string[]): Promise<string | null> => {
    const result = await exec('git', ['-C', folder, ...args], { allowFailure: true });
    return result.exitCode === 0 ? result.stdout : null;
  };
  const top = await exec('git', ['-C', folder, 'rev-parse', '--show-toplevel'], { allowFailure: true });
  if (top.exitCode !== 0) {
    throw new Problem('OR-GIT-REPOSITORY', `${folder} is not in a git checkout that can be read`, {
      hint: 'run actions/checkout before this action, or name the checkout in working-directory',
      // A checkout of another user is one that git refuses (safe.directory).
      excerpt: top.stderr.trim(),
    });
  }
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  const nul = (text: string): string[] => text.split('\0').filter((entry) => entry !== '');
  let shallow: Promise<boolean> | null = null;
  const isShallow = (): Promise<boolean> =>
    (shallow ??= ask('rev-parse', '--is-shallow-repository').then((text) => text?.trim() === 'true'));
  const range = (base: string | null): string[] => (base === null ? ['HEAD'] : [`${base}..HEAD`]);
  // A shallow clone may hold the base and yet lack commits of a branch that was merged since.
  const reaches = async (base: string | null): Promise<boolean> =>
    !(await isShallow()) && (base === null || (await ask('merge-base', base, 'HEAD')) !== null);

  const countSince = async (base: string | null): Promise<number | null> => {
    if (!(await reaches(base))) return null;
    const text = await ask('rev-list', '--count', ...range(base), '--');
    return text === null ? null : Number(text.trim());
  };

  return {
    root: top.stdout.trimEnd(),
    isShallow,
    head: async () => {
      const text = await ask('show', '-s', '--format=%H %ct', 'HEAD');
      const [sha, time] = (text ?? '').trim().split(' ');
      if (sha === undefined || time === undefined) {
        throw new Problem('OR-GIT-REPOSITORY', 'the checkout has no commit', { hint: 'commit something first' });
      }
      return { sha, commitTime: Number(time) };
    },
    branch: async () => (await ask('symbolic-ref', '--short', '-q', 'HEAD'))?.trim() ?? null,
    files: async () => nul((await ask('ls-files', '-z', '--full-name', ':/')) ?? ''),
    tags: async () => lines((await ask('tag', '--list')) ?? ''),
    tryCommitOfTag: async (tag) =>
      (await ask('rev-parse', '-q', '--verify', `refs/tags/${tag}^{commit}`))?.trim() ?? null,
    tryChangedSince: async (base, mergeBase) => {
      const text = await ask(
        'diff',
        '--name-only',
        '-z',
        '--no-renames',
        `${base}${mergeBase ? '...' : '..'}HEAD`,
        '--',
      );
      return text === null ? null : nul(text);
    },
    tryCommitsSince: async (base, paths) => {
      if (!(await reaches(base))) return null;
      const text = await ask('log', '--no-merges', '--format=%H%x1f%an%x1f%s', ...range(base), '--', ...paths);
      return text === null ? null : lines(text).map(parseCommit);
    },
    tryCountSince: countSince,
    tryCountEachSince: async (bases) => {
      const named = bases.filter((base) => base !== null);
      if (named.length <= fewBases) {
        return new Map(await Promise.all(bases.map(async (base) => [base, await countSince(base)] as const)));
      }
      if (await isShallow()) return new Map();
      const start = bases.includes(null) ? await countSince(null) : null;
      return new Map<string | null, number | null>([[null, start], ...(await countSinceEach(exec, folder, named))]);
    },
    tryIsAncestor: async (older, newer) => {
      const result = await exec('git', ['-C', folder, 'merge-base', '--is-ancestor', older, newer], {
        allowFailure: true,
      });
      return result.exitCode === 0 ? true : result.exitCode === 1 && !(await isShallow()) ? false : null;
    },
    tryBranchesWith: async (commit) => {
      const format = '--format=%(if)%(symref)%(then)%(else)%(refname)%(end)';
      const refs = lines((await ask('for-each-ref', format, '--contains', commit, 'refs/heads', 'refs/remotes')) ?? '');
      return refs.map((ref) => ref.replace(/^refs\/(?:heads|remotes\/[^/]+)\//, ''));
    },
    isDirty: async () => ((await ask('status', '--porcelain', '-uno')) ?? '').trim() !== '',
    tryOrigin: async () => (await ask('remote', 'get-url', 'origin'))?.trim() ?? null,
    // Trees and blobs are not needed to count and to compare; "tree:0" leaves them on the server.
    tryDeepen: async () => {
      shallow = null;
      return (await ask('fetch', '--quiet', '--unshallow', '--tags', '--filter=tree:0', 'origin')) !== null;
    },
    tryFetch: async (commit) => (await ask('fetch', '--quiet', '--no-tags', 'origin', commit)) !== null,
  };
}

function parseCommit(line: string): Commit {
  const [sha = '', author = '', subject = ''] = line.split('\x1f');
  return { sha, author, subject };
}

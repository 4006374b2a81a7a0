import pLimit from 'p-limit';
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
  /** Tags of commits that are no ancestors of HEAD; null when the clone is too shallow to tell. */
  tryTagsElsewhere(): Promise<readonly string[] | null>;
  /** The commit that a tag stands for, peeled; null when there is no such tag. */
  tryCommitOfTag(tag: string): Promise<string | null>;
  /** Files that differ between `base` and HEAD, from the merge base on; null when the history does not reach that far. */
  tryChangedSince(base: string, mergeBase: boolean): Promise<readonly string[] | null>;
  /** Commits from `base` (exclusive; all of them when null) to HEAD, newest first; null when the clone is too shallow. */
  tryCommitsSince(
    base: string | null,
    paths: readonly string[],
    options?: { readonly without?: readonly string[]; readonly most?: number },
  ): Promise<readonly Commit[] | null>;
  /** Texts by path of the YAML files below folders, as they were at a revision; null when it is not in the clone. */
  tryYamlAt(revision: string, folders: readonly string[]): Promise<ReadonlyMap<string, string> | null>;
  /** The last common commit of a revision and HEAD; null when the clone does not have it. */
  tryMergeBase(revision: string): Promise<string | null>;
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
  /**
   * Makes a shallow clone complete in commits; false when it is complete, or the remote refuses. With `trees` git can tell
   * afterwards which paths a commit touches.
   */
  tryDeepen(what?: 'commits' | 'trees'): Promise<boolean>;
  /** Fetches one commit from origin, also one that has left every branch; false when origin has not or refuses. */
  tryFetch(commit: string): Promise<boolean>;
}

export interface Commit {
  readonly sha: string;
  readonly author: string;
  readonly subject: string;
  /** The message below the subject. */
  readonly body: string;
}

/** Processes of git that read files side by side. */
const readsAtOnce = 4;

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
    tryTagsElsewhere: async () => {
      const text = (await isShallow()) ? null : await ask('tag', '--list', '--no-merged', 'HEAD');
      return text === null ? null : lines(text);
    },
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
    tryCommitsSince: async (base, paths, { without = [], most } = {}) => {
      if (!(await reaches(base))) return null;
      const limit = most === undefined ? [] : [`--max-count=${most}`];
      const format = '--format=%H%x1f%an%x1f%s%x1f%b%x1e';
      const text = await ask(
        'log',
        '--no-merges',
        format,
        ...limit,
        ...range(base),
        '--',
        ...pathspecs(paths, without),
      );
      return text === null ? null : records(text).map(parseCommit);
    },
    tryYamlAt: async (revision, folders) => {
      const listed = await ask('ls-tree', '-r', '-z', '--full-tree', '--name-only', revision, '--', ...folders);
      if (listed === null) return null;
      const files = nul(listed).filter((file) => /\.ya?ml$/.test(file));
      const read = async (file: string): Promise<readonly [string, string][]> => {
        const text = await ask('cat-file', 'blob', `${revision}:${file}`);
        return text === null ? [] : [[file, text]];
      };
      const limit = pLimit(readsAtOnce);
      return new Map((await Promise.all(files.map((file) => limit(() => read(file))))).flat());
    },
    tryMergeBase: async (revision) => (await ask('merge-base', revision, 'HEAD'))?.trim() ?? null,
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
    // What is not needed stays on the server: to count and to compare commits neither trees nor files.
    tryDeepen: async (what = 'commits') => {
      shallow = null;
      const filter = what === 'commits' ? 'tree:0' : 'blob:none';
      return (await ask('fetch', '--quiet', '--unshallow', '--tags', `--filter=${filter}`, 'origin')) !== null;
    },
    tryFetch: async (commit) => (await ask('fetch', '--quiet', '--no-tags', 'origin', commit)) !== null,
  };
}

/** Ended by \x1e, each with a line end before the next. */
function records(text: string): readonly string[] {
  return text
    .split('\x1e')
    .map((record) => record.replace(/^\n/, ''))
    .filter((record) => record !== '');
}

function parseCommit(record: string): Commit {
  const [sha = '', author = '', subject = '', body = ''] = record.split('\x1f');
  return { sha, author, subject, body: body.trim() };
}

/** Of the whole repository none: git would compare the trees of every commit for nothing. */
function pathspecs(paths: readonly string[], without: readonly string[]): readonly string[] {
  if (paths.includes('.') && without.length === 0) return [];
  return [
    ...paths.map((path) => (path === '.' ? ':/' : `:(top,glob)${path}`)),
    ...without.map((path) => `:(top,exclude,glob)${path}`),
  ];
}

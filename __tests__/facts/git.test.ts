import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../src/facts/git.ts';
import type { Git } from '../../src/facts/git.ts';
import { exec } from '../../src/tools/exec.ts';
import { cloneOf, commitTime, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';

const odd = [
  'a b.txt',
  'new\nline.txt',
  'tab\t.txt',
  '"quoted".txt',
  "it's.txt",
  'ünï😀.txt',
  '-dash.txt',
  ':(top)x.txt',
  '*.txt',
  'deep/er/file.txt',
];

let origin: Repo;
let git: Git;
const sha: Record<'first' | 'tagged' | 'renamed' | 'side' | 'head', string> = {
  first: '',
  tagged: '',
  renamed: '',
  side: '',
  head: '',
};
const repos: Repo[] = [];

beforeAll(async () => {
  origin = makeRepo(Object.fromEntries(odd.map((name) => [name, `content of ${name}\n`])));
  repos.push(origin);
  sha.first = origin.git('rev-parse', 'HEAD');
  origin.write({ 'README.md': 'one\n' });
  sha.tagged = origin.commit('docs: überschrift | "quoted"');
  origin.git('tag', 'v1.0.0');
  origin.git('tag', '--annotate', '--message=x', 'op/v1.0.0');
  origin.git('mv', 'deep/er/file.txt', 'deep/moved.txt');
  sha.renamed = origin.commit('move a file');
  origin.git('checkout', '--quiet', '-b', 'side', sha.tagged);
  origin.write({ 'side.txt': 'x' });
  sha.side = origin.commit('on the side');
  origin.git('checkout', '--quiet', 'main');
  origin.git('merge', '--quiet', '--no-ff', '--no-edit', 'side');
  sha.head = origin.git('rev-parse', 'HEAD');
  git = await openGit(exec, origin.root);
});
afterAll(() => repos.forEach((repo) => repo.remove()));

const clone = async (depth?: number): Promise<{ repo: Repo; git: Git }> => {
  const repo = cloneOf(origin, depth);
  repos.push(repo);
  return { repo, git: await openGit(exec, repo.root) };
};

describe('openGit', () => {
  it('knows the commit, its time and its branch', async () => {
    expect(await git.head()).toEqual({ sha: sha.head, commitTime });
    expect(await git.branch()).toBe('main');
    expect(await git.tryOrigin()).toBeNull();
    expect(await git.isShallow()).toBe(false);
  });

  it('lists every file by its name as it is, from anywhere in the checkout', async () => {
    const expected = [
      ...odd.filter((name) => name !== 'deep/er/file.txt'),
      'deep/moved.txt',
      'README.md',
      'side.txt',
    ].sort();
    expect([...(await git.files())].sort()).toEqual(expected);
    const below = await openGit(exec, join(origin.root, 'deep'));
    expect(below.root).toBe(origin.root);
    expect([...(await below.files())].sort()).toEqual(expected);
  });

  it('lists tags and peels them', async () => {
    expect([...(await git.tags())].sort()).toEqual(['op/v1.0.0', 'v1.0.0']);
    expect(await git.tryCommitOfTag('op/v1.0.0')).toBe(sha.tagged);
    expect(await git.tryCommitOfTag('v1.0.0')).toBe(sha.tagged);
    expect(await git.tryCommitOfTag('v9.9.9')).toBeNull();
  });

  it('knows the tags that HEAD does not come after', async () => {
    expect(await git.tryTagsElsewhere()).toEqual([]);
    const { repo, git: other } = await clone();
    repo.git('checkout', '--quiet', sha.first);
    expect([...((await other.tryTagsElsewhere()) ?? [])].sort()).toEqual(['op/v1.0.0', 'v1.0.0']);
    expect(await (await clone(1)).git.tryTagsElsewhere()).toBeNull();
  });

  it('names both sides of a rename, and odd names as they are', async () => {
    expect(await git.tryChangedSince(sha.tagged, false)).toEqual(['deep/er/file.txt', 'deep/moved.txt', 'side.txt']);
    const { repo, git: other } = await clone();
    repo.write(Object.fromEntries(odd.slice(0, 9).map((name) => [name, 'changed'])));
    repo.commit('change them');
    expect([...((await other.tryChangedSince('HEAD~1', false)) ?? [])].sort()).toEqual(odd.slice(0, 9).sort());
  });

  it('compares with the merge base where that is asked for', async () => {
    expect(await git.tryChangedSince(sha.side, false)).toEqual(['deep/er/file.txt', 'deep/moved.txt']);
    origin.git('branch', 'ahead', sha.renamed);
    const { repo, git: other } = await clone();
    repo.git('checkout', '--quiet', '-b', 'work', sha.tagged);
    repo.write({ 'work.txt': '' });
    repo.commit('work');
    expect(await other.tryChangedSince('origin/ahead', true)).toEqual(['work.txt']);
    expect(await other.tryChangedSince('origin/ahead', false)).toContain('deep/moved.txt');
  });

  it('lists commits, newest first, without merges, of some paths', async () => {
    expect(await git.tryCommitsSince(null, ['README.md'])).toEqual([
      { sha: sha.tagged, author: 'Ada', subject: 'docs: überschrift | "quoted"', body: '' },
    ]);
    const since = (await git.tryCommitsSince('v1.0.0', ['.'])) ?? [];
    expect(since.map((commit) => commit.subject).sort()).toEqual(['move a file', 'on the side']);
    expect(await git.tryCommitsSince('v1.0.0', ['README.md'])).toEqual([]);
  });

  it('counts commits', async () => {
    expect(await git.tryCountSince(null)).toBe(5);
    expect(await git.tryCountSince('refs/tags/v1.0.0')).toBe(3);
    expect(await git.tryCountSince('refs/tags/v9.9.9')).toBeNull();
  });

  it('knows what comes after what', async () => {
    expect(await git.tryIsAncestor(sha.first, sha.head)).toBe(true);
    expect(await git.tryIsAncestor(sha.head, sha.head)).toBe(true);
    expect(await git.tryIsAncestor(sha.head, sha.first)).toBe(false);
    expect(await git.tryIsAncestor(sha.side, sha.renamed)).toBe(false);
    expect(await git.tryIsAncestor('f'.repeat(40), sha.head)).toBeNull();
  });

  it('sees changes of tracked files only', async () => {
    const { repo, git: other } = await clone();
    expect(await other.isDirty()).toBe(false);
    writeFileSync(join(repo.root, 'untracked'), '');
    expect(await other.isDirty()).toBe(false);
    writeFileSync(join(repo.root, 'README.md'), 'two\n');
    expect(await other.isDirty()).toBe(true);
  });

  it('has no branch on a detached HEAD', async () => {
    const { repo, git: other } = await clone();
    repo.git('checkout', '--quiet', '--detach');
    expect(await other.branch()).toBeNull();
    expect(await other.tryOrigin()).toBe(`file://${origin.root}`);
  });

  it('says that a folder is in no checkout, in the words of git', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    await expect(openGit(exec, outside)).rejects.toMatchObject({
      code: 'OR-GIT-REPOSITORY',
      excerpt: expect.stringContaining('not a git repository') as string,
    });
  });

  it('says that there is no commit', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'empty-'));
    await exec('git', ['init', '--quiet', empty]);
    const opened = await openGit(exec, empty);
    await expect(opened.head()).rejects.toMatchObject({
      code: 'OR-GIT-REPOSITORY',
      message: 'the checkout has no commit',
    });
    expect(await opened.files()).toEqual([]);
  });
});

describe('a shallow clone', () => {
  it('says that it cannot tell, and can after it was made deeper', async () => {
    const { git: shallow } = await clone(1);
    expect(await shallow.isShallow()).toBe(true);
    expect(await shallow.tags()).toEqual([]);
    expect(await shallow.tryChangedSince(sha.first, true)).toBeNull();
    expect(await shallow.tryCountSince(null)).toBeNull();
    expect(await shallow.tryCommitsSince(null, ['.'])).toBeNull();
    expect(await shallow.tryIsAncestor(sha.first, sha.head)).toBeNull();
    expect(await shallow.tryDeepen()).toBe(true);
    expect(await shallow.isShallow()).toBe(false);
    expect(await shallow.tryChangedSince(sha.tagged, true)).toEqual(['deep/er/file.txt', 'deep/moved.txt', 'side.txt']);
    expect(await shallow.tryCountSince('refs/tags/v1.0.0')).toBe(3);
    expect(await shallow.tryIsAncestor(sha.first, sha.head)).toBe(true);
  });

  it('can also where the server leaves out the trees, as GitHub does', async () => {
    origin.git('config', 'uploadpack.allowFilter', 'true');
    origin.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const { git: shallow } = await clone(1);
    expect(await shallow.tryDeepen()).toBe(true);
    expect(await shallow.tryCountSince('refs/tags/v1.0.0')).toBe(3);
    expect(await shallow.tryChangedSince(sha.first, true)).toContain('README.md');
  });

  it('counts nothing where it may see one side of a merge only', async () => {
    const { git: shallow } = await clone(2);
    expect(await shallow.tryChangedSince(sha.renamed, false)).toEqual(['side.txt']);
    expect(await shallow.tryCountSince(sha.renamed)).toBeNull();
  });

  it('stays as it is where the origin is gone', async () => {
    const { repo, git: shallow } = await clone(1);
    repo.git('remote', 'set-url', 'origin', 'file:///nowhere');
    expect(await shallow.tryDeepen()).toBe(false);
    expect(await shallow.isShallow()).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readChanges } from '../../src/facts/changes.ts';
import type { Changes } from '../../src/facts/changes.ts';
import type { EventFacts } from '../../src/facts/event.ts';
import { openGit } from '../../src/facts/git.ts';
import { exec } from '../../src/tools/exec.ts';
import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { serve } from '../fixtures/repos/serve.ts';

let origin: Repo;
let base = '';
let tip = '';
const repos: Repo[] = [];

beforeAll(() => {
  origin = makeRepo({ 'a.txt': '1' });
  repos.push(origin);
  base = origin.git('rev-parse', 'HEAD');
  origin.git('checkout', '--quiet', '-b', 'work');
  origin.write({ 'b.txt': '1' });
  origin.commit('work');
  origin.git('checkout', '--quiet', 'main');
  origin.write({ 'main.txt': '1' });
  tip = origin.commit('meanwhile on main');
  origin.git('checkout', '--quiet', 'work');
});
afterAll(() => repos.forEach((repo) => repo.remove()));

const event = (kind: EventFacts['kind'], more: Partial<EventFacts> = {}): EventFacts =>
  ({ kind, before: null, baseSha: null, ...more }) as EventFacts;

async function changes(facts: EventFacts, given: string | null = null, depth?: number): Promise<Changes> {
  const repo = cloneOf(origin, depth);
  repos.push(repo);
  return readChanges(await openGit(exec, repo.root), facts, given);
}

describe('readChanges', () => {
  it('compares a pull request with its merge base, not with what happened on the branch since', async () => {
    // "before" is what was pushed to the pull request last.
    const last = origin.git('rev-parse', 'HEAD');
    expect(await changes(event('pull_request', { baseSha: tip, before: last }))).toEqual({ files: ['b.txt'] });
  });

  it('compares a push with the push before', async () => {
    expect(await changes(event('push', { before: tip }))).toEqual({ files: ['b.txt', 'main.txt'] });
    expect(await changes(event('push', { before: base }))).toEqual({ files: ['b.txt'] });
  });

  it('fetches a shallow clone deeper', async () => {
    expect(await changes(event('push', { before: base }), null, 1)).toEqual({ files: ['b.txt'] });
  });

  it('fetches deeper over HTTP, as from GitHub; without an answer it says that the clone is too shallow', async () => {
    const served = await serve(origin);
    const ask = async (url: string): Promise<[Changes, boolean]> => {
      const clone = cloneOf(origin, 1);
      repos.push(clone);
      clone.git('remote', 'set-url', 'origin', url);
      const git = await openGit(exec, clone.root);
      return [await readChanges(git, event('push', { before: base }), null), await git.isShallow()];
    };
    expect(await ask(served.url)).toEqual([{ files: ['b.txt'] }, false]);
    expect(await ask(`${served.url}/gone`)).toEqual([
      { everything: expect.stringContaining('the clone is too shallow to reach') as string },
      true,
    ]);
    await served.stop();
  });

  it('says that a clone is too shallow where it cannot be fetched deeper, and what would help', async () => {
    const clone = cloneOf(origin, 1);
    repos.push(clone);
    clone.git('remote', 'set-url', 'origin', 'file:///nowhere');
    expect(await readChanges(await openGit(exec, clone.root), event('push', { before: base }), null)).toEqual({
      everything: `the clone is too shallow to reach ${base.slice(0, 12)}; fetch-depth: 0 in actions/checkout would tell what changed`,
    });
  });

  it('fetches what a force push took out of the history', async () => {
    const forced = makeRepo({ 'a.txt': '1' });
    repos.push(forced);
    forced.write({ 'gone.txt': '1' });
    const gone = forced.commit('to be taken back');
    forced.git('reset', '--quiet', '--hard', 'HEAD~1');
    forced.write({ 'b.txt': '1' });
    forced.commit('instead');
    // As GitHub does.
    forced.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    for (const depth of [undefined, 1]) {
      const clone = cloneOf(forced, depth);
      repos.push(clone);
      const found = await readChanges(await openGit(exec, clone.root), event('push', { before: gone }), null);
      expect(found, String(depth)).toEqual({ files: ['b.txt', 'gone.txt'] });
    }
  });

  it('finds the input base as a branch of origin, where the clone has no branch of that name', async () => {
    expect(await changes(event('push', { before: tip }), 'main')).toEqual({ files: ['b.txt'] });
    expect(await changes(event('workflow_dispatch'), base)).toEqual({ files: ['b.txt'] });
  });

  it.each([
    ['a new branch', event('push'), null, 'there is no earlier commit to compare with'],
    ['a tag', event('tag', { before: 'c'.repeat(40) }), null, 'a tag is about the whole of what it names'],
    ['a schedule', event('schedule'), null, 'a schedule is about the whole of what it names'],
    ['an option instead of a commit', event('local'), '--output=x', '--output=x is not a commit'],
    [
      'a commit that was rewritten away',
      event('push', { before: 'c'.repeat(40) }),
      null,
      'cccccccccccc is in the history no more, as after a force push',
    ],
    [
      'a branch that is nowhere',
      event('local'),
      'releases/long-name',
      'there is no branch, tag or commit releases/long-name',
    ],
  ])('takes everything for changed for %s', async (_, facts, given, why) => {
    expect(await changes(facts, given)).toEqual({ everything: expect.stringContaining(why) as string });
  });
});

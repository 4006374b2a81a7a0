import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../src/errors.ts';
import { openGit } from '../../src/facts/git.ts';
import { createGitHub } from '../../src/github/client.ts';
import { silent } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import type { Plan, ReleasePlan } from '../../src/plan/types.ts';
import { checkOrigin } from '../../src/release-branch.ts';
import { exec } from '../../src/tools/exec.ts';
import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { standInToken, startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';

/**
 * A repository with the branches main and release/1.x, of which the first has gone on, and a commit that was pushed with
 * nothing but its tag. Real git, and GitHub's side of the same repository.
 */

let origin: Repo;
let whole: Repo;
let github: GitHubStandIn;
const shallow: string[] = [];

beforeAll(async () => {
  origin = makeRepo({ a: '1' });
  origin.git('tag', 'on-main');
  origin.git('checkout', '--quiet', '-b', 'release/1.x');
  origin.write({ a: 'backport' });
  origin.commit('fix: backport');
  origin.git('tag', 'on-release');
  origin.commit('later on release/1.x');
  origin.git('checkout', '--quiet', 'main');
  origin.commit('later on main');
  origin.git('tag', 'head-of-main');
  origin.git('checkout', '--quiet', '--detach');
  origin.write({ a: 'evil' });
  origin.commit('not reviewed');
  origin.git('tag', 'on-none');
  origin.git('checkout', '--quiet', 'main');
  whole = cloneOf(origin);
  github = await startGitHub();
  github.seed.repository('acme/op', { gitDir: origin.root });
});
afterAll(async () => {
  await github.close();
  for (const folder of shallow) rmSync(folder, { recursive: true, force: true });
  whole.remove();
  origin.remove();
});
beforeEach(() => {
  github.requests.length = 0;
});

/** As actions/checkout fetches a tag without `fetch-depth`. */
function shallowAt(tag: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shallow-')));
  shallow.push(folder);
  const git = (...args: readonly string[]): Buffer => execFileSync('git', ['-C', folder, ...args]);
  git('init', '--quiet');
  git('fetch', '--quiet', '--depth=1', `file://${origin.root}`, `refs/tags/${tag}:refs/tags/${tag}`);
  git('checkout', '--quiet', '--detach', `refs/tags/${tag}`);
  return folder;
}

async function check(
  folder: string,
  tag: string,
  given: Partial<ReleasePlan['origin']> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const sha = origin.git('rev-parse', `${tag}^{commit}`);
  const plan = { event: { sha, ref: `refs/tags/${tag}`, repository: 'acme/op', defaultBranch: 'main' } } as Plan;
  const release = { tag, origin: { branches: null, protected: false, ...given } } as unknown as ReleasePlan;
  const http = createHttp({ log: silent });
  const client = createGitHub({
    ...{ token: standInToken, apiUrl: github.apiUrl, repository: 'acme/op', http, log: silent },
  });
  const world = { git: await openGit(exec, folder), github: client, env };
  return checkOrigin(plan, release, world).then(() => 'passes', messageOf);
}

const refused = (tag: string, branches: string): string =>
  `${tag} is to release ${origin.git('rev-parse', '--short=12', tag)}, which is on ${branches} of acme/op`;

describe('the commit of a release', () => {
  it('passes on any branch that the clone has, without a request', async () => {
    expect(await check(whole.root, 'on-main')).toBe('passes');
    expect(await check(whole.root, 'on-release')).toBe('passes');
    expect(github.requests).toEqual([]);
  });

  it.each(['head-of-main', 'on-main', 'on-release'])(
    'passes by what GitHub says where the clone is shallow: %s',
    async (tag) => {
      expect(await check(shallowAt(tag), tag)).toBe('passes');
      expect(github.requests.length).toBeGreaterThan(0);
      expect(github.requests.filter(({ write }) => write)).toEqual([]);
    },
  );

  it('is refused when it was pushed with nothing but its tag', async () => {
    expect(await check(whole.root, 'on-none')).toBe(refused('on-none', 'no branch'));
    expect(await check(shallowAt('on-none'), 'on-none')).toBe(refused('on-none', 'no branch'));
  });

  it('is refused on a branch that the configuration does not name', async () => {
    const branches = ['main', 'stable/*'];
    expect(await check(whole.root, 'on-main', { branches })).toBe('passes');
    for (const folder of [whole.root, shallowAt('on-release')]) {
      const said = await check(folder, 'on-release', { branches });
      expect(said).toBe(refused('on-release', 'none of the branches main, stable/*'));
    }
    expect(await check(whole.root, 'on-release', { branches: ['release/*'] })).toBe('passes');
  });

  it('is refused without a rule that protects its tag, where the configuration asks for one', async () => {
    const of = (ref: string, isProtected: boolean): Promise<string> => {
      const env = { GITHUB_REF: ref, GITHUB_REF_PROTECTED: String(isProtected) };
      return check(whole.root, 'on-main', { protected: true }, env);
    };
    expect(await of('refs/tags/on-main', true)).toBe('passes');
    expect(await of('refs/tags/on-main', false)).toContain('no rule protects it');
    // Of another ref the variable says nothing about the tag.
    expect(await of('refs/heads/main', true)).toContain('this run is of refs/heads/main');
    expect(await of('refs/tags/on-release', true)).toContain('this run is of refs/tags/on-release');
    expect(await check(whole.root, 'on-main', { protected: true }, { GITHUB_REF_PROTECTED: 'true' })).toContain(
      'no ref',
    );
  });
});

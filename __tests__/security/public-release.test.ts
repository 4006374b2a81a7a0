import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standInToken } from '../standins/github/index.ts';
import { messageOf, Problems } from '../../src/errors.ts';
import { openGit } from '../../src/facts/git.ts';
import { createGitHub } from '../../src/github/client.ts';
import { silent } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import type { OperatorPlan, Plan } from '../../src/plan/types.ts';
import { preflight } from '../../src/preflight.ts';
import type { Registry } from '../../src/registry/types.ts';
import { exec } from '../../src/tools/exec.ts';
import { openEntry, says } from './entry.ts';
import type { Entry } from './entry.ts';

/**
 * `gh release create` on a new tag pushes the tag: the release is public before the run begins, and nobody has looked at
 * what it is to hold.
 */

describe('a release that somebody published before the run', () => {
  let entry: Entry;
  let unreviewed: string;
  beforeEach(async () => {
    entry = await openEntry('{ releaseBranches: [main] }', { tokens: { [standInToken]: 'write', reader: 'read' } });
    const { origin } = entry;
    origin.git('tag', 'v1.0.0');
    origin.git('checkout', '--quiet', '--detach');
    origin.write({ 'notes.txt': 'evil\n' });
    unreviewed = origin.commit('not reviewed').slice(0, 12);
    origin.git('tag', 'v9.9.9');
    origin.git('checkout', '--quiet', 'main');
  });
  afterEach(async () => entry.close());

  const run = async (tag: string, token = standInToken): Promise<readonly string[]> =>
    says(await entry.run(`refs/tags/${tag}`, { inputs: { 'github-token': token } }));
  const publish = (tag: string, ...assets: readonly string[]): void => {
    const release = entry.github.seed.release(entry.repository, tag);
    for (const name of assets) entry.github.seed.asset(release, name, '{}\n');
  };
  const assetsOf = (tag: string): string[] =>
    entry.repository.releases
      .filter((each) => each.tag === tag)
      .flatMap(({ assets }) => assets.map(({ name }) => name));
  const offBranch = (): string =>
    `OR-RELEASE-BRANCH v9.9.9 is to release ${unreviewed}, which is on none of the branches main of octo/ops`;

  it('is filled for a commit of a branch', async () => {
    publish('v1.0.0');
    expect(await run('v1.0.0')).toEqual([]);
    expect(assetsOf('v1.0.0').sort()).toEqual(['checksums.txt', 'notes.txt', 'release.json']);
  });

  it.each([
    ['that nobody has released', null],
    ['that somebody has released', []],
    // Anybody who makes a release can give it a file of this name.
    ['whose release has a receipt, and the registry nothing', ['release.json']],
  ])('is refused for a commit %s', async (_, assets) => {
    if (assets !== null) publish('v9.9.9', ...assets);
    expect(await run('v9.9.9')).toEqual([offBranch()]);
    expect(assetsOf('v9.9.9')).toEqual(assets ?? []);
  });

  it('is refused without the right to fill it', async () => {
    publish('v1.0.0');
    expect(await run('v1.0.0', 'reader')).toEqual([
      expect.stringMatching(/^OR-GITHUB-PERMISSION the release v1\.0\.0 cannot be made/),
    ]);
  });

  it('is refused when it can no longer be filled', async () => {
    entry.repository.immutableReleases = true;
    publish('v1.0.0');
    expect(await run('v1.0.0')).toEqual([
      'OR-RELEASE-IMMUTABLE the release v1.0.0 was published without release.json and is immutable',
    ]);
    const before = entry.github.requests.filter(({ write }) => write);
    expect(before).toEqual([]);
  });

  it('is left as it is by the run after the one that filled it, which only reads', async () => {
    publish('v1.0.0');
    expect(await run('v1.0.0')).toEqual([]);
    entry.github.requests.length = 0;
    expect(await run('v1.0.0', 'reader')).toEqual([]);
    expect(entry.github.requests.filter(({ write }) => write)).toEqual([]);
  });
});

/** The second run of a tag, by a token that only reads, after the branch of its commit was deleted. */
describe('the preflight of a release that is finished', () => {
  let entry: Entry;
  beforeEach(async () => {
    entry = await openEntry('{ releaseBranches: [main] }', { tokens: { reader: 'read' } });
    const { origin } = entry;
    origin.git('checkout', '--quiet', '--detach');
    origin.commit('of a branch that is gone');
    origin.git('tag', 'v1.0.0');
    origin.git('checkout', '--quiet', 'main');
  });
  afterEach(async () => entry.close());

  const image = 'ghcr.io/octo/op:v1.0.0';
  const chart = 'ghcr.io/octo/charts/op:1.0.0';
  /** What the registry was asked for. */
  const asked: string[] = [];
  beforeEach(() => {
    asked.length = 0;
  });

  async function look(named: readonly string[], assets: readonly string[], stages = ['release']): Promise<string> {
    const release = entry.github.seed.release(entry.repository, 'v1.0.0');
    for (const name of assets) entry.github.seed.asset(release, name, '{}\n');
    const tags = [
      { tag: 'v1.0.0', moving: false },
      { tag: 'stable', moving: true },
    ];
    const operator = {
      ...{ name: 'op', image: { repository: 'ghcr.io/octo/op', tags } },
      ...{ chart: { repository: 'ghcr.io/octo/charts/op', version: '1.0.0' } },
      release: { tag: 'v1.0.0', origin: { branches: ['main'], protected: false } },
      tasks: ['publish-image', 'publish-chart', ...stages].map((stage) => ({ stage })),
    } as unknown as OperatorPlan;
    const sha = entry.origin.git('rev-parse', 'v1.0.0^{commit}');
    const event = { sha, ref: 'refs/tags/v1.0.0', repository: 'octo/ops', defaultBranch: 'main' };
    const plan = { event, signing: { sign: false }, operators: [operator] } as unknown as Plan;
    const registry = {
      headManifest: (repository: string, tag: string) => {
        asked.push(`${repository}:${tag}`);
        return Promise.resolve(named.includes(`${repository}:${tag}`) ? { digest: 'sha256:1' } : null);
      },
      checkPush: () => Promise.resolve(),
    } as unknown as Registry;
    const http = createHttp({ log: silent });
    const github = createGitHub({
      ...{ token: 'reader', apiUrl: entry.github.apiUrl, repository: 'octo/ops', http, log: silent },
    });
    const git = await openGit(exec, entry.origin.root);
    return preflight(plan, registry, github, silent, {}, git).then(
      () => 'passes',
      (thrown: unknown) =>
        thrown instanceof Problems ? thrown.problems.map(({ code }) => code).join() : messageOf(thrown),
    );
  }

  it.each([
    ['passes when nothing is left to name', [image, chart], ['release.json'], 'passes'],
    [
      'asks for the branch when the chart is not named',
      [image],
      ['release.json'],
      /v1\.0\.0 is to release .*branches main/,
    ],
    [
      'asks for the branch when the image is not named',
      [chart],
      ['release.json'],
      /v1\.0\.0 is to release .*branches main/,
    ],
    ['asks for both when the release is not filled', [image, chart], [], 'OR-RELEASE-BRANCH,OR-GITHUB-PERMISSION'],
  ])('%s', async (_, named, assets, expected) => {
    expect(await look(named, assets)).toMatch(expected);
    expect(asked).toEqual([image, chart]);
  });

  it('leaves a release alone that somebody else makes', async () => {
    entry.repository.immutableReleases = true;
    expect(await look([], [], [])).toMatch(/v1\.0\.0 is to release .*branches main/);
    expect(await look([image, chart], [])).toContain('is immutable');
  });
});

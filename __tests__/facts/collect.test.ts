import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyConfig, loadConfig } from '../../src/config/load.ts';
import { Problem } from '../../src/errors.ts';
import { collectFacts } from '../../src/facts/collect.ts';
import { readEvent } from '../../src/facts/event.ts';
import { openGit } from '../../src/facts/git.ts';
import type { Facts } from '../../src/facts/types.ts';
import type { GitHub } from '../../src/github/client.ts';
import { readInputs } from '../../src/inputs.ts';
import type { Registry } from '../../src/registry/types.ts';
import { exec } from '../../src/tools/exec.ts';
import { kubebuilder, monorepo } from '../fixtures/repos/layouts.ts';
import { cloneOf, commitTime, makeRepo } from '../fixtures/repos/repo.ts';
import { setUp } from '../github/bench.ts';
import type { Repo, Tree } from '../fixtures/repos/repo.ts';

const repos: Repo[] = [];
afterAll(() => repos.forEach((repo) => repo.remove()));
function kept(repo: Repo): Repo {
  repos.push(repo);
  return repo;
}

const noDocker: typeof exec = (tool) => Promise.reject(new Problem('OR-TOOL-MISSING', `${tool} is not here`));
const empty = { getManifest: () => Promise.resolve(null) } as unknown as Registry;

async function collect(
  repo: Repo,
  env: Record<string, string> = {},
  config = emptyConfig,
  registry = empty,
  github: GitHub | null = null,
): Promise<Facts> {
  const git = await openGit(exec, repo.root);
  const event = await readEvent(env, false);
  return collectFacts({ git, exec: noDocker, event, registry, github }, readInputs({}), config);
}

const pushed = (repo: Repo, ref: string): Record<string, string> => ({
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: ref,
  GITHUB_SHA: repo.git('rev-parse', 'HEAD'),
  GITHUB_REPOSITORY: 'acme/ops',
});

describe('collectFacts', () => {
  it('reads a checkout on a laptop', async () => {
    const repo = kept(makeRepo(kubebuilder));
    repo.git('remote', 'add', 'origin', 'git@github.com:acme/memo.git');
    repo.git('tag', 'v0.1.0');
    repo.write({ 'cmd/extra.go': 'package main\n' });
    const sha = repo.commit('second');
    const facts = await collect(repo);
    expect(facts).toMatchObject({
      event: { kind: 'local', refName: 'main', sha, commitTime },
      repository: 'acme/memo',
      defaultBranch: 'main',
      tags: ['v0.1.0'],
      host: { dockerMissing: expect.stringContaining('docker') as string },
    });
    expect(facts.histories.get('memo')).toEqual({ commits: 1, promotable: null });
    expect(facts.operators).toMatchObject([
      {
        name: 'memo',
        chartMetadata: { name: 'memo' },
        makeTargets: expect.arrayContaining(['manifests', 'test-e2e']) as string[],
        e2eBuildsImage: true,
      },
    ]);
    expect(facts.operators[0]?.dockerfileStages).toHaveLength(2);
  });

  it.each([
    ['https://github.com/acme/memo', 'acme/memo'],
    ['https://ada:token@github.com/acme/memo.git/', 'acme/memo'],
    ['ssh://git@github.example.com:22/acme/memo.x.git', 'acme/memo.x'],
    ['git@github.com:acme/memo.git', 'acme/memo'],
  ])('knows the repository of the origin %s', async (url, expected) => {
    const repo = kept(makeRepo({ PROJECT: 'projectName: x\n' }));
    repo.git('remote', 'add', 'origin', url);
    expect((await collect(repo)).repository).toBe(expected);
  });

  it('does not know the repository without an origin, and names an operator by its folder', async () => {
    const repo = kept(makeRepo({ PROJECT: 'layout: x\n' }));
    const facts = await collect(repo);
    expect(facts.repository).toBe('');
    expect(repo.root.toLowerCase().endsWith(facts.operators[0]?.name ?? '?')).toBe(true);
  });

  it('takes names, places and further operators of the configuration', async () => {
    const tree: Tree = { ...monorepo, 'agents/collector/Dockerfile': 'FROM scratch\n' };
    const config = loadConfig(
      'operators:\n- name: images\n  path: operators/glance\n- name: collector\n  path: agents/collector\n- name: nova\n  image: {dockerfile: operators/Dockerfile}\n',
    );
    const facts = await collect(kept(makeRepo(tree)), {}, config);
    expect(facts.operators.map(({ name, path, dockerfile }) => [name, path, dockerfile])).toEqual([
      ['collector', 'agents/collector', 'agents/collector/Dockerfile'],
      ['images', 'operators/glance', null],
      ['keystone', 'operators/keystone', null],
      ['nova', 'operators/nova', 'operators/Dockerfile'],
    ]);
  });

  it('takes a folder with and without a slash at its end for the same', async () => {
    const config = loadConfig('operators:\n- name: images\n  path: ./operators/glance/\n');
    const facts = await collect(kept(makeRepo(monorepo)), {}, config);
    expect(facts.operators.map(({ name, path }) => [name, path])).toEqual([
      ['images', 'operators/glance'],
      ['keystone', 'operators/keystone'],
      ['nova', 'operators/nova'],
    ]);
  });

  it.each<[string, string, Tree, number, RegExp, RegExp]>([
    [
      'an entry that is no operator',
      'operators:\n- name: novaa\n',
      monorepo,
      2,
      /^no operator "novaa" was found/,
      /did you mean "nova"\? found were: glance, keystone, nova;/,
    ],
    [
      'a folder without a file',
      'operators:\n- name: nova\n  path: operators/novva\n',
      monorepo,
      3,
      /^there is no file in operators\/novva, the folder of nova/,
      /did you mean "operators\/nova"\?/,
    ],
    [
      'a main operator that there is not',
      'primary: kestone\n',
      monorepo,
      1,
      /^primary: "kestone" is no operator/,
      /did you mean "keystone"\? there are: glance, keystone, nova$/,
    ],
  ])('names %s, and its line', async (_, text, tree, line, message, hint) => {
    const file = '.github/operator-release.yaml';
    const repo = kept(makeRepo({ ...tree, [file]: text }));
    await expect(collect(repo, {}, loadConfig(text, file))).rejects.toMatchObject({
      code: 'OR-CONFIG-OPERATOR',
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(hint) as string,
      at: { file, line },
    });
  });

  it.each<[string, Tree, RegExp]>([
    [
      'discovery finds twice',
      { 'teams/nova/PROJECT': 'projectName: nova\n' },
      /^"nova" is the name of 2 operators: operators\/nova, teams\/nova$/,
    ],
    [
      'the configuration gives to a further folder',
      {
        'agents/nova/Dockerfile': 'FROM scratch\n',
        '.github/operator-release.yaml': 'operators:\n- name: nova\n  path: agents/nova\n',
      },
      /^"nova" is the name of 2 operators: agents\/nova, operators\/nova$/,
    ],
  ])('refuses a name that %s', async (_, more, message) => {
    const repo = kept(makeRepo({ ...monorepo, ...more }));
    const config = loadConfig(more['.github/operator-release.yaml'] ?? '');
    await expect(collect(repo, {}, config)).rejects.toMatchObject({
      code: 'OR-OPERATOR-DUPLICATE',
      message: expect.stringMatching(message) as string,
      hint: expect.stringContaining('.github/operator-release.yaml') as string,
    });
  });

  it.each<[string, Tree]>([
    ['discovery finds', { 'op/PROJECT': 'projectName: op\n' }],
    ['only the configuration names', { 'op/Dockerfile': 'FROM scratch\n' }],
  ])('takes several operators of one folder that %s', async (_, tree) => {
    const config = loadConfig('operators:\n- name: agent\n  path: op\n- name: server\n  path: op/\n');
    const { operators } = await collect(kept(makeRepo(tree)), {}, config);
    expect(operators.map(({ name, path }) => [name, path])).toEqual([
      ['agent', 'op'],
      ['server', 'op'],
    ]);
  });

  it('tells operators of one name apart by the names that the configuration gives them', async () => {
    const repo = kept(makeRepo({ ...monorepo, 'teams/nova/PROJECT': 'projectName: nova\n' }));
    const config = loadConfig('operators:\n- name: nova-team\n  path: teams/nova\n');
    const { operators } = await collect(repo, {}, config);
    expect(operators.map(({ name }) => name)).toEqual(['glance', 'keystone', 'nova', 'nova-team']);
  });

  it('takes an entry without a folder for the operator in the root, where discovery finds none', async () => {
    const config = loadConfig('primary: memo\noperators:\n- name: memo\n');
    const facts = await collect(kept(makeRepo({ 'main.go': 'package main\n', 'go.mod': 'module x\n' })), {}, config);
    expect(facts.operators.map(({ name, path }) => [name, path])).toEqual([['memo', '.']]);
  });

  it('counts commits since the last release in a shallow clone, too', async () => {
    const origin = kept(makeRepo(kubebuilder));
    origin.git('tag', 'v0.1.0');
    origin.commit('second');
    origin.commit('third');
    const clone = kept(cloneOf(origin, 1));
    clone.git('fetch', '--quiet', 'origin', 'tag', 'v0.1.0');
    const facts = await collect(clone, pushed(clone, 'refs/heads/main'));
    expect(facts.histories.get('memo')?.commits).toBe(2);
  });

  describe('of a maintenance branch', () => {
    const origin = kept(makeRepo(kubebuilder));
    origin.git('tag', 'v1.2.3');
    origin.git('checkout', '--quiet', '-b', 'release/1.2');
    origin.commit('a fix');
    origin.git('checkout', '--quiet', 'main');
    for (const message of ['one', 'two', 'three']) origin.commit(message);
    origin.git('tag', 'v2.0.0');
    const off = (depth?: number): Repo => {
      const clone = kept(cloneOf(origin, depth));
      clone.git('fetch', '--quiet', '--tags', ...(depth === undefined ? [] : ['--depth=1']), 'origin', 'release/1.2');
      clone.git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
      return clone;
    };

    it.each<[string, number | undefined]>([
      ['a clone', undefined],
      ['a shallow clone', 1],
    ])('counts from the last release of its line, in %s', async (_, depth) => {
      const clone = off(depth);
      const facts = await collect(clone, pushed(clone, 'refs/heads/release/1.2'));
      expect([...facts.elsewhere]).toEqual(['v2.0.0']);
      expect(facts.histories.get('memo')?.commits).toBe(1);
    });

    it('tells nothing where the clone has no way to the history', async () => {
      const clone = off(1);
      clone.git('remote', 'remove', 'origin');
      const facts = await collect(clone, pushed(clone, 'refs/heads/release/1.2'));
      expect([...facts.elsewhere]).toEqual([]);
      expect(facts.histories.get('memo')?.commits).toBeNull();
    });

    it('compares the default branch, and a release, with all', async () => {
      const clone = off();
      expect([...(await collect(clone, pushed(clone, 'refs/heads/main'))).elsewhere]).toEqual([]);
      expect([...(await collect(clone, pushed(clone, 'refs/tags/v1.2.4'))).elsewhere]).toEqual([]);
    });

    it.each([
      ['release/1.2', ['v2.0.0']],
      ['main', []],
    ])('goes for pull requests to %s as well', async (ref, expected) => {
      const clone = off();
      const file = join(clone.root, '.git', 'event.json');
      writeFileSync(file, JSON.stringify({ number: 7, pull_request: { base: { ref }, head: {} } }));
      const facts = await collect(clone, {
        ...pushed(clone, 'refs/pull/7/merge'),
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_EVENT_PATH: file,
      });
      expect([...facts.elsewhere]).toEqual(expected);
    });
  });

  it('looks for what was tested of a tagged commit, and for nothing on a laptop', async () => {
    const repo = kept(makeRepo(kubebuilder));
    const asked: string[] = [];
    const registry = {
      getManifest: (repository: string, tag: string) => {
        asked.push(`${repository}:${tag}`);
        return Promise.resolve(null);
      },
    } as unknown as Registry;
    const facts = await collect(repo, pushed(repo, 'refs/tags/v1.0.0'), emptyConfig, registry);
    expect(facts.histories.get('memo')).toEqual({ commits: null, promotable: null });
    const sha = repo.git('rev-parse', 'HEAD').slice(0, 12);
    expect(asked).toEqual(['ghcr.io/acme/memo:v1.0.0', `ghcr.io/acme/memo:sha-${sha}`]);
    asked.length = 0;
    await collect(repo, {}, emptyConfig, registry);
    expect(asked).toEqual([]);
  });

  it('reads no more of the releases than it needs, and all when a version has none', async () => {
    const repo = kept(makeRepo(kubebuilder));
    const bench = await setUp();
    const { repository, standIn } = bench;
    const minors = Array.from({ length: 250 }, (_, minor) => `v1.${minor}.0`);
    for (const tag of [...minors, 'v2.0.0']) standIn.seed.tag(repository, tag, bench.commit);
    for (const tag of minors) standIn.seed.release(repository, tag);
    standIn.seed.release(repository, 'v1.999.0', { draft: true });
    const pagesFor = async (ref: string): Promise<[Facts, number]> => {
      standIn.requests.length = 0;
      const facts = await collect(repo, pushed(repo, ref), emptyConfig, empty, bench.client());
      return [facts, standIn.requests.filter(({ operation }) => operation === 'repos/list-releases').length];
    };
    // What comes before the tag, and nothing is above.
    const [some, one] = await pagesFor('refs/tags/v2.0.0');
    expect([one, some.releasedTags?.length]).toEqual([1, 99]);
    // v2.0.0 is above, and not released.
    const [all, three] = await pagesFor('refs/heads/main');
    expect([three, all.releasedTags?.length]).toEqual([3, 250]);
    expect(all.releasedTags).not.toContain('v1.999.0');
    expect((await collect(repo)).releasedTags).toBeNull();
    expect(standIn.violations).toEqual([]);
    await bench.close();
  });

  it('refuses a checkout of another commit than the event is about', async () => {
    const repo = kept(makeRepo(kubebuilder));
    const env = { ...pushed(repo, 'refs/heads/main'), GITHUB_SHA: 'c'.repeat(40) };
    await expect(collect(repo, env)).rejects.toMatchObject({ code: 'OR-GIT-COMMIT' });
  });
});

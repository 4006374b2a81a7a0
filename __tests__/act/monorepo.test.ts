import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import { standInToken, startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn, Release } from '../standins/github/index.ts';
import { requires } from '../helpers/lab.ts';
import { act, checkout, clusters } from './act.ts';

/**
 * The example of three operators through the reusable workflow, with real images and charts: what is affected, one
 * operator's tag, a tag of all, five tags at once. e2e is off except in one run, since a cluster for each operator of each
 * run would take the machine an hour.
 */
const lab = requires('docker', 'buildx', 'kind', 'helm', 'act', 'chainsaw', 'crane', 'go', 'make', 'jq');
const minutes = 60_000;
const operators = ['keystone', 'nova', 'placement'];

const caller = (registry: string, reconcile: boolean): string => `name: operators
on: [pull_request, push]
jobs:
  operators:
    uses: ./.github/workflows/operators.yml
    permissions:
      contents: write
      packages: write
      id-token: write
    with:
      registry: ${registry}/octo
      reconcile: ${String(reconcile)}
      go-version-file: ''
`;

describe.skipIf(lab.missing.length > 0)(`a monorepo through the reusable workflow in act${lab.note}`, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'or-act-monorepo-'));
  const repository = join(scratch, 'ops');
  const configFile = join(repository, '.github/operator-release.yaml');
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  let github: GitHubStandIn;
  let first = '';

  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const git = (...args: string[]): string =>
    run('git', '-c', 'user.name=Dev', '-c', 'user.email=dev@example.org', ...args).trim();
  const commit = (subject: string, change: () => void): string => {
    change();
    git('add', '--all');
    git('commit', '--quiet', '--message', subject);
    return git('rev-parse', 'HEAD');
  };
  const append = (file: string, text: string): void => writeFileSync(join(repository, file), text, { flag: 'a' });
  const digestOf = (name: string): string =>
    run('crane', 'digest', '--insecure', `${registry.host}/octo/${name}`).trim();
  const tagsOf = (name: string): string[] => {
    try {
      return run('crane', 'ls', '--insecure', `${registry.host}/octo/${name}`).trim().split('\n').sort();
    } catch {
      return [];
    }
  };
  const releases = (): readonly Release[] => github.seed.repository('octo/ops').releases;

  const workflow = async (event: 'pull_request' | 'push', payload: object, file = 'operator.yml'): Promise<string> => {
    const common = {
      repository: { full_name: 'octo/ops', name: 'ops', default_branch: 'main', owner: { login: 'octo' } },
    };
    const { apiUrl, serverUrl } = github;
    const done = await act({
      ...{ event, payload: { ...common, ...payload }, repository, workflow: `.github/callers/${file}` },
      ...{ scratch, apiUrl, serverUrl, token: standInToken },
    });
    expect(done.exitCode, done.output).toBe(0);
    expect(done.output).not.toContain(standInToken);
    expect(github.violations).toEqual([]);
    return done.output;
  };
  const push = (ref: string, before = '0'.repeat(40)): Promise<string> =>
    workflow('push', { ref, before, after: git('rev-parse', `${ref}^{commit}`) });
  /** Operators that had a job of their own. */
  const legsOf = (output: string): string[] => operators.filter((name) => output.includes(`✓ ${name} chart-package`));

  beforeAll(
    async () => {
      registry = await startRegistry();
      github = await startGitHub();
      cpSync(join(checkout, 'examples/monorepo'), repository, { recursive: true });
      mkdirSync(join(repository, '.github/workflows'), { recursive: true });
      mkdirSync(join(repository, '.github/callers'));
      cpSync(join(checkout, '.github/workflows/operators.yml'), join(repository, '.github/workflows/operators.yml'));
      writeFileSync(join(repository, '.github/callers/operator.yml'), caller(registry.host, false));
      writeFileSync(join(repository, '.github/callers/reconcile.yml'), caller(registry.host, true));
      // Where this test's registry is, and without clusters: see above.
      const config = readFileSync(configFile, 'utf8')
        .replaceAll('ghcr.io/example', `${registry.host}/octo`)
        .replace('defaults:\n', 'defaults:\n  e2e:\n    enabled: false\n');
      writeFileSync(configFile, config);
      git('init', '--quiet', '--initial-branch=main');
      git('remote', 'add', 'origin', 'https://github.com/octo/ops.git');
      first = commit('Begin', () => undefined);
      github.seed.repository('octo/ops', { gitDir: repository });
    },
    startTimeout + 5 * minutes,
  );

  beforeEach(() => {
    github.requests.length = 0;
  });

  afterAll(async () => {
    await github.close();
    await registry.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('starts no job for documentation, and is green', { timeout: 15 * minutes }, async () => {
    commit('Explain', () => append('README.md', '\nMore.\n'));
    const output = await push('refs/heads/main', first);
    expect(output).toContain('::set-output:: has-work=false');
    expect(legsOf(output)).toEqual([]);
    expect(operators.flatMap(tagsOf)).toEqual([]);
  });

  it('starts a job for the operator that changed', { timeout: 20 * minutes }, async () => {
    const before = git('rev-parse', 'HEAD');
    const now = commit('nova: say more', () => append('operators/nova/cmd/main.go', '\n// More.\n'));
    const output = await push('refs/heads/main', before);
    expect(legsOf(output)).toEqual(['nova']);
    expect(tagsOf('nova-operator')).toEqual(['latest', 'main', `sha-${now.slice(0, 12)}`]);
    expect(tagsOf('keystone-operator')).toEqual([]);
  });

  it('starts jobs for those that import what changed', { timeout: 20 * minutes }, async () => {
    const before = git('rev-parse', 'HEAD');
    commit('common: say more', () => append('internal/common/health/health.go', '\n// More.\n'));
    const output = await push('refs/heads/main', before);
    expect(legsOf(output)).toEqual(['keystone', 'nova']);
  });

  it('releases the one operator that a tag names', { timeout: 20 * minutes }, async () => {
    const tested = digestOf('keystone-operator:main');
    git('tag', 'keystone/v1.2.3');
    const output = await push('refs/tags/keystone/v1.2.3');
    expect(legsOf(output)).toEqual(['keystone']);
    expect(output).not.toContain('✓ keystone image-build');
    expect(digestOf('keystone-operator:v1.2.3')).toBe(tested);
    expect(releases().map(({ tag, draft }) => ({ tag, draft }))).toEqual([{ tag: 'keystone/v1.2.3', draft: false }]);
    expect(tagsOf('charts/keystone-operator')).toContain('1.2.3');
    expect(tagsOf('nova-operator')).not.toContain('v1.2.3');
  });

  it(
    'releases all operators by one tag: one release, of what their jobs have tested',
    { timeout: 30 * minutes },
    async () => {
      git('tag', 'v1.3.0');
      const output = await push('refs/tags/v1.3.0');
      expect(legsOf(output)).toEqual(operators);
      const release = releases().find(({ tag }) => tag === 'v1.3.0');
      expect(release).toMatchObject({ draft: false });
      expect(release?.assets.map(({ name }) => name).sort()).toEqual([
        'checksums.txt',
        ...operators.flatMap((name) => [`${name}-crds.yaml`, `${name}-install.yaml`, `${name}-operator-1.3.0.tgz`]),
        'release.json',
      ]);
      const candidate = `candidate-${git('rev-parse', 'HEAD').slice(0, 12)}-1.3.0`;
      for (const name of operators) {
        for (const tag of ['v1.3.0', 'v1.3', 'v1', 'stable']) {
          expect(digestOf(`${name}-operator:${tag}`), `${name} ${tag}`).toBe(digestOf(`${name}-operator:${candidate}`));
        }
        expect(digestOf(`charts/${name}-operator:1.3.0`)).toBe(digestOf(`charts/${name}-operator:${candidate}`));
      }
      expect(releases()).toHaveLength(2);
    },
  );

  it('releases five tags that were pushed at once, by reconciling', { timeout: 45 * minutes }, async () => {
    const tags = ['nova/v1.4.0', 'nova/v1.4.1', 'nova/v2.0.0', 'keystone/v1.4.0', 'placement/v1.4.0-rc.1'];
    for (const tag of tags) git('tag', tag);
    const main = { ref: 'refs/heads/main', before: '0'.repeat(40), after: git('rev-parse', 'HEAD') };
    await workflow('push', main, 'reconcile.yml');
    expect(
      releases()
        .filter(({ draft }) => !draft)
        .map(({ tag }) => tag)
        .sort(),
    ).toEqual(['keystone/v1.2.3', 'v1.3.0', ...tags].sort());
    const nova = (tag: string): string => digestOf(`nova-operator:${tag}`);
    expect([nova('stable'), nova('v1'), nova('v1.4')]).toEqual([nova('v2.0.0'), nova('v1.4.1'), nova('v1.4.1')]);
    const { latestId } = github.seed.repository('octo/ops');
    expect(releases().find(({ id }) => id === latestId)?.tag).toBe('keystone/v1.4.0');

    github.requests.length = 0;
    expect(await workflow('push', main, 'reconcile.yml')).toContain('nothing to do');
    expect(github.requests.filter(({ write }) => write)).toEqual([]);
  });

  it('tests each operator on a cluster of its own at the same time', { timeout: 45 * minutes }, async () => {
    const before = clusters();
    const sha = commit('With clusters', () => {
      writeFileSync(configFile, readFileSync(configFile, 'utf8').replace('  e2e:\n    enabled: false\n', ''));
    });
    const output = await workflow('pull_request', {
      number: 1,
      pull_request: {
        number: 1,
        head: { ref: 'x', sha, repo: { full_name: 'octo/ops' } },
        base: { ref: 'main', sha: git('rev-parse', 'HEAD~1') },
      },
    });
    for (const name of operators) expect(output).toContain(`✓ ${name} e2e`);
    expect(github.requests.filter(({ write }) => write)).toEqual([]);
    expect(clusters().filter((name) => !before.includes(name))).toEqual([]);
  });
});

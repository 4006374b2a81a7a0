import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import { standInToken, startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import { requires } from '../helpers/lab.ts';
import { act, clusters, outputOf, smallestWorkflow } from './act.ts';

/**
 * What a stranger does: `kubebuilder init`, `create api`, `edit --plugins=helm…`, the workflow of the README, nothing
 * else; then a pull request, a push to main and a tag, each through act with the shipped bundle.
 */
const lab = requires('docker', 'buildx', 'kind', 'helm', 'act', 'kubebuilder', 'crane', 'go', 'make');
const minutes = 60_000;

describe.skipIf(lab.missing.length > 0)(`an untouched kubebuilder project through act${lab.note}`, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'or-act-'));
  const repository = join(scratch, 'thing');
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  let github: GitHubStandIn;
  let sha = '';

  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const git = (...args: string[]): string =>
    run('git', '-c', 'user.name=Dev', '-c', 'user.email=dev@example.org', ...args);
  const crane = (...args: string[]): string => run('crane', ...args, '--insecure').trim();
  const tagsOf = (name: string): string[] => {
    try {
      return crane('ls', `${registry.host}/octo/${name}`).split('\n').sort();
    } catch {
      return [];
    }
  };
  const workflow = async (event: 'pull_request' | 'push', payload: object): Promise<string> => {
    const common = {
      repository: { full_name: 'octo/thing', name: 'thing', default_branch: 'main', owner: { login: 'octo' } },
    };
    const { apiUrl, serverUrl } = github;
    const done = await act({
      ...{ event, payload: { ...common, ...payload }, repository, workflow: '.github/workflows/operator.yml' },
      ...{ scratch, apiUrl, serverUrl, token: standInToken },
    });
    expect(done.exitCode, done.output).toBe(0);
    expect(done.output).not.toContain(standInToken);
    return done.output;
  };

  beforeAll(
    async () => {
      registry = await startRegistry();
      github = await startGitHub();
      mkdirSync(repository);
      git('init', '--quiet', '--initial-branch=main');
      git('remote', 'add', 'origin', 'https://github.com/octo/thing.git');
      run('kubebuilder', 'init', '--domain', 'example.org', '--repo', 'example.org/thing');
      run(
        'kubebuilder',
        'create',
        'api',
        '--group',
        'apps',
        '--version',
        'v1alpha1',
        '--kind',
        'Thing',
        '--resource',
        '--controller',
      );
      run('kubebuilder', 'edit', '--plugins=helm.kubebuilder.io/v2-alpha');
      // With the registry of this test, else as it stands in the README.
      expect(smallestWorkflow.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
      const file = join(repository, '.github/workflows/operator.yml');
      writeFileSync(file, `${smallestWorkflow.trimEnd()}\n        with:\n          registry: ${registry.host}/octo\n`);
      git('add', '--all');
      git('commit', '--quiet', '--message', 'Scaffold');
      sha = git('rev-parse', 'HEAD').trim();
      github.seed.repository('octo/thing', { gitDir: repository });
    },
    startTimeout + 5 * minutes,
  );

  afterAll(async () => {
    await github.close();
    await registry.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('checks a pull request on kind and publishes nothing', { timeout: 25 * minutes }, async () => {
    const before = clusters();
    const output = await workflow('pull_request', {
      number: 1,
      pull_request: { number: 1, head: { ref: 'x', sha, repo: { full_name: 'octo/thing' } }, base: { ref: 'main' } },
    });
    const results = JSON.parse(outputOf(output, 'results') ?? '') as Record<
      string,
      Record<string, { outcome: string }>
    >;
    const stages = Object.entries(results['thing'] ?? {}).filter(([, { outcome }]) => outcome === 'done');
    expect(stages.map(([stage]) => stage)).toEqual([
      ...['verify', 'lint', 'unit', 'integration', 'chart-check'],
      ...['image-build', 'chart-package', 'bundle', 'cluster', 'e2e'],
    ]);
    expect(tagsOf('thing')).toEqual([]);
    expect(tagsOf('charts/thing')).toEqual([]);
    expect(github.requests.filter((request) => request.write)).toEqual([]);
    expect(clusters().filter((name) => !before.includes(name))).toEqual([]);
  });

  it('publishes a push to main after its checks', { timeout: 25 * minutes }, async () => {
    const output = await workflow('push', { ref: 'refs/heads/main', after: sha, before: '0'.repeat(40) });
    const short = sha.slice(0, 12);
    expect(tagsOf('thing')).toEqual(['latest', 'main', `sha-${short}`]);
    const digests = new Set(
      ['latest', 'main', `sha-${short}`].map((tag) => crane('digest', `${registry.host}/octo/thing:${tag}`)),
    );
    expect([...digests]).toEqual([outputOf(output, 'digest')]);
    const index = JSON.parse(crane('manifest', `${registry.host}/octo/thing:main`)) as {
      manifests: { platform: { architecture: string } }[];
    };
    expect(index.manifests.map((manifest) => manifest.platform.architecture).sort()).toEqual(['amd64', 'arm64']);
    expect(tagsOf('charts/thing')).toEqual([`0.0.0-dev.1.g${short}`]);
  });

  it('releases a tag: the very digest that main tested', { timeout: 25 * minutes }, async () => {
    git('tag', 'v0.1.0');
    const tested = crane('digest', `${registry.host}/octo/thing:main`);
    const output = await workflow('push', { ref: 'refs/tags/v0.1.0', after: sha, before: '0'.repeat(40) });
    expect(output).toContain('promote');
    expect(output).not.toContain('✓ thing image-build');
    for (const tag of ['v0.1.0', 'v0.1', 'stable'])
      expect(crane('digest', `${registry.host}/octo/thing:${tag}`)).toBe(tested);

    run(
      'helm',
      'pull',
      `oci://${registry.host}/octo/charts/thing`,
      '--version',
      '0.1.0',
      '--plain-http',
      '--destination',
      scratch,
    );
    const chart = join(scratch, 'thing-0.1.0.tgz');
    expect(run('helm', 'show', 'chart', chart)).toMatch(/appVersion: v0\.1\.0\n[\s\S]*version: 0\.1\.0/);
    expect(run('helm', 'template', 'x', chart)).toContain(`image: "${registry.host}/octo/thing:v0.1.0@${tested}"`);

    const [release, ...others] = (await api(`repos/octo/thing/releases`)) as {
      draft: boolean;
      tag_name: string;
      assets: { name: string; browser_download_url: string }[];
    }[];
    expect(others).toEqual([]);
    expect(release).toMatchObject({ draft: false, tag_name: 'v0.1.0' });
    const assets = new Map<string, Buffer>();
    for (const asset of release?.assets ?? []) {
      assets.set(asset.name, Buffer.from(await (await fetch(asset.browser_download_url)).arrayBuffer()));
    }
    expect([...assets.keys()].sort()).toEqual([
      'checksums.txt',
      'crds.yaml',
      'install.yaml',
      'release.json',
      'thing-0.1.0.tgz',
    ]);
    expect(assets.get('thing-0.1.0.tgz')?.equals(readFileSync(chart))).toBe(true);
    expect(assets.get('install.yaml')?.toString()).toContain(`${registry.host}/octo/thing:v0.1.0@${tested}`);
    const sums = [...assets]
      .filter(([name]) => name !== 'checksums.txt')
      .map(([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}`);
    expect(assets.get('checksums.txt')?.toString().trim().split('\n').sort()).toEqual(sums.sort());
    expect(JSON.parse(assets.get('release.json')?.toString() ?? '')).toMatchObject({
      commit: sha,
      operators: [{ image: { digest: tested } }],
    });
    expect(github.violations).toEqual([]);
  });

  it('finds everything there when the tag runs again', { timeout: 25 * minutes }, async () => {
    const before = github.requests.length;
    const output = await workflow('push', { ref: 'refs/tags/v0.1.0', after: sha, before: '0'.repeat(40) });
    expect(output).toContain('there already');
    expect(github.requests.slice(before).filter((request) => request.write)).toEqual([]);
  });

  async function api(path: string): Promise<unknown> {
    const reply = await fetch(`${github.apiUrl}/${path}`, { headers: { authorization: `token ${standInToken}` } });
    return reply.json();
  }
});

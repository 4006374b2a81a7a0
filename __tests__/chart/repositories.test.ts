import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoriesEnv } from '../../src/chart/repositories.ts';
import { chartWithDependencies } from '../../src/chart/source.ts';
import type { ChartHost } from '../../src/chart/source.ts';
import { exec } from '../../src/tools/exec.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { chartIn, helm, hostOf, repoOf } from './charts.ts';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'chart-repositories-'));

/** Helm as it is on a runner: nobody has added a repository; or with a file of the user. */
function hostIn(repo: Repo, repositories?: string): ChartHost & { readonly home: string } {
  const host = hostOf(repo);
  const home = temporary();
  if (repositories !== undefined) writeFileSync(join(home, 'repositories.yaml'), repositories);
  const own = {
    ...{ HELM_CONFIG_HOME: home, HELM_CACHE_HOME: join(home, 'cache'), HELM_DATA_HOME: join(home, 'data') },
    ...{ HELM_REPOSITORY_CONFIG: join(home, 'repositories.yaml'), HELM_REPOSITORY_CACHE: join(home, 'cache') },
  };
  return {
    ...host,
    home,
    run: (tool, args, options = {}) => host.run(tool, args, { ...options, env: { ...own, ...options.env } }),
  };
}

describe.skipIf(helm === null)('dependencies of a chart repository', { timeout: 60_000 }, () => {
  let server: Server;
  let url: string;
  /** Login that the repository asks for below /private. */
  const basic = `Basic ${Buffer.from('me:word').toString('base64')}`;

  beforeAll(async () => {
    const folder = temporary();
    const source = repoOf(chartIn('common', 'common'));
    await exec(helm ?? '', ['package', join(source.root, 'common'), '--destination', folder]);
    await exec(helm ?? '', ['repo', 'index', folder]);
    server = createServer((request, response) => {
      const [, place, file = ''] = /^\/(\w+)\/([\w.-]+)$/.exec(request.url ?? '') ?? [];
      const status =
        place === 'private' && request.headers.authorization !== basic
          ? 401
          : readdirSync(folder).includes(file)
            ? 200
            : 404;
      response.writeHead(status).end(status === 200 ? readFileSync(join(folder, file)) : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const chartYaml = (repository: string, version = '0.1.0'): string =>
    `apiVersion: v2\nname: memo\nversion: 0.1.0\ndependencies:\n- name: common\n  version: ${version}\n  repository: "${repository}"\n`;

  /** A repository whose chart was locked where its chart repository was known. */
  async function locked(repository: string): Promise<Repo> {
    const repo = repoOf(chartIn('chart', 'memo', { 'Chart.yaml': chartYaml(repository) }));
    const entry = { name: 'ours', url: repository.startsWith('@') ? `${url}/open` : repository };
    const login = { username: 'me', password: 'word' };
    const host = hostIn(repo, JSON.stringify({ apiVersion: 'v1', repositories: [{ ...entry, ...login }] }));
    await host.run(helm ?? '', ['dependency', 'update', join(repo.root, 'chart')]);
    await exec('rm', ['-r', join(repo.root, 'chart/charts')]);
    expect(readdirSync(join(repo.root, 'chart'))).toContain('Chart.lock');
    return repo;
  }
  const chartsOf = async (host: ChartHost, purpose = 'test'): Promise<string[]> =>
    readdirSync(join(await chartWithDependencies(host, helm ?? '', 'chart', purpose), 'charts'));

  it('are built with a lock where nobody has added it, by stages side by side', async () => {
    const host = hostIn(await locked(`${url}/open`));
    const both = await Promise.all([chartsOf(host, 'check'), chartsOf(host, 'package')]);
    expect(both).toEqual([['common-0.1.0.tgz'], ['common-0.1.0.tgz']]);
    expect(readdirSync(host.home)).not.toContain('repositories.yaml');
  });

  it('are built without a lock', async () => {
    const repo = repoOf(chartIn('chart', 'memo', { 'Chart.yaml': chartYaml(`${url}/open/`) }));
    expect(await chartsOf(hostIn(repo))).toEqual(['common-0.1.0.tgz']);
  });

  it.each([
    ['alias', '@ours', 'open'],
    ['login', 'private', 'private/'],
  ])('are built with the %s of the user', async (_, repository, place) => {
    const repo = await locked(repository === '@ours' ? repository : `${url}/${repository}`);
    const entry = { name: 'ours', url: `${url}/${place}`, username: 'me', password: 'word' };
    expect(await chartsOf(hostIn(repo, JSON.stringify({ repositories: [entry] })))).toEqual(['common-0.1.0.tgz']);
  });

  const problemOf = (host: ChartHost): Promise<unknown> =>
    chartWithDependencies(host, helm ?? '', 'chart', 'test').catch((thrown: unknown) => thrown);

  it('say that the repository asks for a login', async () => {
    const problem = await problemOf(hostIn(await locked(`${url}/private`)));
    expect(problem).toMatchObject({
      code: 'OR-CHART-DEPENDENCIES',
      excerpt: expect.stringMatching(/\/private\)[\s\S]*401 Unauthorized/) as string,
      hint: expect.not.stringContaining('Chart.lock"') as string,
    });
  });

  it('say that the lock is out of sync, and of an alias that nobody knows', async () => {
    const repo = await locked(`${url}/open`);
    writeFileSync(join(repo.root, 'chart/Chart.yaml'), chartYaml(`${url}/open`, '^0.1.0'));
    expect(await problemOf(hostIn(repo))).toMatchObject({
      hint: 'run "helm dependency update chart" and commit Chart.lock',
    });
    expect(await problemOf(hostIn(await locked('@ours')))).toMatchObject({
      hint: expect.stringContaining('an alias is known only where') as string,
    });
  });
});

describe('repositoriesEnv', () => {
  const envOf = async (repositories: readonly string[], file?: string): Promise<Readonly<Record<string, string>>> => {
    const folder = temporary();
    const config = join(folder, 'user.yaml');
    if (file !== undefined) writeFileSync(config, file);
    const host = {
      ...{ root: folder, scratch: folder, ports: { login: {} } },
      run: () => Promise.resolve({ exitCode: 0, stdout: `${config}\n`, stderr: '' }),
    };
    return repositoriesEnv(host, 'helm', repositories, join(folder, 'own'));
  };

  it('has each once, after those of the user, for nobody else to read', async () => {
    const user = { name: 'a', url: 'https://a.example/charts', password: 'word' };
    const both = ['https://B.example/x', 'https://b.example/x/', 'https://a.example/charts/', 'oci://c.example'];
    const env = await envOf(both, JSON.stringify({ repositories: [user] }));
    const file = env['HELM_REPOSITORY_CONFIG'] ?? '';
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(load(readFileSync(file, 'utf8'))).toMatchObject({
      repositories: [
        user,
        { name: expect.stringMatching(/^operator-release-[0-9a-f]{12}$/) as string, url: 'https://b.example/x/' },
      ],
    });
  });

  it.each<[string, readonly string[], string | undefined]>([
    ['is asked for', ['oci://a.example/x', 'file://../x', '@a', ''], undefined],
    ['is new', ['https://a.example'], 'repositories: [{ name: a, url: "https://a.example/" }]\n'],
    ['can be added to what is no YAML', ['https://a.example'], 'a: [\n'],
    ['can be added to what is no list', ['https://a.example'], 'repositories: a\n'],
  ])('is none where no repository %s', async (_, repositories, file) => {
    expect(await envOf(repositories, file)).toEqual({});
  });

  it('adds to an empty file', async () => {
    for (const file of ['', 'apiVersion: v1\n', 'repositories: null\n']) {
      expect(Object.keys(await envOf(['https://a.example'], file))).toHaveLength(2);
    }
  });
});

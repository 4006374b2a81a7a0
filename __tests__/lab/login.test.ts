import { execFile } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { chartWithDependencies } from '../../src/chart/source.ts';
import { createCleanup, tearDown } from '../../src/engine/cleanup.ts';
import { Problem } from '../../src/errors.ts';
import { buildWithBuildx } from '../../src/image/buildx.ts';
import { buildWithKo } from '../../src/image/ko.ts';
import { hostPlatform } from '../../src/image/platform.ts';
import type { ImageRequest } from '../../src/image/request.ts';
import { BufferLog } from '../../src/log.ts';
import { pushChart } from '../../src/registry/chart.ts';
import { pushLayout, readLayout } from '../../src/registry/layout.ts';
import type { StageHost } from '../../src/stages/types.ts';
import { exec } from '../../src/tools/exec.ts';
import { writeLoginFiles } from '../../src/tools/login-files.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { requires } from '../helpers/lab.ts';
import { client } from '../registry/helpers.ts';
import { makeLayout } from '../registry/layout-fixture.ts';
import { login, startRegistry } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { chartBytes } from '../registry/chart-fixture.ts';

const run = promisify(execFile);
const lab = requires('buildx', 'helm', 'ko', 'go');
const builder = `login-test-${process.pid}`;

/** The real tools against a registry that wants a login: with the files of the run they get in, without them they do not. */
describe.skipIf(lab.missing.length > 0)(`tools with the login of the run${lab.note}`, { timeout: 300_000 }, () => {
  let registry: RealRegistry;
  let home: string;
  let repo: Repo;
  let loginEnv: Readonly<Record<string, string>>;

  beforeAll(async () => {
    registry = await startRegistry({ login: true, memory: true });
    home = await mkdtemp(join(tmpdir(), 'login-home-'));
    const writer = client({ credentials: login }).registry;
    const base = await makeLayout(join(home, 'base'));
    const { digest } = await pushLayout(writer, base.dir, `${registry.host}/acme/base`);
    const version = '1.0.0';
    const chartYaml = { apiVersion: 'v2', name: 'common', version };
    const chart = { repository: `${registry.host}/acme/charts/common`, version, tgz: await chartBytes(chartYaml) };
    await pushChart(writer, { ...chart, chartYaml, annotations: {}, created: 0 });
    repo = makeRepo({
      Dockerfile: `FROM ${registry.host}/acme/base@${digest}\nCOPY go.mod /\n`,
      'go.mod': 'module example.com/op\n\ngo 1.24\n',
      'main.go': 'package main\n\nfunc main() {}\n',
      '.ko.yaml': `defaultBaseImage: ${registry.host}/acme/base@${digest}\n`,
      'chart/Chart.yaml': `apiVersion: v2
name: op
version: 0.1.0
dependencies: [{ name: common, version: ${version}, repository: "oci://${registry.host}/acme/charts" }]
`,
    });
    // A user's own place for Docker, so that this test changes nothing for others: with plugins, and with a builder that
    // reaches the registry on this machine.
    await mkdir(join(home, '.docker'));
    const plugins = join(homedir(), '.docker/cli-plugins');
    if (existsSync(plugins)) symlinkSync(plugins, join(home, '.docker/cli-plugins'));
    vi.stubEnv('DOCKER_CONFIG', join(home, '.docker'));
    // It would count more than the base image of .ko.yaml.
    vi.stubEnv('KO_DEFAULTBASEIMAGE', undefined);
    const create = ['create', '--name', builder, '--driver', 'docker-container', '--driver-opt', 'network=host'];
    await run('docker', ['buildx', ...create, '--use']);
    const [credentials, env] = [login, { ...process.env, HELM_REGISTRY_CONFIG: join(home, 'helm.json') }];
    const folder = join(home, 'login');
    loginEnv = await writeLoginFiles({ folder, host: registry.host, credentials, env, log: new BufferLog() });
  }, 300_000);
  afterAll(async () => {
    await run('docker', ['buildx', 'rm', '--force', builder]);
    vi.unstubAllEnvs();
    await registry.stop();
    repo.remove();
    await rm(home, { recursive: true, force: true });
  });

  const hostWith = async (given: Readonly<Record<string, string>>): Promise<StageHost> => {
    const log = new BufferLog();
    const cleanup = createCleanup(() => undefined);
    const host = {
      ...{ root: repo.root, scratch: await mkdtemp(join(tmpdir(), 'login-')), log, progress: () => undefined },
      signal: new AbortController().signal,
      run: (tool: string, args: readonly string[], options = {}) =>
        exec(tool, args, { cwd: repo.root, log, ...options }),
      tool: (name: string) => Promise.resolve(name),
      ports: { exec, cleanup, env: process.env, login: given },
    };
    return host as unknown as StageHost;
  };
  const request: ImageRequest = {
    ...{ context: '.', target: null, platforms: [hostPlatform()], buildArgs: {}, labels: {}, seconds: 0 },
  };

  /** The platforms of what was built. */
  const built = async (
    make: (host: StageHost, target: string) => Promise<void>,
    given = loginEnv,
  ): Promise<string[]> => {
    const host = await hostWith(given);
    const target = join(host.scratch, 'image');
    try {
      await make(host, target);
      return (await readLayout(target)).platforms.map(({ platform }) => platform);
    } finally {
      await tearDown(host.ports.cleanup.resources(), exec, host.log);
      await rm(host.scratch, { recursive: true, force: true });
    }
  };

  it.each<[string, (host: StageHost, target: string) => Promise<void>]>([
    ['buildx', (host, target) => buildWithBuildx(host, request, 'Dockerfile', target)],
    ['ko', (host, target) => buildWithKo(host, request, '.', target)],
  ])('%s builds on an image of that registry', async (_, make) => {
    const refused: unknown = await built(make, {}).catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(Problem);
    expect((refused as Problem).excerpt).toMatch(/401|unauthorized|no basic auth/i);
    expect(await built(make)).toEqual([hostPlatform()]);
  });

  it('helm takes a dependency from it', async () => {
    const build = async (given: Readonly<Record<string, string>>): Promise<string[]> => {
      const host = await hostWith(given);
      // Only for a registry on this machine is there no TLS.
      const run: StageHost['run'] = (tool, args, options) =>
        host.run(tool, args[0] === 'dependency' ? [...args, '--plain-http'] : args, options);
      try {
        return await readdir(join(await chartWithDependencies({ ...host, run }, 'helm', 'chart', 'test'), 'charts'));
      } finally {
        await rm(host.scratch, { recursive: true, force: true });
      }
    };
    const refused: unknown = await build({}).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({
      code: 'OR-CHART-DEPENDENCIES',
      excerpt: expect.stringMatching(/401|unauthorized|basic credential not found/i) as string,
    });
    expect(await build(loginEnv)).toEqual(['common-1.0.0.tgz']);
  });
});

import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { satisfies, valid } from 'semver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Receipt } from '../../src/release/receipt.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { look, only } from '../github/bench.ts';
import { requires } from '../helpers/lab.ts';
import { client } from '../registry/helpers.ts';
import { startProxy } from '../registry/fault-proxy.ts';
import type { Proxy, Seen } from '../registry/fault-proxy.ts';
import { freePort, startRegistry } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import { job, monorepo, names, pushTested, repository } from './monorepo.ts';
import type { Done } from './monorepo.ts';

/** Legs of a matrix and the job after them, against a real registry and a stand-in for GitHub. */

const lab = requires('helm');
const seconds = 1000;
const schemaFile = join(import.meta.dirname, '../../schema/release.schema.json');
const isReceipt = new Ajv().compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

function isWrite({ method, url, body }: Seen): boolean {
  return method === 'PUT' || method === 'PATCH' || (method === 'POST' && (body.length > 0 || url.includes('?')));
}

describe.skipIf(lab.missing.length > 0)(`a tag of all operators${lab.note}`, { timeout: 300 * seconds }, () => {
  let origin: Repo;
  let commit: string;
  let port: number;
  let registry: RealRegistry;
  let proxy: Proxy;
  let folder: string;
  let github: GitHubStandIn;
  /** The same each time: release notes name GitHub's address. */
  let ports: { port: number; uploadPort: number };
  /** Changes up to which everything gets through; then the job is gone. */
  let left = Infinity;
  let gone = new AbortController();
  let writes: string[] = [];
  /** Changes that a job of one operator makes until there is a draft of its release. */
  let untilRelease = 0;

  const wrote = (what: string): void => {
    writes.push(what);
    if (--left === 0) gone.abort(new Error('the job is gone'));
  };
  const openGitHub = async (): Promise<void> => {
    let before = '';
    github = await startGitHub({
      ...ports,
      watch: ({ repositories }) => {
        const now = JSON.stringify(repositories.map((each) => each.releases));
        if (now !== before) wrote('github');
        before = now;
      },
    });
    github.seed.repository(repository, { gitDir: origin.root });
  };
  const run = async (ref: string, inputs: Readonly<Record<string, string>>): Promise<Done> => {
    gone = new AbortController();
    writes = [];
    const done = await job({
      ...{ checkout: origin.root, registryPath: `${proxy.host}/octo`, github, ref, commit, inputs },
      signal: gone.signal,
    });
    expect(github.violations).toEqual([]);
    return done;
  };
  const leg = (name: string, tag = 'v1.2.3'): Promise<Done> => run(`refs/tags/${tag}`, { operators: name });
  const finish = (ref = 'refs/tags/v1.2.3'): Promise<Done> => run(ref, { mode: 'finish' });

  /** Every name in the registry, with what it stands for. */
  const published = async (): Promise<Record<string, string>> => {
    const { registry } = client();
    const all: Record<string, string> = {};
    for (const path of names.flatMap((name) => [name, `charts/${name}-operator`])) {
      for (const tag of await registry.listTags(`${proxy.host}/octo/${path}`)) {
        all[`${path}:${tag}`] = (await registry.headManifest(`${proxy.host}/octo/${path}`, tag))?.digest ?? 'nothing';
      }
    }
    return all;
  };
  const releases = (): unknown => look(github.seed.repository(repository));

  beforeAll(async () => {
    origin = monorepo();
    commit = origin.git('rev-parse', 'HEAD');
    for (const tag of ['v1.2.3', 'keystone/v2.0.0', 'nova/v1.9.0']) origin.git('tag', tag);
    folder = await mkdtemp(join(tmpdir(), 'finish-registry-'));
    port = await freePort();
    registry = await startRegistry({ port, folder: join(folder, 'now') });
    proxy = await startProxy(registry.host);
    const isLost = ({ method, url }: Seen): boolean => gone.signal.aborted && url !== '/v2/' && method !== '';
    proxy.add({ when: isLost, times: Infinity, fault: { reset: 'before' } });
    proxy.add({ when: (seen) => isWrite(seen) && (wrote(`${seen.method} ${seen.url}`), false), fault: { lost: 500 } });
    ports = { port: await freePort(), uploadPort: await freePort() };
    await openGitHub();
    for (const name of names) await pushTested(`${registry.host}/octo`, name, commit);
  }, 120 * seconds);

  afterAll(async () => {
    await github.close();
    await proxy.stop();
    await registry.stop();
    origin.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('is staged by each leg, and named by none', async () => {
    for (const name of ['keystone', 'nova'] as const) {
      const { problems, plans } = await leg(name);
      expect(problems).toEqual([]);
      expect(plans[0]?.operators[0]?.skipped).toContainEqual({
        stage: 'release',
        reason: 'made by mode: finish when all operators are green',
      });
    }
    const candidate = `candidate-${commit.slice(0, 12)}-1.2.3`;
    expect(Object.keys(await published())).toEqual([
      ...[`keystone:${candidate}`, `keystone:sha-${commit.slice(0, 12)}`, `charts/keystone-operator:${candidate}`],
      ...[`nova:${candidate}`, `nova:sha-${commit.slice(0, 12)}`, `charts/nova-operator:${candidate}`],
      `placement:sha-${commit.slice(0, 12)}`,
    ]);
    // Neither Helm nor Flux takes for a version what is none.
    expect([valid(candidate, { loose: true }), satisfies(candidate, '>=0.0.0-0', { loose: true })]).toEqual([
      null,
      false,
    ]);
    expect(releases()).toMatchObject({ releases: [] });
  });

  it('is not finished while a leg is missing, and says which', async () => {
    const before = await published();
    const { problems } = await finish();
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'OR-FINISH-INCOMPLETE v1.2.3 cannot be finished, and this run has named nothing; missing: placement (image and chart)',
    ]);
    expect(problems[0]?.hint).toContain('the leg of such an operator failed or has not run');
    expect(writes).toEqual([]);
    expect(await published()).toEqual(before);
  });

  it('is finished to the same end, wherever a run of the job before was killed', async () => {
    expect((await leg('placement')).problems).toEqual([]);
    // The registry as the legs have left it.
    await registry.stop();
    await cp(join(folder, 'now'), join(folder, 'staged'), { recursive: true });
    registry = await startRegistry({ port, folder: join(folder, 'now') });

    const staged = await published();
    const whole = await finish();
    expect(whole.problems).toEqual([]);
    const total = writes.length;
    const end = { names: await published(), releases: releases() };
    const digests = (path: string): (string | undefined)[] =>
      Object.entries(end.names).flatMap(([name, digest]) => (name.startsWith(`${path}:`) ? [digest] : []));
    for (const name of names) {
      // All names of an image, and both of a chart, are the one that was tested.
      expect(new Set(digests(name)).size).toBe(1);
      expect(new Set(digests(`charts/${name}-operator`)).size).toBe(1);
      expect(end.names[`charts/${name}-operator:1.2.3`]).toBe(
        staged[`charts/${name}-operator:candidate-${commit.slice(0, 12)}-1.2.3`],
      );
      expect(end.names[`${name}:v1.2.3`]).toBe(staged[`${name}:sha-${commit.slice(0, 12)}`]);
    }
    // nova 1.9.0 and keystone 2.0.0 are tagged, so that only placement is at its highest.
    expect(Object.keys(end.names).filter((name) => name.endsWith(':stable'))).toEqual(['placement:stable']);
    const { assets, draft, tag } = only(github.seed.repository(repository));
    expect({ draft, tag }).toEqual({ draft: false, tag: 'v1.2.3' });
    expect(assets.map(({ name }) => name).sort()).toEqual([
      'checksums.txt',
      ...names.flatMap((name) => [`${name}-install.yaml`, `${name}-operator-1.2.3.tgz`]),
      'release.json',
    ]);

    const url = `${github.serverUrl}/${repository}/releases/download/v1.2.3/release.json`;
    const receipt = (await (await fetch(url)).json()) as Receipt;
    expect(isReceipt(receipt), JSON.stringify(isReceipt.errors)).toBe(true);
    expect(receipt.operators.map(({ name, image }) => [name, image?.digest, image?.platforms])).toEqual(
      names.map((name) => [name, end.names[`${name}:v1.2.3`], ['linux/amd64', 'linux/arm64']]),
    );

    expect((await finish()).problems).toEqual([]);
    expect(writes).toEqual([]);
    expect((await leg('nova')).problems).toEqual([]);
    expect(writes).toEqual([]);

    expect(total).toBeGreaterThan(15);
    for (let killedAfter = 1; killedAfter < total; killedAfter += 3) {
      await registry.stop();
      await rm(join(folder, 'now'), { recursive: true });
      await cp(join(folder, 'staged'), join(folder, 'now'), { recursive: true });
      registry = await startRegistry({ port, folder: join(folder, 'now') });
      await github.close();
      left = Infinity;
      await openGitHub();
      left = killedAfter;
      await finish();
      left = Infinity;
      expect(writes.length, `killed after ${killedAfter}`).toBeGreaterThanOrEqual(killedAfter);
      expect((await finish()).problems, `killed after ${killedAfter}`).toEqual([]);
      expect({ names: await published(), releases: releases() }, `killed after ${killedAfter}`).toEqual(end);
    }
  });

  it('has nothing to finish for one operator whose own job released it, for a branch, for a pull request', async () => {
    const own = await leg('keystone', 'keystone/v2.0.0');
    expect(own.problems).toEqual([]);
    untilRelease = writes.indexOf('github') + 1;
    expect(untilRelease).toBeGreaterThan(3);
    const names = await published();
    expect(names['keystone:v2.0.0']).toBe(names['keystone:v1.2.3']);
    for (const ref of ['refs/tags/keystone/v2.0.0', 'refs/heads/main', 'refs/pull/7/merge']) {
      const { problems, plans, log } = await finish(ref);
      expect(problems).toEqual([]);
      expect(plans[0]?.operators, log).toEqual([]);
      expect(writes).toEqual([]);
    }
  });

  it('finishes for one operator what its own job did not come to', async () => {
    const tag = 'nova/v1.9.0';
    left = untilRelease;
    await leg('nova', tag);
    left = Infinity;
    expect((await finish(`refs/tags/${tag}`)).problems).toEqual([]);
    const released = github.seed.repository(repository).releases.find((release) => release.tag === tag);
    expect(released).toMatchObject({ draft: false });
    expect((await published())['nova:stable']).toBeDefined();
  });
});

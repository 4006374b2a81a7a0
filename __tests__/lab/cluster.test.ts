import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/registry/digest.ts';
import { isIndex, parseIndex, printPlatform } from '../../src/registry/json.ts';
import type { Receipt } from '../../src/release/receipt.ts';
import { requires } from '../helpers/lab.ts';
import { client } from '../registry/helpers.ts';
import { login } from '../registry/real-registry.ts';
import { endlessE2e, faults } from './mini-operator.ts';
import type { RunningStep, StepResult } from './step.ts';
import { branch, endings, openWorld, published, repository, run } from './world.ts';
import type { Push, World } from './world.ts';

const lab = requires('buildx', 'go', 'golangci-lint', 'helm', 'kind');

const nothing = { names: [], releases: [] };

/** The way of one operator to its first release, with what may go wrong on it; each test goes on where the last ended. */
describe.skipIf(lab.missing.length > 0)(`with a cluster${lab.note}`, () => {
  let world: World;
  /** For what users download. */
  let folder: string;
  beforeAll(async () => {
    world = await openWorld();
    folder = await mkdtemp(join(tmpdir(), 'lab-pulled-'));
  });
  afterAll(async () => {
    await world.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const clusters = async (): Promise<string> => (await run('kind', ['get', 'clusters'])).stdout;

  /** A step whose e2e test has begun. */
  async function startEndless(options: Pick<Push, 'withoutPost'> = {}): Promise<RunningStep> {
    const step = await world.start({ ref: branch, ...options });
    const ended = step.ended.then(() => true);
    while (!existsSync(step.begun)) {
      if (await Promise.race([ended, pause(200)])) throw new Error(`it ended before its e2e: ${step.log()}`);
    }
    expect(await clusters()).toContain(step.runId);
    return step;
  }

  it('SIGTERM in the middle of e2e: the run tidies up and ends', async () => {
    world.commit('e2e without an end', endlessE2e);
    const step = await startEndless();
    step.kill('SIGTERM');
    const result = await world.end(step);
    expect(result.exitCode, result.log).toBe(1);
    const { done, ...others } = endings(result);
    const cancelled = ['e2e', 'publish-image', 'publish-chart', 'tags'];
    expect(others).toEqual({ cancelled, failed: [], blocked: [], skipped: [] });
    expect(done).toContain('cluster');
    expect(result.log).toContain('during mini e2e. Re-run is safe.');
    expect(result.log).toContain('deleted the cluster');
    expect(result.summary).toContain('mini cancelled');
    expect(await published(world)).toEqual(nothing);
  });

  it('SIGKILL in the middle of e2e: post tidies up', async () => {
    const step = await startEndless();
    step.kill('SIGKILL');
    const result = await world.end(step);
    expect(result.exitCode).toBeNull();
    expect(result.postCode, result.postLog).toBe(0);
    expect(result.postLog).toContain('deleted the cluster');
    expect(await published(world)).toEqual(nothing);
  });

  it('SIGKILL of all that there is: the next run on the machine tidies up', async () => {
    const lost = await startEndless({ withoutPost: true });
    lost.kill('SIGKILL');
    await lost.end();
    expect(await clusters()).toContain(lost.runId);
    const next = await startEndless();
    expect(await clusters()).not.toContain(lost.runId);
    next.kill('SIGTERM');
    const { log } = await world.end(next);
    expect(log).toMatch(new RegExp(`deleted the cluster orp-${lost.runId}-\\S+, which a killed run had left`));
  });

  it('an operator that crashes is not published, and its last words are shown', async () => {
    world.commit('no lease', faults.crash);
    const result = await world.run({ ref: branch });
    expect(result.exitCode, result.log).toBe(1);
    for (const text of [result.log, result.summary]) {
      expect(text).toContain('deployment mini did not become ready');
      expect(text).toMatch(/pod mini-\S+ crashes \(exit 1, \d restarts?\)/);
      expect(text).toContain('no leader lease: memos.mini.example.com is forbidden');
      expect(text).toContain('Blocked by this: publish-image, publish-chart, tags. Nothing was published.');
    }
    const { done, ...others } = endings(result);
    const blocked = ['publish-image', 'publish-chart', 'tags'];
    expect(others).toEqual({ failed: ['e2e'], blocked, skipped: [], cancelled: [] });
    expect(done).toContain('lint');
    expect(await published(world)).toEqual(nothing);
  });

  let tested: StepResult;
  it('the corrected operator is published from its branch', async () => {
    const sha = world.commit('with a lease').slice(0, 12);
    tested = await world.run({ ref: branch });
    expect(tested.exitCode, tested.log).toBe(0);
    expect(await published(world)).toEqual({
      names: [`acme/charts/mini:0.0.0-dev.4.g${sha}`, 'acme/mini:latest', 'acme/mini:main', `acme/mini:sha-${sha}`],
      releases: [],
    });
  });

  it('its tag releases the very image that the branch tested', async () => {
    world.origin.git('tag', 'v0.1.0');
    world.startCounting();
    const result = await world.run({ ref: 'v0.1.0' });
    expect(result.exitCode, result.log).toBe(0);
    expect(endings(result).done).not.toContain('image-build');

    const image = `${world.registryPath}/mini`;
    const digest = result.outputs.get('digest') ?? '';
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digest).toBe(tested.outputs.get('digest'));
    const { registry } = client({ credentials: login });
    for (const tag of ['v0.1.0', 'v0.1', 'stable', 'main']) {
      expect((await registry.headManifest(image, tag))?.digest, tag).toBe(digest);
    }
    const index = await registry.getManifest(image, digest);
    expect(isIndex(index?.mediaType ?? '')).toBe(true);
    const platforms = parseIndex(index?.bytes ?? '', digest).flatMap(({ platform }) => platform ?? []);
    expect(platforms.map(printPlatform).sort()).toEqual(['linux/amd64', 'linux/arm64']);
    expect(result.outputs.get('tags')?.split('\n')).toEqual([`${image}:v0.1.0`, `${image}:v0.1`, `${image}:stable`]);

    // Names, and no layer; the new chart has a config and a layer of its own.
    const writes = world.writes().filter((request) => request.includes('/v2/acme/mini/'));
    expect(writes).toEqual(['v0.1.0', 'v0.1', 'stable'].map((tag) => `PUT /v2/acme/mini/manifests/${tag}`));
  });

  it('what users get is what was tested', async () => {
    const digest = tested.outputs.get('digest') ?? '';
    const pinned = `${world.registryPath}/mini:v0.1.0@${digest}`;

    const assets = world.github.state.repositories[0]?.releases[0]?.assets.map(({ name }) => name) ?? [];
    expect(assets.sort()).toEqual(['checksums.txt', 'crds.yaml', 'install.yaml', 'mini-0.1.0.tgz', 'release.json']);
    for (const name of assets) {
      const reply = await fetch(`${world.github.serverUrl}/${repository}/releases/download/v0.1.0/${name}`);
      expect(reply.status).toBe(200);
      await writeFile(join(folder, name), Buffer.from(await reply.arrayBuffer()));
    }
    await run('sha256sum', ['--check', '--strict', 'checksums.txt'], { cwd: folder });
    const sums = (await readFile(join(folder, 'checksums.txt'), 'utf8')).trimEnd().split('\n');
    expect(sums.map((line) => line.slice(66)).sort()).toEqual(assets.filter((name) => name !== 'checksums.txt'));

    const pulled = await helmPull(world, folder, '0.1.0');
    expect(pulled.equals(await readFile(join(folder, 'mini-0.1.0.tgz')))).toBe(true);
    const { stdout: rendered } = await run('helm', [
      'template',
      'mini',
      join(folder, 'mini-0.1.0.tgz'),
      '--include-crds',
    ]);
    expect(rendered).toContain(`image: "${pinned}"`);
    expect(rendered).toContain('name: memos.mini.example.com');
    expect(await readFile(join(folder, 'install.yaml'), 'utf8')).toContain(`image: "${pinned}"`);

    const receipt = JSON.parse(await readFile(join(folder, 'release.json'), 'utf8')) as Receipt;
    expect(receipt).toMatchObject({
      repository,
      tag: 'v0.1.0',
      version: '0.1.0',
      commit: world.origin.git('rev-parse', 'v0.1.0'),
    });
    expect(receipt.operators[0]?.image).toMatchObject({
      repository: `${world.registryPath}/mini`,
      digest,
      tags: ['v0.1.0'],
    });
    expect(receipt.operators[0]?.chart).toMatchObject({
      repository: `${world.registryPath}/charts/mini`,
      version: '0.1.0',
      sha256: digestOf(pulled).slice('sha256:'.length),
    });
  });

  it('a second run finds all of it there, and writes nothing', async () => {
    const before = await published(world);
    expect(before.releases).toEqual(['v0.1.0']);
    world.startCounting();
    const result = await world.run({ ref: 'v0.1.0' });
    expect(result.exitCode, result.log).toBe(0);
    expect(world.writes()).toEqual([]);
    expect(world.proxy.seen.length).toBeGreaterThan(0);
    expect(result.log).toContain('mini 0.1.0 released already; nothing changed');
    expect(result.summary).toContain('already there');
    expect(result.summary).toMatch(/\| tags \| ✓ \| \d:\d\d \| v0\.1, stable, there already \|/);
    expect(await published(world)).toEqual(before);
  });
});

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}

/** The bytes that `helm pull` gives to somebody who is logged in. */
async function helmPull(world: World, folder: string, version: string): Promise<Buffer> {
  const env = { ...process.env, HELM_REGISTRY_CONFIG: join(folder, 'login.json') };
  const target = await mkdtemp(join(folder, 'pull-'));
  const { host } = world.proxy;
  await run('helm', ['registry', 'login', host, '--plain-http', '-u', login.username, '-p', login.password], { env });
  const source = `oci://${world.registryPath}/charts/mini`;
  await run('helm', ['pull', source, '--version', version, '--plain-http', '--destination', target], { env });
  return readFile(join(target, `mini-${version}.tgz`));
}

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/registry/digest.ts';
import {
  blobPath,
  inspectImage,
  pullPlatform,
  pushLayout,
  readLabels,
  readLayout,
  writeArchive,
} from '../../src/registry/layout.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import { startProxy } from './fault-proxy.ts';
import { client } from './helpers.ts';
import { makeLayout } from './layout-fixture.ts';
import { startRegistry, startTimeout, which } from './real-registry.ts';
import type { RealRegistry } from './real-registry.ts';

const run = promisify(execFile);
const crane = await which('crane');
/** A Docker engine that answers, null without one. */
const engine = await run('docker', ['version', '--format', '{{.Server.Version}}']).then(
  ({ stdout }) => stdout.trim(),
  () => null,
);
const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'layout-'));

let real: RealRegistry;
beforeAll(async () => {
  real = await startRegistry();
}, startTimeout);
afterAll(() => real.stop());

describe('a layout', () => {
  test('is read with its platforms, without attestations', async () => {
    const made = await makeLayout(await folder(), { platforms: ['linux/amd64', 'linux/arm/v7'] });
    const layout = await readLayout(made.dir);
    expect(layout.digest).toBe(made.digest);
    expect(layout.top.mediaType).toBe(mediaTypes.index);
    expect(layout.platforms.map(({ platform, digest }) => [platform, digest])).toEqual(Object.entries(made.platforms));
    expect(layout.children).toHaveLength(3);
    expect(layout.blobs).toHaveLength(made.blobs);
    const [first] = layout.platforms;
    if (first === undefined) throw new Error('no platform');
    expect(first.size).toBe([first.config, ...first.layers].reduce((sum, { size }) => sum + size, 0));
    expect(await readLabels(made.dir, first)).toEqual({ 'org.opencontainers.image.version': '1.0.0' });
  });

  test('of one platform has it from the configuration, as an index or without', async () => {
    const made = await makeLayout(await folder(), { platforms: ['linux/arm64/v8'], attested: false });
    const digest = made.platforms['linux/arm64/v8'] ?? '';
    const size = (await readFile(blobPath(made.dir, digest))).length;
    const manifests = [{ mediaType: mediaTypes.manifest, digest, size }];
    await writeFile(join(made.dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    const layout = await readLayout(made.dir);
    expect(layout).toMatchObject({ digest, children: [], platforms: [{ platform: 'linux/arm64', digest }] });
  });

  test('with one image under two names is one image; with two images it asks which', async () => {
    const dir = await folder();
    const first = await makeLayout(dir, { version: '1.0.0' });
    const entry = (digest: string, name: string): object => ({
      mediaType: mediaTypes.index,
      digest,
      size: 1,
      annotations: { 'io.containerd.image.name': name },
    });
    const write = (...manifests: object[]): Promise<void> =>
      writeFile(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    await write(entry(first.digest, 'a'), entry(first.digest, 'b'));
    expect((await readLayout(dir)).digest).toBe(first.digest);
    const second = await makeLayout(dir, { version: '2.0.0' });
    await write(entry(first.digest, 'a'), entry(second.digest, 'b'));
    await expect(readLayout(dir)).rejects.toMatchObject({ code: 'OR-REGISTRY-CONTENT' });
    expect((await readLayout(dir, second.digest)).digest).toBe(second.digest);
    await expect(readLayout(dir, digestOf('neither'))).rejects.toMatchObject({ code: 'OR-REGISTRY-CONTENT' });
  });

  test.each<[string, string, (dir: string, config: string) => Promise<void>]>([
    ['OR-REGISTRY-CONTENT', 'lacks a blob', (dir, config) => rm(blobPath(dir, config))],
    ['OR-REGISTRY-CONTENT', 'has a blob in part', (dir, config) => writeFile(blobPath(dir, config), '{')],
    ['OR-REGISTRY-CONTENT', 'has no index', (dir) => rm(join(dir, 'index.json'))],
    ['OR-REGISTRY-CONTENT', 'has an index that is no JSON', (dir) => writeFile(join(dir, 'index.json'), 'nothing')],
    [
      'OR-REGISTRY-CONTENT',
      'names a file outside itself',
      (dir) => writeFile(join(dir, 'index.json'), '{"manifests":[{"digest":"sha256:../../../etc/passwd","size":1}]}'),
    ],
  ])('is refused with %s when it %s', async (code, _, spoil) => {
    const made = await makeLayout(await folder());
    const config = (await readLayout(made.dir)).platforms[0]?.config.digest ?? '';
    await spoil(made.dir, config);
    await expect(readLayout(made.dir)).rejects.toMatchObject({ code });
  });

  test('with a changed manifest is refused', async () => {
    const made = await makeLayout(await folder());
    await writeFile(blobPath(made.dir, made.digest), '{"schemaVersion":2,"manifests":[]}');
    await expect(readLayout(made.dir)).rejects.toMatchObject({ code: 'OR-REGISTRY-DIGEST' });
  });
});

describe('a push', () => {
  test('sends everything once, the top manifest last and without a tag; a second one only looks', async () => {
    const made = await makeLayout(await folder());
    const proxy = await startProxy(real.host);
    const repository = `${proxy.host}/push/once`;
    const { registry } = client();
    expect(await pushLayout(registry, made.dir, repository)).toMatchObject({
      digest: made.digest,
      uploaded: made.blobs,
      there: 0,
      written: true,
    });
    const writes = proxy.seen.filter(({ method }) => method === 'PUT').map(({ url }) => url);
    expect(writes.at(-1)).toBe(`/v2/push/once/manifests/${made.digest}`);
    expect(new Set(writes.filter((url) => url.includes('manifests'))).size).toBe(4);
    expect(writes).toHaveLength(made.blobs + 4);
    expect(await registry.listTags(repository)).toEqual([]);

    proxy.reset();
    expect(await pushLayout(registry, made.dir, repository)).toMatchObject({ uploaded: 0, written: false });
    expect(proxy.seen.map(({ method }) => method)).toEqual(['HEAD']);
    await proxy.stop();
  });

  test('of the next version sends only what changed, or mounts it', async () => {
    const { registry } = client();
    const old = await makeLayout(await folder());
    const next = await makeLayout(await folder(), { version: '1.0.1' });
    await pushLayout(registry, old.dir, `${real.host}/push/next`);
    // The base layer stays.
    expect(await pushLayout(registry, next.dir, `${real.host}/push/next`)).toMatchObject({ there: 1 });
    const from = `${real.host}/push/next`;
    expect(await pushLayout(registry, next.dir, `${real.host}/push/other`, { from })).toMatchObject({ uploaded: 0 });
    expect((await registry.headManifest(`${real.host}/push/other`, next.digest))?.digest).toBe(next.digest);
  });

  test.skipIf(crane === null)('is what crane finds valid', async () => {
    const made = await makeLayout(await folder(), { attested: false, bulk: 3_000_000 });
    const repository = `${real.host}/push/valid`;
    await pushLayout(client().registry, made.dir, repository);
    const valid = await run('crane', ['validate', '--insecure', '--remote', `${repository}@${made.digest}`]);
    expect(valid.stdout).toContain('PASS');
    const { stdout } = await run('crane', ['digest', '--insecure', `${repository}@${made.digest}`]);
    expect(stdout.trim()).toBe(made.digest);
  });
});

describe('one platform of a pushed image', () => {
  test('is pulled as a layout of its own, and not again', async () => {
    const made = await makeLayout(await folder());
    const proxy = await startProxy(real.host);
    const repository = `${proxy.host}/pull/one`;
    const { registry } = client();
    await pushLayout(registry, made.dir, repository);
    const dir = await folder();
    const layout = await pullPlatform(registry, repository, made.digest, 'linux/arm64/v8', dir);
    expect(layout.digest).toBe(made.platforms['linux/arm64']);
    expect(layout.platforms.map(({ platform }) => platform)).toEqual(['linux/arm64']);
    proxy.reset();
    await pullPlatform(registry, repository, layout.digest, 'linux/arm64', dir);
    expect(proxy.seen.filter(({ url }) => url.includes('/blobs/'))).toEqual([]);
    await proxy.stop();
  });

  test('that it does not have is named with those that it has', async () => {
    const made = await makeLayout(await folder());
    const repository = `${real.host}/pull/none`;
    const { registry } = client();
    await pushLayout(registry, made.dir, repository);
    await expect(pullPlatform(registry, repository, made.digest, 'linux/s390x', await folder())).rejects.toMatchObject({
      code: 'OR-REGISTRY-ABSENT',
      message: expect.stringContaining('only linux/amd64, linux/arm64') as string,
    });
    await expect(
      pullPlatform(registry, repository, digestOf('nothing'), 'linux/amd64', await folder()),
    ).rejects.toMatchObject({ code: 'OR-REGISTRY-ABSENT' });
  });
});

describe('an image in a registry', () => {
  test('tells its platforms and their labels', async () => {
    const made = await makeLayout(await folder(), { version: '3.1.0' });
    const repository = `${real.host}/inspect/op`;
    const { registry } = client();
    await pushLayout(registry, made.dir, repository);
    const labels = { 'org.opencontainers.image.version': '3.1.0' };
    const platforms = Object.entries(made.platforms).map(([platform, digest]) => ({ platform, digest, labels }));
    expect(await inspectImage(registry, repository, made.digest)).toEqual({ digest: made.digest, platforms });
    const [only] = platforms;
    expect(await inspectImage(registry, repository, only?.digest ?? '')).toEqual({
      digest: only?.digest,
      platforms: [only],
    });
    await expect(inspectImage(registry, repository, 'v9')).rejects.toMatchObject({ code: 'OR-REGISTRY-ABSENT' });
  });
});

describe('an archive', () => {
  const name = 'registry.example.com/o/op:v1.0.0';

  test('holds one platform under its name, with the same bytes every time', async () => {
    const made = await makeLayout(await folder(), { bulk: 2_000_000 });
    const digest = made.platforms['linux/arm64'] ?? '';
    const tars = [join(await folder(), 'a.tar'), join(await folder(), 'b.tar')];
    for (const tar of tars) await writeArchive(made.dir, digest, name, tar);
    const [first, second] = await Promise.all(tars.map((tar) => readFile(tar)));
    expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);

    const files = new Map<string, Buffer>();
    const reader = extract();
    reader.end(first);
    for await (const entry of reader) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      files.set(entry.header.name, Buffer.concat(chunks));
    }
    const { manifests } = JSON.parse(String(files.get('index.json'))) as { manifests: object[] };
    expect(manifests).toEqual([
      {
        mediaType: mediaTypes.manifest,
        digest,
        size: (await readFile(blobPath(made.dir, digest))).length,
        annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': 'v1.0.0' },
      },
    ]);
    const blobs = [...files].filter(([path]) => path.startsWith('blobs/sha256/'));
    // Manifest, configuration, the shared layer and its own.
    expect(blobs).toHaveLength(4);
    for (const [path, bytes] of blobs) expect(`sha256:${path.slice(13)}`).toBe(digestOf(bytes));
  });

  test.skipIf(crane === null)('is an image that crane can push, with the same configuration', async () => {
    const made = await makeLayout(await folder(), { attested: false });
    const tar = join(await folder(), 'image.tar');
    await writeArchive(made.dir, made.platforms['linux/amd64'] ?? '', name, tar);
    const target = `${real.host}/archive/op:v1`;
    await run('crane', ['push', '--insecure', tar, target]);
    const { stdout } = await run('crane', ['config', '--insecure', target]);
    const config = (await readLayout(made.dir)).platforms[0]?.config.digest;
    expect(digestOf(stdout)).toBe(config);
  });

  test.skipIf(engine === null)('is what docker loads under its name', async () => {
    const made = await makeLayout(await folder(), { platforms: ['linux/amd64'] });
    const tar = join(await folder(), 'image.tar');
    const mine = `registry.example.com/o/archive-test-${process.pid}:v1`;
    await writeArchive(made.dir, made.platforms['linux/amd64'] ?? '', mine, tar);
    await run('docker', ['load', '--input', tar]);
    const inspect = ['image', 'inspect', '--format', '{{.Architecture}} {{json .Config.Entrypoint}}', mine];
    try {
      expect((await run('docker', inspect)).stdout.trim()).toBe('amd64 ["/manager"]');
    } finally {
      await run('docker', ['image', 'rm', mine]);
    }
  });

  test('of a layout with a hole fails', async () => {
    const made = await makeLayout(await folder());
    const layer = (await readLayout(made.dir)).platforms[0]?.layers[1]?.digest ?? '';
    await rm(blobPath(made.dir, layer));
    const tar = join(await folder(), 'image.tar');
    await expect(writeArchive(made.dir, made.platforms['linux/amd64'] ?? '', name, tar)).rejects.toThrow('ENOENT');
  });
});

import fc from 'fast-check';
import semver from 'semver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/registry/digest.ts';
import { ensureTag, moveTag } from '../../src/registry/ensure.ts';
import { manifestAnnotations } from '../../src/registry/layout.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import type { Manifest, Registry } from '../../src/registry/types.ts';
import { asJson, ociError, startProxy } from './fault-proxy.ts';
import type { Proxy, Seen } from './fault-proxy.ts';
import { client } from './helpers.ts';
import { startRegistry, startTimeout } from './real-registry.ts';
import type { RealRegistry } from './real-registry.ts';

let real: RealRegistry;
let proxy: Proxy;
let count = 0;
beforeAll(async () => {
  real = await startRegistry();
  proxy = await startProxy(real.host);
}, startTimeout);
afterAll(async () => {
  await proxy.stop();
  await real.stop();
});
const fresh = (): string => {
  proxy.reset();
  count += 1;
  return `${proxy.host}/ensure/r${count}`;
};

/** An empty index: the smallest thing that a tag can point to. */
function image(version: string): Manifest {
  const annotations = { 'org.opencontainers.image.version': version };
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [], annotations }),
  );
  return { bytes, mediaType: mediaTypes.index, digest: digestOf(bytes), size: bytes.length };
}
const versionOf = (manifest: Manifest): string =>
  manifestAnnotations(manifest)['org.opencontainers.image.version'] ?? '';
const newerThan =
  (version: string) =>
  (current: Manifest): boolean =>
    semver.gt(version, versionOf(current));
const isTag =
  (method: string) =>
  (seen: Seen): boolean =>
    seen.method === method && seen.url.includes('/manifests/');
const writes = (): number => proxy.seen.filter(({ method }) => method === 'PUT').length;
const absent = { reply: { status: 404, headers: asJson, body: ociError('MANIFEST_UNKNOWN') } };

describe('an exact tag', () => {
  test('is written once; again it is only read', async () => {
    const repository = fresh();
    const { registry } = client();
    const wanted = image('1.0.0');
    expect(await ensureTag(registry, repository, 'v1.0.0', wanted, { immutable: true })).toEqual({
      digest: wanted.digest,
      written: true,
    });
    proxy.reset();
    expect(await ensureTag(registry, repository, 'v1.0.0', wanted, { immutable: true })).toMatchObject({
      written: false,
    });
    expect(proxy.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test('never changes: both digests and the name are told', async () => {
    const repository = fresh();
    const { registry } = client();
    await ensureTag(registry, repository, 'v1.0.0', image('1.0.0'), { immutable: true });
    proxy.reset();
    await expect(ensureTag(registry, repository, 'v1.0.0', image('1.0.1'), { immutable: true })).rejects.toMatchObject({
      code: 'OR-REGISTRY-CONFLICT',
      message: `${repository}:v1.0.0 is ${image('1.0.0').digest} already, and this run made ${image('1.0.1').digest}`,
    });
    expect(writes()).toBe(0);
    expect(await ensureTag(registry, repository, 'v1.0.0', image('1.0.1'), { immutable: false })).toMatchObject({
      written: true,
    });
  });

  test('is not written when it cannot be read', async () => {
    const repository = fresh();
    proxy.add({ when: isTag('GET'), times: 99, fault: { reply: { status: 404, body: '<html>' } } });
    await expect(ensureTag(client().registry, repository, 'v1', image('1.0.0'), { immutable: true })).rejects.toThrow();
    expect(writes()).toBe(0);
  });

  test('is waited for when the registry shows it late (R11)', async () => {
    const repository = fresh();
    const { registry, waits, log } = client();
    proxy.add({ when: isTag('GET'), times: 4, fault: absent });
    proxy.add({ when: isTag('HEAD'), times: 3, fault: { reply: { status: 404 } } });
    expect(await ensureTag(registry, repository, 'v1', image('1.0.0'), { immutable: true })).toMatchObject({
      written: true,
    });
    expect(waits).toHaveLength(3);
    expect(log.lines[0]).toContain('not visible yet');
  });

  test('that never shows is an error', async () => {
    const repository = fresh();
    proxy.add({ when: (seen) => isTag('GET')(seen) || isTag('HEAD')(seen), times: 999, fault: absent });
    await expect(
      ensureTag(client().registry, repository, 'v1', image('1.0.0'), { immutable: true }),
    ).rejects.toMatchObject({
      code: 'OR-REGISTRY-READBACK',
    });
  });

  test('that another run takes in the same moment is a conflict', async () => {
    const repository = fresh();
    const { registry } = client();
    const other = image('6.6.6');
    proxy.add({
      when: isTag('HEAD'),
      fault: {
        change: (reply) => ({ ...reply, headers: { ...reply.headers, 'docker-content-digest': other.digest } }),
      },
    });
    await expect(ensureTag(registry, repository, 'v1', image('1.0.0'), { immutable: true })).rejects.toMatchObject({
      code: 'OR-REGISTRY-CONFLICT',
    });
  });
});

describe('a moving tag', () => {
  const move = (registry: Registry, repository: string, version: string): ReturnType<typeof moveTag> =>
    moveTag(registry, repository, 'v1', image(version), newerThan(version));

  test('is made, moves forward, stays when it is there, and never goes back', async () => {
    const repository = fresh();
    const { registry } = client();
    const at = (version: string): string => image(version).digest;
    expect(await move(registry, repository, '1.0.0')).toEqual({
      digest: at('1.0.0'),
      written: true,
      previous: null,
      ours: true,
    });
    expect(await move(registry, repository, '1.2.0')).toEqual({
      digest: at('1.2.0'),
      written: true,
      previous: at('1.0.0'),
      ours: true,
    });
    expect(await move(registry, repository, '1.2.0')).toEqual({
      digest: at('1.2.0'),
      written: false,
      previous: at('1.2.0'),
      ours: true,
    });
    proxy.reset();
    expect(await move(registry, repository, '1.1.9')).toEqual({
      digest: at('1.2.0'),
      written: false,
      previous: at('1.2.0'),
      ours: false,
    });
    expect(writes()).toBe(0);
  });

  test('ends at the highest version in whatever order releases come', async () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3)).map(([minor, patch]) => `1.${minor}.${patch}`);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(version, { minLength: 2, maxLength: 5 }), async (versions) => {
        const repository = fresh();
        const { registry } = client();
        for (const each of versions) await move(registry, repository, each);
        const [highest = ''] = semver.rsort([...versions]);
        expect((await registry.headManifest(repository, 'v1'))?.digest).toBe(image(highest).digest);
      }),
      { numRuns: 10 },
    );
  });

  test.each([
    ['1.1.0', '1.2.0', '1.2.0', true],
    ['1.3.0', '1.2.0', '1.3.0', false],
  ])('taken by %s while %s moves it ends at %s', async (theirs, ours, end, isOurs) => {
    const repository = fresh();
    const { registry } = client();
    await move(registry, repository, '1.0.0');
    // Between our write and our look, another run writes the tag.
    const other = client().registry;
    let raced = false;
    const racing: Registry = {
      ...registry,
      putManifest: async (...args) => {
        const digest = await registry.putManifest(...args);
        if (!raced) {
          raced = true;
          await other.putManifest(repository, 'v1', image(theirs).bytes, mediaTypes.index);
        }
        return digest;
      },
    };
    const moved = await move(racing, repository, ours);
    expect(moved).toMatchObject({ digest: image(end).digest, ours: isOurs });
    expect((await registry.headManifest(repository, 'v1'))?.digest).toBe(image(end).digest);
  });
});

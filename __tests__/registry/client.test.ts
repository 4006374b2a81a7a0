import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/registry/digest.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import type { Registry } from '../../src/registry/types.ts';
import { client } from './helpers.ts';
import { login, startRegistry, startTimeout } from './real-registry.ts';
import type { RealRegistry } from './real-registry.ts';

let real: RealRegistry;
let closed: RealRegistry;
beforeAll(async () => {
  [real, closed] = await Promise.all([startRegistry(), startRegistry({ login: true })]);
}, startTimeout);
afterAll(async () => {
  await Promise.all([real.stop(), closed.stop()]);
});

const blobOf = (text: string): { digest: string; size: number; bytes: Buffer; mediaType: string } => {
  const bytes = Buffer.from(text);
  return { digest: digestOf(bytes), size: bytes.length, bytes, mediaType: 'application/octet-stream' };
};

/** A manifest with odd spacing, which nobody may tidy up. */
async function pushed(registry: Registry, repository: string, tag: string): Promise<{ bytes: Buffer; digest: string }> {
  const config = blobOf(`{"made":"for ${tag}"}`);
  await registry.uploadBlob(repository, config, config);
  const bytes = Buffer.from(
    `{ "schemaVersion": 2,\n"mediaType": "${mediaTypes.manifest}",  "config": {"mediaType":"application/vnd.oci.image.config.v1+json","digest":"${config.digest}","size":${config.size}},"layers":[]}\n\n`,
  );
  return { bytes, digest: await registry.putManifest(repository, tag, bytes, mediaTypes.manifest) };
}

describe('manifests', () => {
  test('come back as they were put, byte for byte', async () => {
    const { registry } = client();
    const repository = `${real.host}/o/manifests`;
    const { bytes, digest } = await pushed(registry, repository, 'v1.0.0');
    expect(digest).toBe(digestOf(bytes));
    for (const name of ['v1.0.0', digest]) {
      expect(await registry.getManifest(repository, name)).toEqual({
        mediaType: mediaTypes.manifest,
        digest,
        size: bytes.length,
        bytes,
      });
      expect(await registry.headManifest(repository, name)).toEqual({
        mediaType: mediaTypes.manifest,
        digest,
        size: bytes.length,
      });
    }
  });

  test('that do not exist are null, in a known and in an unknown repository', async () => {
    const { registry, waits } = client();
    await pushed(registry, `${real.host}/o/known`, 'v1');
    for (const path of ['o/known', 'o/unknown']) {
      for (const name of ['v9', digestOf('nothing')]) {
        expect(await registry.headManifest(`${real.host}/${path}`, name)).toBeNull();
        expect(await registry.getManifest(`${real.host}/${path}`, name)).toBeNull();
      }
    }
    expect(waits).toEqual([]);
  });

  test('cannot be put under the digest of something else', async () => {
    const put = client().registry.putManifest(`${real.host}/o/x`, digestOf('a'), Buffer.from('b'), mediaTypes.manifest);
    await expect(put).rejects.toMatchObject({ code: 'OR-REGISTRY-DIGEST' });
  });

  test('that name a missing blob are refused with a code of their own', async () => {
    const config = { mediaType: mediaTypes.chartConfig, digest: digestOf('never pushed'), size: 12 };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [] }));
    const put = client().registry.putManifest(`${real.host}/o/x`, 'v1', bytes, mediaTypes.manifest);
    await expect(put).rejects.toMatchObject({ code: 'OR-REGISTRY-BLOB-UNKNOWN' });
  });

  test.each(['v1.2.3+b', '../x', 'a b', ''])('have no name %j', async (tag) => {
    await expect(client().registry.headManifest(`${real.host}/o/x`, tag)).rejects.toMatchObject({
      code: 'OR-REGISTRY-NAME',
    });
  });
});

describe('blobs', () => {
  test('are uploaded once', async () => {
    const { registry } = client();
    const blob = blobOf('a layer');
    const repository = `${real.host}/o/blobs`;
    expect(await registry.hasBlob(repository, blob.digest)).toBe(false);
    expect(await registry.uploadBlob(repository, blob, blob)).toBe('uploaded');
    expect(await registry.uploadBlob(repository, blob, blob)).toBe('there');
    expect(await registry.hasBlob(repository, blob.digest)).toBe(true);
    expect(await registry.getBlobBytes(repository, blob)).toEqual(blob.bytes);
  });

  test('are mounted from another repository, and uploaded when that has none', async () => {
    const { registry } = client();
    const blob = blobOf('to mount');
    await registry.uploadBlob(`${real.host}/o/source`, blob, blob);
    const options = { from: `${real.host}/o/source` };
    expect(await registry.uploadBlob(`${real.host}/o/target`, blob, blob, options)).toBe('mounted');
    const other = blobOf('not in the source');
    expect(await registry.uploadBlob(`${real.host}/o/target`, other, other, options)).toBe('uploaded');
    await expect(
      registry.uploadBlob(`${real.host}/o/target`, other, other, { from: `${closed.host}/o/source` }),
    ).rejects.toMatchObject({ code: 'OR-REGISTRY-NAME' });
  });

  test('go to a file, and nothing is left of one that cannot be had', async () => {
    const { registry } = client();
    const repository = `${real.host}/o/files`;
    const folder = await mkdtemp(join(tmpdir(), 'blobs-'));
    const blob = blobOf('x'.repeat(1_000_000));
    await registry.uploadBlob(repository, blob, blob);
    await registry.getBlob(repository, blob, join(folder, 'layer'));
    expect((await readFile(join(folder, 'layer'))).equals(blob.bytes)).toBe(true);
    const missing = { ...blob, digest: digestOf('missing') };
    await expect(registry.getBlob(repository, missing, join(folder, 'other'))).rejects.toMatchObject({
      code: 'OR-REGISTRY-REFUSED',
    });
    expect(await readdir(folder)).toEqual(['layer']);
  });

  test('whose bytes are not of their digest are refused at once', async () => {
    const { registry, waits } = client();
    const blob = { ...blobOf('promised'), bytes: Buffer.from('delivered') };
    await expect(registry.uploadBlob(`${real.host}/o/x`, blob, blob)).rejects.toMatchObject({
      code: 'OR-REGISTRY-REFUSED',
      message: expect.stringContaining('DIGEST_INVALID') as string,
    });
    expect(waits).toEqual([]);
  });

  test('may be empty', async () => {
    const { registry } = client();
    const blob = blobOf('');
    expect(await registry.uploadBlob(`${real.host}/o/empty`, blob, blob)).toBe('uploaded');
    expect(await registry.getBlobBytes(`${real.host}/o/empty`, blob)).toHaveLength(0);
  });
});

test('tags are listed; a repository that does not exist has none', async () => {
  const { registry } = client();
  const repository = `${real.host}/o/tagged`;
  expect(await registry.listTags(repository)).toEqual([]);
  for (const tag of ['v1', 'v2', 'latest']) await pushed(registry, repository, tag);
  expect((await registry.listTags(repository)).sort()).toEqual(['latest', 'v1', 'v2']);
});

describe('a registry with a login', () => {
  test('takes a push with it', async () => {
    const { registry } = client({ credentials: login });
    await registry.checkPush(`${closed.host}/o/op`);
    const { digest } = await pushed(registry, `${closed.host}/o/op`, 'v1');
    expect((await registry.headManifest(`${closed.host}/o/op`, 'v1'))?.digest).toBe(digest);
  });

  test.each([
    ['no credentials', null, 'wants a login'],
    ['wrong ones', { username: 'octo', password: 'wrong-secret' }, 'refuses the credentials'],
  ])('says so with %s, in one message that holds none of them', async (_, credentials, why) => {
    const { registry, waits, log } = client({ credentials });
    for (const work of [
      () => registry.checkPush(`${closed.host}/o/op`),
      () => registry.headManifest(`${closed.host}/o/op`, 'v1'),
    ]) {
      await expect(work()).rejects.toMatchObject({
        code: 'OR-REGISTRY-DENIED',
        message: expect.stringContaining(why) as string,
        hint: expect.stringContaining('registry-password') as string,
      });
    }
    expect(waits).toEqual([]);
    expect(log.lines.join('\n')).not.toContain('wrong-secret');
  });
});

test('a registry that is not there is one message', async () => {
  const { registry } = client();
  await expect(registry.checkPush('127.0.0.1:9/o/op')).rejects.toMatchObject({
    code: 'OR-REGISTRY-UNREACHABLE',
    message: expect.stringContaining('127.0.0.1:9') as string,
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { attach } from '../../src/registry/attach.ts';
import type { Attachment } from '../../src/registry/attach.ts';
import { digestOf } from '../../src/registry/digest.ts';
import { referrersTag } from '../../src/registry/referrers.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import type { Descriptor, Registry } from '../../src/registry/types.ts';
import { asJson, ociError, startProxy } from './fault-proxy.ts';
import type { Proxy, Seen } from './fault-proxy.ts';
import { client } from './helpers.ts';
import type { Client } from './helpers.ts';
import { startRegistry, startTimeout } from './real-registry.ts';
import type { RealRegistry } from './real-registry.ts';

/** The rules of OCI distribution 1.1 for what belongs to a manifest, "Referrers Tag Schema" above all. */

const note = (text: string): Attachment => ({
  artifactType: 'application/vnd.example.note',
  bytes: Buffer.from(text),
  annotations: { note: text },
});

let real: RealRegistry;
let proxy: Proxy;
let made: Client;
let registry: Registry;
let repository: string;
let subject: Descriptor;
let count = 0;

beforeAll(async () => {
  real = await startRegistry({ memory: true });
  proxy = await startProxy(real.host);
}, startTimeout);
afterAll(async () => {
  await proxy.stop();
  await real.stop();
});
beforeEach(async () => {
  made = client();
  ({ registry } = made);
  count += 1;
  repository = `${proxy.host}/attach/it-${count}`;
  subject = await pushManifest({});
  proxy.reset();
});
afterEach(() => proxy.reset());

async function pushManifest(annotations: Readonly<Record<string, string>>, tag?: string): Promise<Descriptor> {
  const config = Buffer.from('{}');
  const digest = digestOf(config);
  await registry.uploadBlob(repository, { digest, size: config.length }, { bytes: config });
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: config.length },
      layers: [],
      annotations,
    }),
  );
  const made = digestOf(bytes);
  await registry.putManifest(repository, tag ?? made, bytes, mediaTypes.manifest);
  return { mediaType: mediaTypes.manifest, digest: made, size: bytes.length };
}

const isApi = ({ url }: Seen): boolean => url.includes('/referrers/');
const tag = (): string => referrersTag(subject.digest);
const listed = async (): Promise<readonly string[]> =>
  (await registry.listReferrers(repository, subject.digest)).manifests.map(({ digest }) => digest);
const index = async (): Promise<{ manifests: Record<string, unknown>[] }> =>
  JSON.parse((await registry.getManifest(repository, tag()))?.bytes.toString() ?? 'null') as {
    manifests: Record<string, unknown>[];
  };

test('the fallback tag is the digest with a hyphen, cut to what a tag may hold', () => {
  expect(referrersTag(`sha256:${'a'.repeat(64)}`)).toBe(`sha256-${'a'.repeat(64)}`);
  expect(referrersTag(`sha512:${'b'.repeat(128)}`)).toBe(`sha512-${'b'.repeat(64)}`);
});

test('nothing is listed for a manifest to which nothing belongs', async () => {
  expect(await registry.listReferrers(repository, subject.digest)).toEqual({ api: false, manifests: [] });
});

test('what others have put into the list stays as it is, down to keys that are unknown here', async () => {
  const theirs = { mediaType: mediaTypes.manifest, digest: subject.digest, size: subject.size, 'x-theirs': [1] };
  const before = { schemaVersion: 2, mediaType: mediaTypes.index, annotations: { kept: 'yes' }, manifests: [theirs] };
  await registry.putManifest(repository, tag(), Buffer.from(JSON.stringify(before)), mediaTypes.index);
  const digest = await attach(registry, repository, subject, note('one'));
  expect(await index()).toMatchObject({
    annotations: { kept: 'yes' },
    manifests: [theirs, { digest, artifactType: 'application/vnd.example.note', annotations: { note: 'one' } }],
  });
});

test('attaching the same again writes no second entry', async () => {
  const digest = await attach(registry, repository, subject, note('one'));
  expect(await attach(registry, repository, subject, note('one'))).toBe(digest);
  expect(await listed()).toEqual([digest]);
});

test('a tag that names something else than a list is left alone, and told', async () => {
  const image = await pushManifest({ an: 'image' }, tag());
  await expect(attach(registry, repository, subject, note('one'))).rejects.toMatchObject({
    code: 'OR-REGISTRY-REFERRERS',
    message: `${repository}:${tag()} is no list of referrers`,
  });
  expect((await registry.headManifest(repository, tag()))?.digest).toBe(image.digest);
});

test('two runs at once lose nothing: who is written over adds its entry again', async () => {
  const other = client().registry;
  let raced = false;
  const racing: Registry = {
    ...registry,
    putManifest: async (name, reference, bytes, mediaType) => {
      if (reference !== tag() || raced) return registry.putManifest(name, reference, bytes, mediaType);
      raced = true;
      const digest = await registry.putManifest(name, reference, bytes, mediaType);
      // It had read the list before this entry was in it.
      const stale = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] };
      await other.putManifest(name, reference, Buffer.from(JSON.stringify(stale)), mediaTypes.index);
      await attach(other, name, subject, note('theirs'));
      return digest;
    },
  };
  const ours = await attach(racing, repository, subject, note('ours'));
  expect(await listed()).toHaveLength(2);
  expect(await listed()).toContain(ours);
});

describe('a registry that answers the API', () => {
  test.each([
    ['404 with an error of its own', { status: 404, headers: asJson, body: ociError('UNSUPPORTED') }],
    ['404 with a page', { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>not found</h1>' }],
    ['400', { status: 400, headers: asJson, body: ociError('UNSUPPORTED') }],
    ['405', { status: 405 }],
    ['200 with a page of a proxy', { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>hi</h1>' }],
  ])('by %s has none: the tag is used', async (_, reply) => {
    proxy.add({ when: isApi, times: Infinity, fault: { reply } });
    const digest = await attach(registry, repository, subject, note('one'));
    proxy.reset();
    expect(await listed()).toEqual([digest]);
  });

  test('by 503 once has none for a moment: it is asked again', async () => {
    proxy.add({ when: isApi, fault: { reply: { status: 503 } } });
    await registry.listReferrers(repository, subject.digest);
    expect(made.log.lines.join('\n')).toContain('answered 503; again in');
  });

  test.each([
    [403, ociError('DENIED', 'no'), 'OR-REGISTRY-DENIED'],
    [500, '', 'OR-REGISTRY-UNREACHABLE'],
  ])('by %s is no registry without the API: no list is written beside it', async (status, body, code) => {
    proxy.add({ when: isApi, times: Infinity, fault: { reply: { status, headers: asJson, body } } });
    await expect(attach(registry, repository, subject, note('one'))).rejects.toMatchObject({ code });
    expect(await registry.headManifest(repository, tag())).toBeNull();
  });

  test('in pages is read to the end, and not elsewhere', async () => {
    const entry = (digit: string): object => ({
      mediaType: mediaTypes.manifest,
      digest: `sha256:${digit.repeat(64)}`,
      size: 1,
      artifactType: 'a/b',
    });
    const page = (
      digit: string,
      next: string | null,
    ): { reply: { status: number; headers: Record<string, string>; body: string } } => ({
      reply: {
        status: 200,
        headers: {
          'content-type': mediaTypes.index,
          ...(next === null ? {} : { link: `<${next}>; rel="next"` }),
        },
        body: JSON.stringify({ schemaVersion: 2, manifests: [entry(digit)] }),
      },
    });
    const path = `/v2/attach/it-${count}/referrers/${subject.digest}`;
    proxy.add({ when: (seen) => isApi(seen) && seen.url.endsWith('?page=2'), fault: page('b', null) });
    proxy.add({ when: isApi, fault: page('a', `${path}?page=2`) });
    expect(await registry.listReferrers(repository, subject.digest)).toMatchObject({
      api: true,
      manifests: [{ digest: `sha256:${'a'.repeat(64)}`, artifactType: 'a/b' }, { digest: `sha256:${'b'.repeat(64)}` }],
    });
    proxy.reset();
    proxy.add({ when: isApi, fault: page('a', 'http://127.0.0.1:1/elsewhere') });
    await expect(registry.listReferrers(repository, subject.digest)).rejects.toMatchObject({
      code: 'OR-REGISTRY-AUTH',
    });
  });
});

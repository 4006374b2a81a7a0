import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pushChart } from '../../src/registry/chart.ts';
import { digestOf } from '../../src/registry/digest.ts';
import { pushLayout } from '../../src/registry/layout.ts';
import { need, readPresent } from '../../src/registry/present.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import { asJson, ociError, startProxy } from './fault-proxy.ts';
import type { Fault, Proxy, Seen, TokenService } from './fault-proxy.ts';
import { client } from './helpers.ts';
import { makeLayout } from './layout-fixture.ts';
import type { MadeLayout } from './layout-fixture.ts';
import { login, startRegistry, startTimeout } from './real-registry.ts';
import type { RealRegistry } from './real-registry.ts';

let real: RealRegistry;
let layout: MadeLayout;
let count = 0;
const open: Proxy[] = [];

beforeAll(async () => {
  real = await startRegistry();
  layout = await makeLayout(await mkdtemp(join(tmpdir(), 'layout-')));
}, startTimeout);
afterEach(async () => {
  await Promise.all(open.splice(0).map((proxy) => proxy.stop()));
});
afterAll(() => real.stop());

async function broken(tokens?: TokenService): Promise<{ proxy: Proxy; repository: string }> {
  const proxy = await startProxy(real.host, tokens === undefined ? {} : { tokens });
  open.push(proxy);
  count += 1;
  return { proxy, repository: `${proxy.host}/faults/r${count}` };
}

const is =
  (method: string, part: string) =>
  (seen: Seen): boolean =>
    seen.method === method && seen.url.includes(part);
const answer = (status: number, code: string, message = '', headers: Record<string, string> = {}): Fault => ({
  reply: { status, headers: { ...asJson, ...headers }, body: ociError(code, message) },
});
const isThere = async (repository: string): Promise<boolean> => {
  const direct = repository.replace(/^[^/]+/, real.host);
  return (await client().registry.headManifest(direct, layout.digest)) !== null;
};
const octo: TokenService = { ...login };

describe('a token service (R1, R2, R3)', () => {
  test('is asked once for all of a release: who may write reads with the same token', async () => {
    const { proxy, repository } = await broken({ ...octo, expiresIn: 300 });
    const { registry } = client({ credentials: login });
    await registry.checkPush(repository);
    await pushLayout(registry, layout.dir, repository);
    await registry.listTags(repository);
    expect(await isThere(repository)).toBe(true);
    const tokens = proxy.seen.filter(({ url }) => url.startsWith('/token'));
    expect(tokens.map(({ url }) => new URL(url, 'http://x').searchParams.get('scope'))).toEqual([
      `repository:${repository.slice(repository.indexOf('/') + 1)}:pull,push`,
    ]);
  });

  test('is asked again when all tokens end in the middle of a push', async () => {
    const { proxy, repository } = await broken(octo);
    let puts = 0;
    proxy.add({
      when: (seen) => {
        if (seen.method === 'PUT' && (puts += 1) === 3) proxy.expireTokens();
        return false;
      },
      fault: { reset: 'before' },
    });
    await pushLayout(client({ credentials: login }).registry, layout.dir, repository);
    expect(await isThere(repository)).toBe(true);
  });

  test('gives tokens for 60 s when it does not say for how long', async () => {
    const { proxy, repository } = await broken(octo);
    let now = Date.now();
    const { registry } = client({ credentials: login, clock: () => now });
    const asked = (): number => proxy.seen.filter(({ url }) => url.startsWith('/token')).length;
    await registry.headManifest(repository, 'v1');
    now += 40_000;
    await registry.headManifest(repository, 'v1');
    expect(asked()).toBe(1);
    now += 20_000;
    await registry.headManifest(repository, 'v1');
    expect(asked()).toBe(2);
  });

  test('that grants less than asked shows at the preflight', async () => {
    const grant = (scopes: readonly string[]): string[] => scopes.map((scope) => scope.replace('pull,push', 'pull'));
    const { repository } = await broken({ ...octo, grant });
    await expect(client({ credentials: login }).registry.checkPush(repository)).rejects.toMatchObject({
      code: 'OR-REGISTRY-DENIED',
      message: expect.stringContaining('write_package') as string,
      hint: expect.stringContaining('packages: write') as string,
    });
  });

  test('refuses wrong credentials once', async () => {
    const { proxy, repository } = await broken(octo);
    const { registry, waits } = client({ credentials: { username: 'octo', password: 'no' } });
    await expect(registry.checkPush(repository)).rejects.toMatchObject({ code: 'OR-REGISTRY-DENIED' });
    expect(waits).toEqual([]);
    expect(proxy.seen.filter(({ url }) => url.startsWith('/token'))).toHaveLength(1);
  });

  test.each(['http://registry.example.com/token', 'https://a:b@registry.example.com/token', 'none'])(
    'at %s gets nothing',
    async (realm) => {
      const { repository } = await broken({ ...octo, realm });
      const { registry } = client({ credentials: login });
      await expect(registry.checkPush(repository)).rejects.toMatchObject({ code: 'OR-REGISTRY-AUTH' });
    },
  );

  test('that redirects gets nothing, nor does its target', async () => {
    const other = await broken();
    const { proxy, repository } = await broken(octo);
    proxy.add({
      when: is('GET', '/token'),
      fault: { reply: { status: 307, headers: { location: `http://${other.proxy.host}/token` } } },
    });
    const { registry } = client({ credentials: login });
    await expect(registry.checkPush(repository)).rejects.toMatchObject({ code: 'OR-REGISTRY-AUTH' });
    expect(other.proxy.seen).toEqual([]);
  });

  test.each([
    ['no token', '{}'],
    ['no text', '{"token":7}'],
    ['a line break', '{"token":"a\\r\\nx: y"}'],
  ])('that answers with %s', async (_, body) => {
    const { proxy, repository } = await broken(octo);
    proxy.add({ when: is('GET', '/token'), fault: { reply: { status: 200, body } } });
    const { registry } = client({ credentials: login });
    await expect(registry.checkPush(repository)).rejects.toMatchObject({ code: 'OR-REGISTRY-AUTH' });
  });

  test('never sees its credentials in the log, whatever fails', async () => {
    const { proxy, repository } = await broken(octo);
    proxy.add({ when: () => true, times: 3, fault: { reply: { status: 503 } } });
    proxy.add({ when: is('GET', '/token'), times: 2, fault: { reset: 'before' } });
    const { registry, log } = client({ credentials: login });
    await registry.checkPush(repository);
    expect(log.lines.length).toBeGreaterThan(3);
    expect(log.lines.join('\n')).not.toMatch(/open-sesame|Basic |Bearer |scope=/);
  });
});

describe('a 403 (R4)', () => {
  test('for a missing right is final', async () => {
    const { proxy, repository } = await broken();
    proxy.add({
      when: is('POST', 'uploads'),
      times: 99,
      fault: answer(403, 'DENIED', 'permission_denied: write_package'),
    });
    const { registry, waits } = client();
    await expect(registry.checkPush(repository)).rejects.toMatchObject({ code: 'OR-REGISTRY-DENIED' });
    expect(waits).toEqual([]);
  });

  test('for a rate limit is waited for, at least a minute', async () => {
    const { proxy, repository } = await broken();
    const said =
      'permission_denied: Error from intermediary with HTTP status code 403: You have exceeded a secondary rate limit.';
    proxy.add({ when: is('POST', 'uploads'), fault: answer(403, 'DENIED', said) });
    const { registry, waits } = client();
    await registry.checkPush(repository);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(60_000);
  });

  test('without a reason is asked a few times', async () => {
    const { proxy, repository } = await broken();
    proxy.add({ when: is('POST', 'uploads'), times: 2, fault: { reply: { status: 403 } } });
    const { registry, waits } = client();
    await registry.checkPush(repository);
    expect(waits).toHaveLength(2);
    proxy.add({ when: is('POST', 'uploads'), times: 99, fault: { reply: { status: 403 } } });
    await expect(registry.checkPush(repository)).rejects.toMatchObject({ code: 'OR-REGISTRY-DENIED' });
    expect(waits).toHaveLength(4);
  });
});

test('429 at the manifest is waited for as long as asked (R5)', async () => {
  const { proxy, repository } = await broken();
  proxy.add({ when: is('PUT', 'manifests'), fault: answer(429, 'TOOMANYREQUESTS', '', { 'retry-after': '17' }) });
  proxy.add({ when: is('PUT', 'manifests'), fault: answer(429, 'TOOMANYREQUESTS') });
  const { registry, waits } = client();
  await pushLayout(registry, layout.dir, repository);
  expect(await isThere(repository)).toBe(true);
  expect(waits).toHaveLength(2);
  expect(waits[0]).toBeGreaterThanOrEqual(17_000);
});

describe('the place of an upload (R6)', () => {
  const location = (change: (url: URL) => string | null): Fault => ({
    change: (reply) => {
      const { location: given, ...headers } = reply.headers;
      const changed = change(new URL(String(given)));
      return { ...reply, headers: changed === null ? headers : { ...headers, location: changed } };
    },
  });

  test('may be relative, and keeps its query', async () => {
    const { proxy, repository } = await broken();
    proxy.add({
      when: is('POST', 'uploads'),
      times: 99,
      fault: location((url) => `${url.pathname}${url.search}&x=%2B%20y`),
    });
    await pushLayout(client().registry, layout.dir, repository);
    expect(await isThere(repository)).toBe(true);
    const puts = proxy.seen.filter(is('PUT', 'uploads'));
    expect(puts).toHaveLength(layout.blobs);
    for (const { url } of puts) expect(url).toMatch(/\?_state=[^&]+&x=%2B%20y&digest=sha256%3A[0-9a-f]{64}$/);
  });

  test('at another host is refused, and gets nothing', async () => {
    const other = await broken();
    const { proxy, repository } = await broken();
    proxy.add({ when: is('POST', 'uploads'), fault: location((url) => `http://${other.proxy.host}${url.pathname}`) });
    await expect(client({ credentials: login }).registry.checkPush(repository)).rejects.toMatchObject({
      code: 'OR-REGISTRY-AUTH',
    });
    expect(other.proxy.seen).toEqual([]);
  });

  test('may not be missing', async () => {
    const { proxy, repository } = await broken();
    proxy.add({ when: is('POST', 'uploads'), fault: location(() => null) });
    await expect(client().registry.checkPush(repository)).rejects.toMatchObject({ code: 'OR-REGISTRY-REFUSED' });
  });
});

describe('an upload (R7, R8, R9, R13)', () => {
  const bytes = Buffer.from('a layer that is long enough to be cut in half');
  const blob = { digest: digestOf(bytes), size: bytes.length };

  test.each<[string, Fault]>([
    ['loses its session', answer(404, 'BLOB_UPLOAD_UNKNOWN')],
    ['has an invalid session', answer(404, 'BLOB_UPLOAD_INVALID')],
    ['has a session out of step', { reply: { status: 416 } }],
    ['fails with 500', { reply: { status: 500 } }],
    ['breaks before it arrives', { reset: 'before' }],
    ['breaks halfway', { halfway: true }],
  ])('that %s starts again', async (_, fault) => {
    const { proxy, repository } = await broken();
    proxy.add({ when: is('PUT', 'uploads'), fault });
    const { registry } = client();
    expect(await registry.uploadBlob(repository, blob, { bytes })).toBe('uploaded');
    expect(proxy.seen.filter(is('POST', 'uploads'))).toHaveLength(2);
    expect(await registry.getBlobBytes(repository, { ...blob, mediaType: '' })).toEqual(bytes);
  });

  test('is read back through pages of errors and a login, all longer than itself', async () => {
    const { proxy, repository } = await broken(octo);
    const { registry } = client({ credentials: login });
    await registry.uploadBlob(repository, blob, { bytes });
    proxy.expireTokens();
    proxy.add({ when: is('GET', '/blobs/'), fault: { reply: { status: 502, body: `<html>${'x'.repeat(20_000)}` } } });
    expect(await registry.getBlobBytes(repository, { ...blob, mediaType: '' })).toEqual(bytes);
    expect(proxy.seen.filter(is('GET', '/blobs/'))).toHaveLength(3);
  });

  test.each<[string, Fault]>([
    ['lost on its way back', { reset: 'after' }],
    ['replaced by a 502', { lost: 502 }],
  ])('whose reply is %s is not made twice', async (_, fault) => {
    const { proxy, repository } = await broken();
    proxy.add({ when: is('PUT', 'uploads'), fault });
    expect(await client().registry.uploadBlob(repository, blob, { bytes })).toBe('uploaded');
    expect(proxy.seen.filter(is('PUT', 'uploads'))).toHaveLength(1);
  });

  test('that never comes through ends with a message', async () => {
    const { proxy, repository } = await broken();
    proxy.add({ when: is('PUT', 'uploads'), times: 99, fault: { reset: 'before' } });
    await expect(client().registry.uploadBlob(repository, blob, { bytes })).rejects.toMatchObject({
      code: 'OR-REGISTRY-UNREACHABLE',
    });
  });

  test.each(['DIGEST_INVALID', 'SIZE_INVALID'])('with %s is final', async (code) => {
    const { proxy, repository } = await broken();
    proxy.add({ when: is('PUT', 'uploads'), fault: answer(400, code) });
    const { registry, waits } = client();
    await expect(registry.uploadBlob(repository, blob, { bytes })).rejects.toMatchObject({
      code: 'OR-REGISTRY-REFUSED',
    });
    expect(waits).toEqual([]);
  });
});

test.each<[string, Fault]>([
  ['404, as specified', answer(404, 'MANIFEST_BLOB_UNKNOWN')],
  ['400, as the reference registry', answer(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry')],
])('a blob that the registry forgot is looked up and pushed again: %s (R10)', async (_, fault) => {
  const { proxy, repository } = await broken();
  proxy.add({ when: is('PUT', `manifests/${layout.digest}`), fault });
  await pushLayout(client().registry, layout.dir, repository);
  expect(await isThere(repository)).toBe(true);
  expect(proxy.seen.filter(is('HEAD', '/blobs/')).length).toBe(2 * layout.blobs);
});

test('a chart whose blob the registry claims to have is sent again with its name (R10)', async () => {
  const { proxy, repository } = await broken();
  const content = Buffer.from('packed');
  proxy.add({
    when: is('HEAD', digestOf(content)),
    fault: { reply: { status: 200, headers: { 'content-length': '6' } } },
  });
  const { written } = await pushChart(client().registry, {
    repository,
    version: '1.0.0',
    tgz: content,
    chartYaml: { name: 'op', version: '1.0.0' },
    annotations: {},
    created: 0,
  });
  expect(written).toBe(true);
  expect(proxy.seen.filter(is('PUT', '/manifests/')).length).toBe(2);
});

describe('what the registry falsely says to have (R10)', () => {
  // The real registry then refuses what names the missing one.
  const claim = (digest: string): Fault => {
    const headers = { 'docker-content-digest': digest, 'content-length': '1', 'content-type': mediaTypes.manifest };
    return { reply: { status: 200, headers } };
  };

  test('is a blob: it is looked up again, and pushed', async () => {
    const { proxy, repository } = await broken();
    proxy.add({ when: is('HEAD', '/blobs/'), fault: claim('') });
    await pushLayout(client().registry, layout.dir, repository);
    expect(await isThere(repository)).toBe(true);
  });

  test('is a manifest: it is put without asking again', async () => {
    const { proxy, repository } = await broken();
    const child = layout.platforms['linux/arm64'] ?? '';
    proxy.add({ when: is('HEAD', `/manifests/${child}`), times: 99, fault: claim(child) });
    await pushLayout(client().registry, layout.dir, repository);
    expect(await isThere(repository)).toBe(true);
    expect(await client().registry.getManifest(repository, child)).not.toBeNull();
  });
});

describe('a manifest that is known to be there (R11)', () => {
  const lags = answer(404, 'MANIFEST_UNKNOWN');

  test('is asked for by its digest until the registry shows it', async () => {
    const { proxy, repository } = await broken();
    const { registry, waits } = client();
    await pushLayout(registry, layout.dir, repository);
    proxy.add({ when: is('GET', `/manifests/${layout.digest}`), times: 3, fault: lags });
    expect((await need(registry, repository, layout.digest)).digest).toBe(layout.digest);
    expect(waits).toHaveLength(3);
  });

  test('and never appears is an error, and of a tag nothing is known', async () => {
    const { proxy, repository } = await broken();
    const { registry, waits } = client();
    proxy.add({ when: is('GET', '/manifests/'), times: 99, fault: lags });
    expect(await readPresent(registry, repository, 'v1')).toBeNull();
    expect(waits).toEqual([]);
    await expect(need(registry, repository, layout.digest)).rejects.toMatchObject({ code: 'OR-REGISTRY-ABSENT' });
  });
});

describe('absent (R12, R16)', () => {
  test.each(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN'])('is what %s says', async (code) => {
    const { proxy, repository } = await broken();
    proxy.add({ when: () => true, times: 9, fault: answer(404, code) });
    const { registry } = client();
    expect(await registry.getManifest(repository, 'v1')).toBeNull();
    expect(await registry.headManifest(repository, 'v1')).toBeNull();
    expect(await registry.listTags(repository)).toEqual([]);
  });

  test.each<[string, Fault]>([
    ['a page of something else', { reply: { status: 404, body: '<html>not found</html>' } }],
    ['404 without a word', { reply: { status: 404 } }],
    ['another code', answer(404, 'UNSUPPORTED')],
    ['401 for ever', answer(401, 'UNAUTHORIZED')],
    ['403', answer(403, 'DENIED')],
    ['500', { reply: { status: 500 } }],
  ])('is not what %s says', async (_, fault) => {
    const { proxy, repository } = await broken();
    proxy.add({ when: () => true, times: 99, fault });
    const { registry } = client();
    await expect(registry.getManifest(repository, 'v1')).rejects.toThrow();
    await expect(registry.headManifest(repository, 'v1')).rejects.toThrow();
    await expect(registry.listTags(repository)).rejects.toThrow();
  });
});

describe('a manifest that is not what it says (R14)', () => {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] }));
  const wrong = { 'docker-content-digest': digestOf('something else') };
  const header = (change: Record<string, string> | null): Fault => ({
    change: (reply) => {
      const kept = Object.entries(reply.headers).filter(([name]) => name !== 'docker-content-digest');
      return { ...reply, headers: { ...Object.fromEntries(kept), ...change } };
    },
  });

  test('is refused after a put, a missing digest is not', async () => {
    const { proxy, repository } = await broken();
    const { registry } = client();
    proxy.add({ when: is('PUT', 'manifests'), fault: header(null) });
    expect(await registry.putManifest(repository, 'v1', bytes, mediaTypes.index)).toBe(digestOf(bytes));
    proxy.add({ when: is('PUT', 'manifests'), fault: header(wrong) });
    await expect(registry.putManifest(repository, 'v1', bytes, mediaTypes.index)).rejects.toMatchObject({
      code: 'OR-REGISTRY-DIGEST',
    });
  });

  test('is refused at a read; without the header the digest comes from the bytes', async () => {
    const { proxy, repository } = await broken();
    const { registry } = client();
    await registry.putManifest(repository, 'v1', bytes, mediaTypes.index);
    proxy.add({ when: is('HEAD', 'manifests'), fault: header(null) });
    proxy.add({ when: is('GET', 'manifests'), fault: header(null) });
    expect(await registry.headManifest(repository, 'v1')).toMatchObject({
      digest: digestOf(bytes),
      size: bytes.length,
    });
    proxy.add({ when: is('GET', 'manifests'), fault: header(wrong) });
    await expect(registry.getManifest(repository, 'v1')).rejects.toMatchObject({ code: 'OR-REGISTRY-DIGEST' });
    proxy.add({
      when: is('GET', 'manifests'),
      fault: { change: (reply) => ({ ...reply, body: Buffer.from('{}'), headers: asJson }) },
    });
    await expect(registry.getManifest(repository, digestOf(bytes))).rejects.toMatchObject({
      code: 'OR-REGISTRY-DIGEST',
    });
  });

  test('a blob that arrives changed is asked for again, then refused', async () => {
    const { proxy, repository } = await broken();
    const { registry } = client();
    const blob = { digest: digestOf('good'), size: 4, mediaType: '' };
    await registry.uploadBlob(repository, blob, { bytes: Buffer.from('good') });
    const change: Fault = { change: (reply) => ({ ...reply, body: Buffer.from('evil') }) };
    const file = join(await mkdtemp(join(tmpdir(), 'blob-')), 'b');
    proxy.add({ when: is('GET', '/blobs/'), times: 2, fault: change });
    await registry.getBlob(repository, blob, file);
    expect(await readFile(file, 'utf8')).toBe('good');
    proxy.add({ when: is('GET', '/blobs/'), times: 9, fault: change });
    await expect(registry.getBlob(repository, blob, `${file}2`)).rejects.toMatchObject({ code: 'OR-REGISTRY-DIGEST' });
  });
});

test('a mount that the registry does not make becomes an upload (R15)', async () => {
  const { proxy, repository } = await broken();
  const { registry } = client();
  const bytes = Buffer.from('to mount');
  const blob = { digest: digestOf(bytes), size: bytes.length };
  const from = `${proxy.host}/faults/source`;
  await registry.uploadBlob(from, blob, { bytes });
  proxy.add({ when: is('POST', 'mount='), fault: answer(403, 'DENIED', 'no right to the source') });
  expect(await registry.uploadBlob(repository, blob, { bytes }, { from })).toBe('uploaded');
});

describe('a list of tags (R16)', () => {
  test('is read page by page', async () => {
    const { proxy, repository } = await broken();
    const page = (tags: string[], next?: string): Fault => ({
      reply: {
        status: 200,
        headers: next === undefined ? {} : { link: `<${next}>; rel="next"` },
        body: JSON.stringify({ tags }),
      },
    });
    proxy.add({ when: is('GET', 'tags/list?n=1000'), fault: page(['a', 'b'], '/v2/x/tags/list?last=b&n=2') });
    proxy.add({
      when: is('GET', 'last=b'),
      fault: page(['c', '-no tag-'], `http://${proxy.host}/v2/x/tags/list?last=c`),
    });
    proxy.add({ when: is('GET', 'last=c'), fault: page(['d']) });
    expect(await client().registry.listTags(repository)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('does not go on at another host', async () => {
    const other = await broken();
    const { proxy, repository } = await broken();
    const link = `<http://${other.proxy.host}/v2/x/tags/list>; rel="next"`;
    proxy.add({ when: is('GET', 'tags'), fault: { reply: { status: 200, headers: { link }, body: '{"tags":[]}' } } });
    await expect(client().registry.listTags(repository)).rejects.toMatchObject({ code: 'OR-REGISTRY-AUTH' });
    expect(other.proxy.seen).toEqual([]);
  });

  test('may be null', async () => {
    const { proxy, repository } = await broken();
    proxy.add({ when: is('GET', 'tags'), fault: { reply: { status: 200, body: '{"tags":null}' } } });
    expect(await client().registry.listTags(repository)).toEqual([]);
  });
});

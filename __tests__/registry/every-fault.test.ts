import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pushChart } from '../../src/registry/chart.ts';
import { ensureTag, moveTag } from '../../src/registry/ensure.ts';
import { pushLayout } from '../../src/registry/layout.ts';
import type { Registry } from '../../src/registry/types.ts';
import { asJson, ociError, startProxy } from './fault-proxy.ts';
import type { Fault, Proxy } from './fault-proxy.ts';
import { client } from './helpers.ts';
import { makeLayout } from './layout-fixture.ts';
import { login, startRegistry, startTimeout } from './real-registry.ts';
import type { RealRegistry } from './real-registry.ts';

let real: RealRegistry;
let proxy: Proxy;
let dir: string;
beforeAll(async () => {
  real = await startRegistry({ memory: true });
  proxy = await startProxy(real.host, { tokens: { ...login, expiresIn: 300 } });
  dir = (await makeLayout(await mkdtemp(join(tmpdir(), 'layout-')), { platforms: ['linux/amd64'], attested: false }))
    .dir;
}, startTimeout);
afterAll(async () => {
  await proxy.stop();
  await real.stop();
});

/** All that a release does with a registry. */
async function publish(registry: Registry, path: string): Promise<readonly boolean[]> {
  const image = `${proxy.host}/${path}/op`;
  await registry.checkPush(image);
  const pushed = await pushLayout(registry, dir, image);
  const manifest = await registry.getManifest(image, pushed.digest);
  if (manifest === null) throw new Error('not there after the push');
  const exact = await ensureTag(registry, image, 'v1.0.0', manifest, { immutable: true });
  const chart = await pushChart(registry, {
    repository: `${proxy.host}/${path}/charts/op`,
    version: '1.0.0',
    tgz: Buffer.from('packed'),
    chartYaml: { name: 'op', version: '1.0.0' },
    annotations: {},
    created: 0,
  });
  const moved = await moveTag(registry, image, 'v1', manifest, () => false);
  return [pushed.written, exact.written, chart.written, moved.written];
}

async function state(path: string): Promise<object> {
  const { registry } = client();
  const [image, chart] = [`${real.host}/${path}/op`, `${real.host}/${path}/charts/op`];
  return {
    tags: [(await registry.listTags(image)).sort(), await registry.listTags(chart)],
    exact: await registry.headManifest(image, 'v1.0.0'),
    moving: await registry.headManifest(image, 'v1'),
    chart: await registry.headManifest(chart, '1.0.0'),
  };
}

let clean: object;
let requests = 0;
beforeAll(async () => {
  expect(await publish(client({ credentials: login }).registry, 'clean')).toEqual([true, true, true, true]);
  requests = proxy.seen.length;
  clean = await state('clean');
}, startTimeout);

test('a finished release, run again, only reads', async () => {
  proxy.reset();
  const { registry } = client({ credentials: login });
  await publish(registry, 'clean');
  const writes = proxy.seen.filter(
    ({ method, url }) => method !== 'GET' && method !== 'HEAD' && !url.includes('uploads'),
  );
  expect(writes).toEqual([]);
  // The preflight's upload, begun and cancelled, is the only one; its first try was the 401.
  expect(proxy.seen.filter(({ method }) => method === 'PUT')).toEqual([]);
  expect(await state('clean')).toEqual(clean);
});

const passing: readonly (readonly [string, Fault])[] = [
  ['500', { reply: { status: 500, body: '<html>' } }],
  ['429', { reply: { status: 429, headers: asJson, body: ociError('TOOMANYREQUESTS') } }],
  ['a reset before', { reset: 'before' }],
  ['a reset after', { reset: 'after' }],
  ['half a request', { halfway: true }],
];

test.each(passing)(
  '%s at any request changes nothing in the end',
  async (name, fault) => {
    const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    for (let index = 0; index < requests; index += 1) {
      proxy.reset();
      proxy.add({ when: (seen) => seen.index === index, fault });
      const path = `every/${slug}/r${index}`;
      await publish(client({ credentials: login }).registry, path);
      expect(proxy.seen.length, `request ${index} was made`).toBeGreaterThan(index);
      expect(await state(path), `request ${index}`).toEqual(clean);
    }
  },
  120_000,
);

const final: readonly (readonly [string, Fault])[] = [
  ['403 for a missing right', { reply: { status: 403, headers: asJson, body: ociError('DENIED', 'write_package') } }],
];

test.each(final)(
  '%s at any request, then a run without it, ends as if nothing had been',
  async (name, fault) => {
    const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    for (let index = 0; index < requests; index += 1) {
      proxy.reset();
      // From this request on: a run that is refused once and goes on would hide the point.
      proxy.add({ when: (seen) => seen.index >= index, times: 999, fault });
      const path = `final/${slug}/r${index}`;
      const { registry } = client({ credentials: login });
      await expect(publish(registry, path), `request ${index}`).rejects.toMatchObject({ name: 'Problem' });
      const names = (await state(path)) as { moving: unknown; exact: unknown };
      expect(names.moving === null || names.exact !== null, 'a moving tag comes last').toBe(true);
      proxy.reset();
      await publish(client({ credentials: login }).registry, path);
      expect(await state(path), `request ${index}`).toEqual(clean);
    }
  },
  120_000,
);

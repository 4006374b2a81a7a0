import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chartManifest, chartTag, pullChart, pushChart } from '../../src/registry/chart.ts';
import type { ChartPush } from '../../src/registry/chart.ts';
import { digestOf } from '../../src/registry/digest.ts';
import { manifestAnnotations, pushLayout } from '../../src/registry/layout.ts';
import { chartBytes } from './chart-fixture.ts';
import { startProxy } from './fault-proxy.ts';
import type { Proxy } from './fault-proxy.ts';
import { client } from './helpers.ts';
import { makeLayout } from './layout-fixture.ts';
import { startRegistry, startTimeout, which } from './real-registry.ts';
import type { RealRegistry } from './real-registry.ts';

const run = promisify(execFile);
const helm = await which('helm');

let real: RealRegistry;
let proxy: Proxy;
beforeAll(async () => {
  real = await startRegistry();
  proxy = await startProxy(real.host);
}, startTimeout);
afterAll(async () => {
  await proxy.stop();
  await real.stop();
});

const chartYaml = (version: string): Record<string, unknown> => ({
  apiVersion: 'v2',
  name: 'op',
  version,
  appVersion: `v${version}`,
  description: 'An operator',
  home: 'https://example.com/op',
  sources: ['https://example.com/wrong'],
  maintainers: [{ name: 'Ada', email: 'ada@example.com' }, { name: 'Grace' }],
  annotations: { 'artifacthub.io/prerelease': 'false', 'org.opencontainers.image.title': 'never' },
});

async function chart(path: string, version: string, note = ''): Promise<ChartPush> {
  const metadata = chartYaml(version);
  return {
    repository: `${proxy.host}/${path}`,
    version,
    tgz: await chartBytes(metadata, note),
    chartYaml: metadata,
    annotations: {
      'org.opencontainers.image.source': 'https://example.com/o/op',
      'org.opencontainers.image.revision': 'a'.repeat(40),
    },
    created: 1_700_000_000,
  };
}

describe('the manifest of a chart', () => {
  test('is the same for the same chart and commit', async () => {
    const made = await chart('charts/op', '1.2.3');
    const { manifest } = chartManifest(made);
    expect(manifest.digest).toBe(chartManifest(await chart('charts/op', '1.2.3')).manifest.digest);
    expect(manifest.digest).toBe(digestOf(manifest.bytes));
    expect(manifestAnnotations(manifest)).toEqual({
      'artifacthub.io/prerelease': 'false',
      'org.opencontainers.image.authors': 'Ada (ada@example.com), Grace',
      'org.opencontainers.image.created': '2023-11-14T22:13:20Z',
      'org.opencontainers.image.description': 'An operator',
      'org.opencontainers.image.revision': 'a'.repeat(40),
      'org.opencontainers.image.source': 'https://example.com/o/op',
      'org.opencontainers.image.title': 'op',
      'org.opencontainers.image.url': 'https://example.com/op',
      'org.opencontainers.image.version': '1.2.3',
    });
  });

  test('has an underscore in its tag where the version has a plus', () => {
    expect(chartTag('1.2.3-rc.1+b.5')).toBe('1.2.3-rc.1_b.5');
  });
});

describe('a chart', () => {
  test('is pushed with two blobs and one manifest; again it is only read', async () => {
    const made = await chart('charts/op', '1.0.0');
    const { registry } = client();
    proxy.reset();
    const pushed = await pushChart(registry, made);
    expect(pushed).toEqual({ digest: chartManifest(made).manifest.digest, written: true });
    const puts = proxy.seen
      .filter(({ method }) => method === 'PUT')
      .map(({ url }) => url.replace(/uploads.*/, 'uploads'));
    expect(puts).toEqual([
      '/v2/charts/op/blobs/uploads',
      '/v2/charts/op/blobs/uploads',
      '/v2/charts/op/manifests/1.0.0',
    ]);
    proxy.reset();
    expect(await pushChart(registry, made)).toEqual({ ...pushed, written: false });
    expect(proxy.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test('comes back byte for byte, by version and by digest', async () => {
    const made = await chart('charts/back', '1.0.0+b.5');
    const { registry } = client();
    const { digest } = await pushChart(registry, made);
    for (const name of ['1.0.0+b.5', '1.0.0_b.5', digest]) {
      const pulled = await pullChart(registry, made.repository, name);
      expect(pulled?.tgz.equals(made.tgz)).toBe(true);
      expect(pulled?.digest).toBe(digest);
    }
    expect(await pullChart(registry, made.repository, '9.9.9')).toBeNull();
  });

  test('with other content under a published version is refused, with both digests', async () => {
    const first = await chart('charts/fixed', '1.0.0');
    const { registry } = client();
    const { digest } = await pushChart(registry, first);
    const second = await chart('charts/fixed', '1.0.0', 'changed');
    proxy.reset();
    await expect(pushChart(registry, second)).rejects.toMatchObject({
      code: 'OR-REGISTRY-CONFLICT',
      message: `${first.repository}:1.0.0 is ${digestOf(first.tgz)} already, and this run made ${digestOf(second.tgz)}`,
    });
    expect(proxy.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
    // The same bytes are the same chart, whoever wrote the annotations.
    expect(await pushChart(registry, { ...first, created: 1 })).toEqual({ digest, written: false });
  });

  test('does not replace an image of the same name', async () => {
    const made = await chart('charts/clash', '1.0.0');
    const { registry } = client();
    const layout = await makeLayout(await mkdtemp(join(tmpdir(), 'layout-')), { platforms: ['linux/amd64'] });
    await pushLayout(registry, layout.dir, made.repository);
    const image = await registry.getManifest(made.repository, layout.platforms['linux/amd64'] ?? '');
    if (image === null) throw new Error('not pushed');
    await registry.putManifest(made.repository, '1.0.0', image.bytes, image.mediaType);
    await expect(pushChart(registry, made)).rejects.toMatchObject({ code: 'OR-REGISTRY-CONFLICT' });
  });
});

describe.skipIf(helm === null)('helm', () => {
  const environment = async (): Promise<NodeJS.ProcessEnv> => {
    const home = await mkdtemp(join(tmpdir(), 'helm-'));
    return { ...process.env, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  };

  test.each(['2.0.0', '2.0.1-rc.1', '2.0.2+b.5'])('pulls version %s, the same bytes', async (version) => {
    const made = await chart('charts/helm/op', version);
    const { digest } = await pushChart(client().registry, made);
    const folder = await mkdtemp(join(tmpdir(), 'pulled-'));
    const args = ['pull', `oci://${made.repository}`, '--version', version, '--plain-http', '--destination', folder];
    const { stdout, stderr } = await run('helm', args, { env: await environment() });
    expect(stdout + stderr).toContain(digest);
    const [file = ''] = await readdir(folder);
    expect((await readFile(join(folder, file))).equals(made.tgz)).toBe(true);
  });

  test('shows and renders what was pushed', async () => {
    const made = await chart('charts/shown/op', '3.0.0');
    await pushChart(client().registry, made);
    const reference = [`oci://${made.repository}`, '--version', '3.0.0', '--plain-http'];
    const { stdout } = await run('helm', ['show', 'chart', ...reference], { env: await environment() });
    expect(stdout).toContain('appVersion: v3.0.0');
  });

  test('pushes what is pulled here, and its version then stands', async () => {
    const made = await chart('charts/theirs/op', '4.0.0');
    const folder = await mkdtemp(join(tmpdir(), 'push-'));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'op-4.0.0.tgz'), made.tgz);
    const target = made.repository.slice(0, made.repository.lastIndexOf('/'));
    await run('helm', ['push', join(folder, 'op-4.0.0.tgz'), `oci://${target}`, '--plain-http'], {
      env: await environment(),
    });
    const { registry } = client();
    const pulled = await pullChart(registry, made.repository, '4.0.0');
    expect(pulled?.tgz.equals(made.tgz)).toBe(true);
    expect(await pushChart(registry, made)).toEqual({ digest: pulled?.digest, written: false });
  });
});

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/registry/digest.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import { requires } from '../helpers/lab.ts';
import { client } from '../registry/helpers.ts';
import { startRegistry, which } from '../registry/real-registry.ts';
import type { State } from '../standins/github/index.ts';
import { leftovers, openPlayground } from './demo-process.ts';
import type { Playground } from './demo-process.ts';

const minutes = 60_000;
/** On a machine without the tools, golangci-lint, helm, ko and the registry are built from their modules first. */
const firstTime = 40 * minutes;
const again = 15 * minutes;

const receipt = requires('bash', 'crane', 'curl', 'helm', 'jq');

let place: Playground;
beforeAll(async () => (place = await openPlayground()));
afterAll(async () => place.remove());

const stateFile = (): string => join(place.state, 'github/state.json');

async function github(): Promise<State> {
  return JSON.parse(await readFile(stateFile(), 'utf8')) as State;
}

async function ports(): Promise<{ readonly registry: number; readonly github: number }> {
  return JSON.parse(await readFile(join(place.state, 'ports.json'), 'utf8')) as { registry: number; github: number };
}

/** What docs/releases.md says can be done with release.json, word for word but for the places. */
async function useReceipt(at: { readonly registry: number; readonly github: number }): Promise<void> {
  const docs = await readFile(join(import.meta.dirname, '../../docs/releases.md'), 'utf8');
  const blocks = [...docs.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block).join('\n');
  const host = `127.0.0.1:${at.registry}`;
  const places: readonly (readonly [string, string])[] = [
    [
      'gh release download v1.2.2 --pattern release.json',
      `curl -sfLO http://127.0.0.1:${at.github}/demo/widget-operator/releases/download/v0.1.0/release.json`,
    ],
    ['helm upgrade widget-operator', 'helm template widget-operator --plain-http'],
    ['crane copy', 'crane copy --insecure'],
    ['registry.example.com', `${host}/mirror`],
  ];
  const script = places.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, blocks);
  const folder = await mkdtemp(join(place.temporary, 'receipt-'));
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder });
  await rm(folder, { recursive: true });
  const { registry } = client();
  for (const [name, tag] of [
    ['demo/widget-operator', 'v0.1.0'],
    ['demo/charts/widget-operator', '0.1.0'],
  ] as const) {
    const digest = (await registry.headManifest(`${host}/${name}`, tag))?.digest;
    expect((await registry.headManifest(`${host}/mirror/${name}`, tag))?.digest).toBe(digest);
    if (!name.includes('charts')) expect(stdout).toContain(`${host}/${name}@${String(digest)}`);
  }
}

async function isSilent(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => false,
    () => true,
  );
}

// One after the other: each goes on where the one before ended.
describe('the demo without Docker', () => {
  test(
    'cancelled on its way, it ends without a release and leaves nothing behind',
    { timeout: firstTime },
    async () => {
      const demo = place.start();
      await demo.says('operator-release 1.0.0 · tag v0.1.0');
      demo.signal('SIGINT');
      const { code, output } = await demo.ended;
      expect(code, output).toBe(1);
      expect(output).toContain('✗ Cancelled');
      expect((await github()).repositories[0]?.releases).toEqual([]);
      expect(await leftovers(place)).toEqual([]);
      for (const port of Object.values(await ports())) expect(await isSilent(port)).toBe(true);
    },
  );

  test('publishes, and says what it could not do', { timeout: firstTime }, async () => {
    const { code, output } = await place.start('--fresh').ended;
    expect(code, output).toBe(0);
    expect(output).toContain('No test on a cluster (stages cluster and e2e): no Docker engine answers');
    expect(output).toContain('Before this run: there is no public release v0.1.0.');
    expect(output).toContain('Base image for ko: 127.0.0.1:');
    expect(output).toContain('✓ release v0.1.0 is public and Latest');
    expect(output).toMatch(/✓ \d assets downloaded, their bytes are those of checksums\.txt/);
    expect(output).toMatch(
      /✓ image v0\.1\.0, v0\.1, stable: sha256:[0-9a-f]{64}, linux\/amd64, linux\/arm64, as in release\.json/,
    );
    expect(output).toMatch(/✓ chart 0\.1\.0: sha256:[0-9a-f]{64}, the same bytes in the registry and in the release/);
    expect(output).toMatch(/ [1-9]\d* writes reached the registry, [1-9]\d* reached GitHub\./);
    expect(output).toContain('### widget-operator 0.1.0 released');
    expect(output).toMatch(/Not done: No test on a cluster/);
    expect(output).toContain('✓ Done');
    expect(output).not.toContain('✗');
    const release = (await github()).repositories[0]?.releases[0];
    expect(release).toMatchObject({ tag: 'v0.1.0', draft: false, prerelease: false });
    expect(release?.assets.map(({ name }) => name).sort()).toEqual([
      'checksums.txt',
      'crds.yaml',
      'install.yaml',
      'release.json',
      'widget-operator-0.1.0.tgz',
    ]);
    expect(await leftovers(place)).toEqual([]);
    for (const port of Object.values(await ports())) expect(await isSilent(port)).toBe(true);
  });

  test('again it writes nothing, and stays up to be pulled from when asked to', { timeout: again }, async () => {
    const before = await readFile(stateFile(), 'utf8');
    const demo = place.start('--stay');
    await demo.says('stay up until Ctrl-C');
    const pull = /helm (pull oci:\S+ --version \S+ --plain-http)/.exec(demo.said())?.[1];
    expect(pull).toBeDefined();
    const helm = await which('helm');
    if (helm !== null) {
      await promisify(execFile)(helm, [...(pull ?? '').split(' '), '--destination', place.state]);
      const tgz = await readFile(join(place.state, 'widget-operator-0.1.0.tgz'));
      const asset = (await github()).repositories[0]?.releases[0]?.assets.find(({ name }) => name.endsWith('.tgz'));
      expect(digestOf(tgz)).toBe(asset?.digest);
    }
    if (receipt.missing.length === 0) await useReceipt(await ports());
    demo.signal('SIGINT');
    const { code, output } = await demo.ended;
    expect(code, output).toBe(0);
    expect(output).toContain('Everything is published already');
    expect(output).toContain('✓ 0 writes reached the registry, 0 reached GitHub.');
    const withoutDownloads = (text: string): string => text.replaceAll(/"(downloads|gitDir)": .*/g, '');
    expect(withoutDownloads(await readFile(stateFile(), 'utf8'))).toBe(withoutDownloads(before));
    expect(await leftovers(place)).toEqual([]);
  });

  test('an asset that got lost comes back with the same bytes', { timeout: again }, async () => {
    const state = await github();
    const assets = state.repositories[0]?.releases[0]?.assets ?? [];
    const lost = assets.findIndex(({ name }) => name === 'install.yaml');
    const [asset] = assets.splice(lost, 1);
    expect(asset?.name).toBe('install.yaml');
    await writeFile(stateFile(), JSON.stringify(state));
    const { code, output } = await place.start().ended;
    expect(code, output).toBe(0);
    expect(output).toContain('Before this run: the release lacks install.yaml, which checksums.txt names.');
    expect(output).toContain('0 writes reached the registry, 1 reached GitHub.');
    const found = (await github()).repositories[0]?.releases[0]?.assets.find(({ name }) => name === 'install.yaml');
    expect(found?.digest).toBe(asset?.digest);
  });

  test('other content under the version is refused, and stays', { timeout: again }, async () => {
    const server = await startRegistry({ folder: join(place.state, 'registry') });
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] }));
    const { registry } = client();
    await registry.putManifest(`${server.host}/demo/widget-operator`, 'v0.1.0', bytes, mediaTypes.index);
    await server.stop();

    const { code, output } = await place.start().ended;
    expect(code, output).toBe(1);
    const name = `127.0.0.1:${(await ports()).registry}/demo/widget-operator:v0.1.0 is ${digestOf(bytes)}`;
    expect(output).toContain(`Before this run: ${name}`);
    expect(output).toContain(`${name} already, and this run made sha256:`);
    expect(output).toContain('✗ Failed');

    const afterwards = await startRegistry({ folder: join(place.state, 'registry') });
    const there = await registry.headManifest(`${afterwards.host}/demo/widget-operator`, 'v0.1.0');
    await afterwards.stop();
    expect(there?.digest).toBe(digestOf(bytes));
  });

  test('a port of the release that is taken stops it at once', { timeout: minutes }, async () => {
    const { registry } = await ports();
    const taken = createServer().listen(registry, '127.0.0.1');
    await once(taken, 'listening');
    const { code, output } = await place.start().ended;
    taken.close();
    expect(code, output).toBe(1);
    expect(output).toContain(`port ${registry} of 127.0.0.1 is taken`);
    expect(output).toContain('--fresh');
  });

  test('an option that does not exist', { timeout: minutes }, async () => {
    const { code, output } = await place.start('--frehs').ended;
    expect(code).toBe(1);
    expect(output).toContain("Unknown option '--frehs'");
    expect(output).toContain('--fresh       start with an empty registry and an empty GitHub');
  });
});

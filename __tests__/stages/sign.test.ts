import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleFromJSON } from '@sigstore/bundle';
import type { Repo } from '../fixtures/repos/repo.ts';
import { requires } from '../helpers/lab.ts';
import { parseManifest } from '../../src/registry/json.ts';
import { client } from '../registry/helpers.ts';
import { startProxy } from '../registry/fault-proxy.ts';
import type { Proxy, Seen } from '../registry/fault-proxy.ts';
import { startRegistry } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { startSigstore } from '../sign/sigstore.ts';
import type { SigstoreStandIn } from '../sign/sigstore.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import { job, monorepo, names, pushTested, repository, tree } from './monorepo.ts';
import type { Done } from './monorepo.ts';

/** Signing in whole runs: in the legs of a matrix, in the job that finishes, and when something is missing. */

const lab = requires('helm');
const seconds = 1000;
const configFile = '.github/operator-release.yaml';

describe.skipIf(lab.missing.length > 0)(`a release is signed${lab.note}`, { timeout: 120 * seconds }, () => {
  let origin: Repo;
  let commit: string;
  let real: RealRegistry;
  let proxy: Proxy;
  let github: GitHubStandIn;
  let sigstore: SigstoreStandIn;
  /** In front of it. */
  let services: Proxy;
  /** Holds a syft that knows its version and nothing else. */
  let broken: string;

  beforeAll(async () => {
    broken = await mkdtemp(join(tmpdir(), 'sign-path-'));
    const script = '#!/bin/sh\n[ "$1" = version ] && echo "Version: 1.48.0" || { echo "no catalogers" >&2; exit 1; }\n';
    await writeFile(join(broken, 'syft'), script, { mode: 0o755 });
  });
  afterAll(() => rm(broken, { recursive: true, force: true }));
  beforeEach(async () => {
    real = await startRegistry({ memory: true });
    proxy = await startProxy(real.host);
    github = await startGitHub();
    sigstore = await startSigstore();
    sigstore.become({ repository });
    services = await startProxy(sigstore.host);
    origin = monorepo();
    configure('auto', 'off');
  });
  afterEach(async () => {
    await services.stop();
    await sigstore.stop();
    await github.close();
    await proxy.stop();
    await real.stop();
    origin.remove();
  });

  function configure(policy: string, sbom: string): void {
    const address = `http://${services.host}`;
    const sign = `sign: { policy: ${policy}, sbom: ${sbom}, fulcio: '${address}', rekor: '${address}' }\n`;
    origin.write({ [configFile]: `${tree[configFile] ?? ''}${sign}` });
    commit = origin.commit('sign');
    for (const tag of ['v1.2.3', 'nova/v2.0.0']) origin.git('tag', '--force', tag);
    github.seed.repository(repository, { gitDir: origin.root });
  }
  const run = async (
    tag: string,
    inputs: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = sigstore.identity(),
  ): Promise<Done> => {
    const done = await job({
      ...{ checkout: origin.root, registryPath: `${proxy.host}/octo`, github, ref: `refs/tags/${tag}`, commit, inputs },
      env: { GITHUB_SERVER_URL: 'https://github.com', ...env },
    });
    expect(github.violations).toEqual([]);
    return done;
  };
  const test = async (): Promise<void> => {
    for (const name of names) await pushTested(`${real.host}/octo`, name, commit);
  };
  const isWrite = ({ method, url, body }: Seen): boolean =>
    method === 'PUT' || method === 'PATCH' || (method === 'POST' && (body.length > 0 || url.includes('?')));
  const writes = (): string[] => proxy.seen.filter(isWrite).map(({ method, url }) => `${method} ${url}`);
  const note = (done: Done, stage: string): string | undefined =>
    done.results[0]?.outcomes.find((outcome) => outcome.stage === stage)?.note;

  it('in the legs; who finishes finds what they have signed, and every run after only reads', async () => {
    await test();
    for (const name of names) expect((await run('v1.2.3', { operators: name })).problems).toEqual([]);
    expect(sigstore.entries()).toBe(2 * names.length);
    const finished = await run('v1.2.3', { mode: 'finish' });
    expect(finished.problems).toEqual([]);
    expect(finished.log).toContain('provenance was signed already');
    expect(finished.results[0]?.published.filter(({ kind }) => kind === 'attestation')).toHaveLength(2 * names.length);
    expect(sigstore.entries()).toBe(2 * names.length);

    proxy.reset();
    expect((await run('v1.2.3', { mode: 'finish' })).problems).toEqual([]);
    for (const name of names) expect((await run('v1.2.3', { operators: name })).problems).toEqual([]);
    expect(writes()).toEqual([]);
    expect(sigstore.entries()).toBe(2 * names.length);
  });

  it('before anything has a name of its version', async () => {
    await test();
    expect((await run('nova/v2.0.0', {})).problems).toEqual([]);
    const order = writes().filter((write) => write.includes('/manifests/'));
    const at = (part: string): number => order.findIndex((write) => write.includes(part));
    for (const path of ['octo/nova/manifests', 'octo/charts/nova-operator/manifests']) {
      const named = path.includes('charts') ? `${path}/2.0.0` : `${path}/v2.0.0`;
      expect(at(`${path}/sha256-`)).toBeGreaterThan(-1);
      expect(at(named)).toBeGreaterThan(at(`${path}/sha256-`));
    }
  });

  it('and says of an image that an earlier run tested where it was taken from', async () => {
    await test();
    const done = await run('nova/v2.0.0', {});
    expect(note(done, 'publish-image')).toMatch(/, signed$/);
    const name = `${proxy.host}/octo/nova`;
    const { registry } = client();
    const image = await registry.headManifest(name, 'v2.0.0');
    const { manifests } = await registry.listReferrers(name, image?.digest ?? '');
    const manifest = await registry.getManifest(name, manifests[0]?.digest ?? '');
    const [layer] = parseManifest(manifest?.bytes ?? '', name).layers;
    if (layer === undefined) throw new Error('no bundle');
    const bundle = bundleFromJSON(JSON.parse((await registry.getBlobBytes(name, layer)).toString()));
    if (bundle.content.$case !== 'dsseEnvelope') throw new Error('no statement');
    expect(JSON.parse(bundle.content.dsseEnvelope.payload.toString())).toMatchObject({
      predicate: { buildDefinition: { internalParameters: { promotedFrom: `sha-${commit.slice(0, 12)}` } } },
    });
  });

  it('or nothing gets a name, where Rekor takes no signature', async () => {
    await test();
    const closed = { status: 422, body: '{"message":"closed"}' };
    services.add({ when: ({ url }) => url.includes('/log/'), times: Infinity, fault: { reply: closed } });
    const done = await run('nova/v2.0.0', {});
    expect(done.problems).toMatchObject([
      { code: 'OR-SIGN-REFUSED', message: expect.stringContaining('answered 422: closed') as string },
    ]);
    const { registry } = client();
    expect(await registry.listTags(`${proxy.host}/octo/nova`)).toEqual([`sha-${commit.slice(0, 12)}`]);
    expect(await registry.listTags(`${proxy.host}/octo/charts/nova-operator`)).toEqual([]);
    expect(github.seed.repository(repository).releases).toEqual([]);
  });

  it('nothing where signing is required and the job has no identity: told before any work', async () => {
    configure('required', 'off');
    await test();
    proxy.reset();
    const done = await run('nova/v2.0.0', {}, {});
    expect(done.problems).toMatchObject([
      { code: 'OR-SIGN-IDENTITY', hint: expect.stringContaining('permissions: id-token: write') as string },
    ]);
    expect(done.results).toEqual([]);
    expect(writes()).toEqual([]);
  });

  it('without an SBOM, and says why, where syft cannot read the image; with `required` not at all', async () => {
    const withoutSyft = { PATH: `${broken}:${process.env['PATH'] ?? ''}` };
    configure('auto', 'auto');
    await test();
    const done = await run('nova/v2.0.0', {}, { ...sigstore.identity(), ...withoutSyft });
    expect(done.problems).toEqual([]);
    expect(done.log).toContain('no SBOM: syft cannot read the image');
    expect(note(done, 'publish-image')).toMatch(/, signed$/);

    configure('auto', 'required');
    await test();
    const refused = await run('nova/v2.0.0', {}, { ...sigstore.identity(), ...withoutSyft });
    expect(refused.problems).toMatchObject([{ code: 'OR-SBOM' }]);
  });
});

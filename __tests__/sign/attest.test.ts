import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors.ts';
import { BufferLog } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRegistry } from '../../src/registry/client.ts';
import { parseManifest } from '../../src/registry/json.ts';
import { pushLayout, readLayout } from '../../src/registry/layout.ts';
import { referrersTag } from '../../src/registry/referrers.ts';
import type { Descriptor, Registry } from '../../src/registry/types.ts';
import { ensureAttestation } from '../../src/sign/attest.ts';
import type { Attested, AttestPorts } from '../../src/sign/attest.ts';
import { commitsOf, provenance, provenanceType } from '../../src/sign/statement.ts';
import { requires } from '../helpers/lab.ts';
import { startProxy } from '../registry/fault-proxy.ts';
import type { Proxy, Seen } from '../registry/fault-proxy.ts';
import { makeLayout } from '../registry/layout-fixture.ts';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { startReferrersRegistry } from './referrers-registry.ts';
import { claims, issuer, repository, signer, startSigstore } from './sigstore.ts';
import type { SigstoreStandIn } from './sigstore.ts';

const lab = requires('cosign');
const commit = '3f2c9a1b7d204c5e8f90a1b2c3d4e5f607182930';
const source = {
  server: 'https://github.com',
  repository,
  ref: 'refs/tags/v1.2.3',
  commit,
  promotedFrom: null,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sign-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each([
  { name: 'a registry without the referrers API', start: () => startRegistry({ memory: true }), api: false },
  { name: 'a registry with the referrers API', start: startReferrersRegistry, api: true },
])('an attestation in $name', ({ start, api }) => {
  let real: Pick<RealRegistry, 'host' | 'stop'>;
  let proxy: Proxy;
  let sigstore: SigstoreStandIn;
  let services: Proxy;
  let registry: Registry;
  let log: BufferLog;
  let image: string;
  let subject: Descriptor;
  let made = 0;

  beforeAll(async () => {
    real = await start();
    proxy = await startProxy(real.host);
  }, startTimeout);
  afterAll(async () => {
    await proxy.stop();
    await real.stop();
  });
  beforeEach(async () => {
    sigstore = await startSigstore();
    services = await startProxy(sigstore.host);
    log = new BufferLog();
    registry = createRegistry({ http: http(), credentials: () => null });
    made += 1;
    image = `${proxy.host}/acme/operator-${made}`;
    const { dir } = await makeLayout(join(folder, `${api}-${made}`), { version: `1.0.${made}`, attested: false });
    const layout = await readLayout(dir);
    await pushLayout(registry, dir, image);
    subject = layout.top;
    proxy.reset();
  });
  afterEach(async () => {
    await services.stop();
    await sigstore.stop();
  });

  const http = (): AttestPorts['http'] =>
    createHttp({ log, sleep: () => new Promise((resolve) => setTimeout(resolve, 2)) });
  const ports = (env = sigstore.identity(services.host)): AttestPorts => ({ http: http(), registry, log, env });
  const endpoints = (): { fulcio: string; rekor: string } => ({
    fulcio: `http://${services.host}`,
    rekor: `http://${services.host}`,
  });
  const attest = (given = ports(), of = source): Promise<Attested> =>
    ensureAttestation(given, endpoints(), {
      repository: image,
      subject,
      predicateType: provenanceType,
      predicate: () => (job) => provenance(of, job),
      says: ({ predicate }) => commitsOf(predicate).includes(of.commit),
      source: `https://github.com/${of.repository}`,
    });
  const bundleOf = async (digest: string): Promise<unknown> => {
    const manifest = await registry.getManifest(image, digest);
    if (manifest === null) throw new Error('no manifest');
    const [layer] = parseManifest(manifest.bytes, digest).layers;
    if (layer === undefined) throw new Error('no layer');
    return JSON.parse((await registry.getBlobBytes(image, layer)).toString()) as unknown;
  };
  const verifyBundle = async (digest: string): Promise<string | undefined> => {
    const trust = toTrustMaterial(TrustedRoot.fromJSON(sigstore.trustedRoot));
    const entity = toSignedEntity(bundleFromJSON(await bundleOf(digest)));
    const verifier = new Verifier(trust, { tlogThreshold: 1, ctlogThreshold: 1 });
    return verifier.verify(entity, { subjectAlternativeName: signer, extensions: { issuer } }).identity
      ?.subjectAlternativeName;
  };
  const isWrite = ({ method }: Seen): boolean => method !== 'GET' && method !== 'HEAD';

  it('is signed, attached, found by the API or by its tag, and verifies', async () => {
    const attested = await attest();
    expect(attested.written).toBe(true);
    expect(await verifyBundle(attested.digest)).toBe(signer);
    const { api: found, manifests } = await registry.listReferrers(image, subject.digest);
    expect(found).toBe(api);
    expect(
      manifests.map(({ digest, annotations }) => [digest, annotations['dev.sigstore.bundle.predicateType']]),
    ).toEqual([[attested.digest, provenanceType]]);
    expect((await registry.headManifest(image, referrersTag(subject.digest))) !== null).toBe(!api);
    expect(sigstore.entries()).toBe(1);
  });

  it('says what was built, from which commit, by which workflow', async () => {
    const { digest } = await attest();
    const bundle = bundleFromJSON(await bundleOf(digest));
    if (bundle.content.$case !== 'dsseEnvelope') throw new Error('no envelope');
    const statement = JSON.parse(bundle.content.dsseEnvelope.payload.toString()) as Record<string, unknown>;
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: image, digest: { sha256: subject.digest.slice('sha256:'.length) } }],
      predicateType: provenanceType,
      predicate: {
        buildDefinition: {
          externalParameters: {
            workflow: {
              ref: 'refs/tags/v1.2.3',
              repository: `https://github.com/${repository}`,
              path: '.github/workflows/release.yml',
            },
          },
          resolvedDependencies: [
            { uri: `git+https://github.com/${repository}@refs/tags/v1.2.3`, digest: { gitCommit: commit } },
          ],
        },
        runDetails: {
          builder: { id: signer },
          metadata: { invocationId: `https://github.com/${repository}/actions/runs/1001/attempts/1` },
        },
      },
    });
  });

  it('is left alone when it is there: nothing is signed, nothing is written', async () => {
    const first = await attest();
    proxy.reset();
    services.reset();
    // Without an identity: the second run is a reader.
    expect(await attest(ports({}))).toEqual({ digest: first.digest, written: false });
    expect(proxy.seen.filter(isWrite)).toEqual([]);
    expect(services.seen.filter(isWrite)).toEqual([]);
  });

  it.each([
    [
      'made for another repository',
      { repository: 'mallory/fork', job_workflow_ref: 'mallory/fork/.github/workflows/x.yml@refs/heads/main' },
      source,
    ],
    ['about another commit', {}, { ...source, commit: 'b'.repeat(40) }],
  ])('that is %s does not count, and stays beside the right one', async (_, changed, of) => {
    sigstore.become(changed);
    const theirs = await ensureAttestation(ports(), endpoints(), {
      repository: image,
      subject,
      predicateType: provenanceType,
      predicate: () => (job) => provenance(of, job),
      says: () => true,
      source: `https://github.com/${'repository' in changed ? changed.repository : repository}`,
    });
    sigstore.become(claims);
    const ours = await attest();
    expect(ours.written).toBe(true);
    const { manifests } = await registry.listReferrers(image, subject.digest);
    expect(manifests.map(({ digest }) => digest).sort()).toEqual([theirs.digest, ours.digest].sort());
    expect(await attest()).toEqual({ ...ours, written: false });
  });

  it('that this run has made for another repository than its own is no success', async () => {
    sigstore.become({ repository: 'mallory/fork' });
    await expect(attest()).rejects.toMatchObject({
      code: 'OR-SIGN-CONTENT',
      message: `what was attached to ${image}@${subject.digest} does not count: it was made in https://github.com/mallory/fork`,
    });
  });

  it('of another authority does not count', async () => {
    const other = await startSigstore();
    const away = { fulcio: `http://${other.host}`, rekor: `http://${other.host}` };
    await ensureAttestation(ports(other.identity()), away, {
      repository: image,
      subject,
      predicateType: provenanceType,
      predicate: () => (job) => provenance(source, job),
      says: () => true,
      source: `https://github.com/${repository}`,
    });
    expect((await attest()).written).toBe(true);
    expect(log.lines.join('\n')).toContain('does not count: its certificate is from elsewhere');
    await other.stop();
  });

  describe('with faults', () => {
    const isLog = (seen: Seen): boolean => seen.method === 'POST' && seen.url === '/api/v1/log/entries';
    const isCertificate = (seen: Seen): boolean => seen.url === '/api/v2/signingCert';

    it.each([
      ['Rekor writes the entry and loses the reply', { when: isLog, fault: { lost: 502 } }],
      ['Rekor writes the entry and breaks the connection', { when: isLog, fault: { reset: 'after' } }],
      ['Rekor answers 504 twice', { when: isLog, times: 2, fault: { reply: { status: 504 } } }],
      ['Fulcio answers 503', { when: isCertificate, fault: { reply: { status: 503 } } }],
      ['Fulcio breaks the connection', { when: isCertificate, fault: { reset: 'before' } }],
      [
        'the runner loses the reply with the identity',
        { when: (seen: Seen) => seen.url.startsWith('/token'), fault: { lost: 500 } },
      ],
    ] as const)('is made once when %s', async (_, rule) => {
      services.add(rule);
      const attested = await attest(ports());
      expect(await verifyBundle(attested.digest)).toBe(signer);
      expect(sigstore.entries()).toBe(1);
    });

    it('fetches the entry that a lost reply has made, also from a replica that lags', async () => {
      services.add({ when: isLog, fault: { lost: 502 } });
      services.add({
        when: (seen) => seen.method === 'GET' && seen.url.startsWith('/api/v1/log/entries/'),
        times: 2,
        fault: { reply: { status: 404, body: '{"code":404,"message":"getLogEntryByUuidNotFound"}' } },
      });
      const attested = await attest(ports());
      expect(await verifyBundle(attested.digest)).toBe(signer);
      expect(log.lines.join('\n')).toContain('GET the entry of the log: not visible yet; again');
    });

    it('does not take a conflict’s entry that is about another signature', async () => {
      const other = await attest(ports(), { ...source, commit: 'c'.repeat(40) });
      expect(other.written).toBe(true);
      const at = services.seen.find(isLog);
      expect(at).toBeDefined();
      const location = await entryLocation(services.host, at?.body ?? Buffer.alloc(0));
      services.add({ when: isLog, fault: { reply: { status: 409, headers: { location } } } });
      await expect(attest(ports())).rejects.toMatchObject({
        code: 'OR-SIGN-CONTENT',
        message: 'the answer of Rekor cannot be used: the entry is about another signature',
      });
    });

    it('gives up on a Rekor that is down, after bounded tries, and has written nothing', async () => {
      services.add({ when: isLog, times: 100, fault: { reply: { status: 503, body: 'maintenance' } } });
      await expect(attest(ports())).rejects.toMatchObject({
        code: 'OR-SIGN-UNREACHABLE',
        message: expect.stringMatching(
          /^Rekor does not log the signature: .* answered 503: maintenance, 8 tries$/,
        ) as string,
      });
      expect(proxy.seen.filter(isWrite)).toEqual([]);
    });

    it('ends at once when Fulcio refuses the identity', async () => {
      services.add({
        when: isCertificate,
        fault: {
          reply: { status: 401, body: '{"code":16,"message":"There was an error processing the identity token"}' },
        },
      });
      await expect(attest(ports())).rejects.toMatchObject({
        code: 'OR-SIGN-REFUSED',
        message: expect.stringContaining('There was an error processing the identity token') as string,
      });
      expect(services.seen.filter(isCertificate)).toHaveLength(1);
    });

    it('without an identity says which permission gives one', async () => {
      const failed = attest(ports({}));
      await expect(failed).rejects.toBeInstanceOf(Problem);
      await expect(failed).rejects.toMatchObject({
        code: 'OR-SIGN-IDENTITY',
        hint: expect.stringContaining('permissions: id-token: write') as string,
      });
      expect(proxy.seen.filter(isWrite)).toEqual([]);
    });

    it('comes to one attestation when a run was killed after any write', async () => {
      const writes = 7;
      let killed = 0;
      for (let at = 0; at < writes; at += 1) {
        proxy.reset();
        let count = 0;
        proxy.add({ when: (seen) => isWrite(seen) && count++ >= at, times: 100, fault: { reply: { status: 418 } } });
        const outcome = await attest(ports()).catch((error: unknown) => error);
        if (outcome instanceof Error) killed += 1;
        proxy.reset();
        if (!(outcome instanceof Error)) break;
      }
      expect(killed).toBe(api ? 3 : 4);
      const attested = await attest(ports());
      const { manifests } = await registry.listReferrers(image, subject.digest);
      expect(manifests.map(({ digest }) => digest)).toEqual([attested.digest]);
      expect(await verifyBundle(attested.digest)).toBe(signer);
      proxy.reset();
      expect((await attest(ports({}))).written).toBe(false);
      expect(proxy.seen.filter(isWrite)).toEqual([]);
    });
  });

  it.skipIf(lab.missing.length > 0)(`verifies with cosign${lab.note}`, async () => {
    await attest();
    const root = join(folder, `trusted-root-${api}.json`);
    await writeFile(root, JSON.stringify(sigstore.trustedRoot));
    const run = promisify(execFile);
    const verify = (identity: string): Promise<{ stdout: string; stderr: string }> =>
      run(
        'cosign',
        [
          'verify-attestation',
          '--type=slsaprovenance1',
          `--certificate-identity=${identity}`,
          `--certificate-oidc-issuer=${issuer}`,
          `--trusted-root=${root}`,
          '--allow-http-registry',
          `${image.replace(proxy.host, real.host)}@${subject.digest}`,
        ],
        { env: { ...process.env, HOME: folder } },
      );
    const { stdout } = await verify(signer);
    expect(JSON.parse(stdout)).toMatchObject({ payloadType: 'application/vnd.in-toto+json' });
    await expect(verify('https://github.com/mallory/fork')).rejects.toThrow(/expected SAN value/);
  });
});

async function entryLocation(host: string, body: Buffer): Promise<string> {
  const reply = await fetch(`http://${host}/api/v1/log/entries`, { method: 'POST', body: new Uint8Array(body) });
  await reply.arrayBuffer();
  return reply.headers.get('location') ?? '';
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requires } from '../helpers/lab.ts';
import { issuer, signer, startSigstore } from '../sign/sigstore.ts';
import type { SigstoreStandIn } from '../sign/sigstore.ts';
import { login } from '../registry/real-registry.ts';
import { openWorld, run } from './world.ts';
import type { Push, World } from './world.ts';

const lab = requires('docker', 'buildx', 'go', 'helm', 'cosign', 'crane', 'syft');
const off = { enabled: false };

describe.skipIf(lab.missing.length > 0)(`the shipped bundle signs${lab.note}`, () => {
  let world: World;
  let sigstore: SigstoreStandIn;
  let home: string;
  const configuration = (policy: string): string =>
    JSON.stringify({
      sign: { policy, fulcio: `http://${sigstore.host}`, rekor: `http://${sigstore.host}` },
      // Nothing here is about checks.
      defaults: { e2e: off, lint: off, verify: off, test: { unit: off, integration: off } },
    });
  const asJob = (ref: string, withIdentity: boolean): Push => ({
    ref,
    variables: {
      // The certificates of the stand-in are about repositories there.
      GITHUB_SERVER_URL: 'https://github.com',
      ...(withIdentity ? sigstore.identity() : {}),
    },
  });
  beforeAll(async () => {
    sigstore = await startSigstore();
    home = await mkdtemp(join(tmpdir(), 'lab-sign-'));
    world = await openWorld();
    world.commit('signed', { '.github/operator-release.yaml': configuration('auto') }, 'v0.1.0');
  });
  afterAll(async () => {
    await world.stop();
    await sigstore.stop();
    await rm(home, { recursive: true, force: true });
  });

  /** With the real tools, from the registry itself. */
  async function verify(name: string, type = 'slsaprovenance1'): Promise<{ predicateType: string; predicate: object }> {
    const root = join(home, 'trusted-root.json');
    await writeFile(root, JSON.stringify(sigstore.trustedRoot));
    const reference = `${world.registry.host}/acme/${name}`;
    const { stdout: digest } = await crane('digest', '--insecure', reference);
    const { stdout } = await run('cosign', [
      'verify-attestation',
      `--type=${type}`,
      `--certificate-identity=${signer}`,
      `--certificate-oidc-issuer=${issuer}`,
      `--trusted-root=${root}`,
      '--allow-http-registry',
      `--registry-username=${login.username}`,
      `--registry-password=${login.password}`,
      `${reference.replace(/:[^/]*$/, '')}@${String(digest).trim()}`,
    ]);
    const { payload } = JSON.parse(stdout) as { payload: string };
    return JSON.parse(Buffer.from(payload, 'base64').toString()) as { predicateType: string; predicate: object };
  }
  const crane = (...args: string[]): ReturnType<typeof run> =>
    run('crane', args, { env: { ...process.env, DOCKER_CONFIG: home } });

  it('image and chart of a release, which cosign verifies; the second run only reads', async () => {
    const first = await world.run(asJob('v0.1.0', true));
    expect(first.exitCode, first.log).toBe(0);
    expect(sigstore.entries()).toBe(3);
    await crane('auth', 'login', world.registry.host, '-u', login.username, '-p', login.password);
    const commit = world.origin.git('rev-parse', 'v0.1.0^{commit}');
    for (const name of ['mini:v0.1.0', 'charts/mini:0.1.0']) {
      expect(await verify(name)).toMatchObject({
        predicateType: 'https://slsa.dev/provenance/v1',
        predicate: { buildDefinition: { resolvedDependencies: [{ digest: { gitCommit: commit } }] } },
      });
    }
    const sbom = await verify('mini:v0.1.0', 'spdxjson');
    expect(sbom.predicate).toMatchObject({ spdxVersion: 'SPDX-2.3', name: `${world.registryPath}/mini` });
    // The manager's own module, read from its binary.
    expect(JSON.stringify(sbom.predicate)).toContain('example.com/mini-operator');
    expect(first.log).toContain('signed: with the identity of the job, certified by');
    expect(first.summary).toContain('SLSA provenance, attached to the digest');
    // The identity is for Fulcio alone.
    expect(`${first.log}${first.summary}${first.state}${Object.values(first.files).join('')}`).not.toContain('eyJ');

    world.startCounting();
    const second = await world.run(asJob('v0.1.0', true));
    expect(second.exitCode, second.log).toBe(0);
    expect(second.log).toContain('provenance was signed already');
    expect(second.log).toContain('SBOM was signed already');
    expect(second.programs.has('syft')).toBe(false);
    expect(world.writes()).toEqual([]);
    expect(sigstore.entries()).toBe(3);
  });

  it('nothing without an identity, and says which permission gives one', async () => {
    world.commit('unsigned', { '.github/operator-release.yaml': configuration('auto') }, 'v0.2.0');
    const before = sigstore.entries();
    const result = await world.run(asJob('v0.2.0', false));
    expect(result.exitCode, result.log).toBe(0);
    expect(result.log).toContain(
      'not signed: the job has no identity; for signed provenance give the job "permissions: id-token: write"',
    );
    expect(sigstore.entries()).toBe(before);
  });

  it('or refuses before any work where signing is required', async () => {
    world.commit('required', { '.github/operator-release.yaml': configuration('required') }, 'v0.3.0');
    world.startCounting();
    const result = await world.run(asJob('v0.3.0', false));
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('sign.policy is "required", and the job has no identity to sign with');
    expect(result.log).toContain('OR-SIGN-IDENTITY');
    expect(result.programs.has('go')).toBe(false);
    expect(world.writes()).toEqual([]);
  });
});

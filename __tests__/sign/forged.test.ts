import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BufferLog } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import type { Http } from '../../src/net/types.ts';
import { signStatement } from '../../src/sign/bundle.ts';
import { readAttestation } from '../../src/sign/existing.ts';
import type { Expected } from '../../src/sign/existing.ts';
import { authorities, certify } from '../../src/sign/fulcio.ts';
import { requestIdentity } from '../../src/sign/identity.ts';
import { provenance, provenanceType, statementOf } from '../../src/sign/statement.ts';
import { say, serve } from '../net/server.ts';
import { repository, startSigstore } from './sigstore.ts';
import type { SigstoreStandIn } from './sigstore.ts';

/** What somebody with the right to push, or between this run and Sigstore, could put in place of the true thing. */

const digest = `sha256:${'d'.repeat(64)}`;
const source = {
  server: 'https://github.com',
  repository,
  ref: 'refs/tags/v1.2.3',
  commit: 'a'.repeat(40),
  promotedFrom: null,
};

interface Parts {
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
  verificationMaterial: Record<string, unknown>;
}

describe('an attestation that is there already', () => {
  let sigstore: SigstoreStandIn;
  let http: Http;
  let genuine: string;
  let expected: Expected;
  beforeAll(async () => {
    sigstore = await startSigstore();
    http = createHttp({ log: new BufferLog() });
    const endpoints = { fulcio: `http://${sigstore.host}`, rekor: `http://${sigstore.host}` };
    const identity = await requestIdentity(http, sigstore.identity(), 'sigstore');
    const statement = statementOf('ghcr.io/acme/it', digest, provenanceType, provenance(source, identity.claims));
    genuine = (await signStatement(http, endpoints, identity, statement)).toString();
    expected = {
      digest,
      predicateType: provenanceType,
      repository: `https://github.com/${repository}`,
      authorities: await authorities(http, endpoints.fulcio),
    };
  });
  afterAll(() => sigstore.stop());

  const read = (change: (parts: Parts) => void, of: Partial<Expected> = {}): ReturnType<typeof readAttestation> => {
    const parts = JSON.parse(genuine) as Parts;
    change(parts);
    return readAttestation(Buffer.from(JSON.stringify(parts)), { ...expected, ...of });
  };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');

  it('counts when it is genuine', () => {
    expect(read(() => undefined)).toMatchObject({
      predicateType: provenanceType,
      subject: [{ name: 'ghcr.io/acme/it' }],
    });
  });

  it.each<[string, (parts: Parts) => void, Partial<Expected>, RegExp]>([
    [
      'whose statement was changed',
      ({ dsseEnvelope }) => {
        const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()) as { predicate: object };
        dsseEnvelope.payload = encode({ ...statement, predicate: {} });
      },
      {},
      /^its signature is wrong$/,
    ],
    [
      'without a signature',
      ({ dsseEnvelope }) => void (dsseEnvelope.signatures = [{ sig: '' }]),
      {},
      /signature is wrong|cannot be read/,
    ],
    [
      'that holds no statement',
      ({ dsseEnvelope }) => void (dsseEnvelope.payloadType = 'text/plain'),
      {},
      /^it holds text\/plain$/,
    ],
    ['about another digest', () => undefined, { digest: `sha256:${'e'.repeat(64)}` }, /^it is about something else$/],
    [
      'that says something else',
      () => undefined,
      { predicateType: 'https://spdx.dev/Document' },
      /^it says something else$/,
    ],
    [
      'of another repository',
      () => undefined,
      { repository: 'https://github.com/acme/mini' },
      /^it was made in https:/,
    ],
    ['of an unknown authority', () => undefined, { authorities: [] }, /^its certificate is from elsewhere$/],
    [
      'signed with a key that nobody has certified',
      ({ verificationMaterial }) => {
        delete verificationMaterial['certificate'];
        verificationMaterial['publicKey'] = { hint: 'x' };
      },
      {},
      /^it is not signed with a certificate$/,
    ],
  ])('does not count %s', (_, change, of, why) => {
    expect(read(change, of)).toEqual({ ignored: expect.stringMatching(why) as string });
  });

  it.each(['', '{}', '[]', 'null', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}'])(
    'does not count as %j, and stops nothing',
    (text) => {
      expect(readAttestation(Buffer.from(text), expected)).toEqual({ ignored: expect.any(String) as string });
    },
  );

  it('is not made with a certificate for another key', async () => {
    const curve = { namedCurve: 'P-256' };
    const identity = await requestIdentity(http, sigstore.identity(), 'sigstore');
    const theirs = await certify(http, `http://${sigstore.host}`, identity, generateKeyPairSync('ec', curve));
    const body = { signedCertificateEmbeddedSct: { chain: { certificates: [theirs.pem] } } };
    const between = await serve(say(201, JSON.stringify(body), { 'content-type': 'application/json' }));
    await expect(certify(http, between.url, identity, generateKeyPairSync('ec', curve))).rejects.toMatchObject({
      code: 'OR-SIGN-CONTENT',
      message: expect.stringContaining('not for the key that was sent') as string,
    });
    await between.stop();
  });
});

describe('an identity', () => {
  const http = createHttp({ log: new BufferLog() });
  const env = (url: string): Record<string, string> => ({
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer-of-the-runner',
  });

  it('is not asked for without TLS', async () => {
    await expect(requestIdentity(http, env('http://192.0.2.1/token?secret=1'), 'sigstore')).rejects.toMatchObject({
      code: 'OR-SIGN-IDENTITY',
      message: 'the identity of the job is offered without TLS, at 192.0.2.1/token',
    });
  });

  it.each([
    [200, JSON.stringify({ value: 'no.token' }), /^the identity of the job does not tell its sub, iss,/],
    [200, JSON.stringify({}), /^the identity of the job does not tell its sub, iss,/],
    [403, 'no', /^GitHub gives the job no identity: 127\.0\.0\.1:\d+ answered 403$/],
  ])('of %i %s is none', async (status, body, message) => {
    const runner = await serve(say(status, body, { 'content-type': 'application/json' }));
    const failed = requestIdentity(http, env(`${runner.url}/token`), 'sigstore');
    await expect(failed).rejects.toMatchObject({
      code: 'OR-SIGN-IDENTITY',
      message: expect.stringMatching(message) as string,
    });
    expect(runner.requests[0]?.url).toBe('/token?audience=sigstore');
    expect(runner.requests[0]?.headers.authorization).toBe('Bearer bearer-of-the-runner');
    await runner.stop();
  });
});

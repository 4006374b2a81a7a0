import { createHash, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { dsse } from '@sigstore/core';
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';
import type { Claims } from '../../src/sign/identity.ts';

export const repository = 'acme/mini-operator';
const workflow = `${repository}/.github/workflows/release.yml@refs/tags/v1.2.3`;
export const issuer = 'https://token.actions.githubusercontent.com';
/** As Fulcio writes it into the certificate. */
export const signer = `https://github.com/${workflow}`;

export const claims: Claims = {
  sub: `repo:${repository}:ref:refs/tags/v1.2.3`,
  iss: issuer,
  repository,
  repository_id: '4711',
  repository_owner_id: '42',
  ref: 'refs/tags/v1.2.3',
  event_name: 'push',
  workflow_ref: workflow,
  job_workflow_ref: workflow,
  runner_environment: 'github-hosted',
  run_id: '1001',
  run_attempt: '1',
};

export interface SigstoreStandIn {
  /** `127.0.0.1:<port>`, of all three: the runner's identities, Fulcio and Rekor. */
  readonly host: string;
  /** The variables by which the runner offers an identity, through another host when one is given. */
  identity(host?: string): Readonly<Record<string, string>>;
  /** What verifiers need to know of this Sigstore, in the form of its `trusted_root.json`. */
  readonly trustedRoot: object;
  /** Entries of the log. */
  entries(): number;
  /** What the next jobs are. */
  become(changed: Partial<Claims>): void;
  readonly requests: { readonly method: string; readonly path: string }[];
  stop(): Promise<void>;
}

interface Reply {
  readonly status: number;
  /** A text as it is, all else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();
const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/**
 * Fulcio and Rekor with the cryptography of @sigstore/mock, on loopback, and what of their behaviour a client has to cope with:
 * Fulcio wants the key proven, Rekor verifies what it logs, and refuses an entry that it has.
 */
export async function startSigstore(): Promise<SigstoreStandIn> {
  const [caKeys, logKeys, ctKeys] = [p256(), p256(), p256()];
  const ctLog = await initializeCTLog(ctKeys);
  const ca = await initializeCA(caKeys, ctLog);
  const log = await initializeTLog('http://rekor.test', logKeys);
  const fulcio = fulcioHandler(ca, { subjectClaim: 'san' });
  const bearer = 'runner-bearer';
  const entries = new Map<string, string>();
  const requests: SigstoreStandIn['requests'] = [];
  let job = claims;
  const rootPem = new X509Certificate(Buffer.from(ca.rootCertificate.buffer)).toString();

  async function answer(request: IncomingMessage, body: string): Promise<Reply> {
    const url = new URL(request.url ?? '/', 'http://x');
    const route = `${request.method ?? ''} ${url.pathname}`;
    requests.push({ method: request.method ?? '', path: url.pathname });
    if (route === 'GET /token') {
      if (request.headers.authorization !== `Bearer ${bearer}`) return { status: 401, body: { message: 'no' } };
      return { status: 200, body: { value: jwt({ ...job, aud: url.searchParams.get('audience') }) } };
    }
    if (route === 'GET /api/v2/trustBundle') return { status: 200, body: { chains: [{ certificates: [rootPem] }] } };
    if (route === 'POST /api/v2/signingCert') {
      if (!isProven(body)) return { status: 400, body: { code: 3, message: 'the key is not proven' } };
      const { statusCode, response } = await fulcio.fn(body);
      return { status: statusCode, body: response };
    }
    if (route === 'POST /api/v1/log/entries') return logged(body);
    const entry = entries.get(/^GET \/api\/v1\/log\/entries\/([0-9a-f]+)$/.exec(route)?.[1] ?? '');
    return entry === undefined
      ? { status: 404, body: { code: 404, message: 'not found' } }
      : { status: 200, body: entry };
  }

  async function logged(body: string): Promise<Reply> {
    const canonical = canonicalEntry(body);
    if (canonical === null) return { status: 400, body: { code: 400, message: 'the signature does not verify' } };
    const id = sha256(JSON.stringify(canonical)).toString('hex');
    const headers = { location: `/api/v1/log/entries/${id}` };
    if (entries.has(id)) {
      const message = 'an equivalent entry already exists in the transparency log';
      return { status: 409, body: { code: 409, message }, headers };
    }
    const [entry] = Object.values((await log.log(canonical)) as Readonly<Record<string, object>>);
    entries.set(id, JSON.stringify({ [id]: entry }));
    return { status: 201, body: { [id]: entry }, headers };
  }

  const server = createServer((request, out) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, Buffer.concat(chunks).toString()).then(
        (reply) => {
          out.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
          out.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
        },
        (error: unknown) => out.writeHead(500).end(String(error)),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const host = `127.0.0.1:${address.port}`;
  return {
    host,
    identity: (by = host) => ({
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://${by}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
    }),
    trustedRoot: trustedRoot({
      ca: Buffer.from(ca.rootCertificate.buffer),
      log: log.publicKey,
      ctLog: ctLog.publicKey,
    }),
    entries: () => entries.size,
    become: (changed) => void (job = { ...job, ...changed }),
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Nobody here verifies the signature of the token; GitHub's certificates carry the workflow, which is the claim `san`. */
function jwt(payload: Claims & { readonly aud: string | null }): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const san = `https://github.com/${payload.job_workflow_ref}`;
  return [part({ alg: 'RS256', typ: 'JWT' }), part({ ...payload, san }), 'c2lnbmF0dXJl'].join('.');
}

function isProven(body: string): boolean {
  const { credentials, publicKeyRequest } = JSON.parse(body) as {
    credentials: { oidcIdentityToken: string };
    publicKeyRequest: { publicKey: { content: string }; proofOfPossession: string };
  };
  const payload = credentials.oidcIdentityToken.split('.')[1] ?? '';
  const { sub, aud } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string; aud: string };
  const proof = Buffer.from(publicKeyRequest.proofOfPossession, 'base64');
  return aud === 'sigstore' && verify('sha256', Buffer.from(sub), publicKeyRequest.publicKey.content, proof);
}

/** What Rekor makes of a proposed `dsse` entry of version 0.0.1; null when the signature is wrong. */
function canonicalEntry(body: string): object | null {
  const proposed = JSON.parse(body) as {
    kind: string;
    apiVersion: string;
    spec: { proposedContent: { envelope: string; verifiers: [string] } };
  };
  const { envelope, verifiers } = proposed.spec.proposedContent;
  const { payload, payloadType, signatures } = JSON.parse(envelope) as {
    payload: string;
    payloadType: string;
    signatures: [{ sig: string }];
  };
  const bytes = Buffer.from(payload, 'base64');
  const [{ sig }] = signatures;
  const { publicKey } = new X509Certificate(Buffer.from(verifiers[0], 'base64'));
  if (!verify('sha256', dsse.preAuthEncoding(payloadType, bytes), publicKey, Buffer.from(sig, 'base64'))) return null;
  return {
    apiVersion: proposed.apiVersion,
    kind: proposed.kind,
    spec: {
      envelopeHash: { algorithm: 'sha256', value: sha256(envelope).toString('hex') },
      payloadHash: { algorithm: 'sha256', value: sha256(bytes).toString('hex') },
      signatures: [{ signature: sig, verifier: verifiers[0] }],
    },
  };
}

function trustedRoot(keys: { readonly ca: Buffer; readonly log: Buffer; readonly ctLog: Buffer }): object {
  const start = new Date(Date.now() - 3_600_000).toISOString();
  const logOf = (baseUrl: string, key: Buffer): object => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: key.toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start },
    },
    logId: { keyId: sha256(key).toString('base64') },
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [logOf('http://rekor.test', keys.log)],
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: 'http://fulcio.test',
        certChain: { certificates: [{ rawBytes: keys.ca.toString('base64') }] },
        validFor: { start },
      },
    ],
    ctlogs: [logOf('http://ctlog.test', keys.ctLog)],
    timestampAuthorities: [],
  };
}

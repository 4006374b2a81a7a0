import { createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { X509Certificate } from '@sigstore/core';
import type { Http } from '../net/types.ts';
import { messageOf } from '../errors.ts';
import type { Identity } from './identity.ts';
import { refusal, unreadable } from './reply.ts';

/** A short-lived certificate for a key that exists only in this process. */
export interface Certificate {
  readonly pem: string;
  readonly der: Buffer;
}

const service = 'Fulcio';

/**
 * The certificate that binds a key to the job's identity. The key is proven by a signature of the token's subject.
 * Errors: OR-SIGN-REFUSED, OR-SIGN-UNREACHABLE, OR-SIGN-CONTENT, OR-NET-UNREACHABLE.
 */
export async function certify(
  http: Http,
  base: string,
  identity: Identity,
  keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
): Promise<Certificate> {
  const reply = await http.send({
    method: 'POST',
    url: `${base}/api/v2/signingCert`,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      credentials: { oidcIdentityToken: identity.token },
      publicKeyRequest: {
        publicKey: { algorithm: 'ECDSA', content: keys.publicKey.export({ type: 'spki', format: 'pem' }) },
        proofOfPossession: sign('sha256', Buffer.from(identity.claims.sub), keys.privateKey).toString('base64'),
      },
    }),
    // A certificate more does no harm: what it signs is what counts.
    repeat: 'always',
  });
  if (reply.status !== 200 && reply.status !== 201) throw refusal(reply, service, 'certify the identity of the job');
  const [pem] = certificatesOf(reply.json());
  if (pem === undefined) throw unreadable(service, 'it holds no certificate');
  const parsed = parse(pem);
  const ours = keys.publicKey.export({ type: 'spki', format: 'der' });
  const theirs = createPublicKey({ key: parsed.publicKey, type: 'spki', format: 'der' });
  if (!theirs.export({ type: 'spki', format: 'der' }).equals(ours)) {
    throw unreadable(service, 'the certificate is not for the key that was sent');
  }
  return { pem, der: derOf(pem) };
}

/** The authority's own certificates, by which those that it gave are told from others. */
export async function authorities(http: Http, base: string): Promise<readonly X509Certificate[]> {
  const reply = await http.send({
    method: 'GET',
    url: `${base}/api/v2/trustBundle`,
    headers: { accept: 'application/json' },
    repeat: 'always',
  });
  if (reply.status !== 200) throw refusal(reply, service, 'show its own certificates');
  const body = reply.json();
  const chains = isObject(body) && Array.isArray(body['chains']) ? (body['chains'] as unknown[]) : [];
  return chains
    .flatMap((chain) =>
      isObject(chain) && Array.isArray(chain['certificates']) ? (chain['certificates'] as unknown[]) : [],
    )
    .filter((pem): pem is string => typeof pem === 'string')
    .map(parse);
}

/** With the certificate's timestamp of its log inside it, or beside it. */
function certificatesOf(body: unknown): readonly string[] {
  if (!isObject(body)) return [];
  const signed = body['signedCertificateEmbeddedSct'] ?? body['signedCertificateDetachedSct'];
  const chain = isObject(signed) ? signed['chain'] : null;
  const certificates = isObject(chain) ? chain['certificates'] : null;
  return Array.isArray(certificates) ? certificates.filter((pem): pem is string => typeof pem === 'string') : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function parse(pem: string): X509Certificate {
  try {
    return X509Certificate.parse(pem);
  } catch (error) {
    throw unreadable(service, `a certificate of it is none (${messageOf(error)})`);
  }
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}

import { generateKeyPairSync, sign } from 'node:crypto';
import { bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import type { Http } from '../net/types.ts';
import { certify } from './fulcio.ts';
import type { Identity } from './identity.ts';
import { logEnvelope } from './rekor.ts';
import { statementType } from './statement.ts';
import type { Statement } from './statement.ts';

/** Addresses without a slash at the end. */
export interface Sigstore {
  readonly fulcio: string;
  readonly rekor: string;
}

/**
 * Signs a statement without a key of one's own: a key for this one signature, certified for the identity of the job, and the
 * signature in the transparency log. The result is a Sigstore bundle, which holds all that is needed to verify it.
 */
export async function signStatement(
  http: Http,
  { fulcio, rekor }: Sigstore,
  identity: Identity,
  statement: Statement,
): Promise<Buffer> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await certify(http, fulcio, identity, keys);
  const payload = Buffer.from(JSON.stringify(statement));
  const bundle = toDSSEBundle({
    artifact: payload,
    artifactType: statementType,
    signature: sign('sha256', dsse.preAuthEncoding(statementType, payload), keys.privateKey),
    certificate: certificate.der,
    certificateChain: false,
  });
  const entry = await logEnvelope(http, rekor, bundle.content.dsseEnvelope, certificate.pem);
  bundle.verificationMaterial.tlogEntries.push(entry);
  return Buffer.from(JSON.stringify(bundleToJSON(bundle)));
}

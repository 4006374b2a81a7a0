import { createPublicKey, verify } from 'node:crypto';
import { bundleFromJSON, isBundleWithDsseEnvelope } from '@sigstore/bundle';
import type { BundleWithDsseEnvelope } from '@sigstore/bundle';
import { dsse, X509Certificate } from '@sigstore/core';
import { messageOf } from '../errors.ts';
import { statementType } from './statement.ts';
import type { Statement } from './statement.ts';

/** `Source Repository URI` of Fulcio's certificates: the repository that the job ran in. */
const sourceRepository = '1.3.6.1.4.1.57264.1.12';

/** What an attestation has to be to count as one that a run of this repository made. */
export interface Expected {
  /** `sha256:…` of what it is about. */
  readonly digest: string;
  readonly predicateType: string;
  /** `https://github.com/owner/name` */
  readonly repository: string;
  /** Certificates of the authority that the configuration names. */
  readonly authorities: readonly X509Certificate[];
}

/** The statement in a bundle, or why the bundle does not count: anybody who may push could have put it there. */
export function readAttestation(bytes: Buffer, expected: Expected): Statement | { readonly ignored: string } {
  try {
    const bundle = bundleFromJSON(JSON.parse(bytes.toString()));
    if (!isBundleWithDsseEnvelope(bundle)) return { ignored: 'it holds no statement' };
    const why = reasonAgainst(bundle, expected);
    if (why !== null) return { ignored: why };
    const statement = JSON.parse(bundle.content.dsseEnvelope.payload.toString()) as Statement;
    const [algorithm = '', hash = ''] = expected.digest.split(':');
    if (!statement.subject.some(({ digest }) => digest[algorithm] === hash)) {
      return { ignored: 'it is about something else' };
    }
    return statement.predicateType === expected.predicateType ? statement : { ignored: 'it says something else' };
  } catch (error) {
    return { ignored: `it cannot be read (${messageOf(error)})` };
  }
}

/**
 * The signature is that of the certificate, the certificate one of the authority, for this repository. The time of the log is
 * left to those who verify for good: cosign, gh.
 */
function reasonAgainst(bundle: BundleWithDsseEnvelope, { authorities, repository }: Expected): string | null {
  const { content } = bundle.verificationMaterial;
  if (content.$case !== 'certificate') return 'it is not signed with a certificate';
  const certificate = X509Certificate.parse(Buffer.from(content.certificate.rawBytes));
  const { payload, payloadType, signatures } = bundle.content.dsseEnvelope;
  const key = createPublicKey({ key: certificate.publicKey, type: 'spki', format: 'der' });
  const signature = signatures[0]?.sig ?? Buffer.alloc(0);
  if (payloadType !== statementType) return `it holds ${payloadType}`;
  if (!verify('sha256', dsse.preAuthEncoding(payloadType, payload), key, signature)) return 'its signature is wrong';
  if (!authorities.some((authority) => certificate.verify(authority))) return 'its certificate is from elsewhere';
  const from = certificate.extension(sourceRepository)?.valueObj.subs[0]?.value.toString() ?? 'no repository';
  return from === repository ? null : `it was made in ${from}`;
}

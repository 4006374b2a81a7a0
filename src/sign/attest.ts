import { Problem } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Http } from '../net/types.ts';
import { attach } from '../registry/attach.ts';
import { parseManifest } from '../registry/json.ts';
import type { Descriptor, Registry } from '../registry/types.ts';
import { signStatement } from './bundle.ts';
import type { Sigstore } from './bundle.ts';
import { readAttestation } from './existing.ts';
import type { Expected } from './existing.ts';
import { authorities } from './fulcio.ts';
import { requestIdentity } from './identity.ts';
import type { Claims } from './identity.ts';
import { statementOf } from './statement.ts';
import type { Statement } from './statement.ts';

/** Sigstore's own audience; Fulcio takes no token for another one. */
const audience = 'sigstore';
export const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** Bundles of any version. */
const bundleTypes = 'application/vnd.dev.sigstore.bundle';
const predicateKey = 'dev.sigstore.bundle.predicateType';

export interface AttestPorts {
  readonly http: Http;
  readonly registry: Registry;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Something to be said of a manifest in a registry. */
export interface Wish {
  /** `host[:port]/path` */
  readonly repository: string;
  readonly subject: Descriptor;
  readonly predicateType: string;
  /** Made only when there is none yet, and before the identity is asked for, which is valid for minutes. */
  readonly predicate: () => Predicate | Promise<Predicate>;
  /** Whether a statement that is there already says what is wanted. */
  readonly says: (statement: Statement) => boolean;
  /** `https://github.com/owner/name`, where statements have to come from. */
  readonly source: string;
}

/** What is said, completed by the job's identity. */
export type Predicate = (claims: Claims) => object;

export interface Attested {
  /** Of the manifest that holds it. */
  readonly digest: string;
  /** False when an earlier run had made it. */
  readonly written: boolean;
}

/**
 * A signed statement about a manifest, kept beside it in its repository: found, or else signed, attached and read back as one that counts.
 * Errors: those of the registry, OR-SIGN-IDENTITY, OR-SIGN-REFUSED, OR-SIGN-UNREACHABLE, OR-SIGN-CONTENT.
 */
export async function ensureAttestation(ports: AttestPorts, sigstore: Sigstore, wish: Wish): Promise<Attested> {
  const there = await findAttestation(ports, sigstore, wish);
  if (there !== null) return { digest: there, written: false };
  const { http, registry, env } = ports;
  const predicate = await wish.predicate();
  const identity = await requestIdentity(http, env, audience);
  const { repository, subject, predicateType } = wish;
  const statement = statementOf(repository, subject.digest, predicateType, predicate(identity.claims));
  const bytes = await signStatement(http, sigstore, identity, statement);
  const digest = await attach(registry, repository, subject, {
    artifactType: bundleType,
    bytes,
    annotations: { 'dev.sigstore.bundle.content': 'dsse-envelope', [predicateKey]: predicateType },
  });
  const back = await readBack(registry, wish, digest, await authorities(http, sigstore.fulcio));
  if ('ignored' in back) {
    throw new Problem(
      'OR-SIGN-CONTENT',
      `what was attached to ${repository}@${subject.digest} does not count: ${back.ignored}`,
      {
        hint: `its certificate has to be for a job of ${wish.source}, and by the Fulcio that gave it`,
      },
    );
  }
  return { digest, written: true };
}

/** The digest of an attestation that says what is wanted; null when there is none. */
async function findAttestation(
  { http, registry, log }: AttestPorts,
  sigstore: Sigstore,
  wish: Wish,
): Promise<string | null> {
  const { repository, subject, predicateType } = wish;
  const { manifests } = await registry.listReferrers(repository, subject.digest);
  // Some clients lose the annotations on their way into a fallback tag, some registries the type of the artifact.
  const candidates = manifests.filter(({ artifactType, annotations }) => {
    const said = annotations[predicateKey];
    return said === undefined ? artifactType.startsWith(bundleTypes) : said === predicateType;
  });
  if (candidates.length === 0) return null;
  const known = await authorities(http, sigstore.fulcio);
  for (const { digest } of candidates) {
    const back = await readBack(registry, wish, digest, known);
    if ('ignored' in back) log.info(`${repository}@${digest} does not count: ${back.ignored}`);
    else if (wish.says(back)) return digest;
  }
  return null;
}

/** What an attestation in the registry says, or why it does not count. */
async function readBack(
  registry: Registry,
  { repository, subject, predicateType, source }: Wish,
  digest: string,
  known: Expected['authorities'],
): Promise<ReturnType<typeof readAttestation>> {
  const manifest = await registry.getManifest(repository, digest);
  const [layer] = manifest === null ? [] : parseManifest(manifest.bytes, `${repository}@${digest}`).layers;
  if (layer === undefined) return { ignored: 'it is not there, or empty' };
  const bytes = await registry.getBlobBytes(repository, layer);
  return readAttestation(bytes, { digest: subject.digest, predicateType, repository: source, authorities: known });
}

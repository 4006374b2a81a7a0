import { messageOf, Problem } from '../errors.ts';
import { spdxOf } from '../image/sbom.ts';
import type { SigningPlan } from '../plan/types.ts';
import type { Descriptor } from '../registry/types.ts';
import { ensureAttestation } from '../sign/attest.ts';
import type { Attested, Wish } from '../sign/attest.ts';
import { hasIdentity, permissionHint } from '../sign/identity.ts';
import { commitsOf, provenance, provenanceType, spdxType } from '../sign/statement.ts';
import { imageOf } from './image-of.ts';
import type { StageContext } from './types.ts';

type Publishing = StageContext<'publish-image'> | StageContext<'publish-chart'>;
type Signed = Extract<SigningPlan, { readonly sign: true }>;

/** A manifest that is in the registry already and has no public name yet. */
export interface Unnamed {
  readonly repository: string;
  readonly manifest: Descriptor;
  /** The tag that it was found under; null for what this run has made. */
  readonly promotedFrom: string | null;
}

export interface Signing {
  /** What is signed: what an earlier run has signed is found, the rest signed now. Null when this run signs nothing. */
  readonly plan: Signed | null;
  /** A word for the stage's note. */
  readonly note: string;
}

/** Whether a publishing stage signs; it says in its log why not. */
export function signingOf({ log, plan, ports }: Publishing): Signing {
  const { signing } = plan;
  if (!signing.sign) {
    log.info(`not signed: ${signing.reason}`);
    return { plan: null, note: 'not signed' };
  }
  if (!signing.required && !hasIdentity(ports.env)) {
    log.info(`not signed: the job has no identity; for signed provenance ${permissionHint}`);
    return { plan: null, note: 'not signed (no id-token)' };
  }
  return { plan: signing, note: 'signed' };
}

/** Signed SLSA provenance. Errors: see `ensureAttestation`. */
export async function attestProvenance(context: Publishing, signing: Signed, unnamed: Unnamed): Promise<void> {
  const { log, operator, plan } = context;
  const { event } = plan;
  const ref = operator.release === null ? event.ref : `refs/tags/${operator.release.tag}`;
  const { promotedFrom } = unnamed;
  const source = { server: serverOf(context), repository: event.repository, ref, commit: event.sha, promotedFrom };
  const attested = await ensure(context, signing, unnamed, {
    predicateType: provenanceType,
    predicate: () => (claims) => provenance(source, claims),
    says: ({ predicate }) => commitsOf(predicate).includes(event.sha),
  });
  const name = `${unnamed.repository}@${unnamed.manifest.digest}`;
  log.info(`${name}: provenance ${attested.written ? 'signed' : 'was signed already'}, ${attested.digest}`);
  // Without a public name there is nothing for a user to verify yet.
  if (context.task.candidate === null) {
    context.publish({ operator: operator.name, kind: 'attestation', name, ...attested });
  }
}

/**
 * A signed SBOM of the operator's image; with `sign.sbom: auto` the log says why there is none. Returns whether there is one.
 * Errors: OR-SBOM, those of finding syft, and see `ensureAttestation`.
 */
export async function attestSbom(
  context: StageContext<'publish-image'>,
  signing: Signed,
  unnamed: Unnamed,
): Promise<boolean> {
  if (signing.sbom === 'off') return false;
  const { log } = context;
  try {
    const attested = await ensure(context, signing, unnamed, {
      predicateType: spdxType,
      predicate: async () => {
        context.progress('syft');
        const document = await spdxOf(context, await imageOf(context), unnamed.repository).catch((error: unknown) => {
          throw new NoSbom('no SBOM', { cause: error });
        });
        return () => document;
      },
      says: () => true,
    });
    log.info(`SBOM ${attested.written ? 'signed' : 'was signed already'}, ${attested.digest}`);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof NoSbom)) throw thrown;
    if (signing.sbom === 'required' || !(thrown.cause instanceof Problem)) throw thrown.cause;
    log.warn(`no SBOM: ${messageOf(thrown.cause)}`);
    return false;
  }
}

/** That there is none is not always an error, other than what goes wrong with signing it. */
class NoSbom extends Error {}

function ensure(
  context: Publishing,
  sigstore: Signed,
  { repository, manifest }: Unnamed,
  statement: Pick<Wish, 'predicateType' | 'predicate' | 'says'>,
): Promise<Attested> {
  const { http, log, plan, ports, registry } = context;
  context.progress(`signing ${repository}@${manifest.digest}`);
  const source = `${serverOf({ ports })}/${plan.event.repository}`;
  const wish = { repository, subject: manifest, source, ...statement };
  return ensureAttestation({ http, registry, log, env: ports.env }, sigstore, wish);
}

function serverOf({ ports }: Pick<Publishing, 'ports'>): string {
  return ports.env['GITHUB_SERVER_URL'] ?? 'https://github.com';
}

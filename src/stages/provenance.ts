import type { Descriptor } from '../registry/types.ts';
import type { Sigstore } from '../sign/bundle.ts';
import { ensureAttestation } from '../sign/attest.ts';
import { hasIdentity, permissionHint } from '../sign/identity.ts';
import { commitsOf, provenance, provenanceType } from '../sign/statement.ts';
import type { StageContext } from './types.ts';

type Publishing = StageContext<'publish-image'> | StageContext<'publish-chart'>;

/** A manifest that is in the registry already and has no public name yet. */
export interface Unnamed {
  readonly repository: string;
  readonly manifest: Descriptor;
  /** The tag that it was found under; null for what this run has made. */
  readonly promotedFrom: string | null;
}

export interface Signing {
  /**
   * Signed provenance: what an earlier run has signed is found, the rest signed now. Null when this run signs nothing.
   * Errors: see `ensureAttestation`.
   */
  readonly attest: ((unnamed: Unnamed) => Promise<void>) | null;
  /** A word for the stage's note. */
  readonly note: string;
}

/** Whether a publishing stage signs, and how; it says in its log why not. */
export function signingOf(context: Publishing): Signing {
  const { log, plan, ports } = context;
  const { signing } = plan;
  if (!signing.sign) {
    log.info(`not signed: ${signing.reason}`);
    return { attest: null, note: 'not signed' };
  }
  if (!signing.required && !hasIdentity(ports.env)) {
    log.info(`not signed: the job has no identity; for signed provenance ${permissionHint}`);
    return { attest: null, note: 'not signed (no id-token)' };
  }
  return { attest: (unnamed) => attest(context, signing, unnamed), note: 'signed' };
}

async function attest(context: Publishing, sigstore: Sigstore, unnamed: Unnamed): Promise<void> {
  const { http, log, operator, plan, ports, registry } = context;
  const { repository, manifest, promotedFrom } = unnamed;
  const name = `${repository}@${manifest.digest}`;
  context.progress(`signing ${name}`);
  const server = ports.env['GITHUB_SERVER_URL'] ?? 'https://github.com';
  const { event } = plan;
  const ref = operator.release === null ? event.ref : `refs/tags/${operator.release.tag}`;
  const source = { server, repository: event.repository, ref, commit: event.sha, promotedFrom };
  const attested = await ensureAttestation({ http, registry, log, env: ports.env }, sigstore, {
    repository,
    subject: manifest,
    predicateType: provenanceType,
    predicate: (claims) => provenance(source, claims),
    says: ({ predicate }) => commitsOf(predicate).includes(event.sha),
    source: `${server}/${event.repository}`,
  });
  log.info(`${name}: provenance ${attested.written ? 'signed' : 'was signed already'}, ${attested.digest}`);
  // Without a public name there is nothing for a user to verify yet.
  if (context.task.candidate === null) {
    context.publish({ operator: operator.name, kind: 'attestation', name, ...attested });
  }
}

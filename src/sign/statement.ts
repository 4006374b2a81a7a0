import type { Claims } from './identity.ts';

/** DSSE's type of an in-toto statement. */
export const statementType = 'application/vnd.in-toto+json';
export const provenanceType = 'https://slsa.dev/provenance/v1';
export const spdxType = 'https://spdx.dev/Document';

/** An in-toto statement, version 1: something said of one digest. */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly { readonly name: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly predicateType: string;
  readonly predicate: object;
}

/** What was built, from what. */
export interface Source {
  /** `https://github.com` */
  readonly server: string;
  /** `owner/name` */
  readonly repository: string;
  readonly ref: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** The tag in the registry from which a tested image was taken instead of being built; null for one that this run made. */
  readonly promotedFrom: string | null;
}

export function statementOf(name: string, digest: string, predicateType: string, predicate: object): Statement {
  const [algorithm = '', hash = ''] = digest.split(':');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { [algorithm]: hash } }],
    predicateType,
    predicate,
  };
}

/**
 * SLSA provenance, version 1, with GitHub's own build type, so that what reads GitHub's attestations reads these. All that is
 * said of the workflow comes from the signed identity of the job.
 */
export function provenance(source: Source, claims: Claims): object {
  const { server, commit, ref, promotedFrom } = source;
  const repository = `${server}/${source.repository}`;
  const [workflow = '', workflowRef = ''] = claims.workflow_ref.split('@');
  return {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {
        workflow: {
          ref: workflowRef,
          repository: `${server}/${claims.repository}`,
          path: workflow.split('/').slice(2).join('/'),
        },
      },
      internalParameters: {
        github: {
          event_name: claims.event_name,
          repository_id: claims.repository_id,
          repository_owner_id: claims.repository_owner_id,
          runner_environment: claims.runner_environment,
        },
        ...(promotedFrom === null ? {} : { promotedFrom }),
      },
      resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: commit } }],
    },
    runDetails: {
      builder: { id: `${server}/${claims.job_workflow_ref}` },
      metadata: {
        invocationId: `${server}/${claims.repository}/actions/runs/${claims.run_id}/attempts/${claims.run_attempt}`,
      },
    },
  };
}

/** The commits that a provenance names. */
export function commitsOf(predicate: unknown): readonly string[] {
  const dependencies = at(at(predicate, 'buildDefinition'), 'resolvedDependencies');
  if (!Array.isArray(dependencies)) return [];
  return dependencies
    .map((dependency: unknown) => at(at(dependency, 'digest'), 'gitCommit'))
    .filter((commit): commit is string => typeof commit === 'string');
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

import type { Artifacts } from '../stages/types.ts';
import type { OperatorPlan, Plan } from '../plan/types.ts';

/**
 * `release.json`: what a release consists of, by digest. Holds no clock and nothing of the run, so that a re-run writes the
 * same bytes; a re-run, a rollback or a promotion can be driven from it.
 */
export interface Receipt {
  readonly schema: 1;
  readonly repository: string;
  readonly tag: string;
  readonly version: string;
  /** 40 hex digits. */
  readonly commit: string;
  readonly operators: readonly ReceiptOperator[];
}

interface ReceiptOperator {
  readonly name: string;
  readonly image: {
    readonly repository: string;
    readonly digest: string;
    readonly platforms: readonly string[];
    /** The tags that never move. */
    readonly tags: readonly string[];
  } | null;
  readonly chart: {
    readonly repository: string;
    readonly version: string;
    /** Of the manifest in the registry. */
    readonly digest: string;
    /** Of the packed file, in hex. */
    readonly sha256: string;
  } | null;
}

export function receiptOf(
  plan: Plan,
  tag: string,
  version: string,
  operators: readonly {
    readonly operator: OperatorPlan;
    readonly artifacts: Artifacts;
    readonly digest: string | null;
  }[],
): Receipt {
  return {
    schema: 1,
    repository: plan.event.repository,
    tag,
    version,
    commit: plan.event.sha,
    operators: operators.map(({ operator, artifacts, digest }) => ({
      name: operator.name,
      image:
        operator.image === null || digest === null
          ? null
          : {
              repository: operator.image.repository,
              digest,
              platforms: operator.image.platforms,
              tags: operator.image.tags.filter((each) => !each.moving).map((each) => each.tag),
            },
      chart:
        operator.chart === null || artifacts.chart === undefined || artifacts.chartDigest === undefined
          ? null
          : {
              repository: operator.chart.repository,
              version: operator.chart.version,
              digest: artifacts.chartDigest,
              sha256: artifacts.chart.sha256,
            },
    })),
  };
}

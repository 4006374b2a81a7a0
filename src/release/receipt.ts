import type * as v from 'valibot';
import type { DeepReadonly } from '../config/types.ts';
import type { Artifacts } from '../stages/types.ts';
import type { OperatorPlan, Plan } from '../plan/types.ts';
import { inspectImage } from '../registry/inspect.ts';
import { isAttestation, isIndex, parseIndex, printPlatform } from '../registry/json.ts';
import type { Manifest, Registry } from '../registry/types.ts';
import type { receiptSchema } from './receipt-schema.ts';

/** Name of the asset that holds it. */
export const receiptName = 'release.json';

/** `release.json`: what a release consists of, by digest. */
export type Receipt = DeepReadonly<v.InferOutput<typeof receiptSchema>>;

/** What was published of one operator. */
export interface ReceiptPart {
  readonly operator: OperatorPlan;
  readonly artifacts: Artifacts;
  /** Null when there is no image in the registry. */
  readonly image: {
    readonly digest: string;
    readonly platforms: readonly string[];
    /** Those of the plan's tags that never move and stand for the digest: where the image is not published, none need be set. */
    readonly tags: readonly string[];
  } | null;
}

export function receiptOf(plan: Plan, tag: string, version: string, parts: readonly ReceiptPart[]): Receipt {
  return {
    schema: 1,
    repository: plan.event.repository,
    tag,
    version,
    commit: plan.event.sha,
    operators: parts.map(({ operator, artifacts, image }) => ({
      name: operator.name,
      image:
        operator.image === null || image === null
          ? null
          : {
              repository: operator.image.repository,
              digest: image.digest,
              platforms: [...image.platforms],
              tags: [...image.tags],
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

/**
 * What a published image runs on, as its index says: what was promoted may have been built by another run, for other
 * platforms than the plan of this one. Errors: OR-REGISTRY-*.
 */
export async function publishedPlatforms(
  registry: Registry,
  repository: string,
  manifest: Manifest,
): Promise<readonly string[]> {
  const { digest } = manifest;
  if (!isIndex(manifest.mediaType)) {
    return (await inspectImage(registry, repository, digest)).platforms.map(({ platform }) => platform);
  }
  const entries = parseIndex(manifest.bytes, `${repository}@${digest}`);
  return entries.flatMap((entry) =>
    isAttestation(entry) || entry.platform === null ? [] : [printPlatform(entry.platform)],
  );
}

import pLimit from 'p-limit';
import type { Config } from '../config/types.ts';
import type { Inputs } from '../inputs.ts';
import { imageRepository } from '../plan/names.ts';
import { releasesOf } from '../plan/releases.ts';
import type { Subjects } from '../plan/subjects.ts';
import type { EventKind } from '../plan/types.ts';
import type { Registry } from '../registry/types.ts';
import { commitImageTag } from '../version/branch-tags.ts';
import { versionTag } from '../version/oci-tag.ts';
import { lastRelease } from '../version/previous.ts';
import type { Git } from './git.ts';
import { promotableDigest } from './promotable.ts';
import type { Facts, OperatorHistory } from './types.ts';

/** Events that may publish; the others have no use for what was published, and a laptop may be offline. */
const publishers: ReadonlySet<EventKind> = new Set(['push', 'tag', 'workflow_dispatch']);
/** Look-ups in the registry at the same time. */
const atOnce = 16;

/** What was released and published of each operator that the run is about. Errors: OR-REGISTRY-*. */
export async function readHistories(
  { git, registry }: { readonly git: Git; readonly registry: Registry },
  inputs: Inputs,
  config: Config,
  facts: Pick<Facts, 'event' | 'operators' | 'tags' | 'elsewhere' | 'releasedTags'>,
  { operators, release, reader }: Subjects,
  repository: string,
): Promise<ReadonlyMap<string, OperatorHistory>> {
  const releases = releasesOf(facts.operators, facts, reader);
  const lastTags = new Map(
    operators.map(({ facts: { name } }) => [name, lastRelease(releases.of(name, null).released)?.tag ?? null]),
  );
  const exact = release === null ? [] : [versionTag(release.version, config.tags.prefix ?? 'v')];
  const tags = [...exact, commitImageTag(facts.event.sha)];
  const limit = pLimit(atOnce);
  const [counts, promotable] = await Promise.all([
    release === null ? countCommits(git, [...lastTags.values()]) : null,
    Promise.all(
      operators.map(async ({ facts: operator }) => {
        const image = imageRepository(inputs, config, operator, repository);
        if (image === null || !publishers.has(facts.event.kind)) return null;
        return limit(() => promotableDigest(registry, image, tags, facts.event.sha));
      }),
    ),
  ]);
  return new Map(
    operators.map(({ facts: { name } }, index) => [
      name,
      { commits: counts?.get(lastTags.get(name) ?? null) ?? null, promotable: promotable[index] ?? null },
    ]),
  );
}

/** Commits since each tag, or since the beginning for null, fetched deeper once where the clone is shallow. */
async function countCommits(
  git: Git,
  tags: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, number | null>> {
  if (tags.length > 0 && (await git.isShallow())) await git.tryDeepen();
  const refs = [...new Set(tags)].map((tag) => ({ tag, base: tag === null ? null : `refs/tags/${tag}` }));
  const counts = await git.tryCountEachSince(refs.map(({ base }) => base));
  return new Map(refs.map(({ tag, base }) => [tag, counts.get(base) ?? null]));
}

import type { Config } from '../config/types.ts';
import type { Facts } from '../facts/types.ts';
import { isLatestRelease } from '../version/latest.ts';
import type { LatestDecision } from '../version/latest.ts';
import { decidesAll, publications } from '../version/published.ts';
import type { PublicationFacts, Publications } from '../version/published.ts';
import type { ReleasedVersion } from '../version/released.ts';
import type { TagReader } from '../version/tag-reader.ts';
import { compareTotal, isPrerelease } from '../version/version.ts';
import type { ReleaseSubject, Subjects } from './subjects.ts';

const none = { released: [], unreleased: [] };

/** Which versions of the operators are released, by what GitHub knows at some moment. */
export function releasesOf(operators: Facts['operators'], now: PublicationFacts, reader: TagReader): Publications {
  const without = operators.filter(({ settings }) => settings.release?.enabled === false).map(({ name }) => name);
  return publications(now, reader, new Set(without));
}

/** Whether the releases seen so far, some of them all, are enough to decide about what a run is for. */
export function decides(
  { operators, release, reader }: Subjects,
  seen: PublicationFacts & { readonly releasedTags: readonly string[] },
): boolean {
  const names = release?.operators ?? operators.map(({ facts }) => facts.name);
  return decidesAll(seen, reader, names, release?.version ?? null);
}

export interface LatestHolding extends LatestDecision {
  /** Git tag of the higher release that stays the latest one; null when there is none, or this one never could be it. */
  readonly holder: string | null;
  /** Whether a higher version is tagged, so that its release may be published at any moment. */
  readonly isContested: boolean;
}

/** Whether a release becomes the repository's "Latest" one. */
export function latestOf(
  config: Config,
  operators: Facts['operators'],
  { version, operators: named }: ReleaseSubject,
  releases: Publications,
): LatestHolding {
  const [only, ...others] = operators;
  const primary = config.primary ?? (only !== undefined && others.length === 0 ? only.name : null);
  const { released, unreleased } = primary === null ? none : releases.of(primary, version);
  const isHigher = (other: ReleasedVersion): boolean =>
    !isPrerelease(other.version) && compareTotal(other.version, version) > 0;
  const mayBe = primary !== null && named.includes(primary) && !isPrerelease(version);
  return {
    ...isLatestRelease({ version, operators: named, primary, released: released.map((other) => other.version) }),
    holder: mayBe ? (released.findLast(isHigher)?.tag ?? null) : null,
    isContested: unreleased.some(isHigher),
  };
}

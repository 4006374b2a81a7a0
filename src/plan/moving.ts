import type { Config } from '../config/types.ts';
import type { Inputs } from '../inputs.ts';
import { holdersOf } from '../version/image-tags.ts';
import { versionTag } from '../version/oci-tag.ts';
import type { PublicationFacts } from '../version/published.ts';
import { decides, latestOf, releasesOf } from './releases.ts';
import type { LatestHolding } from './releases.ts';
import { selectSubjects } from './subjects.ts';
import type { SubjectFacts } from './subjects.ts';

/** Who holds a moving tag of an image; in image tags that never move. */
export interface Holding {
  readonly tag: string;
  readonly isOurs: boolean;
  /** Of the version whose the tag is: ours, or a higher one that is released. */
  readonly holder: string;
  /** Of higher versions that are tagged and not released, highest first: the tag may be theirs already, or soon. */
  readonly rivals: readonly string[];
}

/** Where the release of a run stands among the others at some moment. */
export interface Standing {
  /** Whether the releases seen so far, some of them all, are enough to tell. */
  isDecided(seen: PublicationFacts & { readonly releasedTags: readonly string[] }): boolean;
  /** Every moving tag that is for versions like ours. */
  holdings(operator: string, now: PublicationFacts): readonly Holding[];
  /** Who is GitHub's "Latest". */
  latest(now: PublicationFacts): LatestHolding;
}

/**
 * Decides again who holds the names that move, from what GitHub knows right before they are moved: other releases may have
 * been published since the plan was made. Pure. A run that releases nothing stands nowhere.
 */
export function createStanding(inputs: Inputs, config: Config, facts: SubjectFacts): Standing {
  const subjects = selectSubjects(inputs, config, facts);
  const { release, reader } = subjects;
  const prefix = config.tags.prefix ?? 'v';
  const latest = config.tags.latest ?? 'branch';
  return {
    isDecided: (seen) => decides(subjects, seen),
    holdings: (operator, now) => {
      if (release === null) return [];
      const { version } = release;
      const { released, unreleased } = releasesOf(facts.operators, now, reader).of(operator, version);
      const others = {
        released: released.map((other) => other.version),
        unreleased: unreleased.map((other) => other.version),
      };
      return holdersOf({ version, ...others, prefix, latest }).map(({ tag, holder, rivals }) => ({
        tag,
        isOurs: holder === version,
        holder: versionTag(holder, prefix),
        rivals: rivals.map((rival) => versionTag(rival, prefix)),
      }));
    },
    latest: (now) => {
      if (release === null) return { makeLatest: false, reason: 'no release', holder: null, isContested: false };
      const releases = releasesOf(facts.operators, now, reader);
      return latestOf(config, facts.operators, release, releases);
    },
  };
}

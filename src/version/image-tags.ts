import type { ImagePlan, TagPlan } from '../plan/types.ts';
import { checkTagPrefix, versionTag } from './oci-tag.ts';
import { channelOf, compareTotal, isPrerelease, type Version } from './version.ts';

/** Who moves `latest`: the newest tested build of the default branch, or the highest stable release. */
export type LatestPolicy = 'branch' | 'release';

/** The tags of one image, in the order in which they are set, and those withheld. */
export type ImageTags = Pick<ImagePlan, 'tags' | 'skippedTags'>;

/**
 * Channels that have a tag. The list is closed, so that a branch build and a pre-release can never write the same tag:
 * a branch called `next` or `dev` is common, and `1.0.0-next.1` must not take its name.
 */
export const channelTags: readonly string[] = ['alpha', 'beta', 'pre', 'preview', 'rc'];

/** A moving tag that this version would take when it is the highest of `among`, or never takes (`withheld`). */
interface Candidate {
  readonly tag: string;
  readonly of: string;
  readonly among: (version: Version) => boolean;
  readonly withheld?: string;
}

/** What the image tags of a release depend on. */
export interface ReleaseOptions {
  readonly version: Version;
  /** The operator's versions so far, in any order, with or without this one (a re-run). */
  readonly released: readonly Version[];
  /** Versions that are tagged and that nobody got; they hold no tag. */
  readonly unreleased?: readonly Version[];
  readonly prefix?: string;
  readonly latest: LatestPolicy;
}

/**
 * The image tags of a release: the exact version first, then the moving ones from narrow to wide, `latest` last.
 * Throws `OR-CONFIG-TAG-PREFIX` and `OR-VERSION-TOO-LONG`.
 */
export function releaseImageTags(options: ReleaseOptions): ImageTags {
  const { version, unreleased = [], prefix = 'v', latest } = options;
  checkTagPrefix(prefix);
  const tags: TagPlan[] = [{ tag: versionTag(version, prefix), moving: false, reason: exactReason(version) }];
  const skippedTags: { tag: string; reason: string }[] = [];
  for (const candidate of candidates(version, prefix, latest)) {
    const { tag, withheld } = candidate;
    if (withheld !== undefined) {
      skippedTags.push({ tag, reason: withheld });
      continue;
    }
    const top = highestOf(version, options.released, candidate.among);
    if (top === version) {
      const above = highestOf(version, unreleased, candidate.among);
      const tagged = above === version ? '' : `; ${prefix}${above.text} is tagged, but not released`;
      tags.push({ tag, moving: true, reason: `highest ${candidate.of}${tagged}` });
    } else {
      skippedTags.push({ tag, reason: `${tag} stays on ${prefix}${top.text} (higher)` });
    }
  }
  return { tags, skippedTags };
}

/** Who holds a moving tag that a version may take. */
export interface Holder {
  readonly tag: string;
  /** The highest released version, or this one; the tag is its. */
  readonly holder: Version;
  /** Higher versions that are tagged and not released yet, highest first: the tag may be theirs in a moment. */
  readonly rivals: readonly Version[];
}

/** Of each moving tag that is for versions like this one, who holds it. */
export function holdersOf({ version, released, unreleased = [], prefix = 'v', latest }: ReleaseOptions): Holder[] {
  return candidates(version, prefix, latest).flatMap(({ tag, withheld, among }) => {
    if (withheld !== undefined) return [];
    const rivals = unreleased.filter((other) => among(other) && compareTotal(other, version) > 0);
    const holder = highestOf(version, released, among);
    return [{ tag, holder, rivals: rivals.sort((a, b) => compareTotal(b, a)) }];
  });
}

/** `version` itself where no other is higher. Without lists in between: this runs for every operator over all tags. */
function highestOf(version: Version, released: readonly Version[], among: (version: Version) => boolean): Version {
  let top = version;
  for (const other of released) if (among(other) && compareTotal(other, top) > 0) top = other;
  return top;
}

function exactReason(version: Version): string {
  const exact = 'the version itself, never moves';
  return version.build.length === 0 ? exact : `${exact}; "_" stands for "+", which a tag cannot hold`;
}

function candidates(version: Version, prefix: string, latest: LatestPolicy): Candidate[] {
  const { major, minor } = version;
  const line = `${major}.${minor}`;
  const moving: Candidate[] = [
    { tag: prefix + line, of: `stable of ${line}`, among: (v) => v.major === major && v.minor === minor },
    { tag: `${prefix}${major}`, of: `stable of ${major}`, among: (v) => v.major === major },
    { tag: 'stable', of: 'stable of all', among: () => true },
    { tag: 'latest', of: 'stable of all (tags.latest: release)', among: () => true },
  ];
  const own = moving.map(({ tag, of, among }) => {
    const withheld = withheldReason(tag, version, prefix, latest);
    const stable: Candidate = { tag, of, among: (v) => !isPrerelease(v) && among(v) };
    return withheld === null ? stable : { ...stable, withheld };
  });
  return [...channelCandidate(version), ...own];
}

function withheldReason(tag: string, version: Version, prefix: string, latest: LatestPolicy): string | null {
  if (tag === 'latest' && latest === 'branch') return 'latest follows the default branch (tags.latest: branch)';
  if (tag === `${prefix}0`) return `major version 0 may break with every minor: no ${tag}`;
  return isPrerelease(version) ? `pre-releases never move ${tag}` : null;
}

function channelCandidate(version: Version): Candidate[] {
  const channel = channelOf(version);
  // `1.0.0-latest.1`: the tag of that name is decided below, as for every version.
  if (channel === null || channel === 'latest' || channel === 'stable') return [];
  const candidate = { tag: channel, of: `of channel ${channel}`, among: (v: Version) => channelOf(v) === channel };
  if (channelTags.includes(channel)) return [candidate];
  return [{ ...candidate, withheld: `only the channels ${channelTags.join(', ')} have a tag of their own` }];
}

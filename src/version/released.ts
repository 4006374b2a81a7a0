import type { TagReader } from './tag-reader.ts';
import { compareTotal, type Version } from './version.ts';

export interface ReleasedVersion {
  readonly version: Version;
  /** The git tag, without `refs/tags/`. */
  readonly tag: string;
}

/** Released versions by operator, read from all tags of a repository once. */
export interface ReleaseIndex {
  /** Ascending, each version once; bare tags of a monorepo count for every operator. */
  of(operator: string): readonly ReleasedVersion[];
}

interface Found extends ReleasedVersion {
  /** Of the pattern that the tag fits. */
  readonly rank: number;
}

/** Sorts tags by operator. The time grows with the tags and not with tags times operators. */
export function indexReleases(tags: Iterable<string>, reader: TagReader): ReleaseIndex {
  const own = new Map<string, Found[]>();
  const common: Found[] = [];
  for (const tag of tags) {
    const release = reader.release(tag);
    if (release === null) continue;
    const found = { version: release.version, tag, rank: release.pattern.rank };
    if (release.lockstep) common.push(found);
    else for (const operator of release.operators) add(own, operator, found);
  }
  common.sort(byVersionThenRank);
  const shared = once(common);
  const merged = new Map<string, readonly ReleasedVersion[]>();
  return {
    of(operator) {
      const mine = own.get(operator);
      if (mine === undefined) return shared;
      const known = merged.get(operator);
      if (known !== undefined) return known;
      const list = once(merge(common, mine.sort(byVersionThenRank)));
      merged.set(operator, list);
      return list;
    },
  };
}

/** The released versions of one operator; where several are asked for, `indexReleases` once. */
export function releasedVersions(
  tags: Iterable<string>,
  reader: TagReader,
  operator: string,
): readonly ReleasedVersion[] {
  return indexReleases(tags, reader).of(operator);
}

function add(lists: Map<string, Found[]>, operator: string, found: Found): void {
  const list = lists.get(operator);
  if (list === undefined) lists.set(operator, [found]);
  else list.push(found);
}

function byVersionThenRank(a: Found, b: Found): number {
  return compareTotal(a.version, b.version) || a.rank - b.rank;
}

/** Two sorted lists as one. Sorting them anew would cost most of a plan where many operators share many bare tags. */
function merge(left: readonly Found[], right: readonly Found[]): Found[] {
  const all: Found[] = [];
  let at = 0;
  for (const found of right) {
    for (let next = left[at]; next !== undefined && byVersionThenRank(next, found) <= 0; next = left[++at])
      all.push(next);
    all.push(found);
  }
  return all.concat(left.slice(at));
}

/** Of a sorted list, the first entry of each version. */
function once(sorted: readonly Found[]): readonly ReleasedVersion[] {
  return sorted.filter(({ version }, at) => sorted[at - 1]?.version.text !== version.text);
}

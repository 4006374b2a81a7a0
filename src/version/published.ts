import { previousVersion } from './previous.ts';
import { indexReleases } from './released.ts';
import type { ReleasedVersion, ReleaseIndex } from './released.ts';
import type { TagReader } from './tag-reader.ts';
import { compareTotal, type Version } from './version.ts';

/** The version tags of an operator, both lists ascending, each version once. */
export interface Releases {
  /** What people got. */
  readonly released: readonly ReleasedVersion[];
  /** Tagged only: a run that failed, or one that is on its way. */
  readonly unreleased: readonly ReleasedVersion[];
}

export interface Publications {
  /** `except`: a version that does not count, the one that the run is about. */
  of(operator: string, except: Version | null): Releases;
}

/** What tells a tag that released something from one whose run failed. */
export interface PublicationFacts {
  /** Every git tag. */
  readonly tags: readonly string[];
  /** Git tags of published GitHub Releases; null where nobody knows them. */
  readonly releasedTags: readonly string[] | null;
  /** Git tags that a branch build does not come after: they tell what releases are, and are none themselves. */
  readonly elsewhere?: ReadonlySet<string>;
}

const nowhere: ReadonlySet<string> = new Set();

/**
 * Which version tags are releases. Of an operator whose releases this action publishes, those with a published GitHub
 * Release, and besides all tags below the lowest of these: a project that begins to use GitHub Releases has released
 * before. So a tag counts by itself only where no other of the operator's tags has a GitHub Release, where the operator
 * makes none (`withoutReleases`), or where GitHub was not asked. The version that a run is about never decides what the
 * others are: a re-run would come to other notes than the first one.
 */
export function publications(
  { tags, releasedTags, elsewhere = nowhere }: PublicationFacts,
  reader: TagReader,
  withoutReleases: ReadonlySet<string>,
): Publications {
  const all = indexReleases(tags, reader);
  const published = releasedTags === null ? null : indexReleases(releasedTags, reader);
  const known = new Map<string, Map<readonly ReleasedVersion[], Map<readonly ReleasedVersion[], Releases>>>();
  return {
    of(operator, except) {
      const tagged = all.of(operator);
      const own = published === null || withoutReleases.has(operator) ? [] : published.of(operator);
      // Operators that share all their tags share the lists too: hundreds of them would otherwise be sorted out one by one.
      const text = except?.text ?? '';
      const byTagged =
        known.get(text) ?? new Map<readonly ReleasedVersion[], Map<readonly ReleasedVersion[], Releases>>();
      const byOwn = byTagged.get(tagged) ?? new Map<readonly ReleasedVersion[], Releases>();
      const releases = byOwn.get(own) ?? sortOut(tagged, own, except, elsewhere);
      known.set(text, byTagged.set(tagged, byOwn.set(own, releases)));
      return releases;
    },
  };
}

function sortOut(
  tagged: readonly ReleasedVersion[],
  published: readonly ReleasedVersion[],
  except: Version | null,
  elsewhere: ReadonlySet<string>,
): Releases {
  const isOther = ({ version }: ReleasedVersion): boolean => version.text !== except?.text;
  const tags = new Map(published.filter(isOther).map((release) => [release.version.text, release]));
  const lowest = [...tags.values()][0];
  const released: ReleasedVersion[] = [];
  const unreleased: ReleasedVersion[] = [];
  for (const each of tagged) {
    if (!isOther(each)) continue;
    const release = tags.get(each.version.text);
    if (elsewhere.has((release ?? each).tag)) continue;
    const counts = lowest === undefined || compareTotal(each.version, lowest.version) < 0;
    if (release !== undefined) released.push(release);
    else if (counts) released.push(each);
    else unreleased.push(each);
  }
  return { released, unreleased };
}

/**
 * Whether the published releases seen so far, some of them all, decide everything about a version (null: a branch build)
 * of these operators: what it follows is among them, and so is whatever is higher. One page of GitHub's list does for
 * nearly every run.
 */
export function decidesAll(
  { tags, releasedTags, elsewhere = nowhere }: PublicationFacts & { readonly releasedTags: readonly string[] },
  reader: TagReader,
  operators: readonly string[],
  version: Version | null,
): boolean {
  const all = indexReleases(tags, reader);
  const published = indexReleases(releasedTags, reader);
  return operators.every((operator) => isDecided(all, published, operator, version, elsewhere));
}

function isDecided(
  all: ReleaseIndex,
  published: ReleaseIndex,
  operator: string,
  version: Version | null,
  elsewhere: ReadonlySet<string>,
): boolean {
  const seen = new Set(published.of(operator).map((release) => release.version.text));
  if (version === null) {
    const last = all.of(operator).findLast(({ tag }) => !elsewhere.has(tag));
    return last === undefined || seen.has(last.version.text);
  }
  const others = all.of(operator).filter((release) => release.version.text !== version.text);
  const before = previousVersion(others, version);
  if (before !== null && !seen.has(before.version.text)) return false;
  return others.every((other) => compareTotal(other.version, version) < 0 || seen.has(other.version.text));
}

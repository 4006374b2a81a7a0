import type { TagPlan } from '../plan/types.ts';
import { shortSha } from './branch-tags.ts';
import { versionTag } from './oci-tag.ts';
import { isPrerelease, nextPatch, parseVersion, type Version } from './version.ts';

/**
 * The chart version of a branch build, above the last release and below the next one:
 * after stable 1.2.3 `1.2.4-dev.<commits>.g<sha12>`; after pre-release 1.3.0-rc.1, where `1.3.0-dev` would sort below
 * it, `1.3.0-rc.1.dev.<commits>.g<sha12>`; `0.0.0-dev.<commits>.g<sha12>` when nothing was released.
 * `lastRelease` is the highest of all, pre-releases included; `commits` counts those since it. The `g` keeps a commit id
 * of digits only from being read as a number, which may have no leading zero.
 */
export function devChartVersion(options: {
  readonly lastRelease: Version | null;
  readonly commits: number;
  readonly sha: string;
}): Version {
  const { lastRelease, commits, sha } = options;
  const version = parseVersion(`${devBase(lastRelease)}dev.${commits}.g${shortSha(sha)}`);
  if (version === null || !/^\d+$/.test(String(commits))) throw new RangeError(`not a number of commits: ${commits}`);
  return version;
}

function devBase(lastRelease: Version | null): string {
  if (lastRelease === null) return '0.0.0-';
  if (!isPrerelease(lastRelease)) return `${nextPatch(lastRelease).text}-`;
  const { major, minor, patch, prerelease } = lastRelease;
  return `${major}.${minor}.${patch}-${prerelease.join('.')}.`;
}

/** The tag under which Helm finds a chart of this version: no `v`, and `_` for `+`. */
export function chartTag(version: Version): string {
  return versionTag(version, '');
}

/** `appVersion` of the chart: the image tag that it deploys, which is the first one that never moves. */
export function appVersion(tags: readonly TagPlan[]): string {
  const exact = tags.find((tag) => !tag.moving);
  if (exact === undefined) throw new TypeError('an image without a fixed tag');
  return exact.tag;
}

import type { TagPlan, VersionPlan } from '../plan/types.ts';
import { branchImageTags } from './branch-tags.ts';
import { appVersion, devChartVersion } from './chart-version.ts';
import { releaseImageTags, type ImageTags, type LatestPolicy } from './image-tags.ts';
import { lastRelease, previousVersion, versionPlan } from './previous.ts';
import type { Releases } from './published.ts';
import type { ReleasedVersion } from './released.ts';
import type { Version } from './version.ts';

/** Every public name that one operator's build gets, all following one version. */
export interface Names extends ImageTags {
  readonly version: VersionPlan;
  /** Strict semver, never with `v`. */
  readonly chartVersion: string;
  readonly appVersion: string;
}

/** `tags` of the configuration, as far as names depend on it. */
export interface NamePolicy {
  readonly prefix: string;
  readonly latest: LatestPolicy;
}

/** Names of a release among this operator's other versions, with or without this one. */
export function releaseNames(version: Version, { released, unreleased }: Releases, policy: NamePolicy): Names {
  const others = { released: versionsOf(released), unreleased: versionsOf(unreleased) };
  const images = releaseImageTags({ version, ...others, ...policy });
  return {
    version: versionPlan(version, previousVersion(released, version)),
    ...images,
    ...chartNames(version, images.tags),
  };
}

/** The commit and branch that a snapshot is built from; `commits` counts those since the operator's last release. */
export interface BranchBuild {
  readonly branch: string;
  readonly sha: string;
  readonly defaultBranch: string;
  readonly commits: number;
}

/**
 * Names of a branch build. `released` are the releases that it comes after: on the default branch all of this
 * operator's, on a maintenance branch those of its line.
 */
export function branchNames(build: BranchBuild, released: readonly ReleasedVersion[], policy: NamePolicy): Names {
  const images = branchImageTags({ ...build, ...policy });
  const previous = lastRelease(released);
  const version = devChartVersion({ ...build, lastRelease: previous?.version ?? null });
  return {
    version: versionPlan(version, previous, 'snapshot'),
    ...images,
    ...chartNames(version, images.tags),
  };
}

function versionsOf(released: readonly ReleasedVersion[]): Version[] {
  return released.map(({ version }) => version);
}

function chartNames(version: Version, tags: readonly TagPlan[]): { chartVersion: string; appVersion: string } {
  return { chartVersion: version.text, appVersion: appVersion(tags) };
}

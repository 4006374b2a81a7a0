import type { VersionPlan } from '../plan/types.ts';
import type { ReleasedVersion } from './released.ts';
import { compareTotal, isPrerelease, type Version } from './version.ts';

/**
 * The release that notes and upgrade tests start from: for a stable version the highest stable one below it, so that a
 * backport 1.2.9 follows 1.2.8 and not 2.0.0; for a pre-release the highest of all below it. Null when there is none.
 */
export function previousVersion(released: readonly ReleasedVersion[], version: Version): ReleasedVersion | null {
  let top: ReleasedVersion | null = null;
  for (const other of released) {
    if (compareTotal(other.version, version) >= 0) continue;
    if (!isPrerelease(version) && isPrerelease(other.version)) continue;
    if (top === null || compareTotal(other.version, top.version) > 0) top = other;
  }
  return top;
}

/** The highest release of all, pre-releases included; what a branch build comes after. */
export function lastRelease(released: readonly ReleasedVersion[]): ReleasedVersion | null {
  let top: ReleasedVersion | null = null;
  for (const other of released) if (top === null || compareTotal(other.version, top.version) > 0) top = other;
  return top;
}

/** The plan's view of a version, a release where no other kind is given. */
export function versionPlan(
  version: Version,
  previous: ReleasedVersion | null,
  kind: VersionPlan['kind'] = isPrerelease(version) ? 'prerelease' : 'release',
): VersionPlan {
  const { version: before = null, tag = null } = previous ?? {};
  return { kind, text: version.text, previous: before?.text ?? null, previousTag: tag };
}

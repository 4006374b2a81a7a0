import { major, minor, patch, prerelease } from 'semver';
import type { VersionPlan } from '../plan/types.ts';

/**
 * What a version promises on the API of the release before it (semver.org, 4, 8 and 9): `keeps` it, or `mayBreak` it; a
 * build of a branch is `undecided`, as its release has no number yet. In words: `a patch release`.
 */
export function promiseOf(version: VersionPlan): {
  readonly promise: 'keeps' | 'mayBreak' | 'undecided';
  readonly words: string;
} {
  const { kind, text, previous } = version;
  if (kind === 'snapshot' || previous === null) return { promise: 'undecided', words: 'the next release' };
  if (major(text) !== major(previous)) return { promise: 'mayBreak', words: 'a major release' };
  const isSame = minor(text) === minor(previous) && patch(text) === patch(previous);
  if (isSame && prerelease(previous) !== null) return { promise: 'mayBreak', words: `a successor of ${previous}` };
  const isMinor = minor(text) !== minor(previous);
  if (major(text) === 0 && isMinor) return { promise: 'mayBreak', words: 'a minor release below 1.0' };
  return { promise: 'keeps', words: isMinor ? 'a minor release' : 'a patch release' };
}

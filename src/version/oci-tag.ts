import { Problem } from '../errors.ts';
import type { Version } from './version.ts';

/** Longest tag by the OCI distribution specification 1.1, `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`. */
export const longestTag = 128;

const ociTag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export function isOciTag(text: string): boolean {
  return ociTag.test(text);
}

/**
 * A version as the tag of an image or chart. A tag cannot hold `+`; `_` stands for it, as Helm does it, and cannot be
 * mistaken because semver has no `_`. Throws `OR-VERSION-TOO-LONG` when the tag has more than 128 characters.
 */
export function versionTag(version: Version, prefix: string): string {
  const tag = prefix + version.text.replace('+', '_');
  if (isOciTag(tag)) return tag;
  throw new Problem('OR-VERSION-TOO-LONG', `Version ${version.text} makes a tag of ${tag.length} characters`, {
    hint: `A registry takes at most ${longestTag}: shorten the pre-release or the build metadata.`,
  });
}

/** Starts of tag names that belong to the action or to registries' own conventions (`sha256-<digest>.sig`). */
const takenPrefixes = /^(?:branch-|sha\d*-)/i;

/**
 * Refuses a `tags.prefix` with which a version tag could be no tag at all, or the name of another version or of a
 * branch build. Throws `OR-CONFIG-TAG-PREFIX`.
 */
export function checkTagPrefix(prefix: string): void {
  const fault = prefixFault(prefix);
  if (fault === null) return;
  throw new Problem('OR-CONFIG-TAG-PREFIX', `tags.prefix ${JSON.stringify(prefix)} ${fault}`, {
    hint: 'Use "v" (v1.2.3), "" (1.2.3) or a word such as "release-".',
  });
}

function prefixFault(prefix: string): string | null {
  if (prefix === '') return null;
  if (prefix.length > 32) return 'has more than 32 characters';
  if (!isOciTag(prefix)) return 'cannot start a tag: letters, digits and "_" first, then also "." and "-"';
  if (/\d$/.test(prefix)) return 'ends in a digit, which would join the first number of the version';
  return takenPrefixes.test(prefix) ? 'is kept for builds of branches and commits' : null;
}

import { highest, isPrerelease, type Version } from './version.ts';

export interface LatestDecision {
  readonly makeLatest: boolean;
  readonly reason: string;
}

/**
 * Whether a GitHub Release becomes the repository's "Latest" one. Only a stable release of the main operator that is at
 * least as high as every stable one published: GitHub's own choice goes by date and takes a backport or another operator.
 * `operators` are those that the release is for, `released` the main operator's versions so far.
 */
export function isLatestRelease(options: {
  readonly version: Version;
  readonly operators: readonly string[];
  /** Null when the repository has several operators and the configuration names none. */
  readonly primary: string | null;
  /** With or without `version`. */
  readonly released: readonly Version[];
}): LatestDecision {
  const { version, operators, primary, released } = options;
  if (isPrerelease(version)) return no('a pre-release is never the latest release');
  if (primary === null) return no('several operators and none is configured as the main one');
  if (!operators.includes(primary)) return no(`latest belongs to the main operator, ${primary}`);
  const top = highest(released.filter((other) => !isPrerelease(other)).concat(version));
  if (top !== null && top.text !== version.text) return no(`latest stays on ${top.text} (higher)`);
  return { makeLatest: true, reason: `highest stable release of ${primary}` };
}

function no(reason: string): LatestDecision {
  return { makeLatest: false, reason };
}

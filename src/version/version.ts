/**
 * A version by the grammar of semver.org 2.0.0, without a leading `v`. Values come from `parseVersion` and
 * `nextPatch` only, so `text` and the parts always agree: strict semver has one way to write a version.
 */
export interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Identifiers after `-`; empty for a stable version. */
  readonly prerelease: readonly string[];
  /** Identifiers after `+`; they do not count for precedence. */
  readonly build: readonly string[];
}

// One character decides each step, so the time is linear; what an identifier may hold is checked after the split.
const shape = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]*))?(?:\+([0-9A-Za-z.-]*))?$/;
const digits = /^\d+$/;

/** Strict semver 2.0. Null for anything else, also for a number above 2^53 - 1; `versionFault` says why. */
export function parseVersion(text: string): Version | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const [, major = '', minor = '', patch = '', dashed, plussed] = match;
  if (![major, minor, patch].every(isNumber)) return null;
  const prerelease = dashed === undefined ? [] : dashed.split('.');
  if (!prerelease.every((identifier) => identifier !== '' && !hasLeadingZero(identifier))) return null;
  const build = plussed === undefined ? [] : plussed.split('.');
  if (build.includes('')) return null;
  return { text, major: Number(major), minor: Number(minor), patch: Number(patch), prerelease, build };
}

/** A numeric identifier with a leading zero, which semver forbids in the three numbers and in a pre-release. */
export function hasLeadingZero(identifier: string): boolean {
  return identifier.length > 1 && identifier.startsWith('0') && digits.test(identifier);
}

/** Whether one of the three numbers is small enough to be counted with. */
export function isCountable(number: string): boolean {
  return Number.isSafeInteger(Number(number));
}

function isNumber(text: string): boolean {
  return !hasLeadingZero(text) && isCountable(text);
}

export function isPrerelease(version: Version): boolean {
  return version.prerelease.length > 0;
}

/** Precedence by semver.org 2.0.0 item 11: negative when `a` comes before `b`, 0 when only build metadata differs. */
export function compareVersions(a: Version, b: Version): number {
  const core = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (core !== 0) return core;
  if (isPrerelease(a) !== isPrerelease(b)) return isPrerelease(a) ? -1 : 1;
  return compareIdentifiers(a.prerelease, b.prerelease);
}

/** A total order: precedence, then build metadata, then the text. 0 only for the same version. */
export function compareTotal(a: Version, b: Version): number {
  return compareVersions(a, b) || compareIdentifiers(a.build, b.build) || compareText(a.text, b.text);
}

function compareIdentifiers(a: readonly string[], b: readonly string[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (right === undefined) return 1;
    const difference = compareIdentifier(left, right);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareIdentifier(a: string, b: string): number {
  if (a === b) return 0;
  const numeric = digits.test(a);
  if (numeric !== digits.test(b)) return numeric ? -1 : 1;
  if (!numeric) return compareText(a, b);
  // By length and then digit by digit: exact for numbers of any size, where Number would round.
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareText(left, right);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const wellKnownChannels = ['rc', 'beta', 'alpha'];

/**
 * The channel of a pre-release, in lower case: `rc`, `beta` or `alpha` wherever one of its identifiers starts with that
 * word (`rc.1`, `RC2`, `0.beta.3`), else its first word. Null for a stable version and for a pre-release without words.
 */
export function channelOf(version: Version): string | null {
  const words = version.prerelease.flatMap((identifier) => /^[A-Za-z]+/.exec(identifier) ?? []);
  const channels = words.map((word) => word.toLowerCase());
  return channels.find((channel) => wellKnownChannels.includes(channel)) ?? channels[0] ?? null;
}

/** `X.Y.(Z+1)`, without pre-release and build metadata. */
export function nextPatch(version: Version): Version {
  const next = parseVersion(`${version.major}.${version.minor}.${version.patch + 1}`);
  if (next === null) throw new RangeError(`no version can follow ${version.text}`);
  return next;
}

/** The highest by the total order, null when there is none. */
export function highest(versions: Iterable<Version>): Version | null {
  let top: Version | null = null;
  for (const version of versions) if (top === null || compareTotal(version, top) > 0) top = version;
  return top;
}

import fc from 'fast-check';
import { parseVersion, type Version } from '../../src/version/version.ts';

/** The version of a text that is one. */
export function v(text: string): Version {
  const version = parseVersion(text);
  if (version === null) throw new Error(`no version: ${text}`);
  return version;
}

const identifier = fc.oneof(
  fc.constantFrom('rc', 'beta', 'alpha', 'RC', 'rc1', 'next', 'main', 'latest', 'stable', 'x-y', '-', '0a'),
  fc.nat({ max: 12 }).map(String),
  fc.stringMatching(/^[0-9A-Za-z-]{1,5}$/).filter((text) => !/^0\d+$/.test(text)),
);

const list = (mark: string): fc.Arbitrary<string> =>
  fc.array(identifier, { minLength: 1, maxLength: 3 }).map((parts) => mark + parts.join('.'));

/** Few small numbers, so that versions share minors, majors and channels often. */
export const versions: fc.Arbitrary<Version> = fc
  .record({
    core: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 3 }), fc.nat({ max: 11 })),
    prerelease: fc.option(list('-'), { nil: '', freq: 3 }),
    build: fc.option(list('+'), { nil: '', freq: 6 }),
  })
  .map(({ core, prerelease, build }) => v(core.join('.') + prerelease + build));

/** Anything, and often what looks like a name of ours. */
export const branchNames: fc.Arbitrary<string> = fc.oneof(
  fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }),
  fc.stringMatching(/^[a-z0-9._/-]{1,12}$/),
  versions.map(({ text }) => text),
  fc.tuple(fc.constantFrom('v', 'V', 'release-', ''), versions).map(([prefix, { text }]) => prefix + text),
  fc.stringMatching(/^v?[0-9]{1,3}(\.[0-9]{1,2}){0,3}$/),
  fc.constantFrom('stable', 'latest', 'rc', 'beta', 'Alpha', 'pre', '/latest', '.latest', 'sha', '/sha', 'sha-1234'),
  fc.stringMatching(/^(branch-)?(v1\.2|main|a)[-/][0-9a-f]{8}$/),
  fc.stringMatching(/^[a-z-]{125,131}$/),
);

export const shas: fc.Arbitrary<string> = fc.stringMatching(/^[0-9a-f]{40}$/);

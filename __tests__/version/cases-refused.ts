import type { Case } from './decide.ts';

export const cases: readonly Case[] = [
  {
    why: 'metadata-action 10 (#375): nothing to release is said, and why',
    event: 'push',
    ref: 'refs/tags/nightly',
    existing: 'v1.2.3',
    expected: `
      nothing: tag nightly fits no pattern of v{version}, {version}`,
  },
  {
    why: 'metadata-action 11 (#20): two numbers',
    event: 'push',
    ref: 'refs/tags/v1.2',
    existing: 'v1.1.0',
    expected: `
      OR-TAG-INVALID Tag "v1.2" releases nothing: "1.2" is no semver 2.0 version: it has two numbers, semver has three
      Did you mean v1.2.0? Patterns: v{version}, {version}.`,
  },
  {
    why: 'one number',
    event: 'push',
    ref: 'refs/tags/v1',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "v1" releases nothing: "1" is no semver 2.0 version: it has one number, semver has three
      Did you mean v1.0.0? Patterns: v{version}, {version}.`,
  },
  {
    why: 'four numbers',
    event: 'push',
    ref: 'refs/tags/v1.2.3.4',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "v1.2.3.4" releases nothing: "1.2.3.4" is no semver 2.0 version: it has 4 numbers, semver has three
      Patterns: v{version}, {version}.`,
  },
  {
    why: 'a capital V',
    event: 'push',
    ref: 'refs/tags/V1.2.3',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "V1.2.3" releases nothing: it fits no pattern
      Did you mean v1.2.3? Patterns: v{version}, {version}.`,
  },
  {
    why: 'a leading zero',
    event: 'push',
    ref: 'refs/tags/v01.2.3',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "v01.2.3" releases nothing: "01.2.3" is no semver 2.0 version: the number 01 has a leading zero
      Did you mean v1.2.3? Patterns: v{version}, {version}.`,
  },
  {
    why: 'no dash before the pre-release',
    event: 'push',
    ref: 'refs/tags/v1.2.3rc2',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "v1.2.3rc2" releases nothing: "1.2.3rc2" is no semver 2.0 version: "3rc2" is not a number
      Patterns: v{version}, {version}.`,
  },
  {
    why: 'a leading zero in the pre-release',
    event: 'push',
    ref: 'refs/tags/v1.2.3-rc.01',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "v1.2.3-rc.01" releases nothing: "1.2.3-rc.01" is no semver 2.0 version: the number 01 in its pre-release has a leading zero
      Patterns: v{version}, {version}.`,
  },
  {
    why: 'an underscore',
    event: 'push',
    ref: 'refs/tags/v1.2.3-rc_1',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "v1.2.3-rc_1" releases nothing: "1.2.3-rc_1" is no semver 2.0 version: it has a character that semver does not allow: "_"
      Patterns: v{version}, {version}.`,
  },
  {
    why: 'a date',
    event: 'push',
    ref: 'refs/tags/20200110-RC2',
    existing: '',
    expected: `
      nothing: tag 20200110-RC2 fits no pattern of v{version}, {version}`,
  },
  {
    why: 'a date with dots',
    event: 'push',
    ref: 'refs/tags/2024.01.15',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "2024.01.15" releases nothing: "2024.01.15" is no semver 2.0 version: the number 01 has a leading zero
      Did you mean v2024.1.15? Patterns: v{version}, {version}.`,
  },
  {
    why: 'another prefix',
    event: 'push',
    ref: 'refs/tags/release-1.2.3',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "release-1.2.3" releases nothing: it fits no pattern
      Did you mean v1.2.3? Patterns: v{version}, {version}.`,
  },
  {
    why: "a chart's tag",
    event: 'push',
    ref: 'refs/tags/other-chart-1.2.3',
    existing: '',
    expected: `
      nothing: tag other-chart-1.2.3 fits no pattern of v{version}, {version}`,
  },
  {
    why: 'a number that nobody can count',
    event: 'push',
    ref: 'refs/tags/v99999999999999999999.0.0',
    existing: '',
    expected: `
      OR-TAG-INVALID Tag "v99999999999999999999.0.0" releases nothing: "99999999999999999999.0.0" is no semver 2.0 version: the number 99999999999999999999 is above 2^53 - 1
      Patterns: v{version}, {version}.`,
  },
  {
    why: 'metadata-action 3: what a pattern does not take is not released by another way',
    event: 'push',
    ref: 'refs/tags/v3.0.0',
    existing: '',
    patterns: ['other/v{version}'],
    expected: `
      OR-TAG-INVALID Tag "v3.0.0" releases nothing: it fits no pattern
      Did you mean other/v3.0.0? Patterns: other/v{version}.`,
  },
];

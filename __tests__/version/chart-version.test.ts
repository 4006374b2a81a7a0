import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { appVersion, chartTag, devChartVersion } from '../../src/version/chart-version.ts';
import { isOciTag } from '../../src/version/oci-tag.ts';
import { compareVersions, isPrerelease, type Version } from '../../src/version/version.ts';
import { shas, v, versions } from './arbitraries.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';
const dev = (last: string | null, commits = 5): string =>
  devChartVersion({ lastRelease: last === null ? null : v(last), commits, sha }).text;

/** Versions that may follow a release: all higher stable ones, and the next pre-release of a line that has begun. */
function successors(last: Version): Version[] {
  const { major, minor, patch, prerelease } = last;
  const stable = [`${major}.${minor}.${patch + 1}`, `${major}.${minor + 1}.0`, `${major + 1}.0.0`].map(v);
  if (!isPrerelease(last))
    return [...stable, v(`${major}.${minor}.${patch + 1}-rc.1`), v(`${major}.${minor + 1}.0-alpha.1`)];
  const number = prerelease.at(-1) ?? '';
  const next = /^\d+$/.test(number) ? [[...prerelease.slice(0, -1), String(Number(number) + 1)].join('.')] : [];
  const core = `${major}.${minor}.${patch}`;
  return [v(core), ...next.map((text) => v(`${core}-${text}`)), ...stable];
}

describe('Plan: chart versions', () => {
  it.each([
    ['nothing', null, '0.0.0-dev.5.g0123456789ab'],
    ['a stable release', '1.2.3', '1.2.4-dev.5.g0123456789ab'],
    ['build metadata', '1.2.3+b.7', '1.2.4-dev.5.g0123456789ab'],
    ['a candidate, above which 1.3.0-dev would not be', '1.3.0-rc.1', '1.3.0-rc.1.dev.5.g0123456789ab'],
    ['an alpha', '1.3.0-alpha.2+x', '1.3.0-alpha.2.dev.5.g0123456789ab'],
  ])('a branch build after %s', (_, last, expected) => {
    expect(dev(last)).toBe(expected);
  });

  it('sorts above the last release and below each that may follow', () => {
    fc.assert(
      fc.property(versions, fc.nat(), shas, (lastRelease, commits, commit) => {
        const version = devChartVersion({ lastRelease, commits, sha: commit });
        expect(compareVersions(version, lastRelease)).toBeGreaterThan(0);
        for (const next of successors(lastRelease)) {
          expect(compareVersions(version, next), `${version.text} < ${next.text}`).toBeLessThan(0);
          expect(semver.lt(version.text, next.text)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('sorts by the number of commits, whatever the commit ids', () => {
    fc.assert(
      fc.property(fc.option(versions), fc.nat({ max: 100_000 }), shas, shas, (lastRelease, commits, one, other) => {
        const earlier = devChartVersion({ lastRelease, commits, sha: one });
        const later = devChartVersion({ lastRelease, commits: commits + 1, sha: other });
        expect(compareVersions(earlier, later)).toBeLessThan(0);
      }),
    );
  });

  it('is strict semver for a commit id of digits only', () => {
    expect(devChartVersion({ lastRelease: null, commits: 0, sha: '0'.repeat(40) }).text).toBe(
      '0.0.0-dev.0.g000000000000',
    );
  });

  it('stays out of ranges of stable versions and in ranges of pre-releases', () => {
    expect(semver.satisfies(dev('1.2.3'), '>=1.2.3')).toBe(false);
    expect(semver.satisfies(dev('1.2.3'), '>=1.2.3-0', { includePrerelease: true })).toBe(true);
  });

  it.each([-1, 1.5, Number.NaN])('refuses %d commits', (commits) => {
    expect(() => dev(null, commits)).toThrow('not a number of commits');
  });

  it('maps + for the tag as Helm does', () => {
    expect(chartTag(v('1.2.3-rc.1+build.5'))).toBe('1.2.3-rc.1_build.5');
    fc.assert(fc.property(versions, (version) => isOciTag(chartTag(version))));
  });

  it('takes as appVersion the image tag that never moves', () => {
    const tag = (name: string, moving: boolean) => ({ tag: name, moving, reason: 'for the test' });
    expect(appVersion([tag('v1.2.3', false), tag('v1.2', true)])).toBe('v1.2.3');
    expect(() => appVersion([tag('latest', true)])).toThrow('without a fixed tag');
  });
});

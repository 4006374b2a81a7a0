import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { versionFault } from '../../src/version/version-fault.ts';
import {
  channelOf,
  compareTotal,
  compareVersions,
  highest,
  isPrerelease,
  nextPatch,
  parseVersion,
} from '../../src/version/version.ts';
import { v, versions } from './arbitraries.ts';

// The examples of https://semver.org's own suggested regular expression.
const valid = `0.0.4 1.2.3 10.20.30 1.1.2-prerelease+meta 1.1.2+meta 1.1.2+meta-valid 1.0.0-alpha 1.0.0-alpha.beta.1
  1.0.0-alpha0.valid 1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay 1.0.0-rc.1+build.1 2.0.0-rc.1+build.123
  1.2.3-SNAPSHOT-123 2.0.0+build.1848 1.0.0-alpha+beta 1.2.3----RC-SNAPSHOT.12.9.1--.12+788 1.2.3----R-S.12.9.1--.12
  1.0.0+0.build.1-rc.10000aaa-kk-0.1 1.0.0-0A.is.legal 1.2.3-0 1.2.3+01 9007199254740991.0.0
  1.0.0-99999999999999999999999`.split(/\s+/);

const invalid: readonly (readonly [string, string])[] = [
  ['', 'it is empty'],
  ['1', 'it has one number, semver has three'],
  ['1.2', 'it has two numbers, semver has three'],
  ['1.2.3.4', 'it has 4 numbers, semver has three'],
  ['1.2.3.4-rc.1', 'it has 4 numbers, semver has three'],
  ['v1.2.3', '"v1" is not a number'],
  ['V1.2.3', '"V1" is not a number'],
  [' 1.2.3', 'it has a character that semver does not allow: " "'],
  ['1.2.3\n', 'it has a character that semver does not allow: "\\n"'],
  ['=1.2.3', 'it has a character that semver does not allow: "="'],
  ['1.2.3-rc_1', 'it has a character that semver does not allow: "_"'],
  ['1.2.3-é', 'it has a character that semver does not allow: "é"'],
  ['01.2.3', 'the number 01 has a leading zero'],
  ['1.2.03', 'the number 03 has a leading zero'],
  ['1..3', 'a number is missing'],
  ['1.2.3-', 'its pre-release has an empty part'],
  ['1.2.3-rc..1', 'its pre-release has an empty part'],
  ['1.2.3-rc.01', 'the number 01 in its pre-release has a leading zero'],
  ['1.2.3+', 'its build metadata has an empty part'],
  ['1.2.3+a+b', 'it has more than one "+"'],
  ['1.2.3rc1', '"3rc1" is not a number'],
  ['latest', '"latest" is not a number'],
  ['9007199254740992.0.0', 'the number 9007199254740992 is above 2^53 - 1'],
];

describe('Plan: versions', () => {
  it.each(valid)('takes %s as it is written', (text) => {
    expect(parseVersion(text)?.text).toBe(text);
    expect(versionFault(text)).toBeNull();
  });

  it.each(invalid)('refuses %j: %s', (text, fault) => {
    expect(parseVersion(text)).toBeNull();
    expect(versionFault(text)).toBe(fault);
  });

  it('has a fault for exactly the texts that it refuses', () => {
    const nearly = fc.oneof(
      fc.stringMatching(/^[0-9.+av-]{0,12}$/),
      fc.string(),
      versions.map(({ text }) => text),
    );
    fc.assert(fc.property(nearly, (text) => (parseVersion(text) === null) === (versionFault(text) !== null)));
  });

  it('reads what node-semver reads strictly, into the same parts', () => {
    const nearly = fc.oneof(
      fc.stringMatching(/^[0-9]{1,2}\.[0-9]\.[0-9][0-9.+a-]{0,9}$/),
      versions.map(({ text }) => text),
    );
    fc.assert(
      fc.property(nearly, (text) => {
        const theirs = semver.parse(text);
        const ours = parseVersion(text);
        expect(ours === null).toBe(theirs === null);
        expect(ours?.prerelease.join('.')).toBe(theirs?.prerelease.join('.'));
        expect(ours?.build.join('.')).toBe(theirs?.build.join('.'));
      }),
      { numRuns: 500 },
    );
  });

  it('parts and text agree', () => {
    fc.assert(
      fc.property(versions, ({ text, major, minor, patch, prerelease, build }) => {
        const dashed = prerelease.length > 0 ? `-${prerelease.join('.')}` : '';
        const plussed = build.length > 0 ? `+${build.join('.')}` : '';
        expect(`${major}.${minor}.${patch}${dashed}${plussed}`).toBe(text);
      }),
    );
  });

  it("compares in semver.org's order", () => {
    const order = `1.0.0-1 1.0.0-2 1.0.0-99999999999999999998 1.0.0-99999999999999999999 1.0.0-alpha 1.0.0-alpha.1
      1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.0.10 1.2.0 2.0.0-0 2.0.0`;
    const sorted = order.split(/\s+/).map(v);
    expect(sorted.toReversed().sort(compareVersions)).toEqual(sorted);
  });

  it('has the precedence of node-semver, and a total order that refines it', () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(semver.compare(a.text, b.text));
        if (compareVersions(a, b) !== 0) expect(Math.sign(compareTotal(a, b))).toBe(Math.sign(compareVersions(a, b)));
        expect(compareTotal(a, b) === 0).toBe(a.text === b.text);
        expect(Math.sign(compareTotal(a, b))).toBe(-Math.sign(compareTotal(b, a)) + 0);
        if (compareTotal(a, b) <= 0 && compareTotal(b, c) <= 0) expect(compareTotal(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('orders build metadata, which has no precedence, by number and then text', () => {
    const sorted = ['1.0.0', '1.0.0+01', '1.0.0+1', '1.0.0+2', '1.0.0+10', '1.0.0+b', '1.0.0+b.1'].map(v);
    expect(sorted.toReversed().sort(compareTotal)).toEqual(sorted);
    expect(compareVersions(v('1.0.0+1'), v('1.0.0+2'))).toBe(0);
  });

  it.each([
    ['1.2.3', null],
    ['1.2.3+rc.1', null],
    ['1.2.3-rc.1', 'rc'],
    ['1.2.3-RC2', 'rc'],
    ['1.2.3-0.beta.3', 'beta'],
    ['1.2.3-x.alpha.1', 'alpha'],
    ['1.2.3-preview.1', 'preview'],
    ['1.2.3-7.next-4', 'next'],
    ['1.2.3-4', null],
  ])('channel of %s is %s', (text, channel) => {
    expect(channelOf(v(text))).toBe(channel);
    expect(isPrerelease(v(text))).toBe(text.includes('-'));
  });

  it('names the next patch', () => {
    expect(nextPatch(v('1.2.9-rc.1+b')).text).toBe('1.2.10');
    expect(() => nextPatch(v('1.2.9007199254740991'))).toThrow('no version can follow');
  });

  it('finds the highest', () => {
    expect(highest([])).toBeNull();
    expect(highest(['1.9.0', '1.10.0', '1.10.0-rc.1'].map(v))?.text).toBe('1.10.0');
  });

  it('takes time in proportion to a hostile text', () => {
    const long = 200_000;
    const texts = ['1'.repeat(long), '1.'.repeat(long), `1.2.3-${'0'.repeat(long)}!`, `1.2.3-${'-.'.repeat(long)}`];
    const start = performance.now();
    for (const text of texts) expect(parseVersion(text)).toBeNull();
    for (const text of texts) expect(versionFault(text)).not.toBeNull();
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

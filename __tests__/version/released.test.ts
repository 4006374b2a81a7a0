import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLatestRelease } from '../../src/version/latest.ts';
import { lastRelease, previousVersion, versionPlan } from '../../src/version/previous.ts';
import { indexReleases, releasedVersions, type ReleasedVersion } from '../../src/version/released.ts';
import { compileTagPatterns, defaultTagPatterns } from '../../src/version/tag-pattern.ts';
import { parseTag, tagReader } from '../../src/version/tag-reader.ts';
import { compareTotal, isPrerelease } from '../../src/version/version.ts';
import { v, versions } from './arbitraries.ts';

const operators = ['op', 'op-x', 'cache'].map((name) => ({ name, path: `operators/${name}` }));
const patterns = compileTagPatterns(defaultTagPatterns(operators.length));
const reader = tagReader(patterns, operators);
const tagsOf = (list: readonly ReleasedVersion[]): string[] => list.map(({ tag }) => tag);
const plain = (texts: string): ReleasedVersion[] =>
  texts.split(' ').map((text) => ({ version: v(text), tag: `v${text}` }));

describe('Plan: released versions', () => {
  const tags = [
    'op-x/v3.0.0',
    'op/v1.10.0',
    'op/v1.9.0',
    'v1.0.0',
    'cache-v0.1.0',
    'operators/op/v2.0.0-rc.1',
    'nightly',
    'op/v1.2',
    'api/v9.0.0',
  ];

  it('are those of the operator and the bare ones, ascending', () => {
    expect(tagsOf(releasedVersions(tags, reader, 'op'))).toEqual([
      'v1.0.0',
      'op/v1.9.0',
      'op/v1.10.0',
      'operators/op/v2.0.0-rc.1',
    ]);
    expect(tagsOf(releasedVersions(tags, reader, 'op-x'))).toEqual(['v1.0.0', 'op-x/v3.0.0']);
    expect(tagsOf(releasedVersions(tags, reader, 'cache'))).toEqual(['cache-v0.1.0', 'v1.0.0']);
    expect(tagsOf(releasedVersions(tags, reader, 'unknown'))).toEqual(['v1.0.0']);
  });

  it('have each version once, by the first pattern, whatever the order of tags', () => {
    const twice = [
      'op-v1.0.0',
      '1.0.0',
      'op/v1.0.0',
      'v1.0.0',
      'operators/op/v1.0.0',
      'op/v1.1.0',
      'operators/op/v1.1.0',
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(twice, { minLength: twice.length }), (order) => {
        expect(tagsOf(releasedVersions(order, reader, 'op'))).toEqual(['v1.0.0', 'op/v1.1.0']);
      }),
    );
  });

  it('are what reading tag by tag gives', () => {
    const anyTag = fc
      .tuple(fc.constantFrom('', 'v', 'op/v', 'op-v', 'op-x-v', 'cache/v', 'operators/cache/v', 'x/v'), versions)
      .map(([start, { text }]) => start + text);
    fc.assert(
      fc.property(fc.array(anyTag, { maxLength: 30 }), (all) => {
        const index = indexReleases(all, reader);
        for (const { name } of operators) {
          const texts = all.flatMap((tag) => {
            const parsed = parseTag(tag, patterns, operators);
            return parsed.kind === 'release' && parsed.operators.includes(name) ? [parsed.version.text] : [];
          });
          const expected = [...new Set(texts)].map(v).sort(compareTotal);
          expect(index.of(name).map(({ version }) => version)).toEqual(expected);
          expect(index.of(name)).toEqual(index.of(name));
        }
      }),
    );
  });

  it('of 500 operators come out of 20,000 tags at once', () => {
    const many = Array.from({ length: 500 }, (_, at) => ({ name: `op-${at}`, path: `operators/op-${at}` }));
    const start = performance.now();
    const big = tagReader(compileTagPatterns(defaultTagPatterns(many.length)), many);
    const all = Array.from({ length: 20_000 }, (_, at) => {
      const name = `op-${at % 500}`;
      const version = `${at % 3}.${Math.floor(at / 500)}.${at % 7}`;
      return at % 10 === 0 ? `operators/${name}/v${version}` : `${name}/v${version}`;
    });
    const index = indexReleases([...all, 'v9.0.0'], big);
    const lists = many.map(({ name }) => index.of(name));
    const spent = performance.now() - start;
    expect(lists.reduce((sum, list) => sum + list.length, 0)).toBe(20_000 + 500);
    expect(lists.every((list) => list.at(-1)?.tag === 'v9.0.0')).toBe(true);
    // About 60 ms on a quiet machine; tag by tag against each operator it is minutes.
    expect(spent).toBeLessThan(1500);
  });

  it('of operators that share all their tags are one list', () => {
    const index = indexReleases(['v1.0.0', 'v1.1.0'], reader);
    expect(index.of('op')).toBe(index.of('cache'));
  });
});

describe('Plan: the previous version', () => {
  it.each([
    ['1.2.9', '1.2.8 1.3.0 2.0.0', '1.2.8', 'a backport follows its own line'],
    ['1.3.0', '1.2.8 1.3.0-rc.1 1.3.0-rc.2', '1.2.8', 'a stable release shows all since the last stable one'],
    ['1.3.0-rc.2', '1.2.8 1.3.0-rc.1 1.2.9', '1.3.0-rc.1', 'a candidate shows what is new since the one before'],
    ['1.3.0-rc.1', '1.2.8 1.2.10 1.3.0', '1.2.10', 'the first candidate follows the highest stable one below'],
    ['1.10.0', '1.9.0 1.10.0 1.2.0', '1.9.0', 'a re-run leaves out itself'],
    ['1.0.0+b.2', '1.0.0+b.1 1.0.0', '1.0.0+b.1', 'build metadata breaks the tie'],
  ])('of %s among %s is %s: %s', (version, released, previous) => {
    expect(previousVersion(plain(released), v(version))).toEqual({ version: v(previous), tag: `v${previous}` });
  });

  it('is none for a first release, also after pre-releases', () => {
    expect(previousVersion([], v('1.0.0'))).toBeNull();
    expect(previousVersion(plain('1.0.0-rc.1 2.0.0'), v('1.0.0'))).toBeNull();
  });

  it('is the highest below: nothing released lies between', () => {
    fc.assert(
      fc.property(fc.array(versions), versions, (all, version) => {
        const released = all.map((each) => ({ version: each, tag: `v${each.text}` }));
        const previous = previousVersion(released, version);
        const fits = all.filter(
          (each) => compareTotal(each, version) < 0 && (isPrerelease(version) || !isPrerelease(each)),
        );
        expect(previous === null).toBe(fits.length === 0);
        if (previous === null) return;
        expect(fits).toContainEqual(previous.version);
        expect(fits.filter((each) => compareTotal(each, previous.version) > 0)).toEqual([]);
      }),
    );
  });

  it('stands in the plan with its tag', () => {
    const released = plain('1.0.0 1.1.0-rc.1');
    expect(versionPlan(v('1.1.0'), previousVersion(released, v('1.1.0')))).toEqual({
      kind: 'release',
      text: '1.1.0',
      previous: '1.0.0',
      previousTag: 'v1.0.0',
    });
    expect(versionPlan(v('1.1.0-rc.1'), null).kind).toBe('prerelease');
    expect(versionPlan(v('1.1.0-rc.1.dev.2.g0'), lastRelease(released.toReversed()), 'snapshot')).toEqual({
      kind: 'snapshot',
      text: '1.1.0-rc.1.dev.2.g0',
      previous: '1.1.0-rc.1',
      previousTag: 'v1.1.0-rc.1',
    });
    expect(versionPlan(v('0.1.0'), lastRelease([]))).toMatchObject({ previous: null, previousTag: null });
  });
});

describe('Plan: the latest release', () => {
  it.each([
    ['2.0.0', ['op'], 'op', '1.0.0', true, 'highest stable release of op'],
    ['2.0.0', ['op'], 'op', '1.0.0 2.0.0 3.0.0-rc.1', true, 'highest stable release of op'],
    ['1.0.1', ['op'], 'op', '1.0.0 2.0.0', false, 'latest stays on 2.0.0 (higher)'],
    ['3.0.0-rc.1', ['op'], 'op', '1.0.0', false, 'a pre-release is never the latest release'],
    ['9.0.0', ['cache'], 'op', '1.0.0', false, 'latest belongs to the main operator, op'],
    ['9.0.0', ['cache', 'op'], 'op', '1.0.0', true, 'highest stable release of op'],
    ['9.0.0', ['cache', 'op'], null, '1.0.0', false, 'several operators and none is configured as the main one'],
  ])('%s of %j with main %s after %s: %s, %s', (version, names, primary, released, makeLatest, reason) => {
    const decision = isLatestRelease({
      version: v(version),
      operators: names,
      primary,
      released: released.split(' ').map(v),
    });
    expect(decision).toEqual({ makeLatest, reason });
  });
});

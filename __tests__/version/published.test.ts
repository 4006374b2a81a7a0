import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { previousVersion } from '../../src/version/previous.ts';
import { decidesAll, publications, type Releases } from '../../src/version/published.ts';
import { compileTagPatterns, defaultTagPatterns } from '../../src/version/tag-pattern.ts';
import { tagReader } from '../../src/version/tag-reader.ts';
import { compareTotal, type Version } from '../../src/version/version.ts';
import { v, versions } from './arbitraries.ts';

const operators = ['op', 'cache'].map((name) => ({ name, path: `operators/${name}` }));
const reader = tagReader(compileTagPatterns(defaultTagPatterns(operators.length)), operators);
const none: ReadonlySet<string> = new Set();

function releasesOf(
  tags: readonly string[],
  releasedTags: readonly string[] | null,
  version: Version | null,
): Releases {
  return publications({ tags, releasedTags }, reader, none).of('op', version);
}

const tagOf = ({ text }: Version): string => `op/v${text}`;
const sets = fc.uniqueArray(versions, { selector: ({ text }) => text, minLength: 1, maxLength: 12 });
/** Versions, which of them are released, and the one that a run is about. */
const histories = sets.chain((all) =>
  fc.record({ all: fc.constant(all), published: fc.subarray(all), version: fc.constantFrom(...all) }),
);

describe('Plan: published releases', () => {
  it('are every other tag or its opposite, and all of them where none is published', () => {
    fc.assert(
      fc.property(histories, ({ all, published, version }) => {
        const { released, unreleased } = releasesOf(all.map(tagOf), published.map(tagOf), version);
        const others = all.filter((other) => other !== version).sort(compareTotal);
        const texts = (list: Releases['released']): string[] => list.map((each) => each.version.text);
        expect([...texts(released), ...texts(unreleased)].sort()).toEqual(others.map(({ text }) => text).sort());
        const known = published.filter((other) => other !== version).sort(compareTotal);
        for (const each of others) {
          const before = known.every((other) => compareTotal(each, other) < 0);
          expect(texts(released).includes(each.text)).toBe(before || known.includes(each));
        }
      }),
    );
  });

  it('do not depend on whether the version itself is released: a re-run comes to the same', () => {
    fc.assert(
      fc.property(histories, ({ all, published, version }) => {
        const others = published.filter((other) => other !== version).map(tagOf);
        const first = releasesOf(all.map(tagOf), others, version);
        expect(releasesOf(all.map(tagOf), [...others, tagOf(version)], version)).toEqual(first);
      }),
    );
  });

  it('are all that notes follow, once something is released', () => {
    fc.assert(
      fc.property(histories, ({ all, published, version }) => {
        const { released } = releasesOf(all.map(tagOf), published.map(tagOf), version);
        const previous = previousVersion(released, version);
        const below = published.filter((other) => other !== version && compareTotal(other, version) < 0);
        if (previous === null || below.length === 0) return;
        const isPublished = published.some(({ text }) => text === previous.version.text);
        const lowest = below.sort(compareTotal)[0];
        expect(isPublished || (lowest !== undefined && compareTotal(previous.version, lowest) < 0)).toBe(true);
      }),
    );
  });

  it('that were seen are enough when more of them would change nothing', () => {
    fc.assert(
      fc.property(histories, fc.nat(12), fc.boolean(), ({ all, published, version }, count, branch) => {
        const tags = all.map(tagOf);
        const seen = published.slice(0, count).map(tagOf);
        const about = branch ? null : version;
        if (!decidesAll({ tags, releasedTags: seen }, reader, ['op'], about)) return;
        const some = releasesOf(tags, seen, about).released;
        const full = releasesOf(tags, published.map(tagOf), about).released;
        if (about === null) expect(some.at(-1)).toEqual(full.at(-1));
        else {
          expect(previousVersion(some, about)).toEqual(previousVersion(full, about));
          const above = (list: Releases['released']): unknown =>
            list.filter((each) => compareTotal(each.version, about) > 0);
          expect(above(some)).toEqual(above(full));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('that were seen are not enough while the one before is missing, or one above', () => {
    const tags = ['op/v1.0.0', 'op/v1.1.0', 'op/v1.2.0', 'cache/v1.0.0'];
    const enough = (seen: string[], version: string | null, names = ['op']): boolean =>
      decidesAll({ tags, releasedTags: seen }, reader, names, version === null ? null : v(version));
    expect(enough(['op/v1.2.0'], '1.3.0')).toBe(true);
    expect(enough(['op/v1.1.0'], '1.3.0')).toBe(false);
    expect(enough(['op/v1.2.0', 'op/v1.0.0'], '1.1.0')).toBe(true);
    expect(enough(['op/v1.0.0'], '1.1.0')).toBe(false);
    expect(enough(['op/v1.2.0'], null)).toBe(true);
    expect(enough(['op/v1.2.0'], null, ['op', 'cache'])).toBe(false);
    expect(enough([], null, [])).toBe(true);
  });

  it('of other lines are none for a branch, and still tell a failed run from a release', () => {
    const tags = ['op/v1.1.0', 'op/v1.2.0', 'op/v1.2.1', 'op/v2.0.0'];
    const found = (releasedTags: string[] | null): string[] =>
      publications({ tags, releasedTags, elsewhere: new Set(['op/v1.1.0', 'op/v2.0.0']) }, reader, none)
        .of('op', null)
        .released.map(({ tag }) => tag);
    expect(found(null)).toEqual(['op/v1.2.0', 'op/v1.2.1']);
    expect(found(['op/v1.2.0', 'op/v2.0.0'])).toEqual(['op/v1.2.0']);
    // The lowest with a release is on another branch, and v1.2.0 above it has none.
    expect(found(['op/v1.1.0', 'op/v2.0.0'])).toEqual([]);
    const enough = (...releasedTags: string[]): boolean =>
      decidesAll({ tags, releasedTags, elsewhere: new Set(['op/v2.0.0']) }, reader, ['op'], null);
    expect([enough('op/v2.0.0'), enough('op/v2.0.0', 'op/v1.2.1')]).toEqual([false, true]);
  });

  it('of 500 operators come out of 20,000 tags at once', () => {
    const many = Array.from({ length: 500 }, (_, at) => ({ name: `op-${at}`, path: `operators/op-${at}` }));
    const big = tagReader(compileTagPatterns(defaultTagPatterns(many.length)), many);
    const common = Array.from({ length: 20_000 }, (_, at) => `v${at % 7}.${Math.floor(at / 7)}.0`);
    const start = performance.now();
    const found = publications({ tags: common, releasedTags: common.slice(0, 10_000) }, big, none);
    const lists = many.map(({ name }) => found.of(name, v('9.0.0')));
    const spent = performance.now() - start;
    expect(lists.every((list) => list === lists[0])).toBe(true);
    // About 100 ms on a quiet machine; sorted out for each operator it is ten seconds.
    expect(spent).toBeLessThan(1500);
  });
});

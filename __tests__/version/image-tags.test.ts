import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { releaseImageTags, type LatestPolicy } from '../../src/version/image-tags.ts';
import { isOciTag, versionTag } from '../../src/version/oci-tag.ts';
import { channelOf, compareTotal, highest, isPrerelease, type Version } from '../../src/version/version.ts';
import { v, versions } from './arbitraries.ts';

const policies = fc.constantFrom<LatestPolicy>('branch', 'release');
const versionSets = fc.uniqueArray(versions, { selector: ({ text }) => text, minLength: 1, maxLength: 12 });
const prefixes = fc.constantFrom('v', '', 'release-', 'V', 'app_');

/** Where each moving tag must end: written from the table of the design, not from the code. */
function expectedMoving(all: readonly Version[], latest: LatestPolicy): Map<string, string> {
  const ends = new Map<string, string>();
  const set = (tag: string, members: readonly Version[]): void => {
    const top = highest(members);
    if (top !== null) ends.set(tag, top.text);
  };
  const stable = all.filter((version) => !isPrerelease(version));
  for (const { major, minor } of stable) {
    set(
      `v${major}.${minor}`,
      stable.filter((other) => other.major === major && other.minor === minor),
    );
    if (major > 0)
      set(
        `v${major}`,
        stable.filter((other) => other.major === major),
      );
  }
  set('stable', stable);
  if (latest === 'release') set('latest', stable);
  for (const channel of ['alpha', 'beta', 'pre', 'preview', 'rc']) {
    set(
      channel,
      all.filter((version) => channelOf(version) === channel),
    );
  }
  return ends;
}

/** Releases versions one after the other as a registry would see it; fails on the first step backwards. */
function release(
  order: readonly Version[],
  known: (step: number) => readonly Version[],
  latest: LatestPolicy,
): Map<string, Version> {
  const registry = new Map<string, Version>();
  order.forEach((version, step) => {
    for (const { tag, moving } of releaseImageTags({ version, released: known(step), latest }).tags) {
      const before = registry.get(tag);
      if (before !== undefined) {
        expect(compareTotal(version, before), `${tag} from ${before.text} to ${version.text}`).toBeGreaterThanOrEqual(
          0,
        );
        if (!moving) expect(before.text).toBe(version.text);
      }
      registry.set(tag, version);
    }
  });
  return registry;
}

function movingOnly(registry: ReadonlyMap<string, Version>): Map<string, string> {
  const texts = [...registry].map(([tag, { text }]) => [tag, text] as const);
  return new Map(texts.filter(([tag, text]) => tag !== versionTag(v(text), 'v')));
}

const sorted = (map: ReadonlyMap<string, string>): string[] => [...map].map((pair) => pair.join(' -> ')).sort();

describe('Plan: image tags of releases', () => {
  it('ends on the maxima in whatever order versions are released, and never moves back', () => {
    fc.assert(
      fc.property(versionSets, policies, (order, latest) => {
        const registry = release(order, (step) => order.slice(0, step), latest);
        expect(sorted(movingOnly(registry))).toEqual(sorted(expectedMoving(order, latest)));
      }),
      { numRuns: 300 },
    );
  });

  it('does so too when all git tags are there before the first run, and when runs repeat', () => {
    const runs = versionSets.chain((all) =>
      fc
        .record({ all: fc.constant(all), extra: fc.array(fc.constantFrom(...all), { maxLength: 8 }) })
        .chain(({ extra }) =>
          fc.record({
            all: fc.constant(all),
            order: fc.shuffledSubarray([...all, ...extra], { minLength: all.length + extra.length }),
          }),
        ),
    );
    fc.assert(
      fc.property(runs, policies, ({ all, order }, latest) => {
        const registry = release(order, () => all, latest);
        expect(sorted(movingOnly(registry))).toEqual(sorted(expectedMoving(all, latest)));
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing when a finished release is run again', () => {
    fc.assert(
      fc.property(versionSets, policies, (all, latest) => {
        for (const version of all) {
          const others = all.filter(({ text }) => text !== version.text);
          const without = releaseImageTags({ version, released: others, latest });
          expect(releaseImageTags({ version, released: [...all, version], latest })).toEqual(without);
          expect(releaseImageTags({ version, released: all.toReversed(), latest })).toEqual(without);
        }
      }),
    );
  });

  it('gives tags of the OCI grammar, each once, the exact one first, latest last, and a reason for each', () => {
    fc.assert(
      fc.property(versions, versionSets, prefixes, policies, (version, released, prefix, latest) => {
        const { tags, skippedTags } = releaseImageTags({ version, released, prefix, latest });
        const all = [...tags, ...skippedTags];
        expect(new Set(all.map(({ tag }) => tag)).size).toBe(all.length);
        expect(tags.filter(({ tag }) => !isOciTag(tag))).toEqual([]);
        expect(all.filter(({ reason }) => reason.length < 8)).toEqual([]);
        expect(tags.map(({ moving }) => moving)).toEqual(tags.map((_, at) => at > 0));
        expect(all.filter(({ tag }) => tag === 'latest')).toHaveLength(1);
        if (tags.some(({ tag }) => tag === 'latest')) expect(tags.at(-1)?.tag).toBe('latest');
      }),
      { numRuns: 300 },
    );
  });

  it('gives different versions different tags', () => {
    fc.assert(
      fc.property(versions, versions, prefixes, (a, b, prefix) => {
        expect(versionTag(a, prefix) === versionTag(b, prefix)).toBe(a.text === b.text);
      }),
    );
  });

  it('refuses a version that no tag can hold', () => {
    const version = v(`1.2.3-${'x'.repeat(122)}`);
    expect(versionTag(version, '')).toHaveLength(128);
    expect(() => releaseImageTags({ version, released: [], latest: 'branch' })).toThrow(
      expect.objectContaining({
        code: 'OR-VERSION-TOO-LONG',
        message: expect.stringContaining('129 characters') as string,
      }),
    );
  });

  it.each(['-', '.x', 'a b', 'ü', 'v1', '1', 'sha-', 'SHA256-', 'branch-', 'x'.repeat(33), 'v\n'])(
    'refuses the prefix %j',
    (prefix) => {
      expect(() => releaseImageTags({ version: v('1.0.0'), released: [], prefix, latest: 'branch' })).toThrow(
        expect.objectContaining({ code: 'OR-CONFIG-TAG-PREFIX' }),
      );
    },
  );
});

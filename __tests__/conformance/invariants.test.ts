import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, digestOf, setUp } from '../github/bench.ts';
import type { Release } from '../standins/github/index.ts';
import { Invariants } from './invariants.ts';

describe('the invariants of releases', () => {
  let bench: Bench;
  let invariants: Invariants;
  let release: Release;
  const look = (): readonly string[] => {
    invariants.watch(bench.standIn.state);
    return invariants.broken;
  };

  beforeEach(async () => {
    bench = await setUp();
    invariants = new Invariants({ planned: (tag) => (tag === 'v1.1.0' ? new Map([['a', digestOf('a')]]) : null) });
    const { seed } = bench.standIn;
    release = seed.release(bench.repository, 'v1.1.0', { latest: true });
    seed.asset(release, 'a', 'a');
    seed.release(bench.repository, 'v1.0.0');
    invariants.begin(bench.standIn.state);
  });
  afterEach(() => bench.close());

  it('hold of a finished release, and of drafts whatever is in them', () => {
    const draft = bench.standIn.seed.release(bench.repository, 'v1.1.0', { draft: true });
    bench.standIn.seed.asset(draft, 'a', null);
    expect(look()).toEqual([]);
  });

  const damages: [string, () => void, string][] = [
    [
      'a second release',
      () => void bench.standIn.seed.release(bench.repository, 'v1.0.0'),
      'two public releases of v1.0.0',
    ],
    ['a missing asset', () => void (release.assets = []), 'v1.1.0 is public without a'],
    [
      'a broken asset',
      () => bench.standIn.seed.asset(release, 'b', null),
      'v1.1.0 is public with b as a broken upload',
    ],
    [
      'other bytes',
      () => void ((release.assets[0] as { blob: string }).blob = digestOf('b')),
      'v1.1.0 is public with other bytes in a',
    ],
    ['a draft again', () => void (release.draft = true), 'the public release of v1.1.0 was made a draft again'],
    [
      'a deleted release',
      () => void bench.repository.releases.splice(0, 1),
      'the public release of v1.1.0 was deleted',
    ],
    [
      'a replaced asset',
      () => void ((release.assets[0] as { id: number }).id = 9999),
      'a was taken from the public release of v1.1.0',
    ],
    [
      'Latest on a lower version',
      () => void (bench.repository.latestId = bench.repository.releases[1]?.id ?? null),
      'Latest went from v1.1.0 back to v1.0.0',
    ],
  ];
  it.each(damages)('are broken by %s', (_name, damage, sentence) => {
    damage();
    expect(look()).toContain(sentence);
  });
});

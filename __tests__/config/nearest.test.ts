import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearest } from '../../src/config/nearest.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['chart', 'chart', 0],
    ['chrat', 'chart', 1],
    ['hart', 'chart', 1],
    ['charts', 'chart', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('from %j to %j is %i', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  it('is the same both ways and never more than the longer text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

describe('nearest', () => {
  const names = ['chart', 'image', 'watch', 'registry-password', 'dry-run'];

  it.each([
    ['chrat', 'chart'],
    ['Image', 'image'],
    ['dry_run', 'dry-run'],
    ['registry-pasword', 'registry-password'],
  ])('takes %s for %s', (name, expected) => {
    expect(nearest(name, names)).toBe(expected);
  });

  it.each(['foo', 'cat', ''])('takes %j for nothing', (name) => {
    expect(nearest(name, names)).toBeUndefined();
    expect(didYouMean(name, names)).toBeUndefined();
  });

  it('prefers the nearer of two', () => {
    expect(nearest('charts', ['chart', 'charts'])).toBe('charts');
  });
});

import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../src/config/nearest.ts';

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

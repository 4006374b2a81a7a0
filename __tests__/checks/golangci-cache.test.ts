import { describe, expect, it } from 'vitest';
import { golangciCache } from '../../src/checks/golangci-cache.ts';

const folder = (root: string, env: Record<string, string>, platform: NodeJS.Platform = 'linux'): string | undefined =>
  golangciCache(root, env, platform)['GOLANGCI_LINT_CACHE'];

describe('the cache of golangci-lint', () => {
  it('is one per checkout', () => {
    const env = { HOME: '/home/it' };
    expect(folder('/checkout/a', env)).toBe(folder('/checkout/a', env));
    expect(folder('/checkout/a', env)).not.toBe(folder('/checkout/b', env));
  });

  it.each([
    ['linux', { HOME: '/home/it' }, '/home/it/.cache/golangci-lint/checkouts/'],
    ['linux', { HOME: '/home/it', XDG_CACHE_HOME: '/var/cache/it' }, '/var/cache/it/golangci-lint/checkouts/'],
    ['linux', { HOME: '/home/it', XDG_CACHE_HOME: 'relative' }, '/home/it/.cache/golangci-lint/checkouts/'],
    ['darwin', { HOME: '/Users/it' }, '/Users/it/Library/Caches/golangci-lint/checkouts/'],
  ] as const)('lies on %s with %j in %s', (platform, env, start) => {
    expect(folder('/checkout/a', env, platform)).toMatch(new RegExp(`^${start}[0-9a-f]{12}$`));
  });

  it('is where the environment says', () => {
    expect(folder('/checkout/a', { HOME: '/home/it', GOLANGCI_LINT_CACHE: '/elsewhere' })).toBeUndefined();
  });
});

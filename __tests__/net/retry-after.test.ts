import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRateLimitReset, parseRetryAfter } from '../../src/net/retry-after.ts';

const now = Date.UTC(2026, 7, 14, 12, 0, 0);

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['Fri, 14 Aug 2026 12:00:08 GMT', 8_000],
    ['Friday, 14-Aug-26 12:00:08 GMT', 8_000],
    ['Fri Aug 14 12:00:08 2026', 8_000],
    ['Fri, 14 Aug 2026 11:00:00 GMT', 0],
  ])('%j asks for %d ms', (value, wait) => {
    expect(parseRetryAfter(value, now)).toBe(wait);
  });

  test.each([
    null,
    '',
    '-3',
    '1.5',
    '1e3',
    'soon',
    '99999999999',
    'Fri, 99 Foo 2026',
    '2026-08-14',
    `Fri${'x'.repeat(99)}`,
  ])('%j is not understood', (value) => {
    expect(parseRetryAfter(value, now)).toBeNull();
  });

  test('reads back every date that an HTTP server can write', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const date = new Date(seconds * 1000);
        expect(parseRetryAfter(date.toUTCString(), now)).toBe(Math.max(0, date.getTime() - now));
      }),
    );
  });

  test('never gives a negative or endless wait', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const wait = parseRetryAfter(text, now);
        expect(wait === null || (wait >= 0 && Number.isFinite(wait))).toBe(true);
      }),
    );
  });
});

describe('a spent rate limit', () => {
  const limit = (remaining: string, reset: string): Headers =>
    new Headers({ 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': reset });

  test.each([
    ['0', String(now / 1000 + 90), 90_000],
    ['0', String(now / 1000 - 90), 0],
    ['1', String(now / 1000 + 90), null],
    ['0', 'tomorrow', null],
    ['', '', null],
  ])('remaining %j, reset %j: %j', (remaining, reset, wait) => {
    expect(parseRateLimitReset(limit(remaining, reset), now)).toBe(wait);
  });
});

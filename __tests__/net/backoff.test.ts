import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BufferLog } from '../../src/log.ts';
import { createBackoff } from '../../src/net/backoff.ts';
import type { Backoff } from '../../src/net/backoff.ts';

function make(options: { random?: number; budgetMs?: number } = {}): {
  backoff: Backoff;
  waits: number[];
  log: BufferLog;
} {
  const waits: number[] = [];
  const log = new BufferLog();
  const backoff = createBackoff({
    log,
    random: () => options.random ?? 0.999_999,
    sleep: (ms) => {
      waits.push(Math.round(ms));
      return Promise.resolve();
    },
    ...(options.budgetMs === undefined ? {} : { budgetMs: options.budgetMs }),
  });
  return { backoff, waits, log };
}

describe('the wait before the next try', () => {
  test('doubles up to 30 s, and ends after eight tries', async () => {
    const { backoff, waits, log } = make();
    const more = [];
    for (let tries = 1; tries <= 8; tries += 1) more.push(await backoff('GET x', 'answered 503', tries));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000]);
    expect(more).toEqual([true, true, true, true, true, true, true, false]);
    expect(log.lines).toHaveLength(8);
    expect(log.lines[0]).toBe('GET x: answered 503; again in 0.5 s (try 2 of 8)');
    expect(log.lines[7]).toBe('warning: GET x: answered 503; given up after 8 tries');
  });

  test('is at least what the server asked for, whatever the jitter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 0, max: 60_000 }),
        async (random, waitMs) => {
          const { backoff, waits } = make({ random });
          expect(await backoff('GET x', 'y', 3, { waitMs })).toBe(true);
          expect(await backoff('GET x', 'y', 1, { firstMs: 60_000 })).toBe(true);
          expect(waits[0]).toBeGreaterThanOrEqual(waitMs);
          expect(waits[0]).toBeLessThanOrEqual(Math.max(waitMs + 500, 2000));
          expect(waits[1]).toBeGreaterThanOrEqual(60_000);
        },
      ),
    );
  });

  test('grows where the server asks for none at all', async () => {
    const { backoff, waits } = make();
    for (let tries = 1; tries <= 3; tries += 1) await backoff('GET x', '429', tries, { waitMs: 0 });
    expect(waits).toEqual([500, 1000, 2000]);
  });

  test('never exceeds the budget that all requests share', async () => {
    const { backoff, waits, log } = make({ budgetMs: 10_000 });
    expect(await backoff('GET a', 'y', 1, { waitMs: 6_000 })).toBe(true);
    expect(await backoff('GET b', '429', 1, { waitMs: 6_000 })).toBe(false);
    expect(await backoff('GET c', 'y', 1)).toBe(true);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(10_000);
    expect(log.lines[1]).toBe('warning: GET b: 429; given up, 6.5 s to wait are more than the 3.5 s that are left');
  });

  test('ends at once on an abort', async () => {
    const controller = new AbortController();
    const backoff = createBackoff({ log: new BufferLog(), signal: controller.signal });
    const started = Date.now();
    const waiting = backoff('GET x', 'y', 1, { waitMs: 60_000 });
    setTimeout(() => controller.abort(new Error('cancelled')), 10);
    await expect(waiting).rejects.toThrow('cancelled');
    await expect(backoff('GET x', 'y', 1, { waitMs: 60_000 })).rejects.toThrow('cancelled');
    expect(Date.now() - started).toBeLessThan(1_000);
  });
});

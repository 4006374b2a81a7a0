import type { Log } from '../log.ts';
import { sleep as realSleep } from './sleep.ts';
import type { Sleep } from './sleep.ts';

/** Tries in all; with the growing waits they span about a minute. */
const defaultTries = 8;
const firstWaitMs = 500;
const longestWaitMs = 30_000;
const defaultBudgetMs = 15 * 60_000;

export interface BackoffOptions {
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** Waiting time that all calls together may use; default 15 minutes. */
  readonly budgetMs?: number;
  readonly sleep?: Sleep;
  /** In [0, 1). */
  readonly random?: () => number;
}

export interface Pause {
  /** What the server asked for; replaces the growing wait. */
  readonly waitMs?: number;
  /** The first wait where the server asks for nothing; doubles with each try, without the usual limit. */
  readonly firstMs?: number;
  readonly tries?: number;
}

/** Waits before the next try; false when there is none to make, with a line in the log that says why. */
export type Backoff = (
  what: string,
  why: string,
  triesDone: number,
  pause?: Pause,
  signal?: AbortSignal,
) => Promise<boolean>;

/** Never shorter than what the server asked for, so that a crowd of clients does not come back a moment too early. */
function waitOf(pause: Pause, triesDone: number, random: number): number {
  const growth = 2 ** (triesDone - 1);
  if (pause.firstMs !== undefined) return pause.firstMs * growth * (1 + random / 4);
  const grown = Math.min(firstWaitMs * growth, longestWaitMs) * (0.5 + random / 2);
  if (pause.waitMs === undefined) return grown;
  // "0", or a date that has passed by our clock, is no leave to ask without a pause.
  return pause.waitMs < firstWaitMs ? Math.max(pause.waitMs, grown) : pause.waitMs + random * firstWaitMs;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/**
 * The one retry policy: exponential with jitter, the server's wishes first, bounded by tries and by a budget that all
 * requests share.
 */
export function createBackoff(options: BackoffOptions): Backoff {
  const { log, random = Math.random, sleep = realSleep } = options;
  let left = options.budgetMs ?? defaultBudgetMs;

  return async (what, why, triesDone, pause = {}, signal = options.signal) => {
    const tries = pause.tries ?? defaultTries;
    if (triesDone >= tries) {
      log.warn(`${what}: ${why}; given up after ${triesDone} tries`);
      return false;
    }
    const wait = waitOf(pause, triesDone, random());
    if (wait > left) {
      log.warn(`${what}: ${why}; given up, ${seconds(wait)} to wait are more than the ${seconds(left)} that are left`);
      return false;
    }
    left -= wait;
    log.info(`${what}: ${why}; again in ${seconds(wait)} (try ${triesDone + 1} of ${tries})`);
    await sleep(wait, signal);
    return true;
  };
}

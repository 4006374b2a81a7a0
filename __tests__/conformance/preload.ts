import { createHook } from 'node:async_hooks';
import { stat } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * Loaded into a process (`node --import preload.ts main.js`), it takes the waiting out: when the process has nothing to do but
 * wait for its timers, its clock jumps to the next of them. A pause before a retry takes milliseconds; a time limit on a request,
 * a file or a child process runs in real time, since as long as one of those is open the process is not idle.
 * `Date` and `performance.now` jump along. What a process reads of them is in the future of other processes: several that wait
 * for each other have to run without this.
 */

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  Date: globalThis.Date,
  elapsed: performance.now.bind(performance),
};

/** Milliseconds that were jumped over. */
let skipped = 0;
const now = (): number => real.elapsed() + skipped;

type Callback = (...args: unknown[]) => void;

/** The longest delay of Node's timers; longer ones, and what is no number, are 1 ms there. */
const longest = 2 ** 31 - 1;
const pending = new Set<Timer>();
const byNumber = new Map<number, Timer>();
let made = 0;

class Timer {
  readonly #callback: Callback;
  readonly #args: readonly unknown[];
  readonly #delay: number;
  readonly #repeats: boolean;
  #handle: NodeJS.Timeout | undefined;
  #ref = true;
  readonly #number = ++made;
  deadline = 0;

  constructor(callback: Callback, delay: unknown, args: readonly unknown[], repeats: boolean) {
    if (typeof callback !== 'function') throw new TypeError('the callback of a timer must be a function');
    const ms = Number(delay ?? 1);
    this.#callback = callback;
    this.#args = args;
    this.#delay = ms >= 1 && ms <= longest ? ms : 1;
    this.#repeats = repeats;
    this.refresh();
  }

  /** Sets the real timer to what is left by the jumped clock. */
  arm(): void {
    real.clearTimeout(this.#handle);
    this.#handle = real.setTimeout(() => this.#fire(), Math.max(0, this.deadline - now()));
    if (!this.#ref) this.#handle.unref();
  }

  #fire(): void {
    if (this.#repeats) this.refresh();
    else pending.delete(this);
    this.#callback.apply(this, [...this.#args]);
  }

  refresh(): this {
    this.deadline = now() + this.#delay;
    pending.add(this);
    this.arm();
    return this;
  }

  ref(): this {
    this.#ref = true;
    this.#handle?.ref();
    return this;
  }

  unref(): this {
    this.#ref = false;
    this.#handle?.unref();
    return this;
  }

  hasRef(): boolean {
    return this.#ref;
  }

  close(): this {
    real.clearTimeout(this.#handle);
    pending.delete(this);
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Timers may be cleared by number; one that never was asked for its number has none. */
  [Symbol.toPrimitive](): number {
    byNumber.set(this.#number, this);
    return this.#number;
  }
}

function clear(timer: unknown): void {
  const known = typeof timer === 'number' || typeof timer === 'string' ? byNumber.get(Number(timer)) : timer;
  if (known instanceof Timer) known.close();
}

const setTimeout_ = (callback: Callback, delay?: unknown, ...args: unknown[]): Timer =>
  new Timer(callback, delay, args, false);
const setInterval_ = (callback: Callback, delay?: unknown, ...args: unknown[]): Timer =>
  new Timer(callback, delay, args, true);

interface WaitOptions {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

/** As Node's: an abort rejects with an AbortError whose cause is the signal's reason. */
function wait<T>(delay?: number, value?: T, { signal, ref = true }: WaitOptions = {}): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer.close();
      const error = new Error('The operation was aborted', { cause: signal?.reason });
      reject(Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' }));
    };
    const timer = new Timer(
      () => {
        signal?.removeEventListener('abort', stop);
        resolve(value);
      },
      delay,
      [],
      false,
    );
    if (!ref) timer.unref();
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

const replaced = {
  setTimeout: Object.assign(setTimeout_, { [promisify.custom]: wait }),
  setInterval: setInterval_,
  clearTimeout: clear,
  clearInterval: clear,
};
Object.assign(globalThis, replaced);
Object.assign(timers, replaced);
Object.assign(timersPromises, { setTimeout: wait });
Object.assign(timersPromises.scheduler, { wait: (ms: number, options?: WaitOptions) => wait(ms, undefined, options) });
syncBuiltinESMExports();

globalThis.Date = new Proxy(real.Date, {
  apply: () => new real.Date(real.Date.now() + skipped).toString(),
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [real.Date.now() + skipped] : args, newTarget) as object,
  get: (target, key, receiver): unknown =>
    key === 'now' ? (): number => real.Date.now() + skipped : Reflect.get(target, key, receiver),
});
performance.now = now;

/** Nothing is open that could still bring something: no request, no file, no child process. Idle connections do not count. */
function isIdle(): boolean {
  const open = process.getActiveResourcesInfo();
  return open.length > 0 && open.every((kind) => kind === 'Timeout');
}

const lookEveryMs = 2;
const looksInARow = 3;
/** Callbacks of the program, since it was last seen at work: whoever is called may have given the thread pool something to do. */
let called = 0;
createHook({ before: () => called++ }).enable();

function jump(): void {
  const deadlines = [...pending].filter((timer) => timer.hasRef()).map((timer) => timer.deadline);
  const ahead = Math.min(...deadlines) - now();
  if (!Number.isFinite(ahead) || ahead <= 0) return;
  skipped += Math.ceil(ahead);
  for (const timer of [...pending].sort((a, b) => a.deadline - b.deadline)) timer.arm();
}

/** Looks of an idle process; one more than `looksInARow` while the pool is asked. */
let idle = 0;

function look(): void {
  // This call.
  called--;
  if (idle > looksInARow) return;
  idle = isIdle() && called === 0 ? idle + 1 : 0;
  called = 0;
  if (idle < looksInARow) return;
  idle++;
  // Work in the thread pool (zlib, hashes) is not listed, and may take long on a busy machine. The pool has one thread
  // (`skippingWaits` in process.ts): what it was given before this question has ended, and called back, before the answer.
  stat('/', () => {
    const isEmpty = called === 1;
    idle = 0;
    called = 0;
    if (isEmpty) jump();
  });
}

real.setInterval(look, lookEveryMs).unref();

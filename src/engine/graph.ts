import { messageOf, Problem, Problems } from '../errors.ts';
import { BufferLog } from '../log.ts';
import type { Log } from '../log.ts';
import type { StageName, TaskId, TaskPlan } from '../plan/types.ts';
import type { Finding, Outcome } from './outcome.ts';

/** What a running task gets from the engine. */
export interface TaskContext {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** What the task is busy with, for the live status line. */
  progress(text: string): void;
  /** A few words on the result for tables; the last call counts. */
  note(text: string): void;
  find(finding: Finding): void;
  /** A line of Markdown for the summary's details. */
  detail(line: string): void;
}

export type TaskRunner = (task: TaskPlan, context: TaskContext) => Promise<void>;

/** What happens, as it happens; the live status is made of it. */
export type TaskEvent =
  | { readonly kind: 'started'; readonly id: TaskId; readonly atMs: number }
  | { readonly kind: 'progress'; readonly id: TaskId; readonly text: string }
  | { readonly kind: 'ended'; readonly id: TaskId; readonly atMs: number; readonly outcome: Outcome };

export interface GraphOptions {
  /** Tasks at the same time, at least 1. */
  readonly concurrency: number;
  /** End the rest at the first failure. */
  readonly failFast: boolean;
  /** Aborted on cancel: running tasks end, waiting ones do not start. */
  readonly signal: AbortSignal;
  /** Milliseconds since the start of the run. */
  readonly now: () => number;
  readonly onEvent?: (event: TaskEvent) => void;
}

/**
 * Which of several ready tasks starts first: those that others wait for longest. The cluster and the image lead to e2e,
 * by far the longest path; linting may come last.
 */
const priority: readonly StageName[] = [
  'cluster',
  'image-build',
  'chart-check',
  'chart-package',
  'e2e',
  'integration',
  'unit',
  'bundle',
  'verify',
  'lint',
];

function rank(task: TaskPlan): number {
  const index = priority.indexOf(task.stage);
  return index === -1 ? priority.length : index;
}

/**
 * Runs every task once all that it needs is done, side by side up to `concurrency`. A failed task blocks those that
 * depend on it, however far; the rest finishes. Never throws: every task ends in an outcome, in the order of `tasks`.
 */
export async function runGraph(
  tasks: readonly TaskPlan[],
  run: TaskRunner,
  options: GraphOptions,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<TaskId, Outcome>();
  const waiting = new Set(tasks);
  const running = new Set<Promise<void>>();
  const failFast = new AbortController();
  const signal = AbortSignal.any([options.signal, failFast.signal]);

  const settle = (outcome: Outcome): void => {
    outcomes.set(outcome.id, outcome);
    options.onEvent?.({ kind: 'ended', id: outcome.id, atMs: options.now(), outcome });
  };

  const start = async (task: TaskPlan): Promise<void> => {
    options.onEvent?.({ kind: 'started', id: task.id, atMs: options.now() });
    const outcome = await attempt(task, run, signal, options);
    settle(outcome);
    if (outcome.state === 'failed' && options.failFast) failFast.abort(new Error('fail-fast: another stage failed'));
  };

  for (;;) {
    for (const task of [...waiting]) {
      const culprits = culpritsOf(task, outcomes);
      if (signal.aborted || culprits.length > 0) {
        waiting.delete(task);
        const base = { ...identity(task), startMs: options.now(), ms: 0, note: '', findings: [], details: [], log: [] };
        settle(culprits.length > 0 ? { ...base, state: 'blocked', by: culprits } : { ...base, state: 'cancelled' });
      }
    }
    // A listener of the events above may have cancelled.
    const ready = [...(signal.aborted ? [] : waiting)]
      .filter((task) => task.needs.every((id) => isPassed(outcomes.get(id))))
      .sort((a, b) => rank(a) - rank(b));
    for (const task of ready.slice(0, Math.max(0, options.concurrency - running.size))) {
      waiting.delete(task);
      const promise = start(task).finally(() => running.delete(promise));
      running.add(promise);
    }
    if (running.size === 0) {
      if (waiting.size === 0) break;
      if (
        !signal.aborted &&
        ready.length === 0 &&
        ![...waiting].some((task) => culpritsOf(task, outcomes).length > 0)
      ) {
        throw new Error(`the plan's tasks wait for each other: ${[...waiting].map((task) => task.id).join(', ')}`);
      }
      continue;
    }
    await Promise.race(running);
  }
  const roots = new Roots(tasks, outcomes);
  return tasks.flatMap((task) => {
    const outcome = outcomes.get(task.id);
    return outcome?.state === 'blocked' ? { ...outcome, by: roots.of(task) } : (outcome ?? []);
  });
}

function identity(task: TaskPlan): { id: TaskId; operator: string; stage: StageName } {
  return { id: task.id, operator: task.id.slice(0, task.id.lastIndexOf('/')), stage: task.stage };
}

function isPassed(outcome: Outcome | undefined): boolean {
  return outcome?.state === 'done' || outcome?.state === 'skipped';
}

/** The failed tasks at the root of why this one cannot run. */
function culpritsOf(task: TaskPlan, outcomes: ReadonlyMap<TaskId, Outcome>): TaskId[] {
  const culprits = task.needs.flatMap((id) => {
    const outcome = outcomes.get(id);
    if (outcome?.state === 'failed') return [id];
    return outcome?.state === 'blocked' ? outcome.by : [];
  });
  return [...new Set(culprits)];
}

/** The same at the end of the run: more may have failed after the first that blocked a task. */
class Roots {
  readonly #tasks: ReadonlyMap<TaskId, TaskPlan>;
  readonly #outcomes: ReadonlyMap<TaskId, Outcome>;
  readonly #known = new Map<TaskId, readonly TaskId[]>();

  constructor(tasks: readonly TaskPlan[], outcomes: ReadonlyMap<TaskId, Outcome>) {
    this.#tasks = new Map(tasks.map((task) => [task.id, task]));
    this.#outcomes = outcomes;
  }

  of(task: TaskPlan): readonly TaskId[] {
    const known = this.#known.get(task.id) ?? [...new Set(task.needs.flatMap((id) => this.#below(id)))];
    this.#known.set(task.id, known);
    return known;
  }

  #below(id: TaskId): readonly TaskId[] {
    const [state, task] = [this.#outcomes.get(id)?.state, this.#tasks.get(id)];
    if (state === 'failed') return [id];
    return state === 'blocked' && task !== undefined ? this.of(task) : [];
  }
}

async function attempt(task: TaskPlan, run: TaskRunner, signal: AbortSignal, options: GraphOptions): Promise<Outcome> {
  const log = new BufferLog();
  const findings: Finding[] = [];
  const details: string[] = [];
  let note = '';
  const startMs = options.now();
  const base = (): Omit<Outcome, 'state'> => ({
    ...identity(task),
    startMs,
    ms: options.now() - startMs,
    note,
    findings,
    details,
    log: log.lines,
  });
  try {
    await run(task, {
      log,
      signal,
      progress: (text) => options.onEvent?.({ kind: 'progress', id: task.id, text }),
      note: (text) => {
        note = text;
      },
      find: (finding) => findings.push(finding),
      detail: (line) => details.push(line),
    });
    return { ...base(), state: 'done' };
  } catch (thrown) {
    if (signal.aborted) return { ...base(), state: 'cancelled' };
    return { ...base(), state: 'failed', problems: problemsOf(thrown) };
  }
}

/** Whatever was thrown, as problems; what nobody foresaw is reported as our fault, with its stack. */
export function problemsOf(thrown: unknown): readonly Problem[] {
  if (thrown instanceof Problem) return [thrown];
  if (thrown instanceof Problems) return thrown.problems;
  const details = thrown instanceof Error && thrown.stack !== undefined ? { excerpt: thrown.stack } : {};
  return [
    new Problem('OR-BUG', `unexpected: ${messageOf(thrown)}`, {
      ...details,
      cause: thrown,
      hint: 'this is a fault of operator-release; please report it with these lines. A re-run is safe.',
    }),
  ];
}

import type { TaskEvent } from '../engine/graph.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { StageName, TaskId } from '../plan/types.ts';
import type { Mask } from './mask.ts';
import { clock, stopwatch } from './duration.ts';
import { cut, oneLine, width } from './text.ts';

export interface StatusOptions {
  /** Writes raw text; line ends are part of it. */
  readonly write: (text: string) => void;
  /** Milliseconds since the start of the run, as in the events. */
  readonly now: () => number;
  /** The terminal's columns at this moment; undefined where lines cannot be rewritten: a log. */
  readonly columns: (() => number) | undefined;
  /** Texts are masked before they are cut: half a secret is one that nobody would find any more. */
  readonly mask: Mask;
}

/** A task as far as the status line knows it. */
interface TaskStatus {
  readonly operator: string;
  readonly stage: StageName;
  readonly startMs: number;
  readonly progress: string;
  readonly outcome: Outcome | undefined;
}

/** A log gets a line this often, in milliseconds. */
const logEveryMs = 30_000;
const rewriteEveryMs = 1_000;
const logColumns = 240;

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
/** Back to the first column, and erase the line. */
const clearLine = '\r\u001b[2K';

/** The status of all tasks on one line of at most `columns`: when they do not fit, what is done becomes a number. */
export function statusLine(tasks: readonly TaskStatus[], nowMs: number, columns: number): string {
  const severalOperators = new Set(tasks.map((task) => task.operator)).size > 1;
  const name = (task: TaskStatus): string =>
    severalOperators ? `${oneLine(task.operator)} ${task.stage}` : task.stage;
  const ended = tasks.flatMap((task) => {
    if (task.outcome === undefined) return [];
    const { state, ms } = task.outcome;
    if (state === 'done') return [{ done: true, text: `${name(task)} ✓ ${clock(ms)}` }];
    if (state === 'failed') return [{ done: false, text: `${name(task)} ✗ ${clock(ms)}` }];
    return [];
  });
  const running = tasks
    .filter((task) => task.outcome === undefined)
    .map((task) => {
      const text = `${name(task)} ⋯ ${clock(nowMs - task.startMs)}`;
      return { text, progress: task.progress === '' ? text : `${text} ${oneLine(task.progress)}` };
    });
  const done = ended.filter((task) => task.done);
  const failed = ended.filter((task) => !task.done).map((task) => task.text);
  const doneCount = done.length === 0 ? [] : [`✓ ${done.length} done`];
  const lines = [
    [...ended.map((task) => task.text), ...running.map((task) => task.progress)],
    [...doneCount, ...failed, ...running.map((task) => task.progress)],
    [...doneCount, ...failed, ...running.map((task) => task.text)],
  ].map((parts) => [stopwatch(nowMs), parts.join('   ')].join('  '));
  return cut(lines.find((line) => width(line) <= columns) ?? lines.at(-1) ?? '', columns);
}

/**
 * What goes on while stages run: one line that is rewritten on a terminal, a line every 30 s in a log, and at once a
 * line for each failure. `stop` leaves a clean line and the cursor on; call it however the run ends.
 */
export class LiveStatus {
  readonly #options: StatusOptions;
  readonly #tasks = new Map<TaskId, TaskStatus>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StatusOptions) {
    this.#options = options;
  }

  handle(event: TaskEvent): void {
    const known = this.#tasks.get(event.id);
    const { mask } = this.#options;
    switch (event.kind) {
      case 'started':
        this.#tasks.set(event.id, { ...identityOf(event.id), startMs: event.atMs, progress: '', outcome: undefined });
        break;
      case 'progress':
        if (known !== undefined) this.#tasks.set(event.id, { ...known, progress: mask(event.text) });
        break;
      case 'ended':
        if (known !== undefined) this.#tasks.set(event.id, { ...known, outcome: event.outcome });
        if (event.outcome.state === 'failed') this.print(mask(failureLine(event.outcome)));
        break;
    }
    this.#start();
    if (this.#options.columns !== undefined) this.#rewrite();
  }

  /** Lines that stay, above the one that is rewritten. */
  print(lines: string): void {
    const drawn = this.#options.columns !== undefined && this.#timer !== undefined;
    this.#options.write(`${drawn ? clearLine : ''}${lines}\n`);
    if (drawn) this.#rewrite();
  }

  stop(): void {
    // The tasks of a run to come are others, also where they have the same names.
    this.#tasks.clear();
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#options.columns !== undefined) this.#options.write(clearLine + showCursor);
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    const { columns, write, now } = this.#options;
    if (columns === undefined) {
      this.#timer = setInterval(() => {
        write(`${statusLine([...this.#tasks.values()], now(), logColumns)}\n`);
      }, logEveryMs);
    } else {
      write(hideCursor);
      this.#timer = setInterval(() => this.#rewrite(), rewriteEveryMs);
    }
    this.#timer.unref();
  }

  #rewrite(): void {
    const { columns, write, now } = this.#options;
    // A line as wide as the terminal would wrap on some, and a wrapped line cannot be rewritten.
    const room = Math.max(1, (columns?.() ?? logColumns) - 1);
    write(clearLine + statusLine([...this.#tasks.values()], now(), room));
  }
}

function identityOf(id: TaskId): { operator: string; stage: StageName } {
  const slash = id.lastIndexOf('/');
  return { operator: id.slice(0, slash), stage: id.slice(slash + 1) as StageName };
}

function failureLine(outcome: Outcome & { readonly state: 'failed' }): string {
  const { message } = outcome.problems[0] ?? { message: 'failed' };
  return `${stopwatch(outcome.startMs + outcome.ms)}  ✗ ${oneLine(`${outcome.operator} ${outcome.stage}: ${message}`)}`;
}

/** Where a problem is: a file of the repository, 1-based line and column. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ProblemDetails {
  /** One line: what to do about it. */
  readonly hint?: string;
  readonly at?: Place;
  /** The few lines of output that show the cause; already free of secrets. */
  readonly excerpt?: string;
  readonly cause?: unknown;
}

/**
 * A failure that the user can act on. `code` (`OR-<AREA>-<WHAT>`) is stable and has a section in docs/errors.md;
 * `message` is one line that says what failed, `hint` one line that says what to do.
 * Everything else that is thrown is a bug of ours and is reported as one.
 */
export class Problem extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly at: Place | undefined;
  readonly excerpt: string | undefined;

  constructor(code: string, message: string, details: ProblemDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Problem';
    this.code = code;
    this.hint = details.hint;
    this.at = details.at;
    this.excerpt = details.excerpt;
  }
}

/** Several problems found by one check, so that a user sees all of them at once. Never empty. */
export class Problems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.name = 'Problems';
    this.problems = problems;
  }
}

/** Throws what was found: nothing for none, the problem itself for one, all of them together otherwise. */
export function raise(problems: readonly Problem[]): void {
  const [first, ...rest] = problems;
  if (first === undefined) return;
  throw rest.length === 0 ? first : new Problems(problems);
}

/** What was thrown, in one line, whatever it is. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

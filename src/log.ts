/**
 * Where a part of the program writes its lines. The engine gives every stage its own, so that stages that run side by
 * side never interleave. A line holds no secret: the writer at the end masks what it knows, but callers do not rely on it.
 */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  /** Shown only when debugging is on (`RUNNER_DEBUG=1`, `--debug`). */
  debug(line: string): void;
}

/** A log that keeps its lines; for the engine's groups and for tests. */
export class BufferLog implements Log {
  readonly lines: string[] = [];

  info(line: string): void {
    this.lines.push(line);
  }
  warn(line: string): void {
    this.lines.push(`warning: ${line}`);
  }
  debug(line: string): void {
    this.lines.push(`debug: ${line}`);
  }
}

/** For output that is data to us and noise to a reader. */
export const silent: Log = { info: () => undefined, warn: () => undefined, debug: () => undefined };

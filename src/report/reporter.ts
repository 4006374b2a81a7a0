import type { RunResult } from '../engine/outcome.ts';
import type { TaskEvent } from '../engine/graph.ts';
import type { Problem } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Plan } from '../plan/types.ts';

/** Where a run tells people and later steps about itself. Nothing here throws: a report must not fail a release. */
export interface Reporter {
  /** Lines at once: what happens before and between stages. */
  readonly log: Log;
  /** The plan, before anything is done. Also sets the outputs that are known by then. */
  plan(plan: Plan): void;
  /** What happens while stages run, for the live status. */
  event(event: TaskEvent): void;
  /** The end of a run; `result` is null when it only planned. */
  finish(plan: Plan, result: RunResult | null): Promise<void>;
  /** The end of a run that found problems before it could start. */
  fail(problems: readonly Problem[]): Promise<void>;
}

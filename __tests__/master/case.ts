import { isDeepStrictEqual } from 'node:util';
import type { FaultKind } from './fault.ts';
import { nameOf } from './requests.ts';
import type { Request } from './requests.ts';
import type { State } from './state.ts';
import type { Ran, World } from './world.ts';

/** One request of a release, and what happens to it. */
export interface Case {
  readonly request: Request;
  readonly fault: FaultKind;
}

export interface CaseResult {
  readonly case: Case;
  /** How the disturbed run ended: `released`, `killed`, or the code of its problem. */
  readonly outcome: string;
  /** Changes that the run after it made. */
  readonly writes: number;
  /** What must not be; empty for a good case. */
  readonly wrong: readonly string[];
  /** Of both runs, for who looks into it. */
  readonly logs: readonly string[];
}

/** An undisturbed release, with which all others are compared. */
export interface Undisturbed {
  readonly requests: readonly Request[];
  readonly state: State;
}

export function nameOfCase({ request, fault }: Case): string {
  return `${nameOf(request)}: ${fault.row} ${fault.what}`;
}

/** Makes the release once as it should be, and again, which must change nothing. Throws when that is not so. */
export async function undisturbed(world: World): Promise<Undisturbed> {
  const trial = await world.begin();
  const first = await trial.run();
  const state = trial.state();
  const again = await trial.run();
  const wrong = [...trial.broken, ...wrongWith(first), ...wrongWith(again), ...difference(trial.state(), state)];
  if (again.writes.length > 0) wrong.push(`the second run writes: ${again.writes.join()}`);
  if (wrong.length > 0) throw new Error(`${wrong.join('\n')}\n${first.result.log}\n${again.result.log}`);
  const assets = state.releases.find(({ draft, tag }) => !draft && tag === state.latest)?.assets ?? [];
  world.plan(new Map(assets.map(({ name, digest }) => [name, digest ?? ''])));
  return { requests: first.requests, state };
}

/** Runs the release with the fault, and again without. */
export async function runCase(world: World, wanted: State, which: Case): Promise<CaseResult> {
  const { request, fault } = which;
  const trial = await world.begin();
  const struck = fault.arm(world, request);
  const first = await trial.run();
  const wrong: string[] = [];
  if (!struck()) wrong.push('the fault did not strike');
  trial.calm();
  const again = await trial.run();
  const expected = fault.expects?.(wanted) ?? wanted;
  wrong.push(...trial.broken, ...wrongWith(again), ...difference(trial.state(), expected), ...world.github.violations);
  const { exitCode, log, postCode } = first.result;
  if (postCode !== 0) wrong.push(`post ends with ${String(postCode)}`);
  if (log.includes('OR-BUG')) wrong.push('the disturbed run stumbles over a bug');
  const ended = exitCode === null ? 'killed' : exitCode === 0 ? 'released' : 'failed';
  const { ends = 'released' } = fault;
  if (ended !== ends && (ends !== 'either' || ended === 'killed')) wrong.push(`the disturbed run is to be ${ends}`);
  if (exitCode === 0 && again.writes.length > 0)
    wrong.push(`after success, the next run writes ${again.writes.join()}`);
  const outcome = ended === 'failed' ? codesOf(log) : ended;
  return { case: which, outcome, writes: again.writes.length, wrong, logs: [log, again.result.log] };
}

function wrongWith({ result }: Ran): readonly string[] {
  if (result.exitCode === 0 && result.postCode === 0) return [];
  return [`an undisturbed run ends with ${String(result.exitCode)}, post with ${String(result.postCode)}`];
}

/** The one line with which a run fails names its problem. */
function codesOf(log: string): string {
  return [...new Set(log.match(/OR-[A-Z]+(?:-[A-Z]+)*/g) ?? ['no code'])].join(', ');
}

function difference(found: State, wanted: State): readonly string[] {
  return (Object.keys(wanted) as (keyof State)[])
    .filter((part) => !isDeepStrictEqual(found[part], wanted[part]))
    .map((part) => `${part}: ${JSON.stringify(found[part])}\n  instead of ${JSON.stringify(wanted[part])}`);
}

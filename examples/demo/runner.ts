import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RunnerLog } from './runner-log.ts';
import { makeRunnerFiles, readRunnerFile } from './runner-files.ts';

export interface Step {
  /** Folder with main.js and post.js. */
  readonly dist: string;
  /** The checkout. */
  readonly workspace: string;
  /** For the runner's own files. */
  readonly scratch: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Payload of the event. */
  readonly event: object;
  /** What the runner says of the job: GITHUB_… */
  readonly variables: Readonly<Record<string, string>>;
  /** On top of the machine's own variables. */
  readonly machineEnv: Readonly<Record<string, string>>;
  readonly write: (line: string) => void;
  readonly verbose: boolean;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
}

export interface StepResult {
  /** Of main.js; 1 when a signal ended it. */
  readonly exitCode: number;
  /** Markdown. */
  readonly summary: string;
}

/** A cancelled step has this long to end, as long as the runner gives it: 7.5 s after SIGINT, 2.5 s after SIGTERM. */
const cancelMs = { terminate: 7_500, kill: 10_000 } as const;

/** Runs the action's two programs as the runner does: main.js, and post.js with main's state, however main ended. */
export async function runStep(step: Step): Promise<StepResult> {
  const file = (name: string): string => join(step.scratch, name);
  const env = {
    ...outsideActions(process.env),
    ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
    ...step.machineEnv,
    ...step.variables,
    ...(await makeRunnerFiles(step.scratch, step)),
  };
  try {
    const exitCode = await runProgram(join(step.dist, 'main.js'), env, step, step.signal);
    return { exitCode, summary: await readFile(file('summary.md'), 'utf8') };
  } finally {
    const state = await readRunnerFile(file('state'));
    const saved = Object.fromEntries([...state].map(([name, value]) => [`STATE_${name}`, value]));
    await runProgram(join(step.dist, 'post.js'), { ...env, ...saved }, step, null);
  }
}

/** The machine's variables without those of a job in which the demo itself may run. */
function outsideActions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(INPUT|STATE|GITHUB|ACTIONS)_|^RUNNER_(TEMP|DEBUG)$/.test(name),
  );
  return Object.fromEntries(kept);
}

/** `signal` null: nothing stops it. Gives the exit code. */
async function runProgram(
  file: string,
  env: NodeJS.ProcessEnv,
  { workspace, write, verbose }: Step,
  signal: AbortSignal | null,
): Promise<number> {
  if (signal?.aborted === true) return 1;
  // A group of its own: Ctrl-C reaches the demo, which passes it on to main.js once and to post.js never.
  const child = spawn(process.execPath, [file], {
    cwd: workspace,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const log = new RunnerLog(write, verbose);
  const timers: NodeJS.Timeout[] = [];
  const cancel = (): void => {
    child.kill('SIGINT');
    timers.push(setTimeout(() => child.kill('SIGTERM'), cancelMs.terminate));
    timers.push(setTimeout(() => child.kill('SIGKILL'), cancelMs.kill));
  };
  signal?.addEventListener('abort', cancel, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => log.line(line));
  }
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? 1;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    log.end();
  }
}

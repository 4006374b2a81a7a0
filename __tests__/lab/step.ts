import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRunnerFile } from '../../examples/demo/runner-files.ts';
import { ProcessWatch } from './processes.ts';

/** What the workflow and the event say. */
export interface StepOptions {
  /** Folder with main.js and post.js. */
  readonly dist: string;
  /** The checkout. */
  readonly workspace: string;
  readonly event: object;
  /** By the names of action.yml. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What the runner says of the job: GITHUB_… */
  readonly variables: Readonly<Record<string, string>>;
  /** Texts that must stay inside: they are looked for in every command line while the step runs. */
  readonly secrets: readonly string[];
}

/** A step on its way; `end` is to be awaited, however it ends. */
export interface RunningStep {
  readonly runId: string;
  /** All that main has written up to now. */
  readonly log: () => string;
  /** A file that the checkout's own commands can write through `$LAB_E2E_BEGUN`. */
  readonly begun: string;
  kill(signal: NodeJS.Signals): void;
  /** Of main.js. */
  readonly ended: Promise<unknown>;
  end(): Promise<StepResult>;
}

export interface StepResult {
  readonly runId: string;
  readonly workspace: string;
  /** Of main.js; null when a signal ended it. */
  readonly exitCode: number | null;
  /** Of post.js. */
  readonly postCode: number | null;
  /** Standard output and error of main.js. */
  readonly log: string;
  readonly postLog: string;
  readonly summary: string;
  readonly outputs: ReadonlyMap<string, string>;
  /** As it is in the file. */
  readonly state: string;
  /** Seconds that main.js ran. */
  readonly seconds: number;
  /** Files and folders that are in RUNNER_TEMP after post.js. */
  readonly left: readonly string[];
  /** Programs that ran, by the names of their files. */
  readonly programs: ReadonlySet<string>;
  /** Command lines of what was still running after post.js; killed then, as the runner does. */
  readonly orphans: readonly string[];
  /** Command lines in which a secret was seen. */
  readonly exposed: readonly string[];
  /** The runner's files as they are. */
  readonly files: Readonly<Record<string, string>>;
}

/** A copy of dist/, so that a build that others start in between changes nothing for a test. */
export async function copyDist(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-dist-'));
  await cp(join(import.meta.dirname, '../../dist'), join(folder, 'dist'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}\n');
  return join(folder, 'dist');
}

/** The machine's variables without those of a job or of the test runner. */
function machineVariables(): NodeJS.ProcessEnv {
  const foreign =
    /^(INPUT|STATE|GITHUB|ACTIONS|RUNNER|VITEST|npm)_|^(VITEST|NODE_ENV|NODE_OPTIONS|TEST|MODE|PROD|DEV|SSR|BASE_URL)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

const runnerFiles = ['output', 'state', 'summary.md', 'env', 'path'] as const;

/** Starts main.js as the runner does. */
export async function startStep(options: StepOptions): Promise<RunningStep> {
  const scratch = await mkdtemp(join(tmpdir(), 'lab-step-'));
  const file = (name: string): string => join(scratch, name);
  const temp = file('temp');
  await mkdir(temp);
  for (const name of runnerFiles) await writeFile(file(name), '');
  await writeFile(file('event.json'), JSON.stringify(options.event));
  const runId = `${randomInt(1e9, 1e10)}`;
  const tracking = `lab_${runId}`;
  const env: NodeJS.ProcessEnv = {
    ...machineVariables(),
    NO_COLOR: '1',
    LAB_E2E_BEGUN: file('e2e-begun'),
    ...options.variables,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_RUN_ID: runId,
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKSPACE: options.workspace,
    GITHUB_EVENT_PATH: file('event.json'),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary.md'),
    GITHUB_ENV: file('env'),
    GITHUB_PATH: file('path'),
    RUNNER_TEMP: temp,
    RUNNER_TRACKING_ID: tracking,
    ...Object.fromEntries(
      Object.entries(options.inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    ),
  };
  const start = performance.now();
  const watch = new ProcessWatch(options.secrets, tracking);
  const main = runProgram(join(options.dist, 'main.js'), options.workspace, env);
  const timed = main.ended.then((code) => ({ code, seconds: (performance.now() - start) / 1000 }));

  return {
    runId,
    begun: file('e2e-begun'),
    log: main.output,
    kill: (signal) => void main.child.kill(signal),
    ended: timed,
    end: async () => {
      const { code: exitCode, seconds } = await timed;
      const saved = Object.fromEntries(
        [...(await readRunnerFile(file('state')))].map(([name, value]) => [`STATE_${name}`, value]),
      );
      const post = runProgram(join(options.dist, 'post.js'), options.workspace, { ...env, ...saved });
      const postCode = await post.ended;
      const seen = watch.stop();
      // "Cleaning up orphan processes", the last thing that the runner does.
      const orphans = watch.endOrphans();
      const files: Record<string, string> = {};
      for (const name of runnerFiles) files[name] = await readFile(file(name), 'utf8');
      const result: StepResult = {
        runId,
        workspace: options.workspace,
        exitCode,
        postCode,
        log: main.output(),
        postLog: post.output(),
        summary: files['summary.md'] ?? '',
        outputs: await readRunnerFile(file('output')),
        state: files['state'] ?? '',
        seconds,
        left: await readdir(temp, { recursive: true }),
        ...seen,
        orphans,
        files,
      };
      await rm(scratch, { recursive: true, force: true });
      return result;
    },
  };
}

export async function runStep(options: StepOptions): Promise<StepResult> {
  return (await startStep(options)).end();
}

interface Program {
  readonly child: ReturnType<typeof spawn>;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

function runProgram(file: string, cwd: string, env: NodeJS.ProcessEnv): Program {
  const child = spawn(process.execPath, [file], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  // "exit", not "close": what a killed main leaves behind holds its pipes open.
  const ended = once(child, 'exit').then(async ([code]) => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return code as number | null;
  });
  return { child, ended, output: () => text };
}

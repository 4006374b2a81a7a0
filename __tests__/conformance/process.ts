import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRunnerFiles, readRunnerFile, runnerFiles } from '../../examples/demo/runner-files.ts';
import { ProcessWatch } from '../lab/processes.ts';

/** A step of a job: what the workflow, the event and the runner say. */
export interface ProcessOptions {
  /** `runs.main` and `runs.post` of action.yml, as paths of files; post null: there is none. */
  readonly main: string;
  readonly post: string | null;
  /** The checkout. */
  readonly workspace: string;
  readonly event: object;
  /** By the names of action.yml. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What the runner says of the job: GITHUB_… */
  readonly variables: Readonly<Record<string, string>>;
  /** Texts that must stay inside: they are looked for in every command line while the step runs. */
  readonly secrets?: readonly string[];
  /** Default: a random one. Jobs of one run have the same. */
  readonly runId?: string;
  /** Waits of an otherwise idle process take no time, see preload.ts. Not for processes that wait for each other. */
  readonly skipWaits?: boolean;
  /** After so long it is killed, main and post each; default never. */
  readonly limitMs?: number;
}

/** A step on its way; `end` is to be awaited, however it ends. */
export interface RunningProcess {
  readonly runId: string;
  /** All that main has written up to now. */
  readonly log: () => string;
  kill(signal: NodeJS.Signals): void;
  /** Of main. */
  readonly ended: Promise<unknown>;
  /** Runs post after main, as the runner does, also after a kill. */
  end(): Promise<ProcessResult>;
}

export interface ProcessResult {
  readonly runId: string;
  readonly workspace: string;
  /** Of main; null when a signal ended it. */
  readonly exitCode: number | null;
  /** Of post; 0 where there is none. */
  readonly postCode: number | null;
  /** Standard output and error of main. */
  readonly log: string;
  readonly postLog: string;
  readonly summary: string;
  readonly outputs: ReadonlyMap<string, string>;
  /** As it is in the file. */
  readonly state: string;
  /** Seconds that main ran. */
  readonly seconds: number;
  /** Files and folders that are in RUNNER_TEMP after post. */
  readonly left: readonly string[];
  /** Programs that ran, by the names of their files; seen only where there are secrets to look for. */
  readonly programs: ReadonlySet<string>;
  /** Command lines of what was still running after post; killed then, as the runner does. */
  readonly orphans: readonly string[];
  /** Command lines in which a secret was seen. */
  readonly exposed: readonly string[];
  /** The runner's files as they are. */
  readonly files: Readonly<Record<string, string>>;
}

/** The machine's variables without those of a job or of the test runner. */
function machineVariables(): NodeJS.ProcessEnv {
  const foreign =
    /^(INPUT|STATE|GITHUB|ACTIONS|RUNNER|VITEST|npm)_|^(VITEST|NODE_ENV|NODE_OPTIONS|TEST|MODE|PROD|DEV|SSR|BASE_URL)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Starts main as the runner does, under this node. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const scratch = await mkdtemp(join(tmpdir(), 'step-'));
  const file = (name: string): string => join(scratch, name);
  const { runId = `${randomInt(1e9, 1e10)}`, secrets = [] } = options;
  const tracking = `step_${runId}_${randomInt(1e9)}`;
  const env: NodeJS.ProcessEnv = {
    ...machineVariables(),
    NO_COLOR: '1',
    ...options.variables,
    ...(await makeRunnerFiles(scratch, options)),
    GITHUB_RUN_ID: runId,
    GITHUB_RUN_ATTEMPT: '1',
    RUNNER_TRACKING_ID: tracking,
  };
  const start = performance.now();
  const watch = new ProcessWatch(secrets, tracking);
  const main = runProgram(options.main, file('main.log'), env, options);
  const timed = main.ended.then((code) => ({ code, seconds: (performance.now() - start) / 1000 }));

  return {
    runId,
    log: main.output,
    kill: (signal) => main.kill(signal),
    ended: timed,
    end: async () => {
      const { code: exitCode, seconds } = await timed;
      const saved = Object.fromEntries(
        [...(await readRunnerFile(file('state')))].map(([name, value]) => [`STATE_${name}`, value]),
      );
      const post =
        options.post === null ? null : runProgram(options.post, file('post.log'), { ...env, ...saved }, options);
      const postCode = post === null ? 0 : await post.ended;
      const seen = watch.stop();
      // "Cleaning up orphan processes", the last thing that the runner does.
      const orphans = watch.endOrphans();
      const files: Record<string, string> = {};
      for (const name of runnerFiles) files[name] = await readFile(file(name), 'utf8');
      const result: ProcessResult = {
        runId,
        workspace: options.workspace,
        exitCode,
        postCode,
        log: main.output(),
        postLog: post?.output() ?? '',
        summary: files['summary.md'] ?? '',
        outputs: await readRunnerFile(file('output')),
        state: files['state'] ?? '',
        seconds,
        left: await readdir(file('temp'), { recursive: true }),
        ...seen,
        orphans,
        files,
      };
      await rm(scratch, { recursive: true, force: true });
      return result;
    },
  };
}

interface Program {
  readonly ended: Promise<number | null>;
  readonly output: () => string;
  kill(signal: NodeJS.Signals): void;
}

/** For a process whose waits take no time, see preload.ts. */
export const skippingWaits = {
  arguments: ['--import', join(import.meta.dirname, 'preload.ts')],
  env: { UV_THREADPOOL_SIZE: '1' },
};

/** Its output goes to a file: a pipe would be an open resource of the process, and what it leaves behind would hold it. */
function runProgram(file: string, log: string, env: NodeJS.ProcessEnv, options: ProcessOptions): Program {
  const output = openSync(log, 'a');
  const how = options.skipWaits === true ? skippingWaits : { arguments: [], env: {} };
  const child = spawn(process.execPath, [...how.arguments, file], {
    cwd: options.workspace,
    env: { ...env, ...how.env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  const limit = options.limitMs === undefined ? undefined : setTimeout(() => kill('SIGKILL'), options.limitMs);
  const ended = once(child, 'exit').then(([code]) => {
    clearTimeout(limit);
    return code as number | null;
  });
  return { ended, output: () => readFileSync(log, 'utf8'), kill };
}

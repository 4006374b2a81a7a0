import { spawn } from 'node:child_process';
import { Problem } from '../errors.ts';
import type { Log } from '../log.ts';
import { endOf } from './child-end.ts';

export interface ExecOptions {
  readonly cwd?: string;
  /** Added to the clean environment of `childEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input, in full; the only way in which a secret reaches a child. */
  readonly input?: string | Buffer;
  /** Every line of both outputs, as it comes. */
  readonly log?: Log;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Return instead of throwing when the exit code is not 0. */
  readonly allowFailure?: boolean;
}

export interface ExecResult {
  readonly exitCode: number;
  /** Whole output, cut to its last `maxKept` characters. */
  readonly stdout: string;
  readonly stderr: string;
}

/** The only way to run a program: a path or a name on PATH and its arguments, never a line for a shell. */
export type Exec = (tool: string, args: readonly string[], options?: ExecOptions) => Promise<ExecResult>;

/** 32 MiB: `go test -json` of a large repository fits, a runaway program does not. */
const maxKept = 32 * 1024 * 1024;
const graceMs = 5_000;
/** Characters after which a line without an end is cut. `go test -json` writes shorter ones. */
const longestLine = 1024 * 1024;

/**
 * Variables that a child must not see: inputs (they hold tokens), tokens, and what mints tokens (OIDC).
 * A tool that needs a login finds it in the private configuration files that `env` names.
 */
const secretNames = /^(INPUT_|STATE_|ACTIONS_)|TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIAL|PRIVATE_KEY|API_?KEY/i;

/** Whether a child does not get a variable of this name unless it is given on purpose. */
export function isSecretName(name: string): boolean {
  return secretNames.test(name);
}

export function childEnvironment(
  parent: NodeJS.ProcessEnv,
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) {
    if (value !== undefined && !isSecretName(name)) result[name] = value;
  }
  return { ...result, ...added };
}

/** The end of an output: what a person needs to see of a failure. */
export function tail(text: string, lines = 20): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Runs a program in a process group of its own, so that a cancel ends its children too. What it leaves in the background when
 * it ends by itself goes on.
 * @actions/exec hides the child and cannot do that, and it prints every argument.
 * Errors: `Problem` OR-TOOL-MISSING, OR-TOOL-FAILED (with the end of the output), OR-TOOL-TIMEOUT; an abort rejects with the signal's reason.
 */
export const exec: Exec = async (tool, args, options = {}) => {
  options.signal?.throwIfAborted();
  const child = spawn(tool, [...args], {
    cwd: options.cwd,
    env: childEnvironment(process.env, options.env),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const kept = { stdout: new Kept(), stderr: new Kept() };
  const lines = { stdout: new Lines(options), stderr: new Lines(options) };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8');
    child[name]?.on('data', (chunk: string) => {
      kept[name].add(chunk);
      lines[name].add(chunk);
    });
  }
  // A child that ends without reading its input breaks the pipe; its exit code tells more than EPIPE.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);

  let timedOut = false;
  const stop = (): void => {
    signalGroup(child.pid, 'SIGTERM');
    setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs).unref();
  };
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stop();
        }, options.timeoutMs);
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    child.once('exit', () => clearTimeout(timer));
    const { exitCode, left } = await endOf(child, () => timedOut || options.signal?.aborted === true);
    lines.stdout.end();
    lines.stderr.end();
    if (left)
      options.log?.info(`${nameOf(tool)} left a process in the background, whose output from here on is not shown`);
    options.signal?.throwIfAborted();
    const result = { exitCode, stdout: kept.stdout.text(), stderr: kept.stderr.text() };
    // Set by the timer, which the checker cannot see.
    if (timedOut as boolean) {
      throw new Problem('OR-TOOL-TIMEOUT', `${nameOf(tool)} did not end within ${(options.timeoutMs ?? 0) / 1000} s`, {
        hint: 'raise the timeout of its stage in the configuration, or see in the log what it waits for',
        excerpt: tail(result.stderr || result.stdout),
      });
    }
    if (exitCode !== 0 && options.allowFailure !== true) {
      throw new Problem('OR-TOOL-FAILED', `${nameOf(tool)} ${args[0] ?? ''} ended with exit code ${exitCode}`, {
        excerpt: tail(result.stderr.trim() === '' ? result.stdout : result.stderr),
      });
    }
    return result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) {
      throw new Problem('OR-TOOL-MISSING', `${nameOf(tool)} cannot be started: ${error.message}`, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
  }
};

function nameOf(tool: string): string {
  return tool.slice(tool.lastIndexOf('/') + 1);
}

/** The last `maxKept` characters of an output. */
class Kept {
  #chunks: string[] = [];
  #size = 0;

  add(chunk: string): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size > maxKept && this.#chunks.length > 1) this.#size -= this.#chunks.shift()?.length ?? 0;
  }

  text(): string {
    return this.#chunks.join('');
  }
}

/** Cuts an output into lines. */
class Lines {
  readonly #options: ExecOptions;
  #pending: string[] = [];
  #size = 0;

  constructor(options: ExecOptions) {
    this.#options = options;
  }

  add(chunk: string): void {
    const parts = chunk.split(/\r?\n/);
    const last = parts.pop() ?? '';
    for (const part of parts) {
      this.#emit(this.#take(part).replace(/\r$/, ''));
    }
    this.#pending.push(last);
    this.#size += last.length;
    // A program that never ends its line must not grow ours without bound.
    if (this.#size > longestLine) this.#emit(this.#take(''));
  }

  end(): void {
    const rest = this.#take('');
    if (rest !== '') this.#emit(rest);
  }

  /** What has come of a line so far, with its end. */
  #take(end: string): string {
    const line = `${this.#pending.join('')}${end}`;
    this.#pending = [];
    this.#size = 0;
    return line;
  }

  #emit(line: string): void {
    this.#options.log?.info(line);
    this.#options.onLine?.(line);
  }
}

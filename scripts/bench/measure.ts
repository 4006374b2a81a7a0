import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program that the measured one started, with times in its own clock. */
export interface Command {
  readonly tool: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly input: string;
  readonly start: number;
  readonly end: number;
}

export interface Measured {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** From before the start to after the end, as the caller sees it. */
  readonly wallMs: number;
  /** Processor time of the measured program alone, its children left out. */
  readonly cpuMs: number;
  /** The most memory that it held at one moment. */
  readonly maxRssMiB: number;
  readonly commands: readonly Command[];
}

export interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a workflow, a token or another run left in the environment has no say here. */
const foreign = /^(GITHUB_|GH_|INPUT_|ACTIONS_|RUNNER_|STATE_|REGISTRY_)|^(CI|NODE_OPTIONS)$/;

export function cleanEnvironment(added: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))), ...added };
}

/** Runs a node script with the meter in it. */
export async function measure(script: string, args: readonly string[], { cwd, env = {} }: Place): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-meter-'));
  const file = (name: string): string => join(folder, name);
  const meter = { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'meter.js')}`, BENCH_METER: file('meter.json') };
  // Files, so that nobody has to read while the time runs.
  const [stdout, stderr] = await Promise.all([open(file('stdout'), 'w'), open(file('stderr'), 'w')]);
  try {
    const start = performance.now();
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      env: cleanEnvironment({ ...env, ...meter }),
      stdio: ['ignore', stdout.fd, stderr.fd],
    });
    const [code] = (await once(child, 'close')) as [number | null];
    const wallMs = performance.now() - start;
    const read = (name: string): Promise<string> => readFile(file(name), 'utf8');
    const used = JSON.parse(await read('meter.json')) as Pick<Measured, 'cpuMs' | 'maxRssMiB' | 'commands'>;
    return { ...used, stdout: await read('stdout'), stderr: await read('stderr'), exitCode: code ?? 128, wallMs };
  } finally {
    await Promise.all([stdout.close(), stderr.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** As `measure`, of a program that has to succeed. */
export async function measureGreen(script: string, args: readonly string[], place: Place): Promise<Measured> {
  const measured = await measure(script, args, place);
  if (measured.exitCode !== 0) {
    throw new Error(`${args.join(' ')} ended with exit code ${measured.exitCode}:\n${measured.stderr.slice(-3_000)}`);
  }
  return measured;
}

/** The commands in the order of their start. */
export function inStart({ commands }: Measured): readonly Command[] {
  return [...commands].sort((a, b) => a.start - b.start);
}

/** Milliseconds of a command with nothing else around it. */
export async function alone(
  command: Pick<Command, 'tool' | 'args' | 'cwd' | 'input'>,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const start = performance.now();
  const child = spawn(command.tool, [...command.args], {
    cwd: command.cwd,
    env: cleanEnvironment(env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(command.input);
  child.stdout.resume();
  child.stderr.resume();
  await once(child, 'close');
  return performance.now() - start;
}

/** A time in which none of the commands ran, and what ran before and after it; null for the start and the end. */
export interface Gap {
  readonly ms: number;
  readonly before: Command | null;
  readonly after: Command | null;
}

export function gapsOf(measured: Measured): readonly Gap[] {
  const gaps: Gap[] = [];
  let before: Command | null = null;
  for (const after of inStart(measured)) {
    const until: number = before?.end ?? 0;
    if (after.start > until) gaps.push({ ms: after.start - until, before, after });
    if (after.end > until) before = after;
  }
  return [...gaps, { ms: measured.wallMs - (before?.end ?? 0), before, after: null }];
}

export function sumOf(gaps: readonly Gap[]): number {
  return gaps.reduce((sum, { ms }) => sum + ms, 0);
}

/** The fastest of several rounds: what else the machine did comes on top of it. */
export function fastest(values: readonly number[]): number {
  return Math.min(...values);
}

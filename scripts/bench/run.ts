import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeCheckout, subject } from '../../examples/demo/checkout.ts';
import { which } from '../../__tests__/registry/real-registry.ts';
import { alone, fastest, gapsOf, inStart, measureGreen, sumOf } from './measure.ts';
import type { Command, Measured } from './measure.ts';
import { longestChain } from './chain.ts';

const rounds = 3;
const stages = ['chart-check', 'unit'];
/** Go keeps results of tests that it has run; here they run again each time. */
const env = { GOFLAGS: '-count=1' };

export interface RunResult {
  readonly stages: readonly string[];
  readonly commands: number;
  readonly wallMs: number;
  /** All its commands, run one after the other with nothing around them. */
  readonly oneByOneMs: number;
  /** Those on the longest path through them, run alone. */
  readonly longestMs: number;
  /** Time in which none of its commands ran. */
  readonly uncoveredMs: number;
  readonly cpuMs: number;
}

/** A run of two stages side by side, beside the same commands without us. Null, with the reason said, without the tools. */
export async function benchRun(root: string, cli: string, say: (line: string) => void): Promise<RunResult | null> {
  for (const tool of ['go', 'helm']) {
    if ((await which(tool)) !== null) continue;
    say(`left out: a run of ${stages.join(' and ')}, since ${tool} is not on PATH`);
    return null;
  }
  const folder = await mkdtemp(join(tmpdir(), 'bench-run-'));
  try {
    const checkout = join(folder, subject.operator);
    await makeCheckout(join(root, 'examples', subject.operator), checkout);
    const run = (): Promise<Measured> =>
      measureGreen(cli, ['run', '--stages', stages.join(',')], { cwd: checkout, env });
    // The first one compiles, and downloads modules.
    await run();
    const runs: Measured[] = [];
    const times: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      const measured = await run();
      const again: number[] = [];
      const scratch = join(folder, `scratch-${round}`);
      await prepare(scratch, checkout);
      for (const command of inStart(measured)) again.push(await alone(moved(command, scratch), env));
      runs.push(measured);
      times.push(again);
    }
    return resultOf(runs, times);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function resultOf(runs: readonly Measured[], times: readonly (readonly number[])[]): RunResult {
  const perRound = runs.map((measured, round) => {
    const commands = inStart(measured).map((command, index) => ({
      ...command,
      aloneMs: times[round]?.[index] ?? 0,
      lane: laneOf(command),
    }));
    return {
      longestMs: longestChain(commands),
      oneByOneMs: commands.reduce((sum, { aloneMs }) => sum + aloneMs, 0),
      uncoveredMs: sumOf(gapsOf(measured)),
    };
  });
  return {
    stages,
    commands: runs[0]?.commands.length ?? 0,
    wallMs: fastest(runs.map(({ wallMs }) => wallMs)),
    oneByOneMs: fastest(perRound.map(({ oneByOneMs }) => oneByOneMs)),
    longestMs: fastest(perRound.map(({ longestMs }) => longestMs)),
    uncoveredMs: fastest(perRound.map(({ uncoveredMs }) => uncoveredMs)),
    cpuMs: fastest(runs.map(({ cpuMs }) => cpuMs)),
  };
}

/** Commands of different stages wait for each other never, however their times lie. */
function laneOf({ tool, args }: Command): string {
  const name = basename(tool);
  if (name === 'helm' || args.some((arg) => basename(arg) === 'helm')) return 'chart-check';
  return name === 'go' ? 'unit' : 'plan';
}

/** The run's temporary folder, which is gone after it. */
const scratchPattern = /\S*\/operator-release-[0-9a-f]{12}\/[^/]+/;

/** What the commands expect in their temporary folder. */
async function prepare(scratch: string, checkout: string): Promise<void> {
  await mkdir(scratch);
  await cp(join(checkout, 'charts', subject.operator), join(scratch, 'chart-check', subject.operator), {
    recursive: true,
  });
}

function moved(command: Command, scratch: string): Command {
  return {
    ...command,
    args: command.args.map((arg) =>
      arg.replace(
        scratchPattern,
        (path) => `${path.startsWith('-') ? path.slice(0, path.indexOf('=') + 1) : ''}${scratch}`,
      ),
    ),
  };
}

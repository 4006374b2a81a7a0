import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeCheckout, subject } from '../../examples/demo/checkout.ts';
import { dockerReachable } from '../../src/tools/docker.ts';
import { exec } from '../../src/tools/exec.ts';
import { gapsOf, measureGreen, sumOf } from './measure.ts';
import type { Command } from './measure.ts';

export interface FullResult {
  readonly wallMs: number;
  /** Stages of which each waits for the one before it, with their times in this run. */
  readonly longest: readonly { readonly stage: string; readonly ms: number }[];
  /** All stages, one after the other. */
  readonly oneByOneMs: number;
  /** Time in which none of its commands ran, without the pauses. */
  readonly uncoveredMs: number;
  /** Pauses between two looks at the cluster, while the operator is not ready. */
  readonly pausedMs: number;
  readonly cpuMs: number;
}

interface Outputs {
  readonly plan: string;
  readonly results: string;
}

type Results = Readonly<Record<string, Readonly<Record<string, { readonly seconds: number }>>>>;
interface Tasks {
  readonly operators: readonly {
    readonly tasks: readonly { readonly stage: string; readonly needs: readonly string[] }[];
  }[];
}

/** The whole pipeline of the example, once, with image, cluster and e2e. Null, with the reason said, without Docker. */
export async function benchFull(root: string, cli: string, say: (line: string) => void): Promise<FullResult | null> {
  const docker = await dockerReachable(exec);
  if (!docker.reachable) {
    say(`left out: the whole pipeline, since no Docker engine answers (${docker.reason})`);
    return null;
  }
  const folder = await mkdtemp(join(tmpdir(), 'bench-full-'));
  try {
    const checkout = join(folder, subject.operator);
    await makeCheckout(join(root, 'examples', subject.operator), checkout);
    const measured = await measureGreen(cli, ['run', '--json'], { cwd: checkout });
    const outputs = JSON.parse(measured.stdout) as Outputs;
    const seconds = (JSON.parse(outputs.results) as Results)[subject.operator] ?? {};
    const tasks = (JSON.parse(outputs.plan) as Tasks).operators[0]?.tasks ?? [];
    const gaps = gapsOf(measured);
    const pausedMs = sumOf(gaps.filter(({ before, after }) => isLook(before) && isLook(after)));
    const ms = (stage: string): number => (seconds[stage]?.seconds ?? 0) * 1000;
    return {
      wallMs: measured.wallMs,
      longest: longestPath(tasks, ms),
      oneByOneMs: tasks.reduce((sum, { stage }) => sum + ms(stage), 0),
      uncoveredMs: sumOf(gaps) - pausedMs,
      pausedMs,
      cpuMs: measured.cpuMs,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isLook(command: Command | null): boolean {
  return command !== null && basename(command.tool) === 'kubectl' && command.args.includes('get');
}

/** Tasks come in an order in which each stands behind those that it needs. */
function longestPath(tasks: Tasks['operators'][number]['tasks'], ms: (stage: string) => number): FullResult['longest'] {
  const paths = new Map<string, FullResult['longest']>();
  const length = (path: FullResult['longest']): number => path.reduce((sum, step) => sum + step.ms, 0);
  const longer = (a: FullResult['longest'], b: FullResult['longest']): FullResult['longest'] =>
    length(b) > length(a) ? b : a;
  for (const { stage, needs } of tasks) {
    const before = needs.map((id) => paths.get(id.slice(id.lastIndexOf('/') + 1)) ?? []).reduce(longer, []);
    paths.set(stage, [...before, { stage, ms: ms(stage) }]);
  }
  return [...paths.values()].reduce(longer, []);
}

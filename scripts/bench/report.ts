import { availableParallelism } from 'node:os';
import type { EngineResult } from './engine.ts';
import type { FullResult } from './full.ts';
import { changed, ownMs, sizes, tags } from './plan.ts';
import type { PlanResult } from './plan.ts';
import type { PromoteResult, Requests } from './promote.ts';
import type { RunResult } from './run.ts';
import type { StartResult } from './start.ts';

export interface Results {
  readonly plans: readonly PlanResult[];
  readonly start: StartResult;
  readonly engine: EngineResult;
  readonly run: RunResult | null;
  readonly full: FullResult | null;
  readonly promote: PromoteResult | null;
}

/** A statement of the design that a number of the run supports or not. */
export interface Verdict {
  readonly ok: boolean;
  /** Times depend on what else the machine does; counts, memory and growth do not. */
  readonly isTime: boolean;
  readonly text: string;
}

const mostRssMiB = 250;
const mostOwnMs = 1_000;
const mostShare = 0.02;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const times = (a: number, b: number): string => `${(a / b).toFixed(2)}×`;
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

export function verdicts({ plans, run, full, promote }: Results): readonly Verdict[] {
  const pulls = plans.filter(({ event }) => event === 'pull request');
  const [small, large] = [pulls[0], pulls.at(-1)];
  const found: Verdict[] = [];
  const fat = Math.max(...plans.map(({ maxRssMiB }) => maxRssMiB));
  found.push({
    ok: fat < mostRssMiB,
    isTime: false,
    text: `no plan holds more than ${fat.toFixed(0)} MiB (allowed: ${mostRssMiB})`,
  });
  if (small !== undefined && large !== undefined) {
    const [growth, linear] = [ownMs(large) / ownMs(small), large.operators / small.operators];
    found.push({
      ok: growth < linear,
      isTime: false,
      text: `from ${small.operators} to ${large.operators} operators a plan takes ${growth.toFixed(1)} times our own time (linear: ${linear})`,
    });
    found.push({
      ok: ownMs(large) < mostOwnMs,
      isTime: true,
      text: `of a plan for ${large.operators} operators ${seconds(ownMs(large))} are our own (allowed: ${seconds(mostOwnMs)})`,
    });
  }
  if (run !== null) {
    const own = run.wallMs - run.longestMs;
    found.push({
      ok: isSmall(own, run.wallMs),
      isTime: true,
      text: `a run takes ${seconds(own)} longer than the longest path through its tools (allowed: 2 % or 1 s)`,
    });
  }
  if (full !== null) {
    found.push({
      ok: isSmall(full.uncoveredMs, full.wallMs),
      isTime: true,
      text: `in the whole pipeline no tool runs for ${seconds(full.uncoveredMs)} of ${seconds(full.wallMs)} (allowed: 2 % or 1 s)`,
    });
  }
  if (promote !== null) {
    const { first, again, sentAgain, tags: count } = promote;
    const exact =
      first.manifestWrites === count && first.blobRequests === 0 && again.manifestWrites === 0 && sentAgain === 0;
    found.push({
      ok: exact,
      isTime: false,
      text: `${count} names for an image take ${first.manifestWrites} writes of its manifest and ${first.blobRequests} requests for blobs; once more: ${again.manifestWrites} writes`,
    });
  }
  return found;
}

function isSmall(own: number, wall: number): boolean {
  return own < 1_000 || own < mostShare * wall;
}

export function markdown(results: Results): string {
  const { plans, start, engine, run, full, promote } = results;
  return [
    '# Speed',
    `Written by \`npm run bench\`; every number is from one run, on ${availableParallelism()} cores with Node ${process.version}. Times are the fastest of several rounds: compare them with each other, within one run, and not between machines.`,
    verdicts(results)
      .map(({ ok, text }) => `- ${ok ? '✓' : '✗'} ${text}`)
      .join('\n'),
    '## A plan',
    `Repositories of up to ${String(sizes.at(-1))} operators with ${tags.toLocaleString('en')} tags and a last commit that changes ${changed.toLocaleString('en')} files and affects every operator, planned by \`dist/cli.js plan --json\`. Beside it git: the commands that the plan runs, run one after the other with nothing around them. Our own time is the larger of two: what the plan takes longer than the longest path through the commands of git and Docker, run alone, and the processor time of our process.`,
    planTable(plans),
    '## Start',
    table(
      ['bundle ÷ empty node', '`dist/cli.js help`', '`node -e 0`'],
      [[times(start.helpMs, start.emptyMs), seconds(start.helpMs), seconds(start.emptyMs)]],
    ),
    '## A run',
    `The engine takes ${engine.perTaskMs.toFixed(2)} ms for a task that does nothing, of ${engine.tasks.toLocaleString('en')} tasks in one run.`,
    ...(run === null ? [] : [runText(run), runTable(run)]),
    ...(full === null ? [] : [fullText(full), fullTable(full)]),
    ...(promote === null
      ? []
      : [
          '## A promotion',
          'Names that never change and names that move, for an image that a real registry holds; the requests are counted on the way to it.',
          promoteTable(promote),
        ]),
  ].join('\n\n');
}

function planTable(plans: readonly PlanResult[]): string {
  const head = [
    'event',
    'operators',
    'plan ÷ git',
    'our own per operator',
    'our own',
    'plan',
    'git',
    'longest path',
    'processor time',
    'calls of git',
    'memory',
    'JSON',
  ];
  const rows = plans.map((plan) => [
    plan.event,
    String(plan.operators),
    times(plan.wallMs, plan.gitMs),
    `${(ownMs(plan) / plan.operators).toFixed(2)} ms`,
    seconds(ownMs(plan)),
    seconds(plan.wallMs),
    seconds(plan.gitMs),
    seconds(plan.longestMs),
    seconds(plan.cpuMs),
    String(plan.gitCommands),
    `${plan.maxRssMiB.toFixed(0)} MiB`,
    `${plan.mebibytes.toFixed(1)} MiB`,
  ]);
  return table(head, rows);
}

function runText({ stages, commands }: RunResult): string {
  return `\`dist/cli.js run --stages ${stages.join(',')}\` on examples/widget-operator starts ${commands} programs. Beside it the same commands without us: one after the other, and those on the longest path through them.`;
}

function runTable(run: RunResult): string {
  return table(
    [
      'run ÷ longest path',
      'run ÷ one by one',
      'run',
      'longest path',
      'one by one',
      'no program runs',
      'our processor time',
    ],
    [
      [
        times(run.wallMs, run.longestMs),
        times(run.wallMs, run.oneByOneMs),
        ...[run.wallMs, run.longestMs, run.oneByOneMs, run.uncoveredMs, run.cpuMs].map(seconds),
      ],
    ],
  );
}

function fullText({ longest, pausedMs }: FullResult): string {
  return `The whole pipeline of examples/widget-operator, with image, cluster and e2e. Its longest path: ${longest.map(({ stage, ms }) => `${stage} ${seconds(ms)}`).join(' → ')}. While the operator is not ready yet, it looks again each second; these pauses (${seconds(pausedMs)}) are not counted as our own.`;
}

function fullTable(full: FullResult): string {
  const longest = full.longest.reduce((sum, { ms }) => sum + ms, 0);
  return table(
    [
      'run ÷ longest path',
      'no program runs ÷ run',
      'run',
      'longest path',
      'stages one by one',
      'no program runs',
      'our processor time',
    ],
    [
      [
        times(full.wallMs, longest),
        percent(full.uncoveredMs, full.wallMs),
        ...[full.wallMs, longest, full.oneByOneMs, full.uncoveredMs, full.cpuMs].map(seconds),
      ],
    ],
  );
}

function promoteTable({ tags: count, first, again }: PromoteResult): string {
  const row = (name: string, { manifestWrites, blobRequests, reads }: Requests): string[] => [
    name,
    ...[count, manifestWrites, blobRequests, reads].map(String),
  ];
  return table(
    ['', 'names', 'writes of the manifest', 'requests for blobs', 'reads'],
    [row('first', first), row('again', again)],
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---:')), ...rows.map(line)].join('\n');
}

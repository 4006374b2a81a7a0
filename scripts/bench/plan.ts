import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tmpdir } from 'node:os';
import { startRegistry, which } from '../../__tests__/registry/real-registry.ts';
import { longestChain } from './chain.ts';
import { alone, fastest, inStart, measureGreen } from './measure.ts';
import type { Measured } from './measure.ts';
import { generate } from './repository.ts';
import type { Generated } from './repository.ts';

export const sizes: readonly number[] = [50, 100, 250, 500];
export const tags = 20_000;
export const changed = 5_000;
const rounds = 4;
const repository = 'many/operators';

export type EventName = 'pull request' | 'push' | 'tag of all';

export interface PlanResult {
  readonly event: EventName;
  readonly operators: number;
  readonly wallMs: number;
  /** Its commands, run one after the other with nothing around them. */
  readonly gitMs: number;
  readonly gitCommands: number;
  /** The longest path through the commands of git and Docker, run alone. */
  readonly longestMs: number;
  /** Processor time of our own process. */
  readonly cpuMs: number;
  readonly maxRssMiB: number;
  /** Of the plan as JSON. */
  readonly mebibytes: number;
}

/** Our own time by two ways of counting; the larger one. */
export function ownMs({ wallMs, longestMs, cpuMs }: PlanResult): number {
  return Math.max(wallMs - longestMs, cpuMs);
}

/** Plans of pull requests in repositories of growing size, and of what asks the registry in the largest one. */
export async function benchPlans(cli: string, say: (line: string) => void): Promise<readonly PlanResult[]> {
  const results: PlanResult[] = [];
  for (const operators of sizes) {
    const folder = await mkdtemp(join(tmpdir(), 'bench-plan-'));
    try {
      const root = join(folder, 'checkout');
      await mkdir(root);
      say(`a repository of ${operators} operators`);
      const made = await generate(root, { operators, tags, changed });
      results.push(await benchPlan(cli, folder, made, operators, 'pull request', []));
      if (operators === sizes.at(-1)) results.push(...(await benchPublishing(cli, folder, made, operators, say)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return results;
}

async function benchPublishing(
  cli: string,
  folder: string,
  made: Generated,
  operators: number,
  say: (line: string) => void,
): Promise<readonly PlanResult[]> {
  if ((await which('registry')) === null) {
    say('left out: plans that ask a registry, since none is on PATH');
    return [];
  }
  const registry = await startRegistry({ memory: true });
  try {
    const args = ['--registry', `${registry.host}/many`];
    return [
      await benchPlan(cli, folder, made, operators, 'push', args),
      // Stages are named, since a machine without Docker refuses to publish what was not tested on a cluster.
      await benchPlan(cli, folder, made, operators, 'tag of all', [...args, '--stages', publishedStages]),
    ];
  } finally {
    await registry.stop();
  }
}

const publishedStages =
  'verify,lint,unit,integration,chart-check,image-build,chart-package,bundle,cluster,e2e,publish-image,publish-chart,release,tags';

async function benchPlan(
  cli: string,
  folder: string,
  made: Generated,
  operators: number,
  event: EventName,
  args: readonly string[],
): Promise<PlanResult> {
  const place = { cwd: made.root, env: await eventOf(folder, made, event) };
  const plan = (): Promise<Measured> => measureGreen(cli, ['plan', '--json', ...args], place);
  const first = await plan();
  const planned = JSON.parse(first.stdout) as { readonly operators: readonly unknown[] };
  if (planned.operators.length !== operators)
    throw new Error(`${planned.operators.length} operators in the plan, not ${operators}`);
  const plans: Measured[] = [];
  const gits: number[] = [];
  const longest: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const measured = await plan();
    const links = [];
    for (const command of inStart(measured)) links.push({ ...command, aloneMs: await alone(command), lane: 'plan' });
    plans.push(measured);
    gits.push(links.filter(isGit).reduce((sum, { aloneMs }) => sum + aloneMs, 0));
    longest.push(longestChain(links));
  }
  return {
    event,
    operators,
    wallMs: fastest(plans.map(({ wallMs }) => wallMs)),
    gitMs: fastest(gits),
    gitCommands: first.commands.filter(isGit).length,
    longestMs: fastest(longest),
    cpuMs: fastest(plans.map(({ cpuMs }) => cpuMs)),
    maxRssMiB: Math.max(...plans.map(({ maxRssMiB }) => maxRssMiB)),
    mebibytes: Buffer.byteLength(first.stdout) / 1024 / 1024,
  };
}

function isGit({ tool }: { readonly tool: string }): boolean {
  return basename(tool) === 'git';
}

/** What GitHub's runner tells of an event, as far as a plan depends on it. */
async function eventOf(folder: string, made: Generated, event: EventName): Promise<Readonly<Record<string, string>>> {
  const file = join(folder, 'event.json');
  const about = { full_name: repository, default_branch: 'main' };
  const payload = {
    'pull request': {
      number: 1,
      pull_request: { base: { sha: made.before }, head: { repo: about } },
      repository: about,
    },
    push: { before: made.before, repository: about },
    'tag of all': { repository: about },
  }[event];
  await writeFile(file, JSON.stringify(payload));
  const ref = { 'pull request': 'refs/pull/1/merge', push: 'refs/heads/main', 'tag of all': 'refs/tags/v9.0.0' }[event];
  return {
    GITHUB_EVENT_NAME: event === 'pull request' ? 'pull_request' : 'push',
    GITHUB_EVENT_PATH: file,
    GITHUB_REF: ref,
    GITHUB_SHA: made.head,
    GITHUB_REPOSITORY: repository,
  };
}

import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { emptyConfig, loadConfig } from './config/load.ts';
import type { Config } from './config/types.ts';
import { createCleanup } from './engine/cleanup.ts';
import type { Resource } from './engine/cleanup.ts';
import { runGraph } from './engine/graph.ts';
import type { Published, RunResult } from './engine/outcome.ts';
import { createStageRunner } from './engine/stage-runner.ts';
import { Problem } from './errors.ts';
import { collectFacts } from './facts/collect.ts';
import { readEvent } from './facts/event.ts';
import { openGit } from './facts/git.ts';
import type { Git } from './facts/git.ts';
import { createGitHub } from './github/client.ts';
import type { GitHub } from './github/client.ts';
import type { Inputs } from './inputs.ts';
import type { Log } from './log.ts';
import { createHttp } from './net/http.ts';
import { buildPlan } from './plan/build.ts';
import { createMovingTags } from './plan/moving.ts';
import { publishing } from './plan/tasks.ts';
import type { Plan } from './plan/types.ts';
import { preflight } from './preflight.ts';
import { createRegistry } from './registry/client.ts';
import type { Credentials, Registry } from './registry/types.ts';
import type { Reporter } from './report/reporter.ts';
import { folderCache, toolCacheRoot } from './tools/cache.ts';
import { exec } from './tools/exec.ts';
import { createToolFinder } from './tools/find.ts';

export interface Run {
  readonly inputs: Inputs;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  /** Aborted on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Milliseconds since the start. */
  readonly now: () => number;
  /** Keeps what has to be torn down for the job's end. */
  readonly saveResources: (resources: readonly Resource[]) => void;
}

export interface Ran {
  readonly plan: Plan;
  /** Null when the run only planned. */
  readonly result: RunResult | null;
}

/**
 * A whole run: facts -> plan -> graph of stages -> report. Ends with the report written, also when stages failed.
 * Errors: problems that were found before the first stage.
 */
export async function run(context: Run): Promise<Ran> {
  const { inputs, env, reporter, signal } = context;
  if (inputs.mode === 'finish' || inputs.mode === 'reconcile') {
    throw new Problem('OR-MODE', `the mode ${inputs.mode} is not in this version`, {
      hint: 'a run with one operator finishes itself; leave mode out',
    });
  }
  const git = await openGit(exec, resolve(inputs.workingDirectory));
  const config = await readConfig(git, inputs);
  const checksOnly = inputs.stages !== 'auto' && !inputs.stages.some((stage) => publishing.has(stage));
  const event = await readEvent(env, checksOnly);
  const clients = createClients(context, event.repository);
  const registry = clients.registry(reporter.log, signal);
  const github = clients.github(reporter.log, signal);
  const facts = await collectFacts({ git, exec, event, registry, github }, inputs, config);
  const plan = buildPlan(inputs, config, facts);
  reporter.plan(plan);
  if (inputs.mode === 'plan') {
    await reporter.finish(plan, null);
    return { plan, result: null };
  }
  if (plan.event.publishes) await preflight(plan, registry, github, reporter.log);

  const published: Published[] = [];
  // Lower case, unlike mkdtemp's: ko takes the folder of a layout for the name of a repository.
  const scratch = join(env['RUNNER_TEMP'] ?? tmpdir(), `operator-release-${randomBytes(6).toString('hex')}`);
  const cleanup = createCleanup(context.saveResources);
  cleanup.add({ kind: 'folder', path: scratch });
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const finder = createToolFinder({
    exec,
    log: reporter.log,
    fetch: globalThis.fetch,
    toolCache: folderCache(toolCacheRoot(env)),
    env,
    signal,
  });
  const runner = createStageRunner({
    plan,
    ports: {
      exec,
      git,
      tool: async (name, version) => (await finder(name, version)).path,
      cleanup,
      movingTags: createMovingTags(inputs, config, facts),
      env,
    },
    scratch,
    onPublished: (item) => published.push(item),
    ...clients,
  });
  const start = context.now();
  const outcomes = await runGraph(
    plan.operators.flatMap((operator) => operator.tasks),
    runner,
    {
      concurrency: inputs.concurrency ?? Math.max(leastConcurrency, availableParallelism()),
      failFast: inputs.failFast,
      signal,
      now: context.now,
      onEvent: (taskEvent) => reporter.event(taskEvent),
    },
  );
  const result: RunResult = { outcomes, published, ms: context.now() - start, cancelled: signal.aborted };
  await reporter.finish(plan, result);
  return { plan, result };
}

/** Stages wait for the network, the cluster and each other's programs as much as for the processor. */
const leastConcurrency = 4;

async function readConfig(git: Git, inputs: Inputs): Promise<Config> {
  const file = inputs.config;
  try {
    return loadConfig(await readFile(join(git.root, file), 'utf8'), file);
  } catch (thrown) {
    const isMissing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    if (isMissing && !inputs.configGiven) return emptyConfig;
    if (!isMissing) throw thrown;
    throw new Problem('OR-CONFIG-MISSING', `the configuration file ${file} is not in the repository`, {
      hint: 'correct the input config; paths count from the root of the repository',
    });
  }
}

interface Clients {
  readonly registry: (log: Log, signal: AbortSignal) => Registry;
  readonly github: (log: Log, signal: AbortSignal) => GitHub | null;
}

/** Clients that write what they retry into the log they are given. */
function createClients({ inputs, env }: Run, repository: string | null): Clients {
  const password = inputs.registryPassword ?? inputs.githubToken;
  const username = inputs.registryUsername ?? env['GITHUB_ACTOR'] ?? 'operator-release';
  const credentials = (): Credentials | null => (password === undefined ? null : { username, password });
  return {
    registry: (log, signal) => createRegistry({ http: createHttp({ log, signal }), credentials }),
    github: (log, signal) =>
      inputs.githubToken === undefined || repository === null
        ? null
        : createGitHub({
            token: inputs.githubToken,
            apiUrl: env['GITHUB_API_URL'] ?? 'https://api.github.com',
            repository,
            http: createHttp({ log, signal }),
            log,
          }),
  };
}

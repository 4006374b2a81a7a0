import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistryClients } from './clients.ts';
import type { Clients } from './clients.ts';
import { emptyConfig, loadConfig } from './config/load.ts';
import type { Config } from './config/types.ts';
import { createCleanup } from './engine/cleanup.ts';
import { runGraph } from './engine/graph.ts';
import type { Published, RunResult } from './engine/outcome.ts';
import { createStageRunner } from './engine/stage-runner.ts';
import { Problem } from './errors.ts';
import { collectFacts } from './facts/collect.ts';
import type { EventFacts } from './facts/event.ts';
import type { Git } from './facts/git.ts';
import { readStaged } from './facts/staged.ts';
import type { GitHub } from './github/client.ts';
import { orNull } from './github/failure.ts';
import type { Inputs } from './inputs.ts';
import { createLogins } from './logins.ts';
import { buildPlan } from './plan/build.ts';
import { finishPlan, nothingToFinish } from './plan/finish.ts';
import { createStanding } from './plan/moving.ts';
import { registryOf } from './plan/names.ts';
import type { Plan } from './plan/types.ts';
import { preflight } from './preflight.ts';
import { reserveReleases } from './release-right.ts';
import type { Registry } from './registry/types.ts';
import type { Ran, Run } from './run.ts';
import type { LogPlace } from './stages/types.ts';
import { folderCache, toolCacheRoot } from './tools/cache.ts';
import { envForHelpers, readDockerConfig } from './tools/docker-config.ts';
import { exec } from './tools/exec.ts';
import { createToolFinder } from './tools/find.ts';
import { writeLoginFiles } from './tools/login-files.ts';

/** What a run works on: a checkout, and what happened to it. */
export interface Subject {
  readonly inputs: Inputs;
  readonly git: Git;
  readonly event: EventFacts;
  readonly clients: Clients;
  readonly logs: LogPlace;
}

/**
 * What one event asks for: facts -> plan -> graph of stages -> report. Ends with the report written, also when stages failed.
 * Errors: problems that were found before the first stage.
 */
export async function runEvent(context: Run, { inputs, git, event, clients, logs }: Subject): Promise<Ran> {
  const { env, reporter, signal } = context;
  const config = await readConfig(git, inputs);
  const registryPath = registryOf(inputs, config, event.repository ?? '');
  const logins = createLogins(inputs, env, registryPath, exec, reporter.log);
  const registries = createRegistryClients(logins);
  const registry = registries.firstLook(reporter.log, signal);
  const github = clients.github(reporter.log, signal);
  const facts = await collectFacts({ git, exec, event, registry, github }, inputs, config);
  const finishing = inputs.mode === 'finish';
  // Nothing is built or deployed here to finish a release, or to plan what other jobs do: nothing is asked of the machine.
  const elsewhere = finishing || (inputs.mode === 'plan' && event.kind !== 'local');
  const host = elsewhere ? { ...facts.host, dockerMissing: null } : facts.host;
  const whole = buildPlan(inputs, config, { ...facts, host });
  const plan = finishing ? await toFinish(whole, registry, github) : whole;
  reporter.plan(plan);
  if (inputs.mode === 'plan') {
    await reporter.finish(plan, null);
    return { plan, result: null };
  }
  if (plan.event.publishes) {
    await preflight(plan, registry, github, reporter.log, env, git);
    if (facts.immutableReleases && github !== null) await reserveReleases(plan, github);
  }

  const published: Published[] = [];
  // Lower case, unlike mkdtemp's: ko takes the folder of a layout for the name of a repository.
  const scratch = join(env['RUNNER_TEMP'] ?? tmpdir(), `operator-release-${randomBytes(6).toString('hex')}`);
  const cleanup = createCleanup(context.saveResources);
  cleanup.add({ kind: 'folder', path: scratch });
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  // A fork's Dockerfile must not bring along what is private, and a fork's token could not push anyway.
  const given =
    logins.given === null || event.fork
      ? {}
      : await writeLoginFiles({
          folder: join(scratch, 'login'),
          host: logins.host,
          credentials: logins.given,
          env,
          log: reporter.log,
        });
  const login = event.fork ? {} : { ...envForHelpers(await readDockerConfig(env, reporter.log)), ...given };
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
      standing: createStanding(inputs, config, facts),
      env,
      login,
      logs,
    },
    scratch,
    onPublished: (item) => published.push(item),
    http: clients.http,
    registry: registries.registry,
    github: clients.github,
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

/** What the jobs of a matrix have left to do. */
async function toFinish(whole: Plan, registry: Registry, github: GitHub | null): Promise<Plan> {
  const [first, ...others] = whole.operators;
  const tag = first?.release?.tag;
  if (tag === undefined) return nothingToFinish(whole, 'only what a version tag releases is finished here');
  // With one operator its own job makes everything; what it made is not made again with the tools of this machine.
  if (others.length === 0 && github !== null && (await isReleased(github, tag))) {
    return nothingToFinish(whole, `${tag} is released by the job that tested it`);
  }
  return finishPlan(whole, await readStaged(whole, registry));
}

async function isReleased({ octokit, at }: GitHub, tag: string): Promise<boolean> {
  return (
    (await orNull(`look up the release ${tag}`, () => octokit.rest.repos.getReleaseByTag({ ...at, tag }))) !== null
  );
}

export async function readConfig(git: Git, inputs: Inputs): Promise<Config> {
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

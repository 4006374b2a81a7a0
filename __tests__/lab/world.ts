import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { parseResources } from '../../src/engine/cleanup.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { leaseFolder, leasesIn } from '../../src/tools/leases.ts';
import { parseRunnerFile } from '../../examples/demo/runner-files.ts';
import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo, Tree } from '../fixtures/repos/repo.ts';
import { isWrite, startProxy } from '../registry/fault-proxy.ts';
import type { Proxy } from '../registry/fault-proxy.ts';
import { login, startRegistry } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import { miniOperator } from './mini-operator.ts';
import { pushEvent, pushVariables } from './push.ts';
import { formsOf, placesOfSecrets, textsBelow } from './secrets.ts';
import { copyDist, startStep } from './step.ts';
import type { RunningStep, StepResult } from './step.ts';

export const run = promisify(execFile);

export const repository = 'acme/mini-operator';
export const branch = 'main';

export type Changes = Readonly<Record<string, string | null>>;

/** What was pushed: `main`, or `v0.1.0`. */
export interface Push {
  readonly ref: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Of the runner, over those that it sets for every job. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The job has `contents: read`. */
  readonly readOnlyToken?: boolean;
  /** The machine goes down with main: nothing tidies up. */
  readonly withoutPost?: boolean;
}

/** A repository at GitHub, a registry with a login, and the action that works on both. */
export interface World {
  /** GitHub's side of the repository. */
  readonly origin: Repo;
  readonly registry: RealRegistry;
  /** In front of the registry; the action knows only this one. */
  readonly proxy: Proxy;
  readonly github: GitHubStandIn;
  /** `127.0.0.1:<port>/acme` */
  readonly registryPath: string;
  /** In every form in which they could be written down. */
  readonly secrets: readonly string[];
  /** Commits the good files with these over them (null: without), on the branch; gives the commit. */
  commit(subject: string, changes?: Changes, tag?: string): string;
  start(push: Push): Promise<RunningStep>;
  /** Runs the step to its end, and checks what holds for every run: no secret anywhere, nothing left behind. */
  run(push: Push): Promise<StepResult>;
  /** Ends a started step, with the same checks. */
  end(step: RunningStep): Promise<StepResult>;
  /** `repository:tag` of everything that has a name in the registry. */
  names(): Promise<readonly string[]>;
  /** Forgets the requests up to now. */
  startCounting(): void;
  /** Requests since that changed something, or tried. The probe for the right to push is none: it stores nothing. */
  writes(): readonly string[];
  stop(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const dist = await copyDist();
  const registry = await startRegistry({ login: true, memory: true });
  const proxy = await startProxy(registry.host);
  const tokens = { write: `ghs_${randomBytes(18).toString('hex')}`, read: `ghs_${randomBytes(18).toString('hex')}` };
  const github = await startGitHub({ tokens: { [tokens.write]: 'write', [tokens.read]: 'read' } });
  const origin = makeRepo(miniOperator);
  github.seed.repository(repository, { gitDir: origin.root, defaultBranch: branch });
  const secrets = [...Object.values(tokens), login.password].flatMap(formsOf);
  const stops: (() => unknown)[] = [];

  const start = async ({
    ref,
    inputs = {},
    variables = {},
    readOnlyToken = false,
    ...options
  }: Push): Promise<RunningStep> => {
    const sha = origin.git('rev-parse', `${ref}^{commit}`);
    const pushed = { repository, branch, ref, sha };
    const checkout = cloneOf(origin);
    checkout.git('checkout', '--quiet', '--detach', sha);
    stops.push(() => checkout.remove());
    return startStep({
      ...options,
      dist,
      workspace: checkout.root,
      event: pushEvent(origin, pushed),
      variables: { ...pushVariables(github, pushed), ...variables },
      secrets,
      inputs: {
        'github-token': readOnlyToken ? tokens.read : tokens.write,
        registry: `${proxy.host}/acme`,
        'registry-username': login.username,
        'registry-password': login.password,
        ...inputs,
      },
    });
  };
  const end = async (step: RunningStep): Promise<StepResult> => {
    const result = await step.end();
    const collected = await textsBelow(join(result.workspace, 'e2e-logs'));
    expect(placesOfSecrets(result, secrets, collected)).toEqual([]);
    await expectNothingLeft(result, proxy.host);
    return result;
  };
  return {
    origin,
    registry,
    proxy,
    github,
    registryPath: `${proxy.host}/acme`,
    secrets,
    commit: (subject, changes = {}, tag) => {
      origin.git('rm', '--quiet', '-r', '--force', '--', '.');
      const files = Object.entries({ ...miniOperator, ...changes }).filter(([, text]) => text !== null);
      origin.write(Object.fromEntries(files) as Tree);
      const commit = origin.commit(subject);
      if (tag !== undefined) origin.git('tag', tag);
      return commit;
    },
    start,
    end,
    run: async (push) => end(await start(push)),
    names: () => namesIn(registry.host),
    startCounting: () => {
      proxy.reset();
      github.requests.length = 0;
    },
    writes: () => [
      ...proxy.seen.filter(isWrite).map(({ method, url }) => `${method} ${url}`),
      ...github.requests.filter(({ write }) => write).map(({ method, path }) => `${method} ${path}`),
    ],
    stop: async () => {
      for (const stop of stops) stop();
      expect(github.violations).toEqual([]);
      await github.close();
      await proxy.stop();
      await registry.stop();
      origin.remove();
      await rm(dirname(dist), { recursive: true, force: true });
    },
  };
}

async function namesIn(host: string): Promise<readonly string[]> {
  const authorization = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const ask = async (path: string): Promise<Record<string, readonly string[] | null>> => {
    const reply = await fetch(`http://${host}/v2/${path}`, { headers: { authorization } });
    return (await reply.json()) as Record<string, readonly string[] | null>;
  };
  const { repositories } = await ask('_catalog');
  const names = await Promise.all(
    (repositories ?? []).map(async (name) =>
      ((await ask(`${name}/tags/list`))['tags'] ?? []).map((tag) => `${name}:${tag}`),
    ),
  );
  return names.flat().sort();
}

/** No cluster, no builder, no login, no file. */
async function expectNothingLeft(result: StepResult, host: string): Promise<void> {
  const said = `${result.log}\n--- post\n${result.postLog}`;
  expect(result.left, said).toEqual([]);
  // What a killed main leaves running is the runner's.
  if (result.exitCode !== null) expect(result.orphans, said).toEqual([]);
  const { stdout, stderr } = await run('kind', ['get', 'clusters']);
  expect(`${stdout}${stderr}`, said).not.toContain(result.runId);
  const clusters = (await leasesIn(leaseFolder('clusters'))).map(({ name }) => name);
  expect(
    clusters.filter((name) => name.includes(result.runId)),
    said,
  ).toEqual([]);
  const leases = await leasesOf(result);
  if (leases.others === 0 && leases.before) expect(await builderContainers(), said).toEqual([]);
  expect(leases.ours, said).toEqual([]);
  for (const file of ['.docker/config.json', '.config/helm/registry/config.json']) {
    expect(await readFile(join(homedir(), file), 'utf8').catch(() => ''), file).not.toContain(host);
  }
}

/** Runs on one machine share a builder; each has a lease, and the last one takes the builder along. */
async function leasesOf(result: StepResult): Promise<{ ours: string[]; others: number; before: boolean }> {
  const resources = parseResources(parseRunnerFile(result.state).get('resources') ?? '');
  const leases = resources.flatMap((resource) => (resource.kind === 'builder' ? [resource.lease] : []));
  const folder = join(tmpdir(), `operator-release-builder-${process.getuid?.() ?? 0}`);
  const there = (await readdir(folder).catch(() => [])).filter((name) => name !== 'lock');
  const ours = there.filter((name) => leases.some((lease) => lease.endsWith(name)));
  return { ours, others: there.length - ours.length, before: leases.length > 0 };
}

async function builderContainers(): Promise<string[]> {
  const { stdout } = await run('docker', [
    'ps',
    '--all',
    '--format',
    '{{.Names}}',
    '--filter',
    'name=buildx_buildkit_operator-release',
  ]);
  return stdout.split('\n').filter((name) => name !== '');
}

/** Everything that has a public name, and every release or draft. */
export async function published(world: World): Promise<{ names: readonly string[]; releases: readonly string[] }> {
  const releases = world.github.state.repositories.flatMap((record) => record.releases);
  return { names: await world.names(), releases: releases.map(({ tag, draft }) => (draft ? `${tag} (draft)` : tag)) };
}

type State = Outcome['state'];

/** The stages by how they ended, as the output `results` says. */
export function endings(result: StepResult): Readonly<Record<State, readonly string[]>> {
  const found: Record<State, string[]> = { done: [], failed: [], blocked: [], skipped: [], cancelled: [] };
  const results = JSON.parse(result.outputs.get('results') ?? '{}') as Record<
    string,
    Record<string, { outcome: State }>
  >;
  for (const [stage, { outcome }] of Object.entries(results['mini'] ?? {})) found[outcome].push(stage);
  return found;
}

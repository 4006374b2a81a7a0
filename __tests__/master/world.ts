import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cloneOf } from '../fixtures/repos/repo.ts';
import { formsOf, placesOfSecrets } from '../lab/secrets.ts';
import { pushEvent, pushVariables } from '../lab/push.ts';
import { copyDist, startStep } from '../lab/step.ts';
import type { RunningStep, StepResult } from '../lab/step.ts';
import { isWrite, startProxy } from '../registry/fault-proxy.ts';
import type { Proxy } from '../registry/fault-proxy.ts';
import { login, startRegistry, which } from '../registry/real-registry.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import { ChartImages } from './images.ts';
import { Watch } from './invariants.ts';
import type { Planned } from './invariants.ts';
import { branch, commandEnvironment, earlierTag, image, makeOrigin, repository, tag } from './operator.ts';
import { RegistryFolder } from './registry-folder.ts';
import { githubRequest, number, registryRequest } from './requests.ts';
import type { Request } from './requests.ts';
import { readGit, seedGitHub, seedRegistry } from './seed.ts';
import { readState } from './state.ts';
import type { State } from './state.ts';

/** A registry, GitHub and a checkout, in which the same release is made again and again from the same beginning. */
export interface World {
  /** `127.0.0.1:<port>`: past the proxy, for what somebody else does. */
  readonly registry: string;
  readonly proxy: Proxy;
  readonly github: GitHubStandIn;
  /** What the token service grants of the scopes asked for; back to all of them with the next beginning. */
  grant: (scopes: readonly string[]) => readonly string[];
  /** Main while it runs; for a fault that kills it. */
  readonly step: () => RunningStep | null;
  /** Puts everything back to the beginning. */
  begin(): Promise<Trial>;
  /** What an undisturbed run has shown; from then on published assets are compared with it. */
  plan(assets: ReadonlyMap<string, string>): void;
  stop(): Promise<void>;
}

/** One release, in one run or several. */
export interface Trial {
  run(): Promise<Ran>;
  /** Nothing goes wrong any more. */
  calm(): void;
  state(): State;
  /** What was wrong at any moment up to now. */
  readonly broken: readonly string[];
}

export interface Ran {
  readonly result: StepResult;
  /** In the order of their arrival; the registry's first. */
  readonly requests: readonly Request[];
  /** Of them those that changed something, or tried. */
  readonly writes: readonly string[];
}

export interface WorldOptions {
  /** Folder with main.js and post.js; default: a copy of dist/. */
  readonly dist?: string;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const dist = options.dist ?? (await copyDist());
  const scratch = await mkdtemp(join(tmpdir(), 'master-'));
  const storage = join(scratch, 'registry');
  const seeded = join(scratch, 'seeded');
  const environmentFile = join(scratch, 'environment');
  const programs = await programsIn(join(scratch, 'bin'));
  const registry = await startRegistry({ folder: storage });
  const origin = makeOrigin();
  await seedRegistry(registry.host, origin);
  await cp(storage, seeded, { recursive: true });
  const sha = origin.git('rev-parse', `${tag}^{commit}`);
  const checkout = cloneOf(origin);
  checkout.git('checkout', '--quiet', '--detach', sha);
  const git = readGit(origin);

  let watch: Watch | null = null;
  let step: RunningStep | null = null;
  const folder = new RegistryFolder(storage);
  const look = (): void => watch?.look(readState(folder, github));
  // Of this world alone: others on the machine may show theirs.
  const password = randomBytes(18).toString('hex');
  const proxy = await startProxy(registry.host, {
    tokens: { username: login.username, password, expiresIn: 300, grant: (scopes) => world.grant(scopes) },
    watch: look,
  });
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const github = await startGitHub({ tokens: { [token]: 'write' }, watch: look });
  const secrets = [token, password].flatMap(formsOf);
  const digests = folder.tags(image);
  let planned: Planned = {
    sha,
    digest: digests.get(branch) ?? '',
    earlierDigest: digests.get(earlierTag) ?? '',
    assets: null,
    host: proxy.host,
  };
  const images = new ChartImages(folder);

  const start = (): Promise<RunningStep> => {
    const pushed = { repository, branch, ref: tag, sha };
    return startStep({
      dist,
      workspace: checkout.root,
      event: pushEvent(origin, pushed),
      variables: {
        ...pushVariables(github, pushed),
        PATH: programs,
        [commandEnvironment]: environmentFile,
      },
      secrets,
      skipWaits: true,
      limitMs: 180_000,
      inputs: {
        'github-token': token,
        registry: `${proxy.host}/acme`,
        'registry-username': login.username,
        'registry-password': password,
      },
    });
  };

  const run = async (broken: string[]): Promise<Ran> => {
    const seen = proxy.seen.length;
    const logged = github.requests.length;
    await rm(environmentFile, { force: true });
    step = await start();
    const result = await step.end();
    step = null;
    const environment = await readFile(environmentFile, 'utf8').catch(() => '');
    const shown = placesOfSecrets(result, secrets, { 'the environment of a command': environment });
    broken.push(...shown.map((place) => `a secret is in ${place}`));
    broken.push(...result.left.map((file) => `${file} is left in RUNNER_TEMP`));
    if (result.exitCode !== null) broken.push(...result.orphans.map((line) => `${line} still runs`));
    const changed = checkout.git('status', '--porcelain', '--ignored');
    if (changed !== '') broken.push(`the checkout is changed: ${changed}`);
    const registryRequests = proxy.seen.slice(seen);
    const githubRequests = github.requests.slice(logged);
    return {
      result,
      requests: number([...registryRequests.map(registryRequest), ...githubRequests.map(githubRequest)]),
      writes: [
        ...registryRequests.filter(isWrite).map((request) => registryRequest(request).what),
        ...githubRequests.filter(({ write }) => write).map((request) => githubRequest(request).what),
      ],
    };
  };

  const calm = (): void => {
    github.faults.clear();
    proxy.reset();
    proxy.expireTokens();
    world.grant = all;
  };
  const world: World = {
    registry: registry.host,
    proxy,
    github,
    grant: all,
    step: () => step,
    begin: async () => {
      watch = null;
      await rm(join(storage, 'docker'), { recursive: true, force: true });
      await cp(seeded, storage, { recursive: true });
      seedGitHub(github, origin, git);
      github.requests.length = 0;
      github.violations.length = 0;
      calm();
      const current = new Watch({ planned, folder, images }, readState(folder, github));
      watch = current;
      return {
        calm,
        run: () => run(current.broken),
        state: () => readState(folder, github),
        broken: current.broken,
      };
    },
    plan: (assets) => {
      planned = { ...planned, assets };
    },
    stop: async () => {
      await github.close();
      await proxy.stop();
      await registry.stop();
      origin.remove();
      checkout.remove();
      await rm(scratch, { recursive: true, force: true });
      if (options.dist === undefined) await rm(dirname(dist), { recursive: true, force: true });
    },
  };
  return world;
}

/** All that a release takes which builds and tests nothing. Without docker, as whether there is one must make no difference. */
async function programsIn(folder: string): Promise<string> {
  await mkdir(folder);
  for (const program of ['bash', 'env', 'git', 'helm']) {
    const found = await which(program);
    if (found === null) throw new Error(`no ${program} on PATH`);
    await symlink(found, join(folder, program));
  }
  return folder;
}

const all = (scopes: readonly string[]): readonly string[] => scopes;

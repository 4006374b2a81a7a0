import { Faults } from './faults.ts';
import type { Access, Logged, State } from './model.ts';
import { Pipeline } from './pipeline.ts';
import { Seed } from './seed.ts';
import { listen } from './server.ts';
import { World } from './world.ts';

export type { Fault } from './faults.ts';
export type { Access, Logged, Release, Repository, State } from './model.ts';

export interface GitHubStandInOptions {
  /** Folder that keeps the state between runs; without it everything is in memory. */
  readonly stateDir?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly uploadPort?: number;
  /** Token and what it may do; default: `standInToken` may write. */
  readonly tokens?: Readonly<Record<string, Access>>;
  readonly clock?: () => Date;
  /** How long lists, and what is looked up by tag, show releases as they were; default 0. */
  readonly indexLagMs?: number;
  /** Sees the state after every change; what it throws becomes a violation. */
  readonly watch?: (state: State) => void;
}

export const standInToken = 'stand-in-token';

/** GitHub on loopback: behaves and answers as GitHub's own description says, and can be told to fail. */
export interface GitHubStandIn {
  readonly apiUrl: string;
  readonly uploadUrl: string;
  readonly graphqlUrl: string;
  /** Where pages and public downloads are, `GITHUB_SERVER_URL`. */
  readonly serverUrl: string;
  readonly requests: Logged[];
  readonly violations: string[];
  readonly state: State;
  readonly seed: Seed;
  readonly faults: Faults;
  close(): Promise<void>;
}

export async function startGitHub(options: GitHubStandInOptions = {}): Promise<GitHubStandIn> {
  const world = new World(options.stateDir, options.clock ?? ((): Date => new Date()), options.indexLagMs);
  const faults = new Faults();
  const listening = await listen(options.port ?? 0, options.uploadPort ?? 0);
  const { urls } = listening;
  const pipeline = new Pipeline(world, faults, options.tokens ?? { [standInToken]: 'write' }, urls, options.watch);
  const standIn: GitHubStandIn = {
    apiUrl: urls.api,
    uploadUrl: urls.upload,
    graphqlUrl: `${urls.api}/graphql`,
    serverUrl: urls.web,
    requests: pipeline.requests,
    violations: pipeline.violations,
    state: world.state,
    seed: new Seed(world),
    faults,
    close: () => listening.close(),
  };
  listening.serve(pipeline, standIn);
  return standIn;
}

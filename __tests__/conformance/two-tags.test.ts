import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { requires } from '../helpers/lab.ts';
import { pushEvent, pushVariables } from '../lab/push.ts';
import { copyDist } from '../lab/step.ts';
import { client } from '../registry/helpers.ts';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { pushTested } from '../stages/monorepo.ts';
import { standInToken, startGitHub } from '../standins/github/index.ts';
import type { Fault, GitHubStandIn, Repository } from '../standins/github/index.ts';
import { Invariants, latestOf } from './invariants.ts';
import { startProcess } from './process.ts';
import type { ProcessResult } from './process.ts';

/** Releases of one operator with image and chart that cross each other, by the shipped bundle, with a real registry. */

const lab = requires('helm');
const off = { enabled: false };
const config = {
  tags: { latest: 'release' },
  defaults: { verify: off, lint: off, test: { unit: off, integration: off }, e2e: off, chart: { check: off } },
};
const fullName = 'octo/thing';
const chart = 'helm/thing';

const files = {
  // JSON is YAML.
  '.github/operator-release.yaml': JSON.stringify(config),
  PROJECT: 'projectName: thing\n',
  Dockerfile: 'FROM scratch\n',
  [`${chart}/Chart.yaml`]: 'apiVersion: v2\nname: thing\nversion: 0.0.0\n',
  [`${chart}/values.yaml`]: 'image:\n  repository: x\n  tag: ""\n',
  [`${chart}/templates/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: { name: thing }
spec:
  selector: { matchLabels: { app: thing } }
  template:
    metadata: { labels: { app: thing } }
    spec:
      containers:
        - { name: manager, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}" }
`,
};

describe.skipIf(lab.missing.length > 0)(`releases that cross each other${lab.note}`, () => {
  let dist: string;
  let registry: RealRegistry;
  let github: GitHubStandIn;
  let invariants: Invariants;
  let repository: Repository;
  let origin: Repo;
  const checkouts: Repo[] = [];
  let count = 0;
  let path = '';
  const digests = new Map<string, string>();

  beforeAll(async () => {
    dist = await copyDist();
    registry = await startRegistry({ memory: true });
  }, startTimeout);
  afterAll(async () => {
    await registry.stop();
    await rm(dirname(dist), { recursive: true, force: true });
  });

  beforeEach(async () => {
    invariants = new Invariants({ planned: () => null });
    github = await startGitHub({ watch: invariants.watch });
    origin = makeRepo(files);
    repository = github.seed.repository(fullName, { gitDir: origin.root });
    path = `${registry.host}/octo-${++count}`;
    return async () => {
      expect(github.violations).toEqual([]);
      await github.close();
      for (const each of [origin, ...checkouts.splice(0)]) each.remove();
    };
  });

  /** A commit whose image was built and tested on the branch, and its tag. */
  const commit = async (tag: string): Promise<void> => {
    const sha = origin.commit(`feat: ${tag}`);
    origin.git('tag', tag);
    digests.set(await pushTested(path, 'thing', sha), tag);
  };

  const run = async (tag: string): Promise<ProcessResult> => {
    const sha = origin.git('rev-parse', `${tag}^{commit}`);
    const checkout = cloneOf(origin);
    checkouts.push(checkout);
    checkout.git('checkout', '--quiet', '--detach', sha);
    const pushed = { repository: fullName, branch: 'main', ref: tag, sha };
    const running = await startProcess({
      main: join(dist, 'main.js'),
      post: join(dist, 'post.js'),
      workspace: checkout.root,
      event: pushEvent(origin, pushed),
      variables: pushVariables(github, pushed),
      inputs: { 'github-token': standInToken, registry: path },
    });
    return running.end();
  };
  const succeed = (...results: readonly ProcessResult[]): void => {
    for (const { exitCode, log } of results) expect(exitCode, log).toBe(0);
  };

  /** The tags that move, by the version that each stands for. */
  const moving = async (): Promise<Record<string, string>> => {
    const reader = client().registry;
    const image = `${path}/thing`;
    const all: Record<string, string> = {};
    for (const tag of await reader.listTags(image)) {
      if (/^(v\d+(\.\d+)?|stable|latest)$/.test(tag)) {
        all[tag] = digests.get((await reader.headManifest(image, tag))?.digest ?? '') ?? 'something else';
      }
    }
    return all;
  };
  const released = (): readonly string[] => repository.releases.filter(({ draft }) => !draft).map(({ tag }) => tag);

  /** Holds a request of the older release back until `until` is done. */
  const hold = (match: Fault['match'], until: () => unknown): void => {
    github.faults.add({ match, kind: 'meanwhile', run: until });
  };

  /** A release, and two tags after it: as long as none was released, every tag counted for one. */
  const begin = async (): Promise<void> => {
    await commit('v1.2.2');
    succeed(await run('v1.2.2'));
    for (const tag of ['v1.2.3', 'v1.2.4']) await commit(tag);
  };

  const high = { 'v1.2': 'v1.2.4', v1: 'v1.2.4', stable: 'v1.2.4', latest: 'v1.2.4' };

  it('end on the higher one, whichever is first', async () => {
    for (const tag of ['v1.2.3', 'v1.2.4']) await commit(tag);
    succeed(...(await Promise.all([run('v1.2.3'), run('v1.2.4')])));
    expect([...released()].sort()).toEqual(['v1.2.3', 'v1.2.4']);
    expect(latestOf(repository)).toBe('v1.2.4');
    expect(await moving()).toEqual(high);
    expect(invariants.broken).toEqual([]);
  });

  it('end on the higher one when the older finishes last', async () => {
    await begin();
    // The older one has its files up when the newer one begins, and goes on when that is done.
    let newer: ProcessResult | undefined;
    hold({ operation: 'storage' }, async () => (newer = await run('v1.2.4')));
    succeed(await run('v1.2.3'));
    if (newer === undefined) throw new Error('the older one was not held back');
    succeed(newer);
    expect([...released()].sort()).toEqual(['v1.2.2', 'v1.2.3', 'v1.2.4']);
    expect(latestOf(repository)).toBe('v1.2.4');
    expect(await moving()).toEqual(high);
    expect(invariants.broken).toEqual([]);
  });

  it('end on the higher one when the older had decided to be Latest before', async () => {
    await begin();
    // Its publication is on the way with `make_latest: true` while all of the newer one happens.
    let newer: ProcessResult | undefined;
    const match = { operation: 'repos/update-release', body: '"make_latest":"true"' };
    hold(match, async () => (newer = await run('v1.2.4')));
    succeed(await run('v1.2.3'));
    if (newer === undefined) throw new Error('the older one was not held back');
    succeed(newer);
    expect(latestOf(repository)).toBe('v1.2.4');
    expect(await moving()).toEqual(high);
    // GitHub has no "only if it still is": for a moment Latest is wrong, and the older run mends it.
    expect(invariants.broken).toEqual(['Latest went from v1.2.4 back to v1.2.3']);
  });

  it('move only what is of the older line in a backport', async () => {
    for (const tag of ['v1.9.4', 'v2.0.0']) {
      await commit(tag);
      succeed(await run(tag));
    }
    await commit('v1.9.5');
    succeed(await run('v1.9.5'));
    expect(latestOf(repository)).toBe('v2.0.0');
    expect(await moving()).toEqual({
      ...{ 'v1.9': 'v1.9.5', v1: 'v1.9.5' },
      ...{ 'v2.0': 'v2.0.0', v2: 'v2.0.0', stable: 'v2.0.0', latest: 'v2.0.0' },
    });
    expect(invariants.broken).toEqual([]);
    github.requests.length = 0;
    succeed(await run('v1.9.5'));
    expect(github.requests.filter(({ write }) => write)).toEqual([]);
  });
});

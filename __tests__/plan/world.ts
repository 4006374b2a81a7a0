import { emptyConfig, loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/types.ts';
import { Problem, Problems } from '../../src/errors.ts';
import { collectFacts } from '../../src/facts/collect.ts';
import { readEvent } from '../../src/facts/event.ts';
import { openGit } from '../../src/facts/git.ts';
import type { Facts, OperatorHistory } from '../../src/facts/types.ts';
import { readInputs } from '../../src/inputs.ts';
import type { Inputs } from '../../src/inputs.ts';
import { buildPlan } from '../../src/plan/build.ts';
import type { Plan } from '../../src/plan/types.ts';
import type { Registry } from '../../src/registry/types.ts';
import { exec } from '../../src/tools/exec.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import type { Tree } from '../fixtures/repos/repo.ts';

export const sha = '3f2c9a1b7d204c5e8f90a1b2c3d4e5f607182930';
export const before = 'b'.repeat(40);
export const digest = `sha256:${'d'.repeat(64)}`;

/** What a repository says of its operators; what a run adds to that is of `changed`. */
export interface World {
  readonly config: Config;
  readonly facts: Facts;
}

/** No registry has anything yet. */
export const emptyRegistry = { getManifest: () => Promise.resolve(null) } as unknown as Registry;
export const configFile = '.github/operator-release.yaml';

/** The facts of a real repository with these files, on a machine with Docker. */
export async function worldOf(tree: Tree): Promise<World> {
  const repo = makeRepo(tree);
  try {
    const config = tree[configFile] === undefined ? emptyConfig : loadConfig(tree[configFile], configFile);
    const git = await openGit(exec, repo.root);
    const event = await readEvent({ GITHUB_REPOSITORY: 'acme/ops' }, false);
    const sources = { git, exec: noDocker, event, registry: emptyRegistry, github: null };
    return { config, facts: pinned(await collectFacts(sources, inputs(), config)) };
  } finally {
    repo.remove();
  }
}

/** The facts as a machine with Docker has them, of a commit that stays the same when a file of the repository does not. */
export function pinned(facts: Facts): Facts {
  const host = { platform: 'linux/amd64', dockerMissing: null };
  return { ...facts, host, event: { ...facts.event, sha, commitTime: 1_767_225_600 } };
}

/** Every program but Docker, which takes long to say that it is not there. */
export const noDocker: typeof exec = (tool, args, options) =>
  tool === 'docker' ? Promise.reject(new Problem('OR-TOOL-MISSING', `${tool} is not here`)) : exec(tool, args, options);

export function inputs(given: Readonly<Record<string, string>> = {}): Inputs {
  return readInputs(
    Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  );
}

/** What an event adds to a repository. */
export interface Happening {
  readonly event?: Partial<Facts['event']>;
  readonly changes?: Facts['changes'];
  readonly tags?: readonly string[];
  /** Tags with a published release; nobody asked GitHub where it is left out. */
  readonly releasedTags?: readonly string[];
  /** Tags that the branch does not come after. */
  readonly elsewhere?: readonly string[];
  readonly history?: Partial<OperatorHistory>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly host?: Partial<Facts['host']>;
}

const everything = { everything: 'a tag is about the whole of what it names' };

export const pullRequest = (...files: string[]): Happening => ({
  event: { kind: 'pull_request', name: 'pull_request', ref: 'refs/pull/7/merge', refName: '#7', baseSha: before },
  changes: { files },
});
export const pushTo = (branch: string, ...files: string[]): Happening => ({
  event: { kind: 'push', name: 'push', ref: `refs/heads/${branch}`, refName: branch, before },
  changes: { files },
});
export const tagged = (tag: string, ...others: string[]): Happening => ({
  event: { kind: 'tag', name: 'push', ref: `refs/tags/${tag}`, refName: tag },
  changes: everything,
  tags: [tag, ...others],
});
export const dispatched = (given: Readonly<Record<string, string>>): Happening => ({
  event: { kind: 'workflow_dispatch', name: 'workflow_dispatch', ref: 'refs/heads/main', refName: 'main' },
  changes: { everything: 'a workflow_dispatch is about the whole of what it names' },
  inputs: given,
});
export const scheduled: Happening = {
  event: { kind: 'schedule', name: 'schedule', ref: 'refs/heads/main', refName: 'main' },
  changes: { everything: 'a schedule is about the whole of what it names' },
};

/** The facts of a world after something happened. */
export function changed(world: World, happening: Happening): Facts {
  const { facts } = world;
  const history = { commits: 3, promotable: null, ...happening.history };
  return {
    ...facts,
    event: { ...facts.event, ...happening.event },
    changes: happening.changes ?? facts.changes,
    tags: happening.tags ?? facts.tags,
    elsewhere: new Set(happening.elsewhere),
    releasedTags: happening.releasedTags ?? null,
    histories: new Map(facts.operators.map((operator) => [operator.name, history])),
    host: { ...facts.host, ...happening.host },
  };
}

export function planOf(world: World, happening: Happening): Plan {
  return buildPlan(inputs(happening.inputs), world.config, changed(world, happening));
}

/** What planning finds wrong, as `CODE message`. */
export function problemsOf(world: World, happening: Happening): string[] {
  return foundWrong(world, happening).map(({ code, message }) => `${code} ${message}`);
}

/** What to do about it. */
export function hintOf(world: World, happening: Happening): string {
  return foundWrong(world, happening)
    .map(({ hint }) => hint ?? '')
    .join('\n');
}

function foundWrong(world: World, happening: Happening): readonly Problem[] {
  try {
    planOf(world, happening);
    return [];
  } catch (thrown) {
    const problems = thrown instanceof Problem ? [thrown] : thrown instanceof Problems ? thrown.problems : [];
    if (problems.length === 0) throw thrown;
    return problems;
  }
}

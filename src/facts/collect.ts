import { basename, join, posix } from 'node:path';
import { readChart } from '../chart/source.ts';
import { settingsFor } from '../config/settings.ts';
import type { Config } from '../config/types.ts';
import { Problem, raise } from '../errors.ts';
import { hostPlatform } from '../image/platform.ts';
import type { Inputs } from '../inputs.ts';
import { decides } from '../plan/releases.ts';
import { selectSubjects } from '../plan/subjects.ts';
import { dockerReachable } from '../tools/docker.ts';
import type { Exec } from '../tools/exec.ts';
import type { GitHub } from '../github/client.ts';
import { readRepository } from '../github/refs.ts';
import type { Registry } from '../registry/types.ts';
import { readChanges } from './changes.ts';
import { folderOf, sameNames, unknownOperators } from './configured.ts';
import { describe, discover } from './discover.ts';
import type { OperatorFolder } from './discover.ts';
import { parseDockerfile } from './dockerfile.ts';
import type { DockerfileStage } from './dockerfile.ts';
import { readElsewhere } from './elsewhere.ts';
import type { EventFacts } from './event.ts';
import { FileSet } from './files.ts';
import type { Git } from './git.ts';
import { readHistories } from './histories.ts';
import { makeTargets } from './makefile.ts';
import { readModules, readWorkspace } from './modules.ts';
import { beginPublications } from './publications.ts';
import { readText } from './read.ts';
import type { Facts, OperatorFacts } from './types.ts';

export interface Sources {
  readonly git: Git;
  readonly exec: Exec;
  readonly event: EventFacts;
  readonly registry: Registry;
  /** Null without a token: tags then come from the clone. */
  readonly github: GitHub | null;
}

/** Reads everything that the plan depends on. Errors: those of what it reads, and OR-GIT-COMMIT. */
export async function collectFacts(sources: Sources, inputs: Inputs, config: Config): Promise<Facts> {
  const { git, event, github } = sources;
  const [origin, head] = await Promise.all([event.repository === null ? git.tryOrigin() : null, git.head()]);
  checkCommit(event, head.sha);
  const repository = event.repository ?? repositoryOf(origin);
  // Side by side: git, Docker and GitHub each take their time, and none of them waits for another.
  const [local, tree, changes, published, defaultBranch, docker] = await Promise.all([
    event.kind === 'local' ? localRef(git, head.sha) : {},
    readTree(git, config, inputs.config, repository),
    readChanges(git, event, inputs.base ?? null),
    github === null ? null : beginPublications(github),
    defaultBranchOf(sources),
    dockerReachable(sources.exec),
  ]);
  // The clone of a runner is shallow and has no tags; GitHub has them all. `readChanges` may have fetched some.
  const tags = published?.seen.tags ?? (await git.tags());
  const base = { event: { ...event, ...local, ...head }, ...tree, changes, tags };
  const subjects = selectSubjects(inputs, config, base);
  const elsewhere = subjects.release === null ? await readElsewhere(git, base.event, defaultBranch) : new Set<string>();
  const seen = await published?.until((soFar) => decides(subjects, { ...soFar, elsewhere }));
  const facts = { ...base, elsewhere, releasedTags: seen?.releasedTags ?? null };
  return {
    ...facts,
    repository,
    defaultBranch,
    immutableReleases: published?.areImmutable ?? false,
    histories: await readHistories(sources, inputs, config, facts, subjects, repository),
    host: { platform: hostPlatform(), dockerMissing: docker.reachable ? null : docker.reason },
  };
}

async function localRef(git: Git, sha: string): Promise<{ readonly ref: string; readonly refName: string }> {
  return { ref: 'HEAD', refName: (await git.branch()) ?? sha.slice(0, 12) };
}

/** What the files of the checkout say. */
async function readTree(
  git: Git,
  config: Config,
  configFile: string,
  repository: string,
): Promise<Pick<Facts, 'operators' | 'modules' | 'workspace' | 'releaseYaml'>> {
  const files = new FileSet(await git.files());
  const stagesOf = dockerfileReader(git.root, files);
  const [operators, modules, workspace, releaseYaml] = await Promise.all([
    operatorsOf(git.root, files, config, configFile, repository).then((found) =>
      Promise.all(found.map((folder) => examine(git.root, files, folder, config, stagesOf))),
    ),
    readModules(git.root, files),
    readWorkspace(git.root, files),
    readReleaseYaml(git.root, files),
  ]);
  return { operators, modules, workspace, releaseYaml };
}

async function readReleaseYaml(root: string, files: FileSet): Promise<Facts['releaseYaml']> {
  const file = ['.github/release.yml', '.github/release.yaml'].find((each) => files.has(each));
  return file === undefined ? null : { file, text: await readText(root, file) };
}

/** What is built has to be what GitHub says the event is about. A pull request's checkout may be the head or the merge. */
function checkCommit(event: EventFacts, sha: string): void {
  if (event.sha === null || event.kind === 'pull_request' || event.sha === sha) return;
  throw new Problem(
    'OR-GIT-COMMIT',
    `the checkout is at ${sha.slice(0, 12)}, but the event is about ${event.sha.slice(0, 12)}`,
    {
      hint: 'leave out ref: in actions/checkout, so that what is published is what the event names',
    },
  );
}

/** `owner/name` of an origin URL; without one the repository is unknown, which only publishing needs. */
function repositoryOf(origin: string | null): string {
  const match = /[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(origin ?? '');
  return match?.[1] ?? '';
}

async function defaultBranchOf({ event, github }: Sources): Promise<string> {
  if (event.defaultBranch !== null) return event.defaultBranch;
  return github === null ? 'main' : (await readRepository(github)).defaultBranch;
}

/** The operators of a checkout, without looking into them. */
export async function listOperators(
  git: Git,
  config: Config,
  configFile: string,
  repository: string,
): Promise<readonly OperatorFolder[]> {
  return operatorsOf(git.root, new FileSet(await git.files()), config, configFile, repository);
}

async function operatorsOf(
  root: string,
  files: FileSet,
  config: Config,
  configFile: string,
  repository: string,
): Promise<readonly OperatorFolder[]> {
  const fallback = repository === '' ? basename(root) : posix.basename(repository);
  const discovered = await discover(root, files, fallback);
  const entries = new Map([...config.operators].reverse().map((entry) => [keyOf(entry), entry]));
  const keys = new Set(discovered.flatMap(keysOf));
  // Of several entries for one folder the first names the operator that was found there, and the others are more of them.
  const named = config.operators.filter(
    (entry) => !keys.has(keyOf(entry)) || (entry.path !== undefined && entries.get(keyOf(entry)) !== entry),
  );
  const described = await Promise.all(
    named.map(async (entry) => ({ ...(await describe(root, folderOf(entry), files, fallback)), name: entry.name })),
  );
  const renamed = discovered.map((folder) => {
    const [byPath, byName] = keysOf(folder).map((key) => entries.get(key));
    const entry = byPath ?? byName;
    return entry === undefined ? folder : { ...folder, name: entry.name };
  });
  const operators = [...renamed, ...described].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  raise(await unknownOperators(root, files, config, configFile, { discovered, operators }));
  raise(sameNames(operators, configFile));
  return operators;
}

/** What an entry of the configuration names an operator by: its folder, or without one its name. */
function keyOf({ name, path }: { readonly name: string; readonly path?: string | undefined }): string {
  return path === undefined ? `name ${name}` : `path ${folderOf({ path })}`;
}

/** What an entry may name an operator by. */
function keysOf({ name, path }: OperatorFolder): readonly string[] {
  return [`path ${path}`, `name ${name}`];
}

type StagesOf = (dockerfile: string) => Promise<readonly DockerfileStage[] | null>;

/** Reads each Dockerfile once: operators of one repository often share theirs. */
function dockerfileReader(root: string, files: FileSet): StagesOf {
  const known = new Map<string, ReturnType<StagesOf>>();
  const read: StagesOf = async (file) => (files.has(file) ? parseDockerfile(await readText(root, file)) : null);
  return (file) => {
    const stages = known.get(file) ?? read(file);
    known.set(file, stages);
    return stages;
  };
}

/** One operator with its settings, and the files that the plan reads. */
async function examine(
  root: string,
  files: FileSet,
  folder: OperatorFolder,
  config: Config,
  stagesOf: StagesOf,
): Promise<OperatorFacts> {
  const settings = settingsFor(config, folder.name, folder.path);
  const dockerfile = settings.image?.dockerfile ?? folder.dockerfile;
  const chartPath = settings.chart?.path ?? folder.chartPath;
  return {
    ...folder,
    settings,
    dockerfile,
    chartPath,
    dockerfileStages: dockerfile === null ? null : await stagesOf(dockerfile),
    chartMetadata: chartPath === null ? null : await readChart(join(root, chartPath), chartPath),
    makeTargets: folder.makefile === null ? [] : await makeTargets(root, folder.makefile, files),
    e2eBuildsImage: folder.goE2e !== null && (await buildsImage(root, files.under(folder.goE2e))),
  };
}

/** kubebuilder's scaffold builds and loads an image of its own; its tests say nothing about the one to release. */
async function buildsImage(root: string, files: readonly string[]): Promise<boolean> {
  const texts = await Promise.all(files.filter((file) => file.endsWith('.go')).map((file) => readText(root, file)));
  return texts.some((text) => /docker-build|docker["', ]+build/.test(text));
}

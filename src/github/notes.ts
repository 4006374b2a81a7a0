import type { CrdChange } from '../crd/compare.ts';
import type { Commit, Git } from '../facts/git.ts';
import type { OperatorPlan, Plan } from '../plan/types.ts';
import { usualRules } from './changes.ts';
import type { GitHub } from './client.ts';
import { crdChangesOf } from './crd-notes.ts';
import { orProblem } from './failure.ts';
import { gatherChanges, newcomersOf } from './gather.ts';
import { renderNotes } from './notes-render.ts';
import { commitsFromGitHub } from './range.ts';

/** What one operator brings into the release. */
export interface NotesPart {
  readonly operator: OperatorPlan;
  /** Null when there is no image in the registry. */
  readonly image: {
    readonly digest: string;
    /** Those that stand for it and never move. */
    readonly tags: readonly string[];
  } | null;
  /** Of the chart's manifest in the registry, null when the chart is not published. */
  readonly chartDigest: string | null;
  /** Whether the release has its install manifest as an asset. */
  readonly installAsset: boolean;
  /** Whether it has the CRDs as an asset that an upgrade of the chart does not bring. */
  readonly crdsAsset: boolean;
}

export interface NotesRequest {
  readonly github: GitHub;
  readonly git: NotesGit;
  readonly plan: Plan;
  /** The operators that the tag releases. */
  readonly parts: readonly NotesPart[];
}

type NotesGit = Pick<Git, 'tryCommitsSince' | 'tryDeepen' | 'tryYamlAt' | 'tryMergeBase' | 'tryCommitOfTag'>;

/** Of a first release the whole history would be listed. */
const mostOfFirst = 100;
/** More commits than people will read; git is not asked for them. */
const most = 5000;

/**
 * The notes of a release, Markdown: what changed in the operators' own folders and modules since their last release, in
 * their APIs, how to install them, and what was published by digest. Throws OR-GITHUB-*.
 */
export async function releaseNotes(request: NotesRequest): Promise<string> {
  const { github, git, plan, parts } = request;
  const { data } = await orProblem('read the repository', () => github.octokit.rest.repos.get(github.at));
  const pages = data.html_url;
  const commits = new Map<string, Commit>();
  const crds: CrdChange[] = [];
  let complete = true;
  for (const { operator } of parts) {
    const found = await commitsOf(request, operator);
    complete &&= found !== null;
    for (const commit of found ?? []) commits.set(commit.sha, commit);
    crds.push(...(await crdChangesOf(git, github.log, operator)));
  }
  if (!complete) github.log.warn('the history does not reach back to the last release: the notes list no changes');
  const [first] = parts;
  const rules = first?.operator.release?.notes ?? usualRules;
  const changes = await gatherChanges(github, [...commits.values()], pages, rules);
  const isFirst = parts.every(({ operator }) => operator.version.previousTag === null);
  return renderNotes({
    pages,
    commit: plan.event.sha,
    parts,
    changes,
    complete,
    rules,
    crds,
    newcomers: isFirst ? [] : await newcomersOf(github, changes),
    branchedAt: await branchingOf(git, first?.operator.version.previousTag ?? null),
  });
}

/** From the clone; from a deeper clone; from GitHub. Null when nobody knows. */
async function commitsOf(
  { github, git, plan }: NotesRequest,
  operator: OperatorPlan,
): Promise<readonly Commit[] | null> {
  const { previousTag } = operator.version;
  const { paths, without } = operator.release?.notes ?? { paths: [operator.path], without: [] };
  const base = previousTag === null ? null : `refs/tags/${previousTag}`;
  const options = { without, most: previousTag === null ? mostOfFirst : most };
  const range = previousTag === null ? 'all' : `${previousTag}..${operator.release?.tag ?? 'HEAD'}`;
  github.log.info(`notes of ${operator.name}: commits ${range} that touch ${paths.join(', ')}`);
  const local = await git.tryCommitsSince(base, paths, options);
  if (local !== null) return local;
  if (await git.tryDeepen('trees')) {
    const deeper = await git.tryCommitsSince(base, paths, options);
    if (deeper !== null) return deeper;
  }
  return previousTag === null ? null : commitsFromGitHub(github, previousTag, plan.event.sha, paths);
}

/** The commit at which the lines of two releases part, where the previous one is not among the ancestors; else null. */
async function branchingOf(git: NotesGit, previousTag: string | null): Promise<string | null> {
  if (previousTag === null) return null;
  const tag = await git.tryCommitOfTag(previousTag);
  const base = tag === null ? null : await git.tryMergeBase(tag);
  return base === tag ? null : base;
}

import type { Git } from '../facts/git.ts';
import type { OperatorPlan, Plan } from '../plan/types.ts';
import type { Change } from './changes.ts';
import type { GitHub } from './client.ts';
import { orProblem } from './failure.ts';
import { commitsFromGitHub, gatherChanges } from './gather.ts';
import { renderNotes } from './notes-render.ts';

/** What one operator brings into the release. */
export interface NotesPart {
  readonly operator: OperatorPlan;
  readonly imageDigest: string | null;
  /** Of the chart's manifest in the registry. */
  readonly chartDigest: string | null;
  /** Whether the release has its install manifest as an asset. */
  readonly installAsset: boolean;
}

export interface NotesRequest {
  readonly github: GitHub;
  readonly git: Pick<Git, 'tryCommitsSince' | 'tryDeepen'>;
  readonly plan: Plan;
  /** The operators that the tag releases. */
  readonly parts: readonly NotesPart[];
}

/** Of a first release the whole history would be listed. */
const maxOfFirst = 100;

/**
 * The notes of a release, Markdown: what changed in the operators' own folders since their last release, how to install
 * them, and what was published by digest. Throws OR-GITHUB-*.
 */
export async function releaseNotes(request: NotesRequest): Promise<string> {
  const { github, plan, parts } = request;
  const { data } = await orProblem('read the repository', () => github.octokit.rest.repos.get(github.at));
  const pages = data.html_url;
  const changes: Change[] = [];
  let complete = true;
  for (const { operator } of parts) {
    const { previousTag } = operator.version;
    const all = await commitsOf(request, operator);
    complete &&= all !== null;
    const commits = previousTag === null ? (all ?? []).slice(0, maxOfFirst) : (all ?? []);
    const known = new Set(changes.map((c) => c.number ?? c.sha));
    const found = await gatherChanges(github, commits, pages);
    changes.push(...found.filter((c) => !known.has(c.number ?? c.sha)));
  }
  if (!complete) github.log.warn('the history does not reach back to the last release: the notes list no changes');
  return renderNotes({ pages, commit: plan.event.sha, parts, changes, complete });
}

/** From the clone; from a deeper clone; from GitHub. Null when nobody knows. */
async function commitsOf(
  { github, git, plan }: NotesRequest,
  operator: OperatorPlan,
): Promise<readonly { sha: string; author: string; subject: string }[] | null> {
  const { previousTag } = operator.version;
  const paths = [operator.path];
  const local = await git.tryCommitsSince(previousTag, paths);
  if (local !== null) return local;
  if (await git.tryDeepen()) {
    const deeper = await git.tryCommitsSince(previousTag, paths);
    if (deeper !== null) return deeper;
  }
  return previousTag === null ? null : commitsFromGitHub(github, previousTag, plan.event.sha, paths);
}

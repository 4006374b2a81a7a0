import { matchesGlob } from 'node:path';
import { Problem } from './errors.ts';
import type { Git } from './facts/git.ts';
import { branchWith } from './github/branches.ts';
import type { GitHub } from './github/client.ts';
import { peelTag } from './github/refs.ts';
import type { Plan, ReleasePlan } from './plan/types.ts';
import { list } from './report/text.ts';

/** Where it is looked up. */
export interface World {
  readonly git: Git;
  readonly github: GitHub;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Anybody who may push a tag could release a commit that nobody has reviewed. So the commit has to be on a branch of the
 * repository, where the rules for branches hold; what is in the clone decides, and where that is shallow, GitHub.
 * Errors: OR-RELEASE-BRANCH, OR-RELEASE-UNPROTECTED, OR-GITHUB-*.
 */
export async function checkOrigin(
  { event }: Plan,
  { tag, origin }: ReleasePlan,
  { git, github, env }: World,
): Promise<void> {
  if (origin.protected) checkProtected(tag, env);
  const globs = origin.branches;
  const isAllowed = (branch: string): boolean =>
    globs === null || globs.some((glob) => glob === branch || matchesGlob(branch, glob));
  if ((await git.tryBranchesWith(event.sha)).some(isAllowed)) return;
  const found = await branchWith(github, event.sha, isAllowed, event.defaultBranch);
  if (typeof found === 'string') return;
  const commit = event.sha.slice(0, 12);
  const branches = globs === null ? 'no branch' : `none of the branches ${list(globs, 5)}`;
  if (found === null) {
    throw new Problem(
      'OR-RELEASE-BRANCH',
      `${tag} is to release ${commit}, which is on ${branches} of ${event.repository}`,
      {
        hint: 'merge it first, then tag what is on the branch; tags.releaseBranches in the configuration says which branches count',
      },
    );
  }
  throw new Problem(
    'OR-RELEASE-BRANCH',
    `whether ${commit} of ${tag} is on a branch cannot be told: there are too many`,
    {
      hint: 'set fetch-depth: 0 in actions/checkout, or name the branches in tags.releaseBranches of the configuration',
    },
  );
}

/**
 * The input `version` names a tag, and the run builds what its branch has now. Where these are two commits nobody moved the
 * tag, as it may seem at the end of such a run. Errors: OR-RELEASE-TAG-ELSEWHERE, OR-GITHUB-*.
 */
export async function checkCommit({ event }: Plan, tag: string, github: GitHub): Promise<void> {
  if (event.kind === 'tag') return;
  const commit = await peelTag(github, tag);
  if (commit === null || commit === event.sha) return;
  const [there, here] = [commit, event.sha].map((sha) => sha.slice(0, 12));
  throw new Problem(
    'OR-RELEASE-TAG-ELSEWHERE',
    `the tag ${tag} is at ${there}, and this run is of ${event.refName} at ${here}`,
    {
      hint: `start the workflow from the tag (gh workflow run --ref ${tag}), or set mode: reconcile beside the input version`,
    },
  );
}

/**
 * The runner speaks of the ref that started the job. Of a tag that `mode: reconcile` or the input `version` releases from
 * a branch it says nothing, whatever the event of the plan is.
 */
function checkProtected(tag: string, env: World['env']): void {
  const ref = env['GITHUB_REF'] ?? 'no ref';
  const isOwn = ref === `refs/tags/${tag}`;
  if (isOwn && env['GITHUB_REF_PROTECTED'] === 'true') return;
  const why = isOwn ? 'no rule protects it' : `this run is of ${ref}, which does not show it`;
  throw new Problem('OR-RELEASE-UNPROTECTED', `${tag} has to be a protected tag by the configuration, and ${why}`, {
    hint: 'add a tag ruleset for version tags (Settings, Rules), push the tag then; or take tags.protected out of the configuration',
  });
}

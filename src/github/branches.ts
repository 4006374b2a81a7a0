import type { GitHub } from './client.ts';
import { orProblem } from './failure.ts';
import { countCommits } from './refs.ts';

/** Comparisons after which a search is given up; each is a request. */
const mostCompared = 40;
const headPrefix = 'refs/heads/';

/**
 * A branch at GitHub that holds a commit; null when none does, `undefined` when there are too many branches to tell.
 * `isAllowed`: which branches count. `first`: the one to look at first. Throws OR-GITHUB-*.
 */
export async function branchWith(
  github: GitHub,
  commit: string,
  isAllowed: (branch: string) => boolean,
  first: string,
): Promise<string | null | undefined> {
  const { octokit, at } = github;
  const refs = await orProblem(`list the branches of ${github.repository}`, () =>
    octokit.paginate(octokit.rest.git.listMatchingRefs, { ...at, ref: 'heads/' }),
  );
  const branches = refs
    .map(({ ref, object }) => ({ name: ref.slice(headPrefix.length), head: object.sha }))
    .filter(({ name }) => isAllowed(name));
  const atHead = branches.find(({ head }) => head === commit);
  if (atHead !== undefined) return atHead.name;
  const sorted = [...branches].sort((a, b) => Number(b.name === first) - Number(a.name === first));
  for (const { name, head } of sorted.slice(0, mostCompared)) {
    if ((await countCommits(github, head, commit)) === 0) return name;
  }
  return sorted.length > mostCompared ? undefined : null;
}

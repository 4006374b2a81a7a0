import { Problem } from '../errors.ts';
import type { GitHub } from './client.ts';
import { orNull, orProblem } from './failure.ts';

export interface RemoteTag {
  /** Without `refs/tags/`. */
  readonly name: string;
  /** What the ref names: the commit, or the tag object of an annotated tag. */
  readonly sha: string;
  readonly annotated: boolean;
}

const tagPrefix = 'refs/tags/';

/**
 * All tags that start with `prefix`, in GitHub's order. The clone may be shallow; GitHub is not.
 * Throws OR-GITHUB-*.
 */
export async function listTags(github: GitHub, prefix = ''): Promise<RemoteTag[]> {
  const { octokit, at } = github;
  return orProblem(`list the tags of ${github.repository}`, async () => {
    const refs = await octokit.paginate(octokit.rest.git.listMatchingRefs, { ...at, ref: `tags/${prefix}` });
    return refs.map(({ ref, object }) => ({
      name: ref.slice(tagPrefix.length),
      sha: object.sha,
      annotated: object.type === 'tag',
    }));
  });
}

/** A tag of a tag of a tag is already odd. */
const maxPeels = 5;

/** The commit that a tag stands for, annotated or not; null when there is no such tag. Throws OR-GITHUB-*. */
export async function peelTag(github: GitHub, tag: string): Promise<string | null> {
  const { octokit, at } = github;
  const doing = `look up the tag ${tag}`;
  const ref = await orNull(doing, () => octokit.rest.git.getRef({ ...at, ref: `tags/${tag}` }));
  if (ref === null) return null;
  let { sha, type } = ref.data.object;
  for (let peels = 0; type === 'tag'; peels++) {
    if (peels === maxPeels) {
      throw new Problem('OR-GITHUB-TAG', `the tag ${tag} is a tag of more than ${maxPeels} tags`, {
        hint: 'tag the commit itself',
      });
    }
    const tagSha = sha;
    const { data } = await orProblem(doing, () => octokit.rest.git.getTag({ ...at, tag_sha: tagSha }));
    ({ sha, type } = data.object);
  }
  return sha;
}

/** How many commits `head` has that `base` lacks; null when either is unknown or they share no history. Throws OR-GITHUB-*. */
export async function countCommits(github: GitHub, base: string, head: string): Promise<number | null> {
  const { octokit, at } = github;
  const compare = await orNull(`compare ${base} with ${head}`, () =>
    octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead: `${base}...${head}`, per_page: 1 }),
  );
  return compare?.data.ahead_by ?? null;
}

export interface RepositoryFacts {
  /** `owner/name` as GitHub spells it now; another one after a rename. */
  readonly fullName: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  readonly archived: boolean;
}

/** Throws OR-GITHUB-*. */
export async function readRepository(github: GitHub): Promise<RepositoryFacts> {
  const { octokit, at } = github;
  const { data } = await orProblem(`read the repository ${github.repository}`, () => octokit.rest.repos.get(at));
  return {
    fullName: data.full_name,
    defaultBranch: data.default_branch,
    private: data.private,
    archived: data.archived,
  };
}

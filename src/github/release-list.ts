import type { GitHub } from './client.ts';
import { orProblem } from './failure.ts';

/** The git tags of all published releases, in GitHub's order; drafts are none. Throws OR-GITHUB-*. */
export async function listReleasedTags(github: GitHub): Promise<string[]> {
  const { octokit, at } = github;
  return orProblem(`list the releases of ${github.repository}`, async () => {
    const releases = await octokit.paginate(octokit.rest.repos.listReleases, { ...at, per_page: 100 });
    return releases.filter((release) => !release.draft).map((release) => release.tag_name);
  });
}

import type { GitHub } from './client.ts';
import { failureOf, orNull, wordsOf } from './failure.ts';

/** Whether a release is the repository's "Latest". Throws OR-GITHUB-*. */
export async function isLatest({ octokit, at }: GitHub, id: number): Promise<boolean> {
  const latest = await orNull('look up the latest release', () => octokit.rest.repos.getLatestRelease(at));
  return latest?.data.id === id;
}

/**
 * Makes the release of a tag the repository's "Latest" again, where a lower one has taken that place in the moment after it.
 * Never worth a failed release. Throws OR-GITHUB-* when it cannot be looked up.
 */
export async function giveLatestTo(github: GitHub, tag: string): Promise<void> {
  const { octokit, at, log } = github;
  const [theirs, latest] = await Promise.all([
    orNull(`look up the release ${tag}`, () => octokit.rest.repos.getReleaseByTag({ ...at, tag })),
    orNull('look up the latest release', () => octokit.rest.repos.getLatestRelease(at)),
  ]);
  if (theirs === null || latest?.data.id === theirs.data.id) return;
  try {
    await octokit.rest.repos.updateRelease({ ...at, release_id: theirs.data.id, make_latest: 'true' });
    log.info(`Latest goes to ${tag}, which was published in the meantime`);
  } catch (error) {
    log.warn(`Latest should be ${tag} and is not: ${wordsOf(failureOf(error))}`);
  }
}

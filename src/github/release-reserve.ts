import { Problem } from '../errors.ts';
import type { GitHub } from './client.ts';
import { findReleases } from './release-find.ts';
import { type Progress, type ReleaseWish, Unsettled } from './release-types.ts';
import { createDraft } from './release-writes.ts';

/**
 * Sees to it that the release of a tag has a draft, before it is known what it will hold: GitHub never frees the tag of an
 * immutable release that was deleted, and says so only to who makes a release of it. Whatever is there already proves that one
 * can be made. `ensureRelease` takes the draft over.
 *
 * Throws OR-RELEASE-TAG-BURNED, -UNSETTLED and OR-GITHUB-*.
 */
export async function reserveDraft(
  github: GitHub,
  release: Pick<ReleaseWish, 'tag' | 'title' | 'prerelease' | 'marker'>,
): Promise<void> {
  const wish: ReleaseWish = {
    ...release,
    body: `The files follow when all checks of ${release.tag} are green.`,
    makeLatest: false,
    assets: [],
    moreUrl: '',
  };
  const progress: Progress = { content: '', known: new Set(), uploaded: new Set(), verified: new Set(), writes: 0 };
  for (let failures = 1; ; failures++) {
    try {
      const { published, ours, unclaimed, others, theirs } = await findReleases(github, wish, progress);
      if (published !== null || [...ours, ...unclaimed, ...others, ...theirs].length > 0) return;
      await createDraft(github, wish, { target: null, after: null, isClaimed: false }, progress);
      return;
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      if (await github.http.backoff(`draft of ${release.tag}`, error.message, failures)) continue;
      throw new Problem('OR-RELEASE-UNSETTLED', `the draft of ${release.tag} did not come to rest: ${error.message}`, {
        hint: 'a re-run goes on where this one stopped; see githubstatus.com if it ends the same way',
        cause: error,
      });
    }
  }
}

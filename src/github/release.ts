import { Problem } from '../errors.ts';
import { checkAssets } from './asset-rules.ts';
import { contentMark, hasMarker } from './body.ts';
import type { GitHub } from './client.ts';
import { peelTag } from './refs.ts';
import { addAssets, compareAssets, settleDraftAssets, verifyAssets } from './release-assets.ts';
import { type Found, findReleases } from './release-find.ts';
import { type Progress, type Release, type ReleaseResult, type ReleaseWish, Unsettled } from './release-types.ts';
import { addNotes, claimDraft, createDraft, dropDraft, publish } from './release-writes.ts';

/**
 * Makes the release of a tag be what is wished, from whatever state it is in: nothing, a half-filled draft of a run that was
 * killed, drafts of several runs, a release that a person published, a finished one (then it only reads).
 * Each round looks at GitHub first and does what is missing, in this order: one draft, its assets, their downloads compared,
 * publication, and drafts that lost taken away. On a public release nothing is replaced or deleted.
 *
 * Throws OR-RELEASE-NO-TAG, -TAG-MOVED, -TAG-BURNED, -CONFLICT, -IMMUTABLE, -ASSET-*, -UNSETTLED and OR-GITHUB-*.
 */
export async function ensureRelease(github: GitHub, wish: ReleaseWish): Promise<ReleaseResult> {
  await checkAssets(wish.assets);
  const progress: Progress = {
    content: contentMark(wish.assets),
    known: new Set(),
    uploaded: new Set(),
    verified: new Set(),
    writes: 0,
  };
  // Only what stays counts as a step forward; drafts that are made and vanish, uploads that come out wrong do not.
  const steps = (): number => progress.uploaded.size + progress.verified.size;
  let idle = 0;
  for (;;) {
    const before = steps();
    try {
      const done = await round(github, wish, progress);
      if (done !== null) return resultOf(done, wish, progress);
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      idle = steps() > before ? 1 : idle + 1;
      if (await github.http.backoff(`release ${wish.tag}`, error.message, idle)) continue;
      throw new Problem('OR-RELEASE-UNSETTLED', `release ${wish.tag} did not come to rest: ${error.message}`, {
        hint: 'a re-run goes on where this one stopped; see githubstatus.com if it ends the same way',
        cause: error,
      });
    }
  }
}

/** One look and what follows from it. Null: a step was made that calls for the next look. */
async function round(github: GitHub, wish: ReleaseWish, progress: Progress): Promise<Release | null> {
  const target = await checkTag(github, wish);
  const found = await findReleases(github, wish, progress);
  if (found.published !== null) {
    await complete(github, found.published, found, wish, progress);
    return found.published;
  }
  const [draft] = found.ours;
  const [free] = [...found.unclaimed, ...found.theirs];
  if (draft === undefined && free !== undefined) {
    await claimDraft(github, free, wish, progress);
    return null;
  }
  if (draft === undefined) {
    // The draft that this call made cannot be seen yet, or another run took it away.
    if (progress.known.size > 0) {
      progress.known.clear();
      throw new Unsettled('the draft is not to be seen');
    }
    await createDraft(github, wish, { target, after: found.others.at(-1) ?? null, isClaimed: true }, progress);
    return null;
  }
  progress.known.add(draft.id);
  await settleDraftAssets(github, draft, wish.assets, progress);
  await verifyAssets(github, draft, wish.assets, progress);
  await checkTag(github, wish);
  await publish(github, draft, wish, progress);
  return null;
}

/** What is left to do for a public release; for a finished one nothing. */
async function complete(
  github: GitHub,
  release: Release,
  found: Found,
  wish: ReleaseWish,
  progress: Progress,
): Promise<void> {
  const missing = await compareAssets(github, release, wish.assets, progress).catch(async (error: unknown) => {
    // Another run was faster with other files: what this one has drafted can never be published.
    for (const draft of found.ours) await dropDraft(github, draft, wish, progress);
    throw error;
  });
  // Somebody published before us. Where nothing is missing, whoever took our notes out wanted them out.
  if (missing.length > 0 && !hasMarker(release.body, wish.marker)) await addNotes(github, release, wish, progress);
  await addAssets(github, release, missing, progress);
  const added = wish.assets.filter((asset) => progress.uploaded.has(asset.name));
  await verifyAssets(github, release, added, progress);
  for (const draft of [...found.ours, ...found.unclaimed, ...found.others]) {
    await dropDraft(github, draft, wish, progress);
  }
  for (const draft of found.theirs) github.log.warn(`somebody's draft for ${wish.tag} stays: ${draft.url}`);
  if (release.prerelease !== wish.prerelease) {
    const flag = release.prerelease ? 'a pre-release' : 'no pre-release';
    github.log.warn(`release ${wish.tag} is marked as ${flag}; whoever published it chose so, it stays`);
  }
}

/** The commit at which GitHub is to make the tag, null when it exists. */
async function checkTag(github: GitHub, wish: ReleaseWish): Promise<string | null> {
  const { tag, commit, target } = wish;
  const tagged = await peelTag(github, tag);
  if (tagged === null) {
    if (target !== undefined) return target;
    throw new Problem(
      'OR-RELEASE-NO-TAG',
      `the tag ${tag} is not in ${github.repository}; GitHub would make it at the newest commit`,
      {
        hint: 'push the tag; when it was deleted on purpose, cancel this release',
      },
    );
  }
  if (commit !== undefined && tagged !== commit) {
    throw new Problem('OR-RELEASE-TAG-MOVED', `the tag ${tag} is now at ${tagged}, this run built ${commit}`, {
      hint: 'a version is one commit: put the tag back, or release the next patch version',
    });
  }
  return null;
}

function resultOf(release: Release, wish: ReleaseWish, progress: Progress): ReleaseResult {
  return {
    id: release.id,
    url: release.url,
    written: progress.writes > 0,
    assets: wish.assets.map(({ name, digest }) => ({ name, digest, written: progress.uploaded.has(name) })),
  };
}

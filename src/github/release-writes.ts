import { contentMark, mergeBody, sameBody, withoutContentMark } from './body.ts';
import type { GitHub } from './client.ts';
import { alreadyExists, failureOf, isUncertain, problemOf, wordsOf } from './failure.ts';
import { listAssets } from './release-assets.ts';
import { checkOurs, readRelease } from './release-find.ts';
import { type Progress, type Release, type ReleaseWish, Unsettled } from './release-types.ts';

export interface DraftOptions {
  /** Commit at which GitHub is to make the tag; null when it exists. */
  readonly target: string | null;
  /** A draft for other files, whose title and words a person may have edited. */
  readonly after: Release | null;
  /** Whether it is said for which files it is; otherwise whoever has them takes it over. */
  readonly isClaimed: boolean;
}

/** Makes the draft. `Unsettled` when GitHub may have made it: it is looked for before it is made again. */
export async function createDraft(
  github: GitHub,
  wish: ReleaseWish,
  { target, after, isClaimed }: DraftOptions,
  progress: Progress,
): Promise<void> {
  const { octokit, at, log } = github;
  const { tag, title, prerelease } = wish;
  log.info(`release ${tag}: creates the draft`);
  try {
    const { data } = await octokit.rest.repos.createRelease({
      ...at,
      tag_name: tag,
      name: after?.title || title,
      body: bodyOf(after?.body ?? null, wish, isClaimed),
      draft: true,
      prerelease,
      // For a tag that exists GitHub would check permissions on this commit for nothing.
      ...(target === null ? {} : { target_commitish: target }),
    });
    progress.writes++;
    progress.known.add(data.id);
  } catch (error) {
    const failure = failureOf(error);
    if (isUncertain(failure) || alreadyExists(failure)) throw new Unsettled(`create the draft: ${failure.message}`);
    throw problemOf(`create the release ${tag}`, failure);
  }
}

/** Says in a draft that nobody works on for which files it is now. The next look shows whether another run said so, too. */
export async function claimDraft(github: GitHub, draft: Release, wish: ReleaseWish, progress: Progress): Promise<void> {
  const { octokit, at, log } = github;
  log.info(`release ${wish.tag}: takes over the draft ${draft.id}`);
  try {
    await octokit.rest.repos.updateRelease({ ...at, release_id: draft.id, body: bodyOf(draft.body, wish) });
    progress.writes++;
    progress.known.add(draft.id);
  } catch (error) {
    const failure = failureOf(error);
    if (isUncertain(failure)) throw new Unsettled(`take over the draft: ${failure.message}`);
    if (failure.status === 404 && (await readRelease(github, draft.id)) === null) {
      throw new Unsettled(`the draft of ${wish.tag} is gone`);
    }
    throw problemOf(`take over the draft of ${wish.tag}`, failure);
  }
}

/** Makes the draft public: notes, flags and Latest in the same request. */
export async function publish(github: GitHub, draft: Release, wish: ReleaseWish, progress: Progress): Promise<void> {
  const { octokit, at, log } = github;
  const { tag, prerelease } = wish;
  const makeLatest = wish.makeLatest && (await (wish.isStillLatest?.() ?? true));
  // Read again: people edit drafts.
  const now = await readRelease(github, draft.id);
  if (now?.draft !== true) throw new Unsettled(`the draft of ${tag} is no longer one`);
  checkOurs(now, progress);
  log.info(
    `release ${tag}: publishes it${prerelease ? ' as a pre-release' : makeLatest ? ' as Latest' : ', not as Latest'}`,
  );
  try {
    await octokit.rest.repos.updateRelease({
      ...at,
      release_id: draft.id,
      // Also when it is right: whatever happens to the draft's tag up to this moment, no other one is published.
      tag_name: tag,
      draft: false,
      prerelease,
      make_latest: makeLatest && !prerelease ? 'true' : 'false',
      ...changedTexts(now, wish),
    });
    progress.writes++;
  } catch (error) {
    const failure = failureOf(error);
    if (isUncertain(failure)) throw new Unsettled(`publish: ${failure.message}`);
    if (alreadyExists(failure)) throw new Unsettled(`another release of ${tag} is public`);
    if (failure.status === 404 && (await readRelease(github, draft.id)) === null) {
      throw new Unsettled(`the draft of ${tag} is gone`);
    }
    throw problemOf(`publish the release ${tag}`, failure);
  }
}

/** Adds our notes to a release that somebody else published. */
export async function addNotes(github: GitHub, release: Release, wish: ReleaseWish, progress: Progress): Promise<void> {
  const { octokit, at, log } = github;
  log.info(`release ${wish.tag}: adds the notes to what is there`);
  try {
    const body = bodyOf(release.body, wish);
    await octokit.rest.repos.updateRelease({ ...at, release_id: release.id, body });
    progress.writes++;
  } catch (error) {
    const failure = failureOf(error);
    if (isUncertain(failure)) throw new Unsettled(`add the notes: ${failure.message}`);
    throw problemOf(`add the notes to the release ${wish.tag}`, failure);
  }
}

/**
 * Takes away a draft of ours that lost against another one. Only called once the other is public: from then on GitHub
 * refuses to publish this one, so that it cannot become public between the look and the deletion.
 */
export async function dropDraft(github: GitHub, draft: Release, wish: ReleaseWish, progress: Progress): Promise<void> {
  const { octokit, at, log } = github;
  const strange = await strangeAssets(github, draft, wish);
  if (strange.length > 0) {
    const names = strange.join(', ');
    log.warn(`release ${wish.tag}: a draft stays, as it holds ${names}, which the release has not: ${draft.url}`);
    return;
  }
  log.info(`release ${draft.tag}: deletes the draft ${draft.id}, which another one has replaced`);
  try {
    await octokit.rest.repos.deleteRelease({ ...at, release_id: draft.id });
    progress.writes++;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.status === 404) return;
    if (isUncertain(failure)) throw new Unsettled(`delete the draft ${draft.id}: ${failure.message}`);
    log.warn(`the draft ${draft.id} of ${draft.tag} could not be deleted: ${failure.status} ${wordsOf(failure)}`);
  }
}

/** Files in a draft that are none of ours: a person put them there, or a run that released others. */
async function strangeAssets(github: GitHub, draft: Release, wish: ReleaseWish): Promise<string[]> {
  try {
    const names = (await listAssets(github, draft)).filter(({ state }) => state === 'uploaded').map(({ name }) => name);
    return names.filter((name) => !wish.assets.some((asset) => asset.name === name));
  } catch (error) {
    // Gone already.
    if (error instanceof Unsettled) return [];
    throw error;
  }
}

function bodyOf(existing: string | null, wish: ReleaseWish, isClaimed = true): string {
  const kept = existing === null ? null : withoutContentMark(existing);
  return mergeBody(kept, wish.marker, `${isClaimed ? `${contentMark(wish.assets)}\n` : ''}${wish.body}`, wish.moreUrl);
}

/** Only what differs; a title that a person gave stays. */
function changedTexts(now: Release, wish: ReleaseWish): { name?: string; body?: string } {
  const body = bodyOf(now.body, wish);
  return {
    ...((now.title ?? '') === '' ? { name: wish.title } : {}),
    ...(sameBody(now.body, body) ? {} : { body }),
  };
}

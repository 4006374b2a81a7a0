import { openAsBlob } from 'node:fs';
import { Problem } from '../errors.ts';
import type { GitHub } from './client.ts';
import { alreadyExists, failureOf, isUncertain, orNull, problemOf, wordsOf } from './failure.ts';
import { checkOurs, readRelease } from './release-find.ts';
import { type Asset, type AssetWish, type Progress, type Release, Unsettled } from './release-types.ts';

/**
 * All assets, those of broken uploads too. The list inside of a release leaves them out.
 * Throws `Unsettled` when the release is gone, as a draft may be that another run has replaced.
 */
export async function listAssets({ octokit, at }: GitHub, release: Release): Promise<Asset[]> {
  const options = { ...at, release_id: release.id, per_page: 100 };
  const assets = await orNull(`list the assets of ${release.tag}`, () =>
    octokit.paginate(octokit.rest.repos.listReleaseAssets, options),
  );
  if (assets === null) throw new Unsettled(`the release of ${release.tag} is gone`);
  return assets.map(({ id, name, state, size, digest }) => ({ id, name, state, size, digest }));
}

/**
 * Brings the assets of a draft to what is wished: uploads what is missing, replaces what is broken or different, leaves what
 * others added. Throws `Unsettled` when it has to be looked at again.
 */
export async function settleDraftAssets(
  github: GitHub,
  draft: Release,
  wishes: readonly AssetWish[],
  progress: Progress,
): Promise<void> {
  const present = await listAssets(github, draft);
  // A broken upload of a name that is no longer wanted would still be there after publication.
  for (const asset of present) {
    if (asset.state === 'uploaded' || wishes.some((w) => w.name === asset.name)) continue;
    await remove(github, draft, asset, 'a broken upload', progress);
  }
  for (const wish of wishes) {
    const asset = present.find((a) => a.name === wish.name);
    if (asset !== undefined) {
      const why = await whyWrong(github, asset, wish, progress);
      if (why === null) continue;
      await remove(github, draft, asset, why, progress);
    }
    await upload(github, draft, wish, progress);
  }
}

/** A wished asset that a public release lacks, and what a broken upload left under its name. */
export interface Missing {
  readonly wish: AssetWish;
  readonly broken: Asset | null;
}

/**
 * Compares the assets of a public release with what is wished. Throws OR-RELEASE-CONFLICT when one has other content, and
 * OR-RELEASE-IMMUTABLE when one is missing that can no longer be added.
 */
export async function compareAssets(
  github: GitHub,
  release: Release,
  wishes: readonly AssetWish[],
  progress: Progress,
): Promise<Missing[]> {
  const present = await listAssets(github, release);
  const missing: Missing[] = [];
  for (const wish of wishes) {
    const asset = present.find((a) => a.name === wish.name) ?? null;
    if (asset?.state !== 'uploaded') {
      missing.push({ wish, broken: asset });
      continue;
    }
    const digest = await digestOf(github, asset, progress);
    if (digest === wish.digest) continue;
    throw new Problem(
      'OR-RELEASE-CONFLICT',
      `release ${release.tag} has ${wish.name} with ${digest}, this run made ${wish.digest}; a published file is never replaced`,
      {
        hint: 'release the next patch version; a re-run has to build the same bytes, and jobs of a matrix leave the release to one job after them (mode: finish)',
      },
    );
  }
  if (release.immutable && missing.length > 0) {
    const names = missing.map(({ wish }) => wish.name).join(', ');
    throw new Problem(
      'OR-RELEASE-IMMUTABLE',
      `release ${release.tag} was published without ${names} and is immutable`,
      {
        hint: 'release the next patch version, and let this action publish it',
      },
    );
  }
  return missing;
}

/** Adds to a public release what it lacks; takes away nothing that was ever public. */
export async function addAssets(
  github: GitHub,
  release: Release,
  missing: readonly Missing[],
  progress: Progress,
): Promise<void> {
  for (const { wish, broken } of missing) {
    if (broken !== null) await remove(github, release, broken, 'a broken upload', progress);
    await upload(github, release, wish, progress);
  }
}

/** Reads back every wished asset that was not yet; a wrong one of a draft is taken away and made again. */
export async function verifyAssets(
  github: GitHub,
  release: Release,
  wishes: readonly AssetWish[],
  progress: Progress,
): Promise<void> {
  const present = await listAssets(github, release);
  for (const wish of wishes) {
    const asset = present.find((a) => a.name === wish.name);
    if (asset?.state !== 'uploaded') throw new Unsettled(`${wish.name} is not there yet`);
    if (progress.verified.has(asset.id)) continue;
    const digest = await digestOfDownload(github, asset);
    if (digest === wish.digest) {
      progress.verified.add(asset.id);
    } else {
      if (release.draft) await remove(github, release, asset, `the download is ${digest}`, progress);
      throw new Unsettled(`${wish.name} came back as ${digest}, not ${wish.digest}`);
    }
  }
}

async function whyWrong(github: GitHub, asset: Asset, wish: AssetWish, progress: Progress): Promise<string | null> {
  if (asset.state !== 'uploaded') return 'a broken upload';
  const digest = await digestOf(github, asset, progress);
  return digest === wish.digest ? null : `it is ${digest}, planned is ${wish.digest}`;
}

/** GitHub's word on a digest; releases from before June 2025 have none and are read. */
async function digestOf(github: GitHub, asset: Asset, progress: Progress): Promise<string> {
  if (asset.digest !== null) return asset.digest;
  const digest = await digestOfDownload(github, asset);
  progress.verified.add(asset.id);
  return digest;
}

async function digestOfDownload(github: GitHub, asset: Asset): Promise<string> {
  const got = await orNull(`download ${asset.name}`, () => github.download(asset.id));
  if (got === null) throw new Unsettled(`${asset.name} is gone`);
  return got.digest;
}

async function remove(github: GitHub, release: Release, asset: Asset, why: string, progress: Progress): Promise<void> {
  const { octokit, at, log } = github;
  const now = await readRelease(github, release.id);
  if (now === null) throw new Unsettled(`the draft of ${release.tag} is gone`);
  if (now.draft !== release.draft) throw new Unsettled(`the release ${release.tag} was published meanwhile`);
  if (now.draft) checkOurs(now, progress);
  log.info(`release ${release.tag}: deletes ${asset.name}, ${why}`);
  try {
    await octokit.rest.repos.deleteReleaseAsset({ ...at, asset_id: asset.id });
    progress.writes++;
  } catch (error) {
    const failure = failureOf(error);
    // Somebody else was faster.
    if (failure.status === 404) return;
    if (isUncertain(failure)) throw new Unsettled(`delete ${asset.name}: ${failure.message}`);
    throw problemOf(`delete ${asset.name} of ${release.tag}`, failure);
  }
}

async function upload(github: GitHub, release: Release, wish: AssetWish, progress: Progress): Promise<void> {
  const { octokit, log } = github;
  const data = await openAsBlob(wish.path);
  log.info(`release ${release.tag}: uploads ${wish.name} (${data.size} bytes)`);
  try {
    const reply = await octokit.request({
      method: 'POST',
      url: release.uploadUrl,
      name: wish.name,
      headers: { 'content-type': wish.contentType },
      data,
    });
    const { size, digest } = reply.data as { size?: unknown; digest?: unknown };
    if (size !== data.size || (typeof digest === 'string' && digest !== wish.digest)) {
      throw new Unsettled(`${wish.name} was stored with ${String(size)} bytes, sent were ${data.size}`);
    }
    progress.writes++;
    progress.uploaded.add(wish.name);
  } catch (error) {
    if (error instanceof Unsettled) throw error;
    const failure = failureOf(error);
    const lookAgain =
      isUncertain(failure) ||
      alreadyExists(failure) ||
      // Right after its creation a release may be unknown to the upload host; or another run took the draft away.
      failure.status === 404 ||
      /immutable release/i.test(wordsOf(failure));
    if (lookAgain) throw new Unsettled(`upload ${wish.name}: ${failure.status} ${failure.message}`);
    throw problemOf(`upload ${wish.name} to ${release.tag}`, failure);
  }
}

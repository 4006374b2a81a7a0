import { Problem } from './errors.ts';
import { releaseMarker } from './github/body.ts';
import type { GitHub } from './github/client.ts';
import { orNull } from './github/failure.ts';
import { probeContentsWrite } from './github/permission.ts';
import { reserveDraft } from './github/release-reserve.ts';
import type { Log } from './log.ts';
import type { Plan } from './plan/types.ts';
import { receiptName } from './release/receipt.ts';

/**
 * Whether the release of a tag is public with what this action puts into it; its receipt stands for all of it. Publication
 * is its last step, but people publish releases, too. `isMade`: the run is to fill it. Errors: OR-RELEASE-IMMUTABLE, OR-GITHUB-*.
 */
export async function isFilled({ octokit, at }: GitHub, tag: string, isMade: boolean): Promise<boolean> {
  const found = await orNull(`look up the release ${tag}`, () => octokit.rest.repos.getReleaseByTag({ ...at, tag }));
  if (found === null) return false;
  if (found.data.assets.some(({ name, state }) => name === receiptName && state === 'uploaded')) return true;
  if (!isMade || found.data.immutable !== true) return false;
  throw new Problem(
    'OR-RELEASE-IMMUTABLE',
    `the release ${tag} was published without ${receiptName} and is immutable`,
    { hint: 'release the next patch version: push its tag, and let this action make the release' },
  );
}

/** Errors: OR-GITHUB-PERMISSION. */
export async function checkPermission(github: GitHub, tag: string, log: Log): Promise<void> {
  const permission = await probeContentsWrite(github, tag);
  if (permission.state === 'unknown')
    log.warn(`whether the token may write releases cannot be told: ${permission.reason}`);
  if (permission.state !== 'no') return;
  throw new Problem('OR-GITHUB-PERMISSION', `the release ${tag} cannot be made: ${permission.reason}`, {
    hint: 'add "permissions: contents: write" to the job',
  });
}

/**
 * The last question before the work, as it leaves an empty draft: can the releases be made that this run is to make. Only for a
 * repository with immutable releases, whose tags can be burned. Errors: OR-RELEASE-TAG-BURNED, OR-RELEASE-UNSETTLED, OR-GITHUB-*.
 */
export async function reserveReleases({ operators }: Plan, github: GitHub): Promise<void> {
  for (const { name, release, tasks } of operators) {
    if (release === null || !tasks.some(({ stage }) => stage === 'release')) continue;
    const { tag, title, prerelease } = release;
    await reserveDraft(github, { tag, title, prerelease, marker: releaseMarker(name, tag) });
  }
}

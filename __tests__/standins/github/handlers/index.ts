import type { Handler } from '../call.ts';
import { fullRepository } from '../render-owner.ts';
import { deleteAsset, getAsset, listAssets, uploadAsset } from './assets.ts';
import { compareCommits, getCommit, getRef, getTag, listCommits, listMatchingRefs, listPullsOfCommit } from './git.ts';
import {
  createRelease,
  deleteRelease,
  generateNotes,
  getLatestRelease,
  getRelease,
  getReleaseByTag,
  listReleases,
  updateRelease,
} from './releases.ts';

/** What the stand-in answers, by the name that GitHub's description gives to the operation. */
export const handlers: Readonly<Record<string, Handler>> = {
  'repos/get': (call) => ({ status: 200, body: fullRepository(call, call.repository) }),
  'repos/list-releases': listReleases,
  'repos/create-release': createRelease,
  'repos/get-release': getRelease,
  'repos/update-release': updateRelease,
  'repos/delete-release': deleteRelease,
  'repos/get-release-by-tag': getReleaseByTag,
  'repos/get-latest-release': getLatestRelease,
  'repos/generate-release-notes': generateNotes,
  'repos/list-release-assets': listAssets,
  'repos/upload-release-asset': uploadAsset,
  'repos/get-release-asset': getAsset,
  'repos/delete-release-asset': deleteAsset,
  'git/get-ref': getRef,
  'git/list-matching-refs': listMatchingRefs,
  'git/get-tag': getTag,
  'repos/get-commit': getCommit,
  'repos/list-commits': listCommits,
  'repos/compare-commits-with-basehead': compareCommits,
  'repos/list-pull-requests-associated-with-commit': listPullsOfCommit,
};

/** Operations that change something. */
export const writes: ReadonlySet<string> = new Set([
  'repos/create-release',
  'repos/update-release',
  'repos/delete-release',
  'repos/upload-release-asset',
  'repos/delete-release-asset',
]);

/** Operations for which GitHub wants `contents: write`; drafting notes is one although it changes nothing. */
export const needsWrite: ReadonlySet<string> = new Set([...writes, 'repos/generate-release-notes']);

/** Operations that answer from an index, which may lag. */
export const indexes: ReadonlySet<string> = new Set(['graphql', 'repos/list-releases', 'repos/get-release-by-tag']);

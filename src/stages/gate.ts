import { Problem } from '../errors.ts';
import { peelTag } from '../github/refs.ts';
import type { StageHost } from './types.ts';

/**
 * Right before something gets a public name: the remote tag still stands for the commit that was built and tested
 * (a tag may be moved while a run is on its way). Errors: OR-RELEASE-TAG-MOVED.
 */
export async function checkTag(host: StageHost): Promise<void> {
  const tag = host.operator.release?.tag;
  if (tag === undefined || host.github === null) return;
  const commit = await peelTag(host.github, tag);
  const { sha } = host.plan.event;
  if (commit === sha) return;
  const where = commit === null ? 'does not exist any more' : `is at ${commit.slice(0, 12)} now`;
  throw new Problem('OR-RELEASE-TAG-MOVED', `the tag ${tag} ${where}; this run built ${sha.slice(0, 12)}`, {
    hint: 'never move a release tag; tag the next patch instead',
  });
}

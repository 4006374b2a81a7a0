import type { EventFacts } from './event.ts';
import type { Git } from './git.ts';

/**
 * Git tags that a build of a branch does not come after: on a maintenance branch those of newer lines. The default branch
 * comes after every release, also after a backport that was never merged into it. Asked of the clone and not of GitHub:
 * a tag that the clone lacks stays in the count, where a missing history is noticed. Empty where nobody can tell.
 */
export async function readElsewhere(git: Git, event: EventFacts, defaultBranch: string): Promise<ReadonlySet<string>> {
  const branch = event.kind === 'pull_request' ? event.baseBranch : event.refName;
  if (branch === null || branch === defaultBranch) return new Set();
  if (await git.isShallow()) await git.tryDeepen();
  return new Set(await git.tryTagsElsewhere());
}

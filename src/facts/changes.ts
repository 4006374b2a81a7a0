import type { EventFacts } from './event.ts';
import type { Git } from './git.ts';

/** Files that differ from what was there before this event; or why everything counts as changed. */
export type Changes = { readonly files: readonly string[] } | { readonly everything: string };

/**
 * What an event changed: a pull request since its merge base, a push since the push before. Tags, schedules and
 * dispatches are about everything. A shallow clone is fetched deeper once.
 */
export async function readChanges(git: Git, event: EventFacts, base: string | null): Promise<Changes> {
  if (base === null && (event.kind === 'tag' || event.kind === 'schedule' || event.kind === 'workflow_dispatch')) {
    return { everything: `a ${event.kind === 'tag' ? 'tag' : event.kind} is about the whole of what it names` };
  }
  const from = base ?? event.baseSha ?? event.before;
  if (from === null) return { everything: 'there is no earlier commit to compare with' };
  if (from.startsWith('-')) return { everything: `${from} is not a commit` };
  const mergeBase = base !== null || event.kind === 'pull_request';
  const files =
    (await changedSince(git, from, mergeBase)) ??
    (await deeper(git, from, mergeBase)) ??
    (await rewritten(git, from, mergeBase));
  return files === null ? { everything: await whyUnknown(git, from) } : { files };
}

async function whyUnknown(git: Git, from: string): Promise<string> {
  const shown = isCommit(from) ? from.slice(0, 12) : from;
  if (await git.isShallow()) {
    return `the clone is too shallow to reach ${shown}; fetch-depth: 0 in actions/checkout would tell what changed`;
  }
  return isCommit(from)
    ? `${shown} is in the history no more, as after a force push`
    : `there is no branch, tag or commit ${shown}`;
}

/** The clone of a runner has other branches than its own only as those of origin. */
async function changedSince(git: Git, from: string, mergeBase: boolean): Promise<readonly string[] | null> {
  return (await git.tryChangedSince(from, mergeBase)) ?? (await git.tryChangedSince(`origin/${from}`, mergeBase));
}

async function deeper(git: Git, from: string, mergeBase: boolean): Promise<readonly string[] | null> {
  if (!(await git.isShallow()) || !(await git.tryDeepen())) return null;
  return changedSince(git, from, mergeBase);
}

/** What a force push took out of the history, origin still has for a while. */
async function rewritten(git: Git, from: string, mergeBase: boolean): Promise<readonly string[] | null> {
  if (!isCommit(from) || !(await git.tryFetch(from))) return null;
  return changedSince(git, from, mergeBase);
}

function isCommit(from: string): boolean {
  return /^[0-9a-f]{40}$/.test(from);
}

import { matchesGlob } from 'node:path';
import type { Config } from '../config/types.ts';
import type { Facts } from '../facts/types.ts';
import type { Inputs } from '../inputs.ts';
import { missingTag } from './asked-version.ts';
import type { ReleaseSubject } from './subjects.ts';
import type { EventPlan } from './types.ts';

/**
 * What the event means: what is built, and whether it is published. `named`: public names are worked out, also where a
 * dry run or a laptop then leaves them unwritten. Errors: OR-RELEASE-TAG-MISSING.
 */
export function planEvent(
  inputs: Inputs,
  config: Config,
  facts: Facts,
  release: ReleaseSubject | null,
): { readonly event: EventPlan; readonly named: boolean } {
  const { kind, ref, refName, sha, commitTime } = facts.event;
  const intent = publication(inputs, config, facts, release);
  const { publishes, reason } = inputs.dryRun ? { publishes: false, reason: 'a dry run publishes nothing' } : intent;
  const named = intent.publishes || (release !== null && kind === 'local');
  const { repository, defaultBranch } = facts;
  return {
    event: { kind, ref, refName, sha, commitTime, repository, defaultBranch, publishes, publishReason: reason },
    named,
  };
}

function publication(
  inputs: Inputs,
  config: Config,
  facts: Facts,
  release: ReleaseSubject | null,
): { publishes: boolean; reason: string } {
  const no = (reason: string): { publishes: boolean; reason: string } => ({ publishes: false, reason });
  const { event } = facts;
  switch (event.kind) {
    case 'pull_request':
      return no(event.fork ? 'a pull request from a fork publishes nothing' : 'a pull request publishes nothing');
    case 'schedule':
      return no('a scheduled run publishes nothing');
    case 'local':
      return no('a run on a laptop publishes nothing');
    case 'tag':
      return release === null
        ? no(`the tag ${event.refName} is not a version`)
        : { publishes: true, reason: `tag ${release.tag} releases ${release.version.text}` };
    case 'workflow_dispatch':
      return release === null ? branchPublication(config, facts) : versionPublication(inputs, release);
    case 'push': {
      const branch = branchPublication(config, facts);
      return release === null || !branch.publishes ? branch : versionPublication(inputs, release);
    }
  }
}

function versionPublication({ dryRun }: Inputs, release: ReleaseSubject): { publishes: boolean; reason: string } {
  if (!release.tagExists && !dryRun) throw missingTag(release);
  return { publishes: true, reason: `the input version asks for ${release.tag}` };
}

function branchPublication(config: Config, facts: Facts): { publishes: boolean; reason: string } {
  const branch = facts.event.refName;
  const globs = config.tags.branches ?? [facts.defaultBranch];
  const isPublished = globs.some((glob) => glob === branch || matchesGlob(branch, glob));
  return isPublished
    ? { publishes: true, reason: `branch ${branch} publishes its builds` }
    : { publishes: false, reason: `branch ${branch} is checked only (published: ${globs.join(', ')})` };
}

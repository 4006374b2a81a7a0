import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tearDown } from './engine/cleanup.ts';
import type { Resource } from './engine/cleanup.ts';
import { problemsOf } from './engine/graph.ts';
import { Problem } from './errors.ts';
import { listOperators } from './facts/collect.ts';
import { openGit } from './facts/git.ts';
import type { GitHub } from './github/client.ts';
import { listTags, peelTag } from './github/refs.ts';
import { listReleasedTags } from './github/release-list.ts';
import { planReconcile } from './plan/reconcile.ts';
import type { Pending } from './plan/reconcile.ts';
import { readerOf } from './plan/subjects.ts';
import { list } from './report/text.ts';
import type { Ran, Run } from './run.ts';
import { readConfig, runEvent } from './run-event.ts';
import type { Subject } from './run-event.ts';
import { exec } from './tools/exec.ts';

/**
 * Releases the version tags that have no release, one after another, each as the event of its tag would have done it.
 * GitHub fires no event for more than three tags of one push. A tag that fails does not stop the others.
 * Errors: OR-GITHUB-TOKEN, OR-RECONCILE at the end when some tags failed.
 */
export async function reconcile(context: Run, subject: Subject): Promise<readonly Ran[]> {
  const { log } = context.reporter;
  const github = subject.clients.github(log, context.signal);
  if (github === null) {
    throw new Problem('OR-GITHUB-TOKEN', 'which tags have a release only GitHub knows, and that needs a token', {
      hint: 'leave the input github-token at its default; on a laptop set GITHUB_TOKEN',
    });
  }
  const pending = await findPending(context, subject, github);
  const onlyListed = reasonToList(subject);
  if (onlyListed !== null) {
    if (pending.length > 0) log.info(`nothing is released: ${onlyListed}`);
    return [];
  }
  await exec('git', ['-C', subject.git.root, 'worktree', 'prune'], { allowFailure: true });
  const ran: Ran[] = [];
  const failed: Pending[] = [];
  for (const each of pending) {
    if (context.signal.aborted) break;
    log.info(`releasing ${each.tag}`);
    const done = await releaseTag(context, subject, github, each.tag);
    if (done !== null) ran.push(done);
    if (done === null || !isGood(done)) failed.push(each);
  }
  if (failed.length > 0 && !context.signal.aborted) throw notReleased(failed, pending);
  return ran;
}

async function findPending(context: Run, subject: Subject, github: GitHub): Promise<readonly Pending[]> {
  const { git, inputs, event } = subject;
  const { log } = context.reporter;
  const config = await readConfig(git, inputs);
  const operators = await listOperators(git, config, inputs.config, event.repository ?? github.repository);
  const tags = (await listTags(github)).map((tag) => tag.name);
  const { pending, ignored } = planReconcile({
    tags,
    released: await listReleasedTags(github),
    reader: readerOf(config, operators),
    version: inputs.version ?? null,
    operators: inputs.operators,
  });
  for (const { tag, reason } of ignored.slice(0, mostLines)) log.info(`${tag} has no release and gets none: ${reason}`);
  if (ignored.length > mostLines) log.info(`and ${ignored.length - mostLines} more tags without a release`);
  if (pending.length === 0) log.info('nothing to do: every version tag that could be released is released');
  for (const { tag, operators: names } of pending) log.info(`${tag} is to be released (${list(names, 5)})`);
  return pending;
}

/** An old repository has hundreds of tags. */
const mostLines = 50;

/** Why nothing is released in this run; null when it is. */
function reasonToList({ inputs, event }: Subject): string | null {
  if (inputs.dryRun) return 'a dry run publishes nothing';
  if (event.kind === 'local') return 'a run on a laptop publishes nothing';
  return event.kind === 'pull_request' ? 'a pull request publishes nothing' : null;
}

/** Null when it failed before its first stage; the report has the reason then. */
async function releaseTag(context: Run, subject: Subject, github: GitHub, tag: string): Promise<Ran | null> {
  const { reporter, env } = context;
  const folder = join(env['RUNNER_TEMP'] ?? tmpdir(), `operator-release-${randomBytes(6).toString('hex')}`);
  const worktree: Resource = { kind: 'folder', path: folder };
  let resources: readonly Resource[] = [worktree];
  const saveResources = (list: readonly Resource[]): void => {
    resources = [worktree, ...list];
    context.saveResources(resources);
  };
  saveResources([]);
  try {
    const commit = await peelTag(github, tag);
    if (commit === null) throw new Problem('OR-RELEASE-NO-TAG', `the tag ${tag} was deleted meanwhile`);
    await checkOut(subject.git.root, folder, tag, commit);
    return await runEvent(
      { ...context, saveResources },
      {
        clients: subject.clients,
        git: await openGit(exec, folder),
        // The worktree goes; and an operator may fail at more than one tag.
        logs: { ...subject.logs, folder: join(subject.logs.folder, tag) },
        // As if the push of this tag had started the run.
        inputs: { ...subject.inputs, mode: 'run', version: undefined, operators: [], base: undefined },
        event: {
          ...subject.event,
          ...{ kind: 'tag', name: 'push', ref: `refs/tags/${tag}`, refName: tag, sha: commit },
          ...{ before: null, baseSha: null, baseBranch: null, fork: false },
        },
      },
    );
  } catch (thrown) {
    await reporter.fail(problemsOf(thrown));
    return null;
  } finally {
    // Not at the job's end: the clusters of many releases do not fit on one machine.
    await tearDown(resources, exec, reporter.log);
    context.saveResources([]);
    await exec('git', ['-C', subject.git.root, 'worktree', 'prune'], { allowFailure: true });
  }
}

/** The commit's files in a folder of their own. Errors: OR-RECONCILE-SOURCE. */
async function checkOut(root: string, folder: string, tag: string, commit: string): Promise<void> {
  const git = (...args: readonly string[]): ReturnType<typeof exec> =>
    exec('git', ['-C', root, ...args], { allowFailure: true });
  const add = ['worktree', 'add', '--quiet', '--detach', folder, commit];
  if ((await git(...add)).exitCode === 0) return;
  await rm(folder, { recursive: true, force: true });
  const fetched = await git('fetch', '--quiet', '--no-tags', 'origin', `refs/tags/${tag}`);
  const added = await git(...add);
  if (added.exitCode === 0) return;
  throw new Problem('OR-RECONCILE-SOURCE', `the commit of ${tag} cannot be checked out`, {
    hint: 'set fetch-depth: 0 in actions/checkout, which fetches all tags',
    excerpt: `${fetched.stderr}${added.stderr}`.trim(),
  });
}

function isGood({ result }: Ran): boolean {
  return result?.outcomes.every(({ state }) => state === 'done' || state === 'skipped') === true;
}

function notReleased(failed: readonly Pending[], pending: readonly Pending[]): Problem {
  const versions = [...new Set(failed.map(({ version }) => version.text))];
  return new Problem(
    'OR-RECONCILE',
    `${failed.length} of ${pending.length} tags were not released: ${list(failed.map(({ tag }) => tag))}`,
    {
      // Once a higher version is released, a lower one is only released for those who ask for it.
      hint: `each has its reason above; when it is mended, run this again with the input version, ${list(versions, 3)}`,
    },
  );
}
